import BrokerCore
import BrokerEngine
import BrokerStore
import Glibc

/// Values of every kind, the same ones for the same seed.
struct Samples {
    var random: Random

    init(seed: UInt64) { random = Random(seed: seed) }

    private static let numbers: [UInt64] = [
        0, 1, 127, 128, 16_383, 16_384, 1 << 32, 1 << 53, UInt64.max >> 1,
    ]
    private static let texts = [
        "", "a", "vdi-0001", "été", "a \"quoted\" text\n", "0123456789", "漢字", "\u{0}",
    ]

    mutating func number() -> UInt64 {
        random.chance(50) ? random.pick(Self.numbers) : random.next() >> 11
    }

    mutating func int() -> Int {
        random.chance(20) ? -Int(random.next() >> 40) : Int(random.next() >> 40)
    }

    mutating func text() -> String {
        random.chance(90) ? random.pick(Self.texts) : String(repeating: "x", count: 300)
    }

    mutating func name() -> String { "n\(random.next() % 100)" }

    mutating func maybe<Value>(_ make: (inout Samples) -> Value) -> Value? {
        random.chance(50) ? make(&self) : nil
    }

    mutating func list<Value>(_ make: (inout Samples) -> Value) -> [Value] {
        (0..<Int(random.next() % 4)).map { _ in make(&self) }
    }

    mutating func instant() -> Instant {
        Instant(milliseconds: Int64(bitPattern: number()) >> 1)
    }

    mutating func leaseID() -> LeaseID { LeaseID(high: random.next(), low: random.next()) }

    mutating func clock() -> ClockMark {
        ClockMark(
            wallOffsetMilliseconds: -Int64(number() >> 1), bootHigh: random.next(),
            bootLow: random.next(), bootOffsetMilliseconds: Int64(number() >> 1))
    }

    // MARK: Site

    mutating func pool() -> PoolSpec {
        PoolSpec(
            name: PoolName(name()), size: int(), seatName: maybe { $0.text() },
            seatHost: maybe { $0.text() }, seatURL: maybe { $0.text() }, port: maybe { $0.int() },
            seatProtocol: random.pick(SeatProtocol.allCases), leaseTTLSeconds: int(),
            leaseTTLSecondsMax: int(),
            listed: list {
                ListedSeat(
                    name: SeatName($0.name()), host: $0.maybe { $0.text() },
                    port: $0.maybe { $0.int() }, url: $0.maybe { $0.text() },
                    keptFor: $0.maybe { HolderName($0.name()) })
            })
    }

    mutating func mode() -> PoolMode {
        PoolMode(
            kind: random.pick(PoolMode.Kind.allCases), reason: maybe { $0.text() },
            by: maybe { $0.text() }, since: instant(), deadline: maybe { $0.instant() },
            upcoming: maybe {
                UpcomingDrain(
                    start: $0.instant(), reason: $0.text(), by: $0.text(),
                    deadline: $0.maybe { $0.instant() })
            })
    }

    mutating func group() -> GroupSpec {
        GroupSpec(
            name: GroupName(name()),
            members: list {
                $0.random.chance(50)
                    ? .user(HolderName($0.name())) : .unixGroup(UnixGroupName($0.name()))
            },
            pools: list { PoolName($0.name()) }, quota: maybe { $0.int() },
            reserve: list { GroupSpec.Reserve(pool: PoolName($0.name()), seats: $0.int()) },
            slots: maybe { $0.list { $0.text() } })
    }

    mutating func address() -> SeatAddress {
        SeatAddress(
            name: SeatName(name()), host: maybe { $0.text() }, port: maybe { $0.int() },
            seatProtocol: random.pick(SeatProtocol.allCases), url: maybe { $0.text() })
    }

    mutating func cordon() -> SeatCordon {
        SeatCordon(
            reason: text(), deadline: maybe { $0.instant() }, start: maybe { $0.instant() })
    }

    // MARK: Leases

    mutating func grant() -> GrantedLease {
        GrantedLease(
            id: leaseID(), token: number(), group: GroupName(name()), seat: SeatName(name()),
            holder: HolderName(name()), ttlDeadline: instant(), grantedBy: maybe { $0.text() },
            vouched: maybe { $0.list { UnixGroupName($0.name()) } })
    }

    mutating func ended() -> EndedLease {
        EndedLease(
            id: leaseID(), token: number(), pool: PoolName(name()), group: GroupName(name()),
            holder: HolderName(name()), seat: address(), grantedAt: instant(),
            grantRevision: number(), expiresAt: instant(), endedAt: instant(),
            reason: random.pick(EndReason.allCases), detail: maybe { $0.text() },
            grantedBy: maybe { $0.text() })
    }

    mutating func scope() -> KeyScope { KeyScope(actor: text(), holder: HolderName(name())) }

    mutating func key() -> RememberedKey {
        RememberedKey(
            key: text(), fingerprint: random.next(), lease: leaseID(), created: random.chance(50),
            at: instant())
    }

    // MARK: Journal

    static let recordKindCount = 34

