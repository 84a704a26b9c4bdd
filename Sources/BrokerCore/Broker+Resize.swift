/// The number of seats of a pool.
extension Broker {
    mutating func resizePool(
        _ name: PoolName, size: Int, ifRevision: UInt64?, at now: Instant
    ) throws(Refusal) -> Decision {
        let pool = try existingPool(name)
        if let expected = ifRevision, expected != pools[pool]!.revision {
            throw .revisionMismatch(expected: expected, actual: pools[pool]!.revision)
        }
        var spec = pools[pool]!.spec
        guard size >= spec.listed.count else {
            throw .belowListed(name, listed: spec.listed.count)
        }
        spec.size = size
        let problems = spec.problems()
        guard problems.isEmpty else { throw .invalid(problems) }
        let change = try adopt(spec, at: now)
        try checkReserves(of: name)
        try checkCollisions(at: now)
        return .resized(
            ResizePlan(
                size: pools[pool]!.size, targetSize: size, retired: change.retired,
                displaced: change.displaced.map { view(of: leases[Int($0)]!) },
                completeBy: change.displaced.map { deadline(of: leases[Int($0)]!) }.max(),
                shortfalls: shortfalls(from: wallTime(now))))
    }

    /// What bringing a pool to its specification did to its seats.
    struct SeatChange {
        /// Free seats that went at once.
        var retired = 0
        /// Leases whose seats go when they end.
        var displaced: [Slot] = []
        /// Cordons of free seats that went: a name that comes back has its own again.
        var cordons: [(seat: SeatName, cordon: SeatCordon)] = []
    }

    /// Makes a pool what its specification says, existing or new: patterned seats come and go by
    /// the rules of growth and shrinking, listed ones by their names.
    mutating func adopt(_ spec: PoolSpec, at now: Instant) throws(Refusal) -> SeatChange {
        var change = SeatChange()
        let seatsBefore = seatCount
        let known = poolSlots[spec.name]
        if let known, pools[Int(known)]!.spec == spec { return change }
        retireUnnamed(by: spec, &change, at: now)
        let revision = known.map { pools[Int($0)]!.revision + 1 } ?? 1
        commit(.poolPut(spec, revision: revision), at: now)
        let pool = poolSlots[spec.name]!
        try list(spec, in: pool, at: now)
        try fill(pool, &change, at: now)
        // What was taken back under its name is displaced no more.
        change.displaced.removeAll { !seats[Int(leases[Int($0)]!.seat)]!.retiring }
        if let seatLimit, seatCount > seatLimit, seatCount > seatsBefore {
            throw .seatLimit(limit: seatLimit, total: seatCount)
        }
        return change
    }

    /// Retires the seats of a pool that its new specification does not name: listed ones that are
    /// listed no more, and patterned ones once there is another pattern.
    ///
    /// One that is leased and whose name comes back in another way is taken back later.
    mutating func retireUnnamed(
        by spec: PoolSpec, _ change: inout SeatChange, at now: Instant
    ) {
        guard let pool = poolSlots[spec.name] else { return }
        let old = pools[Int(pool)]!.spec
        let isRenamed =
            (old.seatName ?? Pool.defaultSeatName(old.name))
            != (spec.seatName ?? Pool.defaultSeatName(spec.name))
        let listed = Set(spec.listed.map(\.name))
        let leaving = orderedSeats(ofPool: pool).filter { slot in
            let seat = seats[Int(slot)]!
            if seat.orphaned { return false }
            return seat.rank.index == nil ? !listed.contains(seat.name) : isRenamed
        }
        retire(leaving, orphaned: true, &change, at: now)
    }

    /// Retires the patterned seats of a pool that its new specification has no room for, counting
    /// those that it lists from now on as listed.
    mutating func retireSurplus(
        over spec: PoolSpec, _ change: inout SeatChange, at now: Instant
    ) {
        guard let pool = poolSlots[spec.name] else { return }
        let listed = Set(spec.listed.map(\.name))
        let staying = orderedSeats(ofPool: pool).filter { slot in
            let seat = seats[Int(slot)]!
            return seat.rank.index != nil && !seat.retiring && !listed.contains(seat.name)
        }
        let surplus = staying.count - (spec.size - spec.listed.count)
        guard surplus > 0 else { return }
        retire(Array(shrinkOrder(staying).prefix(surplus)), orphaned: false, &change, at: now)
    }

    /// Puts the listed seats in their places.
    private mutating func list(
        _ spec: PoolSpec, in pool: Slot, at now: Instant
    ) throws(Refusal) {
        for (position, listed) in spec.listed.enumerated() {
            if let slot = seatSlots[listed.name], seats[Int(slot)]!.pool != pool {
                throw taken(slot)
            }
            commit(.seatListed(spec.name, position: position), at: now)
            if seats[Int(seatSlots[listed.name]!)]!.retiring {
                commit(.seatReclaimed(listed.name), at: now)
            }
        }
    }

