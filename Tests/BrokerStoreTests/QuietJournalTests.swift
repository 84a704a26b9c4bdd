import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

/// The journal loses its names in time, whatever happens or does not.
@Suite struct QuietJournalTests {
    private final class Desk: WriterEvents {
        let store = MemoryStore()
        private(set) var loop: WriterLoop!

        init() throws {
            let broker = try Engine.recover(store.recover())
            loop = WriterLoop(
                broker: broker, snapshotRevision: 0, store: store,
                timeLine: TimeLine(
                    known: broker.clock, latest: broker.latest, reading: Self.reading(0)),
                events: self, windows: HalfDays())
            loop.start()
        }

        static func reading(_ seconds: Int) -> ClockReading {
            ClockReading(
                bootMilliseconds: Int64(seconds) * 1_000 + 5_000,
                wallMilliseconds: History.start.milliseconds + Int64(seconds) * 1_000,
                bootHigh: 7, bootLow: 8)
        }

        func appended(_ batch: JournalBatch) {}
        func answer(_ answers: [(Addressee, EngineAnswer)]) {}
        func clockSet(_ mark: ClockMark) {}
        func note(_ note: WriterNote) {}
    }

    /// Three days in which something happens, the first of them with a base behind it, and none after.
    @Test func nothingNeedsToHappenForIt() throws {
        let desk = try Desk()
        let day = 86_400
        for hour in 0...(40 * 24) {
            let seconds = hour * 3_600
            desk.loop.retention = JournalRetention(
                keepSeconds: 32 * day, through: desk.loop.broker.revision)
            if hour < 72 {
                desk.loop.submit(
                    Engine.Submission(
                        .noteReload(["roles"]), by: History.admin, ticket: Ticket(1)))
            }
            try desk.loop.round(Desk.reading(seconds))
            let oldest = try desk.store.history(after: 0, from: .distantPast, limit: 1).first
            let at = try oldest.map { try #require($0.entries.first).at.milliseconds }
            guard let at else { continue }
            let now = History.start.milliseconds + Int64(seconds) * 1_000
            #expect(now - at <= Int64(32 * day + 3_600) * 1_000)
        }
        #expect(try desk.store.history(after: 0, from: .distantPast, limit: 1).isEmpty)
    }
}
