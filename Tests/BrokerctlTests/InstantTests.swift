import BrokerAPI
import Testing

@testable import brokerctl

/// Paris in 2026: an hour ahead of UTC, two from 2026-03-29 01:00 UTC to 2026-10-25 01:00 UTC.
private let paris = LocalZone { seconds in
    (1_774_746_000..<1_792_890_000).contains(seconds) ? 7200 : 3600
}

private func instant(_ text: String) -> Timestamp {
    guard let instant = Timestamp(text: text) else { preconditionFailure(text) }
    return instant
}

@Suite struct InstantTests {
    /// A quarter past midnight in Paris, and the day before in UTC.
    private let now = instant("2026-11-23T23:15:00Z")

    @Test(arguments: [
        ("13:00", "2026-11-24T12:00:00.000Z"), ("8:05", "2026-11-24T07:05:00.000Z"),
        ("00:00", "2026-11-23T23:00:00.000Z"), ("23:59:59", "2026-11-24T22:59:59.000Z"),
        ("today 13:00", "2026-11-24T12:00:00.000Z"),
        ("tomorrow 08:00", "2026-11-25T07:00:00.000Z"),
        ("yesterday 08:00", "2026-11-23T07:00:00.000Z"),
        ("2026-11-30 13:00", "2026-11-30T12:00:00.000Z"),
        ("2026-07-14 13:00", "2026-07-14T11:00:00.000Z"),
        ("2026-11-30T13:00", "2026-11-30T12:00:00.000Z"),
        ("2026-11-30T13:00:30", "2026-11-30T12:00:30.000Z"),
        ("2026-11-30T13:00:00Z", "2026-11-30T13:00:00.000Z"),
        ("2026-11-30T13:00:00+01:00", "2026-11-30T12:00:00.000Z"),
        ("now", "2026-11-23T23:15:00.000Z"),
    ])
    func peopleAreUnderstood(text: String, meant: String) throws {
        #expect(try InstantText.instant(text, now: now, zone: paris).text == meant)
    }

    @Test(arguments: [
        "", " ", "13", "13h", "1:0", "24:00", "12:60", "12:00:60", "-1:00", "12:00:", ":00",
        "12:00 today", "today", "tomorrow", "2026-11-30", "2026-02-29 08:00", "2026-13-01 08:00",
        "26-11-30 08:00", "monday 08:00", "2026-11-30 13:00 Z", "2026-11-30 13:00Z", "０8:00",
        "2026-11-30T13:00T14:00",
    ])
    func othersAreRefused(text: String) {
        #expect(throws: InstantText.Mistake.self) {
            try InstantText.instant(text, now: now, zone: paris)
        }
    }

    @Test(arguments: [
        ("2026-03-29 01:59:59", "2026-03-29T00:59:59.000Z"),
        ("2026-03-29 03:00", "2026-03-29T01:00:00.000Z"),
        ("2026-10-25 01:59:59", "2026-10-24T23:59:59.000Z"),
        // Twice: the first counts.
        ("2026-10-25 02:00", "2026-10-25T00:00:00.000Z"),
        ("2026-10-25 02:59:59", "2026-10-25T00:59:59.000Z"),
        ("2026-10-25 03:00", "2026-10-25T02:00:00.000Z"),
    ])
    func clocksAreChanged(text: String, meant: String) throws {
        #expect(try InstantText.instant(text, now: now, zone: paris).text == meant)
    }

    @Test(arguments: ["2026-03-29 02:00", "2026-03-29 02:59:59"])
    func whatAGapLeavesOutIsSaid(text: String) {
        let mistake = #expect(throws: InstantText.Mistake.self) {
            try InstantText.instant(text, now: now, zone: paris)
        }
        #expect(mistake?.description.contains("set forward") == true)
    }

    @Test func theZoneOfTheTerminalReadsWhatItShows() throws {
        for hours in stride(from: Int64(0), to: 24 * 400, by: 7) {
            let then = Timestamp(milliseconds: 1_767_225_600_000 + hours * 3_600_000)
            let far = Timestamp(milliseconds: 0)
            let shown = LocalTime.text(then, now: far)
            let read = try InstantText.instant(shown, now: far, zone: LocalTime.zone)
            // The second pass of a repeated hour reads as the first.
            #expect(LocalTime.text(read, now: far) == shown)
            #expect(read <= then)
        }
    }

    @Test func datesAreTheHouses() throws {
        #expect(InstantText.date("today", now: now, zone: paris) == "2026-11-24")
        #expect(InstantText.date("tomorrow", now: now, zone: paris) == "2026-11-25")
        #expect(InstantText.date("2026-11-30", now: now, zone: paris) == "2026-11-30")
        #expect(InstantText.date("13:00", now: now, zone: paris) == nil)
        #expect(try InstantArgument.bound("2026-11-30") == "2026-11-30")
        #expect(
            try InstantArgument.bound("2026-11-30T13:00:00+01:00") == "2026-11-30T12:00:00.000Z")
        #expect(throws: (any Error).self) { try InstantArgument.bound("soon") }
    }

    @Test func aWeekIsAWeekAlsoWhereClocksAreChanged() {
        #expect(RotaShow.weekAfter("2026-10-22") == "2026-10-29")
        #expect(RotaShow.weekAfter("2026-12-28") == "2027-01-04")
        #expect(RotaShow.weekAfter("2026-11-30T12:00:00.000Z") == "2026-12-07T12:00:00.000Z")
        #expect(RotaShow.weekAfter("2026-02-30") == nil)
    }

    @Test func aDrainStartsInTheFuture() throws {
        #expect(try InstantArgument.drainTime("window-end") == .windowEnd)
        let now = LocalTime.now.milliseconds
        for (offset, isTaken) in [
            (-3_600_000, false), (-61_000, false), (-50_000, true), (1, true),
        ] {
            let then = Timestamp(milliseconds: now + Int64(offset))
            if isTaken {
                #expect(try InstantArgument.drainTime(then.text) == .instant(then))
            } else {
                #expect(throws: (any Error).self) { try InstantArgument.drainTime(then.text) }
            }
        }
    }

    @Test func aReplayBeginsInThePast() throws {
        let week = LocalTime.now.milliseconds - 7 * 86_400_000
        let since = try ReplayCommand.since("7d").milliseconds
        #expect((week...week + 10_000).contains(since))
        #expect(
            try ReplayCommand.since("2026-01-01T00:00:00Z") == instant("2026-01-01T00:00:00Z"))
        for text in ["7", "2100-01-01T00:00:00Z", ""] {
            #expect(throws: (any Error).self) { try ReplayCommand.since(text) }
        }
    }

    @Test func aWaitIsBounded() throws {
        #expect(try DurationArgument.waitSeconds("12h") == 43_200)
        #expect(try DurationArgument.waitSeconds("0") == 0)
        for text in ["12h0m1s", "43201s", "5"] {
            #expect(throws: (any Error).self) { try DurationArgument.waitSeconds(text) }
        }
    }
}
