import BrokerCore

/// Windows, turns and what the writer wakes up for, against what the rules say.
extension Auditor {
    /// Windows from now on, and where each group stands.
    func checkCalendars(_ image: BrokerImage) throws(Finding) {
        guard image.rota == world.rota else {
            throw Finding(
                "rota",
                "\(String(describing: image.rota)), where the rules say "
                    + String(describing: world.rota))
        }
        guard image.siteRevision >= world.siteRevision.least,
            image.siteRevision <= world.siteRevision.most
        else {
            throw Finding(
                "site-revision", "\(image.siteRevision), where the rules say \(world.siteRevision)")
        }
        guard world.hasCalendars else {
            guard image.windows.isEmpty else { throw Finding("windows", "\(image.windows)") }
            return
        }
        let second = second(at: image.latest.milliseconds)
        let named = Set(image.windows.map(\.group.value))
        for (number, calendar) in world.calendars.enumerated() {
            let name = names.groups[Int32(number)]
            guard calendar == nil || named.contains(name) else {
                throw Finding(
                    "windows", "\(name) has lost its windows \(String(describing: calendar))")
            }
        }
        for row in image.windows {
            let number = names.groups.known(row.group.value)
            guard number != absent, let calendar = world.calendars[Int(number)] else {
                throw Finding("windows", "\(row) is of a group without slots")
            }
            let given = AuditCalendar.clipped(
                row.windows.map { AuditWindow(start: $0.start.seconds, end: $0.end.seconds) },
                from: second, to: .max)
            let expected = AuditCalendar.clipped(
                calendar.windows, from: second, to: .max)
            guard given == expected else {
                throw Finding(
                    "windows",
                    "\(row.group.value) in \(second): \(given), where the rules say \(expected)")
            }
            try check(row.turn, calendar, isUsed: world.used[Int(number)] > 0, row.group)
        }
    }

    /// Where a group without leases was last, nobody sees.
    private func check(
        _ turn: Turn?, _ calendar: AuditCalendar, isUsed: Bool, _ name: GroupName
    ) throws(Finding) {
        let phase: Turn.Phase? =
            calendar.ends == nil
            ? nil : calendar.isOpen ? .open : calendar.isEarly ? .early : .over
        let isSame =
            isUsed || calendar.isOpen
            ? turn?.phase == phase && turn?.ends.seconds == calendar.ends : turn?.phase != .open
        guard isSame else {
            throw Finding(
                "turn",
                "\(name.value) is \(String(describing: turn)), where the rules say \(calendar)")
        }
    }

    /// Unix groups of those whose leases may be charged to another group by them.
    func checkSubjects(_ rows: [BrokerImage.SubjectRow]) throws(Finding) {
        guard world.hasCalendars else { return }
        var given: [String: [UnixGroupName]] = [:]
        for row in rows { given[row.holder.value] = row.unixGroups }
        for place in world.leases.indices
        where world.leases[place].isThere && world.vouched[place] == nil {
            let holder = world.leases[place].holder
            guard given[names.holders[holder]] ?? [] == world.subjects[Int(holder)] else {
                throw Finding(
                    "subject",
                    "\(names.holders[holder]) has \(given[names.holders[holder]] ?? []), where the "
                        + "rules say \(world.subjects[Int(holder)])")
            }
        }
    }

    /// The writer wakes up in time for whatever is next. It may wake up earlier where there is
    /// something to look after that no rule sees.
    func checkNextDeadline(_ broker: Broker) throws(Finding) {
        let soonest = soonestEvent()
        let next =
            broker.nextDeadline(after: Instant(milliseconds: settledAt))?.milliseconds ?? never
        let isPlain = !world.hasCalendars && world.waiters.isEmpty
        guard isPlain ? next == soonest : next <= soonest else {
            throw Finding("next-deadline", "\(next), where the rules say \(soonest)")
        }
    }

    /// The instant of the next thing that time does by itself.
    package func soonestEvent() -> Int64 {
        var soonest = min(soonestDeadline(), soonestDrainStart())
        for waiter in world.waiters {
            soonest = min(soonest, waiter.until, waiter.absentUntil)
        }
        guard world.hasCalendars else { return soonest }
        let waiting = world.waiters.contains(where: \.isConnected)
        for group in world.calendars.indices {
            guard let calendar = world.calendars[group], waiting || world.used[group] > 0 else {
                continue
            }
            let boundary = calendar.boundary(
                after: second(at: settledAt), isUsed: world.used[group] > 0)
            if boundary != .max { soonest = min(soonest, instant(ofSecond: boundary)) }
        }
        return soonest
    }
}
