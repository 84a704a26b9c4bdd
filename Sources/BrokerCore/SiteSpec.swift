/// What an admin wants of a site: its pools and groups, in their order, and its rota.
///
/// Cordons, drains and leases are no part of it.
package struct SiteSpec: Equatable, Sendable {
    package var pools: [PoolSpec]
    package var groups: [GroupSpec]
    /// When groups with slots may enter; nil: no group has slots.
    package var rota: RotaSpec?

    package init(pools: [PoolSpec] = [], groups: [GroupSpec] = [], rota: RotaSpec? = nil) {
        self.pools = pools
        self.groups = groups
        self.rota = rota
    }

    /// The groups as the rota sees them.
    package var rotaGroups: [RotaGroup] {
        groups.map { RotaGroup(name: $0.name, slots: $0.slots) }
    }
}

/// How a desktop is reached.
package enum SeatProtocol: String, CaseIterable, Sendable {
    case rdp
    case vnc
    case spice
    case ssh
    case url

    /// The registered port; nil for `url`, whose address carries its own.
    package var defaultPort: Int? {
        switch self {
        case .rdp: 3389
        case .vnc: 5900
        case .spice: 5900
        case .ssh: 22
        case .url: nil
        }
    }
}

/// A pool as its admin wants it: interchangeable seats leased as one.
package struct PoolSpec: Equatable, Sendable {
    /// One working day, when a request names no time to live.
    package static let leaseTTLSecondsDefault = 28_800
    /// Half a day: longer leases would outlive every half-day window.
    package static let leaseTTLSecondsMaxDefault = 43_200

    package var name: PoolName
    /// Seats in all: the listed ones first, the pattern fills the rest from index 1.
    package var size: Int
    /// Names of patterned seats, with one `%d` or `%0Nd` for the index; nil: `<pool>-%04d`.
    package var seatName: String?
    /// Hosts of patterned seats, with the same; nil: the seat's name.
    package var seatHost: String?
    /// Addresses of the seats of a pool with `url` as its protocol; nil with every other.
    package var seatURL: String?
    /// The port of all seats that name none; nil: that of the protocol.
    package var port: Int?
    package var seatProtocol: SeatProtocol
    package var leaseTTLSeconds: Int
    package var leaseTTLSecondsMax: Int
    /// One-off seats, before the patterned ones.
    package var listed: [ListedSeat]

    package init(
        name: PoolName, size: Int, seatName: String? = nil, seatHost: String? = nil,
        seatURL: String? = nil, port: Int? = nil, seatProtocol: SeatProtocol = .rdp,
        leaseTTLSeconds: Int = Self.leaseTTLSecondsDefault,
        leaseTTLSecondsMax: Int = Self.leaseTTLSecondsMaxDefault, listed: [ListedSeat] = []
    ) {
        self.name = name
        self.size = size
        self.seatName = seatName
        self.seatHost = seatHost
        self.seatURL = seatURL
        self.port = port
        self.seatProtocol = seatProtocol
        self.leaseTTLSeconds = leaseTTLSeconds
        self.leaseTTLSecondsMax = leaseTTLSecondsMax
        self.listed = listed
    }
}

/// A seat that is named one by one instead of by the pool's pattern.
package struct ListedSeat: Equatable, Sendable {
    package var name: SeatName
    /// nil: the seat's name.
    package var host: String?
    /// nil: the pool's port.
    package var port: Int?
    /// Only, and always, with the protocol `url`, unless the pool has a `seatURL`.
    package var url: String?
    /// The only person who may have it; nil: everybody whom the pool admits.
    package var keptFor: HolderName?

    package init(
        name: SeatName, host: String? = nil, port: Int? = nil, url: String? = nil,
        keptFor: HolderName? = nil
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.url = url
        self.keptFor = keptFor
    }
}

/// A group of agents as its admin wants it.
package struct GroupSpec: Equatable, Sendable {
    package var name: GroupName
    package var members: [Member]
    /// The pools that its members may use, in the order in which they are tried.
    package var pools: [PoolName]
    /// Most leases of this group at once, over all its pools; nil: no limit.
    package var quota: Int?
    /// Seats that others may not take, by pool; a pool that is absent reserves none.
    package var reserve: [Reserve]
    /// When it may enter: `mon.am`, or `2.mon.am` in a cycle of several weeks. Nil: at any time.
    /// Empty: only where an exception of the rota lets it in.
    package var slots: [String]?

    package init(
        name: GroupName, members: [Member], pools: [PoolName], quota: Int? = nil,
        reserve: [Reserve] = [], slots: [String]? = nil
    ) {
        self.name = name
        self.members = members
        self.pools = pools
        self.quota = quota
        self.reserve = reserve
        self.slots = slots
    }

    /// Seats of one pool that others may not take.
    package struct Reserve: Hashable, Sendable {
        package var pool: PoolName
        package var seats: Int

        package init(pool: PoolName, seats: Int) {
            self.pool = pool
            self.seats = seats
        }
    }
}

/// Who belongs to a group: a user by name, or all who are in a unix group.
package enum Member: Hashable, Sendable {
    case user(HolderName)
    case unixGroup(UnixGroupName)

    /// As the site file writes it: `jdupont` or `@finance`; nil when nothing follows the `@` or
    /// there is nothing at all.
    package init?(text: String) {
        if text.hasPrefix("@") {
            let name = text.dropFirst()
            guard !name.isEmpty else { return nil }
            self = .unixGroup(UnixGroupName(String(name)))
        } else {
            guard !text.isEmpty else { return nil }
            self = .user(HolderName(text))
        }
    }

    package var text: String {
        switch self {
        case .user(let name): name.value
        case .unixGroup(let name): "@\(name.value)"
        }
    }
}
