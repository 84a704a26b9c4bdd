import BrokerCore
import BrokerEngine
import BrokerHistory
import BrokerStore
import Testing

@testable import BrokerService

/// The history goes on after whatever happens to it.
@Suite struct HistoryKeeperTests {
    /// A journal of reloads, some of them before a state that is kept.
    private final class Journal {
        private(set) var batches: [JournalBatch] = []
        private var engine = Engine(broker: Broker(), windows: NoWindows())
        private var now = Instant(milliseconds: 1_767_225_600_000)

        var image: BrokerImage { engine.broker.image }
        var revision: UInt64 { engine.broker.revision }

        func reload() throws -> JournalBatch {
            now = now.adding(seconds: 1)
            engine.submit(
                Engine.Submission(.noteReload(["roles"]), by: .system, ticket: Ticket(1)))
            let before = batches.count
            while engine.hasWork {
                if case .append(let batch) = engine.begin(at: now) {
                    batches.append(batch)
                    _ = engine.appended()
                }
            }
            try #require(batches.count == before + 1)
            return batches[before]
        }
    }

    /// A history in memory, which outlives its openings.
    private final class Memory: HistoryStore {
        var position: HistoryPosition?
        var writeError: HistoryError?
        var writeCount = 0
        var retireCount = 0
        /// Whether items are kept.
        var hasItems = false
        var chain: [AuditItem] = []
        /// Numbers of items that cannot be read.
        var spoiled: Set<UInt64> = []
        /// When items were written, for lists.
        var times: [Int64] = []

        func begin(
            instance: String, revision: UInt64, leases: [LeaseRow], usage: [UsageEvent]
        ) throws(HistoryError) {
            position = HistoryPosition(
                instance: instance, revision: revision, beganRevision: revision,
                head: .beginning, anchor: .beginning, namesThrough: 0)
        }

        func write(_ rows: HistoryRows, through revision: UInt64) throws(HistoryError) {
            if let writeError { throw writeError }
            writeCount += 1
            position?.revision = revision
            guard hasItems, var head = position?.head else { return }
            chain += rows.items.map {
                AuditChain.append($0, salt: AuditChain.drawSalt(), to: &head)
            }
            position?.head = head
        }

        func items(_ filter: AuditFilter, limit: Int) throws(HistoryError) -> [AuditItem] {
            times.filter { $0 >= filter.from ?? .min && $0 < filter.to ?? .max }.prefix(limit).map {
                let draft = AuditDraft(
                    revision: 1, at: $0, role: .admin, channel: .control, verb: .reload,
                    target: AuditTarget(.broker), details: "{}", outcome: AuditDraft.done,
                    names: AuditNames(actor: "root", uid: 0))
                return AuditItem(sequence: 1, draft: draft, seal: .salt([]), digest: [])
            }
        }

        func chain(after sequence: UInt64, limit: Int) throws(HistoryError) -> ChainPiece {
            var piece = ChainPiece()
            for item in chain where item.sequence > sequence && piece.items.count < limit {
                guard !spoiled.contains(item.sequence) else {
                    piece.unreadable = item.sequence
                    break
                }
                piece.items.append(item)
            }
            return piece
        }

        func lease(_ id: LeaseID) throws(HistoryError) -> LeaseRow? { nil }

        func endedLeases(
            _ filter: EndedLeaseFilter, limit: Int
        ) throws(HistoryError) -> [LeaseRow] { [] }

        func usage(_ question: UsageQuestion) throws(HistoryError) -> [UsageFigures]? { [] }

        func retire(
            _ retention: HistoryRetention, now: Int64, limit: Int
        ) throws(HistoryError) -> Bool {
            retireCount += 1
            return false
        }

        func close() {}
    }

    private static let day: Int64 = 86_400_000

    /// A clock that was set ahead takes nothing away until it has held for a day, whatever is written
    /// by it and however often the broker starts.
    @Test func aWrongClockDestroysNothing() throws {
        let memory = Memory()
        let (wall, day) = (1_767_225_600_000 as Int64, Self.day)
        var clock = RetentionClock()
        memory.times = [wall - 6 * day, wall - 1]
        #expect(try clock.mayRetire(boot: 0, wall: wall, memory))
        #expect(try clock.mayRetire(boot: 2 * day, wall: wall + 2 * day, memory))
        // It leaps, and items are written by it.
        let ahead = wall + 3_650 * day
        memory.times.append(ahead)
        #expect(try !clock.mayRetire(boot: 2 * day, wall: ahead, memory))
        #expect(try !clock.mayRetire(boot: 3 * day - 1, wall: ahead + day - 1, memory))
        var restarted = RetentionClock()
        #expect(try !restarted.mayRetire(boot: 3 * day - 1, wall: ahead + day - 1, memory))
        #expect(try clock.mayRetire(boot: 3 * day, wall: ahead + day, memory))
        // It is set right: what was written before it went wrong is young enough.
        #expect(try clock.mayRetire(boot: 3 * day, wall: wall + day, memory))
    }

