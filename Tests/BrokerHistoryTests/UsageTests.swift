import BrokerCore
import BrokerHistory
import GRDB
import Testing

@testable import BrokerHistorySQLite

/// Figures of usage, against a count of every second.
@Suite struct UsageTests {
    private static let parties = [
        UsageParty(),
        UsageParty(group: GroupName("a"), pool: PoolName("p")),
        UsageParty(group: GroupName("a"), pool: PoolName("q")),
        UsageParty(group: GroupName("b"), pool: PoolName("p")),
    ]

    /// Events as a line each: the instant, a party's number, what happens.
    private static func events(_ lines: [(Int64, Int, UsageEvent.Kind)]) -> [UsageEvent] {
        lines.map { UsageEvent($0.2, at: $0.0, whose: parties[$0.1]) }
    }

    private func history(_ events: [UsageEvent], in folder: Folder) throws -> HistoryDatabase {
        let history = try HistoryDatabase(path: folder.database)
        try history.begin(instance: "name", revision: 0, leases: [], usage: [])
        var rows = HistoryRows()
        rows.usage = events
        try history.write(rows, through: 1)
        return history
    }

    private func text(_ row: UsageFigures) -> String {
        let whose = "\(row.whose.group?.value ?? "-")/\(row.whose.pool?.value ?? "-")"
        let refusals = row.refusals.enumerated().filter { $0.element > 0 }
            .map { " \(Rule(rawValue: UInt8($0.offset))!.slug)=\($0.element)" }.joined()
        return "\(row.period) \(whose) \(row.seatMilliseconds)ms peak \(row.peak)"
            + " grants \(row.grants) waited \(row.waitMilliseconds)ms by \(row.waiters)\(refusals)"
    }

