import BrokerAPI
import Glibc
import NIOCore

/// Stands in the line for a lease, and comes back to its place when the connection breaks.
///
/// Everything here happens on the main thread; the loop's thread only posts what it hears.
final class LineSession {
    enum Outcome {
        /// The lease, as it came.
        case granted([UInt8])
        /// A signal ended the wait. The place is left, and the line passes it by.
        case interrupted(by: Int32)
    }

    /// From the connection with this number; older ones are not heard any more.
    private struct Message: Sendable {
        var connection: Int
        var event: HTTPEvent
    }

    private let socket: String
    private let request: GrantRequest
    private let key: String
    private var inbox: Inbox<Message>
    private var keeper: LineKeeper
    private var display: LineDisplay
    private var connection: HTTPConnection.Handle?
    private var connectionNumber = 0

    /// - Parameters:
    ///   - request: What is asked for; how long to wait is `waitSeconds` alone.
    ///   - key: The idempotency key that the place is known by.
    init(
        signals: RunSignals, socket: String, request: GrantRequest, waitSeconds: Int, key: String
    ) {
        self.socket = socket
        self.request = request
        self.key = key
        inbox = Inbox(signals: signals)
        let now = bootMilliseconds()
        keeper = LineKeeper(
            waitSeconds: waitSeconds, spreadMilliseconds: .random(in: 0..<100), now: now)
        display = LineDisplay(now: now)
    }

    /// 128 random bits: as good as unique.
    static func randomKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return "brokerctl-" + (0..<2).map { _ in String(generator.next(), radix: 16) }.joined()
    }

    /// Waits for the answer.
    ///
    /// Throws the refusal, `wait-expired` among others, and what kept the broker from answering.
    func run() throws(CommandError) -> Outcome {
        var event = LineKeeper.Event.timePassed
        while true {
            for action in keeper.handle(event, now: bootMilliseconds()) {
                if let outcome = try perform(action) { return outcome }
            }
            event = .timePassed
            let tick = display.intervalMilliseconds.map { bootMilliseconds() + $0 } ?? .max
            switch inbox.next(until: min(keeper.nextDeadline, tick)) {
            case .message(let message):
                if message.connection == connectionNumber { event = Self.event(message.event) }
            case .signal(let number, _):
                if RunSignals.ends(number) {
                    connection?.cancel()
                    display.finish(isGranted: false, now: bootMilliseconds())
                    return .interrupted(by: number)
                }
                display.draw()
            case .timeout: display.draw()
            }
        }
    }

    private func perform(_ action: LineKeeper.Action) throws(CommandError) -> Outcome? {
        switch action {
        case .ask(let waitSeconds):
            ask(waitSeconds: waitSeconds)
            return nil
        case .show(let notice):
            display.show(notice)
            return nil
        case .showAbsence:
            display.showAbsence()
            return nil
        case .granted(let lease):
            connection?.cancel()
            display.finish(isGranted: true, now: bootMilliseconds())
            return .granted(lease)
        case .refused(let problem):
            connection?.cancel()
            display.finish(isGranted: false, now: bootMilliseconds())
            throw .problem(problem, about: nil)
        case .failed(let failure):
            connection?.cancel()
            display.finish(isGranted: false, now: bootMilliseconds())
            throw Caller.error(failure, socket: socket)
        }
    }

    private func ask(waitSeconds: Int) {
        connection?.cancel()
        connectionNumber += 1
        var body = request
        body.waitSeconds = waitSeconds
        var request = HTTPRequest(.post, ["v1", "leases"], json: body)
        request.headers.append(("Idempotency-Key", key))
        request.headers.append(("Accept", "text/event-stream"))
        connection = HTTPConnection.start(request, socket: socket) {
            [mailbox = inbox.mailbox, connectionNumber] event in
            mailbox.post(Message(connection: connectionNumber, event: event))
        }
    }

    private static func event(_ event: HTTPEvent) -> LineKeeper.Event {
        switch event {
        case .head(let status, let contentType): .head(status: status, contentType: contentType)
        case .body(let buffer): .body(Array(buffer.readableBytesView))
        case .end: .end
        case .failed(let failure): .failed(failure)
        }
    }

    /// Gives back what was granted in the instant in which the wait was broken off: the key tells a
    /// lease of this wait from one that was there before.
    static func giveBack(_ request: GrantRequest, key: String, socket: String) {
        var repeated = HTTPRequest(.post, ["v1", "leases"], json: request)
        repeated.headers.append(("Idempotency-Key", key))
        let caller = Caller(paths: [socket])
        guard
            let response = try? caller.response(
                to: repeated, timeoutMilliseconds: giveBackMilliseconds),
            response.status == 201,
            let lease = try? WireJSON.decode(Lease.self, from: response.body)
        else { return }
        _ = try? caller.response(
            to: HTTPRequest(.delete, ["v1", "leases", lease.id]),
            timeoutMilliseconds: giveBackMilliseconds)
    }

    /// Whoever presses Ctrl-C does not wait for more; what is left then runs out by itself.
    private static let giveBackMilliseconds: Int64 = 2000
}
