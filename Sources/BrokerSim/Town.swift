import BrokerCore

/// The names of a simulated house, made once, and the sites and orders that its admins think of.
struct Town {
    let holders: [HolderName]
    let subjects: [Subject]
    let agents: [Actor]
    let gateways = (0..<2).map { Actor(name: "gw\($0)", uid: 900 + UInt32($0), role: .gateway) }
    let admin = Actor(name: "root", uid: 0, role: .admin)
    let pools: [PoolName]
    let groups: [GroupName]
    let keys = (0..<12).map { "k\($0)" }
    let reasons = ["patches", "move", "a fault", "end of day"]
    private let numbers: [HolderName: Int]
    private let seats: [SeatName]
    private let swarm: Swarm
    private let calendar: TownCalendar
    private let unknownPool = PoolName("nowhere")
    private let unknownGroup = GroupName("nobody")
    private static let unixGroupCount = 5

    init(_ swarm: Swarm) {
        self.swarm = swarm
        calendar = TownCalendar(swarm)
        var random = Random(seed: swarm.seed ^ 0x544F_574E)
        holders = (0..<swarm.personCount).map { HolderName("p\($0)") }
        let unixGroups = (0..<Self.unixGroupCount).map { UnixGroupName("u\($0)") }
        subjects = holders.map { holder in
            Subject(
                holder: holder,
                unixGroups: unixGroups.filter { _ in random.chance(percent: 60) })
        }
        agents = holders.enumerated().map { number, holder in
            Actor(name: holder.value, uid: 1_000 + UInt32(number), role: .agent)
        }
        pools = (0..<swarm.poolCount).map { PoolName("a\($0)") }
        groups = (0..<swarm.groupCount).map { GroupName("g\($0)") }
        numbers = Dictionary(uniqueKeysWithValues: holders.enumerated().map { ($1, $0) })
        seats =
            pools.flatMap { pool in
                (1...min(12, swarm.seatCountMax + 2)).map { SeatName("\(pool.value)-\($0)") }
            } + (0..<4).map { SeatName("x\($0)") } + [SeatName("nothing")]
    }

    func person(_ holder: HolderName) -> Int { numbers[holder] ?? 0 }

    func anyPool(_ random: inout Random) -> PoolName {
        random.once(in: 50) ? unknownPool : random.pick(pools)
    }

    func anyGroup(_ random: inout Random) -> GroupName {
        random.once(in: 50) ? unknownGroup : random.pick(groups)
    }

    // MARK: Sites

    /// The whole of a site. In one of some ten a pool or a group is missing.
    func site(_ random: inout Random) -> SiteSpec {
        let some = random.once(in: 5)
        let here = pools.filter { _ in !some || random.chance(percent: 80) }
        let names = random.once(in: 4) ? random.shuffled(here) : here
        var site = SiteSpec(
            pools: names.map { pool(&random, $0) },
            groups: random.shuffled(groups).filter { _ in !some || random.chance(percent: 80) }
                .map { group(&random, $0, pools: names) })
        guard let turns = swarm.turns else { return site }
        if random.once(in: 12) {
            // Everybody may enter at any time again.
            for index in site.groups.indices { site.groups[index].slots = nil }
        } else {
            site.rota = calendar.rota(turns, &random, groups: site.groups.map(\.name))
        }
        return site
    }

    private func pool(_ random: inout Random, _ name: PoolName) -> PoolSpec {
        var spec = PoolSpec(
            name: name, size: 0, seatName: "\(name.value)-%\(random.once(in: 8) ? "02" : "")d",
            leaseTTLSeconds: random.within(1...swarm.ttlSecondsMax),
            leaseTTLSecondsMax: swarm.ttlSecondsMax)
        if swarm.hasListedSeats {
            // Names that other pools list, and some that other pools' patterns give.
            let other = random.pick(pools).value
            let index = random.within(1...(swarm.seatCountMax + 4))
            let names = random.shuffled(
                ["x0", "x1", "\(name.value)-2", "x2", "x3"]
                    + (random.chance(percent: 40) ? ["\(other)-\(index)"] : []))
            spec.listed = names.prefix(random.below(4)).map { seat in
                ListedSeat(
                    name: SeatName(seat),
                    keptFor: random.chance(percent: 30) ? random.pick(holders) : nil)
            }
        }
        spec.size = spec.listed.count + random.within(0...swarm.seatCountMax)
        if random.once(in: 10) { spec.port = 4_000 }
        if random.once(in: 10) { spec.seatHost = "\(name.value)-%d.desk.example" }
        return spec
    }

