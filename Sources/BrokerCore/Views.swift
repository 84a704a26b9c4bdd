/// A lease as the outside sees it, live or ended.
package struct LeaseView: Equatable, Sendable {
    /// How far a lease is.
    package enum State: UInt8, CaseIterable, Sendable {
        case active
        /// It has a deadline that is not its time to live.
        case ending
        case ended
    }

    package var id: LeaseID
    package var token: UInt64
    package var state: State
    package var pool: PoolName
    package var group: GroupName
    package var holder: HolderName
    package var seat: SeatAddress
    package var grantedAt: Instant
    package var grantRevision: UInt64
    package var expiresAt: Instant
    /// Why it is `ending`.
    package var endingReason: EndReason?
    package var endedAt: Instant?
    /// What really ended it.
    package var endReason: EndReason?
    package var detail: String?
    package var grantedBy: String?
    /// The end of its group's present window, or of the one that it outlives; nil: the group may
    /// enter at any time. By the wall clock.
    package var windowEnds: UnixTime?

    init(
        lease: Lease, pool: PoolName, group: GroupName, seat: SeatAddress, expiresAt: Instant,
        ending: (reason: EndReason, detail: String?)?, windowEnds: UnixTime?
    ) {
        self.windowEnds = windowEnds
        id = lease.id
        token = lease.token
        state = ending == nil ? .active : .ending
        self.pool = pool
        self.group = group
        holder = lease.holder
        self.seat = seat
        grantedAt = lease.grantedAt
        grantRevision = lease.grantRevision
        self.expiresAt = expiresAt
        endingReason = ending?.reason
        detail = ending?.detail
        grantedBy = lease.grantedBy
    }

    /// An ended lease.
    package init(ended: EndedLease) {
        id = ended.id
        token = ended.token
        state = .ended
        pool = ended.pool
        group = ended.group
        holder = ended.holder
        seat = ended.seat
        grantedAt = ended.grantedAt
        grantRevision = ended.grantRevision
        expiresAt = ended.expiresAt
        endedAt = ended.endedAt
        endReason = ended.reason
        detail = ended.detail
        grantedBy = ended.grantedBy
    }
}

/// Seats by what they are to somebody who wants one; the counts add up to the pool's size.
package struct SeatCounts: Equatable, Sendable {
    package var available = 0
    package var leased = 0
    /// Free, but cordoned.
    package var cordoned = 0

    package init() {}
}

/// A pool as the outside sees it.
package struct PoolView: Equatable, Sendable {
    package var spec: PoolSpec
    package var revision: UInt64
    package var mode: PoolMode
    /// Seats now, retiring ones included.
    package var size: Int
    package var seats: SeatCounts

    /// Draining, and empty.
    package var isDrained: Bool { mode.kind == .draining && seats.leased == 0 }
}

/// A seat as the outside sees it.
package struct SeatView: Equatable, Sendable {
    package var address: SeatAddress
    package var pool: PoolName
    package var token: UInt64
    package var keptFor: HolderName?
    package var cordon: SeatCordon?
    package var isRetiring: Bool
    package var lease: LeaseID?
    package var holder: HolderName?
}

/// A group as the outside sees it.
package struct GroupView: Equatable, Sendable {
    package var spec: GroupSpec
    package var used: Int
    /// Places in the line that are counted for it.
    package var waiting: Int
    /// Whether it may enter now.
    package var isOpen: Bool
    /// When its next window begins, by the wall clock; nil while it is open for ever, or where none
    /// is known.
    package var opens: UnixTime?
    /// When the present window ends; nil: it is not open, or without end.
    package var closes: UnixTime?
}
