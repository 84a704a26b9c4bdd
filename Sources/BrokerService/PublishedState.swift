import BrokerCore
import BrokerEngine
import BrokerStore
import Glibc
import Synchronization

/// The state as far as it is on disk, for everybody who reads.
///
/// The writer decides on a state that may be ahead of the disk; what a reader sees must not be
/// taken back, so this is a second copy to which batches are applied once they are durable.
final class PublishedState: Sendable {
    private let broker: Mutex<Broker>
    private let lowOnSpace = Atomic<Bool>(false)
    private let wallOffset: Atomic<Int64>
    private let bootOffset: Atomic<Int64>
    private let writerAliveAt = Atomic<Int64>(ClockReading.milliseconds(CLOCK_BOOTTIME))
    private let watchers = Mutex(LeaseWatchers())
    /// Who follows all batches.
    private let follower = Mutex<(@Sendable (JournalBatch) -> Void)?>(nil)

    init(_ broker: Broker) {
        var copy = broker
        copy.isUndoable = false
        self.broker = Mutex(copy)
        wallOffset = Atomic(broker.clock.wallOffsetMilliseconds)
        bootOffset = Atomic(broker.clock.bootOffsetMilliseconds)
    }

    /// The writer has gone round.
    func writerIsAlive() {
        writerAliveAt.store(ClockReading.milliseconds(CLOCK_BOOTTIME), ordering: .relaxed)
    }

    /// How long ago the writer last went round.
    var writerSilenceMilliseconds: Int64 {
        ClockReading.milliseconds(CLOCK_BOOTTIME) - writerAliveAt.load(ordering: .relaxed)
    }

    /// How the time line stands to the clocks, as the writer found it.
    func setClock(_ mark: ClockMark) {
        wallOffset.store(mark.wallOffsetMilliseconds, ordering: .relaxed)
        bootOffset.store(mark.bootOffsetMilliseconds, ordering: .relaxed)
    }

    /// Wall clock minus time line, in milliseconds.
    var wallOffsetMilliseconds: Int64 { wallOffset.load(ordering: .relaxed) }

    /// The present instant on the time line.
    var now: Instant {
        Instant(
            milliseconds: ClockReading.milliseconds(CLOCK_BOOTTIME)
                + bootOffset.load(ordering: .relaxed))
    }

    var isLowOnSpace: Bool { lowOnSpace.load(ordering: .relaxed) }

    func setLowOnSpace(_ isLow: Bool) { lowOnSpace.store(isLow, ordering: .relaxed) }

    func read<Value: Sendable>(_ body: (borrowing Broker) -> sending Value) -> Value {
        broker.withLock { body($0) }
    }

    func apply(_ batch: JournalBatch) {
        broker.withLock { broker in
            for entry in batch.entries {
                for record in entry.records {
                    do throws(Broker.Misfit) {
                        try broker.apply(record, at: entry.at)
                    } catch {
                        // The writer applied it to the same state a moment ago.
                        preconditionFailure(error.message)
                    }
                }
            }
            broker.settle()
            // Under the lock, so that the state which a new follower starts with leads on to it.
            follower.withLock { $0 }?(batch)
        }
        notifyWatchers(of: batch)
    }

    // MARK: Following the journal

    /// The state as it is; each later batch is given to `body`, from the writer's thread.
    func follow(_ body: @escaping @Sendable (JournalBatch) -> Void) -> Broker {
        broker.withLock { broker in
            follower.withLock { $0 = body }
            return copy broker
        }
    }

    func unfollow() { follower.withLock { $0 = nil } }

    // MARK: Watching leases

    /// Calls `body` with each change of a lease from now on, from the writer's thread; it must be
    /// quick. Gives what takes the watch back.
    func watch(_ id: LeaseID, _ body: @escaping @Sendable (LeaseView) -> Void) -> LeaseWatch {
        let number = watchers.withLock { $0.add(id, body) }
        return LeaseWatch { [weak self] in self?.watchers.withLock { $0.remove(number) } }
    }

    private func notifyWatchers(of batch: JournalBatch) {
        let concerned = watchers.withLock { $0.concerned(by: batch) }
        guard !concerned.isEmpty else { return }
        let views = broker.withLock { broker in concerned.map { broker.lease($0.lease) } }
        for (watcher, view) in zip(concerned, views) {
            guard let view else { continue }
            watcher.body(view)
        }
    }
}

/// A watch on one lease, until it is cancelled.
package struct LeaseWatch: Sendable {
    let end: @Sendable () -> Void

    /// Ends the watch; again without effect.
    package func cancel() { end() }
}

/// Who wants to hear of which lease.
struct LeaseWatchers: Sendable {
    struct Watcher: Sendable {
        var lease: LeaseID
        var body: @Sendable (LeaseView) -> Void
    }

    private var watchers: [Int: Watcher] = [:]
    private var numbers: [LeaseID: [Int]] = [:]
    private var last = 0

    mutating func add(_ id: LeaseID, _ body: @escaping @Sendable (LeaseView) -> Void) -> Int {
        last += 1
        watchers[last] = Watcher(lease: id, body: body)
        numbers[id, default: []].append(last)
        return last
    }

    mutating func remove(_ number: Int) {
        guard let watcher = watchers.removeValue(forKey: number) else { return }
        numbers[watcher.lease]?.removeAll { $0 == number }
        if numbers[watcher.lease]?.isEmpty == true { numbers[watcher.lease] = nil }
    }

    /// Everybody whose lease a batch may have changed: by name, or, where a pool, a seat or the
    /// clock changed, all.
    func concerned(by batch: JournalBatch) -> [Watcher] {
        guard !watchers.isEmpty else { return [] }
        var concerned: [Int] = []
        for record in batch.entries.lazy.flatMap(\.records) {
            switch record {
            case .leaseGranted(let grant): concerned += numbers[grant.id] ?? []
            case .leaseRenewed(let id, _), .leaseRevocationSet(let id, _, _),
                .leaseEnded(let id, _, _), .leaseCharged(let id, _):
                concerned += numbers[id] ?? []
            case .poolModeSet, .poolPut, .seatRetiring, .seatReclaimed, .seatCordonSet, .seatOpened,
                .clockSet, .seatListed, .turnSet, .windowsSet, .rotaSet:
                return watchers.keys.sorted().map { watchers[$0]! }
            case .seatLimitSet, .tokenFloorSet, .poolRemoved, .groupPut, .groupRemoved,
                .siteOrdered, .seatsAdded, .seatRemoved, .keyRemembered, .windowsReach,
                .subjectSeen, .waitStarted, .waitResumed, .waitAbsent, .waitEnded, .refused,
                .changeRefused, .configurationRead:
                continue
            }
        }
        return Set(concerned).sorted().map { watchers[$0]! }
    }
}
