import BrokerCore
import BrokerHistory
import BrokerHistorySQLite
import BrokerStore
import GRDB
import Testing

/// Edits of a history are found, whatever they are.
@Suite struct ChainTests {
    private static let instance = "name"

    /// A history of a day in a file, closed.
    private func write(_ folder: Folder) throws -> House {
        let house = House()
        try house.live()
        let history = try HistoryDatabase(path: folder.database)
        try history.begin(instance: Self.instance, revision: 0, leases: [], usage: [])
        try history.write(try house.rows(), through: house.revision)
        history.close()
        return house
    }

    /// What a check of the file finds; with the house's journal from a base on.
    private func check(
        _ folder: Folder, _ house: House, journal: Bool = false, head: ChainHead? = nil,
        keepBefore: Int64 = House.start
    ) throws -> AuditReport {
        let history = try HistoryDatabase(path: folder.database)
        defer { history.close() }
        let position = try #require(history.position)
        var verifier = AuditVerifier(position, namesBefore: House.start, wanted: head)
        while !verifier.isAtEnd {
            do throws(HistoryError) {
                verifier.check(try history.items(after: verifier.sequence, limit: 7))
            } catch {
                guard case .edited(let number, _) = error else { throw error }
                while verifier.sequence + 1 < number {
                    verifier.check(try history.items(after: verifier.sequence, limit: 1))
                }
                verifier.skip(number)
            }
        }
        guard journal else { return verifier.report(journalFrom: 0) }
        var comparison = try JournalComparison(
            from: BrokerImage(), position, keepBefore: keepBefore)
        for batch in house.batches {
            try comparison.take([batch])
            while comparison.needsItems {
                comparison.take(try history.items(after: comparison.sequence, limit: 5))
            }
            verifier.add(comparison.differences())
        }
        return verifier.report(journalFrom: comparison.from)
    }

    private func edit(_ folder: Folder, _ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func wholeChainsAreWhole() throws {
        let folder = Folder()
        let house = try write(folder)
        let report = try check(folder, house, journal: true)
        #expect(report.findings.isEmpty)
        #expect(report.itemCount == report.head.sequence && report.itemCount > 20)
        #expect(try check(folder, house, head: report.head).findings.isEmpty)
    }

    /// Every column of every row, to another value of its kind and to one of none.
    @Test func everyEditIsNamed() throws {
        let folder = Folder()
        let house = try write(folder)
        let count = Int(try check(folder, house).itemCount)
        let edits = [
            "revision = revision + 1000", "at = at + 1", "uid = coalesce(uid, 0) + 1",
            "name = name || 'x'", "role = role % 6 + 1", "channel = (channel + 1) % 3",
            "verb = CASE verb WHEN 'grant' THEN 'renew' ELSE 'grant' END",
            "target_kind = CASE target_kind WHEN 'site' THEN 'rota' ELSE 'site' END",
            "target = target || 'x'", "details = '{}' || details",
            "holder = coalesce(holder, '') || 'x'",
            "people = coalesce(people || char(10), '') || 'a' || char(9) || 'b'",
            "why = coalesce(why, '') || 'x'", "outcome = outcome || 'x'",
            "salt = zeroblob(16)", "digest = zeroblob(32)",
            "salt = NULL, sealed = zeroblob(32)", "verb = 'nothing'", "role = 77", "name = x'00FF'",
            "salt = NULL", "uid = 'x'", "people = 'x'",
        ]
        for sequence in 1...count {
            for edit in edits {
                let copy = Folder()
                try copyFile(folder.database, copy.database)
                try self.edit(copy, "UPDATE audit SET \(edit) WHERE sequence = \(sequence)")
                let found = try check(copy, house).findings
                #expect(
                    found.contains { $0.kind == .edited && $0.sequence == UInt64(sequence) },
                    "\(edit) of \(sequence): \(found)")
                #expect(found.allSatisfy { $0.sequence == UInt64(sequence) }, "\(edit): \(found)")
            }
        }
    }

