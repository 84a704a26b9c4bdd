/// What a seat is doing.
package enum SeatState: String, WireEnum {
    case available
    case leased
    case cleaning
    case starting
    case offline
    case quarantined
}

/// One desktop, the unit of leasing.
package struct Seat: WireObject {
    package var name: String
    package var pool: String
    package var state: SeatState
    /// Beside the state: a leased seat can be both.
    package var cordoned: Bool
    package var host: String?
    package var port: Int?
    package var seatProtocol: SeatProtocolName
    package var url: String?
    /// The fencing token of its last grant; 0 before the first.
    package var token: Int
    /// The live lease on it.
    package var lease: String?
    package var holder: String?
    /// Why it is cordoned or will be drained, or what is wrong with it.
    package var reason: String?
    /// When a drain of this seat, present or to come, ends its lease at the latest.
    package var deadlineAt: Timestamp?
    /// When a drain of this seat that is to come begins.
    package var drainStartsAt: Timestamp?

    package init(
        name: String, pool: String, state: SeatState, cordoned: Bool, host: String?, port: Int?,
        seatProtocol: SeatProtocolName, url: String? = nil, token: Int, lease: String? = nil,
        holder: String? = nil, reason: String? = nil, deadlineAt: Timestamp? = nil,
        drainStartsAt: Timestamp? = nil
    ) {
        self.name = name
        self.pool = pool
        self.state = state
        self.cordoned = cordoned
        self.host = host
        self.port = port
        self.seatProtocol = seatProtocol
        self.url = url
        self.token = token
        self.lease = lease
        self.holder = holder
        self.reason = reason
        self.deadlineAt = deadlineAt
        self.drainStartsAt = drainStartsAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        pool = try object.required("pool")
        state = try object.required("state")
        cordoned = try object.required("cordoned")
        host = try object.optional("host")
        port = try object.optional("port", in: WireLimits.ports)
        seatProtocol = try object.required("protocol")
        url = try object.optional("url")
        token = try object.required("token")
        lease = try object.optional("lease")
        holder = try object.optional("holder")
        reason = try object.optional("reason")
        deadlineAt = try object.optional("deadline_at")
        drainStartsAt = try object.optional("drain_starts_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("pool", pool)
        writer.field("state", state)
        writer.field("cordoned", cordoned)
        writer.field("host", host)
        writer.field("port", port)
        writer.field("protocol", seatProtocol)
        writer.field("url", url)
        writer.field("token", token)
        writer.field("lease", lease)
        writer.field("holder", holder)
        writer.field("reason", reason)
        writer.field("deadline_at", deadlineAt)
        writer.field("drain_starts_at", drainStartsAt)
    }
}

/// One page of seats, in the site's order.
package struct SeatList: WireObject {
    package var seats: [Seat]
    /// What to pass as `after` for the next page; nil at the end.
    package var next: String?

    package init(seats: [Seat], next: String? = nil) {
        self.seats = seats
        self.next = next
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        seats = try object.required("seats")
        next = try object.optional("next")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("seats", seats)
        writer.field("next", next)
    }
}
