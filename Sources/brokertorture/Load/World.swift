import BrokerAPI

/// What the clients know of the daemon: the site as it was at the start, and the leases that they
/// believe to hold.
struct World {
    /// A group whose people the clients play.
    struct Group {
        var name: Name
        /// What the gateway vouches for.
        var unixGroup: String
        var pools: [Name]
        /// To be sent back with another quota.
        var request: GroupPutRequest

        /// Whether all its pools are to be used.
        var isWhole: Bool { pools.count == request.pools.count }
    }

    struct Holder {
        var name: Name
        var group: Int
        /// Keys used so far.
        var keys = 0
        /// Live as far as is known: one a pool at most.
        var leases: [(id: LeaseKey, pool: Name)] = []
    }

    var pools: [PoolFacts] = []
    var seats: [Name] = []
    var groups: [Group] = []
    var holders: [Holder] = []
    private var indexes: [Name: Int] = [:]

    /// Before anything is known.
    static let empty = World()

    private init() {}

    /// The daemon keeps 64 keys of a holder, so no holder uses more.
    static let keysPerHolderMax = 60

    /// - Parameters:
    ///   - holderCount: people, dealt out to the groups in turn.
    ///   - holderPrefix: in front of their numbers; people of another load have used up their keys.
    ///   - pools: names of the pools to be used; empty: all.
    ///   - groups: likewise.
    init(
        _ audit: Audit, _ site: [BrokerAPI.Group], holderCount: Int, holderPrefix: String,
        pools wantedPools: [String],
        groups wantedGroups: [String], _ history: HistoryWriter
    ) throws(TortureError) {
        pools = audit.pools.filter {
            wantedPools.isEmpty || wantedPools.contains(history.text($0.name))
        }
        let known = Set(pools.map(\.name))
        seats = audit.seats.filter { known.contains($0.pool) }.map(\.name)
        for group in site where wantedGroups.isEmpty || wantedGroups.contains(group.name) {
            let usable = group.pools.map { history.name($0) }.filter { known.contains($0) }
            guard let member = group.members.first(where: { $0.hasPrefix("@") }), !usable.isEmpty
            else { continue }
            var reserve: [PoolReserve] = []
            switch group.reserve {
            case .seats(let seats):
                reserve = group.pools.prefix(1).map { PoolReserve(pool: $0, seats: seats) }
            case .byPool(let entries): reserve = entries
            }
            groups.append(
                Group(
                    name: history.name(group.name), unixGroup: String(member.dropFirst()),
                    pools: usable,
                    request: GroupPutRequest(
                        members: group.members, pools: group.pools, quota: group.quota,
                        reserve: reserve)))
        }
        guard !groups.isEmpty else {
            throw TortureError("no group with a unix group among its members may use the pools")
        }
        for number in 0..<holderCount {
            let name = history.name("\(holderPrefix)-\(number)")
            indexes[name] = holders.count
            holders.append(Holder(name: name, group: number % groups.count))
        }
    }

    func index(of holder: Name) -> Int? { indexes[holder] }

    func group(_ name: Name) -> Group? { groups.first { $0.name == name } }

    /// Whether a holder may use another key, so that keys last to the end of a load.
    ///
    /// - Parameter progress: how much of the load is over, from 0 to 1.
    func mayUseKey(_ holder: Int, progress: Double) -> Bool {
        Double(holders[holder].keys) < 4 + Double(Self.keysPerHolderMax - 4) * progress
    }

    mutating func useKey(of holder: Name) {
        guard let index = indexes[holder] else { return }
        holders[index].keys += 1
    }

    /// A lease of the holder is live.
    mutating func hold(_ lease: LeaseFacts) {
        guard let index = indexes[lease.holder] else { return }
        holders[index].leases.removeAll { $0.pool == lease.pool }
        holders[index].leases.append((lease.id, lease.pool))
    }

    /// A lease is over.
    mutating func forget(_ id: LeaseKey, of holder: Name) {
        guard let index = indexes[holder] else { return }
        holders[index].leases.removeAll { $0.id == id }
    }
}
