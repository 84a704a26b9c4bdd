import BrokerCore
import BrokerEngine

/// A request for a seat.
extension Auditor {
    mutating func grant(
        _ command: GrantCommand, by actor: Actor, _ said: Said, at now: Int64
    ) throws(Finding) {
        let holder = number(ofHolder: command.subject.holder)
        // A key that is known says what it said: nothing else is looked at.
        if let asked = command.key {
            let by = names.actors.number(actor.name)
            let scope = AuditKeys.scope(actor: by, holder: holder)
            if let key = world.keys.key(asked.text, scope: scope, at: now) {
                return try replay(key, asked, said)
            }
            // So does one under which somebody waits.
            if let place = place(of: asked, actor, holder),
                world.waiters[place].request.key?.fingerprint != asked.fingerprint
            {
                return try refused(said, .keyReused)
            }
        }
        // Unknown names come before any rule.
        var wantedPool: Int?
        if let name = command.pool {
            guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
            wantedPool = place
        }
        var wantedGroup: Int?
        if let name = command.group {
            guard let position = group(name) else { return try refused(said, .noSuchGroup(name)) }
            wantedGroup = position
        }
        if let lease = heldLease(holder, wantedPool) {
            guard try proceeds(said, changes: command.key != nil) else { return }
            remember(command.key, actor, holder, lease, wasCreated: false, at: now)
            guard case .answer(let index) = said else { return }
            guard case .decided(.held(let view)) = told[index] else {
                throw wrong(told[index], "answer", "the lease that the holder has")
            }
            return try expect(view, live: lease)
        }

        findCandidates(command.subject, holder, only: wantedGroup)
        if let pair = passingPair(holder, wantedPool) {
            try granted(command, actor, holder, pair.group, pair.pool, said, at: now)
            return try answerPlaces(holder, said, at: now)
        }
        guard try !waits(command, actor, holder, wantedPool, said, at: now) else { return }
        try refuse(command, holder, wantedPool, said, at: now)
    }

    /// The first pair of a group and a pool, of the candidates', that passes all rules.
    func passingPair(_ holder: Int32, _ wantedPool: Int?) -> (group: Int32, pool: Int)? {
        for position in candidates {
            let name = world.groups[position].name
            guard mayEnter(name), !quotaIsUsedUp(position) else { continue }
            for place in world.groups[position].pools {
                if let wantedPool, place != wantedPool { continue }
                guard world.pools[place].kind == .open,
                    hasSeat(place, for: holder, charging: name)
                else { continue }
                return (name, place)
            }
        }
        return nil
    }

    /// A pair passed all rules: its seat is taken.
    mutating func granted(
        _ command: GrantCommand, _ actor: Actor, _ holder: Int32, _ group: Int32, _ place: Int,
        _ said: Said, at now: Int64
    ) throws(Finding) {
        guard try proceeds(said, changes: true) else { return }
        guard world.known[command.id] == nil else {
            throw Finding("lease-id-twice", "\(command.id.text) is an id that was given before")
        }
        let seat = chooseSeat(place, for: holder)
        let asked = command.ttlSeconds ?? ttlSecondsDefault(group, place)
        let ttlSeconds = min(max(asked, 1), world.pools[place].spec.leaseTTLSecondsMax)
        let counter = world.tokens[Int(world.seats[seat].name)]
        var lease = AuditLease(
            id: command.id, token: max(counter, world.tokenFloor) + 1, number: world.nextEvent(),
            revision: 0, pool: place, seat: seat, group: group, holder: holder,
            grantedBy: actor.role == .agent ? absent : names.actors.number(actor.name),
            grantedAt: now,
            ttlEnd: now + Int64(ttlSeconds) * 1000)
        if case .answer(let index) = said {
            guard case .decided(.granted(let view)) = told[index] else {
                throw wrong(told[index], "answer", "a new lease")
            }
            try expectGrowth(view)
            lease.revision = view.grantRevision
        }
        see(command.subject, unless: command.isVouched)
        let vouched = command.isVouched ? numbers(of: command.subject, holder) : nil
        let taken = begin(lease, vouched: vouched)
        remember(command.key, actor, holder, taken, wasCreated: true, at: now)
        if case .answer(let index) = said, case .decided(.granted(let view)) = told[index] {
            try expect(view, live: taken)
        }
    }

    /// What a request that names no time to live gets: a group with windows the most there is, which
    /// its window cuts.
    func ttlSecondsDefault(_ group: Int32, _ place: Int) -> Int {
        world.hasCalendars && world.calendars[Int(group)] != nil
            ? world.pools[place].spec.leaseTTLSecondsMax : world.pools[place].spec.leaseTTLSeconds
    }

    /// Whatever else is right: tokens of a seat and revisions of grants only grow.
    private mutating func expectGrowth(_ view: LeaseView) throws(Finding) {
        let seat = Int(number(ofSeat: view.seat.name.value))
        while seenTokens.count <= seat { seenTokens.append(0) }
        guard view.token > seenTokens[seat], view.token < 1 << 53 else {
            throw Finding(
                "token-not-grown",
                "\(view.seat.name) was given token \(view.token) after \(seenTokens[seat])")
        }
        seenTokens[seat] = view.token
        guard view.grantRevision > lastGrantRevision else {
            throw Finding(
                "revision-not-grown",
                "revision \(view.grantRevision) of a grant after \(lastGrantRevision)")
        }
        lastGrantRevision = view.grantRevision
    }

