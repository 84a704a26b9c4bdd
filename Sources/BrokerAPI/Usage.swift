/// What figures of usage are given by.
package enum UsageDimension: String, WireEnum {
    case group
    case pool
    case hour
    case day
    case month

    /// Whether it cuts time into periods; at most one of those makes sense.
    package var isPeriod: Bool {
        switch self {
        case .group, .pool: false
        case .hour, .day, .month: true
        }
    }
}

/// A number with three decimals.
package struct Thousandths: WireValue, Equatable {
    package var count: Int

    /// - Parameter count: how many thousandths; 0 or more.
    package init(_ count: Int) { self.count = count }

    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .number(let digits) = json else {
            throw place.error(.jsonMustBeNumber(not: json.kind))
        }
        let parts = digits.split(separator: ".", maxSplits: 1)
        let fraction = parts.count == 2 ? parts[1].prefix(3) : ""
        guard let whole = Int(parts[0]), whole >= 0, whole <= wireIntMax / 1_000,
            let rest = Int(fraction + String(repeating: "0", count: 3 - fraction.count))
        else { throw place.error(.jsonOutOfRange) }
        count = whole * 1_000 + rest
    }

    package func write(to writer: inout JSONWriter) { writer.raw(text) }

    /// `12.5`, `3`: without zeros at the end.
    package var text: String {
        var fraction = String(count % 1_000 + 1_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return "\(count / 1_000)" + (fraction.isEmpty ? "" : ".\(fraction)")
    }
}

/// The figures of a period, of a group or of a pool.
package struct UsageRow: WireObject {
    /// Nil where it is not by group.
    package var group: String?
    /// Whether it is by pool: a request that waits or is refused may have left the choice, and its
    /// row's pool is null.
    package var isByPool: Bool
    package var pool: String?
    /// The period, as far as it lies in what was asked; nil where it is not by hour, day or month.
    package var from: Timestamp?
    package var to: Timestamp?
    /// How long leases were live, all added up, in whole seconds, rounded down.
    package var seatSeconds: Int
    /// Most leases that were live at once.
    package var peak: Int
    /// Live leases over the time that has passed of the period.
    package var mean: Thousandths
    package var grants: Int
    /// Numbers by the slugs of rules; only those that are not 0.
    package var refusals: JSONValue
    package var waitingSeconds: Int
    /// Places in the line that began.
    package var waiters: Int

    package init(
        group: String?, isByPool: Bool, pool: String?, from: Timestamp?, to: Timestamp?,
        seatSeconds: Int, peak: Int, mean: Thousandths, grants: Int, refusals: JSONValue,
        waitingSeconds: Int, waiters: Int
    ) {
        self.group = group
        self.isByPool = isByPool
        self.pool = pool
        self.from = from
        self.to = to
        self.seatSeconds = seatSeconds
        self.peak = peak
        self.mean = mean
        self.grants = grants
        self.refusals = refusals
        self.waitingSeconds = waitingSeconds
        self.waiters = waiters
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        group = try object.optional("group")
        isByPool = object.has("pool")
        pool = try object.optional("pool")
        from = try object.optional("from")
        to = try object.optional("to")
        seatSeconds = try object.required("seat_seconds")
        peak = try object.required("peak")
        mean = try object.required("mean")
        grants = try object.required("grants")
        refusals = try object.required("refusals")
        waitingSeconds = try object.required("waiting_seconds")
        waiters = try object.required("waiters")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.fieldIfPresent("group", group)
        if isByPool { writer.field("pool", pool) }
        writer.fieldIfPresent("from", from)
        writer.fieldIfPresent("to", to)
        writer.field("seat_seconds", seatSeconds)
        writer.field("peak", peak)
        writer.field("mean", mean)
        writer.field("grants", grants)
        writer.field("refusals", refusals)
        writer.field("waiting_seconds", waitingSeconds)
        writer.field("waiters", waiters)
    }
}

/// The answer of `GET /v1/usage`.
package struct Usage: WireObject {
    package var from: Timestamp
    package var to: Timestamp
    /// The house's zone, by which hours, days and months are cut.
    package var timezone: String
    package var by: [UsageDimension]
    /// By period, then group, then pool.
    package var rows: [UsageRow]

    package init(
        from: Timestamp, to: Timestamp, timezone: String, by: [UsageDimension], rows: [UsageRow]
    ) {
        self.from = from
        self.to = to
        self.timezone = timezone
        self.by = by
        self.rows = rows
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        from = try object.required("from")
        to = try object.required("to")
        timezone = try object.required("timezone")
        by = try object.required("by")
        rows = try object.required("rows")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("from", from)
        writer.field("to", to)
        writer.field("timezone", timezone)
        writer.field("by", by)
        writer.field("rows", rows)
    }
}
