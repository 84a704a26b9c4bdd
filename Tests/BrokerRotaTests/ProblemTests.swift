import BrokerCore
import BrokerRota
import Testing

@Suite struct ProblemTests {
    private let spec = RotaSpec(
        timezone: "Europe/Paris", anchor: date("2026-01-05"),
        slots: ["am 08:00-13:00", "pm 13:00-18:30", "noon 11:00-14:00", "night 22:00-06:00"].map(
            slot))

    private func problems(
        groups: [RotaGroup] = [], _ change: (inout RotaSpec) -> Void = { _ in }
    ) -> [RotaProblem] {
        var changed = spec
        change(&changed)
        return changed.problems(groups: groups)
    }

    private func problems(of slots: String, cycleWeeks: Int = 1) -> [RotaProblem] {
        problems(groups: [RotaGroup(name: group("other"), slots: nil), a(slots)]) {
            $0.cycleWeeks = cycleWeeks
        }
    }

    private func a(_ slots: String) -> RotaGroup {
        RotaGroup(name: group("a"), slots: words(slots))
    }

    @Test func nothingWrong() {
        #expect(problems() == [])
        #expect(problems(of: "mon.am mon.pm tue.noon mon.night") == [])
        #expect(problems(of: "1.mon.am") == [])
        #expect(problems(of: "1.mon.am 2.mon.noon", cycleWeeks: 2) == [])
        // Two days' tables: the night of Monday and the day after may share an hour.
        #expect(
            problems(groups: [a("mon.night tue.early")]) {
                $0.slots.append(slot("early 05:00-08:00"))
            }
                == [])
    }

    @Test func numbers() {
        #expect(
            problems { $0.anchor = date("2026-01-06") }
                == [RotaProblem(.anchor, .anchorNotMonday(date("2026-01-06")))])
        for (weeks, isWrong) in [(0, true), (1, false), (52, false), (53, true)] {
            let expected = isWrong ? [RotaProblem(.cycleWeeks, .cycleWeeks(weeks))] : []
            #expect(problems { $0.cycleWeeks = weeks } == expected)
        }
        for (seconds, isWrong) in [(-1, true), (0, false), (86_400, false), (86_401, true)] {
            let expected = isWrong ? [RotaProblem(.graceSeconds, .graceSeconds(seconds))] : []
            #expect(problems { $0.graceSeconds = seconds } == expected)
        }
        #expect(
            problems { $0.noticeSeconds = [60, 0, 86_401, 60] } == [
                RotaProblem(.noticeSeconds(1), .noticeSeconds(0)),
                RotaProblem(.noticeSeconds(2), .noticeSeconds(86_401)),
                RotaProblem(.noticeSeconds(3), .repeatedNotice(60)),
            ])
        #expect(problems { $0.noticeSeconds = [] } == [])
        #expect(
            problems { $0.noticeSeconds = Array(1...17) }
                == [RotaProblem(.noticeSeconds(nil), .tooManyNotices)])
    }

    @Test(arguments: [
        "08:00", "8:00-13:00", "08:00-13:00 ", "08:00–13:00", "08:00 - 13:00", "24:00-08:00",
        "08:00-24:01", "08:60-13:00", "08:00-25:00", "08.00-13.00", "", "08:00-13:0a",
        "-8:00-13:00",
    ])
    func noHours(text: String) {
        let found = problems { $0.slots[1] = RotaSlot(name: "pm", hours: text) }
        #expect(found == [RotaProblem(.slot(1), .slotHours(text, .form))])
    }

    @Test(arguments: ["08:00-08:00", "00:00-00:00"])
    func hoursOfNoLength(text: String) {
        let found = problems { $0.slots[1] = RotaSlot(name: "pm", hours: text) }
        #expect(found == [RotaProblem(.slot(1), .slotHours(text, .zeroLength))])
    }

    @Test(arguments: [
        ("00:00-24:00", 0, 1_440, "00:00-24:00"), ("08:00-00:00", 480, 1_440, "08:00-24:00"),
        ("08:00-24:00", 480, 1_440, "08:00-24:00"), ("22:00-06:00", 1_320, 1_800, "22:00-06:00"),
        ("23:59-23:58", 1_439, 2_878, "23:59-23:58"), ("00:00-00:01", 0, 1, "00:00-00:01"),
    ])
    func hours(text: String, start: Int, end: Int, canonical: String) throws {
        let hours = try SlotHours(text: text)
        #expect((hours.startMinute, hours.endMinute) == (start, end))
        #expect(hours.text == canonical)
        #expect(try SlotHours(text: canonical) == hours)
    }

    @Test(arguments: [
        ("08:00-13:00", "13:00-18:30", false), ("08:00-13:00", "12:59-18:30", true),
        ("08:00-13:00", "09:00-10:00", true), ("08:00-13:00", "08:00-13:00", true),
        ("22:00-06:00", "05:00-08:00", false), ("22:00-06:00", "21:00-22:01", true),
        ("00:00-24:00", "23:59-00:01", true),
    ])
    func overlaps(one: String, other: String, isOverlap: Bool) throws {
        let (one, other) = (try SlotHours(text: one), try SlotHours(text: other))
        #expect(one.overlaps(other) == isOverlap)
        #expect(other.overlaps(one) == isOverlap)
    }

    @Test func slots() {
        #expect(
            problems { $0.slots.append(slot("am 19:00-20:00")) }
                == [RotaProblem(.slot(4), .repeatedSlot("am"))])
        for name in ["", "a.m", "a m", "é", String(repeating: "a", count: 33)] {
            let found = problems { $0.slots.append(RotaSlot(name: name, hours: "19:00-20:00")) }
            #expect(found == [RotaProblem(.slot(4), .slotName(name))])
        }
        #expect(
            problems { $0.slots = (0..<49).map { slot("s\($0) 08:00-13:00") } }
                == [RotaProblem(.slots, .tooManySlots)])
        // Whoever has a slot whose hours are wrong need not hear of it a second time.
        #expect(
            problems(groups: [a("mon.am")]) { $0.slots[0].hours = "?" }
                == [RotaProblem(.slot(0), .slotHours("?", .form))])
    }

    @Test(arguments: [
        "am", "mon", "mon.", ".am", "mon.am.", "mon.am.pm", "Mon.am", "monday.am", "0.mon.am",
        "01.mon.am", "-1.mon.am", "1.1.mon.am", "x.mon.am", "mon. am", "9999999999.mon.am", "1.mon",
    ])
    func noSlotsOfAWeek(text: String) {
        let found = problems(groups: [RotaGroup(name: group("a"), slots: [text])])
        #expect(
            found == [
                RotaProblem(
                    .groupSlot(group: 0, element: 0), .weeklySlot(text, cycleWeeks: 1))
            ])
    }

    @Test func slotsOfGroups() {
        func problem(_ element: Int, _ fault: RotaFault) -> [RotaProblem] {
            [RotaProblem(.groupSlot(group: 1, element: element), fault)]
        }
        #expect(problems(of: "mon.am mon.eve") == problem(1, .unknownSlot("eve")))
        #expect(problems(of: "2.mon.am") == problem(0, .weekBeyondCycle("2.mon.am", cycleWeeks: 1)))
        #expect(
            problems(of: "3.mon.am", cycleWeeks: 2)
                == problem(0, .weekBeyondCycle("3.mon.am", cycleWeeks: 2)))
        #expect(
            problems(of: "mon.am", cycleWeeks: 2)
                == problem(0, .weekMissing("mon.am", cycleWeeks: 2)))
        #expect(
            problems(of: "mon.am tue.am mon.am")
                == problem(2, .groupTwice(group("a"), slot: "mon.am", other: "mon.am")))
        #expect(
            problems(of: "mon.am 1.mon.am")
                == problem(1, .groupTwice(group("a"), slot: "mon.am", other: "1.mon.am")))
        #expect(
            problems(of: "mon.noon mon.am")
                == problem(1, .groupTwice(group("a"), slot: "mon.noon", other: "mon.am")))
        #expect(problems(of: "mon.am tue.noon") == [])
        // The long one hides nothing: both that lie in it are found.
        #expect(
            problems(groups: [a("mon.am mon.pm mon.all")]) {
                $0.slots.append(slot("all 07:00-20:00"))
            }
            .map(\.fault) == [
                .groupTwice(group("a"), slot: "mon.am", other: "mon.all"),
                .groupTwice(group("a"), slot: "mon.pm", other: "mon.all"),
            ])
    }

    @Test func exceptions() {
        let groups = [a("mon.am"), RotaGroup(name: group("free"), slots: nil)]
        func found(_ exceptions: RotaException...) -> [RotaProblem] {
            problems(groups: groups) { $0.exceptions = exceptions }
        }
        #expect(found(closed("2026-11-11"), exception("2026-11-12", "am=a,free pm=a")) == [])
        #expect(
            found(closed("2026-11-11"), exception("2026-11-11", "am=a"))
                == [RotaProblem(.exception(1), .repeatedDate(date("2026-11-11")))])
        #expect(
            found(exception("2026-11-11", "pm=a eve=a"))
                == [RotaProblem(.exceptionSlot(exception: 0, assignment: 1), .unknownSlot("eve"))])
        #expect(
            found(exception("2026-11-11", "pm=a pm=free")) == [
                RotaProblem(.exceptionSlot(exception: 0, assignment: 1), .repeatedAssignment("pm"))
            ])
        #expect(
            found(exception("2026-11-11", "pm=a,nobody")) == [
                RotaProblem(
                    .exceptionGroup(exception: 0, assignment: 0, element: 1),
                    .unknownGroup(group("nobody")))
            ])
        #expect(
            found(exception("2026-11-11", "pm=free,a noon=a")) == [
                RotaProblem(
                    .exceptionGroup(exception: 0, assignment: 1, element: 0),
                    .groupTwice(group("a"), slot: "pm", other: "noon"))
            ])
        #expect(
            found(exception("2026-11-11", "pm=a,a")) == [
                RotaProblem(
                    .exceptionGroup(exception: 0, assignment: 0, element: 1),
                    .groupTwice(group("a"), slot: "pm", other: "pm"))
            ])
        let many = (0...RotaLimits.exceptionsMax).map {
            RotaException(date: CivilDate(dayNumber: 20_000 + $0), table: .closed)
        }
        #expect(
            problems { $0.exceptions = many } == [RotaProblem(.exceptions, .tooManyExceptions)])
        #expect(problems { $0.exceptions = many.dropLast() } == [])
    }

    @Test func aRotaReportsAllAtOnce() {
        var wrong = spec
        wrong.timezone = "Europe/Pari"
        wrong.cycleWeeks = 0
        let expected = RotaInvalid(problems: [
            RotaProblem(.timezone, .zone(ZoneError.unknown("Europe/Pari").text)),
            RotaProblem(.cycleWeeks, .cycleWeeks(0)),
        ])
        #expect(throws: expected) { try Rota(wrong, groups: [], zones: zones) }
        #expect(
            RotaSpec.problemsWithoutRota(groups: [RotaGroup(name: group("b"), slots: nil), a("")])
                == [RotaProblem(.groupSlot(group: 1, element: nil), .noRota)])
        #expect(
            spec.problems(of: a("mon.eve"), at: 7)
                == [RotaProblem(.groupSlot(group: 7, element: 0), .unknownSlot("eve"))])
    }

    @Test func messages() {
        for (fault, message) in [
            (
                RotaFault.anchorNotMonday(date("2026-01-06")),
                "2026-01-06 is a Tuesday: the cycle begins on a Monday, such as 2026-01-05"
            ),
            (
                .weekMissing("mon.am", cycleWeeks: 2),
                "\"mon.am\" names no week of the cycle: write \"1.mon.am\" to \"2.mon.am\""
            ),
            (
                .groupTwice(group("a"), slot: "mon.am", other: "mon.noon"),
                "group \"a\" has \"mon.noon\" at the same time as \"mon.am\": keep one of them"
            ),
            (
                .groupTwice(group("a"), slot: "pm", other: "pm"),
                "group \"a\" has \"pm\" already: once will do"
            ),
            (
                .unknownSlot("\u{1b}[2J"),
                "there is no slot \"\\u{1b}[2J\": add it to [rota.slots], or name another"
            ),
        ] {
            #expect(fault.message == message)
        }
    }
}
