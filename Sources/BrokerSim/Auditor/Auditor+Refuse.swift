import BrokerCore
import BrokerEngine

/// Why a request for a seat is refused, and when it would pass.
extension Auditor {
    /// A pair that did not pass: the first rule that failed, and when all of them will pass.
    private struct Failure {
        var rule: Rule
        var group: Int32?
        var earliest: Int64
    }

    /// What a refusal is called by.
    enum Naming {
        /// The rule of the pair that came closest.
        case rules
        /// It would have waited, and too many do.
        case lineFull([LineLimit])
        /// It has waited, and cannot any more.
        case line(AuditWaiter)
        /// It has waited for as long as it wanted to.
        case expiry(AuditWaiter)
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

    /// Compares the reasons that were told with those that are expected, one after the other.
    private struct Reading {
        let told: [RuleResult]
        var count = 0
        /// The first reason that is not as it was told.
        var missed: Reason?
        var best: Failure?
        /// Some pair passes, and nothing but a full disk keeps its seat back.
        var hasPassed = false

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
        mutating func consider(_ rule: Rule, _ group: Int32?, _ earliest: Int64) {
            if let best {
                if earliest > best.earliest { return }
                if earliest == best.earliest && rule <= best.rule { return }
            }
            best = Failure(rule: rule, group: group, earliest: earliest)
        }
    }

    /// The refusal has to name every rule that failed, for every group of the agent, and be called
    /// by that of the pair with the soonest instant, among equals of the one that got furthest.
    mutating func refuse(
        _ command: GrantCommand, _ holder: Int32, _ wantedPool: Int?, _ said: Said, at now: Int64,
        naming: Naming = .rules
    ) throws(Finding) {
        var given: GrantRefusal?
        if case .answer(let index) = said {
            guard case .refused(.grant(let refusal)) = told[index] else {
                throw wrong(told[index], "answer", "no pair of a group and a pool passes")
            }
            given = refusal
        } else if notes.refusedCount == notes.refused.count {
            return
        }
        var reading = Reading(given.map { Self.rules($0.reasons) } ?? [])
        read(&reading, command, holder, wantedPool, at: now)
        if let given { try check(given, reading, naming, at: now) }
        switch naming {
        case .rules:
            try noteRefusal(
                command, holder, rule: reading.best?.rule ?? .notEntitled,
                group: reading.best?.group, at: now)
        case .lineFull:
            try noteRefusal(
                command, holder, rule: .lineFull, group: reading.best?.group, at: now)
        case .line, .expiry: break
        }
    }

    private func read(
        _ reading: inout Reading, _ command: GrantCommand, _ holder: Int32, _ wantedPool: Int?,
        at now: Int64
    ) {
        guard !candidates.isEmpty else {
            reading.expect(.notEntitled, command.group, command.pool, .none)
            return reading.consider(.notEntitled, nil, never)
        }
        let byEnd = leasesByEnd()
        for position in candidates {
            read(&reading, position, byEnd, holder, wantedPool, at: now)
        }
        // Groups that may not use what was asked for come last (pinned).
        for position in candidates where !isEntitled(position, wantedPool) {
            let name = world.groups[position].spec.name
            reading.expect(.notEntitled, name, command.pool, .none)
            reading.consider(.notEntitled, nil, never)
        }
    }

    /// The reasons without that of the line.
    private static func rules(_ reasons: [RuleResult]) -> [RuleResult] {
        reasons.contains { $0.rule == .lineFull }
            ? reasons.filter { $0.rule != .lineFull } : reasons
    }

