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
        case rotaSet = 16
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
        case leaseCharged = 34
        case keyRemembered = 40
        case subjectSeen = 41
        case windowsSet = 50
        case windowsReach = 51
        case turnSet = 52
        case waitStarted = 60
        case waitResumed = 61
        case waitAbsent = 62
        case waitEnded = 63
        case refused = 64
        case changeRefused = 70
        case configurationRead = 71

        init(of record: Record) {
            self =
                switch record {
                case .clockSet: .clockSet
                case .seatLimitSet: .seatLimitSet
                case .tokenFloorSet: .tokenFloorSet
                case .poolPut: .poolPut
                case .poolModeSet: .poolModeSet
                case .poolRemoved: .poolRemoved
                case .groupPut: .groupPut
                case .groupRemoved: .groupRemoved
                case .siteOrdered: .siteOrdered
                case .rotaSet: .rotaSet
                case .seatsAdded: .seatsAdded
                case .seatListed: .seatListed
                case .seatRemoved: .seatRemoved
                case .seatRetiring: .seatRetiring
                case .seatReclaimed: .seatReclaimed
                case .seatCordonSet: .seatCordonSet
                case .seatOpened: .seatOpened
                case .leaseGranted: .leaseGranted
                case .leaseRenewed: .leaseRenewed
                case .leaseRevocationSet: .leaseRevocationSet
                case .leaseEnded: .leaseEnded
                case .leaseCharged: .leaseCharged
                case .keyRemembered: .keyRemembered
                case .subjectSeen: .subjectSeen
                case .windowsSet: .windowsSet
                case .windowsReach: .windowsReach
                case .turnSet: .turnSet
                case .waitStarted: .waitStarted
                case .waitResumed: .waitResumed
                case .waitAbsent: .waitAbsent
                case .waitEnded: .waitEnded
                case .refused: .refused
                case .changeRefused: .changeRefused
                case .configurationRead: .configurationRead
                }
        }
    }

    // MARK: Writing

    static func write(_ record: Record, to writer: inout ByteWriter) {
        writer.write(byte: Kind(of: record).rawValue)
        writeFields(of: record, to: &writer)
    }

    private static func writeFields(of record: Record, to writer: inout ByteWriter) {
        switch record {
        case .clockSet(let mark): writer.write(mark)
        case .seatLimitSet(let limit): writer.write(limit) { $0.write($1) }
        case .tokenFloorSet(let floor): writer.write(floor)
        case .poolPut(let spec, let revision):
            writer.write(spec)
            writer.write(revision)
        case .poolModeSet(let name, let mode, let revision):
            write(name, mode, revision: revision, to: &writer)
        case .poolRemoved(let name): writer.write(name)
        case .groupPut(let spec): writer.write(spec)
        case .groupRemoved(let name): writer.write(name)
        case .siteOrdered(let pools, let groups):
            writer.write(pools) { $0.write($1) }
            writer.write(groups) { $0.write($1) }
        case .rotaSet(let rota): writer.write(rota) { $0.write($1) }
        case .seatsAdded(let pool, let firstIndex, let count):
            write(pool, firstIndex: firstIndex, count: count, to: &writer)
        case .seatListed(let pool, let position):
            writer.write(pool)
            writer.write(position)
        case .seatRemoved(let name), .seatReclaimed(let name): writer.write(name)
        case .seatRetiring(let name, let deadline, let orphaned):
            write(name, deadline: deadline, orphaned: orphaned, to: &writer)
        case .seatCordonSet(let name, let cordon):
            writer.write(name)
            writer.write(cordon) { $0.write($1) }
        case .seatOpened(let name, let reason):
            writer.write(name)
            writer.write(reason) { $0.write($1) }
        case .leaseGranted(let grant): writer.write(grant)
        case .leaseRenewed(let id, let deadline):
            writer.write(id)
            writer.write(deadline)
        case .leaseRevocationSet(let id, let deadline, let reason):
            write(id, deadline: deadline, reason: reason, to: &writer)
        case .leaseEnded(let id, let reason, let detail):
            write(id, reason, detail: detail, to: &writer)
        case .leaseCharged(let id, let group):
            writer.write(id)
            writer.write(group)
        case .keyRemembered(let scope, let key):
            writer.write(scope)
            writer.write(key)
        case .subjectSeen(let holder, let unixGroups):
            writer.write(holder)
            writer.write(unixGroups) { $0.write($1) }
        case .windowsSet(let group, let windows):
            writer.write(group)
            writer.write(windows) { $0.write($1) }
        case .windowsReach(let until, let zones):
            writer.write(until)
            writer.write(zones)
        case .turnSet(let group, let turn):
            writer.write(group)
            writer.write(turn) { $0.write($1) }
        case .waitStarted(let waiter): writer.write(waiter)
        case .waitResumed(let ticket, let wait):
            writer.write(ticket)
            writer.write(wait)
        case .waitAbsent(let ticket, let until):
            writer.write(ticket)
            writer.write(until)
        case .waitEnded(let ticket, let end, let minutes):
            write(ticket, end, minutes: minutes, to: &writer)
        case .refused(let request): writer.write(request)
        case .changeRefused(let refused): writer.write(refused)
        case .configurationRead(let keys): writer.write(keys) { $0.write($1) }
        }
    }

    // The records of three fields.

    private static func write(
        _ name: PoolName, _ mode: PoolMode, revision: UInt64, to writer: inout ByteWriter
    ) {
        writer.write(name)
        writer.write(mode)
        writer.write(revision)
    }

    private static func write(
        _ pool: PoolName, firstIndex: Int, count: Int, to writer: inout ByteWriter
    ) {
        writer.write(pool)
        writer.write(firstIndex)
        writer.write(count)
    }

    private static func write(
        _ name: SeatName, deadline: Instant, orphaned: Bool, to writer: inout ByteWriter
    ) {
        writer.write(name)
        writer.write(deadline)
        writer.write(orphaned)
    }

    private static func write(
        _ id: LeaseID, deadline: Instant, reason: String, to writer: inout ByteWriter
    ) {
        writer.write(id)
        writer.write(deadline)
        writer.write(reason)
    }

    private static func write(
        _ id: LeaseID, _ reason: EndReason, detail: String?, to writer: inout ByteWriter
    ) {
        writer.write(id)
        writer.write(byte: reason.rawValue)
        writer.write(detail) { $0.write($1) }
    }

    private static func write(
        _ ticket: WaitTicket, _ end: WaitEnd, minutes: Int, to writer: inout ByteWriter
    ) {
        writer.write(ticket)
        writer.write(byte: end.rawValue)
        writer.write(minutes)
    }

    // MARK: Reading

    static func read(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> Record {
        switch try reader.readRaw(Kind.self) {
        case .clockSet: return .clockSet(try reader.readClock())
        case .seatLimitSet: return .seatLimitSet(try reader.readOptionalInt())
        case .tokenFloorSet: return .tokenFloorSet(try reader.readUInt64())
        case .poolPut:
            return .poolPut(try reader.readPoolSpec(), revision: try reader.readUInt64())
        case .poolModeSet:
            return .poolModeSet(
                try reader.readPoolName(), try reader.readPoolMode(),
                revision: try reader.readUInt64())
        case .poolRemoved: return .poolRemoved(try reader.readPoolName())
        case .groupPut: return .groupPut(try reader.readGroupSpec())
        case .groupRemoved: return .groupRemoved(try reader.readGroupName())
        case .siteOrdered:
            return .siteOrdered(
                pools: try reader.readPoolNames(), groups: try reader.readGroupNames())
        case .rotaSet: return .rotaSet(try reader.readOptionalRota())
        case .seatsAdded:
            return .seatsAdded(
                try reader.readPoolName(), firstIndex: try reader.readInt(),
                count: try reader.readInt())
        case .seatListed:
            return .seatListed(try reader.readPoolName(), position: try reader.readInt())
        case .seatRemoved: return .seatRemoved(try reader.readSeatName())
        case .seatRetiring:
            return .seatRetiring(
                try reader.readSeatName(), deadline: try reader.readInstant(),
                orphaned: try reader.readBool())
        case .seatReclaimed: return .seatReclaimed(try reader.readSeatName())
        case .seatCordonSet:
            return .seatCordonSet(try reader.readSeatName(), try reader.readOptionalCordon())
        case .seatOpened:
            return .seatOpened(try reader.readSeatName(), reason: try reader.readOptionalString())
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
        case .leaseCharged:
            return .leaseCharged(try reader.readLeaseID(), try reader.readGroupName())
        case .keyRemembered: return .keyRemembered(try reader.readScope(), try reader.readKey())
        case .subjectSeen:
            return .subjectSeen(try reader.readHolderName(), try reader.readUnixGroupNames())
        case .windowsSet:
            return .windowsSet(try reader.readGroupName(), try reader.readOptionalWindows())
        case .windowsReach:
            return .windowsReach(try reader.readUnixTime(), zones: try reader.readString())
        case .turnSet: return .turnSet(try reader.readGroupName(), try reader.readOptionalTurn())
        case .waitStarted: return .waitStarted(try reader.readWaiter())
        case .waitResumed:
            return .waitResumed(try reader.readTicket(), try reader.readResumedWait())
        case .waitAbsent:
            return .waitAbsent(try reader.readTicket(), until: try reader.readInstant())
        case .waitEnded:
            return .waitEnded(
                try reader.readTicket(), try reader.readRaw(WaitEnd.self),
                minutes: try reader.readInt())
        case .refused: return .refused(try reader.readRefusedRequest())
        case .changeRefused: return .changeRefused(try reader.readRefusedChange())
        case .configurationRead: return .configurationRead(try reader.readStrings())
        }
    }
}
