package import BrokerHistory
import GRDB

/// Figures of usage.
extension HistoryDatabase {
    package func usage(_ question: UsageQuestion) throws(HistoryError) -> [UsageFigures]? {
        try read { db in
            let parties = try UsageLog.parties(db)
            let from = question.bounds[0]
            let to = min(question.bounds[question.bounds.count - 1], question.now)
            // All before the first chunk lies before the question, all behind the last one after it.
            // Where nothing reaches so far, the last chunk tells what is live.
            let first = try Int64.fetchOne(
                db,
                sql: """
                    SELECT coalesce(
                        (SELECT min(id) FROM usage_chunk WHERE last_at >= ?),
                        (SELECT max(id) FROM usage_chunk))
                    """, arguments: [from])
            let last = try Int64.fetchOne(
                db, sql: "SELECT max(id) FROM usage_chunk WHERE first_at < ?", arguments: [to])
            var sweep: UsageSweep?
            if let first, let last {
                let rows = try Row.fetchCursor(
                    db.cachedStatement(
                        sql: "SELECT * FROM usage_chunk WHERE id BETWEEN ? AND ? ORDER BY id"),
                    arguments: [first, max(first, last)])
                while let row = try rows.next() {
                    let chunk = try UsageChunk(row, partyCount: parties.count)
                    if sweep == nil {
                        sweep = UsageSweep(
                            question, parties: parties, opening: chunk.opening,
                            openedAt: chunk.openedAt)
                        guard sweep != nil else { return nil }
                    }
                    try chunk.walk(&sweep!)
                }
            }
            if sweep == nil {
                sweep = UsageSweep(question, parties: parties, opening: [], openedAt: from)
            }
            return sweep?.figures()
        }
    }
}