    @Test func theKeeperAsksWhetherTheClockIsRight() throws {
        for (age, count) in [(30, 0), (0, 0), (2, 1)] as [(Int64, Int)] {
            let scene = Scene()
            scene.bases = [scene.journal.image]
            scene.memory.times = [HistoryKeeper.wallNow - age * Self.day]
            let keeper = scene.keeper(feed: HistoryFeed(tail: [], latest: 0))
            for _ in 0..<3 { _ = keeper.round() }
            #expect(scene.memory.retireCount == count)
        }
    }

    /// A keeper whose thread is the test's.
    private final class Scene: @unchecked Sendable {
        // Safe: one thread uses it.
        let journal = Journal()
        let memory = Memory()
        var bases: [BrokerImage] = []
        var isLow = false
        var notes: [HistoryNote] = []
        var asideCount = 0
        /// Batches up to this revision are gone.
        var cutThrough: UInt64 = 0
        /// The batch of this revision cannot be read.
        var damagedRevision: UInt64?
        var journalReadCount = 0
        var reports: [Result<AuditReport, HistoryError>] = []

        func keeper(snapshot: BrokerImage? = nil, feed: HistoryFeed) -> HistoryKeeper {
            HistoryKeeper(
                source: HistorySource(
                    open: { () throws(HistoryError) in self.memory },
                    moveAside: { () throws(HistoryError) in
                        self.asideCount += 1
                        self.memory.position = nil
                        return "aside"
                    }),
                access: HistoryKeeper.Access(
                    instance: "name", snapshot: snapshot, isLowOnSpace: { self.isLow },
                    journal: { revision, limit in
                        let kept = self.journal.batches.filter {
                            $0.revision > max(revision, self.cutThrough)
                        }
                        self.journalReadCount += 1
                        let batches = Array(kept.prefix(limit))
                        if batches.contains(where: { $0.revision == self.damagedRevision }) {
                            throw StoreError.damaged("a row")
                        }
                        return batches
                    },
                    base: { revision in
                        guard let revision else { return self.bases.first }
                        return self.bases.last { $0.revision <= revision }
                    },
                    note: { self.notes.append($0) }),
                feed: feed, retention: HistoryRetention(namesDays: 180, keepDays: 1_095))
        }
    }

    /// It goes on from the newest state before its end, and not from that of the start, which the
    /// journal may not reach back to any more.
    @Test func afterAFailureItGoesOnWhereItWas() throws {
        let scene = Scene()
        _ = try scene.journal.reload()
        let early = scene.journal.image
        scene.bases = [early]
        let feed = HistoryFeed(tail: [], latest: scene.journal.revision)
        let keeper = scene.keeper(snapshot: early, feed: feed)
        _ = keeper.round()
        for _ in 0..<5 { feed.add(try scene.journal.reload()) }
        while scene.memory.position?.revision != scene.journal.revision { _ = keeper.round() }
        let late = scene.journal.image
        feed.add(try scene.journal.reload())
        scene.memory.writeError = .failed("a disk that hangs")
        _ = keeper.round()
        #expect(keeper.status.state == .failed)
        // By then the journal was cut.
        scene.bases = [late]
        scene.cutThrough = late.revision
        scene.memory.writeError = nil
        keeper.retryAt = 0
        for _ in 0..<4 { _ = keeper.round() }
        #expect(keeper.status.state == .current && scene.asideCount == 0)
        #expect(scene.memory.position?.revision == scene.journal.revision)
        #expect(scene.notes.last == .recovered)
    }

    /// Where nothing leads on from its end, it begins anew instead of trying for ever.
    @Test func whatTheJournalDoesNotFollowIsMadeAnew() throws {
        let scene = Scene()
        _ = try scene.journal.reload()
        let early = scene.journal.image
        let feed = HistoryFeed(tail: [], latest: scene.journal.revision)
        scene.bases = [early]
        try scene.memory.begin(instance: "name", revision: early.revision, leases: [], usage: [])
        for _ in 0..<3 { feed.add(try scene.journal.reload()) }
        scene.cutThrough = early.revision + 1
        let late = scene.journal.image
        let dropped = HistoryFeed(tail: [], latest: scene.journal.revision)
        let keeper = scene.keeper(snapshot: early, feed: dropped)
        _ = keeper.round()
        #expect(scene.asideCount == 1)
        scene.bases = [late]
        for _ in 0..<4 { _ = keeper.round() }
        #expect(keeper.status.state == .current && scene.asideCount == 1)
    }

