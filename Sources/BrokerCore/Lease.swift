/// A place in the broker's tables; never leaves the core.
typealias Slot = Int32

/// Why a lease is over.
package enum EndReason: UInt8, CaseIterable, Sendable {
    case released = 1
    case expired = 2
    case revoked = 3
    case windowClosed = 4
    case drained = 5
    case seatFailed = 6
}

/// A time-limited right of one holder to one seat, while it is live.
struct Lease: Equatable, Sendable {
    var id: LeaseID
    /// The fencing token of the seat at the grant.
    var token: UInt64
    var pool: Slot
    var group: Slot
    var seat: Slot
    var holder: HolderName
    var grantedAt: Instant
    /// The journal's revision of the grant: the order of leases.
    var grantRevision: UInt64
    /// When the time to live is over; the lease may end before, never after.
    var ttlDeadline: Instant
    /// The gateway that asked for it; nil when the holder did.
    var grantedBy: String?
    /// The unix groups that the gateway vouched for; nil when the name service gave them.
    var vouched: [UnixGroupName]?
    /// A revocation with a deadline.
    var revocation: Revocation?
    /// Set while the seat is being retired: the expiry it then had, which nothing extends.
    var retireDeadline: Instant?
    /// The deadline of a drain of its seat.
    var seatDrainDeadline: Instant?

    /// The least of all that the lease itself says; the pool's drain is left out, so that starting
    /// one or calling it off touches no lease.
    var ownDeadline: Instant {
        var deadline = ttlDeadline
        if let revocation { deadline = min(deadline, revocation.deadline) }
        if let retireDeadline { deadline = min(deadline, retireDeadline) }
        if let seatDrainDeadline { deadline = min(deadline, seatDrainDeadline) }
        return deadline
    }

    struct Revocation: Equatable, Sendable {
        var deadline: Instant
        var reason: String
    }
}

/// A lease by its deadline: earliest first, among equals in the order of grants.
struct DeadlineKey: Comparable, Sendable {
    var deadline: Instant
    var grantRevision: UInt64
    var lease: Slot

    static func < (a: Self, b: Self) -> Bool {
        a.deadline == b.deadline
            ? a.grantRevision < b.grantRevision : a.deadline < b.deadline
    }
}

/// A lease that is over, with its seat's address as it was at the end.
package struct EndedLease: Equatable, Sendable {
    package var id: LeaseID
    package var token: UInt64
    package var pool: PoolName
    package var group: GroupName
    package var holder: HolderName
    package var seat: SeatAddress
    package var grantedAt: Instant
    package var grantRevision: UInt64
    package var expiresAt: Instant
    package var endedAt: Instant
    package var reason: EndReason
    /// In words: what an admin gave as the reason.
    package var detail: String?
    package var grantedBy: String?

    package init(
        id: LeaseID, token: UInt64, pool: PoolName, group: GroupName, holder: HolderName,
        seat: SeatAddress, grantedAt: Instant, grantRevision: UInt64, expiresAt: Instant,
        endedAt: Instant, reason: EndReason, detail: String?, grantedBy: String?
    ) {
        self.id = id
        self.token = token
        self.pool = pool
        self.group = group
        self.holder = holder
        self.seat = seat
        self.grantedAt = grantedAt
        self.grantRevision = grantRevision
        self.expiresAt = expiresAt
        self.endedAt = endedAt
        self.reason = reason
        self.detail = detail
        self.grantedBy = grantedBy
    }
}
