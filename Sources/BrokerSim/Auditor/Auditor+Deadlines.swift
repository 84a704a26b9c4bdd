import BrokerCore

/// When leases end, and what ends them.
extension Auditor {
    /// What the lease and its seat say: the pool's drain and the group's window are left out.
    func ownDeadline(ofLease place: Int) -> Int64 {
        let seat = world.leases[place].seat
        return min(
            min(world.leases[place].ttlEnd, world.leases[place].revokeEnd),
            min(world.seats[seat].retireEnd, world.seats[seat].cordonEnd))
    }

    /// When the grace after the window of the lease's group is over; `never`: it has no windows.
    func windowDeadline(ofLease place: Int) -> Int64 {
        guard world.hasCalendars,
            let ends = world.calendars[Int(world.leases[place].group)]?.ends
        else { return never }
        return instant(ofSecond: ends + graceSeconds)
    }

    /// When the pool's drain, begun or to come, ends what is left.
    func drainDeadline(ofPool place: Int) -> Int64 {
        min(world.pools[place].drainEnd, world.pools[place].upcoming?.end ?? never)
    }

    /// The least of time to live, drains, revocation, the window's end and grace, and what the seat
    /// was good for when it was told to go.
    func deadline(ofLease place: Int) -> Int64 {
        min(
            ownDeadline(ofLease: place), drainDeadline(ofPool: world.leases[place].pool),
            windowDeadline(ofLease: place))
    }

    /// Why a lease has a deadline that its holder cannot move: the soonest, and among equals
    /// revocation, then retirement, drain of the seat, of the pool (pinned), the window's end.
    ///
    /// A drain that is to come and a window that is not over bound a lease, which is active until
    /// then all the same.
    func ending(ofLease place: Int) -> (end: Int64, reason: EndReason, detail: Int32)? {
        let seat = world.leases[place].seat
        let pool = world.leases[place].pool
        var end = world.leases[place].revokeEnd
        var found = (end: end, reason: EndReason.revoked, detail: world.leases[place].revokeReason)
        func consider(_ other: Int64, _ reason: EndReason, _ detail: Int32) {
            guard other < end else { return }
            end = other
            found = (other, reason, detail)
        }
        consider(world.seats[seat].retireEnd, .drained, names.madeSmaller)
        if world.seats[seat].cordonStart == nil {
            consider(world.seats[seat].cordonEnd, .drained, world.seats[seat].cordon)
        }
        consider(world.pools[pool].drainEnd, .drained, world.pools[pool].reason)
        if world.hasCalendars, world.calendars[Int(world.leases[place].group)]?.isOver == true {
            consider(windowDeadline(ofLease: place), .windowClosed, absent)
        }
        return end == never ? nil : found
    }

    /// A deadline may be as near as this from now on.
    mutating func noteDeadline(_ end: Int64) {
        if end < world.soonest { world.soonest = end }
    }

    /// The deadline that comes first; `never`: no lease has one.
    func soonestDeadline() -> Int64 {
        var soonest = never
        for place in world.leases.indices where world.leases[place].isThere {
            soonest = min(soonest, deadline(ofLease: place))
        }
        return soonest
    }

    /// Everything that time does by itself, up to an instant.
    mutating func settleTime(at now: Int64) throws(Finding) {
        settledAt = now
        if world.soonestStart <= now { beginDrains(at: now) }
        if world.hasCalendars {
            repeat {
                try advanceTurns(at: now)
                endWhatIsDue(at: now)
            } while world.calendars.contains { $0?.isStuck ?? false }
            // A lease that is over by now uses up no quota.
            chargeLeases(at: now)
        } else {
            endWhatIsDue(at: now)
        }
        if !world.waiters.isEmpty { try leaveWhatIsAbsent(at: now) }
    }

    /// Ends what is due: a lease is good while the instant is before its deadline, and not at it.
    ///
    /// Where there are windows and several are due at once, the journal says in which order they
    /// ended. Else, in each
    /// pool the one goes first whose own deadline is soonest, among equals the oldest (pinned: it
    /// shows in which seat is free for longest); pools in the site's order.
    mutating func endWhatIsDue(at now: Int64) {
        guard world.soonest <= now else { return }
        end(due(at: now), at: now)
        world.soonest = soonestDeadline()
    }

    /// Leases that are due, of one group or of all, in the order in which they end.
    func due(at now: Int64, group: Int32? = nil) -> [Int] {
        var due: [(own: Int64, number: Int, place: Int)] = []
        for pool in world.poolOrder {
            let first = due.count
            for place in world.leases.indices
            where world.leases[place].isThere && world.leases[place].pool == pool {
                guard group == nil || world.leases[place].group == group,
                    deadline(ofLease: place) <= now
                else { continue }
                due.append((ownDeadline(ofLease: place), world.leases[place].number, place))
            }
            due[first...].sort { ($0.own, $0.number) < ($1.own, $1.number) }
        }
        let places = due.map(\.place)
        guard places.count > 1, world.hasCalendars, !notes.ends.isEmpty else { return places }
        let ends = Dictionary(zip(notes.ends, 0...), uniquingKeysWith: { first, _ in first })
        let order = places.map { ends[world.leases[$0].id] ?? .max }
        return places.indices.sorted { (order[$0], $0) < (order[$1], $1) }.map { places[$0] }
    }

    /// Ends leases that are due, each by what its deadline is of.
    mutating func end(_ due: [Int], at now: Int64) {
        for place in due {
            // A deadline that somebody set counts before the time to live that is over with it.
            let deadline = deadline(ofLease: place)
            if let why = ending(ofLease: place), why.end == deadline {
                end(lease: place, why.reason, detail: why.detail, at: now)
            } else if windowDeadline(ofLease: place) == deadline,
                ownDeadline(ofLease: place) > deadline
            {
                end(lease: place, .windowClosed, detail: absent, at: now)
            } else {
                end(lease: place, .expired, detail: absent, at: now)
            }
        }
    }

    // MARK: Drains that are to come

    /// Drains whose time has come.
    private mutating func beginDrains(at now: Int64) {
        for place in world.poolOrder {
            guard let drain = world.pools[place].upcoming, drain.start <= now else { continue }
            world.pools[place].kind = .draining
            world.pools[place].reason = drain.reason
            world.pools[place].by = drain.by
            world.pools[place].drainEnd = drain.end
            world.pools[place].since = drain.start
            world.pools[place].revision += 1
            world.pools[place].upcoming = nil
        }
        for place in world.seats.indices where world.seats[place].isThere {
            guard let start = world.seats[place].cordonStart, start <= now else { continue }
            tally(place, -1)
            world.seats[place].cordonStart = nil
            tally(place, 1)
        }
        world.soonestStart = soonestDrainStart()
    }

    /// When the next drain begins; `never`: none is to come.
    func soonestDrainStart() -> Int64 {
        var soonest = never
        for place in world.poolOrder {
            soonest = min(soonest, world.pools[place].upcoming?.start ?? never)
        }
        for seat in world.seats where seat.isThere {
            soonest = min(soonest, seat.cordonStart ?? never)
        }
        return soonest
    }
}
