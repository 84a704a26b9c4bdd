import BrokerCore
import BrokerEngine

/// Why a request for a seat is refused, and when it would pass.
extension Auditor {
    /// A pair that did not pass: the first rule that failed, and when all of them will pass.
    private struct Failure {
        var rule: Rule
        var earliest: Int64
    }

    /// A rule that failed for a pair.
    private struct Reason {
        var rule: Rule
        var group: GroupName?
        var pool: PoolName?
        var numbers: RuleResult.Numbers
        var earliest: Int64

        func isTold(by result: RuleResult) -> Bool {
            result.rule == rule && !result.passed && result.group == group && result.pool == pool
                && result.numbers == numbers
                && (result.earliest?.milliseconds ?? never) == earliest
        }
    }

    /// When the rules of a pair will pass as things stand; `never`: no instant is known.
    private struct Outlook {
        var quota = never
        var seats = never
        var both = never
    }

    /// The refusal has to name every rule that failed, for every group of the agent, and be called
    /// by that of the pair with the soonest instant, among equals of the one that got furthest.
    mutating func refuse(
        _ command: GrantCommand, _ holder: Int32, _ wantedPool: Int?, _ said: Said
    ) throws(Finding) {
        guard case .answer(let answer) = said else { return }
        guard case .refused(.grant(let given)) = answer else {
            throw wrong(answer, "answer", "no pair of a group and a pool passes")
        }
        var best: Failure?
        func consider(_ failure: Failure) {
            guard let other = best else { return best = failure }
            if failure.earliest < other.earliest
                || failure.earliest == other.earliest && failure.rule > other.rule
            {
                best = failure
            }
        }
        var expected: [Reason] = []
        func expect(
            _ rule: Rule, _ group: GroupName?, _ pool: PoolName?, _ numbers: RuleResult.Numbers,
            _ earliest: Int64 = never
        ) {
            expected.append(
                Reason(
                    rule: rule, group: group, pool: pool, numbers: numbers, earliest: earliest))
        }

        if candidates.isEmpty {
            expect(.notEntitled, command.group, command.pool, .none)
            consider(Failure(rule: .notEntitled, earliest: never))
        }
        let byEnd = leasesByEnd()
        for position in candidates {
            let group = world.groups[position]
            let pools = group.pools.filter { wantedPool == nil || $0 == wantedPool }
            guard !pools.isEmpty else {
                consider(Failure(rule: .notEntitled, earliest: never))
                continue
            }
            let used = world.used[Int(group.name)]
            let isFull = quotaIsUsedUp(position)
            for (number, place) in pools.enumerated() {
                let pool = world.pools[place]
                let outlook = outlook(byEnd, position, place, holder)
                let reason = pool.reason == absent ? nil : names.reasons[pool.reason]
                if pool.kind != .open {
                    expect(
                        pool.kind == .cordoned ? .poolCordoned : .poolDraining, group.spec.name,
                        pool.spec.name, .closed(reason: reason))
                }
                // The quota is of the group, not of a pool: it is told once, without a pool.
                if isFull && number == 0 {
                    expect(
                        .quotaExceeded, group.spec.name, nil,
                        .quota(used: used, limit: group.spec.quota), outlook.quota)
                }
                let reserved = reserved(place, from: group.name)
                // Where a seat is kept for the person, that one can be had.
                let isExhausted = !hasKeptSeat(place, holder) && pool.free <= reserved
                if isExhausted {
                    expect(
                        .poolExhausted, group.spec.name, pool.spec.name,
                        .seats(available: pool.free, reserved: reserved),
                        pool.kind == .open ? outlook.seats : never)
                }
                let rule: Rule =
                    switch pool.kind {
                    case .cordoned: .poolCordoned
                    case .draining: .poolDraining
                    case .open: isFull ? .quotaExceeded : .poolExhausted
                    }
                consider(
                    Failure(rule: rule, earliest: pool.kind == .open ? outlook.both : never))
            }
        }
        // Groups that may not use what was asked for come last (pinned).
        for position in candidates {
            let group = world.groups[position]
            let isEntitled = group.pools.contains { wantedPool == nil || $0 == wantedPool }
            if !isEntitled { expect(.notEntitled, group.spec.name, command.pool, .none) }
        }
        guard given.reasons.elementsEqual(expected, by: { $1.isTold(by: $0) }) else {
            throw Finding(
                "wrong-reasons", "refused for \(given.reasons), where the rules say \(expected)")
        }
        guard given.rule == best?.rule,
            (given.earliest?.milliseconds ?? never) == best?.earliest
        else {
            throw Finding(
                "wrong-rule",
                "refused by \(given.rule) until \(String(describing: given.earliest)), where the "
                    + "rules say \(String(describing: best)) of \(expected)")
        }
    }

    private func hasKeptSeat(_ place: Int, _ holder: Int32) -> Bool {
        world.pools[place].keptFree > 0
            && world.pools[place].seats.contains {
                world.seats[$0].keptFor == holder && world.seats[$0].lease == absent
                    && world.seats[$0].cordon == absent
            }
    }

    /// Live leases with the instants at which they end, soonest first.
    private func leasesByEnd() -> [(end: Int64, place: Int)] {
        var leases: [(end: Int64, place: Int)] = []
        leases.reserveCapacity(world.leaseCount)
        for place in world.leases.indices where world.leases[place].isThere {
            leases.append((deadline(ofLease: place), place))
        }
        leases.sort { ($0.end, $0.place) < ($1.end, $1.place) }
        return leases
    }

    /// Lets leases end one after the other, and looks after each instant at which some do whether
    /// the group has room in its quota and a seat in the pool.
    private func outlook(
        _ byEnd: [(end: Int64, place: Int)], _ position: Int, _ place: Int, _ holder: Int32
    ) -> Outlook {
        let group = world.groups[position].name
        let quota = world.groups[position].spec.quota ?? .max
        var used = world.used[Int(group)]
        var free = world.pools[place].free
        var isKept = hasKeptSeat(place, holder)
        var unmet = reserved(place, from: group)
        var ends: [Int32] = []
        var outlook = Outlook()

        for (number, item) in byEnd.enumerated() {
            let lease = world.leases[item.place]
            if lease.group == group { used -= 1 }
            if lease.pool == place {
                if lease.group != group {
                    // What its group uses less, it has reserved again.
                    ends.append(lease.group)
                    unmet += isUnmet(lease.group, place, after: ends) ? 1 : 0
                }
                let seat = world.seats[lease.seat]
                if !seat.isRetiring && seat.cordon == absent {
                    if seat.keptFor == absent { free += 1 }
                    if seat.keptFor == holder { isKept = true }
                }
            }
            // All that end at one instant have ended then.
            if number + 1 < byEnd.count && byEnd[number + 1].end == item.end { continue }
            let hasRoom = used < quota
            let hasSeat = isKept || free > unmet
            if hasRoom && outlook.quota == never { outlook.quota = item.end }
            if hasSeat && outlook.seats == never { outlook.seats = item.end }
            if hasRoom && hasSeat {
                outlook.both = item.end
                break
            }
        }
        return outlook
    }

    /// Whether the last end in `ends`, of a lease of this group, leaves its reserve one seat shorter.
    private func isUnmet(_ group: Int32, _ place: Int, after ends: [Int32]) -> Bool {
        guard let reserve = world.pools[place].reserves.first(where: { $0.group == group }) else {
            return false
        }
        let used = world.usedIn[Int(group)][place] - ends.count { $0 == group }
        return used < reserve.seats
    }
}
