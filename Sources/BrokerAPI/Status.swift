/// What the daemon is up to.
package enum ServiceState: String, WireEnum {
    case serving
    /// The store takes no more records: reads go on, and so do releases.
    case readOnly = "read-only"
    case stopping
}

/// Answer of `GET /v1/status`.
package struct Status: WireObject {
    package var version: String
    /// Names the state among all others; the same over restarts.
    package var instance: String
    package var now: Timestamp
    package var startedAt: Timestamp
    package var state: ServiceState
    package var seats: StatusSeats
    package var pools: [StatusPool]
    package var groups: [StatusGroup]
    package var queue: StatusQueue
    /// Nil: the site has none.
    package var rota: StatusRota?
    package var store: StatusStore
    /// Nil: there is none.
    package var history: StatusHistory?

    package init(
        version: String, instance: String, now: Timestamp, startedAt: Timestamp,
        state: ServiceState, seats: StatusSeats, pools: [StatusPool], groups: [StatusGroup],
        queue: StatusQueue = StatusQueue(), rota: StatusRota? = nil, store: StatusStore,
        history: StatusHistory? = nil
    ) {
        self.version = version
        self.instance = instance
        self.now = now
        self.startedAt = startedAt
        self.state = state
        self.seats = seats
        self.pools = pools
        self.groups = groups
        self.queue = queue
        self.rota = rota
        self.store = store
        self.history = history
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        version = try object.required("version")
        instance = try object.required("instance")
        now = try object.required("now")
        startedAt = try object.required("started_at")
        state = try object.required("state")
        seats = try object.required("seats")
        pools = try object.required("pools")
        groups = try object.required("groups")
        queue = try object.required("queue")
        rota = try object.optional("rota")
        store = try object.required("store")
        history = try object.optional("history")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("version", version)
        writer.field("instance", instance)
        writer.field("now", now)
        writer.field("started_at", startedAt)
        writer.field("state", state)
        writer.field("seats", seats)
        writer.field("pools", pools)
        writer.field("groups", groups)
        writer.field("queue", queue)
        writer.field("rota", rota)
        writer.field("store", store)
        writer.field("history", history)
    }
}

/// The seats of all pools together.
package struct StatusSeats: WireObject {
    /// The licence count; nil: no limit.
    package var limit: Int?
    package var total: Int
    package var counts: PoolSeats

    package init(limit: Int?, total: Int, counts: PoolSeats) {
        self.limit = limit
        self.total = total
        self.counts = counts
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        limit = try object.optional("limit")
        total = try object.required("total")
        counts = try PoolSeats(from: &object)
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("limit", limit)
        writer.field("total", total)
        counts.writeFields(to: &writer)
    }
}

