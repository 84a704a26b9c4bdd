import BrokerCore
import BrokerHistory
import Foundation
import GRDB

/// Items of the audit as rows.
enum ItemRow {
    private static let columns = """
        sequence, revision, at, uid, name, role, channel, verb, target_kind, target, details, \
        holder, people, why, outcome, salt, sealed, digest
        """

    /// More than a broker ever counts; what is larger, somebody has written there.
    static let countMax: UInt64 = 1 << 53

    static func insert(_ item: AuditItem, _ db: Database) throws {
        let draft = item.draft
        let names = draft.names
        try db.cachedStatement(
            sql: """
                INSERT INTO audit (\(columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(clamping: item.sequence), Int64(clamping: draft.revision), draft.at,
            names.uid.map { Int64($0) },
            names.actor, draft.role.rawValue, draft.channel.rawValue, draft.verb.rawValue,
            draft.target.kind.rawValue, draft.target.name, draft.details, names.holder,
            PeopleText.write(names.people), names.why, draft.outcome,
            item.seal.salt.map { Data($0) },
            item.seal.digest.map { Data($0) }, Data(item.digest),
        ])
    }

    /// Puts another private part in the place of an item's own.
    static func replaceNames(_ item: AuditItem, _ db: Database) throws {
        let names = item.draft.names
        try db.cachedStatement(
            sql: """
                UPDATE audit SET uid = ?, name = ?, holder = ?, people = ?, why = ?, salt = ?,
                    sealed = ?
                WHERE sequence = ?
                """
        ).execute(arguments: [
            names.uid.map { Int64($0) }, names.actor, names.holder, PeopleText.write(names.people),
            names.why, item.seal.salt.map { Data($0) }, item.seal.digest.map { Data($0) },
            Int64(clamping: item.sequence),
        ])
    }

    /// Takes the names out of a row that cannot be read. Its digest then stands for nothing, so that a
    /// check of the chain names it as before.
    static func blank(_ sequence: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE audit SET uid = NULL, name = '~', holder = NULL, people = NULL, why = NULL,
                    salt = NULL, sealed = zeroblob(32)
                WHERE sequence = ?
                """
        ).execute(arguments: [sequence])
    }

    /// The last item's place. Of its other columns nothing is read, for somebody may have edited them,
    /// and a check has to say so.
    static func last(_ db: Database) throws -> ChainHead? {
        let row = try Row.fetchOne(
            db, sql: "SELECT sequence, revision, digest FROM audit ORDER BY sequence DESC LIMIT 1")
        guard let row else { return nil }
        return try place(row)
    }

    /// Of a row with the columns `sequence`, `revision` and `digest`.
    static func place(_ row: Row) throws(ForeignRow) -> ChainHead {
        let reader = RowReader(row, key: "sequence")
        return ChainHead(
            sequence: try sequence(reader), revision: try revision(reader),
            digest: [UInt8](try reader.value("digest", Data.self)))
    }

    /// Items, without those that cannot be read.
    static func readable(
        _ db: Database, _ rest: String, _ arguments: StatementArguments, limit: Int
    ) throws -> [AuditItem] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(columns) FROM audit \(rest)"), arguments: arguments)
        var items: [AuditItem] = []
        while items.count < limit, let row = try rows.next() {
            if let item = try? item(row) { items.append(item) }
        }
        return items
    }

    /// Items up to one that cannot be read.
    static func chain(
        _ db: Database, _ rest: String, _ arguments: StatementArguments
    ) throws -> ChainPiece {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(columns) FROM audit \(rest)"), arguments: arguments)
        var piece = ChainPiece()
        while let row = try rows.next() {
            do throws(ForeignRow) {
                piece.items.append(try item(row))
            } catch {
                piece.unreadable = error.number
                break
            }
        }
        return piece
    }

    private static func sequence(_ row: RowReader) throws(ForeignRow) -> UInt64 {
        guard row.number >= 1, row.number <= countMax else { throw row.foreign("sequence") }
        return row.number
    }

    private static func revision(_ row: RowReader) throws(ForeignRow) -> UInt64 {
        let number: Int64 = try row.value("revision")
        guard let revision = UInt64(exactly: number), revision <= countMax else {
            throw row.foreign("revision")
        }
        return revision
    }

    private static func instant(_ row: RowReader) throws(ForeignRow) -> Int64 {
        let at: Int64 = try row.value("at")
        guard at.magnitude <= countMax else { throw row.foreign("at") }
        return at
    }

    private static func item(_ row: Row) throws(ForeignRow) -> AuditItem {
        let row = RowReader(row, key: "sequence")
        let salt: Data? = try row.optional("salt")
        let sealed: Data? = try row.optional("sealed")
        let seal: AuditItem.Seal
        switch (salt, sealed) {
        case (let salt?, nil): seal = .salt([UInt8](salt))
        case (nil, let sealed?): seal = .digest([UInt8](sealed))
        case (nil, nil), (_?, _?): throw row.foreign("salt")
        }
        return AuditItem(
            sequence: try sequence(row),
            draft: AuditDraft(
                revision: try revision(row), at: try instant(row), role: try row.raw("role"),
                channel: try row.raw("channel"), verb: try row.raw("verb"),
                target: AuditTarget(try row.raw("target_kind"), try row.value("target")),
                details: try row.value("details"), outcome: try row.value("outcome"),
                names: try names(row)),
            seal: seal, digest: [UInt8](try row.value("digest", Data.self)))
    }

    private static func names(_ row: RowReader) throws(ForeignRow) -> AuditNames {
        guard let people = PeopleText.read(try row.optional("people")) else {
            throw row.foreign("people")
        }
        let number: Int64? = try row.optional("uid")
        let uid = number.flatMap { UInt32(exactly: $0) }
        guard (number == nil) == (uid == nil) else { throw row.foreign("uid") }
        return AuditNames(
            actor: try row.value("name"), uid: uid, holder: try row.optional("holder"),
            people: people, why: try row.optional("why"))
    }
}

extension AuditItem.Seal {
    fileprivate var salt: [UInt8]? { if case .salt(let salt) = self { salt } else { nil } }
    fileprivate var digest: [UInt8]? { if case .digest(let digest) = self { digest } else { nil } }
}

/// People as text: a line for each capacity, its names with tabs before them. Names have neither.
enum PeopleText {
    static func write(_ people: [AuditPeople]) -> String? {
        guard !people.isEmpty else { return nil }
        return people.map { entry in
            ([entry.what] + entry.names).joined(separator: "\t")
        }.joined(separator: "\n")
    }

    static func read(_ text: String?) -> [AuditPeople]? {
        guard let text else { return [] }
        var people: [AuditPeople] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count > 1 else { return nil }
            people.append(AuditPeople(String(parts[0]), parts[1...].map { String($0) }))
        }
        return people
    }
}
