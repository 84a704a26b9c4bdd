/// What has become of a place in the line.
package enum LineOutcome: Equatable, Sendable {
    case granted(LeaseView)
    /// The holder has a lease there meanwhile.
    case held(LeaseView)
    case refused(Refusal)
}

/// The line at work.
extension Broker {
    /// Whether anybody waits.
    package var hasWaiters: Bool { !waiters.isEmpty }

    /// Whether somebody in the line may have a seat now, or may wait no longer.
    package var mayServeLine: Bool { isLineDue && !waiters.isEmpty && !isSparing }

    /// What has become of places since the last call, in the order in which it happened.
    package mutating func takeLineOutcomes() -> [(WaitTicket, LineOutcome)] {
        guard !lineOutcomes.isEmpty else { return [] }
        defer { lineOutcomes = [] }
        return lineOutcomes
    }

    /// Ends the waits whose time is over.
    mutating func endDueWaits(at now: Instant) {
        while let first = waitDeadlines.first, first.at <= now {
            let waiter = waiters[first.number]!
            guard waiter.absentUntil == nil else {
                end(waiter, .left, at: now)
                continue
            }
            var refusal = refusal(of: waiter.request, at: now)
            refusal.rule = .waitExpired
            refusal.wait = waitView(first.number, at: now)
            end(waiter, .expired, at: now)
            lineOutcomes.append((waiter.ticket, .refused(.grant(refusal))))
        }
    }

    /// Gives free seats to those who wait, in their order; whoever cannot have one is passed by.
    mutating func serveLine(at now: Instant) {
        guard mayServeLine else { return }
        isLineDue = false
        // A pair that gave nothing to one gives nothing to the next, kept seats aside.
        var spent: [Pair] = []
        for key in Array(line) {
            let waiter = waiters[key.number]!
            guard waiter.absentUntil == nil else { continue }
            let holder = waiter.request.subject.holder
            guard waiter.request.pool.map({ poolSlots[$0] != nil }) ?? true else {
                refuse(waiter, .noSuchPool(waiter.request.pool!), at: now)
                continue
            }
            guard isGroupThere(waiter.request.group) else {
                refuse(waiter, .noSuchGroup(waiter.request.group!), at: now)
                continue
            }
            let pairs = pairs(for: waiter.request)
            let mayHave =
                heldLease(of: holder, pool: waiter.request.pool) != nil
                || pairs.contains { !spent.contains($0) || isKept(for: holder, $0) }
            if mayHave, let decision = grantNow(waiter.request, by: waiter.actor, at: now) {
                end(waiter, .granted, at: now)
                switch decision {
                case .held(let lease): lineOutcomes.append((waiter.ticket, .held(lease)))
                case .granted(let lease): lineOutcomes.append((waiter.ticket, .granted(lease)))
                default: preconditionFailure("a grant gives a lease")
                }
                continue
            }
            for pair in pairs where !spent.contains(pair) { spent.append(pair) }
            if waitableGroup(for: waiter.request, until: waiter.until, at: now) == nil {
                refuse(waiter, .grant(refusal(of: waiter.request, at: now)), at: now)
            }
        }
        // What was granted takes seats and gives none.
        isLineDue = false
    }

    private func isGroupThere(_ name: GroupName?) -> Bool {
        guard let name else { return true }
        return groupSlots[name].map { groups[Int($0)]!.spec != nil } ?? false
    }

    private func isKept(for holder: HolderName, _ pair: Pair) -> Bool {
        pools[Int(pair.pool)]!.keptFreeCount > 0
            && pools[Int(pair.pool)]!.keptFree[holder] != nil
    }

    private mutating func refuse(_ waiter: Waiter, _ refusal: Refusal, at now: Instant) {
        var refusal = refusal
        if case .grant(var grant) = refusal {
            grant.wait = waitView(waiter.ticket.number, at: now)
            refusal = .grant(grant)
        }
        end(waiter, .refused, at: now)
        lineOutcomes.append((waiter.ticket, .refused(refusal)))
    }

    // MARK: Views

    /// A place as it is now; nil when it is no more.
    ///
    /// - Parameter ahead: as it is known; nil: it is counted.
    package func waitView(_ number: UInt64, ahead: Int? = nil, at now: Instant) -> WaitView? {
        guard let waiter = waiters[number] else { return nil }
        if let ahead { return view(of: waiter, ahead: ahead, at: now) }
        var counted = 0
        for key in line {
            if key.number == number { break }
            if waits(waiters[key.number]!, for: waiter) { counted += 1 }
        }
        return view(of: waiter, ahead: counted, at: now)
    }

    /// Whether one of two who wait may take the other's seat.
    private func waits(_ other: Waiter, for waiter: Waiter) -> Bool {
        guard let pool = waiter.request.pool, let otherPool = other.request.pool else {
            return true
        }
        return pool == otherPool
    }

    private func view(of waiter: Waiter, ahead: Int, at now: Instant) -> WaitView {
        let pair = pairs(for: waiter.request).first { groups[Int($0.group)]!.name == waiter.group }
        let estimate = pair.flatMap { pair in
            firstPass(
                for: waiter.request.subject.holder, pair, checking: [.window, .quota, .seat],
                ahead: ahead, from: now)
        }
        return WaitView(
            ticket: waiter.ticket, holder: waiter.request.subject.holder,
            pool: waiter.request.pool, group: waiter.group, since: waiter.since,
            until: waiter.until, isConnected: waiter.absentUntil == nil, ahead: ahead,
            estimate: estimate)
    }

    /// How many places are before each one.
    package var placesAhead: [(number: UInt64, ahead: Int)] {
        var byPool: [PoolName: Int] = [:]
        var anyPool = 0
        var all = 0
        return line.map { key in
            let pool = waiters[key.number]!.request.pool
            let ahead = pool.map { anyPool + (byPool[$0] ?? 0) } ?? all
            all += 1
            if let pool { byPool[pool, default: 0] += 1 } else { anyPool += 1 }
            return (key.number, ahead)
        }
    }

    /// Up to `limit` places in the line's order, behind a place, and where to go on. A place that is
    /// no more has nothing behind it.
    package func waitViews(
        pool: PoolName?, group: GroupName?, after: UInt64?, limit: Int, at now: Instant
    ) -> (waiters: [WaitView], next: UInt64?) {
        var found: [WaitView] = []
        var isBehind = after == nil
        for (number, ahead) in placesAhead {
            defer { if number == after { isBehind = true } }
            let waiter = waiters[number]!
            guard isBehind, pool.map({ $0 == waiter.request.pool }) ?? true,
                group.map({ $0 == waiter.group }) ?? true
            else { continue }
            if found.count == limit { return (found, found.last?.ticket.number) }
            found.append(view(of: waiter, ahead: ahead, at: now))
        }
        return (found, nil)
    }

    /// How many wait, and since when the first of them does.
    package var lineSummary: (waiting: Int, oldestSince: Instant?) {
        (waiters.count, waiters.values.map(\.since).min())
    }

    /// How many wait for a seat that a request for this pool could have; nil: for any.
    func aheadCount(pool: PoolName?) -> Int {
        guard let pool else { return waiters.count }
        return waiters.values.reduce(0) { count, waiter in
            count + (waiter.request.pool == nil || waiter.request.pool == pool ? 1 : 0)
        }
    }
}
