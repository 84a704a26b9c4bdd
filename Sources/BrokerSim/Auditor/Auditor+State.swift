import BrokerCore

/// How the state changes, step by step.
extension Auditor {
    // MARK: Leases

    /// Ends a lease; its seat is free, or goes if it was to.
    mutating func end(lease place: Int, _ reason: EndReason, detail: Int32, at now: Int64) {
        let lease = world.leases[place]
        let seat = lease.seat
        let number = world.ended.append(
            AuditEnd(
                id: lease.id, token: lease.token, revision: lease.revision,
                grantedAt: lease.grantedAt, expiresAt: deadline(ofLease: place), endedAt: now,
                pool: world.pools[lease.pool].name, group: lease.group, holder: lease.holder,
                address: world.seats[seat].address, detail: detail, grantedBy: lease.grantedBy,
                reason: reason))
        world.known[lease.id] = ~number

        // The holder's leases are chained, oldest first.
        let first = world.firstLeases[Int(lease.holder)]
        if first == Int32(place) {
            world.firstLeases[Int(lease.holder)] = lease.next
        } else {
            var before = Int(first)
            while world.leases[before].next != Int32(place) {
                before = Int(world.leases[before].next)
            }
            world.leases[before].next = lease.next
        }
        world.used[Int(lease.group)] -= 1
        world.usedIn[Int(lease.group)][lease.pool] -= 1
        world.leases[place].isThere = false
        world.vouched[place] = nil
        world.vacantLeases.append(place)
        world.leaseCount -= 1
        forgetCalendar(lease.group)

        tally(seat, -1)
        world.seats[seat].lease = absent
        world.seats[seat].freeSince = world.nextEvent()
        tally(seat, 1)
        if world.seats[seat].isRetiring { removeSeat(seat) }
    }

    /// A new lease; its place.
    mutating func begin(_ lease: AuditLease, vouched: [Int32]?) -> Int {
        let place: Int
        if let vacant = world.vacantLeases.popLast() {
            place = vacant
            world.leases[place] = lease
            world.vouched[place] = vouched
        } else {
            place = world.leases.count
            world.leases.append(lease)
            world.vouched.append(vouched)
        }
        world.known[lease.id] = place
        let holder = Int(lease.holder)
        if world.firstLeases[holder] == absent {
            world.firstLeases[holder] = Int32(place)
        } else {
            var last = Int(world.firstLeases[holder])
            while world.leases[last].next != absent { last = Int(world.leases[last].next) }
            world.leases[last].next = Int32(place)
        }
        world.used[Int(lease.group)] += 1
        world.usedIn[Int(lease.group)][lease.pool] += 1
        world.leaseCount += 1
        tally(lease.seat, -1)
        world.seats[lease.seat].lease = Int32(place)
        tally(lease.seat, 1)
        let seat = world.seats[lease.seat].name
        world.tokens[Int(seat)] = lease.token
        let key = AuditKeys.scope(actor: lease.holder, holder: world.pools[lease.pool].name)
        world.lastSeats[key] = seat
        noteDeadline(deadline(ofLease: place))
        return place
    }

    // MARK: Seats

    /// Counts a seat in its pool, or takes it out of the count.
    mutating func tally(_ place: Int, _ change: Int) {
        let pool = world.seats[place].pool
        if world.seats[place].lease != absent {
            world.pools[pool].leased += change
        } else if world.seats[place].isCordoned {
            world.pools[pool].cordonedFree += change
        } else if world.seats[place].keptFor != absent {
            world.pools[pool].keptFree += change
        } else {
            world.pools[pool].free += change
        }
    }

    /// A seat goes; its name keeps the token.
    mutating func removeSeat(_ place: Int) {
        tally(place, -1)
        let pool = world.seats[place].pool
        let position = world.pools[pool].seats.firstIndex(of: place)!
        world.pools[pool].seats.remove(at: position)
        world.seatPlaces[Int(world.seats[place].name)] = absent
        world.seats[place].isThere = false
        world.seatCount -= 1
    }

    /// A seat comes, at its place in the pool's order.
    mutating func addSeat(_ seat: AuditSeat) {
        let place: Int
        if let vacant = world.seats.firstIndex(where: { !$0.isThere }) {
            place = vacant
            world.seats[place] = seat
        } else {
            place = world.seats.count
            world.seats.append(seat)
        }
        let order = world.pools[seat.pool].seats
        let position = order.firstIndex { world.seats[$0].rank > seat.rank } ?? order.count
        world.pools[seat.pool].seats.insert(place, at: position)
        world.seatPlaces[Int(seat.name)] = Int32(place)
        world.seatCount += 1
        tally(place, 1)
    }

    /// The counter of a seat's name, which no restore leaves below the floor, leased or not.
    func token(ofSeat place: Int) -> UInt64 {
        max(world.tokens[Int(world.seats[place].name)], world.tokenFloor)
    }

    // MARK: Names

    /// The number of a holder, with room for what is kept by holder.
    mutating func number(ofHolder name: HolderName) -> Int32 {
        let number = names.holders.number(name.value)
        while world.firstLeases.count <= Int(number) {
            world.firstLeases.append(absent)
            world.subjects.append([])
        }
        return number
    }

    mutating func number(ofGroup name: GroupName) -> Int32 {
        let number = names.groups.number(name.value)
        while world.used.count <= Int(number) {
            world.used.append(0)
            world.usedIn.append([])
            world.calendars.append(nil)
        }
        while world.usedIn[Int(number)].count < world.pools.count {
            world.usedIn[Int(number)].append(0)
        }
        return number
    }

    mutating func number(ofSeat name: String) -> Int32 {
        let number = names.seats.number(name)
        while world.seatPlaces.count <= Int(number) {
            world.seatPlaces.append(absent)
            world.tokens.append(0)
        }
        return number
    }

    /// The place of a pool; nil: there is none of this name.
    func pool(_ name: PoolName) -> Int? {
        // A few names are compared sooner than one is hashed.
        if world.poolOrder.count <= 8 {
            return world.poolOrder.first { world.pools[$0].spec.name == name }
        }
        let number = names.pools.known(name.value)
        guard number != absent else { return nil }
        return world.poolOrder.first { world.pools[$0].name == number }
    }

    /// The position of a group that was not deleted.
    func group(_ name: GroupName) -> Int? {
        if world.groups.count <= 8 {
            return world.groups.firstIndex { $0.spec.name == name }
        }
        let number = names.groups.known(name.value)
        guard number != absent else { return nil }
        return world.groups.firstIndex { $0.name == number }
    }

    /// The place of a seat.
    func seat(_ name: SeatName) -> Int? {
        let number = names.seats.known(name.value)
        guard number != absent, Int(number) < world.seatPlaces.count else { return nil }
        let place = world.seatPlaces[Int(number)]
        return place == absent ? nil : Int(place)
    }
}
