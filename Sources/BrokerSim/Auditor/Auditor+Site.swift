import BrokerCore
import BrokerEngine

/// Pools and groups that come and go, the site as a whole, and the broker's settings.
extension Auditor {
    // MARK: Pools

    mutating func createPool(
        _ spec: PoolSpec, by actor: Actor, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard pool(spec.name) == nil else { return try refused(said, .poolExists(spec.name)) }
        var site = siteSpec
        site.pools.append(spec)
        var result = Reshaped(came: world.nextEvent())
        result.note(problems: problems(of: site, said))
        guard 0...SiteLimits.seatsMax ~= spec.size else {
            return try refused(said, any: result.refusals)
        }
        var before: AuditWorld?
        if !isDone(said) { before = world }
        let seatCount = world.seatCount
        let place = openPool(spec, by: actor, at: now)
        world.poolOrder.append(place)
        fill(place, spec, &result)
        noteLimit(from: seatCount, &result)
        guard result.refusals.isEmpty else {
            if let before { world = before }
            return try refused(said, any: result.refusals)
        }
        guard try proceeds(said, changes: true) else {
            if let before { world = before }
            return
        }
        world.hasSite = true
        noteSiteChange(nil)
        try expectPool(said, place)
    }

    mutating func deletePool(_ name: PoolName, _ said: Said) throws(Finding) {
        guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
        let leases = world.pools[place].leased
        guard leases == 0 else { return try refused(said, .poolInUse(name, leases: leases)) }
        guard try proceeds(said, changes: true) else { return }
        closePool(place)
        // It leaves the groups' lists.
        for position in world.groups.indices {
            world.groups[position].spec.pools.removeAll { $0 == name }
            world.groups[position].spec.reserve.removeAll { $0.pool == name }
        }
        indexGroups()
        noteSiteChange(nil)
        try done(said)
    }

    private mutating func openPool(_ spec: PoolSpec, by actor: Actor, at now: Int64) -> Int {
        let pool = AuditPool(
            name: names.pools.number(spec.name.value), spec: spec,
            pattern: AuditPattern(spec.seatName ?? "\(spec.name.value)-%04d"), since: now)
        if let place = world.pools.firstIndex(where: { !$0.isThere }) {
            world.pools[place] = pool
            return place
        }
        world.pools.append(pool)
        for group in world.usedIn.indices { world.usedIn[group].append(0) }
        return world.pools.count - 1
    }

    /// A pool without leases goes, its seats with it.
    private mutating func closePool(_ place: Int) {
        for seat in world.pools[place].seats { removeSeat(seat) }
        world.pools[place].isThere = false
        world.poolOrder.removeAll { $0 == place }
    }

    // MARK: Groups

    mutating func putGroup(
        _ spec: GroupSpec, _ ifRevision: UInt64?, _ said: Said, at now: Int64
    ) throws(Finding) {
        var refusals: [Refusal] = []
        for name in spec.pools where pool(name) == nil { refusals.append(.noSuchPool(name)) }
        let position = group(spec.name)
        var site = siteSpec
        if let position { site.groups[position] = spec } else { site.groups.append(spec) }
        if refusals.isEmpty {
            let problems = problems(of: site, said)
            if !problems.isEmpty { refusals.append(.invalid(problems)) }
        }
        guard try !isRefused(said, site, ifRevision, refusals, at: now) else { return }
        let before = position.map { world.groups[$0].spec }
        let changes = before != spec
        guard try proceeds(said, changes: changes || !world.hasSite) else { return }
        var cutOff: [LeaseID] = []
        if changes {
            let specBefore = siteSpec
            setGroups(site.groups)
            cutOff = try setCalendars(at: now, from: specBefore)
            noteSiteChange(nil)
        }
        world.hasSite = true
        guard case .answer(let index) = said else { return }
        guard case .decided(.group(let change)) = told[index],
            change.isCreated == (position == nil)
        else {
            throw wrong(told[index], "answer", "the group, created: \(position == nil)")
        }
        try expect(change.group, position ?? world.groups.count - 1, at: now)
        try expectCutOff(change.displaced, cutOff)
        if changes { noteSiteChange(change.revision) }
    }

    mutating func deleteGroup(_ name: GroupName, _ said: Said, at now: Int64) throws(Finding) {
        guard let position = group(name) else { return try refused(said, .noSuchGroup(name)) }
        guard try proceeds(said, changes: true) else { return }
        // An exception may not name a group that is not there.
        world.rota = world.rota.map { Self.without(name, $0) }
        let specBefore = siteSpec
        world.groups.remove(at: position)
        indexGroups()
        _ = try setCalendars(at: now, from: specBefore)
        noteSiteChange(nil)
        try done(said)
    }

    /// A rota whose exceptions do not name a group.
    private static func without(_ group: GroupName, _ rota: RotaSpec) -> RotaSpec {
        var rota = rota
        rota.exceptions = rota.exceptions.map { exception in
            guard case .slots(let table) = exception.table else { return exception }
            return RotaException(
                date: exception.date,
                table: .slots(
                    table.map { row in
                        RotaException.Assignment(
                            slot: row.slot, groups: row.groups.filter { $0 != group })
                    }))
        }
        return rota
    }

