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
    /// `deadlineSeconds` counts from the start; nil waits for the leases to run out. `ifRevision` is
    /// the pool's.
    case drainPool(
        PoolName, reason: String, deadlineSeconds: Int?, start: DrainStart = .now,
        ifRevision: UInt64? = nil)

    case cordonSeat(SeatName, reason: String)
    case uncordonSeat(SeatName, reason: String? = nil)
    case drainSeat(
        SeatName, reason: String, deadlineSeconds: Int?, start: DrainStart = .now)

    /// `ifRevision`, here and below: the journal's revision that the caller has seen; refused when
    /// an admin has changed the site since.
    case putGroup(GroupSpec, ifRevision: UInt64? = nil)
    case deleteGroup(GroupName)
    case applySite(SiteSpec, ifRevision: UInt64? = nil)
    /// The windows that follow from the site's rota, which whoever knows time zones works out.
    case setWindows(WindowTable)

    /// The connection of a waiting request is gone; nothing where its place has moved on since.
    case leaveLine(WaitTicket)
    /// A start: no connection of the former process is there any more.
    case dropConnections

    case setSeatLimit(Int?)
    case setClock(ClockMark)
    case raiseTokenFloor(UInt64)
    /// The configuration was read again, and these of its keys changed.
    case noteReload([String])
    /// Ends what is due and nothing else.
    case passTime
}

/// A request for a seat.
package struct GrantCommand: Equatable, Sendable {
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
    /// nil: an answer at once.
    package var wait: Wait?

    /// How long a request may wait for its seat, and in how long a line.
    package struct Wait: Equatable, Sendable {
        package var seconds: Int
        /// Most places in all, and most of one group.
        package var countMax: Int
        package var groupCountMax: Int

        package init(
            seconds: Int, countMax: Int = WaitingLimits.countMaxDefault,
            groupCountMax: Int = WaitingLimits.groupCountMaxDefault
        ) {
            self.seconds = seconds
            self.countMax = countMax
            self.groupCountMax = groupCountMax
        }
    }

    /// An idempotency key and what it was sent with.
    package struct Key: Equatable, Sendable {
        package var text: String
        package var fingerprint: UInt64

        package init(text: String, fingerprint: UInt64) {
            self.text = text
            self.fingerprint = fingerprint
        }
    }

    package init(
        id: LeaseID, subject: Subject, isVouched: Bool = false, pool: PoolName? = nil,
        group: GroupName? = nil, ttlSeconds: Int? = nil, key: Key? = nil, wait: Wait? = nil
    ) {
        self.id = id
        self.subject = subject
        self.isVouched = isVouched
        self.pool = pool
        self.group = group
        self.ttlSeconds = ttlSeconds
        self.key = key
        self.wait = wait
    }
}

/// When a drain begins.
package enum DrainStart: Equatable, Sendable {
    case now
    /// Milliseconds of the wall clock since the Unix epoch; the past is now.
    case at(wallMilliseconds: Int64)
    /// When the next window of a group that may use the pool ends.
    case windowEnd
}
