/// When a drain begins, where that is not at once.
package enum DrainTime: WireValue, Equatable {
    /// The past is now.
    case instant(Timestamp)
    /// When the next window of a group that may use the pool ends.
    case windowEnd

    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .string(let text) = json else {
            throw place.error(.jsonMustBeString(not: json.kind))
        }
        if text == "window-end" {
            self = .windowEnd
        } else if let instant = Timestamp(text: text) {
            self = .instant(instant)
        } else {
            throw place.error(.jsonDrainTime)
        }
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .instant(let instant): writer.string(instant.text)
        case .windowEnd: writer.string("window-end")
        }
    }
}

/// Body of `POST /v1/pools/{p}/drain`.
package struct DrainRequest: WireObject {
    package var reason: String
    /// So long after the start, what is left is ended; nil: leases run out by themselves.
    package var deadlineSeconds: Int?
    /// Nil: at once.
    package var at: DrainTime?
    /// Answers the forecast and changes nothing.
    package var dryRun: Bool
    /// The pool's revision that the caller has seen; any other refuses. Nil: whatever it is.
    package var ifRevision: Int?

    package init(
        reason: String, deadlineSeconds: Int? = nil, at: DrainTime? = nil, dryRun: Bool = false,
        ifRevision: Int? = nil
    ) {
        self.reason = reason
        self.deadlineSeconds = deadlineSeconds
        self.at = at
        self.dryRun = dryRun
        self.ifRevision = ifRevision
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        reason = try object.reason("reason")
        deadlineSeconds =
            try object.optional("deadline_seconds", in: 0...WireLimits.durationSecondsMax)
        at = try object.optional("at")
        dryRun = try object.optional("dry_run") ?? false
        ifRevision = try object.optional("if_revision", in: 0...wireIntMax)
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("reason", reason)
        writer.field("deadline_seconds", deadlineSeconds)
        writer.fieldIfPresent("at", at)
        writer.field("dry_run", dryRun)
        writer.fieldIfPresent("if_revision", ifRevision)
    }
}

/// Body of `POST /v1/seats/{s}/drain`: as that of a pool, and a seat has no revision.
package struct SeatDrainRequest: WireObject {
    package var reason: String
    /// So long after the start, its lease is ended; nil: it runs out by itself.
    package var deadlineSeconds: Int?
    /// Nil: at once.
    package var at: DrainTime?
    /// Answers the forecast and changes nothing.
    package var dryRun: Bool

    package init(
        reason: String, deadlineSeconds: Int? = nil, at: DrainTime? = nil, dryRun: Bool = false
    ) {
        self.reason = reason
        self.deadlineSeconds = deadlineSeconds
        self.at = at
        self.dryRun = dryRun
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        reason = try object.reason("reason")
        deadlineSeconds =
            try object.optional("deadline_seconds", in: 0...WireLimits.durationSecondsMax)
        at = try object.optional("at")
        dryRun = try object.optional("dry_run") ?? false
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("reason", reason)
        writer.field("deadline_seconds", deadlineSeconds)
        writer.fieldIfPresent("at", at)
        writer.field("dry_run", dryRun)
    }
}

/// What a drain does, or would do, to the leases that are there.
package struct DrainForecast: WireObject {
    /// Nil: at once.
    package var startsAt: Timestamp?
    /// Nil: no deadline.
    package var deadlineAt: Timestamp?
    /// Leases that are live now.
    package var leases: Int
    /// How many end by themselves at which instant, the earliest first, up to the deadline.
    package var ends: [DrainEnd]
    /// How many are left at the deadline, and are ended then.
    package var cutAtDeadline: Int
    /// Those, in the order of their grants.
    package var displaced: [Lease]
    /// When, within the week from its start, the groups' quotas go beyond the seats that are left.
    package var shortfalls: [Shortfall]
    /// There is no deadline: leases run out, or are renewed, for as long as their holders like.
    package var waitsForEver: Bool

    package init(
        startsAt: Timestamp? = nil, deadlineAt: Timestamp?, leases: Int, ends: [DrainEnd],
        cutAtDeadline: Int, displaced: [Lease] = [], shortfalls: [Shortfall] = [],
        waitsForEver: Bool
    ) {
        self.startsAt = startsAt
        self.deadlineAt = deadlineAt
        self.leases = leases
        self.ends = ends
        self.cutAtDeadline = cutAtDeadline
        self.displaced = displaced
        self.shortfalls = shortfalls
        self.waitsForEver = waitsForEver
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        startsAt = try object.optional("starts_at")
        deadlineAt = try object.optional("deadline_at")
        leases = try object.required("leases")
        ends = try object.required("ends")
        cutAtDeadline = try object.required("cut_at_deadline")
        displaced = try object.required("displaced")
        shortfalls = try object.required("shortfalls")
        waitsForEver = try object.required("waits_for_ever")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("starts_at", startsAt)
        writer.field("deadline_at", deadlineAt)
        writer.field("leases", leases)
        writer.field("ends", ends)
        writer.field("cut_at_deadline", cutAtDeadline)
        writer.field("displaced", displaced)
        writer.field("shortfalls", shortfalls)
        writer.field("waits_for_ever", waitsForEver)
    }
}

/// How many leases end at one instant.
package struct DrainEnd: WireObject {
    package var at: Timestamp
    package var count: Int

    package init(at: Timestamp, count: Int) {
        self.at = at
        self.count = count
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        at = try object.required("at")
        count = try object.required("count")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("at", at)
        writer.field("count", count)
    }
}
