import BrokerAPI
import BrokerText
import Testing

@testable import brokerctl

/// Following the event stream over cuts, and events as lines.
@Suite struct EventsKeeperTests {
    private func keeper(follows: Bool = true, after: Int? = nil) -> EventsKeeper {
        EventsKeeper(follows: follows, after: after, spreadMilliseconds: 0, now: 0)
    }

    private func stream(_ keeper: inout EventsKeeper, now: Int64) -> [EventsKeeper.Action] {
        keeper.handle(.head(status: 200, contentType: "text/event-stream"), now: now)
    }

    private func body(_ text: String) -> EventsKeeper.Event { .body(Array(text.utf8)) }

    private func answer(
        _ keeper: inout EventsKeeper, _ problem: Problem, now: Int64
    ) -> [EventsKeeper.Action] {
        _ = keeper.handle(
            .head(status: problem.status, contentType: Problem.contentType), now: now)
        _ = keeper.handle(.body(WireJSON.encode(problem)), now: now)
        return keeper.handle(.end, now: now)
    }

    @Test func goesOnWhereItWasCut() {
        var keeper = keeper()
        #expect(keeper.handle(.timePassed, now: 0) == [.ask(after: nil)])
        #expect(stream(&keeper, now: 1) == [])
        #expect(keeper.handle(body("id: 7\n\n:\n\nid: 9\nevent: x\ndata: {}\n"), now: 2) == [])
        #expect(keeper.handle(body("\nid: 12\nevent: y\ndata: {1"), now: 3) == [.print("{}")])
        // Half an event is none: its id does not count.
        #expect(keeper.handle(.failed(.cut), now: 4) == [.say(.absent)])
        #expect(keeper.nextDeadline == 104)
        #expect(keeper.handle(.timePassed, now: 104) == [.ask(after: "9")])
        #expect(keeper.handle(.failed(.connect(errno: 111)), now: 105) == [])
        #expect(keeper.handle(.timePassed, now: 305) == [.ask(after: "9")])
        #expect(answer(&keeper, Problem(.unavailable, detail: nil), now: 306) == [])
        #expect(keeper.handle(.timePassed, now: 3_000) == [.ask(after: "9")])
        #expect(stream(&keeper, now: 3_001) == [.say(.back)])
        // A daemon that stops ends the stream in order.
        #expect(
            keeper.handle(body("id: 12\nevent: y\ndata: {12}\n\n"), now: 3_002) == [.print("{12}")])
        #expect(keeper.handle(.end, now: 3_003) == [.say(.absent)])
        #expect(keeper.handle(.timePassed, now: 9_000) == [.ask(after: "12")])
    }

    @Test func silenceIsAnEndToo() {
        var keeper = keeper(after: 3)
        #expect(keeper.handle(.timePassed, now: 0) == [.ask(after: "3")])
        _ = stream(&keeper, now: 0)
        _ = keeper.handle(body(":\n\n"), now: 5_000)
        #expect(keeper.handle(.timePassed, now: 19_999) == [])
        #expect(keeper.handle(.timePassed, now: 20_000) == [.say(.absent)])
    }

    @Test func whoIsDroppedComesBack() {
        var keeper = keeper()
        _ = keeper.handle(.timePassed, now: 0)
        _ = stream(&keeper, now: 0)
        let word = "event: dropped\ndata: {\"revision\":44,\"detail\":\"slow\"}\n\n"
        #expect(
            keeper.handle(body("id: 41\nevent: x\ndata: {}\n\n" + word), now: 1) == [
                .print("{}"), .say(.dropped("slow")),
            ])
        // The stream ends behind the word; that is no answer to anything.
        #expect(keeper.handle(.end, now: 2) == [])
        #expect(keeper.handle(.failed(.cut), now: 3) == [])
        #expect(keeper.nextDeadline == 101)
        #expect(keeper.handle(.timePassed, now: 101) == [.ask(after: "44")])
        #expect(stream(&keeper, now: 102) == [])
        #expect(keeper.handle(body("id: 45\nevent: y\ndata: {}\n\n"), now: 103) == [.print("{}")])
    }

    /// A journal that cannot be read is not asked for ten times a second, nor for ever.
    @Test func whoIsDroppedWithoutAnEvent() {
        let word = "event: dropped\ndata: {\"revision\":7,\"detail\":\"unreadable\"}\n\n"
        var following = keeper(after: 7)
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<6 {
            #expect(following.handle(.timePassed, now: now) == [.ask(after: "7")])
            _ = stream(&following, now: now)
            #expect(following.handle(body(word), now: now) == [.say(.dropped("unreadable"))])
            pauses.append(following.nextDeadline - now)
            now = following.nextDeadline
        }
        #expect(pauses == [100, 200, 400, 800, 1000, 1000])
        var reading = keeper(follows: false, after: 7)
        _ = reading.handle(.timePassed, now: 0)
        _ = stream(&reading, now: 0)
        #expect(
            reading.handle(body(word), now: 1) == [.say(.dropped("unreadable")), .failed(.cut)])
    }

    @Test func whatIsStoredHasAnEnd() {
        var keeper = keeper(follows: false)
        #expect(keeper.handle(.timePassed, now: 0) == [.ask(after: "0")])
        var gone = Problem(.eventsGone, detail: nil)
        gone.revision = 500
        #expect(answer(&keeper, gone, now: 1) == [.ask(after: "500")])
        _ = stream(&keeper, now: 2)
        #expect(keeper.handle(.end, now: 3) == [.done])
        #expect(keeper.handle(.timePassed, now: 4) == [])

        var named = self.keeper(follows: false, after: 3)
        _ = named.handle(.timePassed, now: 0)
        #expect(answer(&named, gone, now: 1) == [.refused(gone)])
    }

    @Test func whoWasNeverThereIsNotWaitedFor() {
        var keeper = keeper()
        _ = keeper.handle(.timePassed, now: 0)
        #expect(keeper.handle(.failed(.connect(errno: 2)), now: 1) == [.failed(.connect(errno: 2))])
    }

    @Test func lines() {
        let now = Timestamp(milliseconds: 1_795_507_083_120)
        let data =
            #"{"revision":9,"type":"lease.ended","at":"2026-11-24T07:58:03.120Z","actor":{"name":"root","role":"admin"},"pool":"p","group":"g","seat":"s-1","holder":"anna","lease":{"end_reason":"revoked"},"details":{"reason":"x\u202ey"}}"#
        let line = EventLine.text(data, now: now)
        #expect(line.contains("lease.ended            anna  s-1  p  g  revoked"))
        #expect(line.contains("by root"))
        #expect(line.contains("\\u{202e}"))
        #expect(EventLine.text("no json\u{1B}", now: now) == "no json\\u{1b}\n")
        // A newer daemon has more to say.
        #expect(EventLine.text(#"{"type":"x.y","new":1}"#, now: now).contains("x.y"))
        let raw = "{\"a\":\"\u{202E}\u{E0001}\u{9B}\"}"
        #expect(EventLine.json(raw, isTerminal: false) == raw + "\n")
        #expect(
            EventLine.json(raw, isTerminal: true) == #"{"a":"\u202e\udb40\udc01\u009b"}"# + "\n")
    }
}
