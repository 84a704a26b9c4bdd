/// Pools, groups and the site as a whole.
extension Broker {
    /// The site as it is wanted now.
    package var siteSpec: SiteSpec {
        SiteSpec(
            pools: poolOrder.map { pools[Int($0)]!.spec },
            groups: groupOrder.map { groups[Int($0)]!.spec! }, rota: rota)
    }

    mutating func createPool(_ spec: PoolSpec, at now: Instant) throws(Refusal) -> Decision {
        guard poolSlots[spec.name] == nil else { throw .poolExists(spec.name) }
        var site = siteSpec
        site.pools.append(spec)
        let problems = site.problems()
        guard problems.isEmpty else { throw .invalid(problems) }
        _ = try adopt(spec, at: now)
        return .pool(view(ofPool: poolSlots[spec.name]!))
    }

    mutating func deletePool(_ name: PoolName, at now: Instant) throws(Refusal) -> Decision {
        let pool = pools[try existingPool(name)]!
        guard pool.leasedCount == 0 else { throw .poolInUse(name, leases: pool.leasedCount) }
        commit(.poolRemoved(name), at: now)
        return .done
    }

    /// Replaces a group, or makes a new one at the end of the site's order.
    mutating func putGroup(_ spec: GroupSpec, at now: Instant) throws(Refusal) -> Decision {
        for pool in spec.pools where poolSlots[pool] == nil { throw .noSuchPool(pool) }
        var site = siteSpec
        let known = site.groups.firstIndex { $0.name == spec.name }
        if let known { site.groups[known] = spec } else { site.groups.append(spec) }
        let problems = site.problems()
        guard problems.isEmpty else { throw .invalid(problems) }
        if known.map({ siteSpec.groups[$0] != spec }) ?? true {
            commit(.groupPut(spec), at: now)
        }
        try checkCollisions(at: now)
        return .group(
            GroupChange(
                group: view(ofGroup: groupSlots[spec.name]!, at: now), isCreated: known == nil,
                displaced: [], shortfalls: needsWindows ? [] : shortfalls(from: wallTime(now)),
                revision: revision))
    }

    /// Removes a group; leases charged to it run out.
    mutating func deleteGroup(_ name: GroupName, at now: Instant) throws(Refusal) -> Decision {
        guard let slot = groupSlots[name], groups[Int(slot)]!.spec != nil else {
            throw .noSuchGroup(name)
        }
        commit(.groupRemoved(name), at: now)
        return .done
    }

    /// Makes the site what `spec` says, or refuses all of it.
    mutating func applySite(_ spec: SiteSpec, at now: Instant) throws(Refusal) -> Decision {
        let problems = spec.problems()
        guard problems.isEmpty else { throw .invalid(problems) }
        let before = siteSpec
        let seatsBefore = seatCount
        var change = SeatChange()
        if before != spec {
            let wanted = Set(spec.pools.map(\.name))
            for pool in before.pools where !wanted.contains(pool.name) {
                change.cordons += cordons(ofPool: pool.name)
                _ = try deletePool(pool.name, at: now)
            }
            // Names leave their pools first, so that another pool of this site can have them.
            for pool in spec.pools {
                retireUnnamed(by: pool, &change, at: now)
                retireSurplus(over: pool, &change, at: now)
            }
            // Smaller pools first, so that seats can move to another pool within the limit.
            let limit = seatLimit
            seatLimit = nil
            let byGrowth = spec.pools.sorted { growth(of: $0) < growth(of: $1) }
            for pool in byGrowth {
                let made = try adopt(pool, at: now)
                change.retired += made.retired
                change.displaced += made.displaced
                change.cordons += made.cordons
            }
            seatLimit = limit
            for (seat, cordon) in change.cordons where seatSlots[seat] != nil {
                commit(.seatCordonSet(seat, cordon), at: now)
            }
            change.displaced.removeAll { !seats[Int(leases[Int($0)]!.seat)]!.retiring }
            if let limit, seatCount > limit, seatCount > seatsBefore {
                throw .seatLimit(limit: limit, total: seatCount)
            }
            let groupNames = Set(spec.groups.map(\.name))
            for group in before.groups where !groupNames.contains(group.name) {
                commit(.groupRemoved(group.name), at: now)
            }
            if before.rota != spec.rota { commit(.rotaSet(spec.rota), at: now) }
            for group in spec.groups where !before.groups.contains(group) {
                commit(.groupPut(group), at: now)
            }
            if siteSpec != spec {
                commit(
                    .siteOrdered(pools: spec.pools.map(\.name), groups: spec.groups.map(\.name)),
                    at: now)
            }
        }
        try checkCollisions(at: now)
        return .site(
            SiteChange(
                before: before, after: spec,
                displaced: change.displaced.map { view(of: leases[Int($0)]!) },
                shortfalls: needsWindows ? [] : shortfalls(from: wallTime(now)),
                revision: revision))
    }

    /// The cordons of a pool's seats, which stay with the seats' names.
    private func cordons(ofPool name: PoolName) -> [(seat: SeatName, cordon: SeatCordon)] {
        guard let pool = poolSlots[name] else { return [] }
        return orderedSeats(ofPool: pool).compactMap { slot in
            let seat = seats[Int(slot)]!
            return seat.cordon.map { (seat.name, $0) }
        }
    }

    /// The groups' reserves must fit the seats at all times, unless windows are to be worked out
    /// anew first.
    func checkCollisions(at now: Instant) throws(Refusal) {
        guard !needsWindows, let collision = reserveCollision(from: wallTime(now)) else { return }
        throw collision
    }

    /// By how many seats a pool would grow; negative when it shrinks.
    private func growth(of spec: PoolSpec) -> Int {
        spec.size - (poolSlots[spec.name].map { pools[Int($0)]!.size } ?? 0)
    }
}
