import BrokerCore
import BrokerHistory
import BrokerStore
import Foundation
import GRDB
import Testing

@testable import BrokerHistorySQLite

/// What is too old loses its names, and then goes.
@Suite struct RetentionTests {
    private static let retention = HistoryRetention(namesDays: 180, keepDays: 1_095)

    private func open(_ folder: Folder) throws -> (HistoryDatabase, House) {
        let house = House()
        try house.live()
        let history = try HistoryDatabase(path: folder.database)
        try history.begin(instance: "name", revision: 0, leases: [], usage: [])
        try history.write(try house.rows(), through: house.revision)
        return (history, house)
    }

    private func retire(_ history: HistoryDatabase, at now: Int64, limit: Int = 3) throws {
        for _ in 0..<100 {
            if try !history.retire(Self.retention, now: now, limit: limit) { return }
        }
        Issue.record("it never ends")
    }

    private func findings(_ history: HistoryDatabase, at now: Int64) throws -> [AuditReport.Finding]
    {
        let position = try #require(history.position)
        var verifier = AuditVerifier(
            position, namesBefore: Self.retention.namesBefore(now: now), wanted: nil)
        while !verifier.isAtEnd {
            verifier.check(try history.chain(after: verifier.sequence, limit: 10))
        }
        return verifier.report(journalFrom: 0).findings
    }

    @Test func youngNamesStay() throws {
        let folder = Folder()
        let (history, house) = try open(folder)
        let items = try history.items(after: 0, limit: 100)
        // To the millisecond: what is exactly as old stays.
        try retire(history, at: House.start + 180 * House.dayMilliseconds)
        #expect(try history.items(after: 0, limit: 100) == items)
        #expect(items.map(\.draft) == (try house.rows().items))
        try retire(history, at: House.start + 180 * House.dayMilliseconds + 1)
        let first = try #require(try history.items(after: 0, limit: 1).first)
        #expect(Pseudonyms.isPseudonym(first.draft.names.actor))
        history.close()
    }

