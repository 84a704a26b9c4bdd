import BrokerCore

/// The core's values as bytes, shared by records and snapshots.
extension ByteWriter {
    mutating func write(_ value: PoolName) { write(value.value) }
    mutating func write(_ value: GroupName) { write(value.value) }
    mutating func write(_ value: SeatName) { write(value.value) }
    mutating func write(_ value: HolderName) { write(value.value) }
    mutating func write(_ value: UnixGroupName) { write(value.value) }

    mutating func write(_ value: Instant) { write(value.milliseconds) }

    mutating func write(_ value: LeaseID) {
        for half in [value.high, value.low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                write(byte: UInt8(truncatingIfNeeded: half >> UInt64(shift)))
            }
        }
    }

    mutating func write(_ value: ClockMark) {
        write(value.wallOffsetMilliseconds)
        write(value.bootHigh)
        write(value.bootLow)
        write(value.bootOffsetMilliseconds)
    }

    mutating func write(_ value: SeatProtocol) { write(value.rawValue) }

    mutating func write(_ value: PoolSpec) {
        write(value.name)
        write(value.size)
        write(value.seatName) { $0.write($1) }
        write(value.seatHost) { $0.write($1) }
        write(value.seatURL) { $0.write($1) }
        write(value.port) { $0.write($1) }
        write(value.seatProtocol)
        write(value.leaseTTLSeconds)
        write(value.leaseTTLSecondsMax)
        write(value.listed) { writer, seat in
            writer.write(seat.name)
            writer.write(seat.host) { $0.write($1) }
            writer.write(seat.port) { $0.write($1) }
            writer.write(seat.url) { $0.write($1) }
            writer.write(seat.keptFor) { $0.write($1) }
        }
    }

    mutating func write(_ value: PoolMode) {
        write(byte: value.kind.rawValue)
        write(value.reason) { $0.write($1) }
        write(value.by) { $0.write($1) }
        write(value.since)
        write(value.deadline) { $0.write($1) }
        write(value.upcoming) { writer, upcoming in
            writer.write(upcoming.start)
            writer.write(upcoming.reason)
            writer.write(upcoming.by)
            writer.write(upcoming.deadline) { $0.write($1) }
        }
    }

    mutating func write(_ value: GroupSpec) {
        write(value.name)
        write(value.members) { $0.write($1.text) }
        write(value.pools) { $0.write($1) }
        write(value.quota) { $0.write($1) }
        write(value.reserve) {
            $0.write($1.pool)
            $0.write($1.seats)
        }
        write(value.slots) { $0.write($1) { $0.write($1) } }
    }

    mutating func write(_ value: SeatCordon) {
        write(value.reason)
        write(value.deadline) { $0.write($1) }
        write(value.start) { $0.write($1) }
    }

    mutating func write(_ value: SeatAddress) {
        write(value.name)
        write(value.host) { $0.write($1) }
        write(value.port) { $0.write($1) }
        write(value.seatProtocol)
        write(value.url) { $0.write($1) }
    }

    mutating func write(_ value: GrantedLease) {
        write(value.id)
        write(value.token)
        write(value.group)
        write(value.seat)
        write(value.holder)
        write(value.ttlDeadline)
        write(value.grantedBy) { $0.write($1) }
        write(value.vouched) { $0.write($1) { $0.write($1) } }
        write(value.asked.pool) { $0.write($1) }
        write(value.asked.group) { $0.write($1) }
        write(value.asked.ttlSeconds) { $0.write($1) }
    }

    mutating func write(_ value: KeyScope) {
        write(value.actor)
        write(value.holder)
    }

    mutating func write(_ value: RememberedKey) {
        write(value.key)
        write(value.fingerprint)
        write(value.lease)
        write(value.created)
        write(value.at)
    }
}

extension ByteReader {
    mutating func readPoolName() throws(Malformed) -> PoolName { PoolName(try readString()) }
    mutating func readGroupName() throws(Malformed) -> GroupName { GroupName(try readString()) }
    mutating func readSeatName() throws(Malformed) -> SeatName { SeatName(try readString()) }
    mutating func readHolderName() throws(Malformed) -> HolderName { HolderName(try readString()) }

    mutating func readOptionalHolderName() throws(Malformed) -> HolderName? {
        try readOptional { reader throws(Malformed) in try reader.readHolderName() }
    }

    mutating func readPoolNames() throws(Malformed) -> [PoolName] {
        try readArray { reader throws(Malformed) in try reader.readPoolName() }
    }

    mutating func readGroupNames() throws(Malformed) -> [GroupName] {
        try readArray { reader throws(Malformed) in try reader.readGroupName() }
    }

    mutating func readUnixGroupNames() throws(Malformed) -> [UnixGroupName] {
        try readArray { reader throws(Malformed) in UnixGroupName(try reader.readString()) }
    }

    mutating func readInstant() throws(Malformed) -> Instant {
        Instant(milliseconds: try readInt64())
    }

