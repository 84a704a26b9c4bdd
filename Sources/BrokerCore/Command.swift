/// What a caller asks of the broker.
package indirect enum Command: Sendable {
    case grant(GrantCommand)
    /// `subject` carries the groups of the holder as they are now; `ttlSeconds` nil: the pool's.
    case renew(LeaseID, claim: Claim, subject: Subject, ttlSeconds: Int?)
    case release(LeaseID, claim: Claim)
    /// `graceSeconds` 0 ends the lease at once.
    case revoke(LeaseID, reason: String, graceSeconds: Int)

    case createPool(PoolSpec)
    case deletePool(PoolName)
    case resizePool(PoolName, size: Int, ifRevision: UInt64?)
    case cordonPool(PoolName, reason: String)
    /// Opens a pool that is cordoned, draining or drained.
    case uncordonPool(PoolName, reason: String? = nil)
    /// `deadlineSeconds` nil waits for the leases to run out.
    case drainPool(PoolName, reason: String, deadlineSeconds: Int?)

    case cordonSeat(SeatName, reason: String)
    case uncordonSeat(SeatName, reason: String? = nil)
    case drainSeat(SeatName, reason: String, deadlineSeconds: Int?)

    case putGroup(GroupSpec)
    case deleteGroup(GroupName)
    case applySite(SiteSpec)

    case setSeatLimit(Int?)
    case setClock(ClockMark)
    case raiseTokenFloor(UInt64)
    /// Ends what is due and nothing else.
    case passTime
}

/// A request for a seat.
package struct GrantCommand: Sendable {
    /// The id that a new lease gets.
    package var id: LeaseID
    package var subject: Subject
    /// Whether `subject.unixGroups` is a gateway's word, to be kept with the lease.
    package var isVouched: Bool
    package var pool: PoolName?
    package var group: GroupName?
    /// nil: the pool's; clamped to the pool's maximum.
    package var ttlSeconds: Int?
    package var key: Key?

    /// An idempotency key and what it was sent with.
    package struct Key: Sendable {
        package var text: String
        package var fingerprint: UInt64

        package init(text: String, fingerprint: UInt64) {
            self.text = text
            self.fingerprint = fingerprint
        }
    }

    package init(
        id: LeaseID, subject: Subject, isVouched: Bool = false, pool: PoolName? = nil,
        group: GroupName? = nil, ttlSeconds: Int? = nil, key: Key? = nil
    ) {
        self.id = id
        self.subject = subject
        self.isVouched = isVouched
        self.pool = pool
        self.group = group
        self.ttlSeconds = ttlSeconds
        self.key = key
    }
}
