import BrokerAPI
import BrokerCore
import BrokerRota
import Testing

@testable import BrokerHTTP

/// Where periods begin, on the days on which clocks are set above all.
@Suite struct UsagePeriodTests {
    private static func instant(_ text: String) throws -> Int64 {
        try #require(Timestamp(text: text)).milliseconds
    }

    private static func periods(_ zone: String?) throws -> UsagePeriods {
        UsagePeriods(
            zone: try zone.map {
                try ZoneDirectory(path: ZoneDirectory.defaultPath).zone(named: $0)
            })
    }

    /// How many hours each whole day has, counted as rows.
    @Test(
        arguments: [
            ("Europe/Paris", "2026-03-29", 23, 23 * 3_600),
            ("Europe/Paris", "2026-10-25", 25, 25 * 3_600),
            ("Europe/Paris", "2026-11-24", 24, 24 * 3_600),
            ("Asia/Kolkata", "2026-11-24", 24, 24 * 3_600),
            (nil, "2026-03-29", 24, 24 * 3_600),
            // Set by half an hour: an hour of the clock's is 90 minutes long, or 30.
            ("Australia/Lord_Howe", "2026-04-05", 24, 88_200),
            ("Australia/Lord_Howe", "2026-10-04", 24, 84_600),
        ] as [(String?, String, Int, Int)])
    func hours(zone: String?, date: String, count: Int, seconds: Int) throws {
        let periods = try Self.periods(zone)
        let day = try #require(CivilDate(text: date))
        let from = Int64(periods.start(of: day).seconds) * 1_000
        let to = Int64(periods.start(of: day.adding(days: 1)).seconds) * 1_000
        #expect(to - from == Int64(seconds) * 1_000)
        let bounds = try #require(periods.bounds(from: from, to: to, .hour, countMax: 30))
        #expect(bounds.count == count + 1)
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        #expect(try #require(periods.bounds(from: from, to: to, .day, countMax: 30)) == [from, to])
    }

    @Test(
        arguments: [
            // The spring's gap, and the hour that comes twice.
            (
                "Europe/Paris", "2026-03-29T00:30:00Z", "2026-03-29T02:30:00.001Z",
                UsagePeriods.Length.hour,
                ["2026-03-29T01:00:00.000Z", "2026-03-29T02:00:00.000Z"]
            ),
            (
                "Europe/Paris", "2026-10-24T23:59:59.999Z", "2026-10-25T02:00:00.001Z", .hour,
                [
                    "2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z",
                    "2026-10-25T02:00:00.000Z",
                ]
            ),
            // A bound at which the question begins or ends is no second one.
            (
                "Europe/Paris", "2026-11-24T08:00:00Z", "2026-11-24T10:00:00Z", .hour,
                ["2026-11-24T09:00:00.000Z"]
            ),
            (
                "Asia/Kolkata", "2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z", .hour,
                ["2026-11-24T08:30:00.000Z"]
            ),
            (
                "Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", .day,
                ["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]
            ),
            (
                "Europe/Paris", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", .day,
                ["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]
            ),
            (
                "Europe/Paris", "2026-02-15T00:00:00Z", "2026-04-15T00:00:00Z", .month,
                ["2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z"]
            ),
            (
                nil, "2026-12-15T00:00:00Z", "2027-01-01T00:00:00.001Z", .month,
                ["2027-01-01T00:00:00.000Z"]
            ),
            (
                "America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T12:00:00Z", .day,
                // A gap swallows midnight.
                ["2026-09-06T04:00:00.000Z"]
            ),
        ] as [(String?, String, String, UsagePeriods.Length, [String])])
    func borders(
        zone: String?, from: String, to: String, length: UsagePeriods.Length, borders: [String]
    ) throws {
        let periods = try Self.periods(zone)
        let (from, to) = (try Self.instant(from), try Self.instant(to))
        let bounds = try #require(periods.bounds(from: from, to: to, length, countMax: 100))
        #expect(bounds.first == from && bounds.last == to)
        #expect(
            bounds.dropFirst().dropLast().map { Timestamp(milliseconds: $0).text } == borders)
    }

    @Test func thereMayBeTooMany() throws {
        let periods = try Self.periods(nil)
        #expect(periods.bounds(from: 0, to: 7_200_000, .hour, countMax: 2)?.count == 3)
        #expect(periods.bounds(from: 0, to: 7_200_001, .hour, countMax: 2) == nil)
        let latest = Timestamp.latest.milliseconds
        #expect(periods.bounds(from: latest - 9, to: latest, .month, countMax: 2)?.count == 2)
    }
}
