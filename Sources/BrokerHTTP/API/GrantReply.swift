import BrokerAPI
import BrokerCore
import BrokerEngine
import BrokerService
import BrokerText
import NIOCore
import Synchronization

/// The answer to a request for a seat: at once, or when its place in the line has come to an end.
///
/// A request that waits holds its connection, and what is sent behind it waits too. Without events
/// the connection is silent until the one answer; with them it tells how the place stands. A client
/// that goes away, or shuts its sending side, leaves the line at once.
final class GrantReply: Sendable {
    /// How often a waiting client hears of its place, where it changes.
    private static let noticeSeconds: Int64 = 1

    private struct State {
        var stream: StreamHandle?
        /// What the client was last told of its place.
        var told: QueueNotice?
        /// Looks at the place since something was last sent.
        var silentLooks = 0
        var hasWaited = false
        var isOver = false
    }

    private enum Outcome {
        case lease(LeaseView, status: Int, headers: [(name: String, value: String)])
        case problem(Problem)
    }

    private let service: BrokerService
    private let meters: APIMeters
    private let arrival: NIODeadline
    private let reply: ReplyHandle
    private let holder: HolderName
    private let language: Language
    private let wantsEvents: Bool
    private let state = Mutex(State())

    private init(_ command: GrantCommand, _ call: Call) {
        service = call.service
        meters = call.meters
        arrival = call.arrival
        reply = call.reply
        holder = command.subject.holder
        language = call.language
        wantsEvents = command.wait != nil && call.accepts(StreamHandle.eventStreamType)
    }

    /// Asks for the seat, and answers the call with what comes of it.
    static func start(_ command: GrantCommand, _ call: Call) {
        let answer = GrantReply(command, call)
        call.service.submit(.grant(command), by: call.sender.actor) { answer.take($0) }
    }

    /// From the writer's thread; the place in the line first, where there is one.
    private func take(_ answer: EngineAnswer?) {
        switch answer {
        case .decided(.waiting(let view))?: wait(view)
        case .decided(.granted(let lease))?:
            end(
                .lease(
                    lease, status: 201,
                    headers: [(name: "Location", value: "/v1/leases/\(lease.id.text)")]),
                counted: .granted)
        case .decided(.held(let lease))?:
            end(.lease(lease, status: 200, headers: []), counted: .held)
        case .decided(.replayed(let lease, let created))?:
            end(
                .lease(
                    lease, status: created ? 201 : 200,
                    headers: [(name: "Idempotency-Replayed", value: "true")]),
                counted: .replayed)
        case .decided?: preconditionFailure("a grant gives a lease")
        case .refused(let refusal)?:
            end(.problem(Wire(service).problem(refusal, holder: holder)))
        case .noSpace?: end(.problem(.noSpace))
        case nil: end(.problem(.stopping))
        }
    }

    // MARK: In the line

    private func wait(_ view: WaitView) {
        let ticket = view.ticket
        state.withLock { $0.hasWaited = true }
        if wantsEvents {
            // It ends by itself when the server stops, with a word to the client.
            let stream = reply.startStream(
                status: 200, headers: StreamHandle.eventHeaders, lifetime: .finite)
            state.withLock { $0.stream = stream }
            tell(view)
            stream.repeatTask(every: .seconds(Self.noticeSeconds)) { [weak self] _ in
                guard let self, let view = service.waitView(ticket.number) else { return }
                tell(view)
            }
        }
        reply.wait(
            WaitHooks(
                gone: { [service] in service.leaveLine(ticket) },
                stopping: { [weak self, service] in
                    self?.end(.problem(.stopping))
                    service.leaveLine(ticket)
                }))
    }

    /// Tells the client how its place stands, or, for the connection's sake, now and then nothing.
    private func tell(_ view: WaitView) {
        let notice = Wire(service).notice(view)
        state.withLock { state in
            guard !state.isOver else { return }
            state.silentLooks += 1
            if state.told != notice {
                state.told = notice
                state.stream?.send(event: "queue", data: WireJSON.encode(notice))
            } else if state.silentLooks >= LeaseStream.keepAliveSeconds / Self.noticeSeconds {
                state.stream?.write(StreamHandle.comment)
            } else {
                return
            }
            state.silentLooks = 0
        }
    }

    // MARK: The end

    /// Answers; only the first call counts.
    private func end(_ outcome: Outcome, counted: APIMeters.GrantOutcome? = nil) {
        let ending = state.withLock { state -> (stream: StreamHandle?, hasWaited: Bool)? in
            guard !state.isOver else { return nil }
            state.isOver = true
            return (state.stream.take(), state.hasWaited)
        }
        guard let (stream, hasWaited) = ending else { return }
        count(outcome, counted, hasWaited: hasWaited)
        let wire = Wire(service)
        if let stream {
            switch outcome {
            case .lease(let lease, _, _):
                stream.send(event: "lease", data: WireJSON.encode(wire.lease(lease)))
            case .problem(let problem):
                stream.send(
                    event: "problem",
                    data: WireJSON.encode(problem.withRetryAfter.written(in: language)))
            }
            stream.finish()
            return
        }
        switch outcome {
        case .lease(let lease, _, let headers) where wantsEvents:
            let event = StreamHandle.event("lease", data: WireJSON.encode(wire.lease(lease)))
            reply.send(
                HTTPResponse(
                    status: 200, contentType: StreamHandle.eventStreamType, bytes: event,
                    headers: headers + [(name: "Cache-Control", value: "no-store")]))
        case .lease(let lease, let status, let headers):
            reply.send(.json(wire.lease(lease), status: status, headers: headers))
        case .problem(let problem): reply.send(problem.response(in: language))
        }
    }

    private func count(
        _ outcome: Outcome, _ counted: APIMeters.GrantOutcome?, hasWaited: Bool
    ) {
        let seconds = Double((NIODeadline.now() - arrival).nanoseconds) / 1e9
        if !hasWaited { meters.grantSeconds.record(seconds) }
        switch outcome {
        case .lease:
            if let counted { meters.count(counted) }
            if hasWaited { meters.waitSeconds.record(seconds) }
        case .problem(let problem): meters.countRefusal(problem.slug)
        }
    }
}
