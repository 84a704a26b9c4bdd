@testable import BrokerCore

/// Commands without end, of every kind, on a small house where everything collides: the same ones
/// for the same seed.
struct Workload {
    var random: Random
    var now = House.start
    /// Leases that were granted lately, live or not.
    private var known: [LeaseView] = []
    private var idCount: UInt64 = 0

    init(seed: UInt64) { random = Random(seed: seed) }

    static let holders = (0..<9).map { HolderName("p\($0)") }
    private static let pools: [PoolName] = ["a", "b", "c"]
    private static let groups: [GroupName] = ["g", "h", "i"]

    /// The site to begin with.
    static let site = SiteSpec(
        pools: [
            .plain(
                "a", 4, ttl: 60, ttlMax: 200,
                listed: [ListedSeat(name: "x1", keptFor: "p1"), ListedSeat(name: "x2")]),
            .plain("b", 5, ttl: 100, ttlMax: 300),
            PoolSpec(
                name: "c", size: 2, seatProtocol: .url, leaseTTLSeconds: 30,
                leaseTTLSecondsMax: 90,
                listed: ["y1", "y2"].map {
                    ListedSeat(name: SeatName($0), url: "https://meet.example/\($0)")
                }),
        ],
        groups: [
            .plain("g", ["a", "b"], quota: 4, reserve: ["a": 1]),
            .plain("h", ["b", "a", "c"], quota: 5, reserve: ["b": 2]),
            .plain("i", ["c", "b"], people: ["p7"]),
        ])

    /// Each person's unix groups, always the same ones.
    static func subject(_ holder: HolderName) -> Subject {
        let groups: [UnixGroupName] =
            switch holder.value {
            case "p0", "p1", "p2": ["g"]
            case "p3", "p4": ["h"]
            case "p5", "p6": ["i", "g"]
            case "p7": []
            default: ["g", "h", "i"]
            }
        return Subject(holder: holder, unixGroups: groups)
    }

    /// Tells the workload what became of a command.
    mutating func note(_ decision: Decision) {
        guard case .granted(let lease) = decision else { return }
        known.append(lease)
        if known.count > 24 { known.removeFirst() }
    }

