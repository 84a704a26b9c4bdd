import BrokerCore

@testable import BrokerSim

/// Commands of every kind, on a small house where everything collides: the same ones for the same
/// seed. Nastier than the agents of a simulated house: names move between pools, ids and claims are
/// wrong, pools come and go.
struct AuditorWorkload {
    var random: Random
    var now: Int64 = 1_764_000_000_000
    /// Leases that were asked for lately, granted or not.
    private var known: [(id: LeaseID, holder: Int, gateway: String?)] = []
    private var idCount: UInt64 = 0

    init(seed: UInt64) { random = Random(seed: seed) }

    static let admin = Actor(name: "root", uid: 0, role: .admin)
    private static let pools = ["a", "b", "c"].map { PoolName($0) }
    private static let groups = ["g", "h", "i"].map { GroupName($0) }
    private static let listedNames = ["x1", "x2", "a-2", "a-6", "b-1", "b-7", "y1"]
    private static let holderCount = 9

    static func holder(_ number: Int) -> HolderName { HolderName("p\(number)") }

    private mutating func subject(_ number: Int) -> Subject {
        let groups: [String] =
            switch number {
            case 0, 1, 2: ["g"]
            case 3, 4: ["h"]
            case 5, 6: ["i", "g"]
            case 7: []
            default: ["g", "h", "i"]
            }
        // Now and then the name service says something else.
        let said = random.chance(percent: 95) ? groups : ["h", "other"]
        return Subject(
            holder: Self.holder(number), unixGroups: said.map { UnixGroupName($0) })
    }

    mutating func next() -> Question {
        let actor =
            switch random.below(20) {
            case 0..<12: Self.admin
            case 12: Actor(name: "p\(random.below(3))", uid: 1, role: .admin)
            case 13..<16: Actor(name: "p\(random.below(3))", uid: 1, role: .agent)
            default: Actor(name: "gw\(random.below(2))", uid: 9, role: .gateway)
            }
        let command: Command =
            switch random.below(100) {
            case 0..<38: grant(actor)
            case 38..<66: ofALease(actor)
            case 66..<84: ofAPool()
            case 84..<92: ofASeat()
            case 92..<97: ofTheSite()
            default: ofTheBroker()
            }
        return Question(command, by: actor)
    }

    mutating func pass() {
        guard random.chance(percent: 60) else { return }
        now += Int64(random.below(random.chance(percent: 5) ? 60_000 : 6_000))
        // A night now and then, so that idempotency keys grow old.
        if random.below(300) == 0 { now += 30_000_000 }
        // Whole seconds meet deadlines to the millisecond.
        if random.chance(percent: 50) { now = (now + 999) / 1_000 * 1_000 }
    }

    // MARK: Kinds

    private mutating func grant(_ actor: Actor) -> Command {
        idCount += 1
        let id = LeaseID(high: UInt64(now) << 16, low: idCount)
        let holder = random.below(Self.holderCount)
        known.append((id, holder, actor.role == .gateway ? actor.name : nil))
        if known.count > 24 { known.removeFirst() }
        return .grant(
            GrantCommand(
                id: id, subject: subject(holder), isVouched: random.chance(percent: 20),
                pool: random.chance(percent: 40) ? aPool() : nil,
                group: random.chance(percent: 20) ? aGroup() : nil,
                ttlSeconds: random.chance(percent: 50) ? random.within(1...250) : nil,
                key: random.chance(percent: 20)
                    ? GrantCommand.Key(
                        text: "k\(random.below(random.chance(percent: 50) ? 5 : 400))",
                        fingerprint: random.below(8) == 0 ? 2 : 1)
                    : nil))
    }

    private mutating func aPool() -> PoolName {
        random.chance(percent: 3) ? PoolName("z") : random.pick(Self.pools)
    }

    private mutating func aGroup() -> GroupName {
        random.chance(percent: 5) ? GroupName("z") : random.pick(Self.groups)
    }

    private mutating func claim(_ holder: Int, _ gateway: String?) -> Claim {
        switch random.below(20) {
        case 0: .holder(Self.holder(random.below(Self.holderCount)))
        case 1..<6: .gateway(gateway ?? "gw0")
        case 6..<9: .anyone
        default: .holder(Self.holder(holder))
        }
    }

    private mutating func ofALease(_ actor: Actor) -> Command {
        guard !known.isEmpty else { return .passTime }
        let lease = random.pick(known)
        let id = random.chance(percent: 2) ? LeaseID(high: 1 << 40, low: 77) : lease.id
        switch random.below(28) {
        case 0..<12:
            return .renew(
                id, claim: claim(lease.holder, lease.gateway), subject: subject(lease.holder),
                ttlSeconds: random.chance(percent: 50) ? random.within(1...400) : nil)
        case 12..<21: return .release(id, claim: claim(lease.holder, lease.gateway))
        case 21..<26:
            return .revoke(
                id, reason: "r\(random.below(3))",
                graceSeconds: random.chance(percent: 30) ? 0 : random.within(1...60))
        default: return .passTime
        }
    }

