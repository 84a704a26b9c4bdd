import BrokerAPI
import BrokerCore
import BrokerStore
import Testing

@testable import BrokerHTTP

/// The events of every kind of record.
@Suite struct EventMakerTests {
    private static let admin = Actor(name: "root", uid: 0, role: .admin, channel: .control)
    private static let second: Int64 = 1_000
    private static let desks = PoolName("desks")
    private static let rooms = PoolName("rooms")
    private static let staff = GroupName("staff")
    private static let guests = GroupName("guests")
    private static let seat = SeatName("desks-0001")
    private static let anna = HolderName("anna")

    private static func id(_ number: UInt64) -> LeaseID { LeaseID(high: 1, low: number) }

    private static func instant(_ seconds: Int64) -> Instant {
        Instant(milliseconds: 1_000_000 * second + seconds * second)
    }

    private static func clock(_ offset: Int64) -> ClockMark {
        ClockMark(
            wallOffsetMilliseconds: offset, bootHigh: 1, bootLow: 2, bootOffsetMilliseconds: 0)
    }

    private static func grant(_ number: UInt64, _ seat: SeatName) -> Record {
        .leaseGranted(
            GrantedLease(
                id: id(number), token: number, group: staff, seat: seat, holder: anna,
                ttlDeadline: instant(3_600), grantedBy: nil, vouched: nil))
    }

    private static func pool(_ name: PoolName, size: Int, listed: [ListedSeat] = []) -> PoolSpec {
        PoolSpec(name: name, size: size, listed: listed)
    }

    private static func group(_ name: GroupName, quota: Int? = nil) -> GroupSpec {
        GroupSpec(
            name: name, members: [.unixGroup(UnixGroupName("staff"))], pools: [desks],
            quota: quota)
    }

    private static func request() -> GrantCommand {
        GrantCommand(
            id: id(9), subject: Subject(holder: anna, unixGroups: [UnixGroupName("staff")]),
            pool: desks)
    }

    private static let ticket = WaitTicket(number: 77, connection: 77)
    private static let resumed = WaitTicket(number: 77, connection: 78)

