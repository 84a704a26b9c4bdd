import BrokerCore
import BrokerEngine

/// The waiting line: who gets a place, and who is served.
extension Auditor {
    // MARK: Coming

    /// A request that is refused now, and would wait.
    ///
    /// - Returns: false where it is refused as if it would not.
    mutating func waits(
        _ command: GrantCommand, _ actor: Actor, _ holder: Int32, _ wantedPool: Int?, _ said: Said,
        at now: Int64
    ) throws(Finding) -> Bool {
        guard let wait = command.wait else { return false }
        let until = now + Int64(wait.seconds) * 1_000
        guard let group = waitableGroup(wantedPool, until: until, at: now) else { return false }
        if let place = place(of: command, actor, holder) {
            try takeOver(place, command, actor, until: until, said, at: now)
            return true
        }
        var full: [LineLimit] = []
        if world.waiters.count >= wait.countMax {
            full.append(LineLimit(group: nil, waiting: world.waiters.count, limit: wait.countMax))
        }
        let ofGroup = world.waiters.count { $0.group == group }
        if ofGroup >= wait.groupCountMax {
            full.append(
                LineLimit(
                    group: GroupName(names.groups[group]), waiting: ofGroup,
                    limit: wait.groupCountMax))
        }
        guard full.isEmpty else {
            try refuse(
                command, holder, wantedPool, said, at: now, naming: .lineFull(full))
            return true
        }
        guard try proceeds(said, changes: true) else { return true }
        see(command.subject, unless: command.isVouched)
        try begin(command, actor, holder, group, until: until, said, at: now)
        return true
    }

    /// The place that a request takes over: that of its key, or else of its holder and pool.
    private func place(of command: GrantCommand, _ actor: Actor, _ holder: Int32) -> Int? {
        if let key = command.key, let place = place(of: key, actor, holder) { return place }
        return world.waiters.firstIndex {
            $0.holder == holder && $0.request.pool == command.pool
        }
    }

    /// The place of a person that waits under a key.
    func place(of key: GrantCommand.Key, _ actor: Actor, _ holder: Int32) -> Int? {
        world.waiters.firstIndex {
            $0.holder == holder && $0.actor.name == actor.name && $0.request.key?.text == key.text
        }
    }

    /// A bound of the line that is reached.
    struct LineLimit: Equatable {
        var group: GroupName?
        var waiting: Int
        var limit: Int
    }

    /// The group of the first pair whose failed rules can all be waited for: a quota and seats come
    /// back, and a window opens if it does so in time.
    private func waitableGroup(_ wantedPool: Int?, until: Int64, at now: Int64) -> Int32? {
        for position in candidates {
            let name = world.groups[position].name
            if !mayEnter(name) {
                guard
                    let opens = world.calendars[Int(name)]?.opening(after: second(at: now)),
                    instant(ofSecond: opens) <= until
                else { continue }
            }
            for place in world.groups[position].pools
            where (wantedPool == nil || place == wantedPool) && world.pools[place].kind == .open {
                return name
            }
        }
        return nil
    }

    private mutating func begin(
        _ command: GrantCommand, _ actor: Actor, _ holder: Int32, _ group: Int32, until: Int64,
        _ said: Said, at now: Int64
    ) throws(Finding) {
        var request = command
        request.wait = nil
        var waiter = AuditWaiter(
            number: 0, connection: 0, event: world.nextEvent(), since: now, until: until,
            credit: credit(holder, group, at: now), group: group, holder: holder, actor: actor,
            request: request)
        if notes.beganCount < notes.began.count {
            let row = notes.began[notes.beganCount]
            notes.beganCount += 1
            waiter.number = row.ticket.number
            waiter.connection = row.ticket.connection
            try expect(row, waiter)
        }
        if case .answer(let index) = said {
            guard case .decided(.waiting(let view)) = told[index] else {
                throw wrong(told[index], "answer", "a place in the line")
            }
            waiter.number = view.ticket.number
            waiter.connection = view.ticket.connection
            guard !world.waiters.contains(where: { $0.number >= waiter.number }),
                waiter.connection == waiter.number
            else { throw Finding("wait-ticket", "told \(view) for a new place") }
            try expect(view, waiter, before: placesBefore(waiter), at: now)
        }
        world.waiters.insert(waiter, at: placesBefore(waiter))
    }

    private func placesBefore(_ waiter: AuditWaiter) -> Int {
        world.waiters.firstIndex { waiter.comesBefore($0) } ?? world.waiters.count
    }

