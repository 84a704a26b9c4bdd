/// When something was read: microseconds of the boot-time clock.
struct Interval: Equatable {
    var invokedAt: Int64
    var returnedAt: Int64
}

/// A seat as the list of seats shows it.
struct SeatFacts: Equatable {
    var name: Name
    var pool: Name
    var isCordoned: Bool
    var token: Int64
    var lease: LeaseKey?
}

/// A pool as the list of pools shows it.
struct PoolFacts: Equatable {
    var name: Name
    var size: Int
    var targetSize: Int
    var isOpen: Bool
    var leased: Int
    /// The sum of the counts of all states; it has to be the size.
    var total: Int
    /// Seats that are kept for one person.
    var kept: Int
    var ttlSeconds: Int
    var ttlSecondsMax: Int
}

/// A group as the list of groups shows it.
struct GroupFacts: Equatable {
    var name: Name
    /// -1: no limit.
    var quota: Int
    var used: Int
    /// Of all pools together.
    var reserve: Int
    /// Whether the audit has all its pools, and so all its leases.
    var isWhole: Bool
}

/// All that the daemon shows, read page by page: no snapshot, so each list has its own interval.
struct Audit {
    var client: UInt32 = 0
    var leasesRead = Interval(invokedAt: 0, returnedAt: 0)
    var leases: [LeaseFacts] = []
    var seatsRead = Interval(invokedAt: 0, returnedAt: 0)
    var seats: [SeatFacts] = []
    var poolsRead = Interval(invokedAt: 0, returnedAt: 0)
    var pools: [PoolFacts] = []
    var groupsRead = Interval(invokedAt: 0, returnedAt: 0)
    var groups: [GroupFacts] = []
    var statusRead = Interval(invokedAt: 0, returnedAt: 0)
    var process = ProcessFacts(startedAt: 0, now: 0, revision: 0)
}
