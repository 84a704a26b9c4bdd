/// The broker's no: expected, with numbers, and not an error.
package enum Refusal: Error, Equatable, Sendable {
    /// A seat was asked for and no rule set lets it be had.
    case grant(GrantRefusal)
    /// A renewal by someone whose group may no longer use the pool.
    case notEntitled(GroupName, PoolName)
    case noSuchPool(PoolName)
    case noSuchGroup(GroupName)
    case noSuchSeat(SeatName)
    case noSuchLease
    /// nil: it ended so long ago that its history is gone.
    case leaseEnded(EndedLease?)
    /// The lease is another's.
    case notYours
    case revisionMismatch(expected: UInt64, actual: UInt64)
    case seatLimit(limit: Int, total: Int)
    /// An idempotency key came back with another request.
    case keyReused
    case poolExists(PoolName)
    case poolInUse(PoolName, leases: Int)
    /// A seat of this name is still leased in another pool.
    case seatNameTaken(SeatName, by: PoolName)
    case belowListed(PoolName, listed: Int)
    /// Another request of the holder has taken over the place in the line.
    case placeTaken
    /// A drain is to begin with the end of a window, and no group of the pool has any.
    case noWindow
    /// Groups that are in turn together reserve more seats than there are: `group` is the position
    /// in the site of the last of them.
    case reservesCollide(group: Int, Shortfall)
    case invalid([SiteProblem])
}

/// Why no pair of a group and a pool gave a seat.
package struct GrantRefusal: Equatable, Sendable {
    /// The rule that names the refusal: that of the pair with the soonest `earliest`, among equals
    /// of the one that got furthest.
    package var rule: Rule
    /// The first instant at which that pair would pass; nil where no instant is known.
    package var earliest: Instant?
    /// Every rule that failed, for every group of the agent.
    package var reasons: [RuleResult]
    /// The group of that pair; nil: none is entitled.
    package var group: GroupName?
    /// How it stood in the line, where it waited.
    package var wait: WaitView?
}

/// A rule of a grant, in the order in which they are checked.
package enum Rule: UInt8, CaseIterable, Comparable, Sendable {
    case notEntitled
    case outsideWindow
    case poolCordoned
    case poolDraining
    case quotaExceeded
    case poolExhausted
    /// It could wait, and too many wait already.
    case lineFull
    /// It has waited for as long as it wanted to.
    case waitExpired

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// How one rule stands for one pair of a group and a pool.
package struct RuleResult: Equatable, Sendable {
    package var rule: Rule
    package var group: GroupName?
    package var pool: PoolName?
    package var passed: Bool
    package var numbers: Numbers
    /// When a failed rule will pass as things stand; nil where no instant is known.
    package var earliest: Instant?

    /// What a rule was decided by.
    package enum Numbers: Equatable, Sendable {
        case none
        /// Leases of the group, and its quota; nil: no limit.
        case quota(used: Int, limit: Int?)
        /// Free seats of the pool, and how many of them others have reserved.
        case seats(available: Int, reserved: Int)
        /// Why the pool is closed, in its operator's words.
        case closed(reason: String?)
        /// When the group's next window begins, by the wall clock; nil where none is known. `closes`
        /// is the end of the present one.
        case window(opens: UnixTime?, closes: UnixTime?)
        /// Places in the line and the most there may be; with the rule's group, those of the group.
        case line(waiting: Int, limit: Int)
    }
}
