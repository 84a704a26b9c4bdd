/// What records of pools, groups and seats do to the tables.
extension Broker {
    mutating func applyPoolPut(_ spec: PoolSpec, revision: UInt64, at now: Instant) {
        hasSite = true
        if let slot = poolSlots[spec.name] {
            let old = pools[Int(slot)]!
            // The patterns are constants of a pool: a new value takes over all else.
            var pool = Pool(spec: spec, revision: revision, mode: old.mode)
            pool.seats = old.seats
            pool.free = old.free
            pool.keptFree = old.keptFree
            pool.keptFreeCount = old.keptFreeCount
            pool.leasedCount = old.leasedCount
            pool.cordonedFreeCount = old.cordonedFreeCount
            pool.retiringCount = old.retiringCount
            pool.deadlines = old.deadlines
            pools[Int(slot)] = pool
        } else {
            let slot: Slot
            if let vacant = pools.firstIndex(where: { $0 == nil }) {
                slot = Slot(vacant)
            } else {
                pools.append(nil)
                slot = Slot(pools.count - 1)
            }
            pools[Int(slot)] = Pool(
                spec: spec, revision: revision, mode: PoolMode(kind: .open, since: now))
            poolSlots[spec.name] = slot
            poolOrder.append(slot)
        }
        indexSite()
    }

    mutating func applyPoolRemoved(_ name: PoolName) throws(Misfit) {
        let slot = try poolSlot(name)
        guard pools[Int(slot)]!.leasedCount == 0 else {
            throw Misfit(message: "pool \(name.value) goes while seats of it are leased")
        }
        for rank in pools[Int(slot)]!.seats.keys.sorted() {
            removeSeat(pools[Int(slot)]!.seats[rank]!)
        }
        pools[Int(slot)] = nil
        poolSlots[name] = nil
        poolOrder.removeAll { $0 == slot }
        for group in groups.indices where groups[group]?.spec != nil {
            groups[group]!.spec!.pools.removeAll { $0 == name }
            groups[group]!.spec!.reserve.removeAll { $0.pool == name }
        }
        indexSite()
    }

    mutating func applyGroupPut(_ spec: GroupSpec) {
        hasSite = true
        let slot: Slot
        if let known = groupSlots[spec.name] {
            slot = known
        } else if let vacant = groups.firstIndex(where: { $0 == nil }) {
            slot = Slot(vacant)
        } else {
            groups.append(nil)
            slot = Slot(groups.count - 1)
        }
        if groups[Int(slot)] == nil { groups[Int(slot)] = Group(name: spec.name) }
        unindexGroup(slot)
        let hasWindows = groups[Int(slot)]!.windows != nil
        if groups[Int(slot)]!.spec?.slots != spec.slots || hasWindows != (spec.slots != nil) {
            slotsRevision = revision
        }
        isChargeDue = true
        groups[Int(slot)]!.spec = spec
        groupSlots[spec.name] = slot
        if !groupOrder.contains(slot) { groupOrder.append(slot) }
        indexGroup(slot)
    }

    mutating func applyGroupRemoved(_ name: GroupName) throws(Misfit) {
        let slot = try groupSlot(name)
        unindexGroup(slot)
        groups[Int(slot)]!.spec = nil
        // It leaves the exceptions too, which would name a group that is not there.
        for exception in rota?.exceptions.indices ?? 0..<0 {
            guard case .slots(var assignments) = rota!.exceptions[exception].table else { continue }
            for index in assignments.indices { assignments[index].groups.removeAll { $0 == name } }
            rota!.exceptions[exception].table = .slots(assignments)
        }
        groupOrder.removeAll { $0 == slot }
        dropGroupIfGone(slot)
    }

    /// A deleted group stays in the tables until the last lease charged to it is over.
    mutating func dropGroupIfGone(_ slot: Slot) {
        guard let group = groups[Int(slot)], group.spec == nil, group.used == 0 else { return }
        remember(.group(slot, group))
        groups[Int(slot)] = nil
        groupSlots[group.name] = nil
    }

    /// What follows from the specifications: who is a member of what, and who reserves where.
    mutating func indexSite() {
        memberships.removeAll(keepingCapacity: true)
        for slot in pools.indices where pools[slot] != nil { pools[slot]!.reserves.removeAll() }
        for slot in groupOrder { indexGroup(slot) }
    }

    private mutating func indexGroup(_ slot: Slot) {
        guard let spec = groups[Int(slot)]!.spec else { return }
        for member in spec.members { memberships[member, default: []].append(slot) }
        for reserve in spec.reserve where reserve.seats > 0 {
            guard let pool = poolSlots[reserve.pool] else { continue }
            pools[Int(pool)]!.reserves.append((group: slot, seats: reserve.seats))
        }
    }

    private mutating func unindexGroup(_ slot: Slot) {
        guard let spec = groups[Int(slot)]!.spec else { return }
        for member in spec.members {
            memberships[member]?.removeAll { $0 == slot }
            if memberships[member]?.isEmpty == true { memberships[member] = nil }
        }
        for reserve in spec.reserve {
            guard let pool = poolSlots[reserve.pool] else { continue }
            pools[Int(pool)]!.reserves.removeAll { $0.group == slot }
        }
    }

