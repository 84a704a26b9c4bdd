import BrokerCore

/// A record as bytes: a byte for its kind, then its fields. Numbers of kinds are never reused.
enum RecordCoding {
    private enum Kind: UInt8 {
        case clockSet = 1
        case seatLimitSet = 2
        case tokenFloorSet = 3
        case poolPut = 10
        case poolModeSet = 11
        case poolRemoved = 12
        case groupPut = 13
        case groupRemoved = 14
        case siteOrdered = 15
        case seatsAdded = 20
        case seatListed = 21
        case seatRemoved = 22
        case seatRetiring = 23
        case seatReclaimed = 24
        case seatCordonSet = 25
        case seatOpened = 26
        case leaseGranted = 30
        case leaseRenewed = 31
        case leaseRevocationSet = 32
        case leaseEnded = 33
        case keyRemembered = 40
    }

    static func write(_ record: Record, to writer: inout ByteWriter) {
        switch record {
        case .clockSet, .seatLimitSet, .tokenFloorSet, .poolPut, .poolModeSet, .poolRemoved,
            .groupPut, .groupRemoved, .siteOrdered:
            writeSite(record, to: &writer)
        case .seatsAdded, .seatListed, .seatRemoved, .seatRetiring, .seatReclaimed,
            .seatCordonSet, .seatOpened:
            writeSeat(record, to: &writer)
        case .leaseGranted, .leaseRenewed, .leaseRevocationSet, .leaseEnded, .keyRemembered:
            writeLease(record, to: &writer)
        }
    }

    private static func writeSite(_ record: Record, to writer: inout ByteWriter) {
        func kind(_ kind: Kind) { writer.write(byte: kind.rawValue) }
        switch record {
        case .clockSet(let mark):
            kind(.clockSet)
            writer.write(mark)
        case .seatLimitSet(let limit):
            kind(.seatLimitSet)
            writer.write(limit) { $0.write($1) }
        case .tokenFloorSet(let floor):
            kind(.tokenFloorSet)
            writer.write(floor)
        case .poolPut(let spec, let revision):
            kind(.poolPut)
            writer.write(spec)
            writer.write(revision)
        case .poolModeSet(let name, let mode, let revision):
            kind(.poolModeSet)
            writer.write(name.value)
            writer.write(mode)
            writer.write(revision)
        case .poolRemoved(let name):
            kind(.poolRemoved)
            writer.write(name.value)
        case .groupPut(let spec):
            kind(.groupPut)
            writer.write(spec)
        case .groupRemoved(let name):
            kind(.groupRemoved)
            writer.write(name.value)
        case .siteOrdered(let pools, let groups):
            kind(.siteOrdered)
            writer.write(pools) { $0.write($1.value) }
            writer.write(groups) { $0.write($1.value) }
        default: preconditionFailure("a record of another kind")
        }
    }

    private static func writeSeat(_ record: Record, to writer: inout ByteWriter) {
        func kind(_ kind: Kind) { writer.write(byte: kind.rawValue) }
        switch record {
        case .seatsAdded(let pool, let firstIndex, let count):
            kind(.seatsAdded)
            writer.write(pool.value)
            writer.write(firstIndex)
            writer.write(count)
        case .seatListed(let pool, let position):
            kind(.seatListed)
            writer.write(pool.value)
            writer.write(position)
        case .seatRemoved(let name):
            kind(.seatRemoved)
            writer.write(name.value)
        case .seatRetiring(let name, let deadline, let orphaned):
            kind(.seatRetiring)
            writer.write(name.value)
            writer.write(deadline)
            writer.write(orphaned)
        case .seatReclaimed(let name):
            kind(.seatReclaimed)
            writer.write(name.value)
        case .seatCordonSet(let name, let cordon):
            kind(.seatCordonSet)
            writer.write(name.value)
            writer.write(cordon) { $0.write($1) }
        case .seatOpened(let name, let reason):
            kind(.seatOpened)
            writer.write(name.value)
            writer.write(reason) { $0.write($1) }
        default: preconditionFailure("a record of another kind")
        }
    }

    private static func writeLease(_ record: Record, to writer: inout ByteWriter) {
        func kind(_ kind: Kind) { writer.write(byte: kind.rawValue) }
        switch record {
        case .leaseGranted(let grant):
            kind(.leaseGranted)
            writer.write(grant)
        case .leaseRenewed(let id, let deadline):
            kind(.leaseRenewed)
            writer.write(id)
            writer.write(deadline)
        case .leaseRevocationSet(let id, let deadline, let reason):
            kind(.leaseRevocationSet)
            writer.write(id)
            writer.write(deadline)
            writer.write(reason)
        case .leaseEnded(let id, let reason, let detail):
            kind(.leaseEnded)
            writer.write(id)
            writer.write(byte: reason.rawValue)
            writer.write(detail) { $0.write($1) }
        case .keyRemembered(let scope, let key):
            kind(.keyRemembered)
            writer.write(scope)
            writer.write(key)
        default: preconditionFailure("a record of another kind")
        }
    }

    static func read(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> Record {
        switch try reader.readRaw(Kind.self) {
        case .clockSet: return .clockSet(try reader.readClock())
        case .seatLimitSet: return .seatLimitSet(try reader.readOptionalInt())
        case .tokenFloorSet: return .tokenFloorSet(try reader.readUInt64())
        case .poolPut:
            return .poolPut(try reader.readPoolSpec(), revision: try reader.readUInt64())
        case .poolModeSet:
            return .poolModeSet(
                PoolName(try reader.readString()), try reader.readPoolMode(),
                revision: try reader.readUInt64())
        case .poolRemoved: return .poolRemoved(PoolName(try reader.readString()))
        case .groupPut: return .groupPut(try reader.readGroupSpec())
        case .groupRemoved: return .groupRemoved(GroupName(try reader.readString()))
        case .siteOrdered:
            return .siteOrdered(
                pools: try reader.readStrings().map { PoolName($0) },
                groups: try reader.readStrings().map { GroupName($0) })
        case .seatsAdded:
            return .seatsAdded(
                PoolName(try reader.readString()), firstIndex: try reader.readInt(),
                count: try reader.readInt())
        case .seatListed:
            return .seatListed(PoolName(try reader.readString()), position: try reader.readInt())
        case .seatRemoved: return .seatRemoved(SeatName(try reader.readString()))
        case .seatRetiring:
            return .seatRetiring(
                SeatName(try reader.readString()), deadline: try reader.readInstant(),
                orphaned: try reader.readBool())
        case .seatReclaimed: return .seatReclaimed(SeatName(try reader.readString()))
        case .seatCordonSet:
            return .seatCordonSet(
                SeatName(try reader.readString()), try reader.readOptionalCordon())
        case .seatOpened:
            return .seatOpened(
                SeatName(try reader.readString()), reason: try reader.readOptionalString())
        case .leaseGranted: return .leaseGranted(try reader.readGrant())
        case .leaseRenewed:
            return .leaseRenewed(try reader.readLeaseID(), ttlDeadline: try reader.readInstant())
        case .leaseRevocationSet:
            return .leaseRevocationSet(
                try reader.readLeaseID(), deadline: try reader.readInstant(),
                reason: try reader.readString())
        case .leaseEnded:
            return .leaseEnded(
                try reader.readLeaseID(), try reader.readRaw(EndReason.self),
                detail: try reader.readOptionalString())
        case .keyRemembered:
            return .keyRemembered(try reader.readScope(), try reader.readKey())
        }
    }
}
