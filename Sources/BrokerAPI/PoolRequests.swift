/// Body of `POST /v1/pools`: the pool as the site file has it.
package struct PoolCreateRequest: WireObject {
    package var name: String
    /// Nil: the number of seats listed.
    package var size: Int?
    package var driver: SeatDriverName?
    package var seatName: String?
    package var seatHost: String?
    package var seatURL: String?
    package var port: Int?
    package var seatProtocol: SeatProtocolName?
    package var leaseTTLSeconds: Int?
    package var leaseTTLSecondsMax: Int?
    package var seats: [ListedSeatSpec]

    package init(
        name: String, size: Int? = nil, driver: SeatDriverName? = nil, seatName: String? = nil,
        seatHost: String? = nil, seatURL: String? = nil, port: Int? = nil,
        seatProtocol: SeatProtocolName? = nil, leaseTTLSeconds: Int? = nil,
        leaseTTLSecondsMax: Int? = nil, seats: [ListedSeatSpec] = []
    ) {
        self.name = name
        self.size = size
        self.driver = driver
        self.seatName = seatName
        self.seatHost = seatHost
        self.seatURL = seatURL
        self.port = port
        self.seatProtocol = seatProtocol
        self.leaseTTLSeconds = leaseTTLSeconds
        self.leaseTTLSecondsMax = leaseTTLSecondsMax
        self.seats = seats
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        let seconds = 1...WireLimits.durationSecondsMax
        name = try object.required("name")
        size = try object.optional("size", in: 0...WireLimits.poolSizeMax)
        driver = try object.optional("driver")
        seatName = try object.optional("seat_name")
        seatHost = try object.optional("seat_host")
        seatURL = try object.optional("seat_url")
        port = try object.optional("port", in: WireLimits.ports)
        seatProtocol = try object.optional("protocol")
        leaseTTLSeconds = try object.optional("lease_ttl_seconds", in: seconds)
        leaseTTLSecondsMax = try object.optional("lease_ttl_max_seconds", in: seconds)
        seats = try object.optional("seats") ?? []
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.fieldIfPresent("size", size)
        writer.fieldIfPresent("driver", driver)
        writer.fieldIfPresent("seat_name", seatName)
        writer.fieldIfPresent("seat_host", seatHost)
        writer.fieldIfPresent("seat_url", seatURL)
        writer.fieldIfPresent("port", port)
        writer.fieldIfPresent("protocol", seatProtocol)
        writer.fieldIfPresent("lease_ttl_seconds", leaseTTLSeconds)
        writer.fieldIfPresent("lease_ttl_max_seconds", leaseTTLSecondsMax)
        writer.fieldIfPresent("seats", seats.isEmpty ? nil : seats)
    }
}

/// Body of `POST /v1/pools/{p}/resize`.
package struct ResizeRequest: WireObject {
    package var size: Int
    /// Answers the plan and changes nothing.
    package var dryRun: Bool
    /// The pool's revision that the caller has seen; any other refuses. Nil: whatever it is.
    package var ifRevision: Int?

    package init(size: Int, dryRun: Bool = false, ifRevision: Int? = nil) {
        self.size = size
        self.dryRun = dryRun
        self.ifRevision = ifRevision
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        size = try object.required("size", in: 0...WireLimits.poolSizeMax)
        dryRun = try object.optional("dry_run") ?? false
        ifRevision = try object.optional("if_revision", in: 0...wireIntMax)
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("size", size)
        writer.field("dry_run", dryRun)
        writer.fieldIfPresent("if_revision", ifRevision)
    }
}

/// What a resize does, or would do.
package struct ResizePlan: WireObject {
    /// Seats that are there now, retiring ones included.
    package var size: Int
    package var targetSize: Int
    /// Seats that were taken away at once, being free.
    package var retired: Int
    /// Leases whose seats go when they end; they cannot be extended.
    package var displaced: [Lease]
    /// When the last of those has ended at the latest; nil when nobody is displaced.
    package var completeBy: Timestamp?
    /// When, from now on, the groups' quotas go beyond the seats.
    package var shortfalls: [Shortfall]

    package init(
        size: Int, targetSize: Int, retired: Int, displaced: [Lease], completeBy: Timestamp?,
        shortfalls: [Shortfall] = []
    ) {
        self.size = size
        self.targetSize = targetSize
        self.retired = retired
        self.displaced = displaced
        self.completeBy = completeBy
        self.shortfalls = shortfalls
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        size = try object.required("size")
        targetSize = try object.required("target_size")
        retired = try object.required("retired")
        displaced = try object.required("displaced")
        completeBy = try object.optional("complete_by")
        shortfalls = try object.required("shortfalls")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("size", size)
        writer.field("target_size", targetSize)
        writer.field("retired", retired)
        writer.field("displaced", displaced)
        writer.field("complete_by", completeBy)
        writer.field("shortfalls", shortfalls)
    }
}

/// Body of `POST …/cordon`, of a pool or a seat.
package struct CordonRequest: WireObject {
    package var reason: String

    package init(reason: String) { self.reason = reason }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        reason = try object.reason("reason")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("reason", reason)
    }
}

/// Body of `POST …/uncordon`, of a pool or a seat, which may be absent.
package struct UncordonRequest: WireObject {
    /// For the journal.
    package var reason: String?

    package init(reason: String? = nil) { self.reason = reason }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        reason = try object.optionalReason("reason")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.fieldIfPresent("reason", reason)
    }
}