    // MARK: Seats

    mutating func applySeatsAdded(
        _ pool: PoolName, firstIndex: Int, count: Int
    ) throws(Misfit) {
        let slot = try poolSlot(pool)
        let indexes = 1...SiteLimits.seatsMax
        guard indexes.contains(firstIndex), indexes.contains(count) else {
            throw Misfit(message: "pool \(pool.value) gets \(count) seats from \(firstIndex)")
        }
        for index in firstIndex..<(firstIndex + count) {
            let name = SeatName(pools[Int(slot)]!.namePattern.text(index))
            if let known = seatSlots[name] {
                // An orphan whose name the pool's pattern gives again.
                guard var seat = seats[Int(known)], seat.pool == slot, seat.orphaned else {
                    throw Misfit(message: "seat \(name.value) is added twice")
                }
                seat.rank = .patterned(index)
                seat.keptFor = nil
                seat.address = nil
                setSeat(known, seat)
                continue
            }
            addSeat(name, pool: slot, rank: .patterned(index), keptFor: nil, address: nil)
        }
    }

    mutating func applySeatListed(_ pool: PoolName, position: Int) throws(Misfit) {
        let slot = try poolSlot(pool)
        let listed = pools[Int(slot)]!.spec.listed
        guard listed.indices.contains(position) else {
            throw Misfit(message: "pool \(pool.value) lists no seat \(position)")
        }
        let spec = listed[position]
        let address = pools[Int(slot)]!.listedAddress(spec, position: position)
        if let seatSlot = seatSlots[spec.name] {
            var seat = seats[Int(seatSlot)]!
            guard seat.pool == slot else {
                throw Misfit(message: "seat \(spec.name.value) is in another pool")
            }
            seat.rank = .listed(position)
            seat.keptFor = spec.keptFor
            seat.address = address
            setSeat(seatSlot, seat)
        } else {
            addSeat(
                spec.name, pool: slot, rank: .listed(position), keptFor: spec.keptFor,
                address: address)
        }
    }

    private mutating func addSeat(
        _ name: SeatName, pool: Slot, rank: SeatRank, keptFor: HolderName?, address: SeatAddress?
    ) {
        setSeat(
            newSeatSlot(),
            Seat(
                name: name, pool: pool, rank: rank,
                token: retiredTokens.removeValue(forKey: name) ?? tokenFloor,
                freeRevision: revision, lease: nil, keptFor: keptFor, cordon: nil,
                address: address))
    }

    mutating func applySeatRemoved(_ name: SeatName) throws(Misfit) {
        let slot = try seatSlot(name)
        guard seats[Int(slot)]!.lease == nil else {
            throw Misfit(message: "seat \(name.value) goes while it is leased")
        }
        removeSeat(slot)
    }

    /// The name's token counter outlives the seat.
    mutating func removeSeat(_ slot: Slot) {
        let seat = seats[Int(slot)]!
        if seat.token > 0 {
            remember(.retiredToken(seat.name, retiredTokens[seat.name]))
            retiredTokens[seat.name] = seat.token
        }
        setSeat(slot, nil)
    }

    mutating func applySeatRetiring(
        _ name: SeatName, deadline: Instant, orphaned: Bool
    ) throws(Misfit) {
        let slot = try seatSlot(name)
        var seat = seats[Int(slot)]!
        guard let leaseSlot = seat.lease else {
            throw Misfit(message: "seat \(name.value) retires without a lease")
        }
        if orphaned {
            // The pool's specification may no longer know it: it keeps its address.
            seat.address = address(of: slot)
            seat.rank = .orphaned(revision: revision)
            seat.orphaned = true
        }
        seat.retiring = true
        setSeat(slot, seat)
        var lease = leases[Int(leaseSlot)]!
        lease.retireDeadline = min(lease.retireDeadline ?? deadline, deadline)
        setLease(leaseSlot, lease)
    }

    mutating func applySeatReclaimed(_ name: SeatName) throws(Misfit) {
        let slot = try seatSlot(name)
        var seat = seats[Int(slot)]!
        seat.retiring = false
        seat.orphaned = false
        setSeat(slot, seat)
        guard let leaseSlot = seat.lease else { return }
        var lease = leases[Int(leaseSlot)]!
        lease.retireDeadline = nil
        setLease(leaseSlot, lease)
    }

    mutating func applySeatCordon(_ name: SeatName, _ cordon: SeatCordon?) throws(Misfit) {
        let slot = try seatSlot(name)
        var seat = seats[Int(slot)]!
        let wasCordoned = seat.isCordoned
        seat.cordon = cordon
        if seat.lease == nil && wasCordoned && !seat.isCordoned { seat.freeRevision = revision }
        setSeat(slot, seat)
        guard let leaseSlot = seat.lease else { return }
        var lease = leases[Int(leaseSlot)]!
        guard lease.seatDrainDeadline != cordon?.deadline else { return }
        lease.seatDrainDeadline = cordon?.deadline
        setLease(leaseSlot, lease)
    }
}
