import BrokerCore
import BrokerEngine

/// Cordon, drain and their end, of pools and of seats.
extension Auditor {
    // MARK: Pools

    mutating func cordonPool(
        _ name: PoolName, _ reason: String, by actor: Actor, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
        let text = names.reasons.number(reason)
        // A pool that drains is closed already; a cordon again replaces the words (pinned). A drain
        // that is to come stays.
        let changes = world.pools[place].kind != .draining
        guard try proceeds(said, changes: changes) else { return }
        if changes {
            let upcoming = world.pools[place].upcoming
            setMode(place, .cordoned, text, never, by: actor, at: now)
            world.pools[place].upcoming = upcoming
        }
        try expectPool(said, place)
    }

    mutating func uncordonPool(
        _ name: PoolName, _ reason: String?, by actor: Actor, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
        let changes = world.pools[place].kind != .open || world.pools[place].upcoming != nil
        guard try proceeds(said, changes: changes) else { return }
        if changes {
            let text = reason.map { names.reasons.number($0) } ?? absent
            setMode(place, .open, text, never, by: actor, at: now)
        }
        try expectPool(said, place)
    }

    /// A drain that was asked for.
    struct Drain {
        var reason: String
        var deadlineSeconds: Int?
        var start: DrainStart
    }

    /// When a drain of a pool, or of a seat of it, begins; nil: no window of the pool's groups ends
    /// any more. What is not to come begins now.
    private func begin(_ start: DrainStart, ofPool place: Int, at now: Int64) -> Int64? {
        switch start {
        case .now: return now
        case .at(let wall): return max(now, wall - world.clock.wallOffsetMilliseconds)
        case .windowEnd:
            let second = second(at: now)
            var end = Int.max
            for group in world.groups where group.pools.contains(place) {
                let windows = world.calendars[Int(group.name)]?.windows ?? []
                end = min(end, windows.first { $0.end > second }?.end ?? .max)
            }
            return end == .max ? nil : instant(ofSecond: end)
        }
    }

    mutating func drainPool(
        _ name: PoolName, _ drain: Drain, _ ifRevision: UInt64?, by actor: Actor, _ said: Said,
        at now: Int64
    ) throws(Finding) {
        guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
        var refusals: [Refusal] = []
        let revision = world.pools[place].revision
        if let ifRevision, ifRevision != revision {
            refusals.append(.revisionMismatch(expected: ifRevision, actual: revision))
        }
        let start = begin(drain.start, ofPool: place, at: now)
        if start == nil { refusals.append(.noWindow) }
        guard let start, refusals.isEmpty else { return try refused(said, any: refusals) }
        guard try proceeds(said, changes: true) else { return }
        // A pool that drains goes on to drain, to the new deadline (pinned).
        let isDraining = world.pools[place].kind == .draining
        let end = drain.deadlineSeconds.map { start + Int64($0) * 1000 } ?? never
        var ends: [(end: Int64, place: Int)] = []
        for lease in world.leases.indices
        where world.leases[lease].isThere && world.leases[lease].pool == place {
            // Who is gone before a pool closes does not meet its drain (pinned).
            let end = min(ownDeadline(ofLease: lease), windowDeadline(ofLease: lease))
            if end > start || start == now || isDraining { ends.append((end, lease)) }
        }
        let cut = cutLeases(ends, deadline: end)
        let reason = names.reasons.number(drain.reason)
        if start > now && !isDraining {
            world.pools[place].revision += 1
            world.pools[place].upcoming = AuditDrain(
                start: start, end: end, reason: reason, by: names.actors.number(actor.name))
            world.soonestStart = min(world.soonestStart, start)
        } else {
            setMode(place, .draining, reason, end, by: actor, at: now)
        }
        noteDeadline(end)
        // A deadline of now cuts now.
        endWhatIsDue(at: now)
        try expectForecast(
            said, start: start > now && !isDraining ? start : nil, deadline: end, ends.map(\.end),
            cut)
    }

    /// Those that the deadline cuts, in the order of their grants.
    private func cutLeases(_ ends: [(end: Int64, place: Int)], deadline: Int64) -> [LeaseID] {
        guard deadline != never else { return [] }
        return ends.filter { $0.end >= deadline }.map { world.leases[$0.place] }
            .sorted { $0.number < $1.number }.map(\.id)
    }

    private mutating func setMode(
        _ place: Int, _ kind: PoolMode.Kind, _ reason: Int32, _ end: Int64, by actor: Actor,
        at now: Int64
    ) {
        world.pools[place].kind = kind
        world.pools[place].reason = reason
        world.pools[place].drainEnd = end
        world.pools[place].by = names.actors.number(actor.name)
        world.pools[place].since = now
        world.pools[place].revision += 1
        world.pools[place].upcoming = nil
    }

