import BrokerAPI
import BrokerText
import Testing

@testable import brokerctl

/// What people are told of changes before they make them.
@Suite struct ForesightTests {
    private func instant(_ text: String) -> Timestamp { Timestamp(text: text)! }

    private func shortfall(_ number: Int) -> Shortfall {
        Shortfall(
            from: nil, to: nil, pool: nil, quotas: 1800, seats: 1700, groups: ["a", "b"],
            text: "Mon \(number): quotas 1,800, seats 1,700")
    }

    @Test func shortfallsAreWarnings() {
        #expect(ShortfallText.lines([]).isEmpty)
        #expect(
            ShortfallText.lines([shortfall(1)]).map(\.english) == [
                "warning: Mon 1: quotas 1,800, seats 1,700 (a, b)"
            ])
        #expect(ShortfallText.lines((0..<20).map(shortfall)).count == 20)
        let lines = ShortfallText.lines((0..<23).map(shortfall))
        #expect(lines.count == 21)
        #expect(lines.last?.english == "warning: and 3 more times like these")
    }

    @Test func aDrainIsAQuestion() {
        let deadline = instant("2026-11-24T12:30:00Z")
        let start = instant("2026-11-24T12:00:00Z")
        var forecast = DrainForecast(
            deadlineAt: nil, leases: 7, ends: [], cutAtDeadline: 0, waitsForEver: true)
        #expect(
            DrainText.question(Text(verbatim: "pool p"), [forecast]).english
                == "Drain pool p: no new leases; those there are (7) end whenever their holders let "
                + "them. Go on?")
        forecast.startsAt = start
        forecast.deadlineAt = deadline
        forecast.cutAtDeadline = 3
        #expect(
            DrainText.question(Text(verbatim: "2 seats"), [forecast, forecast]).english
                == "Drain 2 seats from \(LocalTime.text(start)): no new leases then; those there are "
                + "(14) end at \(LocalTime.text(deadline)) at the latest, which cuts 6 off. Go on?")
    }

    @Test func aForecastSaysWhenItStarts() throws {
        let body =
            #"{"starts_at":"2026-11-24T12:00:00.000Z","deadline_at":null,"leases":1,"ends":[],"#
            + #""cut_at_deadline":0,"displaced":[],"shortfalls":[],"waits_for_ever":true}"#
        let document = try Document(body: Array(body.utf8), resource: .forecast)
        let forecast = try Caller.decoded(DrainForecast.self, document.body)
        let text = DrainText.text(forecast, document)
        let start = LocalTime.text(instant("2026-11-24T12:00:00Z"))
        #expect(
            text.hasPrefix("It starts at \(start); until then nothing changes.\n1 lease is live"))
    }

    @Test func aStatusTellsOfDrains() {
        var pool = StatusPool(name: "p", state: .open, size: 9, leased: 4, available: 5)
        #expect(StatusCommand.drain(pool) == nil)
        let start = instant("2026-11-24T12:00:00Z")
        let deadline = instant("2026-11-24T12:30:00Z")
        pool.drainStartsAt = start
        pool.deadlineAt = deadline
        pool.by = "alice"
        pool.reason = "new image"
        let until = ", until \(LocalTime.text(deadline)) at the latest, by alice: new image"
        #expect(StatusCommand.drain(pool) == "pool p drains from \(LocalTime.text(start))\(until)")
        pool.state = .draining
        pool.drainStartsAt = nil
        #expect(StatusCommand.drain(pool) == "pool p is draining, 4 left\(until)")
        pool.state = .drained
        #expect(StatusCommand.drain(pool) == "pool p is drained, by alice: new image")
        pool.state = .cordoned
        pool.deadlineAt = nil
        pool.by = nil
        #expect(StatusCommand.drain(pool) == "pool p is cordoned: new image")
    }

    @Test(
        arguments: [
            ("mon.am,tue.pm", ["mon.am", "tue.pm"]), ("mon.am", ["mon.am"]), ("", []),
            ("mon.am,", nil), (",", nil), ("a,,b", nil),
        ] as [(String, [String]?)])
    func slotsAreAList(text: String, slots: [String]?) {
        #expect(GroupSet.slots(text) == slots)
    }

    @Test func aRuleNamesItsWindowAndTheLine() {
        let opens = instant("2026-11-24T12:00:00Z")
        let rule = Rule(rule: .outsideWindow, group: "g", opensAt: opens)
        #expect(rule.sentence.english == "outside-window: group g, opens \(LocalTime.text(opens))")
        #expect(
            Rule(rule: .outsideWindow, group: "g", closesAt: opens).sentence.english
                == "outside-window: group g, open until \(LocalTime.text(opens))")
        #expect(
            Rule(rule: .lineFull, limit: 5000, waiting: 5000).sentence.english
                == "line-full: 5000 of 5000 waiting")
    }

    @Test func aQueueIsAList() throws {
        let body =
            #"{"waiting":[{"place":1,"holder":"jdupont","pool":null,"group":"g","since":"#
            + #""2026-11-24T12:00:00.000Z","expires_at":"2026-11-24T13:00:00.000Z","#
            + #""connected":false,"ahead":0,"estimated_at":null}],"next":null}"#
        let document = try Document(body: Array(body.utf8), resource: .queue)
        let row = Table.list(document).split(separator: "\n")[1].split(separator: " ")
        #expect(row.prefix(5).elementsEqual(["1", "jdupont", "g", "-", "0"]))
        #expect(row.last == "no")
    }
}
