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
    /// Live leases that count in the quota.
    package var used: Int
    /// Whether the group may enter now.
    package var open: Bool
    package var opensAt: Timestamp?
    package var closesAt: Timestamp?

    package init(
        name: String, members: [String], pools: [String], quota: Int?,
        reserve: [PoolReserve], used: Int, open: Bool = true, opensAt: Timestamp? = nil,
        closesAt: Timestamp? = nil
    ) {
        self.name = name
        self.members = members
        self.pools = pools
        self.quota = quota
        self.reserve = GroupReserve(reserve, pools: pools)
        self.used = used
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
        object.ignore(["slots"])
        used = try object.required("used")
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
        // Groups enter at any time, which is what null says.
        writer.field("slots", String?.none)
        writer.field("used", used)
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
                throw place.error("must be a number, or an object of numbers by pool")
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
            throw place.error("must be from 0 to \(WireLimits.poolSizeMax)")
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

    package init(
        members: [String] = [], pools: [String] = [], quota: Int? = nil,
        reserve: [PoolReserve] = []
    ) {
        self.members = members
        self.pools = pools
        self.quota = quota
        self.reserve = reserve
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        members = try object.optional("members") ?? []
        pools = try object.optional("pools") ?? []
        quota = try object.optional("quota", in: 0...WireLimits.poolSizeMax)
        switch try object.optional("reserve", as: GroupReserve.self) {
        case nil, .seats(0): reserve = []
        case .seats(let seats):
            guard pools.count == 1 else {
                throw object.error(
                    "reserve", "must be an object of numbers by pool unless there is one pool")
            }
            reserve = [PoolReserve(pool: pools[0], seats: seats)]
        case .byPool(let entries):
            for entry in entries where !pools.contains(entry.pool) {
                throw object.error(
                    "reserve", "names a pool that \"pools\" lacks: \(entry.pool.quotedForMessage)")
            }
            reserve = entries
        }
        // Without a rota there are no slots, and null says just that.
        if try object.optional("slots", as: JSONValue.self) != nil {
            throw object.error("slots", "is not supported")
        }
        object.ignore(["name", "used", "open", "opens_at", "closes_at"])
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("members", members)
        writer.field("pools", pools)
        writer.field("quota", quota)
        writer.field("reserve", GroupReserve(reserve, pools: pools))
    }
}
