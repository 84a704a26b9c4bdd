import DequeModule

/// What can be read of the state.
extension Broker {
    // MARK: Leases

    func view(of lease: Lease) -> LeaseView {
        LeaseView(
            lease: lease, pool: pools[Int(lease.pool)]!.spec.name,
            group: groups[Int(lease.group)]!.name, seat: address(of: lease.seat),
            expiresAt: deadline(of: lease), ending: ending(of: lease),
            windowEnds: groups[Int(lease.group)]!.turn?.ends)
    }

    /// Why a lease has a deadline that is not its time to live: the soonest such.
    private func ending(of lease: Lease) -> (reason: EndReason, detail: String?)? {
        var soonest: (deadline: Instant, reason: EndReason, detail: String?)?
        func consider(_ deadline: Instant?, _ reason: EndReason, _ detail: String?) {
            guard let deadline, soonest.map({ deadline < $0.deadline }) ?? true else { return }
            soonest = (deadline, reason, detail)
        }
        consider(lease.revocation?.deadline, .revoked, lease.revocation?.reason)
        consider(lease.retireDeadline, .drained, "The pool was made smaller.")
        if seats[Int(lease.seat)]!.isCordoned {
            consider(
                lease.seatDrainDeadline, .drained, seats[Int(lease.seat)]!.cordon?.reason)
        }
        if pools[Int(lease.pool)]!.mode.kind == .draining {
            consider(
                drainDeadline(ofPool: lease.pool), .drained, pools[Int(lease.pool)]!.mode.reason)
        }
        if groups[Int(lease.group)]!.turn?.phase == .over {
            consider(windowDeadline(ofGroup: lease.group), .windowClosed, nil)
        }
        return soonest.map { ($0.reason, $0.detail) }
    }

    /// A lease by its id, live or ended; nil when there never was one or its history is gone.
    package func lease(_ id: LeaseID) -> LeaseView? {
        if let slot = leaseSlots[id] { return view(of: leases[Int(slot)]!) }
        return endedLease(id).map { LeaseView(ended: $0) }
    }

    /// The groups that a gateway vouched for at the grant of a live lease.
    package func vouchedGroups(_ id: LeaseID) -> [UnixGroupName]? {
        leaseSlots[id].flatMap { leases[Int($0)]!.vouched }
    }

    /// What a list of leases is limited to; nil does not limit.
    package struct LeaseFilter: Sendable {
        package var pool: PoolName?
        package var group: GroupName?
        package var holder: HolderName?
        package var grantedBy: String?
        package var states: Set<LeaseView.State> = [.active, .ending]
        /// Only leases granted at a later revision.
        package var after: UInt64 = 0

        package init() {}
    }

    /// Up to `limit` leases in the order of their grants.
    package func leases(_ filter: LeaseFilter, limit: Int) -> [LeaseView] {
        var found: [LeaseView] = []
        if !filter.states.isDisjoint(with: [.active, .ending]) {
            let slots: [Slot]
            if let holder = filter.holder {
                slots = holderLeases[holder] ?? []
            } else {
                slots = leases.indices.filter { leases[$0] != nil }.map { Slot($0) }
            }
            for slot in slots where leases[Int(slot)]!.grantRevision > filter.after {
                let view = view(of: leases[Int(slot)]!)
                if filter.admits(view) { found.append(view) }
            }
        }
        if filter.states.contains(.ended) {
            for lease in ended where lease.grantRevision > filter.after {
                let view = LeaseView(ended: lease)
                if filter.admits(view) { found.append(view) }
            }
        }
        found.sort { $0.grantRevision < $1.grantRevision }
        return Array(found.prefix(limit))
    }

    // MARK: Seats

    /// Where a seat is reached.
    func address(of slot: Slot) -> SeatAddress {
        let seat = seats[Int(slot)]!
        if let address = seat.address { return address }
        return pools[Int(seat.pool)]!.patternedAddress(index: seat.rank.index!, name: seat.name)
    }

    func view(ofSeat slot: Slot) -> SeatView {
        let seat = seats[Int(slot)]!
        let lease = seat.lease.map { leases[Int($0)]! }
        return SeatView(
            address: address(of: slot), pool: pools[Int(seat.pool)]!.spec.name, token: seat.token,
            keptFor: seat.keptFor, cordon: seat.cordon, isRetiring: seat.retiring,
            lease: lease?.id, holder: lease?.holder)
    }