    @Test func removedInsertedAndReorderedRowsAreNamed() throws {
        let folder = Folder()
        let house = try write(folder)
        let count = try check(folder, house).itemCount
        for (sql, finding) in [
            (
                "DELETE FROM audit WHERE sequence = 5",
                AuditReport.Finding(.missing, sequence: 5, revision: nil)
            ),
            ("DELETE FROM audit WHERE sequence = 1", .init(.missing, sequence: 1, revision: nil)),
            (
                """
                DELETE FROM audit WHERE sequence = 5;
                UPDATE audit SET sequence = 5 WHERE sequence = 9
                """, .init(.missing, sequence: 9, revision: nil)
            ),
        ] as [(String, AuditReport.Finding)] {
            let copy = Folder()
            try copyFile(folder.database, copy.database)
            try edit(copy, sql)
            #expect(try check(copy, house).findings.contains(finding), "\(sql)")
        }
        // The end, and one behind it: the chain alone cannot know, and the journal does.
        let cut = Folder()
        try copyFile(folder.database, cut.database)
        try edit(cut, "DELETE FROM audit WHERE sequence = \(count)")
        #expect(try check(cut, house).findings.isEmpty)
        #expect(try check(cut, house, journal: true).findings.map(\.kind) == [.missing])
    }

    /// Whoever recomputes the chain behind an edit is found by the journal, and by a head that was
    /// written down.
    @Test func aChainThatWasMadeAnewIsFound() throws {
        let folder = Folder()
        let house = try write(folder)
        let head = try check(folder, house).head
        let forged = Folder()
        var rows = try house.rows()
        rows.items[10].outcome = "forged"
        rows.items.remove(at: 14)
        let history = try HistoryDatabase(path: forged.database)
        try history.begin(instance: Self.instance, revision: 0, leases: [], usage: [])
        try history.write(rows, through: house.revision)
        history.close()
        #expect(try check(forged, house).findings.isEmpty)
        #expect(try check(forged, house, head: head).findings.map(\.kind) == [.head])
        let found = try check(forged, house, journal: true).findings
        #expect(found.map(\.kind) == [.differs, .missing])
        #expect(found.first?.sequence == 11)
    }

    /// An item whose digest was computed anew no longer leads on to the next.
    @Test func theNextItemTells() throws {
        let folder = Folder()
        let house = try write(folder)
        let history = try HistoryDatabase(path: folder.database)
        let items = try history.items(after: 0, limit: 10)
        history.close()
        var forged = items[6]
        forged.draft.outcome = "forged"
        let digest = AuditChain.digest(of: forged, after: items[5].digest)
        try edit(
            folder,
            "UPDATE audit SET outcome = 'forged', digest = x'\(digest.hex)' WHERE sequence = 7")
        let found = try check(folder, house).findings
        #expect(found.map(\.sequence) == [8] && found.map(\.kind) == [.edited])
        // And the journal names the one itself.
        let all = try check(folder, house, journal: true).findings
        #expect(all.contains { $0.kind == .differs && $0.sequence == 7 })
    }

    /// What goes because of its age is not missed; a beginning that somebody took away is, whatever
    /// the history then says of where it begins.
    @Test func aBeginningThatWasTakenAwayIsMissed() throws {
        let folder = Folder()
        let house = try write(folder)
        let history = try HistoryDatabase(path: folder.database)
        let items = try history.items(after: 0, limit: 100)
        history.close()
        let last = items[5]
        try edit(
            folder,
            """
            DELETE FROM audit WHERE sequence <= 6;
            UPDATE meta SET value = '6:\(last.digest.hex)' WHERE key = 'anchor';
            UPDATE meta SET value = '\(last.draft.revision)'
                WHERE key IN ('anchor_revision', 'began');
            UPDATE meta SET value = '6' WHERE key = 'names_through'
            """)
        #expect(try check(folder, house).findings.isEmpty)
        let gone = items.filter { $0.draft.revision <= last.draft.revision }
        let found = try check(folder, house, journal: true).findings
        #expect(found.map(\.kind) == gone.map { _ in .missing })
        #expect(found.map(\.revision) == gone.map(\.draft.revision))
        let aged = try check(folder, house, journal: true, keepBefore: last.draft.at + 1)
        #expect(aged.findings.isEmpty)
        // Nor does it help to say that the whole is too old.
        try edit(
            folder,
            """
            UPDATE meta SET value = '\(house.revision + 9)'
                WHERE key IN ('anchor_revision', 'began')
            """)
        #expect(try check(folder, house, journal: true).findings.count == items.count)
    }

