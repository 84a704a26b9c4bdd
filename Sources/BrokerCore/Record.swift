/// One change of the state, as the journal keeps it: what happened, not what was asked for, so that
/// a later version of the rules reads an old journal as it was written.
package enum Record: Equatable, Sendable {
    case clockSet(ClockMark)
    case seatLimitSet(Int?)
    /// No token given from now on is at or below this one (written by a restore).
    case tokenFloorSet(UInt64)

    /// A pool is new, or its specification changed; `revision` is its own.
    case poolPut(PoolSpec, revision: UInt64)
    case poolModeSet(PoolName, PoolMode, revision: UInt64)
    case poolRemoved(PoolName)
    case groupPut(GroupSpec)
    case groupRemoved(GroupName)
    /// The site's order after a change of the whole site.
    case siteOrdered(pools: [PoolName], groups: [GroupName])

    /// Patterned seats came up: `count` of them from `firstIndex`.
    case seatsAdded(PoolName, firstIndex: Int, count: Int)
    /// The listed seat at this position of its pool's specification is there (again).
    case seatListed(PoolName, position: Int)
    case seatRemoved(SeatName)
    /// A seat under lease goes when the lease ends, at `deadline` at the latest.
    case seatRetiring(SeatName, deadline: Instant, orphaned: Bool)
    /// A retiring seat stays after all.
    case seatReclaimed(SeatName)
    case seatCordonSet(SeatName, SeatCordon?)
    /// A cordon or drain of a seat was called off, for this reason if one was given.
    case seatOpened(SeatName, reason: String?)

    case leaseGranted(GrantedLease)
    case leaseRenewed(LeaseID, ttlDeadline: Instant)
    case leaseRevocationSet(LeaseID, deadline: Instant, reason: String)
    case leaseEnded(LeaseID, EndReason, detail: String?)

    case keyRemembered(KeyScope, RememberedKey)

    /// The rota is new, another, or gone.
    case rotaSet(RotaSpec?)
    /// When the group may enter, by the wall clock; nil: at any time. What is over stays for some
    /// days.
    case windowsSet(GroupName, [UTCWindow]?)
    /// How far the windows reach, and of which release of the time zones they are.
    case windowsReach(UnixTime, zones: String)
    /// The group's window has begun or is over.
    case turnSet(GroupName, Turn?)
    /// From now on the lease counts in another group of its holder, which is in turn.
    case leaseCharged(LeaseID, GroupName)
    /// The unix groups that count for a person, when they are others than the last time.
    case subjectSeen(HolderName, [UnixGroupName])

    case waitStarted(Waiter)
    /// A place has another connection, and waits for so long.
    case waitResumed(WaitTicket, ResumedWait)
    /// Nobody is connected to the place any more; it is kept until then.
    case waitAbsent(WaitTicket, until: Instant)
    case waitEnded(WaitTicket, WaitEnd, minutes: Int)
    /// Somebody was refused, which is written down once a minute and person.
    case refused(RefusedRequest)

    /// A change by hand was refused: nothing but the revision moves.
    case changeRefused(RefusedChange)
    /// The configuration was read again; these of its keys changed. Nothing but the revision moves.
    case configurationRead([String])
}

/// What a grant writes down.
package struct GrantedLease: Equatable, Sendable {
    package var id: LeaseID
    package var token: UInt64
    package var group: GroupName
    package var seat: SeatName
    package var holder: HolderName
    package var ttlDeadline: Instant
    package var grantedBy: String?
    package var vouched: [UnixGroupName]?
    /// What the request named; no part of the state, but of what a replay asks again.
    package var asked: AskedFor

    package init(
        id: LeaseID, token: UInt64, group: GroupName, seat: SeatName, holder: HolderName,
        ttlDeadline: Instant, grantedBy: String?, vouched: [UnixGroupName]?,
        asked: AskedFor = AskedFor()
    ) {
        self.asked = asked
        self.id = id
        self.token = token
        self.group = group
        self.seat = seat
        self.holder = holder
        self.ttlDeadline = ttlDeadline
        self.grantedBy = grantedBy
        self.vouched = vouched
    }
}

/// What a request for a seat named; nil where it left the choice.
package struct AskedFor: Equatable, Sendable {
    package var pool: PoolName?
    package var group: GroupName?
    package var ttlSeconds: Int?

    package init(pool: PoolName? = nil, group: GroupName? = nil, ttlSeconds: Int? = nil) {
        self.pool = pool
        self.group = group
        self.ttlSeconds = ttlSeconds
    }
}

/// For whom an idempotency key counts: two callers, or two holders, never share one.
package struct KeyScope: Hashable, Sendable {
    package var actor: String
    package var holder: HolderName

    package init(actor: String, holder: HolderName) {
        self.actor = actor
        self.holder = holder
    }
}

/// An idempotency key with the success that it stands for; refusals are not remembered.
package struct RememberedKey: Equatable, Sendable {
    package var key: String
    /// Of the request's body, to tell a repeat from another request.
    package var fingerprint: UInt64
    package var lease: LeaseID
    /// Whether the answer was a new lease (201) or one that was there (200).
    package var created: Bool
    package var at: Instant

    package init(key: String, fingerprint: UInt64, lease: LeaseID, created: Bool, at: Instant) {
        self.key = key
        self.fingerprint = fingerprint
        self.lease = lease
        self.created = created
        self.at = at
    }
}

/// A scope with a key of its own, oldest first.
struct KeyAge: Comparable, Sendable {
    var at: Instant
    var scope: KeyScope

    static func < (a: Self, b: Self) -> Bool {
        (a.at, a.scope.actor, a.scope.holder) < (b.at, b.scope.actor, b.scope.holder)
    }
}