    @Test func aSmallHouse() throws {
        let folder = Folder()
        let events = Self.events([
            (100, 1, .granted), (200, 3, .granted), (200, 1, .ended), (250, 2, .granted),
            (300, 1, .refused(.quotaExceeded)), (300, 1, .waitStarted), (310, 2, .ended),
            (320, 1, .waitEnded), (320, 1, .granted), (330, 3, .chargedAway),
            (330, 1, .chargedTo), (400, 1, .ended),
        ])
        let history = try history(events, in: folder)
        defer { history.close() }
        func ask(_ bounds: [Int64], group: Bool, pool: Bool, now: Int64 = 1_000) throws -> [String]
        {
            try #require(
                try history.usage(
                    UsageQuestion(bounds: bounds, byGroup: group, byPool: pool, now: now))
            ).map(text)
        }
        #expect(
            try ask([0, 1_000], group: false, pool: false) == [
                "0 -/- 1040ms peak 2 grants 4 waited 20ms by 1 quota-exceeded=1"
            ])
        // The peaks of the parts add up to 3, and there were never more than 2.
        #expect(
            try ask([0, 1_000], group: true, pool: true) == [
                "0 a/p 850ms peak 2 grants 2 waited 20ms by 1 quota-exceeded=1",
                "0 a/q 60ms peak 1 grants 1 waited 0ms by 0",
                "0 b/p 130ms peak 1 grants 1 waited 0ms by 0",
            ])
        #expect(
            try ask([0, 1_000], group: false, pool: true) == [
                "0 -/p 980ms peak 2 grants 3 waited 20ms by 1 quota-exceeded=1",
                "0 -/q 60ms peak 1 grants 1 waited 0ms by 0",
            ])
        // Half-open: what happens at a bound belongs to what begins there.
        #expect(
            try ask([100, 200, 300], group: false, pool: false) == [
                "0 -/- 100ms peak 1 grants 1 waited 0ms by 0",
                "1 -/- 150ms peak 2 grants 2 waited 0ms by 0",
            ])
        // Up to the present, and no further.
        #expect(
            try ask([350, 400, 500, 600], group: true, pool: false, now: 450) == [
                "0 a/- 100ms peak 2 grants 0 waited 0ms by 0",
                "1 a/- 50ms peak 1 grants 0 waited 0ms by 0",
            ])
        #expect(
            try ask([2_000, 3_000], group: false, pool: false, now: 2_500) == [
                "0 -/- 500ms peak 1 grants 0 waited 0ms by 0"
            ])
        #expect(
            try ask([10, 20], group: false, pool: false) == [
                "0 -/- 0ms peak 0 grants 0 waited 0ms by 0"
            ])
        #expect(try ask([10, 20], group: true, pool: false) == [])
        let many = (0...Int64(UsageQuestion.rowCountMax)).map { $0 }
        #expect(try ask(many, group: false, pool: false).count == 1_000)
        #expect(
            try history.usage(UsageQuestion(bounds: many, byGroup: true, now: 0)) == nil)
    }

    /// Where the clock is set, no time passes, and a peak is no sum of two passes.
    @Test func theClockIsSet() throws {
        for (target, sum, rows) in [
            // On by 1,000: what is skipped counts for nobody.
            (Int64(1_500), Int64(1_000), [400, 0, 600]),
            // Back by 300: what comes twice counts twice.
            (200, 1_000, [1_000, 0, 0]),
        ] {
            let folder = Folder()
            let events = Self.events([
                (100, 1, .granted), (500, 0, .clockLeft), (target, 0, .clockSet),
                (target + 600, 1, .ended),
            ])
            let history = try history(events, in: folder)
            defer { history.close() }
            let found = try #require(
                try history.usage(UsageQuestion(bounds: [0, 1_000, 1_500, 3_000], now: 5_000)))
            #expect(found.map(\.seatMilliseconds) == rows.map { Int64($0) })
            #expect(found.reduce(0) { $0 + $1.seatMilliseconds } == sum)
            #expect(found.map(\.peak).max() == 1)
        }
    }

    /// Thousands of events in chunks, cut anywhere, written in pieces with the file opened anew
    /// between them, against a count that looks at every instant.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func aLongHouse(seed: UInt64) throws {
        var state = seed
        func draw(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        var events: [UsageEvent] = []
        var live = [0, 0, 0, 0]
        var at: Int64 = 0
        for _ in 0..<7_000 {
            at += Int64(draw(3))
            let party = 1 + draw(3)
            let isEnd = live[party] > 0 && draw(100) < 48
            live[party] += isEnd ? -1 : 1
            events.append(
                UsageEvent(isEnd ? .ended : .granted, at: at, whose: Self.parties[party]))
        }
        let folder = Folder()
        var history = try history(Array(events[..<10]), in: folder)
        var cut = 10
        while cut < events.count {
            let next = min(events.count, cut + 1 + draw(900))
            var rows = HistoryRows()
            rows.usage = Array(events[cut..<next])
            try history.write(rows, through: UInt64(next))
            cut = next
            history.close()
            history = try HistoryDatabase(path: folder.database)
        }
        defer { history.close() }
        #expect(
            try history.reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM usage_chunk") }
                == 4)
        for _ in 0..<6 {
            let from = Int64(draw(Int(at)))
            let to = from + 1 + Int64(draw(3_000))
            let now = at + 500
            for whose in [nil, GroupName("a"), GroupName("b")] {
                let found = try #require(
                    try history.usage(
                        UsageQuestion(bounds: [from, to], byGroup: whose != nil, now: now))
                ).first { whose == nil || $0.whose.group == whose }
                let expected = Self.count(events, from: from, to: min(to, now), whose)
                #expect(found?.seatMilliseconds ?? 0 == expected.sum, "\(from) to \(to)")
                #expect(found?.peak ?? 0 == expected.peak, "\(from) to \(to)")
                #expect(found?.grants ?? 0 == expected.grants, "\(from) to \(to)")
            }
        }
    }

    /// Millisecond by millisecond.
    private static func count(
        _ events: [UsageEvent], from: Int64, to: Int64, _ group: GroupName?
    ) -> (sum: Int64, peak: Int, grants: Int) {
        let events = events.filter { group == nil || $0.whose.group == group }
        var result = (sum: Int64(0), peak: 0, grants: 0)
        var next = 0
        var live = 0
        for at in 0..<max(from, to) {
            while next < events.count, events[next].at <= at {
                live += events[next].kind.leaseStep
                if at >= from, events[next].kind == .granted { result.grants += 1 }
                next += 1
            }
            guard at >= from else { continue }
            result.sum += Int64(live)
            result.peak = max(result.peak, live)
        }
        return result
    }

    @Test func codesStandForTheirKinds() {
        let kinds: [UsageEvent.Kind] =
            [
                .granted, .found, .ended, .chargedAway, .chargedTo, .waitStarted, .waitFound,
                .waitEnded, .waitMovedAway, .waitMovedTo, .clockLeft, .clockSet,
            ] + Rule.allCases.map { .refused($0) }
        #expect(kinds.allSatisfy { UsageEvent.Kind(code: $0.code) == $0 })
        #expect(Set(kinds.map(\.code)).count == kinds.count)
        for code in [0, 14, 0xFF, 11 | 99 << 8, 1 | 1 << 8, .max] as [UInt32] {
            #expect(UsageEvent.Kind(code: code) == nil)
        }
    }

    /// A day of a house with a queue, a refusal and a clock that is set.
    @Test func aDayBecomesItsFigures() throws {
        let house = House()
        try house.live()
        let folder = Folder()
        let history = try HistoryDatabase(path: folder.database)
        defer { history.close() }
        try history.begin(instance: "name", revision: 0, leases: [], usage: [])
        let rows = try house.rows()
        try history.write(rows, through: house.revision)
        let found = try #require(
            try history.usage(
                UsageQuestion(
                    bounds: [House.start, House.start + 2 * House.dayMilliseconds],
                    now: House.start + 2 * House.dayMilliseconds)))
        let lengths = try history.reading { db in
            try Int64.fetchOne(db, sql: "SELECT sum(ended_line - granted_line) FROM lease")
        }
        #expect(found.count == 1 && found[0].grants == 3 && found[0].peak == 2)
        #expect(found[0].seatMilliseconds == lengths)
        #expect(found[0].waitMilliseconds == 30_000 && found[0].waiters == 1)
        #expect(found[0].refusals[Int(Rule.quotaExceeded.rawValue)] == 1)
        // Names and whole leases go, figures stay.
        for _ in 0..<50 {
            let old = House.start + 2_000 * House.dayMilliseconds
            if try !history.retire(
                HistoryRetention(namesDays: 1, keepDays: 2), now: old, limit: 100)
            {
                break
            }
        }
        #expect(try history.lease(LeaseID(high: 1 << 16, low: 1)) == nil)
        let still = try history.usage(
            UsageQuestion(
                bounds: [House.start, House.start + 2 * House.dayMilliseconds],
                now: House.start + 2 * House.dayMilliseconds))
        #expect(still == found)
    }
}
