import BrokerCore
import BrokerRota
import Testing

/// One slot on one day, and the window it makes; nil when a gap swallows it.
struct SlotRow: Sendable, CustomTestStringConvertible {
    var zone: String
    var day: String
    var hours: String
    var window: String?

    init(_ zone: String, _ day: String, _ hours: String, _ window: String?) {
        (self.zone, self.day, self.hours, self.window) = (zone, day, hours, window)
    }

    var testDescription: String { "\(zone) \(day) \(hours)" }
}

@Suite struct WindowTests {
    static let paris: [SlotRow] = [("2026", "03-29", "10-25"), ("2027", "03-28", "10-31")].flatMap {
        year, spring, autumn -> [SlotRow] in
        let zone = "Europe/Paris"
        let dark = "\(year)-\(autumn)"
        let light = "\(year)-\(spring)"
        let beforeDark = date(dark).adding(days: -1).description
        let beforeLight = date(light).adding(days: -1).description
        return [
            // 02:00 to 03:00 does not exist; what would be 02:00 is 01:00 UTC.
            SlotRow(zone, light, "08:00-13:00", "\(light)T06:00Z/\(light)T11:00Z"),
            SlotRow(zone, light, "01:00-01:59", "\(light)T00:00Z/\(light)T00:59Z"),
            SlotRow(zone, light, "01:00-02:00", "\(light)T00:00Z/\(light)T01:00Z"),
            SlotRow(zone, light, "01:30-02:30", "\(light)T00:30Z/\(light)T01:00Z"),
            SlotRow(zone, light, "01:30-03:00", "\(light)T00:30Z/\(light)T01:00Z"),
            SlotRow(zone, light, "01:30-03:01", "\(light)T00:30Z/\(light)T01:01Z"),
            SlotRow(zone, light, "02:00-03:00", nil),
            SlotRow(zone, light, "02:15-02:45", nil),
            SlotRow(zone, light, "02:59-03:01", "\(light)T01:00Z/\(light)T01:01Z"),
            SlotRow(zone, light, "02:30-04:00", "\(light)T01:00Z/\(light)T02:00Z"),
            SlotRow(zone, light, "03:00-04:00", "\(light)T01:00Z/\(light)T02:00Z"),
            SlotRow(zone, light, "00:00-24:00", "\(beforeLight)T23:00Z/\(light)T22:00Z"),
            SlotRow(zone, beforeLight, "22:00-06:00", "\(beforeLight)T21:00Z/\(light)T04:00Z"),
            SlotRow(zone, beforeLight, "22:00-02:30", "\(beforeLight)T21:00Z/\(light)T01:00Z"),
            // 02:00 to 03:00 comes twice, from 00:00 and from 01:00 UTC.
            SlotRow(zone, dark, "08:00-13:00", "\(dark)T07:00Z/\(dark)T12:00Z"),
            SlotRow(zone, dark, "01:00-01:59", "\(beforeDark)T23:00Z/\(beforeDark)T23:59Z"),
            SlotRow(zone, dark, "01:00-02:00", "\(beforeDark)T23:00Z/\(dark)T01:00Z"),
            SlotRow(zone, dark, "01:30-02:30", "\(beforeDark)T23:30Z/\(dark)T01:30Z"),
            SlotRow(zone, dark, "02:00-03:00", "\(dark)T00:00Z/\(dark)T02:00Z"),
            SlotRow(zone, dark, "02:30-02:31", "\(dark)T00:30Z/\(dark)T01:31Z"),
            SlotRow(zone, dark, "02:59-03:00", "\(dark)T00:59Z/\(dark)T02:00Z"),
            SlotRow(zone, dark, "03:00-04:00", "\(dark)T02:00Z/\(dark)T03:00Z"),
            SlotRow(zone, dark, "00:00-24:00", "\(beforeDark)T22:00Z/\(dark)T23:00Z"),
            SlotRow(zone, beforeDark, "22:00-06:00", "\(beforeDark)T20:00Z/\(dark)T05:00Z"),
            SlotRow(zone, beforeDark, "22:00-02:30", "\(beforeDark)T20:00Z/\(dark)T01:30Z"),
        ]
    }