    /// Whoever asks while a check is under way has its answer too, and each piece of the journal is
    /// followed by a rest.
    @Test func oneCheckIsMadeForAllWhoAsk() throws {
        let scene = Scene()
        scene.bases = [scene.journal.image]
        let feed = HistoryFeed(tail: [], latest: 0)
        let keeper = scene.keeper(feed: feed)
        for _ in 0..<200 { feed.add(try scene.journal.reload()) }
        while scene.memory.position?.revision != scene.journal.revision { _ = keeper.round() }
        scene.journalReadCount = 0
        for _ in 0..<20 { keeper.check(nil) { scene.reports.append($0) } }
        while scene.reports.isEmpty { #expect(keeper.round() >= 5) }
        #expect(scene.reports.count == 20 && Set(scene.reports.map { "\($0)" }).count == 1)
        #expect(scene.journalReadCount < 8)
        // Others are checks of their own, and not without end.
        scene.reports = []
        for sequence in 1...20 as ClosedRange<UInt64> {
            let head = ChainHead(sequence: sequence, revision: 0, digest: [])
            keeper.check(head) { scene.reports.append($0) }
        }
        let refused = scene.reports.count
        #expect(refused > 0 && refused < 20)
        for _ in 0..<1_000 where scene.reports.count < 20 { _ = keeper.round() }
        #expect(scene.reports.count == 20)
    }

    /// A row of the journal that cannot be read is a finding, and no failure of the history.
    @Test func aDamagedJournalEndsTheCheckAlone() throws {
        let scene = Scene()
        scene.bases = [scene.journal.image]
        let feed = HistoryFeed(tail: [], latest: 0)
        let keeper = scene.keeper(feed: feed)
        for _ in 0..<100 { feed.add(try scene.journal.reload()) }
        while scene.memory.position?.revision != scene.journal.revision { _ = keeper.round() }
        let damaged = scene.journal.batches[70]
        scene.damagedRevision = damaged.revision
        keeper.check(nil) { scene.reports.append($0) }
        for _ in 0..<1_000 where scene.reports.isEmpty { _ = keeper.round() }
        let findings = try #require(try scene.reports.first?.get().findings)
        // The history in memory has no items; those before are missed.
        #expect(findings.filter { $0.kind == .missing }.count == 70)
        #expect(
            findings.last
                == AuditReport.Finding(.journal, sequence: 0, revision: damaged.after + 1))
        for _ in 0..<3 { _ = keeper.round() }
        #expect(keeper.status.state == .current && scene.notes.isEmpty)
    }

    /// Edits are found and named, once each, whatever stands beside them.
    @Test func aCheckNamesWhatWasEdited() throws {
        for (gone, spoiled) in [([], []), ([8], [9]), ([8, 10, 11], [9, 12]), ([99], [100])]
            as [(Set<UInt64>, Set<UInt64>)]
        {
            let scene = Scene()
            scene.bases = [scene.journal.image]
            scene.memory.hasItems = true
            let feed = HistoryFeed(tail: [], latest: 0)
            let keeper = scene.keeper(feed: feed)
            for _ in 0..<100 { feed.add(try scene.journal.reload()) }
            while scene.memory.position?.revision != scene.journal.revision { _ = keeper.round() }
            scene.memory.chain.removeAll { gone.contains($0.sequence) }
            scene.memory.spoiled = spoiled
            keeper.check(nil) { scene.reports.append($0) }
            for _ in 0..<1_000 where scene.reports.isEmpty { _ = keeper.round() }
            let report = try #require(try scene.reports.first?.get())
            #expect(
                report.findings
                    == gone.union(spoiled).sorted().map {
                        .init(gone.contains($0) ? .missing : .edited, sequence: $0, revision: nil)
                    })
            #expect(report.itemCount == 100 - UInt64(gone.count))
            for _ in 0..<3 { _ = keeper.round() }
            // The head is told for the log, and nothing else.
            let head = try #require(scene.memory.position?.head)
            #expect(keeper.status.state == .current && scene.notes == [.head(head.text)])
        }
    }

    /// The last of the disk is for ending leases.
    @Test func aFullDiskIsLeftAlone() throws {
        let scene = Scene()
        scene.bases = [scene.journal.image]
        let feed = HistoryFeed(tail: [], latest: 0)
        let keeper = scene.keeper(feed: feed)
        for _ in 0..<3 { _ = keeper.round() }
        let retireCount = scene.memory.retireCount
        scene.isLow = true
        feed.add(try scene.journal.reload())
        keeper.retention = HistoryRetention(namesDays: 1, keepDays: 1)
        for _ in 0..<5 { _ = keeper.round() }
        #expect(scene.memory.writeCount == 0 && scene.memory.retireCount == retireCount)
        #expect(keeper.status.state == .failed && scene.notes.count == 1)
        keeper.fail(HistoryError.damaged("its pages"))
        #expect(scene.asideCount == 0)
        scene.isLow = false
        keeper.retryAt = 0
        for _ in 0..<4 { _ = keeper.round() }
        #expect(scene.memory.writeCount == 1 && keeper.status.state == .current)
        #expect(scene.notes.last == .recovered)
    }
}
