/// Whether a pool takes new leases.
package enum PoolState: String, WireEnum {
    case open
    case cordoned
    case draining
    case drained
}

/// What reports the state of a pool's seats.
package enum SeatDriverName: String, WireEnum {
    /// Nothing does: seats are taken to be up.
    case none
}

/// A pool: interchangeable seats leased as one.
package struct Pool: WireObject {
    package var name: String
    /// Seats that are there, retiring ones included.
    package var size: Int
    /// Seats that will be there when no retiring one is left.
    package var targetSize: Int
    package var state: PoolState
    /// Why it is cordoned or drained, or, while it is open, why it will be drained.
    package var reason: String?
    /// Who did or announced that.
    package var by: String?
    /// When a drain, present or to come, ends what is left; nil without one, and for one that waits
    /// for ever.
    package var deadlineAt: Timestamp?
    /// When a drain that is to come begins.
    package var drainStartsAt: Timestamp?
    /// Moves with changes by admins, never with grants.
    package var revision: Int
    package var seats: PoolSeats
    package var driver: SeatDriverName
    package var seatName: String?
    package var seatHost: String?
    package var seatURL: String?
    package var port: Int?
    package var seatProtocol: SeatProtocolName
    package var leaseTTLSeconds: Int
    package var leaseTTLSecondsMax: Int
    package var seatsListed: [ListedSeatSpec]

    package init(
        name: String, size: Int, targetSize: Int, state: PoolState, reason: String? = nil,
        by: String? = nil, deadlineAt: Timestamp? = nil, drainStartsAt: Timestamp? = nil,
        revision: Int, seats: PoolSeats, driver: SeatDriverName = .none, seatName: String? = nil,
        seatHost: String? = nil, seatURL: String? = nil, port: Int? = nil,
        seatProtocol: SeatProtocolName, leaseTTLSeconds: Int, leaseTTLSecondsMax: Int,
        seatsListed: [ListedSeatSpec] = []
    ) {
        self.name = name
        self.size = size
        self.targetSize = targetSize
        self.state = state
        self.reason = reason
        self.by = by
        self.deadlineAt = deadlineAt
        self.drainStartsAt = drainStartsAt
        self.revision = revision
        self.seats = seats
        self.driver = driver
        self.seatName = seatName
        self.seatHost = seatHost
        self.seatURL = seatURL
        self.port = port
        self.seatProtocol = seatProtocol
        self.leaseTTLSeconds = leaseTTLSeconds
        self.leaseTTLSecondsMax = leaseTTLSecondsMax
        self.seatsListed = seatsListed
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        size = try object.required("size")
        targetSize = try object.required("target_size")
        state = try object.required("state")
        reason = try object.optional("reason")
        by = try object.optional("by")
        deadlineAt = try object.optional("deadline_at")
        drainStartsAt = try object.optional("drain_starts_at")
        revision = try object.required("revision")
        seats = try object.required("seats")
        driver = try object.required("driver")
        seatName = try object.optional("seat_name")
        seatHost = try object.optional("seat_host")
        seatURL = try object.optional("seat_url")
        port = try object.optional("port", in: WireLimits.ports)
        seatProtocol = try object.required("protocol")
        leaseTTLSeconds = try object.required("lease_ttl_seconds")
        leaseTTLSecondsMax = try object.required("lease_ttl_max_seconds")
        seatsListed = try object.required("seats_listed")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("size", size)
        writer.field("target_size", targetSize)
        writer.field("state", state)
        writer.field("reason", reason)
        writer.field("by", by)
        writer.field("deadline_at", deadlineAt)
        writer.field("drain_starts_at", drainStartsAt)
        writer.field("revision", revision)
        writer.field("seats", seats)
        writer.field("driver", driver)
        writer.field("seat_name", seatName)
        writer.field("seat_host", seatHost)
        writer.field("seat_url", seatURL)
        writer.field("port", port)
        writer.field("protocol", seatProtocol)
        writer.field("lease_ttl_seconds", leaseTTLSeconds)
        writer.field("lease_ttl_max_seconds", leaseTTLSecondsMax)
        writer.field("seats_listed", seatsListed)
    }
}

/// How many seats of a pool are in which state; they add up to its size.
package struct PoolSeats: WireObject {
    package var available: Int
    package var leased: Int
    package var cleaning: Int
    package var starting: Int
    package var offline: Int
    package var quarantined: Int
    /// Those that would be available, were they not cordoned.
    package var cordoned: Int

    package init(
        available: Int, leased: Int, cleaning: Int = 0, starting: Int = 0, offline: Int = 0,
        quarantined: Int = 0, cordoned: Int = 0
    ) {
        self.available = available
        self.leased = leased
        self.cleaning = cleaning
        self.starting = starting
        self.offline = offline
        self.quarantined = quarantined
        self.cordoned = cordoned
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        available = try object.required("available")
        leased = try object.required("leased")
        cleaning = try object.required("cleaning")
        starting = try object.required("starting")
        offline = try object.required("offline")
        quarantined = try object.required("quarantined")
        cordoned = try object.required("cordoned")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("available", available)
        writer.field("leased", leased)
        writer.field("cleaning", cleaning)
        writer.field("starting", starting)
        writer.field("offline", offline)
        writer.field("quarantined", quarantined)
        writer.field("cordoned", cordoned)
    }
}

/// A seat that is named one by one instead of by its pool's pattern.
package struct ListedSeatSpec: WireObject {
    package var name: String
    /// Nil: the seat's name.
    package var host: String?
    /// Nil: the pool's port.
    package var port: Int?
    package var url: String?
    /// The only person who may have it; nil: everybody.
    package var agent: String?

    package init(
        name: String, host: String? = nil, port: Int? = nil, url: String? = nil,
        agent: String? = nil
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.url = url
        self.agent = agent
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        host = try object.optional("host")
        port = try object.optional("port", in: WireLimits.ports)
        url = try object.optional("url")
        agent = try object.optional("agent")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("host", host)
        writer.field("port", port)
        writer.field("url", url)
        writer.field("agent", agent)
    }
}

/// One page of pools, in the site's order.
package struct PoolList: WireObject {
    package var pools: [Pool]
    /// What to pass as `after` for the next page; nil at the end.
    package var next: String?

    package init(pools: [Pool], next: String? = nil) {
        self.pools = pools
        self.next = next
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        pools = try object.required("pools")
        next = try object.optional("next")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("pools", pools)
        writer.field("next", next)
    }
}
