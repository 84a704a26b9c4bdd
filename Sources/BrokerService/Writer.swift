import BrokerCore
import BrokerEngine
import BrokerStore
import Glibc

/// A ticket of the engine: a place to send the answer to.
struct Reply: Sendable {
    var send: @Sendable (EngineAnswer) -> Void

    init(_ send: @escaping @Sendable (EngineAnswer) -> Void) { self.send = send }
}

/// The one thread that decides and writes: it drives the engine with a real clock and a real store.
///
/// While a batch is being synced, the next one gathers in the queue.
final class Writer: @unchecked Sendable {
    // Safe: after `start`, all but the queue is touched by the writer's thread alone.

    /// A snapshot every so many records: reading that many back takes some 50 ms, writing a snapshot
    /// some 10, so neither a start nor a busy writer feels it.
    static let snapshotRecordCount: UInt64 = 50_000
    /// The longest sleep: the watchdog and the wall clock are looked after at least so often.
    private static let roundMillisecondsMax: Int64 = 500
    /// How often space is looked for once it ran out.
    private static let reserveRetryMilliseconds: Int64 = 1_000

    typealias Submission = Engine<Reply>.Submission

    let queue = WaitQueue<Submission>()
    private var engine: Engine<Reply>
    private let store: any Store
    private var timeLine: TimeLine
    private let published: PublishedState
    private let hooks: ServiceHooks
    private var snapshotRevision: UInt64
    private var reserveTriedAt: Int64 = 0
    private var thread: JoinableThread?

    init(
        broker: Broker, snapshotRevision: UInt64, store: any Store, timeLine: TimeLine,
        published: PublishedState, hooks: ServiceHooks
    ) {
        engine = Engine(broker: broker)
        self.snapshotRevision = snapshotRevision
        self.store = store
        self.timeLine = timeLine
        self.published = published
        self.hooks = hooks
    }

    func start() {
        published.setClock(timeLine.mark)
        if !store.restoreReserve() {
            // Without a reserve a full disk could stop releases: begin as if it were full.
            engine.reserveMissing()
            published.setLowOnSpace(true)
            hooks.note(.lowOnSpace)
        }
        thread = DaemonThread.start("writer") { [self] in run() }
    }

    /// Decides what has been submitted, answers it, and ends the thread.
    func stop() {
        queue.close()
        thread?.join()
    }

    // MARK: The thread

    private func run() {
        while true {
            let taken = queue.takeAll(waitingMilliseconds: engine.hasWork ? 0 : sleep())
            for submission in taken.elements { engine.submit(submission) }
            round()
            published.writerIsAlive()
            hooks.writerIsAlive()
            if taken.isClosed && taken.elements.isEmpty && !engine.hasWork { break }
        }
        // The next start reads one row instead of many; if it fails, the journal says it all.
        takeSnapshot(after: 1)
        store.close()
    }

    private func sleep() -> Int64 {
        // What is due could not be written a moment ago: do not try without a pause.
        if engine.isOutOfSpace { return Self.roundMillisecondsMax }
        let now = timeLine.now(.now())
        guard let next = engine.broker.nextDeadline else { return Self.roundMillisecondsMax }
        return max(0, min(Self.roundMillisecondsMax, next.milliseconds - now.milliseconds))
    }

    private func round() {
        let reading = ClockReading.now()
        let before = timeLine.mark.wallOffsetMilliseconds
        if timeLine.adopt(reading) {
            hooks.note(
                .clockStepped(milliseconds: timeLine.mark.wallOffsetMilliseconds - before))
            published.setClock(timeLine.mark)
        }
        // Also again, where it could not be written for want of space.
        if engine.broker.clock != timeLine.mark { submitClock() }
        let now = timeLine.now(reading)
        if engine.broker.nextDeadline.map({ $0 <= now }) ?? false, !engine.hasWork {
            engine.submit(Submission(.passTime, by: .system, ticket: Reply { _ in }))
        }
        if engine.isLowOnSpace { retryReserve(reading) }
        while engine.hasWork { perform(engine.begin(at: now)) }
        takeSnapshot(after: Self.snapshotRecordCount)
    }

