/// Places in the line: how they come, change hands and go.
extension Broker {
    /// Gives a request that cannot have its seat now a place in the line; nil when waiting is of no
    /// use.
    ///
    /// - Throws: `lineFull`.
    mutating func join(
        _ command: GrantCommand, _ wait: GrantCommand.Wait, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision? {
        let until = now.adding(seconds: wait.seconds)
        guard let group = waitableGroup(for: command, until: until, at: now) else { return nil }
        var request = command
        request.wait = nil
        if let known = place(of: command, by: actor) {
            return resume(known, ResumedWait(until: until, actor: actor, request: request), at: now)
        }
        let limits = [
            RuleResult(
                rule: .lineFull, group: nil, pool: nil, passed: waiters.count < wait.countMax,
                numbers: .line(waiting: waiters.count, limit: wait.countMax), earliest: nil),
            RuleResult(
                rule: .lineFull, group: group, pool: nil,
                passed: waitCounts[group] ?? 0 < wait.groupCountMax,
                numbers: .line(waiting: waitCounts[group] ?? 0, limit: wait.groupCountMax),
                earliest: nil),
        ]
        if let full = limits.first(where: { !$0.passed }) {
            var refused = refusal(of: command, at: now)
            refused.rule = .lineFull
            refused.reasons.insert(full, at: 0)
            noteRefusal(refused, of: command, at: now)
            throw .grant(refused)
        }
        if !command.isVouched { noteSubject(command.subject, at: now) }
        let number = revision + 1
        let key = AccountKey(holder: command.subject.holder, group: group)
        commit(
            .waitStarted(
                Waiter(
                    ticket: WaitTicket(number: number, connection: number), since: now,
                    until: until, credit: accountMinutes(key, at: now), group: group, actor: actor,
                    request: request)),
            at: now)
        return .waiting(waitView(number, at: now)!)
    }

    /// The group of the first pair whose failed rules can all pass by waiting; nil: there is none.
    func waitableGroup(
        for command: GrantCommand, until: Instant, at now: Instant
    ) -> GroupName? {
        let pair = pairs(for: command).first { pair in
            guard pools[Int(pair.pool)]!.mode.kind == .open else { return false }
            if groups[Int(pair.group)]!.isOpen { return true }
            guard let opens = windowNumbers(ofGroup: pair.group, at: now).opens else {
                return false
            }
            return instant(opens) <= until
        }
        return pair.map { groups[Int($0.group)]!.name }
    }

    /// The place of the holder that the request takes over: that of its key, or of its pool.
    private func place(of command: GrantCommand, by actor: Actor) -> Waiter? {
        let holder = command.subject.holder
        let scope = KeyScope(actor: actor.name, holder: holder)
        if let known = command.key.flatMap({ place(of: $0, in: scope) }) { return known }
        return (holderWaits[holder] ?? []).lazy.map { waiters[$0]! }
            .first { $0.request.pool == command.pool }
    }

    /// The place that waits under a key's text.
    func place(of key: GrantCommand.Key, in scope: KeyScope) -> Waiter? {
        (holderWaits[scope.holder] ?? []).lazy.map { waiters[$0]! }
            .first { $0.actor.name == scope.actor && $0.request.key?.text == key.text }
    }

    private mutating func resume(
        _ known: Waiter, _ wait: ResumedWait, at now: Instant
    ) -> Decision {
        if known.absentUntil == nil {
            lineOutcomes.append((known.ticket, .refused(.placeTaken)))
        }
        if !wait.request.isVouched { noteSubject(wait.request.subject, at: now) }
        let number = known.ticket.number
        commit(
            .waitResumed(WaitTicket(number: number, connection: revision + 1), wait), at: now)
        return .waiting(waitView(number, at: now)!)
    }

    /// The connection of a place is gone: with a key the place is kept for a while.
    mutating func leaveLine(_ ticket: WaitTicket, at now: Instant) {
        guard let waiter = waiters[ticket.number], waiter.ticket == ticket,
            waiter.absentUntil == nil
        else { return }
        if waiter.request.key == nil {
            end(waiter, .left, at: now)
        } else {
            let until = now.adding(seconds: WaitingLimits.absenceSeconds)
            commit(.waitAbsent(ticket, until: until), at: now)
        }
    }

    /// All connections are gone.
    mutating func dropConnections(at now: Instant) {
        for key in Array(line) { leaveLine(waiters[key.number]!.ticket, at: now) }
    }

    mutating func end(_ waiter: Waiter, _ end: WaitEnd, at now: Instant) {
        let minutes = Int((now.milliseconds - waiter.since.milliseconds) / 60_000)
        commit(.waitEnded(waiter.ticket, end, minutes: minutes), at: now)
    }

    // MARK: Records

    mutating func setWaiter(_ number: UInt64, _ waiter: Waiter?) {
        let old = waiters[number]
        remember(.waiter(number, old))
        if let old {
            line.remove(LineKey(old))
            waitDeadlines.remove(WaitDeadline(old))
            let holder = old.request.subject.holder
            holderWaits[holder]!.removeAll { $0 == number }
            if holderWaits[holder]!.isEmpty { holderWaits[holder] = nil }
            waitCounts[old.group]! -= 1
            if waitCounts[old.group] == 0 { waitCounts[old.group] = nil }
        }
        waiters[number] = waiter
        waiterPairs[number] = nil
        guard let waiter else { return }
        line.insert(LineKey(waiter))
        waitDeadlines.insert(WaitDeadline(waiter))
        let holder = waiter.request.subject.holder
        let places = holderWaits[holder, default: []]
        holderWaits[holder, default: []].insert(
            number, at: places.firstIndex { $0 > number } ?? places.count)
        waitCounts[waiter.group, default: 0] += 1
    }

    mutating func applyWaitStarted(_ waiter: Waiter) throws(Misfit) {
        guard waiters[waiter.ticket.number] == nil else {
            throw Misfit(message: "place \(waiter.ticket.number) of the line is taken twice")
        }
        setWaiter(waiter.ticket.number, waiter)
    }

    mutating func applyWaitResumed(_ ticket: WaitTicket, _ wait: ResumedWait) throws(Misfit) {
        var waiter = try waiter(ticket)
        guard waiter.request.subject.holder == wait.request.subject.holder else {
            throw Misfit(message: "place \(ticket.number) of the line goes to somebody else")
        }
        waiter.ticket = ticket
        waiter.until = wait.until
        waiter.absentUntil = nil
        waiter.actor = wait.actor
        waiter.request = wait.request
        setWaiter(ticket.number, waiter)
    }

    mutating func applyWaitAbsent(_ ticket: WaitTicket, until: Instant) throws(Misfit) {
        var waiter = try waiter(ticket)
        waiter.absentUntil = until
        setWaiter(ticket.number, waiter)
    }

    mutating func applyWaitEnded(
        _ ticket: WaitTicket, minutes: Int, at now: Instant
    ) throws(Misfit) {
        let waiter = try waiter(ticket)
        setWaiter(ticket.number, nil)
        guard minutes > 0 else { return }
        addMinutes(
            minutes, to: AccountKey(holder: waiter.request.subject.holder, group: waiter.group),
            at: now)
    }

    private func waiter(_ ticket: WaitTicket) throws(Misfit) -> Waiter {
        guard let waiter = waiters[ticket.number] else {
            throw Misfit(message: "there is no place \(ticket.number) in the line")
        }
        return waiter
    }
}

/// A place in the line's order: by the second in which it came, then who waited and was refused
/// most lately, then as they came.
struct LineKey: Comparable, Sendable {
    var second: Int64
    var credit: Int
    var number: UInt64

    init(_ waiter: Waiter) {
        second = waiter.since.milliseconds / 1_000
        credit = waiter.credit
        number = waiter.ticket.number
    }

    static func < (a: Self, b: Self) -> Bool {
        (a.second, b.credit, a.number) < (b.second, a.credit, b.number)
    }
}

/// When a place is no more by itself.
struct WaitDeadline: Comparable, Sendable {
    var at: Instant
    var number: UInt64

    init(_ waiter: Waiter) {
        at = min(waiter.until, waiter.absentUntil ?? waiter.until)
        number = waiter.ticket.number
    }

    static func < (a: Self, b: Self) -> Bool {
        a.at == b.at ? a.number < b.number : a.at < b.at
    }
}
