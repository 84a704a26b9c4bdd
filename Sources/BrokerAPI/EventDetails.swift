/// What an event says beside names and leases: the few of these that its type has.
package struct EventDetails: WireObject {
    /// In the words of who did it.
    package var reason: String?
    /// Who closed a pool, or opened it again.
    package var by: String?
    /// When the leases that are left are ended; absent: they run out.
    package var deadlineAt: Timestamp?
    /// When a planned drain begins.
    package var startsAt: Timestamp?
    /// A pool's own revision.
    package var poolRevision: Int?
    package var targetSize: Int?
    /// The index of the first of several seats.
    package var firstIndex: Int?
    package var count: Int?
    /// The most leases of a group; absent: no limit.
    package var quota: Int?
    package var members: [String]?
    package var pools: [String]?
    package var groups: [String]?
    package var slots: [String]?
    package var timezone: String?
    /// When the group's window ends, or has ended.
    package var endsAt: Timestamp?
    /// A place in the line, by its number.
    package var place: Int?
    /// How long a place waits at the longest.
    package var expiresAt: Timestamp?
    /// Why a place ended: `granted`, `expired`, `refused`, `left`.
    package var outcome: String?
    package var waitedMinutes: Int?
    /// The slug of what refused a request or a change.
    package var rule: String?
    /// What a refused change was to do: `pool-resize`, `site-apply` and so on.
    package var change: String?
    /// The lease that a refused change was about.
    package var leaseID: String?
    /// Most seats of all pools; absent: no limit.
    package var seatLimit: Int?
    /// The keys of the configuration that have changed.
    package var keys: [String]?
    /// How far the wall clock was set forward.
    package var steppedMilliseconds: Int?
    /// No token that is given from now on is at or below this one.
    package var tokenFloor: Int?

    package init() {}

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        reason = try object.optional("reason")
        by = try object.optional("by")
        deadlineAt = try object.optional("deadline_at")
        startsAt = try object.optional("starts_at")
        poolRevision = try object.optional("pool_revision")
        targetSize = try object.optional("target_size")
        firstIndex = try object.optional("first_index")
        count = try object.optional("count")
        quota = try object.optional("quota")
        members = try object.optional("members")
        pools = try object.optional("pools")
        groups = try object.optional("groups")
        slots = try object.optional("slots")
        timezone = try object.optional("timezone")
        endsAt = try object.optional("ends_at")
        place = try object.optional("place")
        expiresAt = try object.optional("expires_at")
        outcome = try object.optional("outcome")
        waitedMinutes = try object.optional("waited_minutes")
        rule = try object.optional("rule")
        change = try object.optional("change")
        leaseID = try object.optional("lease_id")
        seatLimit = try object.optional("seat_limit")
        keys = try object.optional("keys")
        steppedMilliseconds = try object.optional("stepped_milliseconds")
        tokenFloor = try object.optional("token_floor")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.fieldIfPresent("reason", reason)
        writer.fieldIfPresent("by", by)
        writer.fieldIfPresent("deadline_at", deadlineAt)
        writer.fieldIfPresent("starts_at", startsAt)
        writer.fieldIfPresent("pool_revision", poolRevision)
        writer.fieldIfPresent("target_size", targetSize)
        writer.fieldIfPresent("first_index", firstIndex)
        writer.fieldIfPresent("count", count)
        writer.fieldIfPresent("quota", quota)
        writer.fieldIfPresent("members", members)
        writer.fieldIfPresent("pools", pools)
        writer.fieldIfPresent("groups", groups)
        writer.fieldIfPresent("slots", slots)
        writer.fieldIfPresent("timezone", timezone)
        writer.fieldIfPresent("ends_at", endsAt)
        writer.fieldIfPresent("place", place)
        writer.fieldIfPresent("expires_at", expiresAt)
        writer.fieldIfPresent("outcome", outcome)
        writer.fieldIfPresent("waited_minutes", waitedMinutes)
        writer.fieldIfPresent("rule", rule)
        writer.fieldIfPresent("change", change)
        writer.fieldIfPresent("lease_id", leaseID)
        writer.fieldIfPresent("seat_limit", seatLimit)
        writer.fieldIfPresent("keys", keys)
        writer.fieldIfPresent("stepped_milliseconds", steppedMilliseconds)
        writer.fieldIfPresent("token_floor", tokenFloor)
    }
}

/// The last event of a stream that the daemon ends by itself: the reader was too slow, or what it
/// was to read is gone.
package struct EventsDropped: WireObject {
    /// Everything up to here was sent: go on from there.
    package var revision: Int
    package var detail: String

    package init(revision: Int, detail: String) {
        self.revision = revision
        self.detail = detail
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        revision = try object.required("revision")
        detail = try object.required("detail")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("revision", revision)
        writer.field("detail", detail)
    }
}
