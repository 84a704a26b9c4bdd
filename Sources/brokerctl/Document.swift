import BrokerAPI

/// An answer of the daemon, as received, and how people want to see it.
struct Document {
    /// The body, byte by byte as it came.
    let body: [UInt8]
    let json: JSONValue
    let resource: Resource

    /// Throws when the body is no JSON.
    init(body: [UInt8], resource: Resource) throws(CommandError) {
        self.body = body
        self.resource = resource
        json = try Caller.decoded(JSONValue.self, body)
    }

    /// A document that several answers were merged into.
    init(json: JSONValue, resource: Resource) {
        body = WireJSON.encode(json)
        self.json = json
        self.resource = resource
    }

    /// The elements of a list; the document itself when it is no list.
    var items: [JSONValue] {
        guard let key = resource.listKey, let elements = json[key]?.arrayValue else {
            return [json]
        }
        return elements
    }

    /// Whether this is a list, even one of no or one element.
    var isList: Bool { resource.listKey.map { json[$0]?.arrayValue != nil } ?? false }
}

/// What the daemon's answers hold, and which of it goes into which column.
struct Resource: Sendable {
    /// The member that holds the elements of a list; nil for what never comes as a list.
    let listKey: String?
    /// The member that names an element, or the members of an array: `-o name` prints them.
    let nameKey: String
    let columns: [Column]
}

/// One column of a table or a CSV file.
struct Column: Sendable {
    enum Kind: Sendable {
        case text
        case number
        /// A word that stands for good or bad.
        case state
        case instant
        /// An instant that people count down to.
        case deadline
        case flag
        /// An array of strings.
        case list
        /// A number, or an object of numbers; people see zero and none alike.
        case amount
    }

    /// Where a column is shown.
    enum Place: Sendable {
        case everywhere
        /// In tables only where the terminal is wide enough.
        case wide
        /// In CSV, and in the sheet of a single element.
        case sheet
    }

    let title: String
    /// Members to follow, with dots; also the column's name in CSV.
    let path: String
    let kind: Kind
    let place: Place

    init(_ title: String, _ path: String, _ kind: Kind = .text, _ place: Place = .everywhere) {
        self.title = title
        self.path = path
        self.kind = kind
        self.place = place
    }

    /// The value in one element; null when it is not there.
    func value(in element: JSONValue) -> JSONValue {
        path.split(separator: ".").reduce(element) { $0[String($1)] ?? .null }
    }
}

extension Resource {
    static let leases = Resource(
        listKey: "leases", nameKey: "id",
        columns: [
            Column("LEASE", "id"),
            Column("TOKEN", "token", .number, .sheet),
            Column("STATE", "state", .state),
            Column("HOLDER", "holder"),
            Column("GROUP", "group", .text, .wide),
            Column("POOL", "pool"),
            Column("SEAT", "seat.name"),
            Column("HOST", "seat.host", .text, .sheet),
            Column("PORT", "seat.port", .number, .sheet),
            Column("PROTOCOL", "seat.protocol", .text, .sheet),
            Column("URL", "seat.url", .text, .sheet),
            Column("GRANTED", "granted_at", .instant, .wide),
            Column("EXPIRES", "expires_at", .deadline),
            Column("WINDOW ENDS", "window_ends_at", .deadline, .sheet),
            Column("ENDING REASON", "ending_reason", .text, .sheet),
            Column("ENDED", "ended_at", .instant, .sheet),
            Column("END REASON", "end_reason", .text, .sheet),
            Column("DETAIL", "detail", .text, .wide),
        ])

    static let pools = Resource(
        listKey: "pools", nameKey: "name",
        columns: [
            Column("POOL", "name"),
            Column("STATE", "state", .state),
            Column("SIZE", "size", .number),
            Column("TARGET", "target_size", .number, .sheet),
            Column("AVAILABLE", "seats.available", .number),
            Column("LEASED", "seats.leased", .number),
            Column("CLEANING", "seats.cleaning", .number, .wide),
            Column("STARTING", "seats.starting", .number, .wide),
            Column("OFFLINE", "seats.offline", .number, .wide),
            Column("QUARANTINED", "seats.quarantined", .number, .wide),
            Column("CORDONED", "seats.cordoned", .number),
            Column("REVISION", "revision", .number, .sheet),
            Column("DRIVER", "driver", .text, .sheet),
            Column("SEAT NAME", "seat_name", .text, .sheet),
            Column("SEAT HOST", "seat_host", .text, .sheet),
            Column("SEAT URL", "seat_url", .text, .sheet),
            Column("PORT", "port", .number, .sheet),
            Column("PROTOCOL", "protocol", .text, .sheet),
            Column("LEASE TTL SECONDS", "lease_ttl_seconds", .number, .sheet),
            Column("LEASE TTL MAX SECONDS", "lease_ttl_max_seconds", .number, .sheet),
            Column("SEATS LISTED", "seats_listed", .list, .sheet),
            Column("DEADLINE", "deadline_at", .deadline, .wide),
            Column("REASON", "reason"),
        ])

