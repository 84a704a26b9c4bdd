import BrokerAPI
import Testing

@testable import brokerctl

@Suite struct RotaTextTests {
    private func instant(_ text: String) -> Timestamp { Timestamp(text: text)! }

    private func slot(
        _ name: String, _ day: Int, _ hours: (Int, Int), _ groups: [String]
    ) -> RotaDaySlot {
        func at(_ hour: Int) -> Timestamp {
            Timestamp(milliseconds: 1_795_392_000_000 + Int64(day * 24 + hour) * 3_600_000)
        }
        return RotaDaySlot(name: name, start: at(hours.0), end: at(hours.1), groups: groups)
    }

    /// Two days from Monday, 2026-11-23, by a clock in UTC.
    private var rota: RotaTable {
        RotaTable(
            timezone: "Europe/Paris", tzdata: "2026b", anchor: "2026-01-05", cycleWeeks: 2,
            graceSeconds: 600, noticeSeconds: [600], at: instant("2026-11-23T08:00:00Z"),
            from: instant("2026-11-23T00:00:00Z"), to: instant("2026-11-25T00:00:00Z"),
            slots: [
                RotaSlot(name: "am", hours: "08:00-13:00"),
                RotaSlot(name: "pm", hours: "13:00-18:00"),
            ],
            groups: [
                RotaGroup(
                    name: "finance", slots: ["2.mon.am"], open: true,
                    opensAt: instant("2026-11-24T13:00:00Z"),
                    closesAt: instant("2026-11-23T13:00:00Z"),
                    windows: [
                        RotaWindow(
                            start: instant("2026-11-23T08:00:00Z"),
                            end: instant("2026-11-23T13:00:00Z")),
                        RotaWindow(
                            start: instant("2026-11-24T13:00:00Z"),
                            end: instant("2026-11-24T18:00:00Z")),
                    ]),
                RotaGroup(
                    name: "legal", slots: ["2.mon.pm"], open: false,
                    opensAt: instant("2026-11-23T13:00:00Z"), closesAt: nil,
                    windows: [
                        RotaWindow(
                            start: instant("2026-11-23T13:00:00Z"),
                            end: instant("2026-11-25T00:00:00Z"))
                    ]),
                RotaGroup(
                    name: "night", slots: [], open: false, opensAt: nil, closesAt: nil, windows: []),
                RotaGroup(
                    name: "it", slots: nil, open: true, opensAt: nil, closesAt: nil, windows: []),
            ],
            days: [
                RotaDay(
                    date: "2026-11-23", weekday: .mon, cycleWeek: 2, exception: nil,
                    slots: [
                        slot("am", 0, (8, 13), ["finance", "legal", "archive"]),
                        slot("pm", 0, (13, 18), ["legal"]),
                    ]),
                RotaDay(
                    date: "2026-11-24", weekday: .tue, cycleWeek: 2, exception: .closed,
                    slots: [
                        slot("am", 1, (8, 13), []),
                        RotaDaySlot(name: "pm", start: nil, end: nil, groups: []),
                    ]),
            ])
    }

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = String(line)
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    @Test func aWeekIsAGrid() {
        #expect(
            lines(RotaText.grid(rota, columns: nil)) == [
                "DAY             AM 08:00-13:00           PM 13:00-18:00  EXCEPTION",
                "Mon 2026-11-23  finance, legal, archive  legal",
                "Tue 2026-11-24  -                        -               closed", "",
            ])
    }

    @Test func groupsAreNeverCutAway() {
        for columns in 60...120 {
            let grid = RotaText.grid(rota, columns: columns)
            for name in ["finance", "legal", "archive"] { #expect(grid.contains(name)) }
            #expect(!grid.contains("…"))
            for line in lines(grid) { #expect(TerminalText.width(line) <= columns) }
        }
        #expect(
            lines(RotaText.grid(rota, columns: 62)) == [
                "DAY             AM 08:00-13:00   PM 13:00-18:00  EXCEPTION",
                "Mon 2026-11-23  finance, legal,  legal",
                "                archive",
                "Tue 2026-11-24  -                -               closed", "",
            ])
    }

    @Test(
        arguments: [
            ([], 9, ["-"]), (["a"], 1, ["a"]), (["a", "b"], 4, ["a, b"]),
            (["a", "b"], 3, ["a,", "b"]),
            (["long", "b"], 2, ["long,", "b"]), (["a\u{1B}"], 20, ["a\\u{1b}"]),
        ] as [([String], Int, [String])])
    func namesAreWrapped(names: [String], cells: Int, lines: [String]) {
        #expect(RotaText.wrapped(names, cells: cells) == lines)
    }

    @Test func theHeadSaysWhatCounts() {
        #expect(
            RotaText.head(rota, ofWeek: true)
                == "Europe/Paris (tzdata 2026b), week 2 of 2, grace 10m\nAt any time: it.\n\n")
        var plain = rota
        plain.cycleWeeks = 1
        plain.tzdata = ""
        plain.groups = []
        #expect(RotaText.head(plain, ofWeek: true) == "Europe/Paris, grace 10m\n\n")
    }

    @Test func slotsAreListedBetweenTheBounds() {
        var part = rota
        part.from = instant("2026-11-23T13:00:00Z")
        let rows = lines(RotaText.list(part))
        // Mon am is over when it begins; Tue pm does not exist.
        #expect(rows.count == 4)
        #expect(rows[1].hasPrefix("Mon 2026-11-23  pm"))
        #expect(rows[1].contains(LocalTime.withWeekday(instant("2026-11-23T18:00:00Z"))))
        #expect(rows[2].hasPrefix("Tue 2026-11-24  am") && rows[2].hasSuffix("closed"))
    }

    @Test func rowsAreOneSlotEach() {
        #expect(
            CSV.text(RotaText.rows(rota)) == """
                date,weekday,cycle_week,exception,slot,start,end,groups
                2026-11-23,mon,2,,am,2026-11-23T08:00:00.000Z,2026-11-23T13:00:00.000Z,\
                finance legal archive
                2026-11-23,mon,2,,pm,2026-11-23T13:00:00.000Z,2026-11-23T18:00:00.000Z,legal
                2026-11-24,tue,2,closed,am,2026-11-24T08:00:00.000Z,2026-11-24T13:00:00.000Z,
                2026-11-24,tue,2,closed,pm,,,

                """)
    }

    @Test func theSoonestComesFirst() {
        let rows = lines(RotaText.next(rota))
        #expect(
            rows.map { $0.split(separator: " ").first ?? "" } == [
                "GROUP", "legal", "finance", "night", "",
            ])
        // Its end lies beyond what was asked for.
        let opens = LocalTime.withWeekday(instant("2026-11-23T13:00:00Z"))
        #expect(rows[1].split(separator: " ").count == 6 && rows[1].contains(opens))
        #expect(rows[2].contains(LocalTime.withWeekday(instant("2026-11-24T18:00:00Z"))))
        #expect(rows[3].split(separator: " ") == ["night", "-", "-", "-"])
    }

    @Test func slotsAreCompletedOneByOne() {
        #expect(RotaText.slotNames(rota, after: "2.su") == ["2.sun.am", "2.sun.pm"])
        #expect(RotaText.slotNames(rota, after: "1.mon.am,2.mon.p") == ["1.mon.am,2.mon.pm"])
        #expect(RotaText.slotNames(rota, after: "").count == 28)
        var weekly = rota
        weekly.cycleWeeks = 1
        #expect(RotaText.slotNames(weekly, after: "mo") == ["mon.am", "mon.pm"])
        #expect(RotaText.slotNames(weekly, after: "x").isEmpty)
    }
}
