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
        var look: Scheduled<Void>?
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
        if isTold, lease.state != .ended { handle.mailbox.eventLoop.execute { self.look() } }
    }

    private func end() {
        let (watch, look) = state.withLock { state in
            state.isOver = true
            return (state.watch.take(), state.look.take())
        }
        watch?.cancel()
        look?.cancel()
    }

    // MARK: Warnings

    /// Gives the warning that is due, and comes back for the next one; on the event loop.
    private func look() {
        let now = service.now
        guard let id = state.withLock({ $0.isOver ? nil : $0.last?.id }) else { return }
        let end = service.read { broker in broker.foreseenEnd(of: id) }
        state.withLock { state in
            guard !state.isOver, state.last?.state != .ended else { return }
            if let end, state.plan.isDue(end: end.at, now: now) {
                state.plan.give(end: end.at, now: now)
                handle.send(event: "notice", data: WireJSON.encode(notice(id, end, now)))
            }
            let next = end.flatMap { state.plan.next(end: $0.at, now: now) }
            // A window that goes on in another may yet turn out to be the last.
            let wait =
                next.map { min($0.milliseconds - now.milliseconds, Self.lookSecondsMax * 1_000) }
                ?? Self.lookSecondsMax * 1_000
            state.look?.cancel()
            state.look = handle.mailbox.eventLoop.scheduleTask(in: .milliseconds(max(1, wait))) {
                self.look()
            }
        }
    }

    private func notice(_ id: LeaseID, _ end: ForeseenEnd, _ now: Instant) -> LeaseNotice {
        let wire = Wire(service)
        return LeaseNotice(
            lease: id.text, endsAt: wire.timestamp(end.at),
            remainingSeconds: now.secondsUntil(end.at), reason: wire.reason(end.reason))
    }
}
