package import BrokerCore
package import BrokerStore
import GRDB

/// What the journal keeps of batches that snapshots stand for.
extension SQLiteStore {
    package func history(
        after revision: UInt64, from: Instant, limit: Int
    ) throws(StoreError) -> [JournalBatch] {
        try Self.run(at: paths.database) { [queue] in
            try queue.read { db in
                let start = max(revision, try Self.revision(before: from, db))
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
}