    /// The life of a house in which each kind of record comes up, with the event that it makes.
    private static let life: [(record: Record, event: EventType?)] = [
        (.clockSet(clock(500)), nil),
        (.seatLimitSet(1_700), .limitChanged),
        (.poolPut(pool(desks, size: 3), revision: 1), .poolCreated),
        (.seatsAdded(desks, firstIndex: 1, count: 3), .seatsAdded),
        (
            .poolPut(
                pool(rooms, size: 1, listed: [ListedSeat(name: SeatName("blue"))]), revision: 1),
            .poolCreated
        ),
        (.seatListed(rooms, position: 0), .seatAdded),
        (.groupPut(group(staff)), .groupCreated),
        (.groupPut(group(guests)), .groupCreated),
        (.groupPut(group(staff, quota: 2)), .groupChanged),
        (.siteOrdered(pools: [desks, rooms], groups: [staff, guests]), .siteOrdered),
        (
            .rotaSet(
                RotaSpec(
                    timezone: "Europe/Paris", anchor: CivilDate(dayNumber: 20_458),
                    slots: [RotaSlot(name: "am", hours: "08:00-13:00")])), .rotaChanged
        ),
        (.windowsReach(UnixTime(seconds: 2_000_000), zones: "2026a"), nil),
        (
            .windowsSet(
                staff,
                [
                    UTCWindow(
                        start: UnixTime(seconds: 1_000_000), end: UnixTime(seconds: 1_007_200))!
                ]), nil
        ),
        (.turnSet(staff, Turn(phase: .open, ends: UnixTime(seconds: 1_007_200))), .windowOpened),
        (grant(1, seat), .leaseGranted),
        (
            .keyRemembered(
                KeyScope(actor: "root", holder: anna),
                RememberedKey(key: "k", fingerprint: 1, lease: id(1), created: true, at: instant(1))
            ), nil
        ),
        (.leaseRenewed(id(1), ttlDeadline: instant(7_200)), .leaseRenewed),
        (.subjectSeen(anna, [UnixGroupName("staff")]), nil),
        (.leaseCharged(id(1), guests), .leaseMoved),
        (.seatRetiring(seat, deadline: instant(600), orphaned: false), .seatRetiring),
        (.seatReclaimed(seat), .seatReclaimed),
        (.seatCordonSet(seat, SeatCordon(reason: "fan", deadline: nil)), .seatCordoned),
        (
            .seatCordonSet(
                seat, SeatCordon(reason: "fan", deadline: instant(900), start: instant(800))),
            .seatDrainPlanned
        ),
        (.seatCordonSet(seat, nil), .seatOpened),
        (.seatOpened(seat, reason: "mended"), .seatOpened),
        (.leaseRevocationSet(id(1), deadline: instant(60), reason: "fire drill"), .leaseEnding),
        (.leaseEnded(id(1), .revoked, detail: "fire drill"), .leaseEnded),
        (
            .poolModeSet(
                desks, PoolMode(kind: .cordoned, reason: "paint", by: "root", since: instant(5)),
                revision: 2), .poolCordoned
        ),
        (
            .poolModeSet(
                desks,
                PoolMode(
                    kind: .open, since: instant(5),
                    upcoming: UpcomingDrain(
                        start: instant(90), reason: "move", by: "root", deadline: instant(100))),
                revision: 3), .poolDrainPlanned
        ),
        (
            .poolModeSet(
                desks,
                PoolMode(
                    kind: .draining, reason: "move", by: "root", since: instant(5),
                    deadline: instant(100)), revision: 4), .poolDraining
        ),
        (.poolModeSet(desks, PoolMode(kind: .open, since: instant(5)), revision: 5), .poolOpened),
        (.poolPut(pool(desks, size: 2), revision: 6), .poolChanged),
        (.seatRemoved(SeatName("desks-0003")), .seatRemoved),
        (
            .waitStarted(
                Waiter(
                    ticket: ticket, since: instant(0), until: instant(60), credit: 0, group: staff,
                    actor: admin, request: request())), .waitingBegun
        ),
        (.waitAbsent(ticket, until: instant(30)), nil),
        (
            .waitResumed(
                resumed, ResumedWait(until: instant(90), actor: admin, request: request())), nil
        ),
        (.waitEnded(resumed, .expired, minutes: 2), .waitingEnded),
        (
            .refused(
                RefusedRequest(
                    holder: anna, group: staff, rule: .quotaExceeded, pool: desks, ttlSeconds: nil,
                    waitSeconds: nil)), .requestRefused
        ),
        (
            .changeRefused(
                RefusedChange(
                    refusal: .revisionMismatch, target: .pool(desks), reason: "because")),
            .changeRefused
        ),
        (.configurationRead([]), nil),
        (.configurationRead(["roles"]), .configurationChanged),
        (.turnSet(staff, Turn(phase: .over, ends: UnixTime(seconds: 1_007_200))), .windowClosed),
        (.clockSet(clock(2_500)), .clockStepped),
        (.tokenFloorSet(5_000), .stateRestored),
        (.groupRemoved(guests), .groupRemoved),
        (.seatRemoved(SeatName("blue")), .seatRemoved),
        (.poolRemoved(rooms), .poolRemoved),
    ]

    /// Each record in a batch of its own.
    private static func batches() -> [JournalBatch] {
        life.enumerated().map { number, step in
            JournalBatch(
                after: UInt64(number),
                entries: [
                    JournalEntry(
                        at: instant(Int64(number)), actor: admin, verb: .resizePool,
                        records: [step.record])
                ])
        }
    }

    /// A word for each kind of record: a new one does not compile before it is thought of.
    private static func kind(_ record: Record) -> String {
        switch record {
        case .clockSet: "clockSet"
        case .seatLimitSet: "seatLimitSet"
        case .tokenFloorSet: "tokenFloorSet"
        case .poolPut: "poolPut"
        case .poolModeSet: "poolModeSet"
        case .poolRemoved: "poolRemoved"
        case .groupPut: "groupPut"
        case .groupRemoved: "groupRemoved"
        case .siteOrdered: "siteOrdered"
        case .seatsAdded: "seatsAdded"
        case .seatListed: "seatListed"
        case .seatRemoved: "seatRemoved"
        case .seatRetiring: "seatRetiring"
        case .seatReclaimed: "seatReclaimed"
        case .seatCordonSet: "seatCordonSet"
        case .seatOpened: "seatOpened"
        case .leaseGranted: "leaseGranted"
        case .leaseRenewed: "leaseRenewed"
        case .leaseRevocationSet: "leaseRevocationSet"
        case .leaseEnded: "leaseEnded"
        case .keyRemembered: "keyRemembered"
        case .rotaSet: "rotaSet"
        case .windowsSet: "windowsSet"
        case .windowsReach: "windowsReach"
        case .turnSet: "turnSet"
        case .leaseCharged: "leaseCharged"
        case .subjectSeen: "subjectSeen"
        case .waitStarted: "waitStarted"
        case .waitResumed: "waitResumed"
        case .waitAbsent: "waitAbsent"
        case .waitEnded: "waitEnded"
        case .refused: "refused"
        case .changeRefused: "changeRefused"
        case .configurationRead: "configurationRead"
        }
    }

