/// Cordon, drain and reopening, of pools and of seats.
extension Broker {
    /// Closes a pool to new leases. One that is draining is closed already and stays so.
    mutating func cordonPool(
        _ name: PoolName, reason: String, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision {
        let pool = try existingPool(name)
        let mode = pools[pool]!.mode
        if mode.kind != .draining {
            setMode(
                PoolMode(
                    kind: .cordoned, reason: reason, by: actor.name, since: now,
                    upcoming: mode.upcoming),
                of: pool, at: now)
        }
        return .pool(view(ofPool: Slot(pool)))
    }

    /// Opens a pool, whatever closed it, and calls a drain off that is to come; leases that a drain
    /// would have cut have their former deadlines again.
    mutating func uncordonPool(
        _ name: PoolName, reason: String?, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision {
        let pool = try existingPool(name)
        if pools[pool]!.mode.kind != .open || pools[pool]!.mode.upcoming != nil {
            setMode(
                PoolMode(kind: .open, reason: reason, by: actor.name, since: now), of: pool,
                at: now)
        }
        return .pool(view(ofPool: Slot(pool)))
    }

    /// What a drain is asked to be.
    struct DrainRequest {
        var reason: String
        var deadlineSeconds: Int?
        var start: DrainStart
    }

    /// Cordons a pool and empties it, now or later; a new drain replaces an earlier one.
    mutating func drainPool(
        _ name: PoolName, _ request: DrainRequest, ifRevision: UInt64?, by actor: Actor,
        at now: Instant
    ) throws(Refusal) -> Decision {
        let pool = try existingPool(name)
        if let expected = ifRevision, expected != pools[pool]!.revision {
            throw .revisionMismatch(expected: expected, actual: pools[pool]!.revision)
        }
        let start = try drainStart(request.start, ofPool: Slot(pool), at: now)
        let deadline = request.deadlineSeconds.map { start.adding(seconds: $0) }
        var mode = pools[pool]!.mode
        // A pool that is draining stays closed; a later start only moves the deadline.
        let isToCome = start > now && mode.kind != .draining
        let ends = pools[pool]!.deadlines.map { key in
            var end = key.deadline
            if let window = windowDeadline(ofGroup: leases[Int(key.lease)]!.group) {
                end = min(end, window)
            }
            return (end: end, lease: key.lease)
        }.filter { !isToCome || $0.end > start }
        if isToCome {
            mode.upcoming = UpcomingDrain(
                start: start, reason: request.reason, by: actor.name, deadline: deadline)
        } else {
            mode = PoolMode(
                kind: .draining, reason: request.reason, by: actor.name, since: now,
                deadline: deadline)
        }
        setMode(mode, of: pool, at: now)
        var forecast = forecast(of: ends, deadline: deadline)
        forecast.startsAt = mode.upcoming?.start
        let closed = isToCome ? start : now
        forecast.shortfalls = shortfalls(
            from: wallTime(closed), to: wallTime(closed.adding(seconds: 7 * 86_400)),
            without: Slot(pool))
        // A deadline of 0 seconds is due in this very instant.
        expire(at: now)
        return .draining(forecast)
    }

    /// When a drain begins; `now` or earlier: at once.
    private func drainStart(
        _ start: DrainStart, ofPool pool: Slot, at now: Instant
    ) throws(Refusal) -> Instant {
        switch start {
        case .now: return now
        case .at(let wallMilliseconds):
            return max(now, instant(wallMilliseconds: wallMilliseconds))
        case .windowEnd:
            let name = pools[Int(pool)]!.spec.name
            let time = wallTime(now)
            let ends = groupOrder.compactMap { slot -> UnixTime? in
                guard groups[Int(slot)]!.spec!.pools.contains(name) else { return nil }
                let windows = groups[Int(slot)]!.windows ?? []
                let next = windows.firstIndex(after: time)
                return next < windows.count ? windows[next].end : nil
            }
            guard let end = ends.min() else { throw .noWindow }
            return instant(end)
        }
    }

    /// Begins the drains and cordons that are due.
    mutating func startDrains(at now: Instant) {
        for slot in poolOrder {
            guard let upcoming = pools[Int(slot)]!.mode.upcoming, upcoming.start <= now else {
                continue
            }
            setMode(
                PoolMode(
                    kind: .draining, reason: upcoming.reason, by: upcoming.by,
                    since: upcoming.start, deadline: upcoming.deadline),
                of: Int(slot), at: now)
        }
        while let first = cordonStarts.first, first.at <= now {
            let seat = seats[Int(seatSlots[first.seat]!)]!
            var cordon = seat.cordon!
            cordon.start = nil
            commit(.seatCordonSet(seat.name, cordon), at: now)
        }
    }

    private mutating func setMode(_ mode: PoolMode, of pool: Int, at now: Instant) {
        rememberWhole()
        let current = pools[pool]!
        commit(
            .poolModeSet(current.spec.name, mode, revision: current.revision + 1), at: now)
    }

    // MARK: Seats

    /// Closes one seat. One that is draining is closed already and stays so.
    mutating func cordonSeat(
        _ name: SeatName, _ cordon: SeatCordon, at now: Instant
    ) throws(Refusal) -> Decision {
        let slot = try existingSeat(name)
        let current = seats[Int(slot)]!.cordon
        var cordon = cordon
        // A drain that is to come still ends the lease when it said.
        if current?.start != nil { cordon.deadline = current?.deadline }
        if current != cordon && (current?.deadline == nil || current?.start != nil) {
            commit(.seatCordonSet(name, cordon), at: now)
        }
        return .seat(view(ofSeat: slot))
    }

    /// Opens one seat, and calls its drain off; its lease has its former deadline again.
    mutating func uncordonSeat(
        _ name: SeatName, reason: String?, at now: Instant
    ) throws(Refusal) -> Decision {
        let slot = try existingSeat(name)
        if seats[Int(slot)]!.cordon != nil { commit(.seatOpened(name, reason: reason), at: now) }
        return .seat(view(ofSeat: slot))
    }

    /// Closes one seat, now or later, and ends the lease on it at the deadline.
    mutating func drainSeat(
        _ name: SeatName, _ request: DrainRequest, at now: Instant
    ) throws(Refusal) -> Decision {
        let slot = try existingSeat(name)
        let start = try drainStart(request.start, ofPool: seats[Int(slot)]!.pool, at: now)
        let cordon = SeatCordon(
            reason: request.reason,
            deadline: request.deadlineSeconds.map { start.adding(seconds: $0) },
            // A seat that is closed stays closed; a later start only moves the deadline.
            start: start > now && !seats[Int(slot)]!.isCordoned ? start : nil)
        let lease = seats[Int(slot)]!.lease.map { leases[Int($0)]! }
        if seats[Int(slot)]!.cordon != cordon {
            commit(.seatCordonSet(name, cordon), at: now)
        }
        var others: [(end: Instant, lease: Slot)] = []
        if var lease {
            lease.seatDrainDeadline = nil
            let end = deadline(of: lease)
            if cordon.start == nil || end > start {
                others.append((end, seats[Int(slot)]!.lease!))
            }
        }
        var forecast = forecast(of: others, deadline: cordon.deadline)
        forecast.startsAt = cordon.start
        expire(at: now)
        return .draining(forecast)
    }

    /// How leases with these deadlines end when those that are left at `deadline` are cut.
    private func forecast(
        of ends: [(end: Instant, lease: Slot)], deadline: Instant?
    ) -> DrainForecast {
        let minute: Int64 = 60_000
        var byMinute: [(at: Instant, count: Int)] = []
        var cut: [Lease] = []
        for (end, lease) in ends.sorted(by: { $0.end < $1.end }) {
            if let deadline, end >= deadline {
                cut.append(leases[Int(lease)]!)
            } else if let last = byMinute.last,
                last.at.milliseconds / minute == end.milliseconds / minute
            {
                byMinute[byMinute.count - 1] = (at: end, count: last.count + 1)
            } else {
                byMinute.append((at: end, count: 1))
            }
        }
        return DrainForecast(
            deadline: deadline, leases: ends.count, ends: byMinute, cutAtDeadline: cut.count,
            displaced: cut.sorted { $0.grantRevision < $1.grantRevision }.map { view(of: $0) },
            waitsForEver: deadline == nil && !ends.isEmpty)
    }

    // MARK: Look-ups

    func existingPool(_ name: PoolName) throws(Refusal) -> Int {
        guard let slot = poolSlots[name] else { throw .noSuchPool(name) }
        return Int(slot)
    }

    func existingSeat(_ name: SeatName) throws(Refusal) -> Slot {
        guard let slot = seatSlots[name] else { throw .noSuchSeat(name) }
        return slot
    }
}
