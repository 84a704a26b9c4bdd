import BrokerCore
import BrokerService
import BrokerSite
import BrokerStore
import Glibc
import Synchronization

/// Everybody who follows the event stream, and the one thread that feeds them.
///
/// The writer hands each durable batch over once, by adding it to a queue; events are made and encoded
/// on the feed's thread, once for all readers, into a ring of the latest ones. A reader is a place in
/// that ring. Who is behind its start is brought up by a replay of the stored journal. The thread
/// lives as long as there are readers, and a while longer.
final class EventFeed: Sendable {
    /// Readers at once. A seat driver, gateways, dashboards and admins of a large house are dozens;
    /// each may hold a third of a megabyte of what it has not read, and costs some 10 us whenever
    /// something is sent.
    static let readersMaxDefault = 256
    /// Places of seat drivers beyond those: whoever else reads does not keep seats from being served.
    static let seatReadersMax = 8
    /// Of one user, who may let a script run wild. Admins have no share: all is theirs anyway.
    static let userReadersMax = 32
    /// Replays at once: each has a state of its own, and reads the journal between the writer's rounds.
    private static let replaysMax = 2
    /// How long the thread stays when the last reader has gone: one that comes back finds the ring.
    private static let idleMilliseconds: Int64 = 60_000

    private enum Work: Sendable {
        case batch(JournalBatch)
        case reader(EventReader)
    }

    private struct State {
        var readerCount = 0
        var readerCounts: [UInt32: Int] = [:]
        var isRunning = false
        /// The daemon stops; nobody is fed any more.
        var isOver = false
        /// Readers that are behind the ring.
        var behind: [EventReader] = []
        var replayCount = 0
        /// Everything after this revision is in the ring.
        var ringStart: UInt64 = .max
        /// The first revision that a stream can go on from, and when that was found out.
        var oldest: (revision: UInt64, at: Int64)?
    }

    private let service: BrokerService
    private let readersMax: Int
    private let ringSizeMax: Int
    private let queue = WaitQueue<Work>()
    private let backlog = EventBacklog()
    private let state = Mutex(State())

    init(
        _ service: BrokerService, readersMax: Int = readersMaxDefault,
        ringSizeMax: Int = EventRing.sizeMaxDefault
    ) {
        self.service = service
        self.readersMax = readersMax
        self.ringSizeMax = ringSizeMax
    }

    // MARK: Readers

    /// Takes a place among the readers; false when all are taken, or the user has its share.
    func takePlace(of uid: UInt32, _ roles: Roles) -> Bool {
        state.withLock { state in
            let placeCount = readersMax + (roles.contains(.seats) ? Self.seatReadersMax : 0)
            let share = roles.contains(.admin) ? Int.max : Self.userReadersMax
            guard state.readerCount < placeCount, state.readerCounts[uid, default: 0] < share
            else { return false }
            state.readerCount += 1
            state.readerCounts[uid, default: 0] += 1
            return true
        }
    }

    /// Gives a place back that no reader stands on.
    func leavePlace(of uid: UInt32) {
        state.withLock { state in
            state.readerCount -= 1
            let left = state.readerCounts[uid, default: 0] - 1
            state.readerCounts[uid] = left > 0 ? left : nil
        }
    }

    /// Feeds a reader that has a place, until its stream is over.
    func add(_ reader: EventReader, of uid: UInt32) {
        reader.handle.onClose { [weak self] in self?.leavePlace(of: uid) }
        hand(reader)
    }

    /// Hands a reader to the thread, which is started where there is none.
    private func hand(_ reader: EventReader) {
        let isNew = state.withLock { state in
            guard !state.isOver else {
                reader.cutOff()
                return false
            }
            defer { state.isRunning = true }
            _ = queue.add(.reader(reader))
            return !state.isRunning
        }
        if isNew { DaemonThread.start("events") { self.run() }.detach() }
    }

    /// The first revision that a stream can go on from; up to a minute old. It may block: not for
    /// event loops.
    ///
    /// - Throws: `StoreError`.
    func oldestRevision() throws -> UInt64 {
        let now = Self.milliseconds()
        let known = state.withLock { $0.oldest }
        if let known, now - known.at < 60_000 { return known.revision }
        let oldest = try service.journalBase(notAfter: nil)?.revision ?? 0
        state.withLock { $0.oldest = (oldest, now) }
        return oldest
    }

    // MARK: The thread

