extension Broker {
    /// A record that does not fit the state: the journal is damaged or was written by a later
    /// version.
    package struct Misfit: Error, Equatable, Sendable {
        package var message: String

        package init(message: String) { self.message = message }
    }

    /// Applies a record that a decision made, and keeps it for the journal.
    mutating func commit(_ record: Record, at now: Instant) {
        do {
            try apply(record, at: now)
        } catch {
            // A decision made it from this very state.
            preconditionFailure(error.message)
        }
        pending.append(record)
    }

    /// Applies one journaled record; `at` is the instant of its journal entry.
    package mutating func apply(_ record: Record, at now: Instant) throws(Misfit) {
        revision += 1
        latest = max(latest, now)
        if record.changesSite { siteRevision = revision }
        if record.mayServeLine { isLineDue = true }
        if record.mayRefuseLine { isLineReviewDue = true }
        switch record {
        case .clockSet(let mark): clock = mark
        case .seatLimitSet(let limit): seatLimit = limit
        case .tokenFloorSet(let floor): raiseTokens(to: floor)
        case .poolPut(let spec, let revision): applyPoolPut(spec, revision: revision, at: now)
        case .poolModeSet(let name, let mode, let revision):
            let slot = Int(try poolSlot(name))
            pools[slot]!.mode = mode
            pools[slot]!.revision = revision
        case .poolRemoved(let name): try applyPoolRemoved(name)
        case .groupPut(let spec): applyGroupPut(spec)
        case .groupRemoved(let name): try applyGroupRemoved(name)
        case .siteOrdered(let pools, let groups):
            hasSite = true
            poolOrder = try pools.map { name throws(Misfit) in try poolSlot(name) }
            groupOrder = try groups.map { name throws(Misfit) in try groupSlot(name) }
        case .seatsAdded(let pool, let firstIndex, let count):
            try applySeatsAdded(pool, firstIndex: firstIndex, count: count)
        case .seatListed(let pool, let position): try applySeatListed(pool, position: position)
        case .seatRemoved(let name): try applySeatRemoved(name)
        case .seatRetiring(let name, let deadline, let orphaned):
            try applySeatRetiring(name, deadline: deadline, orphaned: orphaned)
        case .seatReclaimed(let name): try applySeatReclaimed(name)
        case .seatCordonSet(let name, let cordon): try applySeatCordon(name, cordon)
        case .seatOpened(let name, _): try applySeatCordon(name, nil)
        case .leaseGranted(let grant): try applyGrant(grant, at: now)
        case .leaseRenewed(let id, let deadline):
            let slot = try leaseSlot(id)
            var lease = leases[Int(slot)]!
            lease.ttlDeadline = deadline
            setLease(slot, lease)
        case .leaseRevocationSet(let id, let deadline, let reason):
            let slot = try leaseSlot(id)
            var lease = leases[Int(slot)]!
            lease.revocation = Lease.Revocation(deadline: deadline, reason: reason)
            setLease(slot, lease)
        case .leaseEnded(let id, let reason, let detail):
            try applyEnd(id, reason, detail: detail, at: now)
        case .keyRemembered(let scope, let key): applyKey(scope, key)
        case .rotaSet(let spec):
            hasSite = true
            rota = spec
            slotsRevision = revision
            lookAgain()
        case .windowsSet(let group, let windows): try applyWindows(group, windows)
        case .windowsReach(let time, let zones):
            windowsReach = time
            self.zones = zones
            windowsRevision = slotsRevision
        case .turnSet(let group, let turn): try applyTurn(group, turn)
        case .leaseCharged(let id, let group): try applyCharge(id, group)
        case .subjectSeen(let holder, let unixGroups):
            remember(.subject(holder, subjects[holder]))
            subjects[holder] = unixGroups.isEmpty ? nil : unixGroups
            isChargeDue = true
        case .waitStarted(let waiter): try applyWaitStarted(waiter)
        case .waitResumed(let ticket, let wait): try applyWaitResumed(ticket, wait)
        case .waitAbsent(let ticket, let until): try applyWaitAbsent(ticket, until: until)
        case .waitEnded(let ticket, _, let minutes):
            try applyWaitEnded(ticket, minutes: minutes, at: now)
        case .refused(let request): applyRefused(request, at: now)
        case .changeRefused, .configurationRead: break
        }
    }

    // MARK: Look-ups

    func poolSlot(_ name: PoolName) throws(Misfit) -> Slot {
        guard let slot = poolSlots[name] else {
            throw Misfit(message: "there is no pool \(name.value)")
        }
        return slot
    }

    func groupSlot(_ name: GroupName) throws(Misfit) -> Slot {
        guard let slot = groupSlots[name] else {
            throw Misfit(message: "there is no group \(name.value)")
        }
        return slot
    }

    func seatSlot(_ name: SeatName) throws(Misfit) -> Slot {
        guard let slot = seatSlots[name] else {
            throw Misfit(message: "there is no seat \(name.value)")
        }
        return slot
    }

    func leaseSlot(_ id: LeaseID) throws(Misfit) -> Slot {
        guard let slot = leaseSlots[id] else {
            throw Misfit(message: "there is no live lease \(id.text)")
        }
        return slot
    }

    // MARK: Leases