    /// A record of the kind with this number.
    mutating func record(_ kind: Int) -> Record {
        switch kind {
        case 0: .clockSet(clock())
        case 1: .seatLimitSet(maybe { $0.int() })
        case 2: .tokenFloorSet(number())
        case 3: .poolPut(pool(), revision: number())
        case 4: .poolModeSet(PoolName(name()), mode(), revision: number())
        case 5: .poolRemoved(PoolName(name()))
        case 6: .groupPut(group())
        case 7: .groupRemoved(GroupName(name()))
        case 8:
            .siteOrdered(pools: list { PoolName($0.name()) }, groups: list { GroupName($0.name()) })
        case 9: .seatsAdded(PoolName(name()), firstIndex: int(), count: int())
        case 10: .seatListed(PoolName(name()), position: int())
        case 11: .seatRemoved(SeatName(name()))
        case 12:
            .seatRetiring(SeatName(name()), deadline: instant(), orphaned: random.chance(50))
        case 13: .seatReclaimed(SeatName(name()))
        case 14: .seatCordonSet(SeatName(name()), maybe { $0.cordon() })
        case 15: .seatOpened(SeatName(name()), reason: maybe { $0.text() })
        case 16: .leaseGranted(grant())
        case 17: .leaseRenewed(leaseID(), ttlDeadline: instant())
        case 18: .leaseRevocationSet(leaseID(), deadline: instant(), reason: text())
        case 19:
            .leaseEnded(leaseID(), random.pick(EndReason.allCases), detail: maybe { $0.text() })
        case 20: .keyRemembered(scope(), key())
        case 21: .rotaSet(maybe { $0.rota() })
        case 22: .windowsSet(GroupName(name()), maybe { $0.windows() })
        case 23: .windowsReach(time(), zones: text())
        case 24: .turnSet(GroupName(name()), maybe { $0.turn() })
        case 25: .leaseCharged(leaseID(), GroupName(name()))
        case 26: .subjectSeen(HolderName(name()), list { UnixGroupName($0.name()) })
        case 27: .waitStarted(waiter())
        case 28:
            .waitResumed(
                ticket(), ResumedWait(until: instant(), actor: actor(), request: request()))
        case 29: .waitAbsent(ticket(), until: instant())
        case 30: .waitEnded(ticket(), random.pick(WaitEnd.allCases), minutes: int())
        case 31: .refused(refusedRequest())
        case 32: .changeRefused(refusedChange())
        default: .configurationRead(list { $0.text() })
        }
    }

    mutating func record() -> Record {
        record(Int(random.next() % UInt64(Self.recordKindCount)))
    }

    mutating func batch(after: UInt64, at: Instant? = nil) -> JournalBatch {
        JournalBatch(
            after: after,
            entries: (0...Int(random.next() % 3)).map { _ in
                JournalEntry(
                    at: at ?? instant(),
                    actor: actor(), verb: maybe { $0.random.pick(Verb.allCases) },
                    records: [record()] + list { $0.record() })
            })
    }

    mutating func image(revision: UInt64) -> BrokerImage {
        var image = BrokerImage()
        image.revision = revision
        image.latest = instant()
        image.clock = clock()
        image.seatLimit = maybe { $0.int() }
        image.hasSite = random.chance(50)
        image.tokenFloor = number()
        image.historyStart = number()
        image.pools = list {
            BrokerImage.PoolRow(spec: $0.pool(), revision: $0.number(), mode: $0.mode())
        }
        image.groups = list { $0.group() }
        image.goneGroups = list { GroupName($0.name()) }
        image.seats = list {
            BrokerImage.SeatRow(
                name: SeatName($0.name()), pool: $0.int(),
                rank: UInt32(truncatingIfNeeded: $0.random.next()), token: $0.number(),
                freeRevision: $0.number(), keptFor: $0.maybe { HolderName($0.name()) },
                cordon: $0.maybe { $0.cordon() }, isRetiring: $0.random.chance(50),
                isOrphaned: $0.random.chance(50), address: $0.maybe { $0.address() })
        }
        image.leases = list {
            BrokerImage.LeaseRow(
                grant: $0.grant(), grantedAt: $0.instant(), grantRevision: $0.number(),
                revocationDeadline: $0.maybe { $0.instant() },
                revocationReason: $0.maybe { $0.text() },
                retireDeadline: $0.maybe { $0.instant() },
                seatDrainDeadline: $0.maybe { $0.instant() })
        }
        image.ended = list { $0.ended() }
        image.keys = list { BrokerImage.KeyRow(scope: $0.scope(), key: $0.key()) }
        image.lastSeats = list {
            BrokerImage.LastSeatRow(
                holder: HolderName($0.name()), pool: PoolName($0.name()),
                seat: SeatName($0.name()), revision: $0.number())
        }
        image.retiredTokens = list {
            BrokerImage.TokenRow(seat: SeatName($0.name()), token: $0.number())
        }
        addTimes(to: &image)
        return image
    }

    private mutating func addTimes(to image: inout BrokerImage) {
        image.siteRevision = number()
        image.rota = maybe { $0.rota() }
        image.windowsReach = maybe { $0.time() }
        image.zones = text()
        image.windows = list {
            BrokerImage.WindowRow(
                group: GroupName($0.name()), windows: $0.windows(), turn: $0.maybe { $0.turn() })
        }
        image.subjects = list {
            BrokerImage.SubjectRow(
                holder: HolderName($0.name()), unixGroups: $0.list { UnixGroupName($0.name()) })
        }
        image.waiters = list { $0.waiter() }
        image.accounts = list {
            BrokerImage.AccountRow(
                key: AccountKey(holder: HolderName($0.name()), group: GroupName($0.name())),
                account: $0.account())
        }
    }
}

/// A folder that goes with its object.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/brokerd-store-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            String(cString: mkdtemp(buffer.baseAddress!))
        }
    }

    deinit {
        for name in [
            "broker.sqlite", "broker.sqlite-wal", "broker.sqlite-shm", "lock", "reserve",
            "tip",
        ] {
            unlink("\(path)/\(name)")
        }
        rmdir(path)
    }

    var database: String { "\(path)/broker.sqlite" }
}