    static let seats = Resource(
        listKey: "seats", nameKey: "name",
        columns: [
            Column("SEAT", "name"),
            Column("POOL", "pool"),
            Column("STATE", "state", .state),
            Column("CORDONED", "cordoned", .flag),
            Column("HOLDER", "holder"),
            Column("LEASE", "lease", .text, .wide),
            Column("TOKEN", "token", .number, .sheet),
            Column("HOST", "host", .text, .wide),
            Column("PORT", "port", .number, .sheet),
            Column("PROTOCOL", "protocol", .text, .sheet),
            Column("URL", "url", .text, .sheet),
            Column("REASON", "reason"),
        ])

    static let groups = Resource(
        listKey: "groups", nameKey: "name",
        columns: [
            Column("GROUP", "name"),
            Column("USED", "used", .number),
            Column("QUOTA", "quota", .number),
            Column("RESERVE", "reserve", .amount),
            Column("OPEN", "open", .flag),
            Column("OPENS", "opens_at", .instant, .sheet),
            Column("CLOSES", "closes_at", .instant, .sheet),
            Column("POOLS", "pools", .list),
            Column("MEMBERS", "members", .list),
            Column("SLOTS", "slots", .list, .sheet),
        ])

    static let status = Resource(
        listKey: nil, nameKey: "instance",
        columns: [
            Column("VERSION", "version"),
            Column("INSTANCE", "instance"),
            Column("STATE", "state", .state),
            Column("NOW", "now", .instant),
            Column("STARTED", "started_at", .instant),
            Column("SEAT LIMIT", "seats.limit", .number),
            Column("SEATS", "seats.total", .number),
            Column("AVAILABLE", "seats.available", .number),
            Column("LEASED", "seats.leased", .number),
            Column("CLEANING", "seats.cleaning", .number),
            Column("STARTING", "seats.starting", .number),
            Column("OFFLINE", "seats.offline", .number),
            Column("QUARANTINED", "seats.quarantined", .number),
            Column("CORDONED", "seats.cordoned", .number),
            Column("WAITING", "queue.waiting", .number),
            Column("OLDEST SECONDS", "queue.oldest_seconds", .number),
            Column("STORE", "store.kind"),
            Column("REVISION", "store.revision", .number),
            Column("LOW SPACE", "store.low_space", .flag),
        ])

    static let plan = Resource(
        listKey: nil, nameKey: "displaced",
        columns: [
            Column("SIZE", "size", .number),
            Column("TARGET", "target_size", .number),
            Column("RETIRED", "retired", .number),
            Column("DISPLACED", "displaced", .list),
            Column("COMPLETE BY", "complete_by", .deadline),
        ])

    static let forecast = Resource(
        listKey: "forecasts", nameKey: "seat",
        columns: [
            Column("SEAT", "seat"),
            Column("LEASES", "leases", .number),
            Column("DEADLINE", "deadline_at", .deadline),
            Column("CUT AT DEADLINE", "cut_at_deadline", .number),
            Column("WAITS FOR EVER", "waits_for_ever", .flag),
            Column("ENDS", "ends", .list, .sheet),
        ])

    static let siteChange = Resource(
        listKey: nil, nameKey: "displaced",
        columns: [
            Column("CHANGED", "changed", .flag),
            Column("REVISION", "revision", .number),
            Column("DISPLACED", "displaced", .list),
            Column("DIFF", "diff"),
        ])

    static let rules = Resource(
        listKey: "rules", nameKey: "rule",
        columns: [
            Column("RULE", "rule"),
            Column("PASSED", "passed", .flag),
            Column("GROUP", "group"),
            Column("POOL", "pool"),
            Column("USED", "used", .number),
            Column("LIMIT", "limit", .number),
            Column("AVAILABLE", "available", .number),
            Column("RESERVED", "reserved", .number),
            Column("OPENS", "opens_at", .instant, .wide),
            Column("EARLIEST", "earliest_at", .instant),
            Column("REASON", "reason"),
        ])

    static let reload = Resource(
        listKey: nil, nameKey: "changed",
        columns: [
            Column("CHANGED", "changed", .list),
            Column("NEEDS RESTART", "needs_restart", .list),
        ])

    /// What an answer to `query` holds, by its members: every list says what comes next.
    static func guessed(_ json: JSONValue) -> Resource {
        for resource in [leases, pools, groups, seats] where json["next"] != nil {
            if let key = resource.listKey, json[key]?.arrayValue != nil { return resource }
        }
        guard case .object(let members) = json else {
            return Resource(listKey: nil, nameKey: "", columns: [Column("VALUE", "")])
        }
        let nameKey = json["name"] != nil ? "name" : "id"
        return Resource(
            listKey: nil, nameKey: nameKey, columns: members.flatMap { columns(of: $0, in: "") })
    }

    private static func columns(of member: JSONMember, in path: String) -> [Column] {
        let path = path.isEmpty ? member.name : "\(path).\(member.name)"
        guard case .object(let members) = member.value, !members.isEmpty else {
            let isList = member.value.arrayValue != nil
            return [Column(path, path, isList ? .list : .text)]
        }
        return members.flatMap { columns(of: $0, in: path) }
    }
}
