import BrokerAPI

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
            Column("DRAIN STARTS", "drain_starts_at", .deadline, .wide),
            Column("DEADLINE", "deadline_at", .deadline, .wide),
            Column("BY", "by", .text, .wide),
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
            Column("DRAIN STARTS", "drain_starts_at", .deadline, .wide),
            Column("DEADLINE", "deadline_at", .deadline, .wide),
            Column("REASON", "reason"),
        ])

    static let groups = Resource(
        listKey: "groups", nameKey: "name",
        columns: [
            Column("GROUP", "name"),
            Column("USED", "used", .number),
            Column("QUOTA", "quota", .number),
            Column("RESERVE", "reserve", .amount),
            Column("WAITING", "waiting", .number, .wide),
            Column("OPEN", "open", .flag),
            Column("CLOSES", "closes_at", .deadline, .wide),
            Column("OPENS", "opens_at", .deadline, .wide),
            Column("POOLS", "pools", .list),
            Column("MEMBERS", "members", .list),
            Column("SLOTS", "slots", .list, .sheet),
        ])

    static let queue = Resource(
        listKey: "waiting", nameKey: "holder",
        columns: [
            Column("PLACE", "place", .number),
            Column("HOLDER", "holder"),
            Column("GROUP", "group"),
            Column("POOL", "pool"),
            Column("AHEAD", "ahead", .number, .wide),
            Column("SINCE", "since", .instant),
            Column("EXPECTED", "estimated_at", .deadline),
            Column("GIVES UP", "expires_at", .deadline, .wide),
            Column("CONNECTED", "connected", .flag, .wide),
        ])

    /// The rota by its days, of which each slot is a part.
    static let rotaDays = Resource(
        listKey: "days", nameKey: "date",
        columns: [
            Column("DATE", "date"),
            Column("WEEKDAY", "weekday"),
            Column("CYCLE WEEK", "cycle_week", .number),
            Column("EXCEPTION", "exception"),
            Column("SLOTS", "slots", .list),
        ])

    /// The rota by its groups.
    static let rotaGroups = Resource(
        listKey: "groups", nameKey: "name",
        columns: [
            Column("GROUP", "name"),
            Column("OPEN", "open", .flag),
            Column("CLOSES", "closes_at", .deadline),
            Column("OPENS", "opens_at", .deadline),
            Column("SLOTS", "slots", .list, .wide),
        ])

    static let groupPlan = Resource(
        listKey: nil, nameKey: "displaced",
        columns: [
            Column("GROUP", "group.name"),
            Column("QUOTA", "group.quota", .number),
            Column("RESERVE", "group.reserve", .amount),
            Column("POOLS", "group.pools", .list),
            Column("MEMBERS", "group.members", .list),
            Column("SLOTS", "group.slots", .list),
            Column("OPEN", "group.open", .flag),
            Column("CLOSES", "group.closes_at", .deadline),
            Column("OPENS", "group.opens_at", .deadline),
            Column("DISPLACED", "displaced", .list),
            Column("REVISION", "revision", .number),
        ])

    static let replay = Resource(
        listKey: "groups", nameKey: "group",
        columns: [
            Column("GROUP", "group"),
            Column("REQUESTS", "requests", .number),
            Column("GRANTED", "granted_before", .number),
            Column("WOULD BE", "granted_after", .number),
            Column("GAINED", "refused_to_granted", .number),
            Column("LOST", "granted_to_refused", .number),
            Column("WAITED SECONDS", "waited_before_seconds", .number, .wide),
            Column("WOULD WAIT SECONDS", "waited_after_seconds", .number, .wide),
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
            Column("ROTA ZONE", "rota.timezone"),
            Column("ROTA TZDATA", "rota.tzdata"),
            Column("ROTA UNTIL", "rota.reaches_until", .instant),
            Column("STORE", "store.kind"),
            Column("REVISION", "store.revision", .number),
            Column("LOW SPACE", "store.low_space", .flag),
            Column("HISTORY", "history.state", .state),
        ])

    static let plan = Resource(
        listKey: nil, nameKey: "displaced",
        columns: [
            Column("SIZE", "size", .number),
            Column("TARGET", "target_size", .number),
            Column("RETIRED", "retired", .number),
            Column("DISPLACED", "displaced", .list),
            Column("COMPLETE BY", "complete_by", .deadline),
            Column("SHORTFALLS", "shortfalls", .list),
        ])

    static let forecast = Resource(
        listKey: "forecasts", nameKey: "seat",
        columns: [
            Column("SEAT", "seat"),
            Column("LEASES", "leases", .number),
            Column("STARTS", "starts_at", .deadline),
            Column("DEADLINE", "deadline_at", .deadline),
            Column("CUT AT DEADLINE", "cut_at_deadline", .number),
            Column("WAITS FOR EVER", "waits_for_ever", .flag),
            Column("ENDS", "ends", .list, .sheet),
            Column("DISPLACED", "displaced", .list, .sheet),
            Column("SHORTFALLS", "shortfalls", .list, .sheet),
        ])

    static let siteChange = Resource(
        listKey: nil, nameKey: "displaced",
        columns: [
            Column("CHANGED", "changed", .flag),
            Column("REVISION", "revision", .number),
            Column("DISPLACED", "displaced", .list),
            Column("SHORTFALLS", "shortfalls", .list),
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
            Column("WAITING", "waiting", .number, .wide),
            Column("OPENS", "opens_at", .instant, .wide),
            Column("CLOSES", "closes_at", .instant, .wide),
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
        for resource in [leases, pools, groups, seats, queue] where json["next"] != nil {
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
