/// Where a lease stands in its life.
package enum LeaseState: String, WireEnum {
    case active
    /// A window's end, a drain or a revocation has set a deadline that the holder cannot move.
    case ending
    case ended
}

/// Why a lease ended, or why it is about to.
package enum LeaseEndReason: String, WireEnum {
    case released
    case expired
    case revoked
    case windowClosed = "window-closed"
    case drained
    case seatFailed = "seat-failed"
}

/// How a desktop is reached.
package enum SeatProtocolName: String, WireEnum {
    case rdp
    case vnc
    case spice
    case ssh
    case url
}

/// A time-limited right to a seat.
package struct Lease: WireObject {
    package var id: String
    /// The fencing token: it grows with every grant of the seat.
    package var token: Int
    package var state: LeaseState
    package var pool: String
    /// The group whose quota it counts in.
    package var group: String
    package var holder: String
    package var seat: LeaseSeat
    package var grantedAt: Timestamp
    package var expiresAt: Timestamp
    /// When the window that let the holder in closes; nil for a group without windows.
    package var windowEndsAt: Timestamp?
    /// Why the state is `ending`; nil in every other state.
    package var endingReason: LeaseEndReason?
    package var endedAt: Timestamp?
    package var endReason: LeaseEndReason?
    /// Why it ends or ended, in the words that an admin gave.
    package var detail: String?

    package init(
        id: String, token: Int, state: LeaseState, pool: String, group: String, holder: String,
        seat: LeaseSeat, grantedAt: Timestamp, expiresAt: Timestamp,
        windowEndsAt: Timestamp? = nil, endingReason: LeaseEndReason? = nil,
        endedAt: Timestamp? = nil, endReason: LeaseEndReason? = nil, detail: String? = nil
    ) {
        self.id = id
        self.token = token
        self.state = state
        self.pool = pool
        self.group = group
        self.holder = holder
        self.seat = seat
        self.grantedAt = grantedAt
        self.expiresAt = expiresAt
        self.windowEndsAt = windowEndsAt
        self.endingReason = endingReason
        self.endedAt = endedAt
        self.endReason = endReason
        self.detail = detail
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        id = try object.required("id")
        token = try object.required("token")
        state = try object.required("state")
        pool = try object.required("pool")
        group = try object.required("group")
        holder = try object.required("holder")
        seat = try object.required("seat")
        grantedAt = try object.required("granted_at")
        expiresAt = try object.required("expires_at")
        windowEndsAt = try object.optional("window_ends_at")
        endingReason = try object.optional("ending_reason")
        endedAt = try object.optional("ended_at")
        endReason = try object.optional("end_reason")
        detail = try object.optional("detail")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("token", token)
        writer.field("state", state)
        writer.field("pool", pool)
        writer.field("group", group)
        writer.field("holder", holder)
        writer.field("seat", seat)
        writer.field("granted_at", grantedAt)
        writer.field("expires_at", expiresAt)
        writer.field("window_ends_at", windowEndsAt)
        writer.field("ending_reason", endingReason)
        writer.field("ended_at", endedAt)
        writer.field("end_reason", endReason)
        writer.field("detail", detail)
    }
}

/// The seat of a lease: enough to connect to it.
package struct LeaseSeat: WireObject {
    package var name: String
    /// Nil for the protocol `url`.
    package var host: String?
    /// Nil for the protocol `url`.
    package var port: Int?
    package var seatProtocol: SeatProtocolName
    /// Only with the protocol `url`.
    package var url: String?

    package init(
        name: String, host: String?, port: Int?, seatProtocol: SeatProtocolName, url: String? = nil
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.seatProtocol = seatProtocol
        self.url = url
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        host = try object.optional("host")
        port = try object.optional("port", in: WireLimits.ports)
        seatProtocol = try object.required("protocol")
        url = try object.optional("url")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("host", host)
        writer.field("port", port)
        writer.field("protocol", seatProtocol)
        writer.field("url", url)
    }
}

/// One page of leases, in the order in which they were granted.
package struct LeaseList: WireObject {
    package var leases: [Lease]
    /// What to pass as `after` for the next page; nil at the end.
    package var next: String?

    package init(leases: [Lease], next: String? = nil) {
        self.leases = leases
        self.next = next
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        leases = try object.required("leases")
        next = try object.optional("next")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("leases", leases)
        writer.field("next", next)
    }
}
