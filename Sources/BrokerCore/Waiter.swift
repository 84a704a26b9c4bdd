/// How long the line may grow and how long a place in it is kept, each with its reason.
package enum WaitingLimits {
    /// Every agent of a house of 5,000 at once.
    package static let countMaxDefault = 5_000
    /// A group's whole line: three times the 300 that take turns.
    package static let groupCountMaxDefault = 1_000
    /// Half a day: whoever waits longer is better told when to come back.
    package static let secondsMax = 43_200
    /// How long a place with an idempotency key is kept without a connection: the restart of a
    /// daemon, or a laptop that changes its network.
    package static let absenceSeconds = 30
    /// For how long waiting and refusals count between people who come in the same second.
    package static let accountDays = 14
}

/// A connection to a place in the line: a place can change hands.
package struct WaitTicket: Hashable, Sendable {
    /// The place: the journal's revision of its start.
    package var number: UInt64
    /// The revision of the connection's own start.
    package var connection: UInt64

    package init(number: UInt64, connection: UInt64) {
        self.number = number
        self.connection = connection
    }
}

/// A place in the line, with the request that waits there.
package struct Waiter: Equatable, Sendable {
    /// Its place; its revisions are those of the records that made it.
    package var ticket: WaitTicket
    package var since: Instant
    /// When it has waited for long enough.
    package var until: Instant
    /// Nobody is connected: how long the place is kept.
    package var absentUntil: Instant?
    /// Minutes of waiting and refusals in the account when it came.
    package var credit: Int
    /// The group that it counts for: the first that can wait.
    package var group: GroupName
    package var actor: Actor
    /// The request; its `wait` is nil.
    package var request: GrantCommand

    package init(
        ticket: WaitTicket, since: Instant, until: Instant, absentUntil: Instant? = nil,
        credit: Int, group: GroupName, actor: Actor, request: GrantCommand
    ) {
        self.ticket = ticket
        self.since = since
        self.until = until
        self.absentUntil = absentUntil
        self.credit = credit
        self.group = group
        self.actor = actor
        self.request = request
    }
}

/// What a new connection to a place brings along.
package struct ResumedWait: Equatable, Sendable {
    package var until: Instant
    package var actor: Actor
    package var request: GrantCommand

    package init(until: Instant, actor: Actor, request: GrantCommand) {
        self.until = until
        self.actor = actor
        self.request = request
    }
}

/// Why a place in the line is no more.
package enum WaitEnd: UInt8, CaseIterable, Sendable {
    /// It has its lease, a new one or one that was there.
    case granted = 1
    /// Its time was over.
    case expired = 2
    /// A rule that cannot be waited for fails: its pool was closed, or its group is gone.
    case refused = 3
    /// Its connection went, and nobody came back.
    case left = 4
}

/// What a place in the line looks like from outside.
package struct WaitView: Equatable, Sendable {
    package var ticket: WaitTicket
    package var holder: HolderName
    package var pool: PoolName?
    package var group: GroupName
    package var since: Instant
    package var until: Instant
    package var isConnected: Bool
    /// How many before it wait for a seat that it could have.
    package var ahead: Int
    /// When, if every lease ends by itself, its seat comes; nil where that cannot be told.
    package var estimate: Instant?
}

/// A request that was refused, for the accounts and for a replay.
package struct RefusedRequest: Equatable, Sendable {
    package var holder: HolderName
    /// The group that came closest; nil: none is entitled.
    package var group: GroupName?
    package var rule: Rule
    package var pool: PoolName?
    package var ttlSeconds: Int?
    package var waitSeconds: Int?

    package init(
        holder: HolderName, group: GroupName?, rule: Rule, pool: PoolName?, ttlSeconds: Int?,
        waitSeconds: Int?
    ) {
        self.holder = holder
        self.group = group
        self.rule = rule
        self.pool = pool
        self.ttlSeconds = ttlSeconds
        self.waitSeconds = waitSeconds
    }
}

/// Minutes in which a person waited for a group's seat, or was refused it, by day.
package struct Account: Equatable, Sendable {
    /// Days since the Unix epoch by the wall clock in UTC, oldest first.
    package var days: [Day]
    /// The last minute in which a refusal counted, since the Unix epoch, so that none counts twice.
    package var refusedMinute: Int64

    /// One day's sum.
    package struct Day: Equatable, Sendable {
        package var day: Int64
        package var minutes: Int

        package init(day: Int64, minutes: Int) {
            self.day = day
            self.minutes = minutes
        }
    }

    package init(days: [Day] = [], refusedMinute: Int64 = 0) {
        self.days = days
        self.refusedMinute = refusedMinute
    }
}

/// Whose account it is.
package struct AccountKey: Hashable, Comparable, Sendable {
    package var holder: HolderName
    package var group: GroupName

    package init(holder: HolderName, group: GroupName) {
        self.holder = holder
        self.group = group
    }

    package static func < (a: Self, b: Self) -> Bool {
        (a.holder, a.group) < (b.holder, b.group)
    }
}
