@testable import BrokerCore

/// Commands without end on a small house where groups take turns and people wait: the same ones for
/// the same seed.
struct TurnWorkload {
    var random: Random
    /// Milliseconds from the start on the broker's own time line.
    var now = House.start
    private var idCount: UInt64 = 0
    private var leases: [LeaseView] = []
    private var tickets: [WaitTicket] = []
    /// What the wall clock was set to.
    private var offset: Int64 = 0

    init(seed: UInt64) { random = Random(seed: seed) }

    private static let groups: [GroupName] = ["g", "h", "i"]
    private static let pools: [PoolName] = ["a", "b"]

    static let site = SiteSpec(
        pools: [
            .plain(
                "a", 3, ttl: 60, ttlMax: 400, listed: [ListedSeat(name: "x1", keptFor: "p1")]),
            .plain("b", 1, ttl: 100, ttlMax: 300),
        ],
        groups: [
            .turning("g", ["a", "b"], quota: 3, reserve: ["a": 1]),
            .turning("h", ["b", "a"], quota: 4), .plain("i", ["a"], quota: 2, people: ["p7"]),
        ], rota: House.rota())

    static func subject(_ holder: HolderName) -> Subject {
        let groups: [UnixGroupName] =
            switch holder.value {
            case "p0", "p1", "p2": ["g"]
            case "p3", "p4": ["h"]
            case "p5", "p6": ["g", "h"]
            case "p7": []
            default: ["h", "i", "g"]
            }
        return Subject(holder: holder, unixGroups: groups)
    }

    /// Windows of some dozens of seconds, now and then, by the wall clock.
    mutating func table(isNewRota: Bool) -> WindowTable {
        var windows: [GroupName: [Range<Int>]] = [:]
        let present = Int((now.milliseconds + offset - House.start.milliseconds) / 1_000)
        for group in Self.groups {
            var start = present - Int(random.next() % 100)
            for _ in 0..<8 {
                start += random.chance(30) ? 0 : Int(random.next() % 60)
                let end = start + 1 + Int(random.next() % 60)
                windows[group, default: []].append(start..<end)
                start = end
            }
        }
        return House.table(
            windows, until: present + 500, zones: "z\(random.next() % 3)", isNewRota: isNewRota)
    }

    /// Tells the workload what became of a command.
    mutating func note(_ decision: Decision) {
        switch decision {
        case .granted(let lease):
            leases.append(lease)
            if leases.count > 24 { leases.removeFirst() }
        case .waiting(let view):
            tickets.append(view.ticket)
            if tickets.count > 12 { tickets.removeFirst() }
        default: break
        }
    }

    mutating func next() -> (command: Command, actor: Actor) {
        if random.chance(55) {
            now = now.adding(milliseconds: Int64.random(in: 0...9_000, using: &random))
        }
        // A sleep now and then, over several windows.
        if random.next() % 60 == 0 { now = now.adding(seconds: Int(random.next() % 400)) }
        let actor =
            random.chance(80)
            ? House.admin : Actor(name: "gw\(random.next() % 2)", uid: 9, role: .gateway)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<45: return (grant(isVouched: actor.role == .gateway), actor)
        case 45..<65: return (ofALease(), actor)
        case 65..<78: return (.passTime, .system)
        case 78..<82: return (ofTheLine(), .system)
        case 82..<91: return (ofADrain(), actor)
        default: return (ofTheSite(), actor)
        }
    }

    private mutating func grant(isVouched: Bool) -> Command {
        idCount += 1
        let holder = HolderName("p\(random.next() % 9)")
        var subject = Self.subject(holder)
        if random.chance(10) { subject.unixGroups.removeLast(subject.unixGroups.isEmpty ? 0 : 1) }
        return .grant(
            GrantCommand(
                id: LeaseID(high: 5 << 16, low: idCount), subject: subject,
                isVouched: isVouched && random.chance(50),
                pool: random.chance(50) ? random.pick(Self.pools) : nil,
                group: random.chance(15) ? random.pick(Self.groups) : nil,
                ttlSeconds: random.chance(40) ? 1 + Int(random.next() % 200) : nil,
                key: random.chance(30)
                    ? GrantCommand.Key(text: "k\(random.next() % 3)", fingerprint: 1) : nil,
                wait: random.chance(80)
                    ? GrantCommand.Wait(
                        seconds: Int(random.next() % 200), countMax: 4, groupCountMax: 3) : nil))
    }

    private mutating func ofALease() -> Command {
        guard !leases.isEmpty else { return .passTime }
        let lease = random.pick(leases)
        switch random.next() % 10 {
        case 0..<4:
            return .renew(
                lease.id, claim: .anyone, subject: Self.subject(lease.holder), ttlSeconds: nil)
        case 4..<8: return .release(lease.id, claim: .anyone)
        default: return .revoke(lease.id, reason: "r", graceSeconds: Int(random.next() % 40))
        }
    }

    private mutating func ofTheLine() -> Command {
        if random.chance(5) || tickets.isEmpty { return .dropConnections }
        return .leaveLine(random.pick(tickets))
    }

    private mutating func ofADrain() -> Command {
        let pool = random.pick(Self.pools)
        let deadline = random.chance(40) ? nil : Int(random.next() % 60)
        let start: DrainStart =
            switch random.next() % 3 {
            case 0: .now
            case 1:
                .at(wallMilliseconds: now.milliseconds + offset + Int64(random.next() % 60_000))
            default: .windowEnd
            }
        let seat = SeatName(random.pick(["a-1", "a-2", "x1", "b-1", "b-2"]))
        switch random.next() % 12 {
        case 0, 1:
            return .drainPool(pool, reason: "move", deadlineSeconds: deadline, start: start)
        case 2..<6: return .uncordonPool(pool)
        case 6: return .cordonPool(pool, reason: "paint")
        case 7, 8:
            return .drainSeat(seat, reason: "fan", deadlineSeconds: deadline, start: start)
        case 9: return .cordonSeat(seat, reason: "dust")
        default: return .uncordonSeat(seat)
        }
    }

    private mutating func ofTheSite() -> Command {
        switch random.next() % 14 {
        case 0..<4: return .setWindows(table(isNewRota: random.chance(60)))
        case 4..<6:
            offset = random.chance(30) ? 0 : Int64(random.next() % 400_000) - 200_000
            return .setClock(
                ClockMark(
                    wallOffsetMilliseconds: offset, bootHigh: 1, bootLow: 2,
                    bootOffsetMilliseconds: 3))
        case 6: return .deleteGroup(random.pick(Self.groups))
        case 7..<9: return .applySite(Self.site)
        case 9: return .resizePool("b", size: Int(random.next() % 3), ifRevision: nil)
        default:
            var spec = random.pick(Self.site.groups)
            if random.chance(50) { spec.slots = spec.slots == nil ? ["mon.am"] : nil }
            spec.quota = random.chance(20) ? nil : Int(random.next() % 5)
            return .putGroup(spec)
        }
    }
}