    private func taken(_ slot: Slot) -> Refusal {
        let seat = seats[Int(slot)]!
        return .seatNameTaken(seat.name, by: pools[Int(seat.pool)]!.spec.name)
    }

    /// Brings the number of patterned seats that stay to what the size leaves for them.
    private mutating func fill(
        _ pool: Slot, _ change: inout SeatChange, at now: Instant
    ) throws(Refusal) {
        let spec = pools[Int(pool)]!.spec
        let patterned = orderedSeats(ofPool: pool).filter { seats[Int($0)]!.rank.index != nil }
        let staying = patterned.filter { !seats[Int($0)]!.retiring }
        let target = spec.size - spec.listed.count
        if staying.count > target {
            let leaving = shrinkOrder(staying).prefix(staying.count - target)
            retire(Array(leaving), orphaned: false, &change, at: now)
            return
        }
        var missing = target - staying.count
        for slot in patterned where missing > 0 && seats[Int(slot)]!.retiring {
            commit(.seatReclaimed(seats[Int(slot)]!.name), at: now)
            missing -= 1
        }
        try grow(pool, by: missing, at: now)
    }

    /// Fills the lowest missing indexes; neighbours come up in one record.
    private mutating func grow(_ pool: Slot, by count: Int, at now: Instant) throws(Refusal) {
        let spec = pools[Int(pool)]!.spec
        var missing = count
        var index = 0
        var run = 0
        func added(_ count: Int) -> Record {
            .seatsAdded(spec.name, firstIndex: index - count, count: count)
        }
        while missing > 0 {
            index += 1
            let isThere = pools[Int(pool)]!.seats[.patterned(index)] != nil
            let orphan =
                isThere ? nil : try clash(pools[Int(pool)]!.namePattern.text(index), in: pool)
            if !isThere && orphan == nil {
                run += 1
                missing -= 1
                continue
            }
            if run > 0 { commit(added(run), at: now) }
            run = 0
            guard let orphan else { continue }
            // An orphan of this pool takes its old place.
            commit(.seatsAdded(spec.name, firstIndex: index, count: 1), at: now)
            commit(.seatReclaimed(seats[Int(orphan)]!.name), at: now)
            missing -= 1
        }
        index += 1
        if run > 0 { commit(added(run), at: now) }
    }

    /// A seat that has this name already: an orphan of the pool, or nobody; another pool's is refused.
    private func clash(_ name: String, in pool: Slot) throws(Refusal) -> Slot? {
        guard let slot = seatSlots[SeatName(name)] else { return nil }
        guard seats[Int(slot)]!.pool == pool, seats[Int(slot)]!.orphaned else { throw taken(slot) }
        return slot
    }

    /// Free seats first, highest index first, then those whose leases end soonest.
    private func shrinkOrder(_ slots: [Slot]) -> [Slot] {
        let free = slots.filter { seats[Int($0)]!.lease == nil }
        let leased = slots.compactMap { slot in
            seats[Int(slot)]!.lease.map { lease in
                (slot: slot, deadline: deadline(of: leases[Int(lease)]!), seat: seats[Int(slot)]!)
            }
        }
        let soonest = leased.sorted {
            $0.deadline == $1.deadline
                ? $0.seat.rank > $1.seat.rank : $0.deadline < $1.deadline
        }
        return free.reversed() + soonest.map(\.slot)
    }

    private mutating func retire(
        _ slots: [Slot], orphaned: Bool, _ change: inout SeatChange, at now: Instant
    ) {
        for slot in slots {
            let seat = seats[Int(slot)]!
            guard let lease = seat.lease else {
                commit(.seatRemoved(seat.name), at: now)
                change.retired += 1
                if let cordon = seat.cordon { change.cordons.append((seat.name, cordon)) }
                continue
            }
            // One that retires already keeps its end, which a drain since then may only precede.
            let end = leases[Int(lease)]!.retireDeadline ?? deadline(of: leases[Int(lease)]!)
            commit(.seatRetiring(seat.name, deadline: end, orphaned: orphaned), at: now)
            change.displaced.append(lease)
        }
    }

    /// The seats of a pool in its order.
    func orderedSeats(ofPool pool: Slot) -> [Slot] {
        let seats = pools[Int(pool)]!.seats
        return seats.keys.sorted().map { seats[$0]! }
    }

    /// The groups' reserves in a pool must fit its size.
    func checkReserves(of name: PoolName) throws(Refusal) {
        let problems = siteSpec.problems()
        guard problems.isEmpty else { throw .invalid(problems) }
    }
}