    private func submitClock() {
        engine.submit(
            Submission(.setClock(timeLine.mark), by: .system, ticket: Reply { _ in }))
    }

    private func perform(_ first: Engine<Reply>.Action) {
        var action = first
        while true {
            switch action {
            case .none: return
            case .answer(let answers):
                for (reply, answer) in answers { reply.send(answer) }
                return
            case .releaseReserve:
                store.releaseReserve()
                reserveTriedAt = ClockReading.now().bootMilliseconds
                published.setLowOnSpace(true)
                hooks.note(.lowOnSpace)
                return
            case .append(let batch): action = append(batch)
            }
        }
    }

    private func append(_ batch: JournalBatch) -> Engine<Reply>.Action {
        do throws(StoreError) {
            try store.append(batch)
        } catch .full {
            return engine.appendFailedForSpace()
        } catch {
            hooks.fail("the journal could not be written: \(error.text)")
        }
        published.apply(batch)
        let action = engine.appended()
        noteChanges(batch)
        return action
    }

    private func noteChanges(_ batch: JournalBatch) {
        for entry in batch.entries {
            guard let first = entry.records.lazy.compactMap(\.noteworthy).first else { continue }
            hooks.note(.changed(actor: entry.actor, verb: first.verb, what: first.what))
        }
    }

    // MARK: Upkeep

    private func retryReserve(_ reading: ClockReading) {
        guard reading.bootMilliseconds - reserveTriedAt >= Self.reserveRetryMilliseconds else {
            return
        }
        reserveTriedAt = reading.bootMilliseconds
        guard store.restoreReserve() else { return }
        engine.spaceRestored()
        published.setLowOnSpace(false)
        hooks.note(.spaceRestored)
    }

    private func takeSnapshot(after count: UInt64) {
        guard engine.broker.revision >= snapshotRevision + count, !engine.isLowOnSpace else {
            return
        }
        do throws(StoreError) {
            try store.save(engine.broker.image)
            snapshotRevision = engine.broker.revision
        } catch .full {
            // It is a convenience; the journal stands. The next try comes as many records later.
            snapshotRevision = engine.broker.revision
            hooks.note(.snapshotFailed("there is no space for it"))
        } catch {
            hooks.fail("the snapshot could not be written: \(error.text)")
        }
    }
}

extension Record {
    /// What an admin would want to find in the log of changes; nil for the daily traffic.
    var noteworthy: (verb: String, what: String)? {
        switch self {
        case .poolPut(let spec, _): ("pool-set", spec.name.value)
        case .poolModeSet(let name, let mode, _):
            switch mode.kind {
            case .open: ("pool-opened", name.value)
            case .cordoned: ("pool-cordoned", name.value)
            case .draining: ("pool-draining", name.value)
            }
        case .poolRemoved(let name): ("pool-removed", name.value)
        case .groupPut(let spec): ("group-set", spec.name.value)
        case .groupRemoved(let name): ("group-removed", name.value)
        case .siteOrdered: ("site-ordered", "")
        case .seatCordonSet(let name, let cordon):
            (cordon == nil ? "seat-opened" : "seat-cordoned", name.value)
        case .seatOpened(let name, _): ("seat-opened", name.value)
        case .leaseRevocationSet(let id, _, _): ("lease-revoked", id.text)
        case .leaseEnded(let id, .revoked, _): ("lease-revoked", id.text)
        case .seatLimitSet(let limit): ("seat-limit-set", limit.map { "\($0)" } ?? "none")
        case .tokenFloorSet(let floor): ("token-floor-set", "\(floor)")
        case .clockSet, .seatsAdded, .seatListed, .seatRemoved, .seatRetiring, .seatReclaimed,
            .leaseGranted, .leaseRenewed, .leaseEnded, .keyRemembered:
            nil
        }
    }
}
