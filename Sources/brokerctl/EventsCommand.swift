import ArgumentParser
import BrokerAPI
import BrokerText
import NIOCore

struct EventsCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: Text.aboutEvents.here, discussion: Text.moreEvents.here)

    @Flag(name: .shortAndLong, help: ArgumentHelp(Text.eventsFollow.here))
    var follow = false

    @Option(help: ArgumentHelp(Text.eventsAfter.here, valueName: "revision"))
    var after: Int?

    @Option(
        name: .customLong("type"), help: ArgumentHelp(Text.eventsTypes.here, valueName: "type"),
        completion: .list(EventType.families + EventType.allCases.map(\.rawValue)))
    var types: [String] = []

    @Option(help: ArgumentHelp(Text.eventsPool.here), completion: Completion.pools)
    var pool: String?

    @Option(help: ArgumentHelp(Text.eventsGroup.here), completion: Completion.groups)
    var group: String?

    @Option(help: ArgumentHelp(Text.eventsHolder.here))
    var holder: String?

    @Option(name: .shortAndLong, help: ArgumentHelp(Text.eventsOutput.here))
    var output: OutputFormat = .table

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        switch output {
        case .table, .json, .jsonl: break
        case .csv, .yaml, .name: throw ValidationError(Text.eventsOutputForms.here)
        }
        if let after, !(0...wireIntMax).contains(after) {
            throw ValidationError(Text.eventsRevision.here)
        }
    }

    func execute() throws {
        // Before the first other thread.
        let signals = RunSignals()
        let query: [(String, String?)] = [
            ("follow", follow ? nil : "false"),
            ("type", types.isEmpty ? nil : types.joined(separator: ",")),
            ("pool", pool), ("group", group), ("holder", holder),
        ]
        let session = EventsSession(
            signals: signals, socket: connection.caller(.control).paths[0], query: query,
            keeper: EventsKeeper(
                follows: follow, after: after, spreadMilliseconds: .random(in: 0..<100),
                now: bootMilliseconds()))
        let isTable = output == .table
        let number = try session.run { event in
            Terminal.output(isTable ? EventLine.text(event) : EventLine.json(event))
        }
        if let number { signals.die(of: number) }
    }
}

/// Follows the event stream over as many connections as it takes.
///
/// Everything here happens on the main thread; the loop's thread only posts what it hears.
private final class EventsSession {
    /// From the connection with this number; older ones are not heard any more.
    private struct Message: Sendable {
        var connection: Int
        var event: HTTPEvent
    }

    private let socket: String
    private let query: [(String, String?)]
    private var inbox: Inbox<Message>
    private var keeper: EventsKeeper
    private var connection: HTTPConnection.Handle?
    private var connectionNumber = 0

    init(
        signals: RunSignals, socket: String, query: [(String, String?)], keeper: EventsKeeper
    ) {
        self.socket = socket
        self.query = query
        self.keeper = keeper
        inbox = Inbox(signals: signals)
    }

    /// Gives each event's data to `print`; returns at the end of the stream, or with the signal that
    /// was to end it.
    func run(print: (String) -> Void) throws(CommandError) -> Int32? {
        var event = EventsKeeper.Event.timePassed
        while true {
            for action in keeper.handle(event, now: bootMilliseconds()) {
                if try perform(action, print) { return nil }
            }
            event = .timePassed
            switch inbox.next(until: keeper.nextDeadline) {
            case .message(let message):
                if message.connection == connectionNumber { event = Self.event(message.event) }
            case .signal(let number, _):
                guard RunSignals.ends(number) else { continue }
                connection?.cancel()
                return number
            case .timeout: continue
            }
        }
    }

    /// - Returns: whether that was all.
    private func perform(
        _ action: EventsKeeper.Action, _ print: (String) -> Void
    ) throws(CommandError) -> Bool {
        switch action {
        case .ask(let after): ask(after: after)
        case .print(let data): print(data)
        case .say(let word): Terminal.message(word.text)
        case .done: return true
        case .refused(let problem): throw .problem(problem, about: nil)
        case .failed(let failure): throw Caller.error(failure, socket: socket)
        }
        return false
    }

    private func ask(after: String?) {
        connection?.cancel()
        connectionNumber += 1
        var request = HTTPRequest(.get, ["v1", "events"], query: query)
        request.headers.append(("Accept", "text/event-stream"))
        if let after { request.headers.append(("Last-Event-ID", after)) }
        connection = HTTPConnection.start(request, socket: socket) {
            [mailbox = inbox.mailbox, connectionNumber] event in
            mailbox.post(Message(connection: connectionNumber, event: event))
        }
    }

    private static func event(_ event: HTTPEvent) -> EventsKeeper.Event {
        switch event {
        case .head(let status, let contentType): .head(status: status, contentType: contentType)
        case .body(let buffer): .body(Array(buffer.readableBytesView))
        case .end: .end
        case .failed(let failure): .failed(failure)
        }
    }
}

extension EventsKeeper.Word {
    fileprivate var text: Text {
        switch self {
        case .absent: .eventsAbsent
        case .back: .eventsBack
        case .dropped(let detail): .eventsDropped(TerminalText.escaped(detail))
        }
    }
}
