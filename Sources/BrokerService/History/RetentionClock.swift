import BrokerHistory

/// Whether the wall clock may say what is too old: one that is set years ahead would have all of the
/// history destroyed.
///
/// It may where items were written in the days before its today, or where it has held for a day of
/// uptime without a leap. What a clock that is ahead writes itself counts only after a day.
struct RetentionClock {
    private static let heldMilliseconds: Int64 = 86_400_000
    private static let quietMilliseconds = 7 * heldMilliseconds

    private var since: Int64?
    private var offset: Int64 = 0

    /// - Parameters:
    ///   - boot: milliseconds since boot.
    ///   - wall: milliseconds since the Unix epoch.
    mutating func mayRetire(
        boot: Int64, wall: Int64, _ store: any HistoryStore
    ) throws(HistoryError) -> Bool {
        let leap = (wall - boot) - offset
        if since == nil || leap.magnitude >= Self.heldMilliseconds {
            (since, offset) = (boot, wall - boot)
        }
        if let since, boot - since >= Self.heldMilliseconds { return true }
        var filter = AuditFilter()
        filter.from = wall - Self.quietMilliseconds
        filter.to = wall - Self.heldMilliseconds + 1
        return try !store.items(filter, limit: 1).isEmpty
    }
}