    func expectPool(_ said: Said, _ place: Int) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .decided(.pool(let view)) = told[index] else {
            throw wrong(told[index], "answer", "the pool")
        }
        try expect(view, place)
    }

    // MARK: Seats

    mutating func cordonSeat(_ name: SeatName, _ reason: String, _ said: Said) throws(Finding) {
        guard let place = seat(name) else { return try refused(said, .noSuchSeat(name)) }
        let text = names.reasons.number(reason)
        // A seat that drains to a deadline is cordoned already.
        let changes =
            world.seats[place].cordonStart != nil
            || world.seats[place].cordonEnd == never && world.seats[place].cordon != text
        guard try proceeds(said, changes: changes) else { return }
        // A drain that was to come keeps its deadline (pinned).
        if changes { setCordon(place, text, world.seats[place].cordonEnd) }
        try expectSeat(said, place)
    }

    mutating func uncordonSeat(_ name: SeatName, _ said: Said) throws(Finding) {
        guard let place = seat(name) else { return try refused(said, .noSuchSeat(name)) }
        let changes = world.seats[place].cordon != absent
        guard try proceeds(said, changes: changes) else { return }
        if changes { setCordon(place, absent, never) }
        try expectSeat(said, place)
    }

    mutating func drainSeat(
        _ name: SeatName, _ drain: Drain, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard let place = seat(name) else { return try refused(said, .noSuchSeat(name)) }
        guard let start = begin(drain.start, ofPool: world.seats[place].pool, at: now) else {
            return try refused(said, .noWindow)
        }
        let text = names.reasons.number(drain.reason)
        let end = drain.deadlineSeconds.map { start + Int64($0) * 1000 } ?? never
        // What is cordoned stays so (pinned).
        let later = start > now && !world.seats[place].isCordoned ? start : nil
        let changes =
            world.seats[place].cordon != text || world.seats[place].cordonEnd != end
            || world.seats[place].cordonStart != later
        guard try proceeds(said, changes: changes) else { return }
        setCordon(place, text, never, start: later)
        var ends: [(end: Int64, place: Int)] = []
        let lease = world.seats[place].lease
        if lease != absent {
            let end = deadline(ofLease: Int(lease))
            if end > start || later == nil { ends.append((end, Int(lease))) }
        }
        let cut = cutLeases(ends, deadline: end)
        setCordon(place, text, end, start: later)
        noteDeadline(end)
        endWhatIsDue(at: now)
        try expectForecast(said, start: later, deadline: end, ends.map(\.end), cut)
    }

    private mutating func setCordon(
        _ place: Int, _ reason: Int32, _ end: Int64, start: Int64? = nil
    ) {
        let wasCordoned = world.seats[place].isCordoned
        tally(place, -1)
        world.seats[place].cordon = reason
        world.seats[place].cordonEnd = end
        world.seats[place].cordonStart = start
        world.soonestStart = min(world.soonestStart, start ?? never)
        // What was cordoned was not free (pinned).
        if wasCordoned && !world.seats[place].isCordoned {
            world.seats[place].freeSince = world.nextEvent()
        }
        tally(place, 1)
    }

    private func expectSeat(_ said: Said, _ place: Int) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .decided(.seat(let view)) = told[index] else {
            throw wrong(told[index], "answer", "the seat")
        }
        try expect(view, place)
    }

    // MARK: Forecast

    /// How many leases end by themselves before the deadline, by minute, and how many it cuts;
    /// those that end with it are cut.
    private func expectForecast(
        _ said: Said, start: Int64?, deadline: Int64, _ ends: [Int64], _ cut: [LeaseID]
    ) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .decided(.draining(let given)) = told[index] else {
            throw wrong(told[index], "answer", "the forecast of a drain")
        }
        var minutes: [(at: Instant, count: Int)] = []
        for end in ends.sorted() where end < deadline {
            let at = Instant(milliseconds: end)
            if let last = minutes.last, last.at.milliseconds / 60_000 == end / 60_000 {
                minutes[minutes.count - 1] = (at, last.count + 1)
            } else {
                minutes.append((at, 1))
            }
        }
        guard (given.deadline?.milliseconds ?? never) == deadline, given.leases == ends.count,
            given.cutAtDeadline == (deadline == never ? 0 : ends.count { $0 >= deadline }),
            given.waitsForEver == (deadline == never && !ends.isEmpty),
            given.ends.elementsEqual(minutes, by: ==),
            given.startsAt?.milliseconds == start
        else {
            throw Finding(
                "wrong-forecast",
                "told \(given), where the rules say start \(String(describing: start)), deadline "
                    + "\(deadline), ends \(ends)")
        }
        guard given.displaced.map(\.id) == cut else {
            throw Finding(
                "wrong-displaced", "told \(given.displaced), where the rules say \(cut)")
        }
    }
}