    private func check(
        _ given: GrantRefusal, _ reading: Reading, _ naming: Naming, at now: Int64
    ) throws(Finding) {
        var rule = reading.best?.rule
        var extra: [LineLimit] = []
        switch naming {
        case .rules, .line: break
        case .lineFull(let limits):
            rule = .lineFull
            extra = limits
        case .expiry: rule = .waitExpired
        }
        let reasons = Self.rules(given.reasons)
        let more = given.reasons.filter { $0.rule == .lineFull }
        let isFull = more.allSatisfy { result in
            result.rule == .lineFull && !result.passed && result.pool == nil
                && extra.contains {
                    $0.group == result.group
                        && result.numbers == .line(waiting: $0.waiting, limit: $0.limit)
                }
        }
        guard reading.missed == nil, reading.count == reasons.count, isFull,
            extra.isEmpty == more.isEmpty
        else {
            throw Finding(
                "wrong-reasons",
                "refused for \(given.reasons), where the rules say "
                    + "\(reading.missed.map { "\($0)" } ?? "\(reading.count) of them, \(extra)")"
                    + " at \(now), second \(second(at: now)), \(world.calendars)")
        }
        // Nobody knows how long a disk stays full.
        let earliest = reading.hasPassed ? never : reading.best?.earliest
        guard given.rule == rule, (given.earliest?.milliseconds ?? never) == earliest else {
            throw Finding(
                "wrong-rule",
                "refused by \(given.rule) until \(String(describing: given.earliest)) for "
                    + "\(given.reasons), where the rules say \(rule.map { "\($0)" } ?? "nothing"), "
                    + "\(reading.hasPassed ? "passed" : String(describing: reading.best)), \(naming)"
            )
        }
        switch naming {
        case .rules, .lineFull:
            guard given.wait == nil else { throw Finding("wait-view", "\(given) did not wait") }
        case .line(let waiter):
            guard let view = given.wait else { return }
            try expect(view, waiter, before: servedCount, at: now)
        case .expiry(let waiter):
            guard let view = given.wait else { throw Finding("wait-view", "\(given) has waited") }
            try expect(view, waiter, before: servedCount, at: now)
        }
    }

    private func isEntitled(_ position: Int, _ wantedPool: Int?) -> Bool {
        guard let wantedPool else { return !world.groups[position].pools.isEmpty }
        return world.groups[position].pools.contains(wantedPool)
    }

    /// The pairs of one group.
    private func read(
        _ reading: inout Reading, _ position: Int, _ byEnd: [(end: Int64, place: Int)],
        _ holder: Int32, _ wantedPool: Int?, at now: Int64
    ) {
        let group = world.groups[position].name
        let name = world.groups[position].spec.name
        let isFull = quotaIsUsedUp(position)
        let isOutside = !mayEnter(group)
        var isFirst = true
        for place in world.groups[position].pools where wantedPool == nil || place == wantedPool {
            let kind = world.pools[place].kind
            let pool = world.pools[place].spec.name
            let free = world.pools[place].free
            let reserved = reserved(place, from: group)
            // Where a seat is kept for the person, that one can be had.
            let isExhausted = free <= reserved && keptSeats(place, holder) == 0
            let needsOutlook = kind == .open || isFull && isFirst
            let outlook =
                needsOutlook ? outlook(byEnd, position, place, holder, at: now) : Outlook()
            // Window and quota are of the group, not of a pool: told once, without a pool.
            if isOutside && isFirst { readWindow(&reading, group, name, at: now) }
            if kind != .open {
                let reason = world.pools[place].reason
                reading.expect(
                    kind == .cordoned ? .poolCordoned : .poolDraining, name, pool,
                    .closed(reason: reason == absent ? nil : names.reasons[reason]))
            }
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
            let earliest = kind == .open ? outlook.both : never
            guard isOutside || isFull || isExhausted || kind != .open else {
                reading.hasPassed = true
                continue
            }
            if isOutside {
                reading.consider(.outsideWindow, group, earliest)
                continue
            }
            switch kind {
            case .cordoned: reading.consider(.poolCordoned, group, never)
            case .draining: reading.consider(.poolDraining, group, never)
            case .open:
                reading.consider(isFull ? .quotaExceeded : .poolExhausted, group, earliest)
            }
        }
    }

    private func readWindow(
        _ reading: inout Reading, _ group: Int32, _ name: GroupName, at now: Int64
    ) {
        let opens = world.calendars[Int(group)]?.opening(after: second(at: now))
        reading.expect(
            .outsideWindow, name, nil,
            .window(opens: opens.map { UnixTime(seconds: $0) }, closes: nil),
            opens.map { instant(ofSecond: $0) } ?? never)
    }
}