    // MARK: Keys

    private func replay(
        _ key: AuditKeys.Key, _ asked: GrantCommand.Key, _ said: Said
    ) throws(Finding) {
        guard key.fingerprint == asked.fingerprint else { return try refused(said, .keyReused) }
        guard let place = world.known[key.lease] else { return try refusedAsEnded(said, nil) }
        guard place >= 0 else { return try refusedAsEnded(said, ~place) }
        guard case .answer(let index) = said else { return }
        guard case .decided(.replayed(let view, let wasCreated)) = told[index],
            wasCreated == key.wasCreated
        else {
            throw wrong(told[index], "replay", "the lease of the key, created: \(key.wasCreated)")
        }
        try expect(view, live: place)
    }

    mutating func remember(
        _ key: GrantCommand.Key?, _ actor: Actor, _ holder: Int32, _ place: Int, wasCreated: Bool,
        at now: Int64
    ) {
        guard let key else { return }
        let by = names.actors.number(actor.name)
        world.keys.remember(
            AuditKeys.Key(
                text: key.text, fingerprint: key.fingerprint, lease: world.leases[place].id,
                wasCreated: wasCreated, at: now),
            scope: AuditKeys.scope(actor: by, holder: holder), at: now)
    }

    // MARK: The rules

    /// The lease that the holder has in the pool, or the oldest one where no pool is named.
    func heldLease(_ holder: Int32, _ pool: Int?) -> Int? {
        var place = world.firstLeases[Int(holder)]
        while place != absent {
            if pool == nil || world.leases[Int(place)].pool == pool { return Int(place) }
            place = world.leases[Int(place)].next
        }
        return nil
    }

    /// The groups of a person, in the site's order; or the one that was asked for, if the person is
    /// in it.
    mutating func findCandidates(_ subject: Subject, _ holder: Int32, only: Int?) {
        let unixGroups = numbers(of: subject, holder)
        candidates.removeAll(keepingCapacity: true)
        for position in world.groups.indices {
            if let only, position != only { continue }
            if isMember(holder, unixGroups, position) { candidates.append(position) }
        }
    }

    /// The unix groups of a person; those that the same person had at the last request are at hand.
    private mutating func numbers(of subject: Subject, _ holder: Int32) -> [Int32] {
        while lastGroups.count <= Int(holder) { lastGroups.append(([], [])) }
        if lastGroups[Int(holder)].names != subject.unixGroups {
            lastGroups[Int(holder)] = (
                subject.unixGroups, subject.unixGroups.map { names.unixGroups.number($0.value) }
            )
        }
        return lastGroups[Int(holder)].numbers
    }

    func isMember(_ holder: Int32, _ unixGroups: [Int32], _ position: Int) -> Bool {
        if world.groups[position].users.contains(holder) { return true }
        for group in unixGroups where world.groups[position].unixGroups.contains(group) {
            return true
        }
        return false
    }

    /// Every live lease counts, ending ones too.
    func quotaIsUsedUp(_ position: Int) -> Bool {
        guard let quota = world.groups[position].spec.quota else { return false }
        return world.used[Int(world.groups[position].name)] >= quota
    }

    /// A seat that is kept for the person, or one that neither anybody has nor others reserve.
    private func hasSeat(_ place: Int, for holder: Int32, charging group: Int32) -> Bool {
        let free = world.pools[place].free
        if free > 0 && free > reserved(place, from: group) { return true }
        guard world.pools[place].keptFree > 0 else { return false }
        return world.pools[place].seats.contains {
            world.seats[$0].keptFor == holder && isFree($0)
        }
    }

    private func isFree(_ seat: Int) -> Bool {
        world.seats[seat].lease == absent && !world.seats[seat].isCordoned
    }

    /// By how much the reserves of other groups are not met, of those that may enter.
    func reserved(_ place: Int, from group: Int32) -> Int {
        var sum = 0
        for index in world.pools[place].reserves.indices {
            let other = world.pools[place].reserves[index]
            guard other.group != group, mayEnter(other.group) else { continue }
            sum += max(0, other.seats - world.usedIn[Int(other.group)][place])
        }
        return sum
    }

    /// One kept for the person, else the one that the person had last, else the one that is free
    /// for longest; among several that are kept, and among equals, the first in the pool's order
    /// (pinned).
    private func chooseSeat(_ place: Int, for holder: Int32) -> Int {
        if world.pools[place].keptFree > 0 {
            let kept = world.pools[place].seats.first {
                world.seats[$0].keptFor == holder && isFree($0)
            }
            if let kept { return kept }
        }
        let key = AuditKeys.scope(actor: holder, holder: world.pools[place].name)
        if let name = world.lastSeats[key] {
            let seat = world.seatPlaces[Int(name)]
            if seat != absent, world.seats[Int(seat)].pool == place, isFree(Int(seat)),
                world.seats[Int(seat)].keptFor == absent
            {
                return Int(seat)
            }
        }
        var longest = -1
        for seat in world.pools[place].seats
        where isFree(seat) && world.seats[seat].keptFor == absent {
            if longest < 0 || world.seats[seat].freeSince < world.seats[longest].freeSince {
                longest = seat
            }
        }
        return longest
    }
}
