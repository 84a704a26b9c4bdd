extension Broker {
    mutating func decideGrant(
        _ command: GrantCommand, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision {
        let holder = command.subject.holder
        let scope = KeyScope(actor: actor.name, holder: holder)
        if let key = command.key {
            if let decision = try replay(key, in: scope, at: now) { return decision }
            if let place = place(of: key, in: scope), place.request.key != key { throw .keyReused }
        }
        if let pool = command.pool, poolSlots[pool] == nil { throw .noSuchPool(pool) }
        if let group = command.group {
            guard let slot = groupSlots[group], groups[Int(slot)]!.spec != nil else {
                throw .noSuchGroup(group)
            }
        }
        if let decision = grantNow(command, by: actor, at: now) {
            answerPlaces(of: holder, at: now)
            return decision
        }
        if let wait = command.wait, wait.seconds > 0,
            let place = try join(command, wait, by: actor, at: now)
        {
            return place
        }
        let refusal = refusal(of: command, at: now)
        noteRefusal(refusal, of: command, at: now)
        throw .grant(refusal)
    }

    /// The lease that the holder has already, or a new one; nil when no pair gives any.
    mutating func grantNow(
        _ command: GrantCommand, by actor: Actor, at now: Instant
    ) -> Decision? {
        let holder = command.subject.holder
        let scope = KeyScope(actor: actor.name, holder: holder)
        if let held = heldLease(of: holder, pool: command.pool) {
            let lease = leases[Int(held)]!
            rememberKey(command.key, in: scope, lease: lease.id, created: false, at: now)
            return .held(view(of: lease))
        }
        for pair in pairs(for: command) {
            guard let seat = seat(for: holder, pair) else { continue }
            if !command.isVouched { noteSubject(command.subject, at: now) }
            let lease = take(seat, pair, for: command, by: actor, at: now)
            rememberKey(command.key, in: scope, lease: lease.id, created: true, at: now)
            return .granted(view(of: lease))
        }
        return nil
    }

    // MARK: Idempotency

    private func replay(
        _ key: GrantCommand.Key, in scope: KeyScope, at now: Instant
    ) throws(Refusal) -> Decision? {
        guard let known = keys[scope]?.first(where: { $0.key == key.text }),
            now < known.at.adding(seconds: Self.keyTTLSeconds)
        else { return nil }
        guard known.fingerprint == key.fingerprint else { throw .keyReused }
        guard let slot = leaseSlots[known.lease] else {
            throw .leaseEnded(endedLease(known.lease))
        }
        return .replayed(view(of: leases[Int(slot)]!), created: known.created)
    }

    /// Remembers what a place was answered, unless its key stands for the very request that got the
    /// lease.
    mutating func rememberAnswer(to waiter: Waiter, lease: LeaseID, at now: Instant) {
        let scope = KeyScope(actor: waiter.actor.name, holder: waiter.request.subject.holder)
        let isKnown = (keys[scope] ?? []).contains {
            $0.key == waiter.request.key?.text && $0.lease == lease
        }
        guard !isKnown else { return }
        rememberKey(waiter.request.key, in: scope, lease: lease, created: false, at: now)
    }

    private mutating func rememberKey(
        _ key: GrantCommand.Key?, in scope: KeyScope, lease: LeaseID, created: Bool, at now: Instant
    ) {
        guard let key else { return }
        commit(
            .keyRemembered(
                scope,
                RememberedKey(
                    key: key.text, fingerprint: key.fingerprint, lease: lease, created: created,
                    at: now)),
            at: now)
    }

    // MARK: The lease that is there already

    /// The holder's live lease in a pool; without one, its oldest live lease.
    func heldLease(of holder: HolderName, pool: PoolName?) -> Slot? {
        guard let held = holderLeases[holder] else { return nil }
        guard let pool else { return held.first }
        return held.first { pools[Int(leases[Int($0)]!.pool)]!.spec.name == pool }
    }

    // MARK: Pairs

    /// A group that would be charged and a pool that would give the seat.
    struct Pair: Hashable {
        var group: Slot
        var pool: Slot
    }

    /// The groups of a person, in the site's order.
    func groupSlots(of subject: Subject) -> [Slot] {
        var found = memberships[.user(subject.holder)] ?? []
        for name in subject.unixGroups {
            guard let more = memberships[.unixGroup(name)] else { continue }
            for slot in more where !found.contains(slot) { found.append(slot) }
        }
        guard found.count > 1 else { return found }
        return groupOrder.filter { found.contains($0) }
    }

    /// All pairs that the person is entitled to, in the order in which they are tried: groups in
    /// the site's order, and in each its pools in theirs.
    func pairs(for command: GrantCommand) -> [Pair] {
        var pairs: [Pair] = []
        for group in groupSlots(of: command.subject) {
            if let wanted = command.group, groups[Int(group)]!.name != wanted { continue }
            for name in groups[Int(group)]!.spec!.pools {
                if let wanted = command.pool, name != wanted { continue }
                if let pool = poolSlots[name] { pairs.append(Pair(group: group, pool: pool)) }
            }
        }
        return pairs
    }

    /// The seat that the pair gives; nil when a rule says no.
    func seat(for holder: HolderName, _ pair: Pair) -> Slot? {
        // Fields are read in their place: a copy of a pool is a dozen reference counts.
        let index = Int(pair.pool)
        guard groups[Int(pair.group)]!.isOpen, pools[index]!.mode.kind == .open else { return nil }
        if let quota = groups[Int(pair.group)]!.spec!.quota,
            groups[Int(pair.group)]!.used >= quota
        {
            return nil
        }
        if pools[index]!.keptFreeCount > 0,
            let kept = pools[index]!.keptFree[holder]?.min(by: { rank($0) < rank($1) })
        {
            return kept
        }
        guard pools[index]!.free.count > reservedByOthers(pair) else { return nil }
        if let last = lastSeats[HolderPool(holder: holder, pool: pools[index]!.spec.name)],
            let slot = seatSlots[last.seat], let seat = seats[Int(slot)],
            seat.pool == pair.pool, seat.isAvailable, seat.keptFor == nil
        {
            return slot
        }
        return pools[index]!.free.first?.seat
    }

    private func rank(_ seat: Slot) -> SeatRank { seats[Int(seat)]!.rank }

    /// Free seats of the pool that other groups may still claim: what each of those that may enter
    /// falls short of its reserve.
    func reservedByOthers(_ pair: Pair) -> Int {
        var reserved = 0
        for reserve in pools[Int(pair.pool)]!.reserves
        where reserve.group != pair.group && groups[Int(reserve.group)]!.isOpen {
            reserved += max(0, reserve.seats - groups[Int(reserve.group)]!.used(in: pair.pool))
        }
        return reserved
    }

    private mutating func take(
        _ seat: Slot, _ pair: Pair, for command: GrantCommand, by actor: Actor, at now: Instant
    ) -> Lease {
        let spec = pools[Int(pair.pool)]!.spec
        let isForOther = actor.role != .agent
        commit(
            .leaseGranted(
                GrantedLease(
                    id: command.id,
                    token: max(seats[Int(seat)]!.token, tokenFloor) + 1,
                    group: groups[Int(pair.group)]!.name,
                    seat: seats[Int(seat)]!.name,
                    holder: command.subject.holder,
                    ttlDeadline: now.adding(
                        seconds: spec.ttlSeconds(
                            asked: command.ttlSeconds,
                            hasSlots: groups[Int(pair.group)]!.windows != nil)),
                    grantedBy: isForOther ? actor.name : nil,
                    vouched: command.isVouched ? command.subject.unixGroups : nil,
                    asked: AskedFor(
                        pool: command.pool, group: command.group, ttlSeconds: command.ttlSeconds))),
            at: now)
        return leases[Int(leaseSlots[command.id]!)]!
    }
}

extension PoolSpec {
    /// What is asked for, within 1 and the maximum; nothing asked: the pool's own, or the maximum
    /// where a window caps it.
    func ttlSeconds(asked: Int?, hasSlots: Bool) -> Int {
        let usual = hasSlots ? leaseTTLSecondsMax : leaseTTLSeconds
        return max(1, min(asked ?? usual, leaseTTLSecondsMax))
    }
}