    private mutating func setGroups(_ specs: [GroupSpec]) {
        world.groups = specs.map { spec in
            var users: [Int32] = []
            var unixGroups: [Int32] = []
            for member in spec.members {
                switch member {
                case .user(let name): users.append(number(ofHolder: name))
                case .unixGroup(let name): unixGroups.append(names.unixGroups.number(name.value))
                }
            }
            return AuditGroup(
                name: number(ofGroup: spec.name), spec: spec, users: users,
                unixGroups: unixGroups, pools: [])
        }
        indexGroups()
    }

    /// Which places the groups' pools have, and who reserves what in them.
    private mutating func indexGroups() {
        for place in world.pools.indices { world.pools[place].reserves = [] }
        for position in world.groups.indices {
            world.groups[position].pools = world.groups[position].spec.pools.compactMap { pool($0) }
            for reserve in world.groups[position].spec.reserve where reserve.seats > 0 {
                guard let place = pool(reserve.pool) else { continue }
                world.pools[place].reserves.append((world.groups[position].name, reserve.seats))
            }
        }
    }

    // MARK: The site

    mutating func applySite(
        _ site: SiteSpec, _ ifRevision: UInt64?, by actor: Actor, _ said: Said, at now: Int64
    ) throws(Finding) {
        let problems = problems(of: site, said)
        let invalid = problems.isEmpty ? [] : [Refusal.invalid(problems)]
        var others: [Refusal] = []
        if invalid.isEmpty, !isDone(said) {
            let before = world
            var trial = Reshaped(came: world.nextEvent())
            replace(with: site, by: actor, &trial, at: now)
            others = trial.refusals
            world = before
        }
        guard try !isRefused(said, site, ifRevision, invalid, others: others, at: now) else {
            return
        }
        let specBefore = siteSpec
        guard try proceeds(said, changes: specBefore != site) else { return }
        var result = Reshaped(came: world.nextEvent())
        replace(with: site, by: actor, &result, at: now)
        guard result.refusals.isEmpty else { return try refused(said, any: result.refusals) }
        var cutOff: [LeaseID] = []
        if specBefore != site {
            cutOff = try setCalendars(at: now, from: specBefore)
            noteSiteChange(nil)
        }
        guard case .answer(let index) = said else { return }
        guard case .decided(.site(let change)) = told[index] else {
            throw wrong(told[index], "answer", "the change of the site")
        }
        guard change.before == specBefore, change.after == site else {
            throw Finding("wrong-site", "told \(change), where the rules say \(specBefore) before")
        }
        if world.hasCalendars {
            // With another grace it may be over at once, for those whose window is over.
            try expectCutOff(change.displaced, cutOff, retired: result.displaced)
        } else {
            try expectDisplaced(change.displaced, result.displaced, isOrdered: false)
        }
        if specBefore != site { noteSiteChange(change.revision) }
    }

    /// The whole site at once: all that goes goes first, then comes what is new, so that names and
    /// seats may move between pools.
    private mutating func replace(
        with site: SiteSpec, by actor: Actor, _ result: inout Reshaped, at now: Int64
    ) {
        let seatsBefore = world.seatCount
        movingCordons = [:]
        for seat in world.seats where seat.isThere && seat.cordon != absent {
            movingCordons[seat.name] = (seat.cordon, seat.cordonEnd, seat.cordonStart)
        }
        for place in world.poolOrder {
            let name = world.pools[place].spec.name
            guard !site.pools.contains(where: { $0.name == name }) else { continue }
            let leases = world.pools[place].leased
            guard leases == 0 else {
                result.refusals.append(.poolInUse(name, leases: leases))
                continue
            }
            closePool(place)
        }
        var order: [Int] = []
        for spec in site.pools {
            if let place = pool(spec.name) {
                if world.pools[place].spec != spec {
                    world.pools[place].revision += 1
                    clear(place, spec, &result)
                }
                order.append(place)
            } else {
                order.append(openPool(spec, by: actor, at: now))
            }
        }
        world.poolOrder = order
        for place in order { fill(place, world.pools[place].spec, &result) }
        movingCordons = [:]
        noteLimit(from: seatsBefore, &result)
        setGroups(site.groups)
        world.rota = site.rota
        world.hasSite = world.hasSite || site != SiteSpec()
    }

    // MARK: Settings

    mutating func setSeatLimit(_ limit: Int?, _ said: Said) throws(Finding) {
        guard try proceeds(said, changes: limit != world.seatLimit) else { return }
        world.seatLimit = limit
        try done(said)
    }

    mutating func setClock(_ mark: ClockMark, _ said: Said) throws(Finding) {
        guard try proceeds(said, changes: mark != world.clock, ends: true) else { return }
        world.clock = mark
        if world.hasCalendars {
            // Windows follow the wall clock, and so do the deadlines that they make.
            disturbTurns()
            world.soonest = min(world.soonest, soonestDeadline())
        }
        try done(said)
    }

    mutating func raiseTokenFloor(_ floor: UInt64, _ said: Said) throws(Finding) {
        guard try proceeds(said, changes: floor > world.tokenFloor) else { return }
        world.tokenFloor = max(floor, world.tokenFloor)
        try done(said)
    }
}
