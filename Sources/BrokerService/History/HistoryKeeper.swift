import BrokerCore
import BrokerEngine
import BrokerHistory
import BrokerSite
import BrokerStore
import Glibc
import Synchronization

/// Keeps the history on a thread of its own, behind the journal: it never delays the writer.
///
/// Whatever goes wrong with it, the broker serves on; the status and the log say so.
final class HistoryKeeper: @unchecked Sendable {
    // Safe: what is not guarded is touched by the keeper's thread alone.

    /// How long the thread rests when there is nothing to do; what happens meanwhile is taken in
    /// together, and whoever asks wakes it.
    private static let restMilliseconds: Int64 = 200
    /// Between two pieces that are read from the journal, which takes the writer's time.
    private static let readRestMilliseconds: Int64 = 5
    /// Batches that are read in one piece.
    private static let readBatchCount = 64
    /// Records of one transaction: some 30 ms.
    private static let recordCountMax = 1_000
    /// With the writer busy, the history takes a tenth of a core at most.
    private static let restPerWork: Int64 = 9
    /// How long it rests after a failure.
    private static let retryMilliseconds: Int64 = 10_000
    /// How often what is too old is looked for, and the head is logged.
    private static let retireMilliseconds: Int64 = 3_600_000
    private static let headMilliseconds: Int64 = 86_400_000
    private static let retireCount = 500
    /// What an orderly stop may take; the next start goes on from there.
    private static let stopMilliseconds: Int64 = 100

    let feed: HistoryFeed
    private let source: HistorySource
    private var access: Access
    private let queue = WaitQueue<@Sendable (HistoryKeeper) -> Void>()
    private let known: Mutex<HistoryStatus>
    private let revision = Atomic<UInt64>(0)
    private let thread = Mutex<JoinableThread?>(nil)
    private let wantedRetention: Mutex<HistoryRetention>
    private let isStopping = Atomic<Bool>(false)

    private(set) var store: (any HistoryStore)?
    private var projector: HistoryProjector?
    /// Where an earlier process, or this one before a failure, left it; nil: it has just begun.
    private var resumedAt: UInt64?
    /// When it goes on after a failure.
    var retryAt: Int64 = 0
    private var isFailureTold = false
    private var retireAt: Int64 = 0
    private var retentionClock = RetentionClock()
    private var headAt: Int64 = 0
    /// Checks of the chain, of which the first is under way, piece by piece.
    var checks: [HistoryCheck] = []

    init(
        source: HistorySource, access: Access, feed: HistoryFeed, retention: HistoryRetention
    ) {
        wantedRetention = Mutex(retention)
        self.source = source
        self.access = access
        self.feed = feed
        known = Mutex(HistoryStatus(state: .behind, revision: 0))
    }

    var status: HistoryStatus { known.withLock { $0 } }

    /// The revision of the journal up to which the history needs it no more.
    var doneRevision: UInt64 { revision.load(ordering: .relaxed) }

    /// How long what is kept.
    var retention: HistoryRetention {
        get { wantedRetention.withLock { $0 } }
        set {
            wantedRetention.withLock { $0 = newValue }
            _ = ask { $0.retireAt = 0 }
        }
    }

    /// How long the journal is kept behind the history: its names are as old as those.
    var journalRetention: JournalRetention {
        let retention = retention
        return JournalRetention(
            keepSeconds: min(retention.namesDays, retention.keepDays) * 86_400,
            through: doneRevision)
    }

    func start() { thread.withLock { $0 = DaemonThread.start("history") { [self] in run() } } }

    /// Called before the writer ends: what cannot be read of the journal any more is no failure.
    func willStop() { isStopping.store(true, ordering: .relaxed) }

    /// Takes in what it can in a moment, and ends the thread.
    func stop() {
        queue.close()
        thread.withLock { $0.take() }?.join()
    }

    /// Has something asked of the history on its thread; false when it is stopping.
    func ask(_ body: @escaping @Sendable (HistoryKeeper) -> Void) -> Bool { queue.add(body) }

    // MARK: The thread