    private mutating func deadline() -> Int? {
        random.chance(percent: 40)
            ? nil : random.chance(percent: 10) ? 0 : random.within(1...90)
    }

    private mutating func ofAPool() -> Command {
        let pool = aPool()
        switch random.below(20) {
        case 0..<8:
            return .resizePool(
                pool, size: random.below(9),
                ifRevision: random.chance(percent: 10) ? UInt64(random.below(20)) : nil)
        case 8..<11: return .cordonPool(pool, reason: "cordon \(random.below(2))")
        case 11..<13: return .drainPool(pool, reason: "drain", deadlineSeconds: deadline())
        case 13..<18:
            return .uncordonPool(pool, reason: random.chance(percent: 30) ? "open" : nil)
        case 18: return .deletePool(pool)
        default: return .createPool(poolSpec(pool))
        }
    }

    private mutating func ofASeat() -> Command {
        let seat = SeatName(
            random.pick(Self.listedNames + ["a-1", "a-3", "b-2", "b-3", "b-4", "c-0001", "z"]))
        switch random.below(10) {
        case 0..<3: return .cordonSeat(seat, reason: "cordon \(random.below(2))")
        case 3..<5: return .drainSeat(seat, reason: "drain", deadlineSeconds: deadline())
        default: return .uncordonSeat(seat, reason: nil)
        }
    }

    private mutating func ofTheSite() -> Command {
        switch random.below(10) {
        case 0..<4: return .putGroup(groupSpec(random.pick(Self.groups), Self.pools))
        case 4: return .deleteGroup(aGroup())
        default: return .applySite(site())
        }
    }

    private mutating func ofTheBroker() -> Command {
        switch random.below(4) {
        case 0: return .setSeatLimit(random.chance(percent: 30) ? nil : random.within(6...18))
        case 1:
            return .setClock(
                ClockMark(
                    wallOffsetMilliseconds: Int64(random.below(9)), bootHigh: 1, bootLow: 2,
                    bootOffsetMilliseconds: 3))
        case 2: return .raiseTokenFloor(UInt64(random.below(200)))
        default: return .passTime
        }
    }

    // MARK: Specifications

    mutating func site() -> SiteSpec {
        var pools: [PoolName] = []
        for pool in random.shuffled(Self.pools) where random.chance(percent: 85) {
            pools.append(pool)
        }
        var groups: [GroupSpec] = []
        for group in random.shuffled(Self.groups) where random.chance(percent: 85) {
            groups.append(groupSpec(group, pools))
        }
        return SiteSpec(pools: pools.map { poolSpec($0) }, groups: groups)
    }

    private mutating func poolSpec(_ name: PoolName) -> PoolSpec {
        let isURL = random.chance(percent: 10)
        var listed: [ListedSeat] = []
        for seat in random.shuffled(Self.listedNames).prefix(random.below(4)) {
            listed.append(
                ListedSeat(
                    name: SeatName(seat),
                    host: random.chance(percent: 20) && !isURL ? "host" : nil,
                    port: random.chance(percent: 20) && !isURL ? 4_000 : nil,
                    url: isURL ? "https://meet.example/\(seat)" : nil,
                    keptFor: random.chance(percent: 35)
                        ? Self.holder(random.below(Self.holderCount)) : nil))
        }
        return PoolSpec(
            name: name, size: listed.count + random.below(6),
            seatName: random.pick(
                [nil, "\(name.value)-%d", "\(name.value)-%d", "\(name.value)-%02d"]),
            seatHost: random.chance(percent: 30) && !isURL ? "h%03d.example" : nil,
            seatURL: isURL ? "https://meet.example/%02d" : nil,
            port: random.chance(percent: 20) && !isURL ? 3_390 : nil,
            seatProtocol: isURL ? .url : random.pick([.rdp, .ssh]),
            leaseTTLSeconds: random.pick([30, 60]), leaseTTLSecondsMax: random.pick([60, 200]),
            listed: listed)
    }

    private mutating func groupSpec(_ name: GroupName, _ known: [PoolName]) -> GroupSpec {
        var pools: [PoolName] = []
        for pool in random.shuffled(known) where random.chance(percent: 75) { pools.append(pool) }
        var members = [Member.unixGroup(UnixGroupName(name.value))]
        if random.chance(percent: 20) {
            members.append(.user(Self.holder(random.below(Self.holderCount))))
        }
        let reserve = random.chance(percent: 40) ? pools.first : nil
        return GroupSpec(
            name: name, members: members, pools: pools,
            quota: random.chance(percent: 60) ? random.below(6) : nil,
            reserve: reserve.map { [GroupSpec.Reserve(pool: $0, seats: random.within(0...2))] }
                ?? [])
    }
}
