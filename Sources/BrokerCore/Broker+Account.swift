/// Minutes that people waited and were refused, which decide between those who come in the same
/// second.
extension Broker {
    /// What counts at an instant: the minutes of the last days.
    package func accountMinutes(_ key: AccountKey, at now: Instant) -> Int {
        let first = day(now) - Int64(WaitingLimits.accountDays) + 1
        return (accounts[key]?.days ?? []).reduce(0) { $0 + ($1.day >= first ? $1.minutes : 0) }
    }

    /// Writes a refusal down, once a minute and person: whoever asks in a loop fills no journal.
    mutating func noteRefusal(
        _ refusal: GrantRefusal, of command: GrantCommand, at now: Instant
    ) {
        guard !isSparing, let group = refusal.group else { return }
        let holder = command.subject.holder
        let isNoted = groupSlots(of: command.subject).contains { slot in
            let key = AccountKey(holder: holder, group: groups[Int(slot)]!.name)
            return accounts[key]?.refusedMinute == minute(now)
        }
        guard !isNoted else { return }
        if !command.isVouched { noteSubject(command.subject, at: now) }
        commit(
            .refused(
                RefusedRequest(
                    holder: holder, group: group, rule: refusal.rule,
                    pool: command.pool, ttlSeconds: command.ttlSeconds,
                    waitSeconds: command.wait?.seconds)),
            at: now)
    }

    mutating func applyRefused(_ request: RefusedRequest, at now: Instant) {
        guard let group = request.group else { return }
        let key = AccountKey(holder: request.holder, group: group)
        addMinutes(1, to: key, at: now)
        accounts[key]!.refusedMinute = minute(now)
    }

    mutating func addMinutes(_ minutes: Int, to key: AccountKey, at now: Instant) {
        remember(.account(key, accounts[key]))
        var account = accounts[key] ?? Account()
        let today = day(now)
        account.days.removeAll { $0.day < firstKeptDay(today) }
        if let index = account.days.firstIndex(where: { $0.day == today }) {
            account.days[index].minutes += minutes
        } else {
            let index = account.days.firstIndex { $0.day > today } ?? account.days.count
            account.days.insert(Account.Day(day: today, minutes: minutes), at: index)
        }
        accounts[key] = account
    }

    /// Forgets accounts in which nothing counts any more, once a day.
    mutating func clearAccounts() {
        let today = day(latest)
        guard today != accountsClearedDay else { return }
        accountsClearedDay = today
        let first = firstKeptDay(today)
        accounts = accounts.filter { $0.value.days.contains { $0.day >= first } }
    }

    /// Two days more are kept than count: the clock may be set back over a midnight.
    private func firstKeptDay(_ today: Int64) -> Int64 {
        today - Int64(WaitingLimits.accountDays) - 1
    }

    private func minute(_ now: Instant) -> Int64 {
        Int64(wallTime(now).seconds.floorDivided(by: 60))
    }

    private func day(_ now: Instant) -> Int64 {
        Int64(wallTime(now).seconds.floorDivided(by: 86_400))
    }
}
