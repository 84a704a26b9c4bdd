package import BrokerCore
import BrokerEngine
package import BrokerStore
import Glibc
import Synchronization

/// What the writer has done since this process began, and what it last saw of its disk.
///
/// The writer's thread counts once a batch; whoever reads takes a copy and never waits for the disk.
package final class WriterMeters: Sendable {
    /// Counts that only grow.
    package struct Counts: Equatable, Sendable {
        /// By the group that was charged; those of groups that are gone stay.
        package var grants: [GroupName: Int] = [:]
        package var renewals = 0
        package var ends: [EndReason: Int] = [:]
        /// Places in the line: those that began, and why those that are over are.
        package var waits = 0
        package var waitEnds: [WaitEnd: Int] = [:]
        package var clockSteps = 0
        /// By how much the wall clock was set the last time, in milliseconds; nil: never.
        package var clockStepMilliseconds: Int64?
        package var snapshotFailures = 0
        package var windowsFailures = 0
        /// Times that the disk was found full.
        package var spaceShortages = 0
        /// When the last snapshot was taken: milliseconds since the Unix epoch; nil: there is none.
        package var snapshotWallMilliseconds: Int64?
        package var snapshotRevision: UInt64 = 0
    }

    /// How often the disk is asked how full it is.
    private static let lookMilliseconds: Int64 = 5_000

    /// From the hand-over of a batch to the store until it is on disk.
    package let commitSeconds = Histogram(bounds: Histogram.latencySeconds)
    /// Decisions that changed something, by batch.
    package let batchEntries = Histogram(bounds: Histogram.batchCounts)
    private let counted: Mutex<Counts>
    private let figures = Mutex<StoreFigures?>(nil)
    // Both belong to the writer's thread.
    private let appendStart = Atomic<Int64>(0)
    private let lookedAt = Atomic<Int64>(.min)

    /// - Parameter snapshot: the one that the state was recovered from; nil where there was none.
    init(snapshot: BrokerImage?) {
        var counts = Counts()
        if let snapshot {
            counts.snapshotRevision = snapshot.revision
            counts.snapshotWallMilliseconds =
                snapshot.latest.milliseconds + snapshot.clock.wallOffsetMilliseconds
        }
        counted = Mutex(counts)
    }

    /// As they are now.
    package var counts: Counts { counted.withLock { $0 } }

    /// Of the last look, some seconds ago at most unless the disk hangs; nil before the first, and
    /// for a store without a disk.
    package var storeFigures: StoreFigures? { figures.withLock { $0 } }

    // MARK: For the writer's thread

    func appending() {
        appendStart.store(Self.monotonicNanoseconds, ordering: .relaxed)
    }

    func appended(_ batch: JournalBatch) {
        let start = appendStart.load(ordering: .relaxed)
        commitSeconds.record(Double(Self.monotonicNanoseconds - start) / 1e9)
        batchEntries.record(Double(batch.entries.count))
        counted.withLock { counts in
            for record in batch.entries.lazy.flatMap(\.records) { counts.count(record) }
        }
    }

    func snapshotTaken(at revision: UInt64) {
        let now = ClockReading.milliseconds(CLOCK_REALTIME)
        counted.withLock { counts in
            counts.snapshotRevision = revision
            counts.snapshotWallMilliseconds = now
        }
    }

    func note(_ note: WriterNote) {
        counted.withLock { counts in
            switch note {
            case .lowOnSpace: counts.spaceShortages += 1
            case .spaceRestored: break
            case .clockStepped(let milliseconds):
                counts.clockSteps += 1
                counts.clockStepMilliseconds = milliseconds
            case .snapshotFailed: counts.snapshotFailures += 1
            case .windowsFailed: counts.windowsFailures += 1
            }
        }
    }

    /// Asks the store how full its disk is, where it was last asked long enough ago. It may hang as
    /// long as the disk does, which the writer would as well.
    func look(at store: any Store) {
        let now = ClockReading.milliseconds(CLOCK_BOOTTIME)
        guard now - Self.lookMilliseconds >= lookedAt.load(ordering: .relaxed) else { return }
        lookedAt.store(now, ordering: .relaxed)
        let found = store.figures
        figures.withLock { $0 = found }
    }

    private static var monotonicNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension WriterMeters.Counts {
    fileprivate mutating func count(_ record: Record) {
        switch record {
        case .leaseGranted(let grant): grants[grant.group, default: 0] += 1
        case .leaseRenewed: renewals += 1
        case .leaseEnded(_, let reason, _): ends[reason, default: 0] += 1
        case .waitStarted: waits += 1
        case .waitEnded(_, let end, _): waitEnds[end, default: 0] += 1
        case .clockSet, .seatLimitSet, .tokenFloorSet, .poolPut, .poolModeSet, .poolRemoved,
            .groupPut, .groupRemoved, .siteOrdered, .seatsAdded, .seatListed, .seatRemoved,
            .seatRetiring, .seatReclaimed, .seatCordonSet, .seatOpened, .leaseRevocationSet,
            .keyRemembered, .rotaSet, .windowsSet, .windowsReach, .turnSet, .leaseCharged,
            .subjectSeen, .waitResumed, .waitAbsent, .refused, .changeRefused, .configurationRead:
            break
        }
    }
}
