/// What follows from seats and leases: kept true by their setters alone.
extension Broker {
    mutating func attach(_ seat: Seat, _ slot: Slot) {
        seatSlots[seat.name] = slot
        let pool = Int(seat.pool)
        pools[pool]!.seats[seat.rank] = slot
        if let start = seat.cordon?.start {
            cordonStarts.insert(CordonStart(at: start, seat: seat.name))
        }
        if seat.retiring { pools[pool]!.retiringCount += 1 }
        if seat.lease != nil {
            pools[pool]!.leasedCount += 1
        } else if seat.isCordoned {
            pools[pool]!.cordonedFreeCount += 1
        } else if let holder = seat.keptFor {
            pools[pool]!.keptFree[holder, default: []].append(slot)
            pools[pool]!.keptFreeCount += 1
        } else {
            pools[pool]!.free.insert(
                FreeKey(freeRevision: seat.freeRevision, rank: seat.rank, seat: slot))
        }
    }

    mutating func detach(_ seat: Seat, _ slot: Slot) {
        seatSlots[seat.name] = nil
        if let start = seat.cordon?.start {
            cordonStarts.remove(CordonStart(at: start, seat: seat.name))
        }
        let pool = Int(seat.pool)
        // Listed seats change places one by one: a place may have a new seat before the former one
        // has moved on.
        if pools[pool]!.seats[seat.rank] == slot { pools[pool]!.seats[seat.rank] = nil }
        if seat.retiring { pools[pool]!.retiringCount -= 1 }
        if seat.lease != nil {
            pools[pool]!.leasedCount -= 1
        } else if seat.isCordoned {
            pools[pool]!.cordonedFreeCount -= 1
        } else if let holder = seat.keptFor {
            pools[pool]!.keptFree[holder]!.removeAll { $0 == slot }
            if pools[pool]!.keptFree[holder]!.isEmpty { pools[pool]!.keptFree[holder] = nil }
            pools[pool]!.keptFreeCount -= 1
        } else {
            pools[pool]!.free.remove(
                FreeKey(freeRevision: seat.freeRevision, rank: seat.rank, seat: slot))
        }
    }

    mutating func attach(_ lease: Lease, _ slot: Slot) {
        leaseSlots[lease.id] = slot
        let key = DeadlineKey(
            deadline: lease.ownDeadline, grantRevision: lease.grantRevision, lease: slot)
        pools[Int(lease.pool)]!.deadlines.insert(key)
        let group = Int(lease.group)
        groups[group]!.used += 1
        let use: Int
        if let found = groups[group]!.uses.firstIndex(where: { $0.pool == lease.pool }) {
            use = found
        } else {
            use = groups[group]!.uses.count
            groups[group]!.uses.append(Group.Use(pool: lease.pool))
        }
        groups[group]!.uses[use].used += 1
        groups[group]!.uses[use].deadlines.insert(key)
        // Undo and changes put a lease back where it was: by the order of grants.
        let held = holderLeases[lease.holder, default: []]
        let position =
            held.firstIndex { leases[Int($0)]!.grantRevision > lease.grantRevision } ?? held.count
        holderLeases[lease.holder, default: []].insert(slot, at: position)
    }

    mutating func detach(_ lease: Lease, _ slot: Slot) {
        leaseSlots[lease.id] = nil
        let key = DeadlineKey(
            deadline: lease.ownDeadline, grantRevision: lease.grantRevision, lease: slot)
        pools[Int(lease.pool)]!.deadlines.remove(key)
        let group = Int(lease.group)
        groups[group]!.used -= 1
        let use = groups[group]!.uses.firstIndex { $0.pool == lease.pool }!
        groups[group]!.uses[use].used -= 1
        groups[group]!.uses[use].deadlines.remove(key)
        if groups[group]!.uses[use].used == 0 { groups[group]!.uses.remove(at: use) }
        holderLeases[lease.holder]!.removeAll { $0 == slot }
        if holderLeases[lease.holder]!.isEmpty { holderLeases[lease.holder] = nil }
    }
}
