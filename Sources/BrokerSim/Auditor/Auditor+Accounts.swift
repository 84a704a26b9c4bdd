import BrokerCore
import BrokerEngine

/// What the line leaves behind: what those in it are told, accounts, and refusals that are written
/// down.
extension Auditor {
    // MARK: Telling

    /// What somebody in the line was told, once; nil: nothing (yet).
    mutating func takeOutcome(_ waiter: AuditWaiter) -> Int? {
        let index = outcomes.firstIndex {
            !$0.isExpected && $0.ticket.number == waiter.number
                && $0.ticket.connection == waiter.connection
        }
        guard let index else { return nil }
        outcomes[index].isExpected = true
        return outcomes[index].index
    }

    /// Nobody in the line was told anything that the rules do not say.
    func checkOutcomes() throws(Finding) {
        guard let other = outcomes.first(where: { !$0.isExpected }) else { return }
        throw Finding(
            "line-told-too-much",
            "\(other.ticket) was told \(told[other.index]), where the rules say that it waits: "
                + String(describing: world.waiters.first { $0.number == other.ticket.number }))
    }

    func expect(
        _ view: WaitView, _ waiter: AuditWaiter, before: Int, at now: Int64
    ) throws(Finding) {
        guard view.ticket == WaitTicket(number: waiter.number, connection: waiter.connection),
            view.holder.value == names.holders[waiter.holder],
            view.pool == waiter.request.pool,
            view.group.value == names.groups[waiter.group],
            view.since.milliseconds == waiter.since, view.until.milliseconds == waiter.until,
            view.isConnected == waiter.isConnected
        else { throw Finding("wait-view", "told \(view), where the rules say \(waiter)") }
        // Not more are before it than have places there, and its seat does not come in the past.
        guard 0...before ~= view.ahead else {
            throw Finding(
                "wait-ahead",
                "told \(view), where \(before) places are before it: "
                    + "\(world.waiters.map { ($0.number, $0.since, $0.credit) }), \(waiter.credit)")
        }
        guard view.estimate.map({ $0.milliseconds >= now }) ?? true else {
            throw Finding("wait-estimate", "told \(view) at \(now)")
        }
    }

    func expect(_ row: Waiter, _ waiter: AuditWaiter) throws(Finding) {
        guard waiter.number == 0 || row.ticket.number == waiter.number,
            waiter.connection == 0 || row.ticket.connection == waiter.connection,
            row.since.milliseconds == waiter.since, row.until.milliseconds == waiter.until,
            (row.absentUntil?.milliseconds ?? never) == waiter.absentUntil,
            row.credit == waiter.credit, row.group.value == names.groups[waiter.group],
            row.actor == waiter.actor, row.request == waiter.request
        else { throw Finding("waiter", "\(row), where the rules say \(waiter)") }
    }

    // MARK: Accounts

    /// The day of the wall clock in UTC.
    func day(at now: Int64) -> Int64 {
        Int64(second(at: now).floorDivided(by: 86_400))
    }

    func minute(at now: Int64) -> Int64 {
        Int64(second(at: now).floorDivided(by: 60))
    }

    func credit(_ holder: Int32, _ group: Int32, at now: Int64) -> Int {
        world.accounts[AuditKeys.scope(actor: holder, holder: group)]?.sum(on: day(at: now)) ?? 0
    }

    mutating func count(_ minutes: Int, _ holder: Int32, _ group: Int32, at now: Int64) {
        guard minutes > 0 else { return }
        let key = AuditKeys.scope(actor: holder, holder: group)
        world.accounts[key, default: AuditAccount()].add(minutes, on: day(at: now))
    }

    // MARK: Refusals that are written down