    @Test func oldNamesAreReplacedAndTheChainHolds() throws {
        let folder = Folder()
        let (history, house) = try open(folder)
        let before = try history.items(after: 0, limit: 100)
        let now = House.start + 190 * House.dayMilliseconds
        try retire(history, at: now)
        let after = try history.items(after: 0, limit: 100)
        #expect(after.count == before.count)
        #expect(after.map(\.digest) == before.map(\.digest))
        #expect(try findings(history, at: now).isEmpty)
        // The same person is the same pseudonym everywhere, and two people are two.
        var known: [String: String] = [:]
        for (old, new) in zip(before, after) {
            #expect(new.draft.names.why == nil)
            var pairs: [(String, String)] = []
            if let holder = old.draft.names.holder {
                pairs.append((holder, try #require(new.draft.names.holder)))
            }
            if old.draft.role == .system {
                #expect(new.draft.names.actor == "brokerd")
            } else {
                pairs.append((old.draft.names.actor, new.draft.names.actor))
                #expect(new.draft.names.uid == nil)
            }
            for (name, pseudonym) in pairs {
                #expect(Pseudonyms.isPseudonym(pseudonym))
                #expect(known.updateValue(pseudonym, forKey: name) ?? pseudonym == pseudonym)
            }
        }
        #expect(Set(known.values).count == known.count && known.count >= 4)
        let people = after.flatMap(\.draft.names.people).flatMap(\.names)
        #expect(people.count == 3 && people.allSatisfy { Pseudonyms.isPseudonym($0) })
        #expect(people.contains(try #require(known["ann"])))
        // Figures of use are what they were.
        let leases = try history.endedLeases(EndedLeaseFilter(), limit: 10)
        #expect(leases.map(\.holder.value) == ["ann", "bob", "cyd"].map { known[$0]! })
        #expect(leases.allSatisfy { $0.end?.detail == nil })
        let changes = try house.rows().leases
        for lease in leases {
            #expect(
                changes.contains { change in
                    if case .ended(lease.id, let end) = change {
                        end.at == lease.end?.at
                    } else {
                        false
                    }
                })
        }
        history.close()
    }

    /// Neither in rows nor where rows once were.
    @Test func oldNamesAreNowhereInTheFile() throws {
        let folder = Folder()
        let (history, _) = try open(folder)
        history.close()
        let names = ["olga", "bob left", "new image", "mended"]
        #expect(try names.filter { try isInFile($0, folder) } == names)
        let reopened = try HistoryDatabase(path: folder.database)
        try retire(reopened, at: House.start + 190 * House.dayMilliseconds)
        reopened.close()
        #expect(try names.filter { try isInFile($0, folder) } == [])
    }

    /// Whether the bytes of a closed history, or of a log beside it, hold a text.
    private func isInFile(_ text: String, _ folder: Folder) throws -> Bool {
        let log = folder.database + "-wal"
        let paths = [folder.database] + (FileManager.default.fileExists(atPath: log) ? [log] : [])
        return try paths.contains { path in
            try Data(contentsOf: URL(filePath: path)).firstRange(of: Data(text.utf8)) != nil
        }
    }

    @Test func keysGoWithTheLastNameOfTheirYear() throws {
        let folder = Folder()
        let (history, _) = try open(folder)
        let keys = {
            try history.reading { db in
                try Int.fetchAll(db, sql: "SELECT year FROM pseudonym_key")
            }
        }
        #expect(try keys().isEmpty)
        try retire(history, at: House.start + 190 * House.dayMilliseconds)
        #expect(try keys() == [2026])
        // The year is over, and no name of it can come any more.
        try retire(history, at: House.start + 544 * House.dayMilliseconds)
        #expect(try keys() == [2026])
        try retire(history, at: House.start + 546 * House.dayMilliseconds)
        #expect(try keys().isEmpty)
        history.close()
    }

    @Test func whatIsOldGoesAndTheChainGoesOn() throws {
        let folder = Folder()
        let (history, house) = try open(folder)
        let count = try history.items(after: 0, limit: 100).count
        let now = House.start + 1_095 * House.dayMilliseconds + 91_000
        try retire(history, at: now)
        let left = try history.items(after: 0, limit: 100)
        #expect(left.count < count && left.count > 5)
        #expect(history.position?.anchor.sequence == UInt64(count - left.count))
        #expect(try findings(history, at: now).isEmpty)
        #expect(try history.endedLeases(EndedLeaseFilter(), limit: 10).count == 2)
        // Everything goes, and what comes then follows all the same.
        let later = now + 10 * House.dayMilliseconds
        try retire(history, at: later)
        #expect(try history.items(after: 0, limit: 100).isEmpty)
        let head = try #require(history.position?.head)
        #expect(head == history.position?.anchor && head.sequence == UInt64(count))
        history.close()
        let again = try HistoryDatabase(path: folder.database)
        #expect(again.position?.head == head)
        house.now = house.now.adding(milliseconds: later - House.start)
        let known = house.batches.count
        try house.grant("eve")
        var projector = try HistoryProjector(from: BrokerImage())
        var rows = HistoryRows()
        for batch in house.batches[..<known] { try projector.follow(batch) }
        for batch in house.batches[known...] { try projector.project(batch, into: &rows) }
        try again.write(rows, through: house.revision)
        #expect(again.position?.head.sequence == UInt64(count + rows.items.count))
        #expect(try findings(again, at: later).isEmpty)
        again.close()
    }

    /// Names that somebody takes away before their time are missed.
    @Test func sealedEarly() throws {
        let folder = Folder()
        let (history, _) = try open(folder)
        let now = House.start + 190 * House.dayMilliseconds
        try retire(history, at: now)
        let found = try findings(history, at: House.start + 10 * House.dayMilliseconds)
        #expect(found.contains { $0.kind == .sealedEarly && $0.sequence == 1 })
        history.close()
    }

    /// Rows that somebody edited are left out of lists, and hold nothing else up.
    @Test(arguments: [
        "verb = 'nothing'", "at = 'x'", "name = x'00FF'", "people = 'x'", "revision = -1",
        "digest = 7", "sequence = -3", "salt = NULL",
    ])
    func rowsThatCannotBeReadHoldNothingUp(edit: String) throws {
        let folder = Folder()
        let (history, _) = try open(folder)
        let count = try history.items(after: 0, limit: 100).count
        try history.queue.write { db in
            try db.execute(sql: "UPDATE audit SET \(edit) WHERE sequence = 4")
            try db.execute(sql: "UPDATE lease SET protocol = 'x' WHERE holder = 'bob'")
            try db.execute(sql: "UPDATE lease SET granted_at = 'x' WHERE holder = 'cyd'")
        }
        let listed = try history.items(AuditFilter(), limit: 100)
        #expect(listed.count == count - 1)
        let pages = try history.items(AuditFilter(), limit: 5)
        #expect(pages == Array(listed.prefix(5)))
        let leases = try history.endedLeases(EndedLeaseFilter(), limit: 10)
        #expect(leases.map(\.holder.value) == ["ann"])
        let now = House.start + 190 * House.dayMilliseconds
        try retire(history, at: now)
        let named = try history.reading { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT (SELECT count(*) FROM audit WHERE salt IS NOT NULL)
                        + (SELECT count(*) FROM lease WHERE is_named = 1)
                    """)
        }
        #expect(named == 0)
        try retire(history, at: House.start + 1_200 * House.dayMilliseconds)
        let left = try history.reading { db in
            try Int.fetchOne(
                db, sql: "SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM lease)")
        }
        #expect(left == 0 && history.position?.anchor.sequence == UInt64(count))
        history.close()
    }

    /// An item of a clock that was ahead goes with those behind it; one of a clock that had lost the
    /// time takes none before it along.
    @Test func oddClocksNeitherStopNorHastenIt() throws {
        for (year, isWhole) in [(10, false), (-40, true)] as [(Int64, Bool)] {
            let folder = Folder()
            let history = try HistoryDatabase(path: folder.database)
            try history.begin(instance: "name", revision: 0, leases: [], usage: [])
            var rows = HistoryRows()
            for revision in 1...9 as ClosedRange<UInt64> {
                let days = revision == 5 ? year * 365 : Int64(revision)
                rows.items.append(
                    AuditDraft(
                        revision: revision, at: House.start + days * House.dayMilliseconds,
                        role: .admin, channel: .control, verb: .reload,
                        target: AuditTarget(.broker), details: "{}", outcome: AuditDraft.done,
                        names: AuditNames(actor: "olga", uid: 1_500)))
            }
            try history.write(rows, through: 9)
            // The seventh is as old as that; or none is.
            let now = House.start + (isWhole ? 100 : 187) * House.dayMilliseconds + 1
            try retire(history, at: now)
            let items = try history.items(after: 0, limit: 100)
            let replaced = items.filter { Pseudonyms.isPseudonym($0.draft.names.actor) }
            #expect(replaced.map(\.sequence) == (isWhole ? [] : Array(1...7)))
            #expect(try findings(history, at: now).isEmpty)
            try retire(history, at: now + 915 * House.dayMilliseconds)
            #expect(try history.items(after: 0, limit: 100).count == (isWhole ? 9 : 2))
            history.close()
        }
    }

    /// A lease that is live keeps its holder, however old.
    @Test func liveLeasesKeepTheirNames() throws {
        let folder = Folder()
        let house = House()
        try house.ask(.applySite(House.site))
        let id = try house.grant("ann")
        let history = try HistoryDatabase(path: folder.database)
        try history.begin(instance: "name", revision: 0, leases: [], usage: [])
        try history.write(try house.rows(), through: house.revision)
        try retire(history, at: House.start + 2_000 * House.dayMilliseconds)
        #expect(try history.lease(id)?.holder.value == "ann")
        #expect(try history.items(after: 0, limit: 10).isEmpty)
        history.close()
    }
}
