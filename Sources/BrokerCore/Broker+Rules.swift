/// Why a seat is refused, with numbers and instants.
extension Broker {
    /// Every failed rule of every pair, and the one that names the refusal.
    ///
    /// Where a pair passes, no rule but a full disk keeps its seat back: nobody knows for how long.
    func refusal(of command: GrantCommand, at now: Instant) -> GrantRefusal {
        var reasons: [RuleResult] = []
        var best: (rule: Rule, earliest: Instant?, group: GroupName)?
        var hasPassed = false
        let entitled = pairs(for: command)
        for pair in entitled {
            let failed = rules(for: command.subject.holder, pair, at: now).filter { !$0.passed }
            for result in failed where !reasons.contains(result) { reasons.append(result) }
            guard let first = failed.first else {
                hasPassed = true
                continue
            }
            let candidate = (
                rule: first.rule,
                earliest: earliestPass(
                    for: command.subject.holder, pair, failed: failed, at: now),
                group: groups[Int(pair.group)]!.name
            )
            let isBetter =
                best.map { best in
                    isSooner(
                        (candidate.rule, candidate.earliest), (best.rule, best.earliest))
                } ?? true
            if isBetter { best = candidate }
        }
        for group in groupSlots(of: command.subject)
        where !entitled.contains(where: { $0.group == group }) {
            let name = groups[Int(group)]!.name
            // A group that was not asked for says nothing about the one that was.
            guard command.group == nil || command.group == name else { continue }
            reasons.append(notEntitled(name, command.pool))
        }
        if reasons.isEmpty && !hasPassed {
            reasons.append(notEntitled(command.group, command.pool))
        }
        return GrantRefusal(
            rule: best?.rule ?? .notEntitled, earliest: hasPassed ? nil : best?.earliest,
            reasons: reasons, group: best?.group)
    }

    private func notEntitled(_ group: GroupName?, _ pool: PoolName?) -> RuleResult {
        RuleResult(
            rule: .notEntitled, group: group, pool: pool, passed: false, numbers: .none,
            earliest: nil)
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
        let turn = windowNumbers(ofGroup: pair.group, at: now)
        let isOpen = groups[Int(pair.group)]!.isOpen
        results.append(
            RuleResult(
                rule: .outsideWindow, group: group, pool: nil, passed: isOpen,
                numbers: .window(opens: turn.opens, closes: turn.closes),
                earliest: isOpen ? nil : turn.opens.map { instant($0) }))
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
                earliest: underQuota
                    ? nil : firstPass(for: holder, pair, checking: .quota, from: now)))
        let reserved = reservedByOthers(pair)
        let free = pools[Int(pair.pool)]!.free.count
        let hasSeat = pools[Int(pair.pool)]!.keptFree[holder] != nil || free > reserved
        results.append(
            result(
                .poolExhausted, hasSeat,
                .seats(available: free, reserved: reserved),
                hasSeat ? nil : firstPass(for: holder, pair, checking: .seat, from: now)))
        return results
    }
}