    /// Rows without end that somebody edited cost no more than others.
    @Test(.timeLimit(.minutes(1))) func manyEditsTakeNoLonger() throws {
        var head = ChainHead.beginning
        var items: [AuditItem] = []
        for revision in 1...6_000 as ClosedRange<UInt64> {
            let draft = AuditDraft(
                revision: revision, at: House.start, role: .admin, channel: .control,
                verb: .reload, target: AuditTarget(.broker), details: "{}",
                outcome: AuditDraft.done, names: AuditNames(actor: "root", uid: 0))
            var item = AuditChain.append(draft, salt: AuditChain.drawSalt(), to: &head)
            item.draft.outcome = "forged"
            items.append(item)
        }
        let position = HistoryPosition(
            instance: Self.instance, revision: head.revision, beganRevision: 0, head: head,
            anchor: .beginning, namesThrough: 0)
        var verifier = AuditVerifier(position, namesBefore: House.start, wanted: nil)
        verifier.check(items)
        let report = verifier.report(journalFrom: 0)
        #expect(report.findings.count == AuditReport.findingCountMax)
        #expect(report.findings.allSatisfy { $0.kind == .edited } && report.itemCount == 6_000)
    }

    /// Whoever writes numbers that no broker counts to is named, or has the history made anew.
    @Test func numbersOutOfAllBoundsAreSurvived() throws {
        let folder = Folder()
        let house = try write(folder)
        for key in ["revision", "began", "anchor_revision", "names_through"] {
            for number in ["18446744073709551615", "9007199254740993", "-1", "x"] {
                let copy = Folder()
                try copyFile(folder.database, copy.database)
                try edit(copy, "UPDATE meta SET value = '\(number)' WHERE key = '\(key)'")
                #expect(throws: HistoryError.self, "\(key) \(number)") {
                    try HistoryDatabase(path: copy.database)
                }
            }
        }
        for (sql, isOpened) in [
            ("UPDATE audit SET sequence = -1 WHERE sequence = 1", true),
            ("UPDATE audit SET revision = -1 WHERE sequence = 3", true),
            ("UPDATE audit SET at = -9223372036854775808 WHERE sequence = 3", true),
            ("UPDATE audit SET sequence = 9223372036854775807 WHERE sequence = 3", false),
            ("UPDATE lease SET granted_at = 9223372036854775807, ended_at = 0", true),
            ("UPDATE lease SET grant_revision = -grant_revision", true),
        ] {
            let copy = Folder()
            try copyFile(folder.database, copy.database)
            try edit(copy, sql)
            guard isOpened else {
                #expect(throws: HistoryError.self) { try HistoryDatabase(path: copy.database) }
                continue
            }
            if sql.contains("audit") {
                #expect(!(try check(copy, house).findings.isEmpty), "\(sql)")
            }
            let history = try HistoryDatabase(path: copy.database)
            defer { history.close() }
            for days in [190, 1_200] as [Int64] {
                _ = try history.retire(
                    HistoryRetention(namesDays: 180, keepDays: 1_095),
                    now: House.start + days * House.dayMilliseconds, limit: 100)
            }
        }
    }

    /// What a database would end a text at is in none: the digest is that of what is stored.
    @Test func textsWithNULAreWhole() throws {
        let folder = Folder()
        let history = try HistoryDatabase(path: folder.database)
        try history.begin(instance: Self.instance, revision: 0, leases: [], usage: [])
        var rows = HistoryRows()
        rows.items = [
            AuditDraft(
                revision: 1, at: House.start, role: .admin, channel: .control, verb: .poolSet,
                target: AuditTarget(.pool, "de\0sks"), details: "{}", outcome: "not\0found",
                names: AuditNames(actor: "ro\0ot", uid: 0, why: "\0"))
        ]
        try history.write(rows, through: 1)
        let items = try history.items(after: 0, limit: 10)
        #expect(items.map(\.draft) == rows.items)
        #expect(items.first?.draft.target.name == "de\u{FFFD}sks")
        history.close()
        #expect(try check(folder, House()).findings.isEmpty)
    }

    private func copyFile(_ from: String, _ to: String) throws {
        let queue = try DatabaseQueue(path: from)
        try queue.backup(to: DatabaseQueue(path: to))
        try queue.close()
    }
}
