import BrokerCore
import BrokerRota
import Testing

@Suite struct RotaTests {
    private func starts(_ rota: Rota, _ name: String, _ from: String, _ to: String) -> [String] {
        let from = UnixTime(seconds: date(from).dayNumber * 86_400)
        let to = UnixTime(seconds: date(to).dayNumber * 86_400)
        return rota.windows(for: group(name), from: from, to: to).map {
            rota.zone.local(at: $0.start).date.description
        }
    }

    // MARK: The cycle

    /// 2026 has a week 53: weeks 53 and 1 follow each other, both odd.
    @Test func theYearWithFiftyThreeWeeks() throws {
        let rota = try makeRota(cycleWeeks: 2, groups: ["a": "1.mon.am", "b": "2.mon.am"])
        #expect(
            starts(rota, "a", "2026-12-14", "2027-02-01")
                == ["2026-12-21", "2027-01-04", "2027-01-18"])
        #expect(
            starts(rota, "b", "2026-12-14", "2027-02-01")
                == ["2026-12-14", "2026-12-28", "2027-01-11", "2027-01-25"])
    }

    @Test(arguments: [
        (1, "2025-12-29", 1), (1, "2026-01-05", 1), (1, "2026-01-12", 1),
        (2, "2026-01-04", 2), (2, "2026-01-05", 1), (2, "2026-01-11", 1), (2, "2026-01-12", 2),
        (2, "2026-12-28", 2), (2, "2027-01-03", 2), (2, "2027-01-04", 1), (2, "2025-12-28", 1),
        (3, "2026-01-04", 3), (3, "2025-12-28", 2), (3, "2025-12-21", 1), (3, "2025-12-14", 3),
        (3, "2026-01-05", 1), (3, "2026-01-19", 3), (3, "2026-01-26", 1), (3, "2026-12-28", 1),
        (52, "2026-01-04", 52), (52, "2027-01-03", 52), (52, "2027-01-04", 1),
    ])
    func weeksOfTheCycle(weeks: Int, day: String, expected: Int) throws {
        let rota = try makeRota(cycleWeeks: weeks, groups: [:])
        #expect(rota.cycleWeek(of: date(day)) == expected)
    }

    @Test func cycles() throws {
        let one = try makeRota(groups: ["a": "mon.am 1.tue.am"])
        #expect(
            starts(one, "a", "2026-01-04", "2026-01-18")
                == ["2026-01-05", "2026-01-06", "2026-01-12", "2026-01-13"])
        let three = try makeRota(cycleWeeks: 3, groups: ["a": "1.mon.am 3.fri.pm"])
        #expect(
            starts(three, "a", "2025-12-14", "2026-02-15")
                == [
                    "2025-12-15", "2026-01-02", "2026-01-05", "2026-01-23", "2026-01-26",
                    "2026-02-13",
                ])
    }

    // MARK: Exceptions

    @Test func exceptionsReplaceTheDay() throws {
        let rota = try makeRota(
            slots: ["am 08:00-13:00", "pm 13:00-18:30", "night 22:00-06:00"],
            groups: ["a": "wed.am wed.pm tue.night", "b": "wed.pm", "free": nil],
            exceptions: [
                closed("2026-11-11"), exception("2026-11-18", "am=b,free"),
                exception("2026-11-25", ""), exception("2026-12-05", "pm=a"),
            ])
        func on(_ name: String, _ day: String) -> [String] {
            let midnight = UnixTime(seconds: date(day).dayNumber * 86_400 - 3_600)
            return rota.windows(
                for: group(name), from: midnight, to: midnight.adding(seconds: 86_400)
            ).map {
                String(
                    $0.description.split(separator: "/").map { $0.dropFirst(11).prefix(5) }.joined(
                        separator: "-"))
            }
        }
        // The night that began the day before goes on, closed or not.
        #expect(on("a", "2026-11-04") == ["23:00-05:00", "07:00-17:30"])
        #expect(on("a", "2026-11-11") == ["23:00-05:00"])
        #expect(on("b", "2026-11-11") == [])
        #expect(on("free", "2026-11-11") == ["23:00-23:00"])
        #expect(on("a", "2026-11-18") == ["23:00-05:00"])
        #expect(on("b", "2026-11-18") == ["07:00-12:00"])
        #expect(on("free", "2026-11-18") == ["23:00-23:00"])
        #expect(on("b", "2026-11-25") == [])
        #expect(on("a", "2026-12-05") == ["12:00-17:30"])
        #expect(on("a", "2026-12-12") == [])
    }

    @Test func aClosedDayEndsTheNightBeforeItNot() throws {
        let rota = try makeRota(
            slots: ["night 22:00-06:00"], groups: ["a": "tue.night wed.night"],
            exceptions: [closed("2026-11-10")])
        #expect(starts(rota, "a", "2026-11-09", "2026-11-16") == ["2026-11-11"])
    }

    // MARK: Questions

    @Test func openOrNot() throws {
        let rota = try makeRota(groups: ["a": "mon.am", "free": nil, "never": ""])
        for (instant, isOpen) in [
            ("2026-11-23T06:59:59Z", false), ("2026-11-23T07:00:00Z", true),
            ("2026-11-23T11:59:59Z", true), ("2026-11-23T12:00:00Z", false),
        ] {
            #expect(rota.isOpen(group("a"), at: utc(instant)) == isOpen)
            #expect(rota.isOpen(group("free"), at: utc(instant)))
            #expect(!rota.isOpen(group("never"), at: utc(instant)))
            #expect(!rota.isOpen(group("nobody"), at: utc(instant)))
            #expect((rota.window(for: group("a"), containing: utc(instant)) != nil) == isOpen)
        }
        #expect(rota.binds(group("a")) && rota.binds(group("never")))
        #expect(!rota.binds(group("free")) && !rota.binds(group("nobody")))
    }

    @Test func openings() throws {
        let rota = try makeRota(
            groups: ["a": "mon.am", "free": nil, "never": ""], exceptions: [closed("2026-11-30")])
        for (instant, next) in [
            ("2026-11-23T06:59:59Z", "2026-11-23T07:00Z"),
            ("2026-11-23T07:00Z", "2026-12-07T07:00Z"),
            ("2026-11-23T09:00Z", "2026-12-07T07:00Z"), ("2026-11-23T12:00Z", "2026-12-07T07:00Z"),
        ] {
            #expect(rota.nextOpening(for: group("a"), after: utc(instant)) == utc(next))
        }
        let now = utc("2026-11-23T07:00Z")
        #expect(rota.nextOpening(for: group("free"), after: now) == nil)
        #expect(rota.nextOpening(for: group("never"), after: now) == nil)
        #expect(rota.nextOpening(for: group("nobody"), after: now) == nil)
        #expect(rota.nextOpening(for: group("a"), after: .latest) == nil)
    }

    @Test func theLongestCycleWithTwoExceptions() throws {
        let rota = try makeRota(
            cycleWeeks: 52, groups: ["a": "1.mon.am"],
            exceptions: [closed("2027-01-04"), closed("2028-01-03")])
        let now = utc("2026-01-05T12:00Z")
        #expect(rota.nextOpening(for: group("a"), after: now) == utc("2029-01-01T07:00Z"))
    }

    @Test func trueEndsOfWindows() throws {
        let days = Weekday.allCases.map(\.text)
        let always = days.map { "\($0).day \($0).night" }.joined(separator: " ")
        let rota = try makeRota(
            slots: ["day 08:00-20:00", "night 20:00-08:00"],
            groups: ["always": always, "free": nil, "once": "fri.night sat.day sat.night sun.day"],
            exceptions: [closed("2026-12-25")])
        let now = utc("2026-12-26T12:00Z")
        let period = rota.window(for: group("always"), containing: now)
        // Christmas is closed, and the night of the 24th ends on its morning.
        #expect(period?.start == utc("2026-12-26T07:00Z") && period != nil && period?.end == nil)
        let before = rota.window(for: group("always"), containing: utc("2026-12-25T06:59Z"))
        #expect(before?.start == nil && before?.end == utc("2026-12-25T07:00Z"))
        #expect(rota.window(for: group("always"), containing: utc("2026-12-25T07:00Z")) == nil)
        let free = rota.window(for: group("free"), containing: now)
        #expect(free != nil && free?.start == nil && free?.end == nil)
        let once = rota.window(for: group("once"), containing: utc("2027-01-09T12:00Z"))
        #expect(once?.start == utc("2027-01-08T19:00Z") && once?.end == utc("2027-01-10T19:00Z"))
    }

    @Test func theEndsOfTime() throws {
        let rota = try makeRota(groups: ["a": "mon.am tue.pm"])
        for instant in [UnixTime.earliest, .latest] {
            _ = rota.isOpen(group("a"), at: instant)
            _ = rota.window(for: group("a"), containing: instant)
            _ = rota.nextOpening(for: group("a"), after: instant)
            _ = rota.week(of: rota.zone.local(at: instant).date)
        }
    }

    // MARK: The week as a grid

    @Test func aGrid() throws {
        let rota = try makeRota(
            cycleWeeks: 2, slots: ["pm 13:00-18:30", "dawn 02:00-03:00", "am 08:00-13:00"],
            groups: ["b": "1.mon.am 2.sun.dawn", "a": "1.mon.am 1.mon.pm", "free": nil],
            exceptions: [closed("2026-03-17"), exception("2026-03-18", "pm=a")])
        let week = rota.week(of: date("2026-03-18"))
        #expect(week.slots.map(\.name) == ["dawn", "am", "pm"])
        #expect(week.cycleWeek == 1)
        #expect(week.days.map(\.date.description).first == "2026-03-16")
        #expect(week.days.map(\.date.description).last == "2026-03-22")
        #expect(week.days[0].cells.map { $0.groups.map(\.value) } == [[], ["b", "a"], ["a"]])
        #expect(
            week.days[0].cells[1].window?.description == "2026-03-16T07:00:00Z/2026-03-16T12:00:00Z"
        )
        #expect(week.days[0].exception == nil && week.days[1].exception == .closed)
        #expect(week.days[2].cells.map { $0.groups.map(\.value) } == [[], [], ["a"]])
        // The clock skips the hour, so the group that holds it has nothing.
        let next = rota.week(of: date("2026-03-29"))
        #expect(next.cycleWeek == 2)
        #expect(next.days[6].cells[0].groups.map(\.value) == ["b"])
        #expect(next.days[6].cells[0].window == nil && next.days[5].cells[0].window != nil)
    }

    // MARK: Speed

    /// 200 groups over 400 days: what the daemon works out at every change of the site.
    @Test func manyGroups() throws {
        let days = Weekday.allCases.map(\.text)
        let groups = (0..<200).map { number in
            RotaGroup(
                name: group("g\(number)"),
                slots: days.prefix(5).flatMap { ["\($0).am", "\($0).eve"] })
        }
        let spec = RotaSpec(
            timezone: "Europe/Paris", anchor: date("2026-01-05"),
            slots: ["am 08:00-13:00", "pm 13:00-18:30", "eve 19:00-21:00"].map(slot))
        let rota = try Rota(spec, groups: groups, zones: zones)
        let from = utc("2026-11-24T08:00Z")
        let started = ContinuousClock.now
        let windows = rota.windows(from: from, to: from.adding(seconds: 400 * 86_400))
        let took = ContinuousClock.now - started
        #expect(windows.count == 200)
        #expect(windows.allSatisfy { $0.windows.count == 572 || $0.windows.count == 573 })
        // Without optimisation it takes a tenth of that; with it, a hundredth.
        #expect(took < .seconds(3), "took \(took)")
    }
}
