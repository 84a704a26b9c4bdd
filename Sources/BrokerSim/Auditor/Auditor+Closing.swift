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
        // A pool that drains is closed already; a cordon again replaces the words (pinned).
        let changes = world.pools[place].kind != .draining
        guard try proceeds(said, changes: changes) else { return }
        if changes { setMode(place, .cordoned, text, never, by: actor, at: now) }
        try expectPool(said, place)
    }

    mutating func uncordonPool(
        _ name: PoolName, _ reason: String?, by actor: Actor, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
        let changes = world.pools[place].kind != .open
        guard try proceeds(said, changes: changes) else { return }
        if changes {
            let text = reason.map { names.reasons.number($0) } ?? absent
            setMode(place, .open, text, never, by: actor, at: now)
        }
        try expectPool(said, place)
    }

    mutating func drainPool(
        _ name: PoolName, _ reason: String, _ deadlineSeconds: Int?, by actor: Actor, _ said: Said,
        at now: Int64
    ) throws(Finding) {
        guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
        guard try proceeds(said, changes: true) else { return }
        let end = deadlineSeconds.map { now + Int64($0) * 1000 } ?? never
        var ends: [Int64] = []
        for lease in world.leases.indices
        where world.leases[lease].isThere && world.leases[lease].pool == place {
            ends.append(ownDeadline(ofLease: lease))
        }
        setMode(place, .draining, names.reasons.number(reason), end, by: actor, at: now)
        noteDeadline(end)
        // A deadline of now cuts now.
        endWhatIsDue(at: now)
        try expectForecast(said, deadline: end, ends)
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
            world.seats[place].cordonEnd == never && world.seats[place].cordon != text
        guard try proceeds(said, changes: changes) else { return }
        if changes { setCordon(place, text, never) }
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
        _ name: SeatName, _ reason: String, _ deadlineSeconds: Int?, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard let place = seat(name) else { return try refused(said, .noSuchSeat(name)) }
        let text = names.reasons.number(reason)
        let end = deadlineSeconds.map { now + Int64($0) * 1000 } ?? never
        let changes = world.seats[place].cordon != text || world.seats[place].cordonEnd != end
        guard try proceeds(said, changes: changes) else { return }
        setCordon(place, text, never)
        var ends: [Int64] = []
        let lease = world.seats[place].lease
        if lease != absent { ends.append(deadline(ofLease: Int(lease))) }
        setCordon(place, text, end)
        noteDeadline(end)
        endWhatIsDue(at: now)
        try expectForecast(said, deadline: end, ends)
    }

    private mutating func setCordon(_ place: Int, _ reason: Int32, _ end: Int64) {
        tally(place, -1)
        world.seats[place].cordon = reason
        world.seats[place].cordonEnd = end
        // What was cordoned was not free (pinned).
        if reason == absent { world.seats[place].freeSince = world.nextEvent() }
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
        _ said: Said, deadline: Int64, _ ends: [Int64]
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
            given.ends.elementsEqual(minutes, by: ==)
        else {
            throw Finding(
                "wrong-forecast",
                "told \(given), where the rules say deadline \(deadline), ends \(ends)")
        }
    }
}
