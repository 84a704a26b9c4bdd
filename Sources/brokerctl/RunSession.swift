import BrokerAPI
import BrokerText
import Glibc
import NIOCore

/// One `run`: takes a lease, keeps it while the command runs, gives it back.
///
/// Everything here happens on the main thread; the loop's thread only posts what it hears.
final class RunSession {
    private enum Message: Sendable {
        case granted(Result<HTTPResponse, HTTPFailure>)
        case renewed(Result<HTTPResponse, HTTPFailure>)
        case released(Result<HTTPResponse, HTTPFailure>)
        /// From the stream with this number; older streams are not heard any more.
        case stream(Int, HTTPEvent)
    }

    private enum Acquisition {
        /// A lease, and the signal that came meanwhile.
        case granted(HTTPResponse, interruptedBy: Int32?)
        /// No lease, and a signal that ends this whatever the reason was.
        case interrupted(by: Int32)
    }

    /// Between SIGTERM and SIGKILL, once the lease is lost.
    private static let killMilliseconds: Int64 = 5000
    /// How long a grant is asked for again after its connection broke: a restart takes less.
    private static let grantMilliseconds: Int64 = 10_000
    private static let callMilliseconds: Int64 = 10_000
    /// Giving back may take this long; after that the lease runs out by itself.
    private static let releaseMilliseconds: Int64 = 3000
    private static let retryMilliseconds: Int64 = 200

    private let signals: RunSignals
    private let socket: String
    private let request: GrantRequest
    private let ttlSeconds: Int
    private let waitSeconds: Int?
    private let command: [String]
    private let notice = ServiceNotice()
    private let key: String
    private var inbox: Inbox<Message>
    private var noticeRunner: NoticeRunner?
    private var streamNumber = 0
    private var stream: HTTPConnection.Handle?
    private var parser = EventStreamParser()
    private var isStreamGood = false
    private var lossReason: String?
    private var killAt: Int64?

    /// - Parameters:
    ///   - request: What is asked for, apart from the time to wait.
    ///   - ttlSeconds: How long the lease may run, from each renewal.
    ///   - waitSeconds: How long to stand in line; nil: not at all.
    ///   - key: Makes asking again one grant. A lease that was granted under it before is ours.
    ///   - onNotice: A command for sh, to be run when the end of the lease is announced.
    ///   - command: What is run while the lease is held, and its arguments.
    init(
        signals: RunSignals, socket: String, request: GrantRequest, ttlSeconds: Int,
        waitSeconds: Int?, key: String, onNotice: String?, command: [String]
    ) {
        self.signals = signals
        self.socket = socket
        self.request = request
        self.ttlSeconds = ttlSeconds
        self.waitSeconds = waitSeconds
        self.key = key
        self.command = command
        inbox = Inbox(signals: signals)
        noticeRunner = onNotice.map { NoticeRunner(command: $0, mask: signals.originalMask) }
    }

    /// The exit code, the child's or `run`'s own.
    func run() throws(CommandError) -> Int32 {
        let response: HTTPResponse
        let interruptedBy: Int32?
        switch try acquire() {
        case .interrupted(let signal): return 128 + signal
        case .granted(let granted, let signal): (response, interruptedBy) = (granted, signal)
        }
        let lease = try Caller.decoded(Lease.self, response.body)
        let isOurs = response.status == 201
        if !isOurs {
            Terminal.message(
                request.holder.map { .holds($0, lease.id) } ?? .youHold(lease.id))
        }
        if let signal = interruptedBy {
            if isOurs { release(lease) }
            return 128 + signal
        }
        let child: ChildProcess
        do {
            child = try ChildProcess.start(
                command, environment: LeaseEnvironment.variables(lease),
                mask: signals.originalMask)
        } catch {
            Terminal.message(.commandFailed(command[0], error.reason))
            if isOurs { release(lease) }
            return error.status
        }
        notice.ready(
            status: TerminalText.escaped(
                Text.unitStatus(lease.id, seat: lease.seat.name).here))
        let status = hold(lease, while: child)
        stream?.cancel()
        if lossReason != nil { return ExitStatus.leaseLost.rawValue }
        if isOurs { release(lease) }
        return status
    }