    private mutating func applyGrant(_ grant: GrantedLease, at now: Instant) throws(Misfit) {
        let seatSlot = try seatSlot(grant.seat)
        let groupSlot = try groupSlot(grant.group)
        var seat = seats[Int(seatSlot)]!
        guard seat.lease == nil else {
            throw Misfit(message: "seat \(grant.seat.value) is granted twice")
        }
        guard grant.token > seat.token else {
            throw Misfit(message: "the token of seat \(grant.seat.value) does not grow")
        }
        guard leaseSlots[grant.id] == nil else {
            throw Misfit(message: "lease \(grant.id.text) is granted twice")
        }
        let leaseSlot = newLeaseSlot()
        seat.token = grant.token
        seat.lease = leaseSlot
        setSeat(seatSlot, seat)
        setLease(
            leaseSlot,
            Lease(
                id: grant.id, token: grant.token, pool: seat.pool, group: groupSlot,
                seat: seatSlot, holder: grant.holder, grantedAt: now, grantRevision: revision,
                ttlDeadline: grant.ttlDeadline, grantedBy: grant.grantedBy, vouched: grant.vouched,
                seatDrainDeadline: seat.cordon?.deadline))
        // A kept seat may leave one that was reserved to the next.
        if seat.keptFor != nil { isLineDue = true }
        setLastSeat(
            HolderPool(holder: grant.holder, pool: pools[Int(seat.pool)]!.spec.name),
            LastSeat(seat: grant.seat, revision: revision))
    }

    private mutating func applyEnd(
        _ id: LeaseID, _ reason: EndReason, detail: String?, at now: Instant
    ) throws(Misfit) {
        let slot = try leaseSlot(id)
        let lease = leases[Int(slot)]!
        // There is room in its group again.
        let group = groups[Int(lease.group)]!
        if let quota = group.spec?.quota, group.used >= quota { isChargeDue = true }
        appendEnded(
            EndedLease(
                id: id, token: lease.token, pool: pools[Int(lease.pool)]!.spec.name,
                group: groups[Int(lease.group)]!.name, holder: lease.holder,
                seat: address(of: lease.seat), grantedAt: lease.grantedAt,
                grantRevision: lease.grantRevision, expiresAt: deadline(of: lease),
                endedAt: now, reason: reason, detail: detail, grantedBy: lease.grantedBy))
        setLease(slot, nil)
        var seat = seats[Int(lease.seat)]!
        if seat.retiring {
            removeSeat(lease.seat)
        } else {
            seat.lease = nil
            seat.freeRevision = revision
            setSeat(lease.seat, seat)
        }
        dropGroupIfGone(lease.group)
    }

    private mutating func applyKey(_ scope: KeyScope, _ key: RememberedKey) {
        var remembered = keys[scope] ?? []
        remembered.removeAll { $0.key == key.key }
        // A young key may still be repeated, whatever it stands for; the oldest is missed least.
        if remembered.count >= Self.keysPerScopeMax { remembered.removeFirst() }
        remembered.append(key)
        setKeys(scope, remembered)
    }

    /// Every seat's counter, of seats that are gone too.
    private mutating func raiseTokens(to floor: UInt64) {
        rememberWhole()
        tokenFloor = max(tokenFloor, floor)
        for slot in seats.indices where seats[slot] != nil {
            seats[slot]!.token = max(seats[slot]!.token, floor)
        }
        for name in retiredTokens.keys.sorted() {
            retiredTokens[name] = max(retiredTokens[name]!, floor)
        }
    }
}

extension Record {
    /// Whether it changes what an admin has set up.
    fileprivate var changesSite: Bool {
        switch self {
        case .poolPut, .poolRemoved, .groupPut, .groupRemoved, .siteOrdered, .rotaSet: true
        case .clockSet, .seatLimitSet, .tokenFloorSet, .poolModeSet, .seatsAdded, .seatListed,
            .seatRemoved, .seatRetiring, .seatReclaimed, .seatCordonSet, .seatOpened,
            .leaseGranted, .leaseRenewed, .leaseRevocationSet, .leaseEnded, .keyRemembered,
            .windowsSet, .windowsReach, .turnSet, .leaseCharged, .subjectSeen, .waitStarted,
            .waitResumed, .waitAbsent, .waitEnded, .refused, .changeRefused, .configurationRead:
            false
        }
    }

    /// Whether somebody in the line may have a seat after it, or may wait no longer.
    fileprivate var mayServeLine: Bool {
        switch self {
        case .leaseGranted, .leaseRenewed, .keyRemembered, .windowsReach, .subjectSeen, .refused,
            .waitStarted, .waitResumed, .waitAbsent, .waitEnded, .seatLimitSet, .tokenFloorSet,
            .changeRefused, .configurationRead:
            false
        case .clockSet, .poolPut, .poolModeSet, .poolRemoved, .groupPut, .groupRemoved,
            .siteOrdered, .seatsAdded, .seatListed, .seatRemoved, .seatRetiring, .seatReclaimed,
            .seatCordonSet, .seatOpened, .leaseRevocationSet, .leaseEnded, .rotaSet, .windowsSet,
            .turnSet, .leaseCharged:
            true
        }
    }

    /// Whether somebody in the line may wait no longer after it, or for something else.
    fileprivate var mayRefuseLine: Bool {
        switch self {
        case .clockSet, .poolPut, .poolModeSet, .poolRemoved, .groupPut, .groupRemoved,
            .siteOrdered, .rotaSet, .windowsSet, .turnSet:
            true
        case .seatLimitSet, .tokenFloorSet, .seatsAdded, .seatListed, .seatRemoved,
            .seatRetiring, .seatReclaimed, .seatCordonSet, .seatOpened, .leaseGranted,
            .leaseRenewed, .leaseRevocationSet, .leaseEnded, .keyRemembered, .windowsReach,
            .leaseCharged, .subjectSeen, .waitStarted, .waitResumed, .waitAbsent, .waitEnded,
            .refused, .changeRefused, .configurationRead:
            false
        }
    }
}
