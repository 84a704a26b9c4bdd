import BrokerAPI
import BrokerCore
import BrokerService
import NIOCore
import Synchronization

/// A lease as server-sent events: its present state at once, each change, warnings of an end that
/// the holder cannot move, and the end of the stream once the lease has ended.
final class LeaseStream: Sendable {
    /// A comment goes out so often, so that either side notices when the other is gone.
    static let keepAliveSeconds: Int64 = 5
    /// So often the time is looked at, at the least: the clock of the loop stands still while the
    /// machine sleeps, and that of the leases does not.
    private static let lookSecondsMax: Int64 = 30

    private struct State {
        /// What was last sent; nil before the first event.
        var last: LeaseView?
        var watch: LeaseWatch?
        var plan: NoticePlan
        /// The next look at the warnings.
        var nextLook: NIODeadline?
        var isOver = false
    }

    private let handle: StreamHandle
    private let service: BrokerService
    private let state: Mutex<State>

    private init(_ handle: StreamHandle, _ service: BrokerService) {
        self.handle = handle
        self.service = service
        let notices = service.read { broker in broker.rota?.noticeSeconds }
        state = Mutex(
            State(plan: NoticePlan(noticeSeconds: notices ?? RotaSpec.noticeSecondsDefault)))
    }

    static func start(_ id: LeaseID, _ call: Call) {
        let handle = call.reply.startStream(
            status: 200, headers: StreamHandle.eventHeaders, lifetime: .endless)
        let stream = LeaseStream(handle, call.service)
        let watch = call.service.watch(id) { stream.tell($0, isFirst: false) }
        handle.onClose { stream.end() }
        stream.state.withLock { state in
            if state.isOver { watch.cancel() } else { state.watch = watch }
        }
        // Only now, when no change can be missed, the state to begin with.
        if let lease = call.service.read({ broker in broker.lease(id) }) {
            stream.tell(lease, isFirst: true)
        }
        handle.keepAlive(every: .seconds(keepAliveSeconds))
    }

    private func tell(_ lease: LeaseView, isFirst: Bool) {
        let isTold = state.withLock { state in
            guard !state.isOver, state.last != lease else { return false }
            // A change overtook the reading of the first state, which is older then.
            if isFirst && state.last != nil { return false }
            if let last = state.last, last.state == .ended { return false }
            state.last = lease
            handle.send(event: "lease", data: WireJSON.encode(Wire(service).lease(lease)))
            if lease.state == .ended { handle.finish() }
            return true
        }
        if isTold, lease.state != .ended { handle.mailbox.eventLoop.execute { self.look(at: nil) } }
    }

    private func end() {
        let watch = state.withLock { state in
            state.isOver = true
            return state.watch.take()
        }
        watch?.cancel()
    }

    // MARK: Warnings

    /// Gives the warning that is due, and comes back for the next one; on the event loop.
    ///
    /// - Parameter planned: the look that was planned; nil: something has changed.
    private func look(at planned: NIODeadline?) {
        let now = service.now
        guard let id = state.withLock({ $0.isOver ? nil : $0.last?.id }) else { return }
        let end = service.read { broker in broker.foreseenEnd(of: id) }
        state.withLock { state in
            guard !state.isOver, state.last?.state != .ended else { return }
            if planned == state.nextLook { state.nextLook = nil }
            if let end, state.plan.isDue(end: end.at, now: now) {
                state.plan.give(end: end.at, now: now)
                handle.send(event: "notice", data: WireJSON.encode(notice(id, end, now)))
            }
            let next = end.flatMap { state.plan.next(end: $0.at, now: now) }
            let wait = next.map { $0.milliseconds - now.milliseconds } ?? .max
            plan(in: max(1, min(wait, Self.lookSecondsMax * 1_000)), &state)
        }
    }

    /// A look that is planned for later than this one stays: taking it back costs more.
    private func plan(in milliseconds: Int64, _ state: inout State) {
        let deadline = NIODeadline.now() + .milliseconds(milliseconds)
        if let planned = state.nextLook, planned <= deadline { return }
        state.nextLook = deadline
        handle.mailbox.eventLoop.scheduleTask(deadline: deadline) { [weak self] in
            self?.look(at: deadline)
        }
    }

    private func notice(_ id: LeaseID, _ end: ForeseenEnd, _ now: Instant) -> LeaseNotice {
        let wire = Wire(service)
        return LeaseNotice(
            lease: id.text, endsAt: wire.timestamp(end.at),
            remainingSeconds: now.secondsUntil(end.at), reason: wire.reason(end.reason))
    }
}
