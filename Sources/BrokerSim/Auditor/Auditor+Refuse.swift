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

    /// Compares the reasons that were told with those that are expected, one after the other.
    private struct Reading {
        let told: [RuleResult]
        var count = 0
        /// The first reason that is not as it was told.
        var missed: Reason?
        var best: Failure?

        init(_ told: [RuleResult]) { self.told = told }

        mutating func expect(
            _ rule: Rule, _ group: GroupName?, _ pool: PoolName?, _ numbers: RuleResult.Numbers,
            _ earliest: Int64 = never
        ) {
            defer { count += 1 }
            guard missed == nil else { return }
            let reason = Reason(
                rule: rule, group: group, pool: pool, numbers: numbers, earliest: earliest)
            if count >= told.count || !reason.isTold(by: told[count]) { missed = reason }
        }

        /// A pair failed: the soonest names the refusal, among equals the one that got furthest.
        mutating func consider(_ rule: Rule, _ earliest: Int64) {
            if let best {
                if earliest > best.earliest { return }
                if earliest == best.earliest && rule <= best.rule { return }
            }
            best = Failure(rule: rule, earliest: earliest)
        }
    }

    /// The refusal has to name every rule that failed, for every group of the agent, and be called
    /// by that of the pair with the soonest instant, among equals of the one that got furthest.
    mutating func refuse(
        _ command: GrantCommand, _ holder: Int32, _ wantedPool: Int?, _ said: Said
    ) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .refused(.grant(let given)) = told[index] else {
            throw wrong(told[index], "answer", "no pair of a group and a pool passes")
        }
        var reading = Reading(given.reasons)
        if candidates.isEmpty {
            reading.expect(.notEntitled, command.group, command.pool, .none)
            reading.consider(.notEntitled, never)
        } else {
            let byEnd = leasesByEnd()
            for position in candidates {
                read(&reading, position, byEnd, holder, wantedPool)
            }
            // Groups that may not use what was asked for come last (pinned).
            for position in candidates where !isEntitled(position, wantedPool) {
                let name = world.groups[position].spec.name
                reading.expect(.notEntitled, name, command.pool, .none)
                reading.consider(.notEntitled, never)
            }
        }
        guard reading.missed == nil, reading.count == given.reasons.count else {
            throw Finding(
                "wrong-reasons",
                "refused for \(given.reasons), where the rules say "
                    + "\(reading.missed.map { "\($0)" } ?? "\(reading.count) of them")")
        }
        guard given.rule == reading.best?.rule,
            (given.earliest?.milliseconds ?? never) == reading.best?.earliest
        else {
            throw Finding(
                "wrong-rule",
                "refused by \(given.rule) until \(String(describing: given.earliest)) for "
                    + "\(given.reasons), where the rules say \(String(describing: reading.best))")
        }
    }

    private func isEntitled(_ position: Int, _ wantedPool: Int?) -> Bool {
        guard let wantedPool else { return !world.groups[position].pools.isEmpty }
        return world.groups[position].pools.contains(wantedPool)
    }

    /// The pairs of one group.
    private func read(
        _ reading: inout Reading, _ position: Int, _ byEnd: [(end: Int64, place: Int)],
        _ holder: Int32, _ wantedPool: Int?
    ) {
        let group = world.groups[position].name
        let name = world.groups[position].spec.name
        let isFull = quotaIsUsedUp(position)
        var isFirst = true
        for place in world.groups[position].pools where wantedPool == nil || place == wantedPool {
            let kind = world.pools[place].kind
            let pool = world.pools[place].spec.name
            let free = world.pools[place].free
            let reserved = reserved(place, from: group)
            // Where a seat is kept for the person, that one can be had.
            let isExhausted = free <= reserved && !hasKeptSeat(place, holder)
            let needsOutlook = kind == .open || isFull && isFirst
            let outlook = needsOutlook ? outlook(byEnd, position, place, holder) : Outlook()
            if kind != .open {
                let reason = world.pools[place].reason
                reading.expect(
                    kind == .cordoned ? .poolCordoned : .poolDraining, name, pool,
                    .closed(reason: reason == absent ? nil : names.reasons[reason]))
            }
            // The quota is of the group, not of a pool: it is told once, without a pool.
            if isFull && isFirst {
                reading.expect(
                    .quotaExceeded, name, nil,
                    .quota(
                        used: world.used[Int(group)], limit: world.groups[position].spec.quota),
                    outlook.quota)
            }
            isFirst = false
            if isExhausted {
                reading.expect(
                    .poolExhausted, name, pool, .seats(available: free, reserved: reserved),
                    kind == .open ? outlook.seats : never)
            }
            switch kind {
            case .cordoned: reading.consider(.poolCordoned, never)
            case .draining: reading.consider(.poolDraining, never)
            case .open: reading.consider(isFull ? .quotaExceeded : .poolExhausted, outlook.both)
            }
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
        // How many leases of each group that reserves seats here have ended.
        var ends = Array(repeating: 0, count: world.pools[place].reserves.count)
        var outlook = Outlook()

        for (number, item) in byEnd.enumerated() {
            let lease = world.leases[item.place]
            if lease.group == group { used -= 1 }
            if lease.pool == place {
                // What its group uses less, it has reserved again.
                let reserves = world.pools[place].reserves
                if lease.group != group,
                    let index = reserves.firstIndex(where: { $0.group == lease.group })
                {
                    ends[index] += 1
                    let left = world.usedIn[Int(lease.group)][place] - ends[index]
                    if left < reserves[index].seats { unmet += 1 }
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
}