    private func call(
        _ request: HTTPRequest, timeoutMilliseconds: Int64 = callMilliseconds,
        as message: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Message
    ) {
        Caller.start(request, socket: socket, timeoutMilliseconds: timeoutMilliseconds) {
            [mailbox = inbox.mailbox] in mailbox.post(message($0))
        }
    }
}

// Taking the lease, and giving it back.
extension RunSession {
    /// Waits for the lease, if that is wanted, and asks for it: once it is there, its key says whether
    /// it is a new one.
    private func acquire() throws(CommandError) -> Acquisition {
        guard let waitSeconds else { return try ask() }
        let line = LineSession(
            signals: signals, socket: socket, request: request, waitSeconds: waitSeconds, key: key)
        switch try line.run() {
        case .granted: return try ask()
        case .interrupted(let signal):
            LineSession.giveBack(request, key: key, socket: socket)
            return .interrupted(by: signal)
        }
    }

    /// Asks until there is an answer: the key makes sure that a request whose connection broke is
    /// not granted twice. A signal meanwhile waits for the answer, so that no lease is left behind.
    private func ask() throws(CommandError) -> Acquisition {
        var request = HTTPRequest(.post, ["v1", "leases"], json: request)
        request.headers.append(("Idempotency-Key", key))
        var interruptedBy: Int32?
        var isFirst = true
        let giveUpAt = bootMilliseconds() + Self.grantMilliseconds
        call(request) { .granted($0) }
        while true {
            switch inbox.next(until: .max) {
            case .signal(let number, _) where RunSignals.ends(number): interruptedBy = number
            case .message(.granted(.success(let response))):
                if response.isSuccess { return .granted(response, interruptedBy: interruptedBy) }
                if let interruptedBy { return .interrupted(by: interruptedBy) }
                throw .problem(response.problem, about: nil)
            case .message(.granted(.failure(let failure))):
                if let interruptedBy { return .interrupted(by: interruptedBy) }
                // Nothing was sent on the first try if nobody was there.
                if case .connect = failure, isFirst { throw Caller.error(failure, socket: socket) }
                guard bootMilliseconds() < giveUpAt else {
                    throw Caller.error(failure, socket: socket)
                }
                isFirst = false
                pause(Self.retryMilliseconds)
                call(request) { .granted($0) }
            case .signal, .message, .timeout: break
            }
        }
    }

    private func pause(_ milliseconds: Int64) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(milliseconds) * 1_000_000)
        nanosleep(&time, nil)
    }

    /// Gives the lease back, and does not insist: it runs out by itself.
    private func release(_ lease: Lease) {
        let request = HTTPRequest(.delete, ["v1", "leases", lease.id])
        let giveUpAt = bootMilliseconds() + Self.releaseMilliseconds
        call(request, timeoutMilliseconds: Self.releaseMilliseconds) { .released($0) }
        while true {
            switch inbox.next(until: giveUpAt) {
            case .message(.released(.success(let response)))
            where response.isSuccess || response.status == 404 || response.status == 410:
                return
            case .message(.released):
                pause(Self.retryMilliseconds)
                call(request, timeoutMilliseconds: Self.releaseMilliseconds) { .released($0) }
            case .timeout:
                Terminal.message(.notReleased(lease.id))
                return
            case .signal, .message: break
            }
        }
    }
}

