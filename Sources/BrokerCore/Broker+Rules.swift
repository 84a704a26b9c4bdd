/// Why a seat is refused, with numbers and instants.
extension Broker {
    /// How far `earliest` looks ahead for a refusal: beyond so many lease ends it gives that of the
    /// last one looked at, as the soonest that it can be.
    static let lookAheadCountMax = 1_024

    /// Every failed rule of every pair, and the one that names the refusal.
    func refusal(of command: GrantCommand, at now: Instant) -> GrantRefusal {
        var reasons: [RuleResult] = []
        var best: (rule: Rule, earliest: Instant?)?
        let entitled = pairs(for: command)
        for pair in entitled {
            let failed = rules(for: command.subject.holder, pair, at: now).filter { !$0.passed }
            for result in failed where !reasons.contains(result) { reasons.append(result) }
            // A pair that passes does not get here: its seat was taken.
            guard let first = failed.first else { continue }
            let candidate = (
                rule: first.rule,
                earliest: earliestPass(
                    for: command.subject.holder, pair, failed: failed, at: now)
            )
            if best.map({ isSooner(candidate, $0) }) ?? true { best = candidate }
        }
        for group in groupSlots(of: command.subject)
        where !entitled.contains(where: { $0.group == group }) {
            let name = groups[Int(group)]!.name
            // A group that was not asked for says nothing about the one that was.
            guard command.group == nil || command.group == name else { continue }
            reasons.append(notEntitled(name, command.pool))
        }
        if reasons.isEmpty { reasons.append(notEntitled(command.group, command.pool)) }
        return GrantRefusal(
            rule: best?.rule ?? .notEntitled, earliest: best?.earliest, reasons: reasons)
    }

    private func notEntitled(_ group: GroupName?, _ pool: PoolName?) -> RuleResult {
        RuleResult(
            rule: .notEntitled, group: group, pool: pool, passed: false, numbers: .none,
            earliest: nil)
    }

    /// The first instant, `now` or later, at which the pair passes every rule if leases only end by
    /// themselves; nil where none is known.
    ///
    /// It is not the latest of the rules' own instants: when a lease on a seat that retires ends, no
    /// seat comes free but its group's reserve is less met, so a seat that is there now may be
    /// reserved by the time the quota has room.
    func earliestPass(
        for holder: HolderName, _ pair: Pair, failed: [RuleResult], at now: Instant
    ) -> Instant? {
        // The last of the rules is looked ahead for already.
        if failed.count == 1, failed[0].rule == .poolExhausted { return failed[0].earliest }
        guard pools[Int(pair.pool)]!.mode.kind == .open else { return nil }
        var start = now
        if let limit = groups[Int(pair.group)]!.spec!.quota,
            groups[Int(pair.group)]!.used >= limit
        {
            guard let room = earliestBelowQuota(pair.group) else { return nil }
            start = max(start, room)
        }
        return earliestSeat(for: holder, pair, from: start)
    }

    private func isSooner(
        _ a: (rule: Rule, earliest: Instant?), _ b: (rule: Rule, earliest: Instant?)
    ) -> Bool {
        switch (a.earliest, b.earliest) {
        case (nil, nil): return a.rule > b.rule
        case (nil, _): return false
        case (_, nil): return true
        case (let first?, let second?):
            return first == second ? a.rule > b.rule : first < second
        }
    }

    /// How every rule stands for a pair that the person is entitled to.
    func rules(for holder: HolderName, _ pair: Pair, at now: Instant) -> [RuleResult] {
        let group = groups[Int(pair.group)]!.name
        let pool = pools[Int(pair.pool)]!.spec.name
        let mode = pools[Int(pair.pool)]!.mode
        func result(
            _ rule: Rule, _ passed: Bool, _ numbers: RuleResult.Numbers, _ earliest: Instant?
        ) -> RuleResult {
            RuleResult(
                rule: rule, group: group, pool: pool, passed: passed,
                numbers: numbers, earliest: passed ? nil : earliest)
        }
        var results = [result(.notEntitled, true, .none, nil)]
        switch mode.kind {
        case .open:
            results.append(result(.poolCordoned, true, .none, nil))
            results.append(result(.poolDraining, true, .none, nil))
        case .cordoned:
            results.append(result(.poolCordoned, false, .closed(reason: mode.reason), nil))
        case .draining:
            results.append(result(.poolDraining, false, .closed(reason: mode.reason), nil))
        }
        // The same quota stands behind every pool of the group: one reason names it, without a pool.
        let limit = groups[Int(pair.group)]!.spec!.quota
        let used = groups[Int(pair.group)]!.used
        let underQuota = limit.map { used < $0 } ?? true
        results.append(
            RuleResult(
                rule: .quotaExceeded, group: group, pool: nil, passed: underQuota,
                numbers: .quota(used: used, limit: limit),
                earliest: underQuota ? nil : earliestBelowQuota(pair.group)))
        let reserved = reservedByOthers(pair)
        let free = pools[Int(pair.pool)]!.free.count
        let hasSeat = pools[Int(pair.pool)]!.keptFree[holder] != nil || free > reserved
        results.append(
            result(
                .poolExhausted, hasSeat,
                .seats(available: free, reserved: reserved),
                hasSeat ? nil : earliestSeat(for: holder, pair, from: now)))
        return results
    }

    // MARK: Instants

    /// When so many leases of the group have ended by themselves that it is below its quota again;
    /// nil for a quota of 0.
    private func earliestBelowQuota(_ slot: Slot) -> Instant? {
        let group = groups[Int(slot)]!
        let needed = group.used - group.spec!.quota! + 1
        guard needed <= group.used else { return nil }
        var ends: [Instant] = []
        for use in group.uses {
            let drain = drainDeadline(ofPool: use.pool)
            for key in use.deadlines.prefix(needed) {
                ends.append(drain.map { min($0, key.deadline) } ?? key.deadline)
            }
        }
        ends.sort()
        return ends[needed - 1]
    }

    /// The first instant, `start` or later, at which leases have ended by themselves such that the
    /// pair has a seat; nil when that never follows from the leases there are.
    private func earliestSeat(
        for holder: HolderName, _ pair: Pair, from start: Instant
    ) -> Instant? {
        let pool = pools[Int(pair.pool)]!
        guard pool.mode.kind == .open else { return nil }
        var free = pool.free.count
        var hasOwn = pool.keptFree[holder] != nil
        var endedByGroup: [Slot: Int] = [:]
        func hasSeat() -> Bool {
            if hasOwn { return true }
            var reserved = 0
            for reserve in pool.reserves where reserve.group != pair.group {
                let used =
                    groups[Int(reserve.group)]!.used(in: pair.pool)
                    - (endedByGroup[reserve.group] ?? 0)
                reserved += max(0, reserve.seats - used)
            }
            return free > reserved
        }
        // Leases that end in the same instant are judged together, after all of them.
        var instant = start
        var looked = 0
        for key in pool.deadlines {
            if key.deadline > instant {
                if hasSeat() { return instant }
                instant = key.deadline
            }
            looked += 1
            if looked > Self.lookAheadCountMax { return instant }
            if !pool.reserves.isEmpty {
                endedByGroup[leases[Int(key.lease)]!.group, default: 0] += 1
            }
            let seat = Int(leases[Int(key.lease)]!.seat)
            guard !seats[seat]!.retiring && seats[seat]!.cordon == nil else { continue }
            if let kept = seats[seat]!.keptFor {
                if kept == holder { hasOwn = true }
            } else {
                free += 1
            }
        }
        return hasSeat() ? instant : nil
    }
}