    private func run() {
        // Where the system allows it, everything else goes first.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        headAt = Self.now + Self.headMilliseconds
        var rest: Int64 = 0
        while true {
            let taken = queue.takeAll(waitingMilliseconds: rest)
            if !taken.elements.isEmpty { catchUp() }
            for body in taken.elements { body(self) }
            if taken.isClosed && taken.elements.isEmpty { break }
            rest = round()
        }
        finish()
    }

    /// One piece of work.
    ///
    /// - Returns: how long to rest before the next.
    func round() -> Int64 {
        let start = Self.now
        guard start >= retryAt else { return min(Self.restMilliseconds, retryAt - start) }
        do {
            if access.isLowOnSpace() { return try lieLow() }
            try open()
            recovered()
            let work = try takeIn()
            if let check = checks.first {
                if try check.step(self) { checks.removeFirst() }
                return Self.readRestMilliseconds
            }
            switch work {
            case .nothing:
                told(.current)
                return try keepUp() ? 10 : Self.restMilliseconds
            case .read: return Self.readRestMilliseconds
            case .fed: return max(1, min(500, (Self.now - start) * Self.restPerWork))
            }
        } catch {
            fail(error)
            return Self.restMilliseconds
        }
    }

    /// While the last of the disk is kept for ending leases, what is there is read and nothing is
    /// written; the journal has all of it.
    ///
    /// - Returns: how long to rest.
    private func lieLow() throws -> Int64 {
        tellFailure(HistoryError.full.text)
        guard store != nil, let check = checks.first else { return Self.restMilliseconds }
        if try check.step(self) { checks.removeFirst() }
        return Self.readRestMilliseconds
    }

    private enum Work {
        case nothing
        case read
        case fed
    }

    /// Before a question is answered: what was acknowledged before it should be in the answer.
    private func catchUp() {
        let end = Self.now + Self.restMilliseconds
        do {
            guard Self.now >= retryAt, !access.isLowOnSpace() else { return }
            try open()
            recovered()
            while Self.now < end {
                if case .nothing = try takeIn() { return }
            }
        } catch {
            fail(error)
        }
    }

    private func takeIn() throws -> Work {
        guard let store, var projector else { return .nothing }
        // The only copy, so that it is changed in its place.
        self.projector = nil
        let work: Work
        let batches: [JournalBatch]
        switch feed.take(after: projector.revision, recordCountMax: Self.recordCountMax) {
        case .nothing:
            self.projector = projector
            return .nothing
        case .batches(let fed):
            (work, batches) = (.fed, fed)
        case .inJournal:
            told(.behind)
            batches = try access.journal(projector.revision, Self.readBatchCount)
            work = .read
        }
        if let first = batches.first, first.after != projector.revision, let resumedAt,
            projector.revision <= resumedAt
        {
            throw Self.isCutOff
        }
        let known = store.position?.revision ?? 0
        var rows = HistoryRows()
        for batch in batches {
            if batch.revision <= known {
                try projector.follow(batch)
            } else {
                try projector.project(batch, into: &rows)
            }
        }
        if projector.revision > known {
            try store.write(rows, through: projector.revision)
            revision.store(projector.revision, ordering: .relaxed)
        }
        self.projector = projector
        return work
    }

    // MARK: Opening

    private func open() throws {
        guard store == nil || projector == nil else { return }
        store?.close()
        store = nil
        let snapshot = access.snapshot
        access.snapshot = nil
        let store = try source.open()
        self.store = store
        guard let position = store.position else {
            try begin(store)
            return
        }
        guard position.instance == access.instance else {
            throw HistoryError.damaged("it is that of another state")
        }
        guard position.revision <= feed.latest else {
            throw HistoryError.damaged("it goes further than the journal")
        }
        var image = snapshot.flatMap { $0.revision <= position.revision ? $0 : nil }
        if image == nil { image = try access.base(position.revision) }
        guard let image else { throw Self.isCutOff }
        projector = try HistoryProjector(from: image.asBase)
        resumedAt = position.revision
        revision.store(position.revision, ordering: .relaxed)
        told(.behind)
    }

    /// What lies between its end and the beginning of the journal is nowhere any more.
    private static let isCutOff = HistoryError.damaged(
        "the journal does not reach back to its end any more")