    private func run() {
        var live = LiveEvents(follow(), ringSizeMax: ringSizeMax)
        var usedAt = Self.milliseconds()
        var roles = service.configuration.roles
        while !service.isStopping {
            let taken = queue.takeAll(waitingMilliseconds: live.pauseMilliseconds)
            for work in taken.elements {
                switch work {
                case .batch(let batch):
                    live.take(batch)
                case .reader(let reader): live.add(reader)
                }
            }
            let rolesNow = service.configuration.roles
            if rolesNow != roles {
                roles = rolesNow
                live.admit(roles)
            }
            if backlog.isOver {
                // More came than could be kept: the journal has it all.
                service.unfollow()
                backlog.remove(live.restart(follow()))
            }
            backlog.remove(live.makeEvents())
            state.withLock { $0.ringStart = live.start }
            let now = Self.milliseconds()
            replay(live.feed(now: now))
            if live.hasReaders { usedAt = now }
            if now - usedAt > Self.idleMilliseconds, stopIfUnused() { return }
            // What comes meanwhile goes out together: a write to each of many readers is what costs.
            // Nobody waits at the queue then, so that the writer has nobody to wake.
            usleep(UInt32(live.restMilliseconds) * 1_000)
        }
        service.unfollow()
        live.cutOff()
        end()
    }

    /// Ends the streams of those who wait to be fed, and of all who come yet.
    private func end() {
        let behind = state.withLock { state in
            state.isOver = true
            defer { state.behind = [] }
            return state.behind
        }
        for reader in behind { reader.cutOff() }
        for case .reader(let reader) in queue.takeAll(waitingMilliseconds: 0).elements {
            reader.cutOff()
        }
    }

    private func follow() -> Broker {
        backlog.reopen()
        return service.follow { [queue, backlog] batch in
            if backlog.add(batch) { _ = queue.add(.batch(batch)) }
        }
    }

    private func stopIfUnused() -> Bool {
        state.withLock { state in
            guard state.readerCount == 0 else { return false }
            // Under the lock: a successor that has begun to follow must not lose its batches.
            service.unfollow()
            state.isRunning = false
            state.ringStart = .max
            return true
        }
    }

    // MARK: Replays

    /// Has readers brought to where the ring begins.
    private func replay(_ readers: [EventReader]) {
        guard !readers.isEmpty else { return }
        state.withLock { $0.behind += readers }
        let isFree = state.withLock { state in
            guard state.replayCount < Self.replaysMax else { return false }
            state.replayCount += 1
            return true
        }
        if isFree { service.background { self.replayBehind() } }
    }

    /// Replays until nobody is behind.
    private func replayBehind() {
        while true {
            let readers = state.withLock { state -> [EventReader] in
                guard let first = state.behind.first else {
                    state.replayCount -= 1
                    return []
                }
                // The one that waits for longest, and all whom its way leads past.
                let those = state.behind.filter { $0.cursor >= first.cursor }
                state.behind.removeAll { $0.cursor >= first.cursor }
                return those
            }
            guard !readers.isEmpty else { return }
            var replay = EventReplay(service, readers) { self.hand($0) }
            for reader in replay.run(until: { self.state.withLock { $0.ringStart } }) {
                hand(reader)
            }
        }
    }

    /// Since the machine was started.
    static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// How much the writer is ahead of the feed, so that no queue grows without end.
private final class EventBacklog: Sendable {
    /// Some 30 MB of records; a feed that keeps up is behind by some hundreds.
    private static let recordCountMax = 100_000

    private let count = Atomic<Int>(0)
    private let over = Atomic<Bool>(false)

    /// Whether a batch was left out, and with it all since.
    var isOver: Bool { over.load(ordering: .acquiring) }

    /// Counts a batch in; false when it is to be left out.
    func add(_ batch: JournalBatch) -> Bool {
        if isOver { return false }
        let size = Int(batch.revision - batch.after)
        let total = count.add(size, ordering: .relaxed).newValue
        guard total > Self.recordCountMax else { return true }
        count.subtract(size, ordering: .relaxed)
        over.store(true, ordering: .releasing)
        return false
    }

    /// So many records are done with.
    func remove(_ recordCount: Int) { count.subtract(recordCount, ordering: .relaxed) }

    /// All that comes from now on is kept again; to be called while nobody adds.
    func reopen() { over.store(false, ordering: .releasing) }
}