    mutating func next() -> (command: Command, actor: Actor) {
        if random.chance(50) {
            now = now.adding(milliseconds: Int64.random(in: 0...12_000, using: &random))
        }
        // A night now and then, so that idempotency keys grow old.
        if random.next() % 100 == 0 { now = now.adding(seconds: 30_000) }
        let actor =
            random.chance(80)
            ? House.admin : Actor(name: "gw\(random.next() % 2)", uid: 9, role: .gateway)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<38: return (grant(), actor)
        case 38..<66: return (ofALease(), actor)
        case 66..<84: return (ofAPool(), actor)
        case 84..<94: return (ofASeat(), actor)
        case 94..<98: return (ofTheSite(), actor)
        default: return (ofTheBroker(), actor)
        }
    }

    // MARK: Kinds

    private mutating func grant() -> Command {
        idCount += 1
        return .grant(
            GrantCommand(
                id: LeaseID(high: random.next(), low: idCount),
                subject: Self.subject(random.pick(Self.holders)), isVouched: random.chance(20),
                pool: random.chance(40) ? random.pick(Self.pools) : nil,
                group: random.chance(20) ? random.pick(Self.groups) : nil,
                ttlSeconds: random.chance(50) ? Int.random(in: 1...250, using: &random) : nil,
                key: random.chance(20)
                    ? GrantCommand.Key(
                        text: "k\(random.next() % 5)", fingerprint: random.next() % 8 == 0 ? 2 : 1)
                    : nil))
    }

    private mutating func ofALease() -> Command {
        guard !known.isEmpty else { return .passTime }
        let lease = random.pick(known)
        switch Int.random(in: 0..<28, using: &random) {
        case 0..<10:
            let holder = random.chance(90) ? lease.holder : random.pick(Self.holders)
            return .renew(
                lease.id, claim: .holder(holder), subject: Self.subject(holder),
                ttlSeconds: random.chance(50) ? Int.random(in: 1...400, using: &random) : nil)
        case 10..<21: return .release(lease.id, claim: .holder(lease.holder))
        case 21..<26:
            return .revoke(
                lease.id, reason: "r\(random.next() % 3)",
                graceSeconds: random.chance(30) ? 0 : Int.random(in: 1...60, using: &random))
        default: return .passTime
        }
    }

    private mutating func deadline() -> Int? {
        random.chance(40)
            ? nil : random.chance(10) ? 0 : Int.random(in: 1...90, using: &random)
    }

    private mutating func ofAPool() -> Command {
        let pool = random.pick(Self.pools)
        switch Int.random(in: 0..<18, using: &random) {
        case 0..<8:
            return .resizePool(pool, size: Int.random(in: 0...8, using: &random), ifRevision: nil)
        case 8..<10: return .cordonPool(pool, reason: "cordon")
        case 10..<12: return .drainPool(pool, reason: "drain", deadlineSeconds: deadline())
        case 12..<16: return .uncordonPool(pool)
        case 16: return .deletePool(pool)
        default: return .createPool(poolSpec(pool))
        }
    }

    private mutating func ofASeat() -> Command {
        let seat = SeatName(
            random.pick(["a-1", "a-2", "a-3", "b-1", "b-2", "b-3", "b-4", "x1", "x2", "y1", "y2"]))
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: return .cordonSeat(seat, reason: "cordon")
        case 3..<5: return .drainSeat(seat, reason: "drain", deadlineSeconds: deadline())
        default: return .uncordonSeat(seat)
        }
    }

    private mutating func ofTheSite() -> Command {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: return .putGroup(groupSpec(random.pick(Self.groups)))
        case 3: return .deleteGroup(random.pick(Self.groups))
        case 4..<6: return .applySite(Self.site)
        default:
            let pools = Self.pools.filter { _ in random.chance(85) }
            let groups = Self.groups.filter { _ in random.chance(85) }
            return .applySite(
                SiteSpec(
                    pools: pools.map { poolSpec($0) },
                    groups: groups.shuffled(using: &random).map { name in
                        var spec = groupSpec(name)
                        spec.pools.removeAll { !pools.contains($0) }
                        spec.reserve.removeAll { !pools.contains($0.pool) }
                        return spec
                    }))
        }
    }

    private mutating func ofTheBroker() -> Command {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .setSeatLimit(random.chance(30) ? nil : 6 + Int(random.next() % 12))
        case 1:
            return .setClock(
                ClockMark(
                    wallOffsetMilliseconds: Int64(random.next() % 9), bootHigh: 1, bootLow: 2,
                    bootOffsetMilliseconds: 3))
        case 2: return .raiseTokenFloor(random.next() % 200)
        default: return .passTime
        }
    }

    // MARK: Specifications

    /// Any pool: listed seats from a few names, in any order, one of two patterns.
    private mutating func poolSpec(_ name: PoolName) -> PoolSpec {
        let names = ["x1", "x2", "\(name.value)-2", "y1"].shuffled(using: &random)
        let holders = Self.holders
        let listed = names.prefix(Int(random.next() % 4)).map { seat in
            ListedSeat(
                name: SeatName(seat), keptFor: random.chance(30) ? random.pick(holders) : nil)
        }
        return PoolSpec(
            name: name, size: listed.count + Int(random.next() % 5),
            seatName: "\(name.value)-%\(random.chance(70) ? "" : "02")d",
            leaseTTLSeconds: 60, leaseTTLSecondsMax: 200, listed: Array(listed))
    }

    private mutating func groupSpec(_ name: GroupName) -> GroupSpec {
        let pools = Self.pools.shuffled(using: &random).filter { _ in random.chance(75) }
        return .plain(
            name, pools, quota: random.chance(70) ? Int(random.next() % 6) : nil,
            reserve: random.chance(30) && !pools.isEmpty ? [pools[0]: 1] : [:],
            people: random.chance(20) ? [.user(random.pick(Self.holders))] : [])
    }
}