    private func group(
        _ random: inout Random, _ name: GroupName, pools names: [PoolName]
    ) -> GroupSpec {
        var members: [Member] = []
        for number in 0..<Self.unixGroupCount where random.chance(percent: 70) {
            members.append(.unixGroup(UnixGroupName("u\(number)")))
        }
        if members.isEmpty || random.once(in: 3) { members.append(.user(random.pick(holders))) }
        var spec = GroupSpec(
            name: name, members: members,
            pools: random.shuffled(names).filter { _ in random.chance(percent: 85) })
        if swarm.hasQuotas, random.chance(percent: 70) {
            spec.quota = random.below(swarm.seatCountMax + 3)
        }
        if swarm.hasReserves {
            spec.reserve = spec.pools.filter { _ in random.chance(percent: 40) }.map {
                GroupSpec.Reserve(pool: $0, seats: random.within(0...(swarm.seatCountMax / 3 + 1)))
            }
        }
        if let turns = swarm.turns { spec.slots = calendar.slots(turns, &random) }
        return spec
    }

    // MARK: Orders

    /// - Parameters:
    ///   - wall: milliseconds of the wall clock, as far as the admin knows.
    ///   - seen: the journal's revision of the last change of the site that the admin has seen.
    func command(
        _ kind: Workload.Kind, _ random: inout Random, wall: Int64, seen: UInt64
    ) -> Command {
        switch kind {
        case .resize:
            return .resizePool(
                anyPool(&random), size: random.within(0...(swarm.seatCountMax + 4)),
                ifRevision: random.once(in: 20) ? UInt64(random.below(30)) : nil)
        case .poolMode: return poolMode(&random, wall)
        case .poolList:
            let name = random.pick(pools)
            return random.chance(percent: 50) ? .createPool(pool(&random, name)) : .deletePool(name)
        case .seatMode: return seatMode(&random, wall)
        case .group:
            let name = anyGroup(&random)
            return random.once(in: 5)
                ? .deleteGroup(name)
                : .putGroup(
                    group(&random, name, pools: pools), ifRevision: revision(&random, seen))
        case .site: return .applySite(site(&random), ifRevision: revision(&random, seen))
        case .broker: return ofTheBroker(&random)
        case .grant, .renew, .release, .revoke: return .passTime
        }
    }

    /// What an admin has seen, or thinks so.
    private func revision(_ random: inout Random, _ seen: UInt64) -> UInt64? {
        guard swarm.turns != nil, random.once(in: 4) else { return nil }
        return random.pick([seen, seen, seen + 1, seen > 0 ? seen - 1 : 0, 0])
    }

    private func start(_ random: inout Random, _ wall: Int64) -> DrainStart {
        guard swarm.laterDrainPercent > 0, random.chance(percent: swarm.laterDrainPercent) else {
            return .now
        }
        if random.once(in: 3) { return .windowEnd }
        return .at(
            wallMilliseconds: wall + Int64(random.within(-5...swarm.ttlSecondsMax)) * 1_000)
    }

    private func deadline(_ random: inout Random) -> Int? {
        random.chance(percent: 40)
            ? nil : random.once(in: 10) ? 0 : random.within(1...swarm.ttlSecondsMax)
    }

    private func poolMode(_ random: inout Random, _ wall: Int64) -> Command {
        let name = anyPool(&random)
        switch random.below(6) {
        case 0: return .cordonPool(name, reason: random.pick(reasons))
        case 1, 2:
            return .drainPool(
                name, reason: random.pick(reasons), deadlineSeconds: deadline(&random),
                start: start(&random, wall),
                ifRevision: random.once(in: 20) && swarm.laterDrainPercent > 0
                    ? UInt64(random.below(30)) : nil)
        default: return .uncordonPool(name, reason: random.once(in: 3) ? random.pick(reasons) : nil)
        }
    }

    private func seatMode(_ random: inout Random, _ wall: Int64) -> Command {
        let name = random.pick(seats)
        switch random.below(8) {
        case 0, 1: return .cordonSeat(name, reason: random.pick(reasons))
        case 2, 3:
            return .drainSeat(
                name, reason: random.pick(reasons), deadlineSeconds: deadline(&random),
                start: start(&random, wall))
        default: return .uncordonSeat(name, reason: random.once(in: 3) ? random.pick(reasons) : nil)
        }
    }

    private func ofTheBroker(_ random: inout Random) -> Command {
        switch random.below(3) {
        case 0:
            let most = swarm.poolCount * (swarm.seatCountMax + 2)
            return .setSeatLimit(random.chance(percent: 30) ? nil : random.within(1...most))
        case 1: return .raiseTokenFloor(UInt64(random.below(400)))
        default: return .passTime
        }
    }
}