    static let elsewhere: [SlotRow] = [
        // No transitions at all, only a footer.
        SlotRow("Etc/UTC", "2026-06-01", "08:00-13:00", "2026-06-01T08:00Z/2026-06-01T13:00Z"),
        SlotRow("Asia/Kolkata", "2026-06-01", "08:00-13:00", "2026-06-01T02:30Z/2026-06-01T07:30Z"),
        SlotRow(
            "Asia/Kathmandu", "2026-06-01", "08:00-13:00", "2026-06-01T02:15Z/2026-06-01T07:15Z"),
        SlotRow(
            "America/St_Johns", "2026-03-08", "02:30-03:30", "2026-03-08T05:30Z/2026-03-08T06:00Z"),
        SlotRow(
            "America/St_Johns", "2026-11-01", "01:30-01:45", "2026-11-01T04:00Z/2026-11-01T05:15Z"),
        // Half an hour of DST: 02:00 becomes 02:30, and 02:00 becomes 01:30.
        SlotRow("Australia/Lord_Howe", "2026-10-04", "02:00-02:30", nil),
        SlotRow(
            "Australia/Lord_Howe", "2026-10-04", "02:15-03:00",
            "2026-10-03T15:30Z/2026-10-03T16:00Z"),
        SlotRow(
            "Australia/Lord_Howe", "2026-10-04", "08:00-13:00",
            "2026-10-03T21:00Z/2026-10-04T02:00Z"),
        SlotRow(
            "Australia/Lord_Howe", "2026-04-05", "01:30-02:00",
            "2026-04-04T14:30Z/2026-04-04T15:30Z"),
        SlotRow(
            "Australia/Lord_Howe", "2026-04-05", "01:45-01:50",
            "2026-04-04T14:45Z/2026-04-04T15:20Z"),
        // Ramadan: the offset falls to 0 in February, and rises again in March.
        SlotRow(
            "Africa/Casablanca", "2026-02-15", "02:30-02:45", "2026-02-15T01:30Z/2026-02-15T02:45Z"),
        SlotRow(
            "Africa/Casablanca", "2026-03-22", "02:30-03:30", "2026-03-22T02:00Z/2026-03-22T02:30Z"),
        SlotRow("Africa/Casablanca", "2026-03-22", "02:10-02:50", nil),
        // Standard time is the summer's; in 2050 it is the footer that says so.
        SlotRow("Europe/Dublin", "2026-03-29", "01:15-01:45", nil),
        SlotRow(
            "Europe/Dublin", "2026-10-25", "01:15-01:45", "2026-10-25T00:15Z/2026-10-25T01:45Z"),
        SlotRow("Europe/Dublin", "2050-03-27", "01:15-01:45", nil),
        SlotRow(
            "Europe/Dublin", "2050-10-30", "01:15-01:45", "2050-10-30T00:15Z/2050-10-30T01:45Z"),
        // The last hour of a Saturday is missing or comes twice.
        SlotRow("America/Nuuk", "2026-03-28", "23:15-23:45", nil),
        SlotRow("America/Nuuk", "2026-03-28", "22:00-24:00", "2026-03-29T00:00Z/2026-03-29T01:00Z"),
        SlotRow("America/Nuuk", "2026-03-29", "00:00-08:00", "2026-03-29T01:00Z/2026-03-29T09:00Z"),
        SlotRow("America/Nuuk", "2026-10-24", "23:15-23:45", "2026-10-25T00:15Z/2026-10-25T01:45Z"),
        SlotRow("America/Nuuk", "2026-10-24", "23:00-24:00", "2026-10-25T00:00Z/2026-10-25T02:00Z"),
        SlotRow("America/Nuuk", "2026-10-24", "22:00-23:00", "2026-10-24T23:00Z/2026-10-25T01:00Z"),
        SlotRow("America/Nuuk", "2026-10-25", "00:00-08:00", "2026-10-25T02:00Z/2026-10-25T10:00Z"),
        // Friday 2011-12-30 did not happen.
        SlotRow("Pacific/Apia", "2011-12-30", "08:00-13:00", nil),
        SlotRow("Pacific/Apia", "2011-12-30", "00:00-24:00", nil),
        SlotRow("Pacific/Apia", "2011-12-29", "22:00-06:00", "2011-12-30T08:00Z/2011-12-30T10:00Z"),
        SlotRow("Pacific/Apia", "2011-12-30", "22:00-06:00", "2011-12-30T10:00Z/2011-12-30T16:00Z"),
        SlotRow("Pacific/Apia", "2011-12-31", "00:00-08:00", "2011-12-30T10:00Z/2011-12-30T18:00Z"),
        // Days that begin at one o'clock, and days whose last hour comes twice.
        SlotRow(
            "America/Asuncion", "2024-10-06", "00:00-08:00", "2024-10-06T04:00Z/2024-10-06T11:00Z"),
        SlotRow("America/Asuncion", "2024-10-06", "00:15-00:45", nil),
        SlotRow(
            "America/Santiago", "2026-09-06", "00:00-06:00", "2026-09-06T04:00Z/2026-09-06T09:00Z"),
        SlotRow(
            "America/Santiago", "2026-04-04", "23:15-23:45", "2026-04-05T02:15Z/2026-04-05T03:45Z"),
        SlotRow("Africa/Cairo", "2026-04-24", "00:00-01:00", nil),
        SlotRow("Africa/Cairo", "2026-04-23", "23:00-01:30", "2026-04-23T21:00Z/2026-04-23T22:30Z"),
        SlotRow("Africa/Cairo", "2026-10-29", "23:00-24:00", "2026-10-29T20:00Z/2026-10-29T22:00Z"),
        SlotRow("Africa/Cairo", "2026-10-30", "00:00-08:00", "2026-10-29T22:00Z/2026-10-30T06:00Z"),
    ]

