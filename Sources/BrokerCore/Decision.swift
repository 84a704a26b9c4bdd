/// The broker's yes.
package indirect enum Decision: Sendable {
    /// A new lease.
    case granted(LeaseView)
    /// The lease that the holder had already.
    case held(LeaseView)
    /// What an idempotency key stands for, as it is now; `created` as it was first answered.
    case replayed(LeaseView, created: Bool)
    /// No seat yet, and a place in the line; the outcome comes later.
    case waiting(WaitView)
    /// A lease that was changed.
    case lease(LeaseView)
    case pool(PoolView)
    case resized(ResizePlan)
    case draining(DrainForecast)
    case seat(SeatView)
    case group(GroupChange)
    case site(SiteChange)
    /// The windows of a rota are in force; these leases are ending by them.
    case windowsSet(displaced: [LeaseView])
    /// Done, and nothing to tell.
    case done
}

/// What a resize does.
package struct ResizePlan: Equatable, Sendable {
    /// Seats now, retiring ones included.
    package var size: Int
    package var targetSize: Int
    /// Free seats that were retired at once.
    package var retired: Int
    /// The leases whose seats go when they end.
    package var displaced: [LeaseView]
    /// When the last of them ends at the latest; nil when nobody is displaced.
    package var completeBy: Instant?
    /// When, from now on, the groups' quotas go beyond the seats: the first time for each set of
    /// groups.
    package var shortfalls: [Shortfall]
}

/// How a drain will go if nobody releases early.
package struct DrainForecast: Equatable, Sendable {
    package var deadline: Instant?
    package var leases: Int
    /// How many leases end by themselves, by minute; `at` is the last end within it.
    package var ends: [(at: Instant, count: Int)]
    package var cutAtDeadline: Int
    /// The leases that are cut, in the order of their grants.
    package var displaced: [LeaseView]
    /// When, within the week from its start, the groups' quotas go beyond the seats that are left.
    package var shortfalls: [Shortfall] = []
    /// nil: at once.
    package var startsAt: Instant?
    /// There are leases and no deadline: holders who renew keep their seats.
    package var waitsForEver: Bool

    package static func == (a: Self, b: Self) -> Bool {
        a.deadline == b.deadline && a.leases == b.leases && a.cutAtDeadline == b.cutAtDeadline
            && a.waitsForEver == b.waitsForEver && a.ends.elementsEqual(b.ends, by: ==)
            && a.displaced == b.displaced && a.shortfalls == b.shortfalls
            && a.startsAt == b.startsAt
    }
}

/// What a change of the whole site does.
package struct SiteChange: Equatable, Sendable {
    package var before: SiteSpec
    package var after: SiteSpec
    /// Whose seats go, and whose windows are over with it.
    package var displaced: [LeaseView]
    /// When, from now on, the groups' quotas go beyond the seats.
    package var shortfalls: [Shortfall]
    /// The journal's revision after it.
    package var revision: UInt64

    package var isChanged: Bool { before != after }
}

/// What a change of one group does.
package struct GroupChange: Equatable, Sendable {
    package var group: GroupView
    /// Whether it is new.
    package var isCreated: Bool
    /// Leases that are `ending` by it: their group's windows leave them out from now on.
    package var displaced: [LeaseView]
    /// When, from now on, the groups' quotas go beyond the seats.
    package var shortfalls: [Shortfall]
    /// The journal's revision after it.
    package var revision: UInt64
}

/// A stretch of time in which groups may hold more leases by their quotas than there are seats:
/// some of their people will be told that nothing is free.
package struct Shortfall: Equatable, Sendable {
    /// By the wall clock; nil: from now on, or for ever.
    package var start: UnixTime?
    package var end: UnixTime?
    /// nil: over all pools.
    package var pool: PoolName?
    /// The sum of the quotas; of the reserves where those collide.
    package var quotas: Int
    package var seats: Int
    /// Who is in turn, or in the grace after it, in the site's order.
    package var groups: [GroupName]
    /// How often the same groups come together so again, as far as the windows reach.
    package var repeats = 0
}