    /// The seat of a name; nil: there is none.
    package func seat(_ name: SeatName) -> SeatView? {
        seatSlots[name].map { view(ofSeat: $0) }
    }

    /// A place in the list of all seats, to go on from.
    package struct SeatCursor: Equatable, Sendable {
        package var pool: PoolName
        package var rank: UInt32

        package init(pool: PoolName, rank: UInt32) {
            self.pool = pool
            self.rank = rank
        }
    }

    /// Up to `limit` seats in the site's order, then by index, behind a place in that order, and
    /// where to go on; a place in a pool that is gone has nothing behind it.
    package func seats(
        pool wanted: PoolName?, after cursor: SeatCursor?, limit: Int,
        where admits: (SeatView) -> Bool
    ) -> (seats: [SeatView], next: SeatCursor?) {
        var order = poolOrder
        if let wanted { order = order.filter { pools[Int($0)]!.spec.name == wanted } }
        if let cursor {
            guard let start = order.firstIndex(where: { pools[Int($0)]!.spec.name == cursor.pool })
            else { return ([], nil) }
            order = Array(order[start...])
        }
        var found: [SeatView] = []
        var last: SeatCursor?
        for pool in order {
            let name = pools[Int(pool)]!.spec.name
            for slot in orderedSeats(ofPool: pool) {
                let rank = seats[Int(slot)]!.rank.value
                if let cursor, cursor.pool == name, rank <= cursor.rank { continue }
                let view = view(ofSeat: slot)
                guard admits(view) else { continue }
                if found.count == limit { return (found, last) }
                found.append(view)
                last = SeatCursor(pool: name, rank: rank)
            }
        }
        return (found, nil)
    }

    // MARK: Pools and groups

    func view(ofPool slot: Slot) -> PoolView {
        let pool = pools[Int(slot)]!
        var counts = SeatCounts()
        counts.available = pool.availableCount
        counts.leased = pool.leasedCount
        counts.cordoned = pool.cordonedFreeCount
        return PoolView(
            spec: pool.spec, revision: pool.revision, mode: pool.mode, size: pool.size,
            seats: counts)
    }

    /// In the site's order.
    package var poolViews: [PoolView] { poolOrder.map { view(ofPool: $0) } }

    /// The pool of a name; nil: there is none.
    package func pool(_ name: PoolName) -> PoolView? {
        poolSlots[name].map { view(ofPool: $0) }
    }

    func view(ofGroup slot: Slot, at now: Instant) -> GroupView {
        let group = groups[Int(slot)]!
        let numbers = windowNumbers(ofGroup: slot, at: now)
        return GroupView(
            spec: group.spec!, used: group.used, waiting: waitCounts[group.name] ?? 0,
            isOpen: group.isOpen(at: wallTime(now)), opens: numbers.opens, closes: numbers.closes)
    }

    /// In the site's order.
    package func groupViews(at now: Instant) -> [GroupView] {
        groupOrder.map { view(ofGroup: $0, at: now) }
    }

    /// The group of a name; nil: there is none, or it has been deleted.
    package func group(_ name: GroupName, at now: Instant) -> GroupView? {
        guard let slot = groupSlots[name], groups[Int(slot)]!.spec != nil else { return nil }
        return view(ofGroup: slot, at: now)
    }

    // MARK: Time

    /// An instant as the wall clock tells it: milliseconds since the Unix epoch.
    package func wallMilliseconds(_ instant: Instant) -> Int64 {
        instant.milliseconds + clock.wallOffsetMilliseconds
    }

    /// The instant that the wall clock tells as so many milliseconds since the Unix epoch.
    package func instant(wallMilliseconds: Int64) -> Instant {
        Instant(milliseconds: wallMilliseconds - clock.wallOffsetMilliseconds)
    }
}

extension Broker.LeaseFilter {
    func admits(_ lease: LeaseView) -> Bool {
        states.contains(lease.state)
            && (pool.map { $0 == lease.pool } ?? true)
            && (group.map { $0 == lease.group } ?? true)
            && (holder.map { $0 == lease.holder } ?? true)
            && (grantedBy.map { $0 == lease.grantedBy } ?? true)
    }
}