    /// Asked of the slot itself, and of a group that has it on this one day.
    @Test(arguments: paris + elsewhere)
    func slots(row: SlotRow) throws {
        let rota = try makeRota(
            row.zone, slots: ["slot \(row.hours)"], groups: ["g": ""],
            exceptions: [exception(row.day, "slot=g")])
        let expected = row.window.map { text in
            text.split(separator: "/").map { utc(String($0)).description }.joined(separator: "/")
        }
        #expect(rota.window(ofSlot: 0, on: date(row.day))?.description == expected)
        let noon = UnixTime(seconds: date(row.day).dayNumber * 86_400 + 43_200)
        let windows = rota.windows(
            for: group("g"), from: noon.adding(seconds: -40 * 86_400),
            to: noon.adding(seconds: 40 * 86_400))
        #expect(windows.map(\.description) == [expected].compactMap { $0 })
    }

    private func texts(_ rota: Rota, _ name: String, _ from: String, _ to: String) -> [String] {
        rota.windows(for: group(name), from: utc(from), to: utc(to)).map(\.description)
    }

    @Test func aWeek() throws {
        let rota = try makeRota(groups: ["finance": "mon.am tue.pm", "roads": "mon.am mon.pm"])
        #expect(
            texts(rota, "finance", "2026-11-23T00:00Z", "2026-11-30T00:00Z") == [
                "2026-11-23T07:00:00Z/2026-11-23T12:00:00Z",
                "2026-11-24T12:00:00Z/2026-11-24T17:30:00Z",
            ])
        // Two slots that meet are one window.
        #expect(
            texts(rota, "roads", "2026-11-23T00:00Z", "2026-11-30T00:00Z") == [
                "2026-11-23T07:00:00Z/2026-11-23T17:30:00Z"
            ])
        #expect(texts(rota, "finance", "2026-11-23T12:00Z", "2026-11-24T12:00Z") == [])
        #expect(texts(rota, "finance", "2026-11-24T12:00Z", "2026-11-23T12:00Z") == [])
        #expect(texts(rota, "nobody", "2026-11-23T00:00Z", "2026-11-30T00:00Z") == [])
    }

    @Test func windowsAreCutAtTheEndsOfTheTimeAskedFor() throws {
        let rota = try makeRota(groups: ["finance": "mon.am"])
        for (from, to, expected) in [
            ("08:00", "09:00", "2026-11-23T08:00:00Z/2026-11-23T09:00:00Z"),
            ("06:59", "07:01", "2026-11-23T07:00:00Z/2026-11-23T07:01:00Z"),
            ("11:59", "12:01", "2026-11-23T11:59:00Z/2026-11-23T12:00:00Z"),
        ] {
            #expect(
                texts(rota, "finance", "2026-11-23T\(from)Z", "2026-11-23T\(to)Z") == [expected])
        }
    }

    @Test func nightsMeetMornings() throws {
        let rota = try makeRota(
            slots: ["night 22:00-06:00", "early 05:00-08:00", "day 08:00-22:00"],
            groups: [
                "shift": "mon.night tue.early", "guard": "sun.night mon.early mon.day mon.night",
            ])
        #expect(
            texts(rota, "shift", "2026-11-23T00:00Z", "2026-11-30T00:00Z") == [
                "2026-11-23T21:00:00Z/2026-11-24T07:00:00Z"
            ])
        // From Sunday evening into Tuesday morning, over the change of the week.
        #expect(
            texts(rota, "guard", "2026-11-20T00:00Z", "2026-11-28T00:00Z") == [
                "2026-11-22T21:00:00Z/2026-11-24T05:00:00Z"
            ])
    }

    @Test func allGroupsAsEachAlone() throws {
        let rota = try makeRota(
            cycleWeeks: 2, groups: ["a": "1.mon.am 2.tue.pm", "b": nil, "c": "", "d": "1.sun.pm"],
            exceptions: [exception("2026-03-02", "am=c,d pm=a")])
        let (from, to) = (utc("2026-01-01T12:00Z"), utc("2027-02-01T12:00Z"))
        let all = rota.windows(from: from, to: to)
        #expect(all.map(\.group.value) == ["a", "c", "d"])
        for found in all {
            #expect(found.windows == rota.windows(for: found.group, from: from, to: to))
            #expect(!found.windows.isEmpty)
        }
        #expect(rota.windows(for: group("b"), from: from, to: to).map(\.start) == [from])
    }
}
