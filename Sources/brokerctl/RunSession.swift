import BrokerAPI
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

    private enum Input {
        case signal(Int32, isFromTerminal: Bool)
        case message(Message)
        case timeout
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
    private let command: [String]
    private let mailbox = Mailbox<Message>()
    private var inbox: [Message] = []
    private var streamNumber = 0
    private var stream: HTTPConnection.Handle?
    private var parser = EventStreamParser()
    private var isStreamGood = false
    private var lossReason: String?
    private var killAt: Int64?

    init(signals: RunSignals, socket: String, request: GrantRequest, command: [String]) {
        self.signals = signals
        self.socket = socket
        self.request = request
        self.command = command
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
            Terminal.message("you hold lease \(lease.id) already; it stays when the command ends.")
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
            Terminal.message("\(command[0]): \(error.reason).")
            if isOurs { release(lease) }
            return error.status
        }
        let status = hold(lease, while: child)
        stream?.cancel()
        if lossReason != nil { return ExitStatus.leaseLost.rawValue }
        if isOurs { release(lease) }
        return status
    }

    /// The next thing that happens, in the order in which it came.
    private func next(until deadline: Int64) -> Input {
        while true {
            if !inbox.isEmpty { return .message(inbox.removeFirst()) }
            inbox = mailbox.takeAll()
            if !inbox.isEmpty { continue }
            let wait = deadline - bootMilliseconds()
            guard wait > 0, let signal = signals.next(timeoutMilliseconds: wait) else {
                return .timeout
            }
            if signal.number != RunSignals.wake {
                return .signal(signal.number, isFromTerminal: signal.isFromTerminal)
            }
        }
    }

    private func call(
        _ request: HTTPRequest, timeoutMilliseconds: Int64 = callMilliseconds,
        as message: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Message
    ) {
        Caller.start(request, socket: socket, timeoutMilliseconds: timeoutMilliseconds) {
            [mailbox] in mailbox.post(message($0))
        }
    }
}

// Taking the lease, and giving it back.
extension RunSession {
    /// Asks until there is an answer: the key makes sure that a request whose connection broke is
    /// not granted twice. A signal meanwhile waits for the answer, so that no lease is left behind.
    private func acquire() throws(CommandError) -> Acquisition {
        var request = HTTPRequest(.post, ["v1", "leases"], json: request)
        request.headers.append(("Idempotency-Key", Self.randomKey()))
        var interruptedBy: Int32?
        var isFirst = true
        let giveUpAt = bootMilliseconds() + Self.grantMilliseconds
        call(request) { .granted($0) }
        while true {
            switch next(until: .max) {
            case .signal(let number, _) where Self.ends(number): interruptedBy = number
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

    private static func ends(_ signal: Int32) -> Bool {
        signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT
    }

    /// 128 random bits: as good as unique.
    private static func randomKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return "run-" + (0..<2).map { _ in String(generator.next(), radix: 16) }.joined()
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
            switch next(until: giveUpAt) {
            case .message(.released(.success(let response)))
            where response.isSuccess || response.status == 404 || response.status == 410:
                return
            case .message(.released):
                pause(Self.retryMilliseconds)
                call(request, timeoutMilliseconds: Self.releaseMilliseconds) { .released($0) }
            case .timeout:
                Terminal.message(
                    "lease \(lease.id) could not be released, and runs out by itself.")
                return
            case .signal, .message: break
            }
        }
    }
}

// Holding the lease while the command runs.
extension RunSession {
    private func hold(_ lease: Lease, while child: ChildProcess) -> Int32 {
        var keeper = LeaseKeeper(lease, wall: LocalTime.now, now: bootMilliseconds())
        while true {
            perform(keeper.handle(.timePassed, now: bootMilliseconds()), lease: lease, child: child)
            if let killAt, bootMilliseconds() >= killAt {
                child.send(SIGKILL)
                self.killAt = nil
            }
            let deadline = lossReason == nil ? keeper.nextDeadline : killAt ?? .max
            switch next(until: deadline) {
            case .signal(SIGCHLD, _):
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
                let body = RenewRequest(ttlSeconds: request.ttlSeconds)
                call(HTTPRequest(.post, ["v1", "leases", lease.id, "renew"], json: body)) {
                    .renewed($0)
                }
            case .watch: watch(lease)
            case .warn(let text): Terminal.message(text)
            case .lose(let reason):
                lossReason = reason
                Terminal.message("lease \(lease.id) was lost: \(reason).")
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
        stream = HTTPConnection.start(request, socket: socket) { [mailbox, streamNumber] event in
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
            return .lease(lease, wall: LocalTime.now)
        }
        // Only 404 and 410 say that it is over; anything else may pass.
        return switch response.status {
        case 403: .renewRefused(response.problem.detail ?? "it is not allowed any more.")
        case 404, 410: .gone(response.problem.detail ?? "the broker does not know it")
        default: .renewFailed
        }
    }

    private func events(_ event: HTTPEvent) -> [LeaseKeeper.Event] {
        switch event {
        case .head(let status, _):
            isStreamGood = status == 200
            switch status {
            case 200: return [.watchOpened]
            case 404, 410: return [.gone("the broker does not know it any more")]
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
            return .notice(endsAt: notice.endsAt, secondsLeft: notice.remainingSeconds)
        default: return nil
        }
    }
}