    /// The place stays where it is in the order; connection and request are the new ones.
    private mutating func takeOver(
        _ place: Int, _ command: GrantCommand, _ actor: Actor, until: Int64, _ said: Said,
        at now: Int64
    ) throws(Finding) {
        guard try proceeds(said, changes: true) else { return }
        see(command.subject, unless: command.isVouched)
        let before = world.waiters[place]
        if before.isConnected, case .answer = said {
            guard let outcome = takeOutcome(before) else {
                throw Finding("line-not-told", "\(before) is not told that its place is taken")
            }
            try refused(.answer(outcome), .placeTaken)
        }
        world.waiters[place].until = until
        world.waiters[place].absentUntil = never
        world.waiters[place].actor = actor
        world.waiters[place].request = command
        world.waiters[place].request.wait = nil
        world.waiters[place].connection = 0
        guard case .answer(let index) = said else { return }
        guard case .decided(.waiting(let view)) = told[index] else {
            throw wrong(told[index], "answer", "the place that was taken over")
        }
        guard view.ticket.connection > before.connection else {
            throw Finding("wait-ticket", "told \(view) for a place that was \(before)")
        }
        world.waiters[place].connection = view.ticket.connection
        if before.number == 0 { world.waiters[place].number = view.ticket.number }
        try expect(view, world.waiters[place], before: place, at: now)
    }

    // MARK: Serving

    /// What has to become of somebody in the line.
    private enum Fate {
        case stays
        case granted(group: Int32, pool: Int)
        case held(Int)
        case unknown(Refusal)
        case refused(pool: Int?)
        case expired(pool: Int?)
    }

    /// In the order of the line whoever can have a seat gets it; who cannot does not block others.
    mutating func serveLine(_ serving: Serving, at now: Int64) throws(Finding) {
        guard !world.waiters.isEmpty else { return }
        guard serving != .nobody else { return try endWhatIsOver(at: now) }
        servedCount = max(servedCount, world.waiters.count)
        // Whose time is over is refused as things stand once everybody was served.
        for isOver in [false, true] {
            for event in world.waiters.map(\.event) {
                // Somebody before it may have had two places.
                let index = world.waiters.firstIndex { $0.event == event }
                guard let index, world.waiters[index].isConnected else { continue }
                try serve(index, serving, expiring: isOver, at: now)
            }
        }
    }

    /// On a full disk there are no seats to be had, and time is over all the same: not for all at once,
    /// so that the journal says for whom.
    private mutating func endWhatIsOver(at now: Int64) throws(Finding) {
        for place in world.waiters.indices.reversed()
        where world.waiters[place].isConnected && world.waiters[place].until <= now {
            let number = world.waiters[place].number
            guard notes.left.contains(where: { $0.ticket.number == number }) else { continue }
            try end(waiter: place, .expired, at: now)
        }
    }

    /// A person who has a lease now has it at each place that would give it, in the order in which
    /// they came. Where nobody is connected nobody is told, and no key remembered.
    mutating func answerPlaces(_ holder: Int32, _ said: Said, at now: Int64) throws(Finding) {
        let places = world.waiters.filter { $0.holder == holder }.sorted { $0.event < $1.event }
        for waiter in places {
            let wanted = waiter.request.pool.map { pool($0) }
            guard wanted != .some(nil), let lease = heldLease(holder, wanted ?? nil),
                let place = world.waiters.firstIndex(where: { $0.event == waiter.event })
            else { continue }
            if waiter.isConnected {
                // The key of the very request that got the lease says so already.
                let by = names.actors.number(waiter.actor.name)
                let scope = AuditKeys.scope(actor: by, holder: holder)
                let known = waiter.request.key.flatMap {
                    world.keys.key($0.text, scope: scope, at: now)
                }
                if known?.lease != world.leases[lease].id {
                    remember(
                        waiter.request.key, waiter.actor, holder, lease, wasCreated: false, at: now)
                }
                if case .answer = said {
                    guard let outcome = takeOutcome(waiter) else {
                        throw Finding("line-not-told", "\(waiter) is not told of the lease")
                    }
                    guard case .decided(.held(let view)) = told[outcome] else {
                        throw wrong(told[outcome], "answer", "the lease that the holder has")
                    }
                    try expect(view, live: lease)
                }
            }
            try end(waiter: place, .granted, at: now)
        }
    }

