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
    package var mayServeLine: Bool {
        (isLineDue || isLineReviewDue) && !waiters.isEmpty && !isSparing
    }

    /// What has become of places since the last call, in the order in which it happened.
    package mutating func takeLineOutcomes() -> [(WaitTicket, LineOutcome)] {
        guard !lineOutcomes.isEmpty else { return [] }
        defer { lineOutcomes = [] }
        return lineOutcomes
    }

    /// Waits that are ended in one go; more come with the next round, so that a crowd whose time is
    /// over together holds nobody up for long.
    private static let endedWaitsCountMax = 128

    /// Ends the waits whose time is over.
    mutating func endDueWaits(at now: Instant) {
        var count = 0
        while let first = waitDeadlines.first, first.at <= now, count < Self.endedWaitsCountMax {
            count += 1
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
        let isReview = isLineReviewDue
        if isReview { waiterPairs.removeAll(keepingCapacity: true) }
        repeat {
            isLineDue = false
            isLineReviewDue = false
            serveOnce(isReview: isReview, at: now)
        } while isLineDue
    }

    private mutating func serveOnce(isReview: Bool, at now: Instant) {
        // A pair that gave nothing to one gives nothing to the next, kept seats aside.
        var spent: [Pair] = []
        var isAgain = false
        for key in Array(line) {
            guard isReview || hasFreeSeats else { break }
            guard let waiter = waiters[key.number], waiter.absentUntil == nil else { continue }
            let request = waiter.request
            let holder = request.subject.holder
            if isReview, let gone = goneName(of: request) {
                refuse(waiter, gone, at: now)
                continue
            }
            let pairs = pairs(of: key.number)
            let mayHave = pairs.contains { !spent.contains($0) || isKept(for: holder, $0) }
            if mayHave, case .granted(let lease)? = grantNow(request, by: waiter.actor, at: now) {
                end(waiter, .granted, at: now)
                lineOutcomes.append((waiter.ticket, .granted(lease)))
                answerPlaces(of: holder, at: now)
                // A kept seat may leave one that was reserved to somebody before.
                isAgain = isAgain || isKept(lease.seat.name)
                continue
            }
            for pair in pairs where !spent.contains(pair) { spent.append(pair) }
            if isReview, waitableGroup(for: request, until: waiter.until, at: now) == nil {
                refuse(waiter, .grant(refusal(of: request, at: now)), at: now)
            }
        }
        isLineDue = isAgain
    }

    /// Whether any seat may be had by anybody.
    private var hasFreeSeats: Bool {
        poolOrder.contains {
            pools[Int($0)]!.mode.kind == .open && pools[Int($0)]!.availableCount > 0
        }
    }

    /// What a request waits for, as long as the site stays as it is.
    private mutating func pairs(of number: UInt64) -> [Pair] {
        if let known = waiterPairs[number] { return known }
        let pairs = pairs(for: waiters[number]!.request)
        waiterPairs[number] = pairs
        return pairs
    }

    private func isKept(_ seat: SeatName) -> Bool {
        seatSlots[seat].map { seats[Int($0)]!.keptFor != nil } ?? false
    }

    /// Answers the places of a person who has a lease there now.
    mutating func answerPlaces(of holder: HolderName, at now: Instant) {
        for number in holderWaits[holder] ?? [] {
            let waiter = waiters[number]!
            guard let slot = heldLease(of: holder, pool: waiter.request.pool) else { continue }
            let lease = leases[Int(slot)]!
            end(waiter, .granted, at: now)
            // Nobody is told at a place that nobody is connected to, and nothing remembered.
            guard waiter.absentUntil == nil else { continue }
            rememberAnswer(to: waiter, lease: lease.id, at: now)
            lineOutcomes.append((waiter.ticket, .held(view(of: lease))))
        }
    }

    /// The pool or group that the request names and that is no more.
    private func goneName(of request: GrantCommand) -> Refusal? {
        if let pool = request.pool, poolSlots[pool] == nil { return .noSuchPool(pool) }
        if let group = request.group, !isGroupThere(group) { return .noSuchGroup(group) }
        return nil
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
    package func waitView(_ number: UInt64, at now: Instant) -> WaitView? {
        guard let waiter = waiters[number] else { return nil }
        var counted = 0
        for key in line {
            if key.number == number { break }
            if waits(waiters[key.number]!, for: waiter) { counted += 1 }
        }
        return view(of: waiter, ahead: counted, at: now)
    }

    /// A place whose number of others before it and whose estimate are known.
    package func waitView(_ number: UInt64, ahead: Int, estimate: Instant?) -> WaitView? {
        waiters[number].map { view(of: $0, ahead: ahead, estimate: estimate) }
    }

    /// Whether one of two who wait may take the other's seat.
    private func waits(_ other: Waiter, for waiter: Waiter) -> Bool {
        guard let pool = waiter.request.pool, let otherPool = other.request.pool else {
            return true
        }
        return pool == otherPool
    }

    private func view(of waiter: Waiter, ahead: Int, at now: Instant) -> WaitView {
        let pairs = pairs(for: waiter.request)
        let pair = pairs.first { groups[Int($0.group)]!.name == waiter.group } ?? pairs.first
        let estimate = pair.flatMap { pair in
            firstPass(
                for: waiter.request.subject.holder, pair, checking: [.window, .quota, .seat],
                ahead: ahead, from: now)
        }
        return view(of: waiter, ahead: ahead, estimate: estimate)
    }

    private func view(of waiter: Waiter, ahead: Int, estimate: Instant?) -> WaitView {
        WaitView(
            ticket: waiter.ticket, holder: waiter.request.subject.holder,
            pool: waiter.request.pool, group: waiter.group, since: waiter.since,
            until: waiter.until, isConnected: waiter.absentUntil == nil, ahead: ahead,
            estimate: estimate)
    }

    /// For each place, in the line's order, how many are before it and when its seat comes: worked
    /// out for all at once, so that a long line that looks at itself costs little.
    package func estimates(at now: Instant) -> [(number: UInt64, ahead: Int, seat: Instant?)] {
        var instants: [Pair: [Instant]] = [:]
        let places = placesAhead
        return places.map { number, ahead in
            let waiter = waiters[number]!
            let pairs = pairs(for: waiter.request)
            let own = pairs.first { groups[Int($0.group)]!.name == waiter.group } ?? pairs.first
            guard let pair = own else { return (number, ahead, nil) }
            let known = instants[pair] ?? seatInstants(pair, countMax: places.count, from: now)
            instants[pair] = known
            return (number, ahead, ahead < known.count ? known[ahead] : nil)
        }
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
        for (number, ahead, estimate) in estimates(at: now) {
            defer { if number == after { isBehind = true } }
            let waiter = waiters[number]!
            guard isBehind, pool.map({ $0 == waiter.request.pool }) ?? true,
                group.map({ $0 == waiter.group }) ?? true
            else { continue }
            if found.count == limit { return (found, found.last?.ticket.number) }
            found.append(view(of: waiter, ahead: ahead, estimate: estimate))
        }
        return (found, nil)
    }

    /// How many wait, and since when the first of them does.
    package var lineSummary: (waiting: Int, oldestSince: Instant?) {
        (waiters.count, waiters.values.map(\.since).min())
    }

    /// Since when the first of those waits who count for a group; none for groups without a line.
    package var oldestWaits: [GroupName: Instant] {
        waiters.values.reduce(into: [:]) { oldest, waiter in
            oldest[waiter.group] = min(oldest[waiter.group] ?? waiter.since, waiter.since)
        }
    }

    /// How many wait before a person for a seat that a request for this pool could have; nil: for
    /// any. For somebody who waits already, those before that place.
    func aheadCount(of holder: HolderName, pool: PoolName?) -> Int {
        let own = (holderWaits[holder] ?? []).first { waiters[$0]!.request.pool == pool }
        var count = 0
        for key in line {
            if key.number == own { break }
            let wanted = waiters[key.number]!.request.pool
            if pool == nil || wanted == nil || wanted == pool { count += 1 }
        }
        return count
    }
}
