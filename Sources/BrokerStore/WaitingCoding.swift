import BrokerCore

/// The line, its requests and the accounts as bytes.
extension ByteWriter {
    mutating func write(_ value: Actor) {
        write(value.name)
        write(UInt64(value.uid))
        // Both in one byte: it stands in every entry of the journal.
        write(byte: value.role.rawValue | value.channel.rawValue << 4)
    }

    mutating func write(_ value: WaitTicket) {
        write(value.number)
        write(value.connection)
    }

    mutating func write(_ value: Waiter) {
        write(value.ticket)
        write(value.since)
        write(value.until)
        write(value.absentUntil) { $0.write($1) }
        write(value.credit)
        write(value.group)
        write(value.actor)
        write(value.request)
    }

    mutating func write(_ value: ResumedWait) {
        write(value.until)
        write(value.actor)
        write(value.request)
    }

    /// Without its `wait`, which is nil where a request has its place.
    private mutating func write(_ value: GrantCommand) {
        write(value.id)
        write(value.subject.holder)
        write(value.subject.unixGroups) { $0.write($1) }
        write(value.isVouched)
        write(value.pool) { $0.write($1) }
        write(value.group) { $0.write($1) }
        write(value.ttlSeconds) { $0.write($1) }
        write(value.key) {
            $0.write($1.text)
            $0.write($1.fingerprint)
        }
    }

    mutating func write(_ value: RefusedRequest) {
        write(value.holder)
        write(value.group) { $0.write($1) }
        write(byte: value.rule.number)
        write(value.pool) { $0.write($1) }
        write(value.ttlSeconds) { $0.write($1) }
        write(value.waitSeconds) { $0.write($1) }
    }

    mutating func write(_ value: RefusedChange) {
        write(byte: value.refusal.rawValue)
        switch value.target {
        case .site: write(byte: 0)
        case .pool(let name):
            write(byte: 1)
            write(name)
        case .seat(let name):
            write(byte: 2)
            write(name)
        case .group(let name):
            write(byte: 3)
            write(name)
        case .lease(let id):
            write(byte: 4)
            write(id)
        }
        write(value.reason) { $0.write($1) }
    }

    mutating func write(_ value: Account) {
        write(value.days) {
            $0.write($1.day)
            $0.write($1.minutes)
        }
        write(value.refusedMinute)
    }
}

extension ByteReader {
    mutating func readActor() throws(Malformed) -> Actor {
        let name = try readString()
        guard let uid = UInt32(exactly: try readUInt64()) else {
            throw Malformed("a user number is too large")
        }
        let byte = try readByte()
        guard let role = Actor.Role(rawValue: byte & 0xF),
            let channel = Actor.Channel(rawValue: byte >> 4)
        else { throw Malformed("\(byte) is no role on a socket") }
        return Actor(name: name, uid: uid, role: role, channel: channel)
    }

    /// The verb of an entry; nil where there is none.
    mutating func readVerb() throws(Malformed) -> Verb? {
        let byte = try readByte()
        guard byte != 0 else { return nil }
        guard let verb = Verb(rawValue: byte) else { throw Malformed("\(byte) is no verb") }
        return verb
    }

    mutating func readRefusedChange() throws(Malformed) -> RefusedChange {
        RefusedChange(
            refusal: try readRaw(RefusalKind.self), target: try readRefusedTarget(),
            reason: try readOptionalString())
    }

    private mutating func readRefusedTarget() throws(Malformed) -> RefusedChange.Target {
        switch try readByte() {
        case 0: return .site
        case 1: return .pool(try readPoolName())
        case 2: return .seat(try readSeatName())
        case 3: return .group(try readGroupName())
        case 4: return .lease(try readLeaseID())
        case let other: throw Malformed("\(other) is nothing that can be changed")
        }
    }

    mutating func readTicket() throws(Malformed) -> WaitTicket {
        WaitTicket(number: try readUInt64(), connection: try readUInt64())
    }

    mutating func readWaiter() throws(Malformed) -> Waiter {
        Waiter(
            ticket: try readTicket(), since: try readInstant(), until: try readInstant(),
            absentUntil: try readOptionalInstant(), credit: try readInt(),
            group: try readGroupName(), actor: try readActor(), request: try readRequest())
    }

    mutating func readResumedWait() throws(Malformed) -> ResumedWait {
        ResumedWait(
            until: try readInstant(), actor: try readActor(), request: try readRequest())
    }

    private mutating func readRequest() throws(Malformed) -> GrantCommand {
        GrantCommand(
            id: try readLeaseID(),
            subject: Subject(
                holder: try readHolderName(), unixGroups: try readUnixGroupNames()),
            isVouched: try readBool(), pool: try readOptionalPoolName(),
            group: try readOptionalGroupName(), ttlSeconds: try readOptionalInt(),
            key: try readOptional { reader throws(Malformed) in
                GrantCommand.Key(
                    text: try reader.readString(), fingerprint: try reader.readUInt64())
            })
    }

    mutating func readRefusedRequest() throws(Malformed) -> RefusedRequest {
        RefusedRequest(
            holder: try readHolderName(), group: try readOptionalGroupName(),
            rule: try readRule(), pool: try readOptionalPoolName(),
            ttlSeconds: try readOptionalInt(), waitSeconds: try readOptionalInt())
    }

    private mutating func readRule() throws(Malformed) -> Rule {
        let number = try readByte()
        guard let rule = Rule.allCases.first(where: { $0.number == number }) else {
            throw Malformed("\(number) is no rule")
        }
        return rule
    }

    mutating func readAccount() throws(Malformed) -> Account {
        Account(
            days: try readArray { reader throws(Malformed) in
                Account.Day(day: try reader.readInt64(), minutes: try reader.readInt())
            },
            refusedMinute: try readInt64())
    }

    private mutating func readOptionalPoolName() throws(Malformed) -> PoolName? {
        try readOptional { reader throws(Malformed) in try reader.readPoolName() }
    }

    private mutating func readOptionalGroupName() throws(Malformed) -> GroupName? {
        try readOptional { reader throws(Malformed) in try reader.readGroupName() }
    }
}

extension Rule {
    /// The rule in the journal. It stays when the order changes in which rules are checked, and
    /// with it the raw values.
    fileprivate var number: UInt8 {
        switch self {
        case .notEntitled: 1
        case .outsideWindow: 2
        case .poolCordoned: 3
        case .poolDraining: 4
        case .quotaExceeded: 5
        case .poolExhausted: 6
        case .lineFull: 7
        case .waitExpired: 8
        }
    }
}
