package import BrokerCore
package import BrokerStore
import Foundation
import GRDB

/// What the journal keeps of batches that snapshots stand for.
extension SQLiteStore {
    package func history(
        after revision: UInt64, from: Instant, limit: Int
    ) throws(StoreError) -> [JournalBatch] {
        try Self.run(at: paths.database) { [queue] in
            try queue.read { db in
                let start =
                    from == .distantPast
                    ? revision : max(revision, try Self.revision(before: from, db))
                var batches: [JournalBatch] = []
                try Self.readJournal(db, after: start, limit: limit) { batches.append($0) }
                return batches
            }
        }
    }

    /// The revision after which the batches of an instant begin. Instants grow with revisions, so
    /// halving finds it without an index.
    private static func revision(before instant: Instant, _ db: Database) throws -> UInt64 {
        var low = try Int64.fetchOne(db, sql: "SELECT min(revision) FROM journal") ?? 0
        var high = try Int64.fetchOne(db, sql: "SELECT max(revision) FROM journal") ?? 0
        low -= 1
        while low < high {
            let middle = low + (high - low) / 2
            let row = try Row.fetchOne(
                db,
                sql:
                    "SELECT revision, at FROM journal WHERE revision > ? ORDER BY revision LIMIT 1",
                arguments: [middle])
            guard let row else { break }
            let at: Int64 = row["at"]
            if at >= instant.milliseconds { high = middle } else { low = row["revision"] }
        }
        return UInt64(max(0, low))
    }

    // MARK: Bases

    package func base(notAfter revision: UInt64?) throws(StoreError) -> BrokerImage? {
        try Self.run(at: paths.database) { [queue] in
            try queue.read { db in try Self.readBase(db, notAfter: revision) }
        }
    }

    private static func readBase(_ db: Database, notAfter revision: UInt64?) throws -> BrokerImage?
    {
        let isOldest = revision == nil
        let limit = Int64(clamping: revision ?? .max)
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT revision, crc, payload FROM base WHERE revision <= ?
                ORDER BY revision \(isOldest ? "ASC" : "DESC") LIMIT 1
                """,
            arguments: [limit])
        // Before all bases, and the only one where the journal begins with the state itself.
        let beginning = try journalBegins(db) ? BrokerImage() : nil
        if isOldest, let beginning { return beginning }
        let snapshot = try readSnapshot(db).flatMap {
            $0.revision <= UInt64(limit) ? $0.asBase : nil
        }
        guard let row else { return isOldest ? snapshot : snapshot ?? beginning }
        let payload = try checked(row, what: "a base")
        if !isOldest, let snapshot, snapshot.revision >= payload.revision { return snapshot }
        return try ImageCoding.decode(payload.bytes)
    }

    /// Whether the journal holds everything from the first record on.
    private static func journalBegins(_ db: Database) throws -> Bool {
        var first: UInt64?
        try readJournal(db, after: 0, limit: 1) { first = $0.after }
        if let first { return first == 0 }
        return try Int.fetchOne(db, sql: "SELECT count(*) FROM snapshot") == 0
    }

    /// Keeps a snapshot as a base too, where the last one is old enough.
    static func keepBase(_ snapshot: BrokerImage, _ db: Database) throws {
        let newest = try Int64.fetchOne(db, sql: "SELECT max(at) FROM base")
        let due = snapshot.latest.adding(seconds: -JournalRetention.baseSeconds).milliseconds
        guard newest.map({ $0 <= due }) ?? true else { return }
        try insertBase(snapshot, db)
    }

    package func isBaseDue(at now: Instant) throws(StoreError) -> Bool {
        let oldest: Int64? = try Self.run(at: paths.database) { [queue] in
            try queue.read { db in
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT at FROM journal
                        WHERE revision > coalesce((SELECT max(revision) FROM base), 0)
                        ORDER BY revision LIMIT 1
                        """)
            }
        }
        let due = now.adding(seconds: -JournalRetention.baseWaitSeconds).milliseconds
        return oldest.map { $0 <= due } ?? false
    }

    package func keepBase(_ state: BrokerImage) throws(StoreError) {
        guard state.revision == revision else {
            throw .outOfOrder(expected: state.revision, found: revision)
        }
        try writeCounted { db in try Self.insertBase(state, db) }
    }

    private static func insertBase(_ snapshot: BrokerImage, _ db: Database) throws {
        let bytes = ImageCoding.encode(snapshot.asBase)
        let crc = CRC32C.of(bytes, number: snapshot.revision)
        try db.execute(
            sql: "INSERT OR IGNORE INTO base (revision, at, crc, payload) VALUES (?, ?, ?, ?)",
            arguments: [
                Int64(snapshot.revision), snapshot.latest.milliseconds, Int64(crc), Data(bytes),
            ])
    }

    package func trim(
        before: Instant, through revision: UInt64, limit: Int
    ) throws(StoreError) -> Bool {
        let cut: Int64? = try Self.run(at: paths.database) { [queue] in
            try queue.read { db in
                let cut = try Int64.fetchOne(
                    db, sql: "SELECT max(revision) FROM base WHERE at <= ? AND revision <= ?",
                    arguments: [before.milliseconds, Int64(clamping: revision)])
                guard let cut else { return nil }
                let hasRows = try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM journal WHERE revision <= ?)",
                    arguments: [cut])
                return hasRows == true ? cut : nil
            }
        }
        // Most calls find nothing, and then cost no sync.
        guard let cut else { return false }
        return try writeCounted { db in
            try db.execute(sql: "DELETE FROM base WHERE revision < ?", arguments: [cut])
            try db.execute(
                sql: """
                    DELETE FROM journal WHERE revision IN
                        (SELECT revision FROM journal WHERE revision <= ?
                         ORDER BY revision LIMIT ?)
                    """,
                arguments: [cut, limit])
            return db.changesCount == limit
        }
    }
}
