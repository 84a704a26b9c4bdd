/// A drain with a deadline ends every lease that its pool had: none of them is seen live after the
/// deadline and a grace, unless something may have called the drain off before that.
///
/// All of it is necessary, none of it sufficient: a drain that another one, or a reopening, may have
/// overtaken says nothing.
struct DrainCheck {
    /// A drain that nothing interfered with.
    private struct Sure {
        /// Leases granted by then are its own.
        var invokedAt: Int64
        /// The last start of a call that may show one of them live.
        var limit: Int64
        var record: UInt32
    }

    /// - Returns: how many drains it could judge by.
    static func judge(_ observer: Observer, _ findings: inout Findings) -> Int {
        let survey = observer.survey
        var sure: [Name: [Sure]] = [:]
        for (pool, closings) in survey.closings {
            sure[pool] = closings.compactMap { drain in
                guard let due = drain.due else { return nil }
                let limit = survey.limit(of: due, grace: observer.graceMicroseconds)
                // An earlier one that may come later, or a later one in time.
                let isOvertaken = closings.contains {
                    $0.record != drain.record && $0.until >= drain.invokedAt
                        && $0.invokedAt <= limit
                }
                guard !isOvertaken else { return nil }
                return Sure(invokedAt: drain.invokedAt, limit: limit, record: drain.record)
            }
        }
        for lease in observer.table.leases {
            guard let drains = sure[lease.pool] else { continue }
            // The first after its grant: limits grow, since none of these overlap.
            let next = drains.partitioningIndex { $0.invokedAt >= lease.grantHi }
            guard next < drains.count, lease.liveLo > drains[next].limit else { continue }
            findings.add(
                .outlived, "a lease is live after the deadline of a drain of its pool",
                lease.grantRecord, drains[next].record, lease.liveRecord)
        }
        return sure.values.reduce(0) { $0 + $1.count }
    }
}
