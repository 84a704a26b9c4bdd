/// Cordon, drain and reopening, of pools and of seats.
extension Broker {
    /// Closes a pool to new leases. One that is draining is closed already and stays so.
    mutating func cordonPool(
        _ name: PoolName, reason: String, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision {
        let pool = try existingPool(name)
        if pools[pool]!.mode.kind != .draining {
            setMode(
                PoolMode(kind: .cordoned, reason: reason, by: actor.name, since: now), of: pool,
                at: now)
        }
        return .pool(view(ofPool: Slot(pool)))
    }

    /// Opens a pool, whatever closed it; leases that a drain would have cut have their former
    /// deadlines again.
    mutating func uncordonPool(
        _ name: PoolName, reason: String?, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision {
        let pool = try existingPool(name)
        if pools[pool]!.mode.kind != .open {
            setMode(
                PoolMode(kind: .open, reason: reason, by: actor.name, since: now), of: pool,
                at: now)
        }
        return .pool(view(ofPool: Slot(pool)))
    }

    /// Cordons a pool and empties it; a new drain replaces the deadline of an earlier one.
    mutating func drainPool(
        _ name: PoolName, reason: String, deadlineSeconds: Int?, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision {
        let pool = try existingPool(name)
        let deadline = deadlineSeconds.map { now.adding(seconds: $0) }
        setMode(
            PoolMode(
                kind: .draining, reason: reason, by: actor.name, since: now, deadline: deadline),
            of: pool, at: now)
        let forecast = forecast(of: pools[pool]!.deadlines.map(\.deadline), deadline: deadline)
        // A deadline of 0 seconds is due in this very instant.
        expire(at: now)
        return .draining(forecast)
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
        if current != cordon && current?.deadline == nil {
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

    /// Closes one seat and ends the lease on it at the deadline.
    mutating func drainSeat(
        _ name: SeatName, _ cordon: SeatCordon, at now: Instant
    ) throws(Refusal) -> Decision {
        let slot = try existingSeat(name)
        let lease = seats[Int(slot)]!.lease.map { leases[Int($0)]! }
        if seats[Int(slot)]!.cordon != cordon {
            commit(.seatCordonSet(name, cordon), at: now)
        }
        var others: [Instant] = []
        if var lease {
            lease.seatDrainDeadline = nil
            others.append(deadline(of: lease))
        }
        let forecast = forecast(of: others, deadline: cordon.deadline)
        expire(at: now)
        return .draining(forecast)
    }

    /// How leases with these deadlines end when those that are left at `deadline` are cut.
    private func forecast(of ends: [Instant], deadline: Instant?) -> DrainForecast {
        let minute: Int64 = 60_000
        var byMinute: [(at: Instant, count: Int)] = []
        var cut = 0
        for end in ends.sorted() {
            if let deadline, end >= deadline {
                cut += 1
            } else if let last = byMinute.last,
                last.at.milliseconds / minute == end.milliseconds / minute
            {
                byMinute[byMinute.count - 1] = (at: end, count: last.count + 1)
            } else {
                byMinute.append((at: end, count: 1))
            }
        }
        return DrainForecast(
            deadline: deadline, leases: ends.count, ends: byMinute, cutAtDeadline: cut,
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