    private func begin(_ store: any HistoryStore) throws {
        guard let image = try access.base(nil) else {
            throw HistoryError.failed("the journal has no state to begin with")
        }
        let projector = try HistoryProjector(from: image)
        try store.begin(
            instance: access.instance, revision: image.revision, leases: projector.liveLeases,
            usage: projector.usageFound)
        self.projector = projector
        resumedAt = nil
        revision.store(image.revision, ordering: .relaxed)
        told(.behind)
    }

    private func recovered() {
        guard isFailureTold else { return }
        access.note(.recovered)
        isFailureTold = false
        told(.behind)
    }

    // MARK: Failures

    /// A question met an error. Rows that somebody edited are no reason to begin anew: a check names
    /// them.
    func met(_ error: HistoryError) {
        switch error {
        case .damaged, .failed: fail(error)
        case .full, .edited: break
        }
    }

    func fail(_ error: any Error) {
        store?.close()
        store = nil
        projector = nil
        for check in checks { check.fail(error) }
        checks = []
        guard !isStopping.load(ordering: .relaxed) else { return }
        let known = error as? HistoryError ?? .failed(Self.text(error))
        if case .damaged(let reason) = known, rebuild(because: reason) { return }
        retryAt = Self.now + Self.retryMilliseconds
        tellFailure(known.text)
    }

    private func tellFailure(_ reason: String) {
        if !isFailureTold { access.note(.failed(reason)) }
        isFailureTold = true
        told(.failed, reason)
    }

    /// - Returns: whether it can begin anew.
    private func rebuild(because reason: String) -> Bool {
        guard !access.isLowOnSpace() else { return false }
        do throws(HistoryError) {
            let aside = try source.moveAside()
            access.note(.rebuilding(reason: reason, aside: aside))
            revision.store(0, ordering: .relaxed)
            told(.behind, "it was damaged and is made of the journal again")
            return true
        } catch {
            return false
        }
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case let error as StoreError: error.text
        case let misfit as Broker.Misfit: "the journal does not fit: \(misfit.message)"
        default: "\(error)"
        }
    }

    private func told(_ state: HistoryStatus.State, _ reason: String? = nil) {
        known.withLock { status in
            // Why it was made anew stays until it is there again.
            if state == .behind, reason == nil, status.state == .behind {
                status.revision = doneRevision
                return
            }
            status = HistoryStatus(state: state, revision: doneRevision, reason: reason)
        }
    }

    // MARK: Upkeep

    /// - Returns: whether there is more to do soon.
    private func keepUp() throws -> Bool {
        guard let store, checks.isEmpty else { return false }
        let now = Self.now
        if now >= headAt {
            headAt = now + Self.headMilliseconds
            tellHead()
        }
        guard now >= retireAt else { return false }
        do throws(HistoryError) {
            let wall = Self.wallNow
            guard try retentionClock.mayRetire(boot: now, wall: wall, store) else {
                retireAt = now + Self.retireMilliseconds
                return false
            }
            let isMore = try store.retire(retention, now: wall, limit: Self.retireCount)
            if !isMore { retireAt = now + Self.retireMilliseconds }
            return isMore
        } catch {
            guard case .edited = error else { throw error }
            // The row stays as it is, to be looked at; the check of the chain names it too.
            retireAt = now + Self.retireMilliseconds
            access.note(.retentionFailed(error.text))
            return false
        }
    }

    private func tellHead() {
        guard let head = store?.position?.head, head.sequence > 0 else { return }
        access.note(.head(head.text))
    }

    private func finish() {
        let end = Self.now + Self.stopMilliseconds
        do {
            if !access.isLowOnSpace() { try open() }
            while Self.now < end, !access.isLowOnSpace() {
                if case .fed = try takeIn() { continue }
                break
            }
            tellHead()
        } catch {
            // The next start goes on from what is there.
        }
        for check in checks { check.fail(HistoryError.failed("the broker is stopping")) }
        store?.close()
        store = nil
    }

    static var now: Int64 { ClockReading.milliseconds(CLOCK_BOOTTIME) }
    static var wallNow: Int64 { ClockReading.milliseconds(CLOCK_REALTIME) }

    /// For checks: the journal, and a state to begin with.
    func journal(after revision: UInt64, limit: Int) throws -> [JournalBatch] {
        try access.journal(revision, limit)
    }

    func oldestBase() throws -> BrokerImage? { try access.base(nil) }
}
