import ArgumentParser
import BrokerCore
import BrokerHTTP
import BrokerHistory
import BrokerHistorySQLite
import BrokerService
import BrokerSite
import BrokerStore
import BrokerStoreSQLite
import BrokerSystemd
import Glibc
import Logging
import Synchronization

/// `brokerd`: puts the parts together, and lets them go in the reverse order.
enum Serving {
    /// A listening socket was lost: the end is then a failure, so that systemd starts anew.
    private static let isDeaf = Atomic<Bool>(false)

    /// All that can be refused, and has to be there before the first answer.
    private struct Prepared {
        var service: BrokerService
        var supervision: Supervision
        var sockets: [ListenerSocket]
    }

    static func run(config: String?) throws {
        let signals = Signals.block()
        ProcessMemory.configure()
        let log = BrokerLog()
        DescriptorLimit.raiseToHard()
        SHA256.start()
        let passed = try Listeners.passed(log)
        let prepared: Prepared
        do {
            prepared = try prepare(config, passed, log)
        } catch {
            NotServing.answer(on: passed, until: signals)
            throw error
        }
        let (service, supervision) = (prepared.service, prepared.supervision)
        let sockets = prepared.sockets
        supervision.service = service
        let server = makeServer(service, log)
        supervision.server = server
        for socket in sockets {
            do {
                try server.start(socket)
            } catch {
                throw log.listenerFailed("\(error)")
            }
            log.listening(socket)
        }
        supervision.tell()
        ServiceManager.ready()
        log.ready()
        wait(signals, service, server, log)
        ServiceManager.stopping()
        log.stopping()
        service.willStop()
        // One second is left of the five within which it must be gone.
        server.stop(graceSeconds: 4)
        service.stop()
        for socket in sockets { socket.removeFile() }
        log.stopped()
        guard !isDeaf.load(ordering: .relaxed) else { throw ExitStatus.failed }
    }

    private static func prepare(
        _ config: String?, _ passed: [ListenerSocket], _ log: BrokerLog
    ) throws -> Prepared {
        let configuration = try Checking.load(config)
        let directory = configuration.stateDirectory(environment: Environment.all)
        let store = try open(directory, log)
        // Sockets are made under a umask, which belongs to the whole process: before it has threads.
        let sockets = try Listeners.open(configuration.listen, passed: passed, log)
        let supervision = Supervision(log)
        do {
            let service = try makeService(
                configuration, config, store, in: directory, supervision)
            return Prepared(service: service, supervision: supervision, sockets: sockets)
        } catch {
            for socket in sockets { socket.removeFile() }
            switch error {
            case let error as StoreError: throw log.stateRefused(error, directory: directory)
            case let refusal as Refusal:
                throw log.siteRefused(refusal, file: configuration.siteFile ?? "")
            default: throw error
            }
        }
    }

    private static func open(_ directory: String, _ log: BrokerLog) throws -> SQLiteStore {
        do throws(StoreError) {
            let store = try SQLiteStore(directory: directory, drawInstance: Instance.draw)
            if let notice = store.tipNotice { log.tip(notice) }
            return store
        } catch {
            throw log.stateRefused(error, directory: directory)
        }
    }

    private static func makeService(
        _ configuration: DaemonConfiguration, _ file: String?, _ store: SQLiteStore,
        in directory: String, _ supervision: Supervision
    ) throws -> BrokerService {
        try BrokerService(
            configuration: configuration, store: store, hooks: supervision.hooks,
            history: HistoryFiles.source(in: directory),
            site: { try configuration.siteFile.map { try Checking.loadSite($0) } },
            reload: { try ConfigurationFile.read(file) },
            reloaded: { supervision.server?.update(limits: TransportLimits($0.limits)) })
    }

    private static func makeServer(_ service: BrokerService, _ log: BrokerLog) -> HTTPServer {
        let meters = APIMeters()
        let api = APIServer(service: service, meters: meters)
        let server = HTTPServer(
            limits: TransportLimits(service.configuration.limits), bodyLimit: APIServer.bodyLimit,
            notice: { notice in
                log.transport(notice)
                switch notice {
                case .listenerLost: endAsDeaf()
                case .acceptPaused, .stopCutShort: break
                }
            }, handler: { api.handle($0, $1) })
        meters.connect(server)
        return server
    }

    /// Has the daemon stop in order, as if it had been told to.
    private static func endAsDeaf() {
        isDeaf.store(true, ordering: .relaxed)
        kill(getpid(), SIGTERM)
    }

    /// Reloads until it is told to end.
    private static func wait(
        _ signals: Signals, _ service: BrokerService, _ server: HTTPServer, _ log: BrokerLog
    ) {
        while signals.next() == SIGHUP {
            ServiceManager.reloading()
            do {
                log.reloaded(try service.reload(by: .system))
            } catch {
                log.reloadRefused("\(error)")
            }
            ServiceManager.ready()
        }
    }
}

extension TransportLimits {
    /// The project's limits, with what the configuration says of them.
    init(_ configured: DaemonConfiguration.Limits) {
        self.init()
        connectionsPerUser = configured.connectionsPerUser
        requestsPerSecondPerUser = configured.requestsPerSecondPerUser
    }
}

/// The name of a new state.
enum Instance {
    /// 128 random bits.
    static func draw() -> String {
        var random = SystemRandomNumberGenerator()
        return LeaseID(high: random.next(), low: random.next()).text
    }
}

/// Signals that one thread waits for, instead of handlers that may interrupt anything.
struct Signals {
    private var set = sigset_t()

    /// Blocks the signals in this thread and all that it starts; a closed socket is an error of
    /// `write`, not a signal.
    static func block() -> Signals {
        signal(SIGPIPE, SIG_IGN)
        var signals = Signals()
        sigemptyset(&signals.set)
        for number in [SIGHUP, SIGINT, SIGTERM] { sigaddset(&signals.set, number) }
        pthread_sigmask(SIG_BLOCK, &signals.set, nil)
        return signals
    }

    /// Waits for the next one; nil when none comes in time.
    func next(withinSeconds seconds: Int) -> CInt? {
        var set = set
        var timeout = timespec(tv_sec: seconds, tv_nsec: 0)
        let number = sigtimedwait(&set, nil, &timeout)
        return number > 0 ? number : nil
    }

    /// Waits for the next one.
    func next() -> CInt {
        var number: CInt = 0
        var set = set
        while sigwait(&set, &number) != 0 {}
        return number
    }
}

/// The process's environment.
enum Environment {
    static var all: [String: String] {
        var all: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1)
            if parts.count == 2 { all[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return all
    }
}
