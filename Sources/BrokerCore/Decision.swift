/// The broker's yes.
package indirect enum Decision: Sendable {
    /// A new lease.
    case granted(LeaseView)
    /// The lease that the holder had already.
    case held(LeaseView)
    /// What an idempotency key stands for, as it is now; `created` as it was first answered.
    case replayed(LeaseView, created: Bool)
    /// A lease that was changed.
    case lease(LeaseView)
    case pool(PoolView)
    case resized(ResizePlan)
    case draining(DrainForecast)
    case seat(SeatView)
    case group(GroupView, created: Bool)
    case site(SiteChange)
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
}

/// How a drain will go if nobody releases early.
package struct DrainForecast: Equatable, Sendable {
    package var deadline: Instant?
    package var leases: Int
    /// How many leases end by themselves, by minute; `at` is the last end within it.
    package var ends: [(at: Instant, count: Int)]
    package var cutAtDeadline: Int
    /// There are leases and no deadline: holders who renew keep their seats.
    package var waitsForEver: Bool

    package static func == (a: Self, b: Self) -> Bool {
        a.deadline == b.deadline && a.leases == b.leases && a.cutAtDeadline == b.cutAtDeadline
            && a.waitsForEver == b.waitsForEver && a.ends.elementsEqual(b.ends, by: ==)
    }
}

/// What a change of the whole site does.
package struct SiteChange: Equatable, Sendable {
    package var before: SiteSpec
    package var after: SiteSpec
    package var displaced: [LeaseView]
    /// The journal's revision after it.
    package var revision: UInt64

    package var isChanged: Bool { before != after }
}