    @Test func everyKindOfRecordAndOfEventComesUp() {
        #expect(Set(Self.life.map { Self.kind($0.record) }).count == 34)
        #expect(Set(Self.life.compactMap(\.event)) == Set(EventType.allCases))
    }

    @Test func everyRecordMakesItsEvent() throws {
        var maker = EventMaker(Broker())
        for (step, batch) in zip(Self.life, Self.batches()) {
            let events = try maker.events(of: batch)
            #expect(events.map(\.type) == [step.event].compactMap { $0 }, "\(step.record)")
            for event in events {
                #expect(event.revision == Int(batch.revision))
                #expect(event.actor == EventActor(name: "root", role: .admin))
                let read = try WireJSON.decode(Event.self, from: WireJSON.encode(event))
                #expect(read == event)
            }
        }
    }

    @Test func batchesMakeNoDifference() throws {
        var apart = EventMaker(Broker())
        let batches = Self.batches()
        let events = try batches.flatMap { try apart.events(of: $0) }
        var together = EventMaker(Broker())
        let one = JournalBatch(after: 0, entries: batches.flatMap(\.entries))
        #expect(try together.events(of: one) == events)
        // And from the middle on, whatever was skipped before, through the journal's own form.
        for start in [1, 14, 20, 33, 40] {
            var later = EventMaker(Broker())
            for batch in batches[..<start] { try later.skip(batch) }
            let read = try batches[start...].map {
                try JournalCoding.decode(JournalCoding.encode($0), revision: $0.revision)
            }
            #expect(
                try read.flatMap { try later.events(of: $0) }
                    == events.filter { $0.revision > start })
        }
    }

    @Test func whatTheySay() throws {
        var maker = EventMaker(Broker())
        var events: [EventType: [Event]] = [:]
        for event in try Self.batches().flatMap({ try maker.events(of: $0) }) {
            events[event.type, default: []].append(event)
        }
        func first(_ type: EventType) throws -> Event { try #require(events[type]?.first) }

        let granted = try first(.leaseGranted)
        #expect(granted.at == Timestamp(milliseconds: 1_000_000_000 + 14_000 + 500))
        #expect(
            [granted.pool, granted.group, granted.seat, granted.holder] == [
                "desks", "staff", "desks-0001", "anna",
            ])
        #expect(granted.lease?.state == .active)
        #expect(granted.lease?.windowEndsAt == Timestamp(milliseconds: 1_007_200_000))
        let ended = try first(.leaseEnded)
        #expect(ended.lease?.state == .ended)
        #expect(ended.lease?.endReason == .revoked)
        #expect(ended.lease?.token == 1)
        #expect([ended.pool, ended.seat, ended.holder] == ["desks", "desks-0001", "anna"])
        #expect(try first(.leaseMoved).group == "guests")
        #expect(try first(.leaseEnding).lease?.endingReason == .revoked)
        #expect(try first(.seatRetiring).lease?.endingReason == .drained)
        #expect(try first(.seatRemoved).pool == "desks")
        #expect(try first(.seatAdded).seat == "blue")
        #expect(events[.seatOpened]?.last?.details?.reason == "mended")
        let planned = try first(.poolDrainPlanned).details
        #expect(planned?.reason == "move")
        #expect(planned?.startsAt == Timestamp(milliseconds: 1_000_000_000 + 90_000 + 500))
        #expect(try first(.waitingEnded).details?.outcome == "expired")
        #expect(try first(.waitingEnded).holder == "anna")
        #expect(try first(.requestRefused).details?.rule == "quota-exceeded")
        let refused = try first(.changeRefused).details
        #expect([refused?.change, refused?.rule] == ["pool-resize", "revision-mismatch"])
        #expect(try first(.clockStepped).details?.steppedMilliseconds == 2_000)
        #expect(try first(.stateRestored).details?.tokenFloor == 5_000)
    }

    @Test func aRecordThatDoesNotFitIsSaid() {
        var maker = EventMaker(Broker())
        let batch = JournalBatch(
            after: 0,
            entries: [
                JournalEntry(
                    at: Self.instant(0), actor: Self.admin, verb: nil,
                    records: [.leaseEnded(Self.id(4), .expired, detail: nil)])
            ])
        #expect(throws: Broker.Misfit.self) { try maker.events(of: batch) }
    }
}
