import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

/// The writer looks after the windows by itself: they reach far enough, and follow the release of the
/// zones.
@Suite struct WindowReviewTests {
    private static let day = 86_400

    /// A writer's loop with a clock that a test turns.
    private final class Desk: WriterEvents {
        let source = HalfDays()
        let store: MemoryStore
        private(set) var notes: [WriterNote] = []
        private(set) var answers: [(Addressee, EngineAnswer)] = []
        private(set) var loop: WriterLoop!
        private var ticketCount: UInt64 = 0

        init(store: MemoryStore = MemoryStore(), at seconds: Int = 0) throws {
            self.store = store
            let broker = try Engine.recover(store.recover())
            loop = WriterLoop(
                broker: broker, snapshotRevision: 0, store: store,
                timeLine: TimeLine(
                    known: broker.clock, latest: broker.latest, reading: Self.reading(seconds)),
                events: self, windows: source)
            loop.start()
        }

        static func reading(_ seconds: Int) -> ClockReading {
            ClockReading(
                bootMilliseconds: Int64(seconds) * 1_000 + 5_000,
                wallMilliseconds: History.start.milliseconds + Int64(seconds) * 1_000,
                bootHigh: 7, bootLow: 8)
        }

        func round(at seconds: Int, _ commands: Command...) throws {
            for command in commands {
                ticketCount += 1
                loop.submit(
                    Engine.Submission(command, by: History.admin, ticket: Ticket(ticketCount)))
            }
            try loop.round(Self.reading(seconds))
        }

        func windows(_ group: String) -> [Range<Int>] {
            let start = Int(History.start.milliseconds / 1_000)
            let row = loop.broker.image.windows.first { $0.group == GroupName(group) }
            return (row?.windows ?? []).map {
                $0.start.seconds - start..<$0.end.seconds - start
            }
        }

        /// How far the windows reach, in seconds from the start.
        var reach: Int? {
            loop.broker.windowsReach.map {
                $0.seconds - Int(History.start.milliseconds / 1_000)
            }
        }

        func appended(_ batch: JournalBatch) {}
        func answer(_ answers: [(Addressee, EngineAnswer)]) { self.answers += answers }
        func clockSet(_ mark: ClockMark) {}
        func note(_ note: WriterNote) { notes.append(note) }
    }

    private let site = History.site(3, [History.group("g", slots: ["mon.am"])])

    private func grant(_ holder: String, wait: Int? = nil, key: String? = nil) -> Command {
        .grant(
            GrantCommand(
                id: LeaseID(
                    high: 6 << 16, low: UInt64(holder.utf8.reduce(0) { $0 * 31 + Int($1) })),
                subject: Subject(
                    holder: HolderName(holder), unixGroups: [UnixGroupName("g")]),
                key: key.map { .init(text: $0, fingerprint: 1) },
                wait: wait.map { GrantCommand.Wait(seconds: $0) }))
    }

    /// What is looked after in a round was worked out before the round's commands: slots that one of
    /// them gives keep their windows.
    @Test func slotsThatChangeInTheSameRound() throws {
        let desk = try Desk()
        let two = History.site(
            3, [History.group("g", slots: ["mon.am"]), History.group("h")])
        try desk.round(at: 0, .applySite(two))
        desk.source.release("2026a", "tue.am", [5_000..<6_000])
        try desk.round(at: 3_700, .putGroup(History.group("h", slots: ["tue.am"])))
        #expect(desk.loop.broker.zones == "2026a")
        #expect(desk.windows("h") == [5_000..<6_000])
        #expect(desk.notes.isEmpty)
    }

    /// Four hundred days ahead, and anew once thirty of them are over.
    @Test func windowsAreRenewed() throws {
        let desk = try Desk()
        try desk.round(at: 0, .applySite(site))
        #expect(desk.source.askedCount == 1 && desk.reach == 400 * Self.day)
        let table: [(at: Int, what: String, asked: Int, reach: Int)] = [
            (3_600, "an hour later", 1, 400 * Self.day),
            (30 * Self.day - 3_601, "long before", 1, 400 * Self.day),
            (30 * Self.day - 1, "the second before", 1, 400 * Self.day),
            (30 * Self.day, "within the hour nobody looks", 1, 400 * Self.day),
            (30 * Self.day + 3_599, "an hour after the last look", 2, 430 * Self.day + 3_599),
            (60 * Self.day + 3_599, "and again", 3, 460 * Self.day + 3_599),
        ]
        for row in table {
            try desk.round(at: row.at)
            #expect(desk.source.askedCount == row.asked, "\(row.what)")
            #expect(desk.reach == row.reach, "\(row.what)")
        }
        #expect(desk.notes == [])
        #expect(try Engine.recover(desk.store.recover()).image == desk.loop.broker.image)
    }

