import BrokerCore

/// The core's values as bytes, shared by records and snapshots.
extension ByteWriter {
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
        write(value.name.value)
        write(value.size)
        write(value.seatName) { $0.write($1) }
        write(value.seatHost) { $0.write($1) }
        write(value.seatURL) { $0.write($1) }
        write(value.port) { $0.write($1) }
        write(value.seatProtocol)
        write(value.leaseTTLSeconds)
        write(value.leaseTTLSecondsMax)
        write(value.listed) { writer, seat in
            writer.write(seat.name.value)
            writer.write(seat.host) { $0.write($1) }
            writer.write(seat.port) { $0.write($1) }
            writer.write(seat.url) { $0.write($1) }
            writer.write(seat.keptFor) { $0.write($1.value) }
        }
    }

    mutating func write(_ value: PoolMode) {
        write(byte: value.kind.rawValue)
        write(value.reason) { $0.write($1) }
        write(value.by) { $0.write($1) }
        write(value.since)
        write(value.deadline) { $0.write($1) }
    }

    mutating func write(_ value: GroupSpec) {
        write(value.name.value)
        write(value.members) { $0.write($1.text) }
        write(value.pools) { $0.write($1.value) }
        write(value.quota) { $0.write($1) }
        write(value.reserve) {
            $0.write($1.pool.value)
            $0.write($1.seats)
        }
    }

    mutating func write(_ value: SeatCordon) {
        write(value.reason)
        write(value.deadline) { $0.write($1) }
    }

    mutating func write(_ value: SeatAddress) {
        write(value.name.value)
        write(value.host) { $0.write($1) }
        write(value.port) { $0.write($1) }
        write(value.seatProtocol)
        write(value.url) { $0.write($1) }
    }

    mutating func write(_ value: GrantedLease) {
        write(value.id)
        write(value.token)
        write(value.group.value)
        write(value.seat.value)
        write(value.holder.value)
        write(value.ttlDeadline)
        write(value.grantedBy) { $0.write($1) }
        write(value.vouched) { $0.write($1) { $0.write($1.value) } }
    }

    mutating func write(_ value: KeyScope) {
        write(value.actor)
        write(value.holder.value)
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
            name: PoolName(try readString()), size: try readInt(),
            seatName: try readOptionalString(), seatHost: try readOptionalString(),
            seatURL: try readOptionalString(), port: try readOptionalInt(),
            seatProtocol: try readProtocol(), leaseTTLSeconds: try readInt(),
            leaseTTLSecondsMax: try readInt(),
            listed: try readArray { reader throws(Malformed) in
                ListedSeat(
                    name: SeatName(try reader.readString()),
                    host: try reader.readOptionalString(), port: try reader.readOptionalInt(),
                    url: try reader.readOptionalString(),
                    keptFor: try reader.readOptionalString().map { HolderName($0) })
            })
    }

    mutating func readPoolMode() throws(Malformed) -> PoolMode {
        PoolMode(
            kind: try readRaw(PoolMode.Kind.self), reason: try readOptionalString(),
            by: try readOptionalString(), since: try readInstant(),
            deadline: try readOptionalInstant())
    }

    mutating func readGroupSpec() throws(Malformed) -> GroupSpec {
        GroupSpec(
            name: GroupName(try readString()),
            members: try readArray { reader throws(Malformed) in
                guard let member = Member(text: try reader.readString()) else {
                    throw Malformed("a member is empty")
                }
                return member
            },
            pools: try readStrings().map { PoolName($0) },
            quota: try readOptionalInt(),
            reserve: try readArray { reader throws(Malformed) in
                GroupSpec.Reserve(
                    pool: PoolName(try reader.readString()), seats: try reader.readInt())
            })
    }

    mutating func readOptionalCordon() throws(Malformed) -> SeatCordon? {
        try readOptional { reader throws(Malformed) in
            SeatCordon(
                reason: try reader.readString(), deadline: try reader.readOptionalInstant())
        }
    }

    mutating func readAddress() throws(Malformed) -> SeatAddress {
        SeatAddress(
            name: SeatName(try readString()), host: try readOptionalString(),
            port: try readOptionalInt(), seatProtocol: try readProtocol(),
            url: try readOptionalString())
    }

    mutating func readGrant() throws(Malformed) -> GrantedLease {
        GrantedLease(
            id: try readLeaseID(), token: try readUInt64(), group: GroupName(try readString()),
            seat: SeatName(try readString()), holder: HolderName(try readString()),
            ttlDeadline: try readInstant(), grantedBy: try readOptionalString(),
            vouched: try readOptional { reader throws(Malformed) in
                try reader.readStrings().map { UnixGroupName($0) }
            })
    }

    mutating func readScope() throws(Malformed) -> KeyScope {
        KeyScope(actor: try readString(), holder: HolderName(try readString()))
    }

    mutating func readKey() throws(Malformed) -> RememberedKey {
        RememberedKey(
            key: try readString(), fingerprint: try readUInt64(), lease: try readLeaseID(),
            created: try readBool(), at: try readInstant())
    }
}
