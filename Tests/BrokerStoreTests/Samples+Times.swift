import BrokerCore

/// Who may enter when, and who waits for it.
extension Samples {
    mutating func time() -> UnixTime {
        switch random.next() % 8 {
        case 0: .earliest
        case 1: .latest
        default: UnixTime(seconds: Int(random.next() % 4_000_000_000))
        }
    }

    mutating func date() -> CivilDate {
        switch random.next() % 8 {
        case 0: .earliest
        case 1: .latest
        default: CivilDate(dayNumber: Int(random.next() % 40_000))
        }
    }

    mutating func rota() -> RotaSpec {
        RotaSpec(
            timezone: text(), anchor: date(), cycleWeeks: int(), graceSeconds: int(),
            noticeSeconds: list { $0.int() },
            slots: list { RotaSlot(name: $0.name(), hours: $0.text()) },
            exceptions: list { samples in
                RotaException(
                    date: samples.date(),
                    table: samples.maybe { samples in
                        .slots(
                            samples.list { samples in
                                RotaException.Assignment(
                                    slot: samples.name(),
                                    groups: samples.list { GroupName($0.name()) })
                            })
                    } ?? .closed)
            })
    }

    /// In order; some of them touch, as the past and the future of a group may.
    mutating func windows() -> [UTCWindow] {
        var windows: [UTCWindow] = []
        var end = time().adding(seconds: -1_000_000)
        for _ in 0..<random.next() % 6 {
            let start = end.adding(seconds: Int(random.next() % 3) * 34_567)
            end = start.adding(seconds: 1 + Int(random.next() % 40_000))
            if let window = UTCWindow(start: start, end: end) { windows.append(window) }
        }
        return windows
    }

    mutating func turn() -> Turn {
        Turn(phase: random.pick(Turn.Phase.allCases), ends: time())
    }

    mutating func actor() -> Actor {
        Actor(
            name: text(), uid: UInt32(truncatingIfNeeded: random.next()),
            role: random.pick(Actor.Role.allCases),
            channel: random.pick(Actor.Channel.allCases))
    }

    mutating func ticket() -> WaitTicket { WaitTicket(number: number(), connection: number()) }

    mutating func request() -> GrantCommand {
        GrantCommand(
            id: leaseID(),
            subject: Subject(
                holder: HolderName(name()), unixGroups: list { UnixGroupName($0.name()) }),
            isVouched: random.chance(50), pool: maybe { PoolName($0.name()) },
            group: maybe { GroupName($0.name()) }, ttlSeconds: maybe { $0.int() },
            key: maybe { GrantCommand.Key(text: $0.text(), fingerprint: $0.random.next()) })
    }

    mutating func waiter() -> Waiter {
        Waiter(
            ticket: ticket(), since: instant(), until: instant(),
            absentUntil: maybe { $0.instant() }, credit: int(), group: GroupName(name()),
            actor: actor(), request: request())
    }

    mutating func refusedRequest() -> RefusedRequest {
        RefusedRequest(
            holder: HolderName(name()), group: maybe { GroupName($0.name()) },
            rule: random.pick(Rule.allCases), pool: maybe { PoolName($0.name()) },
            ttlSeconds: maybe { $0.int() }, waitSeconds: maybe { $0.int() })
    }

    mutating func refusedChange() -> RefusedChange {
        let target: RefusedChange.Target =
            switch random.next() % 5 {
            case 0: .site
            case 1: .pool(PoolName(name()))
            case 2: .seat(SeatName(name()))
            case 3: .group(GroupName(name()))
            default: .lease(leaseID())
            }
        return RefusedChange(
            refusal: random.pick(RefusalKind.allCases), target: target, reason: maybe { $0.text() })
    }

    mutating func account() -> Account {
        Account(
            days: list { Account.Day(day: Int64($0.int()), minutes: $0.int()) },
            refusedMinute: Int64(int()))
    }
}
