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

    /// The first items behind one that are too old, by their sequence.
    ///
    /// Clocks are wrong at times: an item from the future goes with those behind it. One from long
    /// ago, of a clock that had lost the time, takes none before it along.
    private static func old(
        before: Int64, after sequence: Int64, _ limit: Int, _ db: Database
    ) throws -> [Int64] {
        let sure = try Int64.fetchOne(
            db, sql: "SELECT max(sequence) FROM audit WHERE at >= ? AND at < ?",
            arguments: [before - ageMilliseconds, before])
        let rows = try Row.fetchAll(
            db, sql: "SELECT sequence, at FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
            arguments: [sequence, limit])
        var count = 0
        for (index, row) in rows.enumerated() {
            let at = Int64.fromDatabaseValue(row["at"])
            let isSure = sure.map { row["sequence"] <= $0 } ?? false
            if isSure || at.map({ $0 < before }) ?? false {
                count = index + 1
                continue
            }
            // One that does not say how old it is goes with those behind it.
            guard at == nil else { break }
            if index == limit - 1, count == 0 { count = limit }
        }
        return rows.prefix(count).map { $0["sequence"] }
    }

    /// What is too old is looked for every hour, so what is older still has an odd clock.
    private static let ageMilliseconds: Int64 = 7 * 86_400_000

    /// What the chain goes on from when an item and all before it are gone. A row that cannot be read
    /// goes when one behind it does.
    private static func anchor(
        through last: Int64, _ position: HistoryPosition, _ db: Database
    ) throws -> ChainHead {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, revision, digest FROM audit WHERE sequence BETWEEN 1 AND ?
                ORDER BY sequence DESC
                """,
            arguments: [last])
        while let row = try rows.next() {
            if let place = try? ItemRow.place(row) { return place }
        }
        guard last > position.anchor.sequence else { return position.anchor }
        // Nothing follows it, and a check says so.
        return ChainHead(
            sequence: UInt64(last), revision: position.anchor.revision,
            digest: ChainHead.beginning.digest)
    }

    /// Drops the oldest items and leases, and keeps what the chain goes on from.
    private static func drop(
        before: Int64, _ limit: Int, _ position: inout HistoryPosition, _ db: Database
    ) throws -> Bool {
        let items = try old(before: before, after: .min, limit, db)
        if let last = items.last {
            position.anchor = try anchor(through: last, position, db)
            position.namesThrough = max(position.namesThrough, position.anchor.sequence)
            try db.execute(
                sql: "DELETE FROM audit WHERE sequence <= ?",
                arguments: [Int64(clamping: position.anchor.sequence)])
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
        let items = try old(
            before: before, after: Int64(clamping: position.namesThrough), limit, db)
        for sequence in items {
            if let item = try ItemRow.readable(db, "WHERE sequence = ?", [sequence], limit: 1).first
            {
                let replaced = try keys.pseudonyms(at: min(item.draft.at, before))
                    .replaceNames(of: item)
                try ItemRow.replaceNames(replaced, db)
            } else {
                try ItemRow.blank(sequence, db)
            }
            position.namesThrough = UInt64(clamping: sequence)
        }
        for sequence in try Int64.fetchAll(
            db, sql: "SELECT sequence FROM audit WHERE sequence < 1 AND at < ? AND name <> '~'",
            arguments: [before])
        {
            try ItemRow.blank(sequence, db)
        }
        let leases = try Row.fetchAll(
            db,
            sql: """
                SELECT grant_revision, holder, granted_by, granted_at FROM lease
                WHERE is_named = 1 AND ended_at < ? LIMIT ?
                """,
            arguments: [before, limit])
        for row in leases {
            let (number, names) = try replaced(row, &keys, before)
            try db.cachedStatement(
                sql: """
                    UPDATE lease SET holder = ?, granted_by = ?, detail = NULL, is_named = 0
                    WHERE grant_revision = ?
                    """
            ).execute(arguments: [names.holder, names.grantedBy, number])
        }
        return items.count == limit || leases.count == limit
    }

    /// The pseudonyms of a lease; of one that cannot be read nothing is left.
    private static func replaced(
        _ row: Row, _ keys: inout Keys, _ before: Int64
    ) throws -> (number: Int64, names: (holder: String, grantedBy: String?)) {
        let row = RowReader(row, key: "grant_revision")
        let number = Int64(bitPattern: row.number)
        do {
            let grantedAt: Int64 = try row.value("granted_at")
            let holder: String = try row.value("holder")
            let grantedBy: String? = try row.optional("granted_by")
            let pseudonyms = try keys.pseudonyms(at: min(grantedAt, before))
            return (
                number,
                (pseudonyms.pseudonym(of: holder), grantedBy.map { pseudonyms.pseudonym(of: $0) })
            )
        } catch is ForeignRow {
            return (number, ("~", nil))
        }
    }

    /// Keys of years of which no name is left: nobody can make those pseudonyms any more.
    private static func dropKeys(
        before: Int64, _ position: HistoryPosition, _ db: Database
    ) throws {
        var oldest = before
        let item = try Int64.fetchOne(
            db,
            sql: """
                SELECT at FROM audit WHERE sequence > ? AND typeof(at) = 'integer'
                ORDER BY sequence LIMIT 1
                """,
            arguments: [Int64(clamping: position.namesThrough)])
        oldest = min(oldest, item ?? oldest)
        let lease = try Int64.fetchOne(
            db,
            sql: """
                SELECT min(granted_at) FROM lease
                WHERE is_named = 1 AND typeof(granted_at) = 'integer'
                """)
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