// Holding the lease while the command runs.
extension RunSession {
    private func hold(_ lease: Lease, while child: ChildProcess) -> Int32 {
        var keeper = LeaseKeeper(
            lease, ttlSeconds: ttlSeconds,
            wall: LocalTime.now, now: bootMilliseconds())
        while true {
            perform(keeper.handle(.timePassed, now: bootMilliseconds()), lease: lease, child: child)
            if let killAt, bootMilliseconds() >= killAt {
                child.send(SIGKILL)
                self.killAt = nil
            }
            let deadline = lossReason == nil ? keeper.nextDeadline : killAt ?? .max
            switch inbox.next(until: deadline) {
            case .signal(SIGCHLD, _):
                noticeRunner?.reap()
                if let status = child.exitStatus() { return status }
            case .signal(let number, let isFromTerminal):
                // The terminal has sent it to the child, too.
                if !isFromTerminal { child.send(number) }
            case .message(let message):
                for event in events(message) {
                    perform(
                        keeper.handle(event, now: bootMilliseconds()), lease: lease, child: child)
                }
            case .timeout: break
            }
        }
    }

    private func perform(_ actions: [LeaseKeeper.Action], lease: Lease, child: ChildProcess) {
        for action in actions {
            switch action {
            case .renew:
                let body = RenewRequest(ttlSeconds: ttlSeconds)
                call(HTTPRequest(.post, ["v1", "leases", lease.id, "renew"], json: body)) {
                    .renewed($0)
                }
            case .watch: watch(lease)
            case .warn(let text): Terminal.message(Text(verbatim: text))
            case .announce(let notice):
                Terminal.message(Text(verbatim: notice.text))
                noticeRunner?.run(notice, lease)
            case .lose(let reason):
                lossReason = reason
                Terminal.message(.lost(lease.id, reason))
                child.send(SIGTERM)
                killAt = bootMilliseconds() + Self.killMilliseconds
            }
        }
    }

    private func watch(_ lease: Lease) {
        stream?.cancel()
        streamNumber += 1
        parser = EventStreamParser()
        isStreamGood = false
        var request = HTTPRequest(.get, ["v1", "leases", lease.id])
        request.headers.append(("Accept", "text/event-stream"))
        stream = HTTPConnection.start(request, socket: socket) {
            [mailbox = inbox.mailbox, streamNumber] event in
            mailbox.post(.stream(streamNumber, event))
        }
    }

    /// What a message means for the lease.
    private func events(_ message: Message) -> [LeaseKeeper.Event] {
        switch message {
        case .granted, .released: []
        case .renewed(.failure): [.renewFailed]
        case .renewed(.success(let response)): [Self.event(response)]
        case .stream(let number, let event): number == streamNumber ? events(event) : []
        }
    }

    private static func event(_ response: HTTPResponse) -> LeaseKeeper.Event {
        if response.isSuccess, let lease = try? WireJSON.decode(Lease.self, from: response.body) {
            return .renewed(lease, wall: LocalTime.now)
        }
        // Only 404 and 410 say that it is over; anything else may pass.
        return switch response.status {
        case 403: .renewRefused((response.problem.detail ?? .notAllowedAnyMore).here)
        case 404, 410: .gone((response.problem.detail ?? .notKnown).here)
        default: .renewFailed
        }
    }

    private func events(_ event: HTTPEvent) -> [LeaseKeeper.Event] {
        switch event {
        case .head(let status, _):
            isStreamGood = status == 200
            switch status {
            case 200: return [.watchOpened]
            case 404, 410: return [.gone(Text.notKnownAnyMore.here)]
            default: return []
            }
        case .body(let buffer):
            guard isStreamGood else { return [] }
            return [.watchHeard] + parser.receive(buffer.readableBytesView).compactMap(Self.event)
        case .end, .failed: return [.watchClosed]
        }
    }

    private static func event(_ event: EventStreamParser.Event) -> LeaseKeeper.Event? {
        let bytes = Array(event.data.utf8)
        switch event.name {
        case "lease":
            guard let lease = try? WireJSON.decode(Lease.self, from: bytes) else { return nil }
            return .lease(lease, wall: LocalTime.now)
        case "notice":
            guard let notice = try? WireJSON.decode(LeaseNotice.self, from: bytes) else {
                return nil
            }
            return .notice(notice)
        default: return nil
        }
    }
}
