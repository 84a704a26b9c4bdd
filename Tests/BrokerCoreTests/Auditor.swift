import Testing

@testable import BrokerCore

/// Watches a broker from outside: what it shows and what it answers must never break the rules of
/// the house, whatever it is asked.
struct Auditor {
    /// The highest token that was given with each seat's name.
    private var tokens: [SeatName: UInt64] = [:]
    /// Live leases as they were seen last.
    private var live: [LeaseID: LeaseView] = [:]
    private(set) var granted = 0
    private(set) var refused: [Rule: Int] = [:]

    /// Looks at the state after a command, and at what was answered.
    mutating func check(
        _ broker: Broker, after command: Command, _ outcome: Result<Decision, Refusal>,
        at now: Instant, step: Int
    ) {
        let house = Snapshot(broker, at: now)
        checkSeats(house, broker, now, step)
        checkDeadlines(house, broker, command, now, step)
        switch (command, outcome) {
        case (.grant(let grant), .success(.granted(let lease))):
            checkGrant(house, grant, lease, step)
        case (.grant(let grant), .failure(.grant(let refusal))):
            refused[refusal.rule, default: 0] += 1
            let passing = house.pairs(of: grant).filter { house.gives(grant, $0) }
            #expect(passing.isEmpty, "step \(step): refused, but a pair passes")
            #expect(refusal.reasons.allSatisfy { !$0.passed } && !refusal.reasons.isEmpty)
            #expect(refusal.reasons.contains { $0.rule == refusal.rule })
            #expect(refusal.earliest.map { $0 > now } ?? true, "step \(step)")
        default: break
        }
        live = Dictionary(uniqueKeysWithValues: house.leases.map { ($0.id, $0) })
    }

    // MARK: Seats

    /// One live lease a seat; counts add up; tokens only grow.
    private mutating func checkSeats(
        _ house: Snapshot, _ broker: Broker, _ now: Instant, _ step: Int
    ) {
        let leased = Dictionary(grouping: house.leases, by: \.seat.name)
        #expect(leased.values.allSatisfy { $0.count == 1 }, "step \(step): a seat twice")
        #expect(house.leases.count == house.seats.count { $0.lease != nil }, "step \(step)")
        for seat in house.seats {
            let name = seat.address.name
            let lease = leased[name]?.first
            #expect(seat.lease == lease?.id && seat.holder == lease?.holder, "step \(step)")
            #expect(seat.token >= tokens[name] ?? 0, "step \(step): token of \(name.value)")
            #expect(!seat.isRetiring || seat.lease != nil, "step \(step): retiring and free")
            tokens[name] = seat.token
        }
        for pool in broker.poolViews {
            let seats = house.seats.filter { $0.pool == pool.spec.name }
            #expect(pool.size == seats.count, "step \(step)")
            #expect(pool.seats.leased == seats.count { $0.lease != nil }, "step \(step)")
            #expect(
                pool.seats.cordoned == seats.count { $0.lease == nil && $0.cordon != nil },
                "step \(step)")
            #expect(
                pool.seats.available == seats.count { $0.lease == nil && $0.cordon == nil },
                "step \(step)")
            #expect(
                seats.count { !$0.isRetiring } == pool.spec.size, "step \(step): not its size")
        }
        for group in broker.groupViews(at: now) {
            #expect(
                group.used == house.leases.count { $0.group == group.spec.name }, "step \(step)")
        }
    }

    // MARK: Deadlines

    /// Nothing outlives its deadline, nothing ends before, and little moves a deadline outwards.
    private func checkDeadlines(
        _ house: Snapshot, _ broker: Broker, _ command: Command, _ now: Instant, _ step: Int
    ) {
        #expect(house.leases.allSatisfy { $0.expiresAt > now }, "step \(step): outlived")
        #expect(
            broker.nextDeadline(after: now) == house.leases.map(\.expiresAt).min(), "step \(step)")
        for lease in house.leases {
            guard let before = live[lease.id], lease.expiresAt > before.expiresAt else { continue }
            #expect(command.extends, "step \(step): moved outwards by \(command)")
            #expect(before.expiresAt > now, "step \(step): expired and extended")
        }
        let lives = Set(house.leases.map(\.id))
        for (id, before) in live where !lives.contains(id) {
            guard let ended = broker.lease(id) else {
                Issue.record("step \(step): \(id.text) is gone")
                continue
            }
            #expect(ended.state == .ended && ended.endedAt == now, "step \(step)")
            switch ended.endReason {
            case .released, .revoked: break
            case .expired, .drained:
                #expect(ended.expiresAt <= now, "step \(step): ended early")
                if !command.shortens { #expect(before.expiresAt <= now, "step \(step)") }
            case .windowClosed, .seatFailed, nil: Issue.record("step \(step): no such end")
            }
        }
    }

    // MARK: Grants

    private mutating func checkGrant(
        _ house: Snapshot, _ grant: GrantCommand, _ lease: LeaseView, _ step: Int
    ) {
        granted += 1
        #expect(lease.holder == grant.subject.holder && lease.id == grant.id, "step \(step)")
        #expect(
            house.leases.count { $0.holder == lease.holder && $0.pool == lease.pool } == 1,
            "step \(step): two leases in a pool")
        let pair = Snapshot.Pair(group: lease.group, pool: lease.pool)
        let pairs = house.pairs(of: grant)
        guard let position = pairs.firstIndex(of: pair) else {
            Issue.record("step \(step): not entitled")
            return
        }
        // Taking it changed nothing for pairs of another pool and another group.
        for earlier in pairs[..<position]
        where earlier.pool != pair.pool && earlier.group != pair.group {
            #expect(!house.gives(grant, earlier), "step \(step): an earlier pair passes")
        }
        let group = house.groups.first { $0.spec.name == lease.group }!
        #expect(group.spec.quota.map { group.used <= $0 } ?? true, "step \(step): over quota")
        #expect(house.pools.first { $0.spec.name == lease.pool }?.mode.kind == .open)
        let seat = house.seats.first { $0.address.name == lease.seat.name }!
        #expect(seat.cordon == nil && !seat.isRetiring, "step \(step)")
        if let kept = seat.keptFor {
            #expect(kept == lease.holder, "step \(step)")
        } else {
            // One more was free before: more than the others' unmet reserves.
            #expect(house.free(lease.pool) >= house.reserved(pair), "step \(step): reserved")
        }
    }
}

