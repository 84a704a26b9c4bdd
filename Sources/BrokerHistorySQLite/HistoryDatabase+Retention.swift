package import BrokerHistory
import Foundation
import GRDB

/// What grows old.
extension HistoryDatabase {
    package func retire(
        _ retention: HistoryRetention, now: Int64, limit: Int
    ) throws(HistoryError) -> Bool {
        var isMore = false
        try change { db, position in
            let keepBefore = retention.keepBefore(now: now)
            let namesBefore = retention.namesBefore(now: now)
            let dropped = try Self.drop(before: keepBefore, limit, &position, db)
            let replaced = try Self.replaceNames(before: namesBefore, limit, &position, db)
            isMore = dropped || replaced
            if !isMore { try Self.dropKeys(before: namesBefore, position, db) }
        }
        return isMore
    }

    /// Drops the oldest items and leases, and keeps what the chain goes on from.
    private static func drop(
        before: Int64, _ limit: Int, _ position: inout HistoryPosition, _ db: Database
    ) throws -> Bool {
        let items = try ItemRow.fetch(db, "ORDER BY sequence LIMIT ?", [limit])
            .prefix { $0.draft.at < before }
        if let last = items.last {
            position.anchor = ChainHead(
                sequence: last.sequence, revision: last.draft.revision, digest: last.digest)
            position.namesThrough = max(position.namesThrough, last.sequence)
            try db.execute(
                sql: "DELETE FROM audit WHERE sequence <= ?",
                arguments: [Int64(clamping: last.sequence)])
        }
        let leases = try Int64.fetchAll(
            db, sql: "SELECT grant_revision FROM lease WHERE ended_at < ? LIMIT ?",
            arguments: [before, limit])
        for lease in leases {
            try db.execute(sql: "DELETE FROM charge WHERE lease = ?", arguments: [lease])
            try db.execute(sql: "DELETE FROM lease WHERE grant_revision = ?", arguments: [lease])
        }
        return items.count == limit || leases.count == limit
    }

    private static func replaceNames(
        before: Int64, _ limit: Int, _ position: inout HistoryPosition, _ db: Database
    ) throws -> Bool {
        var keys = Keys(db)
        let items = try ItemRow.fetch(
            db, "WHERE sequence > ? ORDER BY sequence LIMIT ?",
            [Int64(clamping: position.namesThrough), limit]
        ).prefix { $0.draft.at < before }
        for item in items {
            let replaced = try keys.pseudonyms(at: item.draft.at).replaceNames(of: item)
            try ItemRow.replaceNames(replaced, db)
            position.namesThrough = item.sequence
        }
        let leases = try Row.fetchAll(
            db,
            sql: """
                SELECT grant_revision, holder, granted_by, granted_at FROM lease
                WHERE is_named = 1 AND ended_at < ? LIMIT ?
                """,
            arguments: [before, limit])
        for row in leases {
            let row = RowReader(row, key: "grant_revision")
            let pseudonyms = try keys.pseudonyms(at: row.value("granted_at"))
            let grantedBy: String? = try row.optional("granted_by")
            try db.cachedStatement(
                sql: """
                    UPDATE lease SET holder = ?, granted_by = ?, detail = NULL, is_named = 0
                    WHERE grant_revision = ?
                    """
            ).execute(arguments: [
                pseudonyms.pseudonym(of: try row.value("holder")),
                grantedBy.map { pseudonyms.pseudonym(of: $0) }, Int64(bitPattern: row.number),
            ])
        }
        return items.count == limit || leases.count == limit
    }

    /// Keys of years of which no name is left: nobody can make those pseudonyms any more.
    private static func dropKeys(
        before: Int64, _ position: HistoryPosition, _ db: Database
    ) throws {
        var oldest = before
        if let next = try ItemRow.fetch(
            db, "WHERE sequence > ? ORDER BY sequence LIMIT 1",
            [Int64(clamping: position.namesThrough)]
        ).first {
            oldest = min(oldest, next.draft.at)
        }
        let lease = try Int64.fetchOne(
            db, sql: "SELECT min(granted_at) FROM lease WHERE is_named = 1")
        oldest = min(oldest, lease ?? oldest)
        try db.execute(
            sql: "DELETE FROM pseudonym_key WHERE year < ?",
            arguments: [Pseudonyms.year(of: oldest)])
    }

    /// The keys of the years, drawn when they are first needed.
    private struct Keys {
        private let db: Database
        private var known: [Int: Pseudonyms] = [:]

        init(_ db: Database) { self.db = db }

        mutating func pseudonyms(at milliseconds: Int64) throws -> Pseudonyms {
            let year = Pseudonyms.year(of: milliseconds)
            if let pseudonyms = known[year] { return pseudonyms }
            let found = try Data.fetchOne(
                db, sql: "SELECT key FROM pseudonym_key WHERE year = ?", arguments: [year])
            let key = found.map { [UInt8]($0) } ?? Pseudonyms.drawKey()
            if found == nil {
                try db.execute(
                    sql: "INSERT INTO pseudonym_key (year, key) VALUES (?, ?)",
                    arguments: [year, Data(key)])
            }
            let pseudonyms = Pseudonyms(key: key)
            known[year] = pseudonyms
            return pseudonyms
        }
    }
}