    mutating func readLeaseID() throws(Malformed) -> LeaseID {
        var halves: [UInt64] = [0, 0]
        for half in 0..<2 {
            for _ in 0..<8 { halves[half] = halves[half] << 8 | UInt64(try readByte()) }
        }
        return LeaseID(high: halves[0], low: halves[1])
    }

    mutating func readClock() throws(Malformed) -> ClockMark {
        ClockMark(
            wallOffsetMilliseconds: try readInt64(), bootHigh: try readUInt64(),
            bootLow: try readUInt64(), bootOffsetMilliseconds: try readInt64())
    }

    mutating func readStrings() throws(Malformed) -> [String] {
        try readArray { reader throws(Malformed) in try reader.readString() }
    }

    mutating func readOptionalString() throws(Malformed) -> String? {
        try readOptional { reader throws(Malformed) in try reader.readString() }
    }

    mutating func readOptionalInt() throws(Malformed) -> Int? {
        try readOptional { reader throws(Malformed) in try reader.readInt() }
    }

    mutating func readOptionalInstant() throws(Malformed) -> Instant? {
        try readOptional { reader throws(Malformed) in try reader.readInstant() }
    }

    mutating func readProtocol() throws(Malformed) -> SeatProtocol {
        let text = try readString()
        guard let value = SeatProtocol(rawValue: text) else {
            throw Malformed("there is no such protocol")
        }
        return value
    }

    mutating func readPoolSpec() throws(Malformed) -> PoolSpec {
        PoolSpec(
            name: try readPoolName(), size: try readInt(),
            seatName: try readOptionalString(), seatHost: try readOptionalString(),
            seatURL: try readOptionalString(), port: try readOptionalInt(),
            seatProtocol: try readProtocol(), leaseTTLSeconds: try readInt(),
            leaseTTLSecondsMax: try readInt(),
            listed: try readArray { reader throws(Malformed) in
                ListedSeat(
                    name: try reader.readSeatName(),
                    host: try reader.readOptionalString(), port: try reader.readOptionalInt(),
                    url: try reader.readOptionalString(),
                    keptFor: try reader.readOptionalHolderName())
            })
    }

    mutating func readPoolMode() throws(Malformed) -> PoolMode {
        PoolMode(
            kind: try readRaw(PoolMode.Kind.self), reason: try readOptionalString(),
            by: try readOptionalString(), since: try readInstant(),
            deadline: try readOptionalInstant(),
            upcoming: try readOptional { reader throws(Malformed) in
                UpcomingDrain(
                    start: try reader.readInstant(), reason: try reader.readString(),
                    by: try reader.readString(), deadline: try reader.readOptionalInstant())
            })
    }

    mutating func readGroupSpec() throws(Malformed) -> GroupSpec {
        GroupSpec(
            name: try readGroupName(),
            members: try readArray { reader throws(Malformed) in
                guard let member = Member(text: try reader.readString()) else {
                    throw Malformed("a member is empty")
                }
                return member
            },
            pools: try readPoolNames(),
            quota: try readOptionalInt(),
            reserve: try readArray { reader throws(Malformed) in
                GroupSpec.Reserve(
                    pool: try reader.readPoolName(), seats: try reader.readInt())
            },
            slots: try readOptional { reader throws(Malformed) in try reader.readStrings() })
    }

    mutating func readOptionalCordon() throws(Malformed) -> SeatCordon? {
        try readOptional { reader throws(Malformed) in
            SeatCordon(
                reason: try reader.readString(), deadline: try reader.readOptionalInstant(),
                start: try reader.readOptionalInstant())
        }
    }

    mutating func readAddress() throws(Malformed) -> SeatAddress {
        SeatAddress(
            name: try readSeatName(), host: try readOptionalString(),
            port: try readOptionalInt(), seatProtocol: try readProtocol(),
            url: try readOptionalString())
    }

    mutating func readGrant() throws(Malformed) -> GrantedLease {
        GrantedLease(
            id: try readLeaseID(), token: try readUInt64(), group: try readGroupName(),
            seat: try readSeatName(), holder: try readHolderName(),
            ttlDeadline: try readInstant(), grantedBy: try readOptionalString(),
            vouched: try readOptional { reader throws(Malformed) in
                try reader.readUnixGroupNames()
            },
            asked: AskedFor(
                pool: try readOptional { reader throws(Malformed) in try reader.readPoolName() },
                group: try readOptional { reader throws(Malformed) in try reader.readGroupName() },
                ttlSeconds: try readOptional { reader throws(Malformed) in try reader.readInt() }))
    }

    mutating func readScope() throws(Malformed) -> KeyScope {
        KeyScope(actor: try readString(), holder: try readHolderName())
    }

    mutating func readKey() throws(Malformed) -> RememberedKey {
        RememberedKey(
            key: try readString(), fingerprint: try readUInt64(), lease: try readLeaseID(),
            created: try readBool(), at: try readInstant())
    }
}