    /// Another release of the zones changes what is to come, and nothing of the present.
    @Test func anotherReleaseOfTheZones() throws {
        let desk = try Desk()
        desk.source.release("2025b", "mon.am", [3_000..<4_000, 90_000..<91_000])
        try desk.round(at: 0, .applySite(site))
        try desk.round(at: 3_500, grant("ann"))
        let lease = try #require(desk.answers.last?.1.lease)
        desk.source.release("2026a", "mon.am", [3_000..<3_100, 89_000..<90_500])
        try desk.round(at: 3_599)
        #expect(desk.loop.broker.zones == "2025b")
        try desk.round(at: 3_600)
        #expect(desk.loop.broker.zones == "2026a")
        #expect(desk.windows("g") == [3_000..<4_000, 89_000..<90_500])
        #expect(desk.loop.broker.lease(lease.id)?.state == .active)
        #expect(desk.loop.broker.lease(lease.id)?.expiresAt == lease.expiresAt)
        #expect(desk.notes == [])
        #expect(try Engine.recover(desk.store.recover()).image == desk.loop.broker.image)
    }

    /// Windows that cannot be worked out further are no reason to stop: those that are known hold.
    @Test func aZoneThatIsGone() throws {
        let desk = try Desk()
        try desk.round(at: 0, .applySite(site))
        let known = desk.windows("g")
        desk.source.setBroken(true)
        try desk.round(at: 30 * Self.day)
        #expect(desk.windows("g") == known && desk.reach == 400 * Self.day)
        guard case .windowsFailed? = desk.notes.last, desk.notes.count == 1 else {
            Issue.record("\(desk.notes)")
            return
        }
        try desk.round(at: 30 * Self.day + 3_599)
        #expect(desk.notes.count == 1)
        desk.source.setBroken(false)
        try desk.round(at: 30 * Self.day + 3_600)
        #expect(desk.reach == 430 * Self.day + 3_600 && desk.notes.count == 1)
    }

    /// A start finds the boundaries that it missed, and drops the connections of before.
    @Test func aStart() throws {
        let desk = try Desk()
        try desk.round(at: 0, .applySite(site))
        try desk.round(at: 150, grant("ann"), grant("bob"), grant("cid"))
        let leases = desk.answers.compactMap(\.1.lease)
        try desk.round(at: 160, grant("dan", wait: 900, key: "k"), grant("eve", wait: 900))
        #expect(desk.loop.broker.lineSummary.waiting == 2)
        let again = try Desk(store: desk.store, at: 220)
        try again.round(at: 220)
        #expect(again.loop.broker.lineSummary.waiting == 1)
        #expect(again.loop.broker.lease(leases[0].id)?.endingReason == .windowClosed)
        try again.round(at: 229)
        #expect(again.loop.broker.leaseCount == 3)
        try again.round(at: 230)
        #expect(again.loop.broker.leaseCount == 0)
        #expect(again.loop.broker.lease(leases[0].id)?.endReason == .windowClosed)
        try again.round(at: 250)
        #expect(!again.loop.broker.hasWaiters)
    }

    /// A start works the windows out anew, but drops the connections of before first: nobody is served
    /// who is not there.
    @Test func aStartWithOtherZones() throws {
        let desk = try Desk()
        try desk.round(at: 0, .applySite(site))
        try desk.round(at: 150, grant("ann"), grant("bob"), grant("cid"))
        try desk.round(at: 160, grant("dan", wait: 900, key: "k"), grant("eve", wait: 900))
        let again = try Desk(store: desk.store, at: 1_000)
        again.source.release("2026a", "mon.am", [100..<200, 1_000..<1_100])
        try again.round(at: 1_000)
        #expect(again.loop.broker.zones == "2026a")
        #expect(again.loop.broker.leaseCount == 0)
        #expect(again.loop.broker.lineSummary.waiting == 1)
    }

    /// The loop wakes up for a window, and sleeps when there is nothing to do.
    @Test func howLongItSleeps() throws {
        let desk = try Desk()
        try desk.round(at: 0, .applySite(site))
        let longest = WriterLoop.roundMillisecondsMax
        for (at, sleeps) in [(0, longest), (99, longest), (100, longest)] {
            try desk.round(at: at)
            #expect(desk.loop.sleepMilliseconds(Desk.reading(at)) == sleeps, "\(at)")
        }
        var reading = Desk.reading(199)
        reading.bootMilliseconds += 700
        reading.wallMilliseconds += 700
        try desk.loop.round(reading)
        #expect(desk.loop.sleepMilliseconds(reading) == 300)
    }
}
