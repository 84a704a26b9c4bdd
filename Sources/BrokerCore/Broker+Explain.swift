/// What a request would meet, and why.
package struct Explanation: Equatable, Sendable {
    /// What would become of the request.
    package enum Outcome: UInt8, CaseIterable, Sendable {
        case granted
        case refused
        /// The person has a lease that would be answered.
        case held
    }

    package var outcome: Outcome
    /// Every rule for every pair of a group and a pool, in the order in which they are tried.
    package var rules: [RuleResult]
    /// How many wait in the line for a seat that the request could have.
    package var ahead: Int
    /// The minutes that would count for it in the line, among those who come in the same second.
    package var accountMinutes: Int
    /// The first instant at which a grant would pass; nil where none is known.
    package var earliest: Instant?
}

extension Broker {
    /// What a request of this person would meet at an instant, if nobody did anything until then.
    ///
    /// - Parameter at: now or later; leases that are due by then are taken to have ended.
    /// - Throws: `noSuchPool`.
    package func explain(
        _ subject: Subject, pool: PoolName?, at: Instant
    ) throws(Refusal) -> Explanation {
        if let pool, poolSlots[pool] == nil { throw .noSuchPool(pool) }
        var future = self
        future.isUndoable = false
        future.expire(at: at)
        return future.explainNow(subject, pool: pool, at: at)
    }

    private func explainNow(_ subject: Subject, pool: PoolName?, at now: Instant) -> Explanation {
        let request = GrantCommand(id: LeaseID(high: 0, low: 0), subject: subject, pool: pool)
        var results: [RuleResult] = []
        var earliest: Instant?
        let entitled = pairs(for: request)
        for pair in entitled {
            let rules = rules(for: subject.holder, pair, at: now)
            for result in rules where !results.contains(result) { results.append(result) }
            let failed = rules.filter { !$0.passed }
            let passes =
                failed.isEmpty
                ? now
                : earliestPass(
                    for: subject.holder, pair, failed: failed, at: now)
            if let passes { earliest = earliest.map { min($0, passes) } ?? passes }
        }
        for group in groupSlots(of: subject)
        where !entitled.contains(where: { $0.group == group }) {
            results.append(
                RuleResult(
                    rule: .notEntitled, group: groups[Int(group)]!.name, pool: pool, passed: false,
                    numbers: .none, earliest: nil))
        }
        if results.isEmpty {
            results.append(
                RuleResult(
                    rule: .notEntitled, group: nil, pool: pool, passed: false, numbers: .none,
                    earliest: nil))
        }
        let isHeld = heldLease(of: subject.holder, pool: pool) != nil
        return Explanation(
            outcome: isHeld ? .held : earliest == now ? .granted : .refused, rules: results,
            ahead: aheadCount(of: subject.holder, pool: pool),
            accountMinutes: accountMinutes(of: request, at: now),
            earliest: isHeld ? now : earliest)
    }

    /// Those of the group that the request would count for in the line.
    private func accountMinutes(of request: GrantCommand, at now: Instant) -> Int {
        let until = now.adding(seconds: WaitingLimits.secondsMax)
        let group =
            waitableGroup(for: request, until: until, at: now)
            ?? groupSlots(of: request.subject).first.map { groups[Int($0)]!.name }
        return group.map {
            accountMinutes(AccountKey(holder: request.subject.holder, group: $0), at: now)
        } ?? 0
    }
}