    /// Somebody was refused: that is written down once a minute of the wall clock, for the group that
    /// came closest, and counts as a minute for it. Who is entitled to nothing is not written down.
    ///
    /// Whether a refusal for a group that the person is not in any more was that minute's is left
    /// open.
    mutating func noteRefusal(
        _ command: GrantCommand, _ holder: Int32, rule: Rule, group: Int32?, at now: Int64
    ) throws(Finding) {
        guard let group else { return }
        let minute = minute(at: now)
        let last = world.refusedMinutes[AuditKeys.scope(actor: holder, holder: absent)] ?? .min
        let name = names.groups[group]
        let row =
            notes.refusedCount < notes.refused.count ? notes.refused[notes.refusedCount] : nil
        let unixGroups = lastGroups[Int(holder)].numbers
        let isCounted = world.groups.indices.contains {
            let key = AuditKeys.scope(actor: holder, holder: world.groups[$0].name)
            return world.refusedMinutes[key] == minute && isMember(holder, unixGroups, $0)
        }
        guard !isCounted, let row, row.holder == command.subject.holder, row.group?.value == name
        else {
            // A clock that was set back makes it a matter of taste whether the minute was there.
            guard isCounted || minute <= last || mayLackSpace else {
                throw Finding(
                    "refusal-not-written",
                    "\(command.subject.holder.value) of \(name) was refused in minute \(minute), and "
                        + "last in \(last), and \(String(describing: row)) is written")
            }
            return
        }
        notes.refusedCount += 1
        guard row.rule == rule, row.pool == command.pool, row.ttlSeconds == command.ttlSeconds,
            row.waitSeconds == command.wait?.seconds
        else {
            throw Finding(
                "refusal-row", "\(row), where the rules say \(rule) of \(name) for \(command)")
        }
        see(command.subject, unless: command.isVouched)
        world.refusedMinutes[AuditKeys.scope(actor: holder, holder: group)] = minute
        world.refusedMinutes[AuditKeys.scope(actor: holder, holder: absent)] = max(last, minute)
        count(1, holder, group, at: now)
    }

    /// Everything that the journal says is accounted for.
    func checkNotes() throws(Finding) {
        guard notes.refusedCount == notes.refused.count else {
            throw Finding(
                "refusal-row", "nobody was refused \(notes.refused[notes.refusedCount])")
        }
        if let other = notes.left.first(where: { !$0.isExpected }) {
            let waiter = world.waiters.first { $0.number == other.ticket.number }
            throw Finding(
                "wait-end",
                "\(other) was written, where the rules say \(String(describing: waiter))")
        }
        guard notes.beganCount == notes.began.count else {
            throw Finding("waiter", "nobody waits as \(notes.began[notes.beganCount])")
        }
    }

    /// Accounts of the last days.
    func checkAccounts(_ rows: [BrokerImage.AccountRow], at latest: Int64) throws(Finding) {
        let today = day(at: latest)
        var given: [UInt64: Int] = [:]
        for row in rows {
            let key = AuditKeys.scope(
                actor: names.holders.known(row.key.holder.value),
                holder: names.groups.known(row.key.group.value))
            var account = AuditAccount()
            for day in row.account.days { account.add(day.minutes, on: day.day) }
            given[key] = account.sum(on: today)
        }
        for key in Set(given.keys).union(world.accounts.keys).sorted() {
            let expected = world.accounts[key]?.sum(on: today) ?? 0
            guard given[key] ?? 0 == expected else {
                throw Finding(
                    "account",
                    "holder \(key >> 32) of group \(key & 0xFFFF_FFFF) has \(given[key] ?? 0) "
                        + "minutes, where the rules say \(expected)")
            }
        }
    }

    func checkLine(_ rows: [Waiter]) throws(Finding) {
        let expected = world.waiters.sorted { $0.event < $1.event }
        guard rows.count == expected.count else {
            throw Finding(
                "line-count", "\(rows.count) places of \(expected.count): \(rows), \(expected)")
        }
        for (row, waiter) in zip(rows, expected) {
            guard row.request.subject.holder.value == names.holders[waiter.holder] else {
                throw Finding("waiter", "\(row), where the rules say \(waiter)")
            }
            try expect(row, waiter)
        }
    }
}
