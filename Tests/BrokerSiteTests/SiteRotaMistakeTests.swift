import BrokerCore
import BrokerSite
import BrokerText
import Testing

/// What can be wrong with `[rota]` and the slots of groups, and where the site file says so.
@Suite struct SiteRotaMistakeTests {
    private func mistakes(_ text: String) -> [String] {
        do {
            _ = try SiteFile.parse(text)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    private func expect(
        _ text: String, _ message: String,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        let found = mistakes(text)
        #expect(found.count == 1, sourceLocation: sourceLocation)
        #expect(
            found.first?.hasPrefix(message) == true, "\(found)", sourceLocation: sourceLocation)
    }

    // MARK: Mistakes of keys and types

    @Test(arguments: [
        ("rota = 1", "1:8: \"rota\" is a table: write [rota], once"),
        ("[[rota]]", "1:3: \"rota\" is a table: write [rota], once"),
        ("[rota]\nanchor = 2026-01-05", "1:1: \"timezone\" is missing: say where the clocks hang"),
        ("[rota]\ntimezone = \"UTC\"", "1:1: \"anchor\" is missing: give the Monday on which"),
        (
            "[rota]\ntime_zone = \"UTC\"\nanchor = 2026-01-05",
            "2:1: unknown key \"time_zone\": did you mean \"timezone\"?"
        ),
        (
            "[rota]\ntimezone = 1\nanchor = 2026-01-05",
            "2:12: \"timezone\" takes text in quotes, not a number"
        ),
        (
            "[rota]\ntimezone = \"UTC\"\nanchor = \"2026-01-05\"",
            "3:10: \"anchor\" takes a date without quotes or time, such as 2026-01-05, not a string"
        ),
        (
            "[rota]\ntimezone = \"UTC\"\nanchor = 2026-01-05T00:00:00Z",
            "3:10: \"anchor\" takes a date without quotes or time, such as 2026-01-05, "
                + "not a date or time"
        ),
        ("[rota]\ntimezone = \"UTC\"\nanchor = 20260105", "3:10: \"anchor\" takes a date without"),
        ("[rota]\ntimezone = \"UTC\"\nanchor = 2026-02-30", "3:10: \"2026-02-30\" is no value"),
    ])
    func aRotaThatDoesNotRead(text: String, message: String) {
        expect(text, message)
    }

    /// What follows the first three lines of a rota, from line 4 on, and what is wrong with it.
    @Test(arguments: [
        ("cycle_weeks = \"1\"", "4:15: \"cycle_weeks\" takes a whole number, not a string"),
        ("grace_seconds = 1.5", "4:17: \"grace_seconds\" takes a whole number, not a fraction"),
        ("grace = 1", "4:1: unknown key \"grace\": known here: anchor, cycle_weeks, exception,"),
        ("notice_seconds = 60", "4:18: \"notice_seconds\" takes a list in square brackets"),
        (
            "notice_seconds = [60,\n true]",
            "5:2: \"notice_seconds\" takes a whole number, not true or false"
        ),
        ("slots = []", "4:9: \"slots\" is a table: write [rota.slots], once"),
        ("[[rota.slots]]", "4:8: \"slots\" is a table: write [rota.slots], once"),
        (
            "[rota.slots]\nam = 8",
            "5:6: slot \"am\" takes its hours in quotes, such as \"08:00-13:00\", not a number"
        ),
        (
            "[rota.slots]\n\"\\u001b[2J\" = [\"08:00-13:00\"]",
            "5:15: slot \"\\u{1b}[2J\" takes its hours in quotes, such as \"08:00-13:00\", not a list"
        ),
        ("[rota.exception]", "4:1: \"exception\" is a list of tables: write [[rota.exception]]"),
        ("[[rota.exceptions]]", "4:8: unknown key \"exceptions\": did you mean \"exception\"?"),
        ("[[rota.exception]]\nclosed = true", "4:1: \"date\" is missing: say on which day"),
        (
            "[[rota.exception]]\ndate = \"2026-11-11\"\nclosed = true",
            "5:8: \"date\" takes a date without quotes or time, such as 2026-11-11, not a string"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11",
            "4:1: \"closed\" is missing: write closed = true, or slots = { am = [\"group\"] }"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nclosd = true",
            "6:1: unknown key \"closd\": did you mean \"closed\"?"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nclosed = \"yes\"",
            "6:10: \"closed\" takes true or false, not a string"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nclosed = false",
            "6:10: \"closed\" is true, or left out"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nslots = { }\nclosed = true",
            "7:10: a day is closed or has slots: keep one of the two"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nclosed = true\nslots = { }",
            "7:9: a day is closed or has slots: keep one of the two"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nslots = [\"am\"]",
            "6:9: \"slots\" is a table: write [rota.exception.slots], once"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nslots = { am = \"finance\" }",
            "6:16: \"am\" takes a list in square brackets, not a string"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nslots = { am = [\"finance\", 7] }",
            "6:28: \"am\" takes text in quotes, not a number"
        ),
        (
            "[[rota.exception]]\ndate = 2026-11-11\nslots = { am = [\"finance\"], am = [] }",
            "6:29: \"am\" has been given already"
        ),
        (
            "[[group]]\nname = \"g\"\nmembers = []\npools = []\nslots = \"mon.am\"",
            "8:9: \"slots\" takes a list in square brackets, not a string"
        ),
        (
            "[[group]]\nname = \"g\"\nmembers = []\npools = []\nslots = [\"mon.am\", 7]",
            "8:20: \"slots\" takes text in quotes, not a number"
        ),
    ])
    func oneMistake(rest: String, message: String) {
        expect("[rota]\ntimezone = \"UTC\"\nanchor = 2026-01-05\n" + rest, message)
    }

    // MARK: Mistakes against the rules

    /// A rota of two weeks with a slot on line 6, one group, and what else is given.
    private func site(
        anchor: String = "2026-01-05", numbers: String = "", slots: String = "",
        group: String = "[]", exceptions: String = ""
    ) -> String {
        """
        [rota]
        timezone = "UTC"
        anchor = \(anchor)
        cycle_weeks = 2\(numbers)
        [rota.slots]
        am = "08:00-13:00"\(slots)
        [[group]]
        name = "g"
        members = []
        pools = []
        slots = \(group)
        \(exceptions)
        """
    }

    @Test func rulesOfTheRota() {
        #expect(mistakes(site()) == [])
        expect(site(anchor: "2026-01-06"), "3:10: 2026-01-06 is a Tuesday: the cycle begins on")
        expect(site().replacing("= 2\n", with: "= 53\n"), "4:15: a cycle has 1 to 52 weeks")
        expect(site(numbers: "\ngrace_seconds = -1"), "5:17: a grace is 0 to 86400 seconds")
        expect(site(numbers: "\nnotice_seconds = [60,\n 0]"), "6:2: a notice is given 1 to 86400")
        expect(site(numbers: "\nnotice_seconds = [60, 60]"), "5:23: a notice 60 seconds before")
        let notices = (1...17).map(String.init).joined(separator: ",")
        expect(site(numbers: "\nnotice_seconds = [\(notices)]"), "5:18: there are at most 16")

        expect(site(slots: "\n\"a.m\" = \"13:00-14:00\""), "7:1: \"a.m\" is no name of a slot")
        expect(site(slots: "\npm = \"13:00\""), "7:6: \"13:00\" are no hours")
        expect(site(slots: "\npm = \"13:00-13:00\""), "7:6: \"13:00-13:00\" ends when it starts")
        let slots = (0..<48).map { "\ns\($0) = \"13:00-14:00\"" }.joined()
        expect(site(slots: slots), "5:1: a day has at most 48 slots")

        expect(site(group: "[\"1.mon.am\",\n \"2.mon.pm\"]"), "12:2: there is no slot \"pm\"")
        expect(site(group: "[\"mon.am\"]"), "11:10: \"mon.am\" names no week of the cycle")
        expect(site(group: "[\"3.mon.am\"]"), "11:10: \"3.mon.am\" is no week of the cycle")
        expect(site(group: "[\"1.mo.am\"]"), "11:10: \"1.mo.am\" is no slot of a week")
        expect(
            site(group: "[\"1.mon.am\", \"1.mon.am\"]"),
            "11:22: group \"g\" has \"1.mon.am\" already: once will do")
        expect(
            site(slots: "\nnoon = \"12:00-14:00\"", group: "[\"1.mon.noon\", \"1.mon.am\"]"),
            "12:24: group \"g\" has \"1.mon.am\" at the same time as \"1.mon.noon\"")
    }

    @Test func rulesOfExceptions() {
        func text(_ rest: String) -> String {
            // The exception's header is on line 13.
            site(
                slots: "\nnoon = \"12:00-14:00\"",
                exceptions: "[[rota.exception]]\ndate = 2026-11-11\n" + rest)
        }
        #expect(mistakes(text("slots = { am = [\"g\"] }")) == [])
        expect(
            text("closed = true\n[[rota.exception]]\ndate = 2026-11-11\nclosed = true"),
            "17:8: 2026-11-11 has an exception already: put them into one")
        expect(
            text("slots = { pm = [] }"), "15:11: there is no slot \"pm\": add it to [rota.slots]")
        expect(text("slots = { am = [\"g\", \"x\"] }"), "15:22: there is no group \"x\": add it")
        expect(
            text("[rota.exception.slots]\nam = [\"g\"]\nnoon = [\n \"g\" ]"),
            "18:2: group \"g\" has \"noon\" at the same time as \"am\": keep one of them")
    }

    /// Without a rota nobody can say when a slot is.
    @Test func slotsWithoutARota() {
        let group = "[[group]]\nname = \"g\"\nmembers = []\npools = []\nslots = "
        let message = "5:9: these slots need a [rota] that says when they are"
        #expect(mistakes(group + "[\"mon.am\"]") == [message])
        #expect(mistakes(group + "[]") == [message])
    }

    /// Mistakes of keys and types come alone, for the rest could not be told.
    @Test func allMistakesComeInTheOrderOfTheFile() {
        let text = """
            [rota]
            anchor = 2026-01-06
            cycle_weeks = "x"
            [rota.slots]
            am = 1
            pm = "13:00-13:00"
            [[rota.exception]]
            closed = 1
            [[group]]
            name = "g"
            members = []
            pools = ["p"]
            slots = [1]
            """
        #expect(
            mistakes(text).map { $0.prefix { $0 != " " } } == [
                "1:1:", "3:15:", "5:6:", "7:1:", "8:10:", "13:10:",
            ])
    }

    // MARK: What the text does not tell

    /// A time zone is known by the machine, and how seats are enough by the windows.
    @Test func laterProblemsHaveTheirPlaces() {
        let text = site(
            exceptions: "[[rota.exception]]\ndate = 2026-11-11\nslots = { am = [\"g\"] }")
        func place(_ place: SitePlace) -> String {
            SiteFile.error(
                [SiteProblem(place, Text(verbatim: "x"))], in: Array(text.utf8), file: "s"
            ).description
        }
        #expect(place(SitePlace(.rota(.timezone))) == "s:2:12: x")
        #expect(place(SitePlace(.rota(.slots))) == "s:5:1: x")
        #expect(place(SitePlace(.rota(.slot(0)))) == "s:6:6: x")
        #expect(place(SitePlace(.rota(.graceSeconds))) == "s:1:1: x")
        #expect(place(SitePlace(.rota(.exceptions))) == "s:12:8: x")
        #expect(place(SitePlace(.rota(.exception(0)))) == "s:13:8: x")
        #expect(place(SitePlace(.group(0), .slots)) == "s:11:9: x")
        #expect(place(SitePlace(.group(0), .reserve)) == "s:7:1: x")
        // Of another text, and of none.
        for other in [
            SitePlace(.group(9)), SitePlace(.pool(0)), SitePlace(.seat(pool: 3, 1)),
        ] {
            #expect(place(other) == "s:1:1: x")
        }
        #expect(place(SitePlace(.rota(.slot(7)))) == "s:5:1: x")
        #expect(place(SitePlace(.rota(.exception(7)))) == "s:12:8: x")
        #expect(place(SitePlace(.group(0), .slots, element: 7)) == "s:11:9: x")
        let none = SiteFile.error(
            [SiteProblem(SitePlace(.rota(.timezone)), Text(verbatim: "x"))], in: Array("[".utf8))
        #expect(none.description == "1:1: x")
    }
}