    private mutating func serve(
        _ place: Int, _ serving: Serving, expiring isOver: Bool, at now: Int64
    ) throws(Finding) {
        let waiter = world.waiters[place]
        var fate = fate(of: waiter, at: now)
        switch fate {
        case .stays: return
        case .expired: guard isOver else { return }
        case .granted, .held, .unknown, .refused: guard !isOver else { return }
        }
        var said = Said.nothing(isLow: false)
        if serving == .told {
            guard let outcome = takeOutcome(waiter) else {
                // On a full disk nobody is served.
                if mayLackSpace && isBatchLow != false { return }
                throw Finding("line-not-served", "\(waiter) waits, where the rules say: \(fate)")
            }
            said = .answer(outcome)
        }
        let request = waiter.request
        if mayLackSpace, isBatchLow != false, now >= waiter.until, case .answer(let index) = said,
            case .refused(.grant(let refusal)) = told[index], refusal.rule == .waitExpired
        {
            // On a full disk there are no seats to be had, and time is over all the same.
            switch fate {
            case .stays, .expired: break
            case .granted(_, let pool): fate = .expired(pool: request.pool.map { _ in pool })
            case .refused(let pool): fate = .expired(pool: pool)
            case .held, .unknown: return try end(waiter: place, .expired, at: now)
            }
        }
        switch fate {
        case .stays: break
        case .granted(let group, let pool):
            try granted(request, waiter.actor, waiter.holder, group, pool, said, at: now)
            try end(waiter: place, .granted, at: now)
            try answerPlaces(waiter.holder, said, at: now)
        case .held(let lease):
            remember(request.key, waiter.actor, waiter.holder, lease, wasCreated: false, at: now)
            if case .answer(let index) = said {
                guard case .decided(.held(let view)) = told[index] else {
                    throw wrong(told[index], "answer", "the lease that the holder has")
                }
                try expect(view, live: lease)
            }
            try end(waiter: place, .granted, at: now)
        case .unknown(let refusal):
            try refused(said, refusal)
            try end(waiter: place, .refused, at: now)
        case .refused(let pool):
            try refuse(request, waiter.holder, pool, said, at: now, naming: .line(waiter))
            try end(waiter: place, .refused, at: now)
        case .expired(let pool):
            try refuse(request, waiter.holder, pool, said, at: now, naming: .expiry(waiter))
            try end(waiter: place, .expired, at: now)
        }
    }

    private mutating func fate(of waiter: AuditWaiter, at now: Int64) -> Fate {
        var wantedPool: Int?
        if let name = waiter.request.pool {
            guard let place = pool(name) else { return .unknown(.noSuchPool(name)) }
            wantedPool = place
        }
        var wantedGroup: Int?
        if let name = waiter.request.group {
            guard let position = group(name) else { return .unknown(.noSuchGroup(name)) }
            wantedGroup = position
        }
        if let lease = heldLease(waiter.holder, wantedPool) { return .held(lease) }
        findCandidates(waiter.request.subject, waiter.holder, only: wantedGroup)
        if let pair = passingPair(waiter.holder, wantedPool) {
            return .granted(group: pair.group, pool: pair.pool)
        }
        guard waitableGroup(wantedPool, until: waiter.until, at: now) != nil else {
            return .refused(pool: wantedPool)
        }
        return now >= waiter.until ? .expired(pool: wantedPool) : .stays
    }

    // MARK: Leaving

    /// A connection went: a place without a key goes with it.
    mutating func leaveLine(
        _ ticket: WaitTicket, _ said: Said, at now: Int64
    ) throws(Finding) {
        let place = world.waiters.firstIndex {
            $0.number == ticket.number && $0.connection == ticket.connection && $0.isConnected
        }
        guard let place else { return try done(said) }
        guard try proceeds(said, changes: true, ends: true) else { return }
        try disconnect(place, at: now)
        try done(said)
    }

    mutating func dropConnections(_ said: Said, at now: Int64) throws(Finding) {
        for place in world.waiters.indices.reversed() where world.waiters[place].isConnected {
            try disconnect(place, at: now)
        }
        try done(said)
    }

    private mutating func disconnect(_ place: Int, at now: Int64) throws(Finding) {
        guard world.waiters[place].request.key != nil else {
            return try end(waiter: place, .left, at: now)
        }
        world.waiters[place].absentUntil = now + Int64(WaitingLimits.absenceSeconds) * 1_000
    }

    /// Places to which nobody came back.
    mutating func leaveWhatIsAbsent(at now: Int64) throws(Finding) {
        for place in world.waiters.indices.reversed() where !world.waiters[place].isConnected {
            let waiter = world.waiters[place]
            guard waiter.absentUntil <= now || waiter.until <= now else { continue }
            let row = notes.left.first { $0.ticket.number == waiter.number }
            if mayLackSpace && row == nil { continue }
            // Where its holder has a lease, the journal says which of the two ended it.
            if row?.end == .granted { continue }
            try end(waiter: place, waiter.absentUntil <= now ? .left : .expired, at: now)
        }
    }

    /// The place is no more; the minutes of waiting go into the account.
    private mutating func end(
        waiter place: Int, _ how: WaitEnd, at now: Int64
    ) throws(Finding) {
        let waiter = world.waiters.remove(at: place)
        let minutes = Int(max(0, now - waiter.since) / 60_000)
        count(minutes, waiter.holder, waiter.group, at: now)
        guard waiter.number != 0 else { return }
        guard let index = notes.left.firstIndex(where: { $0.ticket.number == waiter.number }) else {
            throw Finding("wait-end-not-written", "\(waiter) ended as \(how) at \(now)")
        }
        let row = notes.left[index]
        notes.left[index].isExpected = true
        let isSame = row.end == how || !waiter.isConnected && [.left, .expired].contains(row.end)
        guard isSame, row.minutes == minutes else {
            throw Finding(
                "wait-end",
                "\(row) was written, where the rules say \(how), \(minutes) of \(waiter)")
        }
    }
}