/// One pool in the overview.
package struct StatusPool: WireObject {
    package var name: String
    package var state: PoolState
    package var size: Int
    package var leased: Int
    package var available: Int
    /// Why it is cordoned or drained, or, while it is open, why it will be drained.
    package var reason: String?
    /// Who did or announced that. Nil on the monitoring listener, which names no people.
    package var by: String?
    package var deadlineAt: Timestamp?
    /// When a drain that is to come begins.
    package var drainStartsAt: Timestamp?

    package init(
        name: String, state: PoolState, size: Int, leased: Int, available: Int,
        reason: String? = nil, by: String? = nil, deadlineAt: Timestamp? = nil,
        drainStartsAt: Timestamp? = nil
    ) {
        self.name = name
        self.state = state
        self.size = size
        self.leased = leased
        self.available = available
        self.reason = reason
        self.by = by
        self.deadlineAt = deadlineAt
        self.drainStartsAt = drainStartsAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        state = try object.required("state")
        size = try object.required("size")
        leased = try object.required("leased")
        available = try object.required("available")
        reason = try object.optional("reason")
        by = try object.optional("by")
        deadlineAt = try object.optional("deadline_at")
        drainStartsAt = try object.optional("drain_starts_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("state", state)
        writer.field("size", size)
        writer.field("leased", leased)
        writer.field("available", available)
        writer.field("reason", reason)
        writer.field("by", by)
        writer.field("deadline_at", deadlineAt)
        writer.field("drain_starts_at", drainStartsAt)
    }
}

/// One group in the overview.
package struct StatusGroup: WireObject {
    package var name: String
    package var used: Int
    /// Nil: no limit.
    package var quota: Int?
    /// Places in the line that count for it.
    package var waiting: Int
    package var open: Bool
    package var closesAt: Timestamp?
    package var opensAt: Timestamp?

    package init(
        name: String, used: Int, quota: Int?, waiting: Int = 0, open: Bool = true,
        closesAt: Timestamp? = nil, opensAt: Timestamp? = nil
    ) {
        self.waiting = waiting
        self.name = name
        self.used = used
        self.quota = quota
        self.open = open
        self.closesAt = closesAt
        self.opensAt = opensAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        used = try object.required("used")
        quota = try object.optional("quota")
        waiting = try object.optional("waiting") ?? 0
        open = try object.required("open")
        closesAt = try object.optional("closes_at")
        opensAt = try object.optional("opens_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("used", used)
        writer.field("quota", quota)
        writer.field("waiting", waiting)
        writer.field("open", open)
        writer.field("closes_at", closesAt)
        writer.field("opens_at", opensAt)
    }
}

/// The waiting line.
package struct StatusQueue: WireObject {
    package var waiting: Int
    package var oldestSeconds: Int

    package init(waiting: Int = 0, oldestSeconds: Int = 0) {
        self.waiting = waiting
        self.oldestSeconds = oldestSeconds
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        waiting = try object.required("waiting")
        oldestSeconds = try object.required("oldest_seconds")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("waiting", waiting)
        writer.field("oldest_seconds", oldestSeconds)
    }
}

/// Where the windows come from.
package struct StatusRota: WireObject {
    package var timezone: String
    /// The release of the zones; empty where the system does not say.
    package var tzdata: String
    /// How far the windows are known.
    package var reachesUntil: Timestamp?

    package init(timezone: String, tzdata: String, reachesUntil: Timestamp?) {
        self.timezone = timezone
        self.tzdata = tzdata
        self.reachesUntil = reachesUntil
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        timezone = try object.required("timezone")
        tzdata = try object.required("tzdata")
        reachesUntil = try object.optional("reaches_until")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("timezone", timezone)
        writer.field("tzdata", tzdata)
        writer.field("reaches_until", reachesUntil)
    }
}

/// How the history stands to the journal.
package struct StatusHistory: WireObject {
    /// What it does.
    package enum State: String, WireEnum {
        /// It holds what the journal holds.
        case current
        /// It is being made of the journal.
        case behind
        /// It takes nothing for now.
        case failed
    }

    package var state: State
    /// The journal's revision up to which it goes.
    package var revision: Int
    /// Why it takes nothing, or why it is made anew.
    package var reason: String?

    package init(state: State, revision: Int, reason: String?) {
        self.state = state
        self.revision = revision
        self.reason = reason
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        state = try object.required("state")
        revision = try object.required("revision")
        reason = try object.optional("reason")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("state", state)
        writer.field("revision", revision)
        writer.field("reason", reason)
    }
}

/// Where the state is kept.
package struct StatusStore: WireObject {
    package var kind: String
    /// How many records the journal has had.
    package var revision: Int
    /// The disk is so full that only releases are still taken.
    package var lowSpace: Bool
    /// The database's size, what its file system has left for the daemon, and what that holds at
    /// all; nil where the system does not say.
    package var databaseBytes: Int?
    package var freeBytes: Int?
    package var capacityBytes: Int?
    /// How long ago the writer last went round; more than a second where the disk is slow or hangs.
    package var writerSilenceSeconds: Int

    package init(
        kind: String, revision: Int, lowSpace: Bool = false, databaseBytes: Int? = nil,
        freeBytes: Int? = nil, capacityBytes: Int? = nil, writerSilenceSeconds: Int = 0
    ) {
        self.kind = kind
        self.revision = revision
        self.lowSpace = lowSpace
        self.databaseBytes = databaseBytes
        self.freeBytes = freeBytes
        self.capacityBytes = capacityBytes
        self.writerSilenceSeconds = writerSilenceSeconds
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        kind = try object.required("kind")
        revision = try object.required("revision")
        lowSpace = try object.optional("low_space") ?? false
        databaseBytes = try object.optional("database_bytes")
        freeBytes = try object.optional("free_bytes")
        capacityBytes = try object.optional("capacity_bytes")
        writerSilenceSeconds = try object.optional("writer_silence_seconds") ?? 0
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("kind", kind)
        writer.field("revision", revision)
        writer.field("low_space", lowSpace)
        writer.field("database_bytes", databaseBytes)
        writer.field("free_bytes", freeBytes)
        writer.field("capacity_bytes", capacityBytes)
        writer.field("writer_silence_seconds", writerSilenceSeconds)
    }
}