/// What a broker shows, and the rules of a grant written down a second time, the slow way.
struct Snapshot {
    struct Pair: Equatable {
        var group: GroupName
        var pool: PoolName
    }

    let seats: [SeatView]
    let leases: [LeaseView]
    let pools: [PoolView]
    let groups: [GroupView]

    init(_ broker: Broker, at now: Instant) {
        seats = broker.seats(pool: nil, after: nil, limit: .max) { _ in true }.seats
        leases = broker.leases(Broker.LeaseFilter(), limit: .max)
        pools = broker.poolViews
        groups = broker.groupViews(at: now)
    }

    func pairs(of grant: GrantCommand) -> [Pair] {
        groups.filter { group in
            (grant.group ?? group.spec.name) == group.spec.name
                && group.spec.members.contains { member in
                    switch member {
                    case .user(let name): name == grant.subject.holder
                    case .unixGroup(let name): grant.subject.unixGroups.contains(name)
                    }
                }
        }.flatMap { group in
            group.spec.pools.filter { (grant.pool ?? $0) == $0 }
                .map { Pair(group: group.spec.name, pool: $0) }
        }
    }

    func free(_ pool: PoolName) -> Int {
        seats.count {
            $0.pool == pool && $0.lease == nil && $0.cordon == nil && $0.keptFor == nil
        }
    }

    func reserved(_ pair: Pair) -> Int {
        groups.filter { $0.spec.name != pair.group }.reduce(0) { sum, group in
            let reserve = group.spec.reserve.first { $0.pool == pair.pool }?.seats ?? 0
            let used = leases.count { $0.group == group.spec.name && $0.pool == pair.pool }
            return sum + max(0, reserve - used)
        }
    }

    func gives(_ grant: GrantCommand, _ pair: Pair) -> Bool {
        let group = groups.first { $0.spec.name == pair.group }!
        guard pools.first(where: { $0.spec.name == pair.pool })?.mode.kind == .open,
            group.spec.quota.map({ group.used < $0 }) ?? true
        else { return false }
        return free(pair.pool) > reserved(pair)
            || seats.contains {
                $0.pool == pair.pool && $0.lease == nil && $0.cordon == nil
                    && $0.keptFor == grant.subject.holder
            }
    }
}

extension Command {
    /// Whether it may give a lease more time than it had.
    fileprivate var extends: Bool {
        switch self {
        case .renew, .uncordonPool, .uncordonSeat, .resizePool, .applySite, .drainPool, .drainSeat,
            .setWindows:
            true
        case .grant, .release, .revoke, .createPool, .deletePool, .cordonPool, .cordonSeat,
            .putGroup, .deleteGroup, .setSeatLimit, .setClock, .raiseTokenFloor, .leaveLine,
            .dropConnections, .noteReload, .passTime:
            false
        }
    }

    /// Whether it may end a lease before what was its deadline.
    fileprivate var shortens: Bool {
        switch self {
        case .drainPool, .drainSeat: true
        case .renew, .uncordonPool, .uncordonSeat, .resizePool, .applySite, .grant, .release,
            .revoke, .createPool, .deletePool, .cordonPool, .cordonSeat, .putGroup, .deleteGroup,
            .setWindows, .setSeatLimit, .setClock, .raiseTokenFloor, .leaveLine, .dropConnections,
            .noteReload, .passTime:
            false
        }
    }
}
