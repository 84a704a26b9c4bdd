/// A group of agents, who share a quota.
package struct Group: WireObject {
    package var name: String
    /// Unix groups as `@name`, users as `name`.
    package var members: [String]
    /// The pools that they may use, in the order in which they are tried.
    package var pools: [String]
    /// Most leases at once, over all pools; nil: no limit.
    package var quota: Int?
    package var reserve: GroupReserve
    /// When it may enter: `mon.am`, or `2.mon.am` in a cycle of several weeks. Nil: at any time.
    /// Empty: only where an exception of the rota lets it in.
    package var slots: [String]?
    /// Live leases that count in the quota.
    package var used: Int
    /// Places in the line that count for it.
    package var waiting: Int
    /// Whether the group may enter now.
    package var open: Bool
    /// When its next window begins, after the one that it may be in; nil where none is known.
    package var opensAt: Timestamp?
    /// When the window ends that it is in; nil when it is in none, or in one without end.
    package var closesAt: Timestamp?

    package init(
        name: String, members: [String], pools: [String], quota: Int?,
        reserve: [PoolReserve], slots: [String]? = nil, used: Int, waiting: Int = 0,
        open: Bool = true, opensAt: Timestamp? = nil, closesAt: Timestamp? = nil
    ) {
        self.name = name
        self.members = members
        self.pools = pools
        self.quota = quota
        self.reserve = GroupReserve(reserve, pools: pools)
        self.slots = slots
        self.used = used
        self.waiting = waiting
        self.open = open
        self.opensAt = opensAt
        self.closesAt = closesAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        members = try object.required("members")
        pools = try object.required("pools")
        quota = try object.optional("quota")
        reserve = try object.required("reserve")
        slots = try object.optional("slots")
        used = try object.required("used")
        waiting = try object.required("waiting")
        open = try object.required("open")
        opensAt = try object.optional("opens_at")
        closesAt = try object.optional("closes_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("members", members)
        writer.field("pools", pools)
        writer.field("quota", quota)
        writer.field("reserve", reserve)
        writer.field("slots", slots)
        writer.field("used", used)
        writer.field("waiting", waiting)
        writer.field("open", open)
        writer.field("opens_at", opensAt)
        writer.field("closes_at", closesAt)
    }
}

/// Seats of one pool that others may not take.
package struct PoolReserve: Equatable, Sendable {
    package var pool: String
    package var seats: Int

    package init(pool: String, seats: Int) {
        self.pool = pool
        self.seats = seats
    }
}

/// What a group reserves, in either form of the wire.
package enum GroupReserve: WireValue, Equatable {
    /// A bare number: for a group with one pool.
    case seats(Int)
    /// An object: for a group with several, or none.
    case byPool([PoolReserve])

    /// The form in which answers give it: the number for one pool, the object otherwise.
    package init(_ reserve: [PoolReserve], pools: [String]) {
        if pools.count == 1 {
            self = .seats(reserve.first { $0.pool == pools[0] }?.seats ?? 0)
        } else {
            self = .byPool(reserve)
        }
    }

    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .object(let members) = json else {
            guard case .number = json else {
                throw place.error(.jsonReserve)
            }
            self = .seats(try Self.count(json, at: place))
            return
        }
        var reserve: [PoolReserve] = []
        for member in members {
            let seats = try Self.count(member.value, at: place.field(member.name))
            reserve.append(PoolReserve(pool: member.name, seats: seats))
        }
        self = .byPool(reserve)
    }

    private static func count(
        _ json: JSONValue, at place: JSONPlace
    ) throws(JSONError) -> Int {
        let seats = try Int(json: json, at: place)
        guard (0...WireLimits.poolSizeMax).contains(seats) else {
            throw place.error(.jsonRange(0, WireLimits.poolSizeMax))
        }
        return seats
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .seats(let seats): writer.int(seats)
        case .byPool(let reserve):
            writer.object { writer in
                for entry in reserve { writer.field(entry.pool, entry.seats) }
            }
        }
    }
}

/// One page of groups, in the site's order.
package struct GroupList: WireObject {
    package var groups: [Group]
    /// What to pass as `after` for the next page; nil at the end.
    package var next: String?

    package init(groups: [Group], next: String? = nil) {
        self.groups = groups
        self.next = next
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        groups = try object.required("groups")
        next = try object.optional("next")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("groups", groups)
        writer.field("next", next)
    }
}

/// Body of `PUT /v1/groups/{g}`, which replaces the group: what is absent takes its default.
package struct GroupPutRequest: WireObject {
    package var members: [String]
    package var pools: [String]
    /// Nil: no limit.
    package var quota: Int?
    /// Checked against `pools`: every entry names one of them.
    package var reserve: [PoolReserve]
    /// Nil: the group may enter at any time. The rota says which slots there are.
    package var slots: [String]?

    package init(
        members: [String] = [], pools: [String] = [], quota: Int? = nil,
        reserve: [PoolReserve] = [], slots: [String]? = nil
    ) {
        self.members = members
        self.pools = pools
        self.quota = quota
        self.reserve = reserve
        self.slots = slots
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        members = try object.optional("members") ?? []
        pools = try object.optional("pools") ?? []
        quota = try object.optional("quota", in: 0...WireLimits.poolSizeMax)
        switch try object.optional("reserve", as: GroupReserve.self) {
        case nil, .seats(0): reserve = []
        case .seats(let seats):
            guard pools.count == 1 else {
                throw object.error("reserve", .jsonReserveByPool)
            }
            reserve = [PoolReserve(pool: pools[0], seats: seats)]
        case .byPool(let entries):
            for entry in entries where !pools.contains(entry.pool) {
                throw object.error(
                    "reserve", .jsonReserveElsewhere(entry.pool.quotedForMessage))
            }
            reserve = entries
        }
        slots = try object.optional("slots")
        object.ignore(["name", "used", "waiting", "open", "opens_at", "closes_at"])
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("members", members)
        writer.field("pools", pools)
        writer.field("quota", quota)
        writer.field("reserve", GroupReserve(reserve, pools: pools))
        writer.field("slots", slots)
    }
}

/// Answer of `PUT /v1/groups/{g}?dry_run=true`: what the change would do.
package struct GroupPlan: WireObject {
    /// As it would be.
    package var group: Group
    /// Leases that the change leaves outside of their group's windows: they end after the grace.
    package var displaced: [Lease]
    /// When, from now on, the groups' quotas go beyond the seats.
    package var shortfalls: [Shortfall]
    /// The journal's revision now, to be passed as `if_revision`.
    package var revision: Int

    package init(group: Group, displaced: [Lease], shortfalls: [Shortfall], revision: Int) {
        self.group = group
        self.displaced = displaced
        self.shortfalls = shortfalls
        self.revision = revision
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        group = try object.required("group")
        displaced = try object.required("displaced")
        shortfalls = try object.required("shortfalls")
        revision = try object.required("revision")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("group", group)
        writer.field("displaced", displaced)
        writer.field("shortfalls", shortfalls)
        writer.field("revision", revision)
    }
}
