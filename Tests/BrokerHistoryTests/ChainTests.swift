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
            verifier.check(try history.chain(after: verifier.sequence, limit: 7))
        }
        guard journal else { return verifier.report(journalFrom: 0) }
        var comparison = try JournalComparison(
            from: BrokerImage(), position, keepBefore: keepBefore)
        let read = { (sequence: UInt64) throws(HistoryError) in
            try history.chain(after: sequence, limit: 5)
        }
        for batch in house.batches {
            try comparison.take([batch])
            verifier.add(try comparison.differences(isLast: false, read: read))
        }
        verifier.add(try comparison.differences(isLast: true, read: read))
        return verifier.report(journalFrom: comparison.from)
    }

    /// A copy of a history in which somebody has edited something.
    private func copy(_ folder: Folder, _ sql: String) throws -> Folder {
        let copy = Folder()
        try copyFile(folder.database, copy.database)
        try edit(copy, sql)
        return copy
    }

    /// A history that somebody made anew, with its whole chain, of other items.
    private func forge(_ house: House, _ change: (inout [AuditDraft]) -> Void) throws -> Folder {
        let forged = Folder()
        var rows = try house.rows()
        change(&rows.items)
        let history = try HistoryDatabase(path: forged.database)
        try history.begin(instance: Self.instance, revision: 0, leases: [], usage: [])
        try history.write(rows, through: house.revision)
        history.close()
        return forged
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
                let copy = try copy(folder, "UPDATE audit SET \(edit) WHERE sequence = \(sequence)")
                // Names that were taken away before their time are said to be.
                let kinds: [AuditReport.Finding.Kind] =
                    edit.contains("sealed") ? [.edited, .sealedEarly] : [.edited]
                for journal in [false, true] {
                    let found = try check(copy, house, journal: journal).findings
                    #expect(found.map(\.kind) == kinds, "\(edit) of \(sequence): \(found)")
                    #expect(
                        found.allSatisfy { $0.sequence == UInt64(sequence) }, "\(edit): \(found)")
                }
            }
        }
    }

    /// Each is named once, by the chain and not by the journal again.
    @Test func removedAndReorderedRowsAreNamed() throws {
        let folder = Folder()
        let house = try write(folder)
        let unreadable = "UPDATE audit SET role = 77 WHERE sequence"
        for (sql, findings) in [
            ("DELETE FROM audit WHERE sequence = 5", [(.missing, 5)]),
            ("DELETE FROM audit WHERE sequence = 1", [(.missing, 1)]),
            ("DELETE FROM audit WHERE sequence IN (5, 6, 9)", [5, 6, 9].map { (.missing, $0) }),
            ("DELETE FROM audit WHERE sequence <= 8", (1...8).map { (.missing, $0) }),
            ("\(unreadable) IN (3, 4)", [(.edited, 3), (.edited, 4)]),
            (
                "DELETE FROM audit WHERE sequence = 8; \(unreadable) = 9",
                [(.missing, 8), (.edited, 9)]
            ),
            (
                "DELETE FROM audit WHERE sequence IN (8, 10, 11); \(unreadable) IN (9, 12)",
                [(.missing, 8), (.edited, 9), (.missing, 10), (.missing, 11), (.edited, 12)]
            ),
            // What stands in its place leads on to nothing.
            (
                """
                DELETE FROM audit WHERE sequence = 5;
                UPDATE audit SET sequence = 5 WHERE sequence = 9
                """, [(.edited, 5), (.edited, 6), (.missing, 9)]
            ),
        ] as [(String, [(AuditReport.Finding.Kind, UInt64)])] {
            let copy = try copy(folder, sql)
            for journal in [false, true] {
                let found = try check(copy, house, journal: journal).findings
                #expect(found.map(\.kind) == findings.map(\.0), "\(sql): \(found)")
                #expect(found.map(\.sequence) == findings.map(\.1), "\(sql): \(found)")
            }
        }
    }

    /// The chain alone cannot know, and the journal does.
    @Test func anEndThatWasTakenAwayIsMissed() throws {
        let folder = Folder()
        let house = try write(folder)
        let drafts = try house.rows().items
        for left in [drafts.count - 1, drafts.count - 3] {
            let copy = try copy(folder, "DELETE FROM audit WHERE sequence > \(left)")
            #expect(try check(copy, house).findings.isEmpty)
            #expect(
                try check(copy, house, journal: true).findings
                    == drafts[left...].map {
                        .init(.missing, sequence: UInt64(left) + 1, revision: $0.revision)
                    })
        }
    }

    /// Rows that the journal knows nothing of, wherever they stand, and whatever revision they name.
    @Test func insertedRowsAreNamed() throws {
        let folder = Folder()
        let house = try write(folder)
        let drafts = try house.rows().items
        let count = UInt64(drafts.count)
        for index in [0, 1, 10, drafts.count - 1] {
            var draft = drafts[index]
            draft.outcome = "forged"
            let forged = try forge(house) { $0.insert(draft, at: index) }
            #expect(try check(forged, house).findings.isEmpty)
            #expect(
                try check(forged, house, journal: true).findings
                    == [.init(.inserted, sequence: UInt64(index) + 1, revision: draft.revision)])
        }
        for revision in [1, house.revision, house.revision + 1_000] {
            var draft = drafts[4]
            draft.revision = revision
            let forged = try forge(house) { $0 += [draft, draft] }
            #expect(try check(forged, house).findings.isEmpty)
            #expect(
                try check(forged, house, journal: true).findings
                    == [1, 2].map { .init(.inserted, sequence: count + $0, revision: revision) })
        }
        // Without a chain of its own, all that had to make room for it is named too.
        let copy = try copy(
            folder,
            """
            UPDATE audit SET sequence = -sequence WHERE sequence >= 10;
            UPDATE audit SET sequence = 1 - sequence WHERE sequence < 0;
            CREATE TEMP TABLE forged AS SELECT * FROM audit WHERE sequence = 9;
            UPDATE forged SET sequence = 10;
            INSERT INTO audit SELECT * FROM forged
            """)
        for journal in [false, true] {
            let found = try check(copy, house, journal: journal).findings
            #expect(found.allSatisfy { $0.kind == .edited })
            #expect(found.map(\.sequence) == Array(10...count + 1))
        }
    }

    /// Whoever recomputes the chain behind an edit is found by the journal, and by a head that was
    /// written down.
    @Test func aChainThatWasMadeAnewIsFound() throws {
        let folder = Folder()
        let house = try write(folder)
        let head = try check(folder, house).head
        let gone = try house.rows().items[14]
        let forged = try forge(house) {
            $0[10].outcome = "forged"
            $0.remove(at: 14)
        }
        #expect(try check(forged, house).findings.isEmpty)
        #expect(try check(forged, house, head: head).findings.map(\.kind) == [.head])
        let found = try check(forged, house, journal: true).findings
        #expect(found.map(\.kind) == [.differs, .missing])
        #expect(found.map(\.sequence) == [11, 15])
        #expect(found.last?.revision == gone.revision)
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
        #expect(all.map(\.kind) == [.edited, .differs])
        #expect(all.map(\.sequence) == [8, 7])
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
        verifier.check(ChainPiece(items: items))
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
