/// A place in the line: a request that waits for its seat.
package struct QueuePlace: WireObject {
    /// From 1: one more than `ahead`.
    package var place: Int
    package var holder: String
    /// Nil: whichever of its groups' pools has a seat first.
    package var pool: String?
    /// The group that it counts for: the first that can wait.
    package var group: String
    package var since: Timestamp
    /// When it has waited for as long as it asked to.
    package var expiresAt: Timestamp
    /// Whether its client is there; a place without one is passed by.
    package var connected: Bool
    /// How many before it wait for a seat that it could have.
    package var ahead: Int
    /// When its seat comes if every lease ends by itself; nil where that cannot be told.
    package var estimatedAt: Timestamp?

    package init(
        place: Int, holder: String, pool: String?, group: String, since: Timestamp,
        expiresAt: Timestamp, connected: Bool, ahead: Int, estimatedAt: Timestamp?
    ) {
        self.place = place
        self.holder = holder
        self.pool = pool
        self.group = group
        self.since = since
        self.expiresAt = expiresAt
        self.connected = connected
        self.ahead = ahead
        self.estimatedAt = estimatedAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        place = try object.required("place")
        holder = try object.required("holder")
        pool = try object.optional("pool")
        group = try object.required("group")
        since = try object.required("since")
        expiresAt = try object.required("expires_at")
        connected = try object.required("connected")
        ahead = try object.required("ahead")
        estimatedAt = try object.optional("estimated_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("place", place)
        writer.field("holder", holder)
        writer.field("pool", pool)
        writer.field("group", group)
        writer.field("since", since)
        writer.field("expires_at", expiresAt)
        writer.field("connected", connected)
        writer.field("ahead", ahead)
        writer.field("estimated_at", estimatedAt)
    }
}

/// One page of the line, in its order: the answer of `GET /v1/queue`.
package struct QueueList: WireObject {
    package var waiting: [QueuePlace]
    /// What to pass as `after` for the next page; nil at the end.
    package var next: String?

    package init(waiting: [QueuePlace], next: String? = nil) {
        self.waiting = waiting
        self.next = next
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        waiting = try object.required("waiting")
        next = try object.optional("next")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("waiting", waiting)
        writer.field("next", next)
    }
}

/// Data of the event `queue` of a request that waits: how it stands in the line.
package struct QueueNotice: WireObject {
    /// From 1: one more than `ahead`.
    package var place: Int
    /// How many before it wait for a seat that it could have.
    package var ahead: Int
    /// When its seat comes if every lease ends by itself; nil where that cannot be told.
    package var estimatedAt: Timestamp?
    /// When it has waited for as long as it asked to.
    package var expiresAt: Timestamp

    package init(place: Int, ahead: Int, estimatedAt: Timestamp?, expiresAt: Timestamp) {
        self.place = place
        self.ahead = ahead
        self.estimatedAt = estimatedAt
        self.expiresAt = expiresAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        place = try object.required("place")
        ahead = try object.required("ahead")
        estimatedAt = try object.optional("estimated_at")
        expiresAt = try object.required("expires_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("place", place)
        writer.field("ahead", ahead)
        writer.field("estimated_at", estimatedAt)
        writer.field("expires_at", expiresAt)
    }
}
