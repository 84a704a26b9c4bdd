import BrokerAPI
import BrokerText
import Testing

@testable import brokerctl

@Suite struct LineKeeperTests {
    private static let queue = #"{"place":3,"ahead":2,"estimated_at":null,"expires_at":"#
    private static let expires = "2026-11-24T13:00:00.000Z"

    private func event(_ name: String, _ data: String) -> LineKeeper.Event {
        .body(Array("event: \(name)\ndata: \(data)\n\n".utf8))
    }

    private var place: LineKeeper.Event { event("queue", "\(Self.queue)\"\(Self.expires)\"}") }

    private var shown: LineKeeper.Action {
        .show(
            QueueNotice(
                place: 3, ahead: 2, estimatedAt: nil, expiresAt: Timestamp(text: Self.expires)!))
    }

    private let stream = LineKeeper.Event.head(status: 200, contentType: "text/event-stream")

    private func problem(_ slug: ProblemSlug) -> Problem {
        Problem(slug, detail: Text(verbatim: "why"))
    }

    private func text(_ problem: Problem) -> String {
        String(decoding: WireJSON.encode(problem), as: UTF8.self)
    }

    /// In the line for a minute, at 0.
    private func waiting(seconds: Int = 60) -> LineKeeper {
        var keeper = LineKeeper(waitSeconds: seconds, spreadMilliseconds: 7, now: 0)
        #expect(keeper.handle(.timePassed, now: 0) == [.ask(waitSeconds: seconds)])
        #expect(keeper.handle(stream, now: 1) == [])
        #expect(keeper.handle(place, now: 2) == [shown])
        return keeper
    }

    @Test func aPlaceBecomesALease() {
        var keeper = waiting()
        #expect(keeper.handle(.body(Array(": still here\n\n".utf8)), now: 5000) == [])
        #expect(keeper.handle(place, now: 6000) == [shown])
        let lease = #"{"id":"x"}"#
        #expect(
            keeper.handle(event("lease", lease), now: 7000) == [.granted(Array(lease.utf8))])
        // What comes after the answer is no answer.
        #expect(keeper.handle(.end, now: 7001) == [])
        #expect(keeper.handle(.timePassed, now: 99_000) == [])
    }

    @Test func eventsComeWholeHoweverTheyAreCut() {
        var keeper = waiting()
        var actions: [LineKeeper.Action] = []
        let bytes = Array("event: queue\r\ndata: \(Self.queue)\"\(Self.expires)\"}\r\n\r\n".utf8)
        for byte in bytes { actions += keeper.handle(.body([byte]), now: 10) }
        #expect(actions == [shown])
        // Unknown events and data that is none are passed over.
        #expect(keeper.handle(event("weather", "{}"), now: 11) == [])
        #expect(keeper.handle(event("queue", "{"), now: 12) == [])
    }

    @Test(arguments: [ProblemSlug.waitExpired, .poolDraining, .conflict, .notEntitled])
    func aPlaceBecomesARefusal(slug: ProblemSlug) {
        var keeper = waiting()
        let problem = problem(slug)
        #expect(
            keeper.handle(event("problem", text(problem)), now: 60_000) == [.refused(problem)])
    }

    @Test func anAnswerAtOnceIsTaken() {
        var keeper = LineKeeper(waitSeconds: 60, spreadMilliseconds: 0, now: 0)
        _ = keeper.handle(.timePassed, now: 0)
        let json = LineKeeper.Event.head(status: 200, contentType: "application/json")
        #expect(keeper.handle(json, now: 1) == [])
        #expect(keeper.handle(.body(Array("{\"id\"".utf8)), now: 2) == [])
        #expect(keeper.handle(.body(Array(":1}".utf8)), now: 2) == [])
        #expect(keeper.handle(.end, now: 3) == [.granted(Array("{\"id\":1}".utf8))])

        keeper = LineKeeper(waitSeconds: 60, spreadMilliseconds: 0, now: 0)
        _ = keeper.handle(.timePassed, now: 0)
        let problem = problem(.notFound)
        let head = LineKeeper.Event.head(status: 404, contentType: Problem.contentType)
        #expect(keeper.handle(head, now: 1) == [])
        #expect(keeper.handle(.body(Array(text(problem).utf8)), now: 2) == [])
        #expect(keeper.handle(.end, now: 3) == [.refused(problem)])
    }

    @Test func nobodyThereAtFirstIsSaidAtOnce() {
        var keeper = LineKeeper(waitSeconds: 60, spreadMilliseconds: 0, now: 0)
        _ = keeper.handle(.timePassed, now: 0)
        #expect(keeper.handle(.failed(.connect(errno: 2)), now: 1) == [.failed(.connect(errno: 2))])
    }

    @Test func aBrokenConnectionComesBackWithTheTimeThatIsLeft() {
        var keeper = waiting()
        #expect(keeper.handle(.failed(.cut), now: 20_000) == [.showAbsence])
        #expect(keeper.nextDeadline == 20_107)
        #expect(keeper.handle(.timePassed, now: 20_106) == [])
        #expect(keeper.handle(.timePassed, now: 20_107) == [.ask(waitSeconds: 40)])
        // The daemon is not back yet: the next pause is longer, and nothing is said again.
        #expect(keeper.handle(.failed(.connect(errno: 2)), now: 20_108) == [])
        #expect(keeper.nextDeadline == 20_315)
        #expect(keeper.handle(.timePassed, now: 20_315) == [.ask(waitSeconds: 40)])
        #expect(keeper.handle(stream, now: 20_400) == [])
        #expect(keeper.handle(place, now: 20_401) == [shown])
        // Once in line again, the pauses start anew.
        #expect(keeper.handle(.end, now: 30_000) == [.showAbsence])
        #expect(keeper.nextDeadline == 30_107)
    }

    @Test func aPlaceIsKeptForThirtySeconds() {
        for (lostFor, isTried) in [(29_999, true), (30_000, false)] as [(Int64, Bool)] {
            var keeper = waiting(seconds: 600)
            #expect(keeper.handle(.failed(.cut), now: 1000) == [.showAbsence])
            #expect(keeper.handle(.timePassed, now: 1107) == [.ask(waitSeconds: 599)])
            let actions = keeper.handle(.failed(.connect(errno: 2)), now: 1000 + lostFor)
            #expect(actions == (isTried ? [] : [.failed(.connect(errno: 2))]))
        }
    }

    @Test func nobodyIsWaitedForBeyondTheWait() {
        var keeper = waiting(seconds: 5)
        #expect(keeper.handle(.failed(.cut), now: 4000) == [.showAbsence])
        #expect(keeper.handle(.timePassed, now: 4107) == [.ask(waitSeconds: 1)])
        #expect(keeper.handle(.failed(.cut), now: 5000) == [.failed(.cut)])
    }

    @Test func aDaemonThatStopsKeepsThePlace() {
        var keeper = waiting()
        let away = text(problem(.unavailable))
        #expect(keeper.handle(event("problem", away), now: 1000) == [.showAbsence])
        #expect(keeper.handle(.timePassed, now: 1107) == [.ask(waitSeconds: 59)])
        let head = LineKeeper.Event.head(status: 503, contentType: Problem.contentType)
        #expect(keeper.handle(head, now: 1110) == [])
        #expect(keeper.handle(.body(Array(away.utf8)), now: 1111) == [])
        #expect(keeper.handle(.end, now: 1112) == [])
        #expect(keeper.handle(.timePassed, now: 1400) == [.ask(waitSeconds: 59)])
    }

    @Test func aSilentStreamIsOpenedAnew() {
        var keeper = waiting()
        #expect(keeper.nextDeadline == 15_002)
        #expect(keeper.handle(.timePassed, now: 15_001) == [])
        #expect(keeper.handle(.timePassed, now: 15_002) == [.showAbsence])
        #expect(keeper.handle(.timePassed, now: 15_109) == [.ask(waitSeconds: 45)])
    }

    @Test func theWaitIsSaidInALine() {
        let wall = Timestamp(text: "2026-11-24T12:59:19.000Z")!
        var notice = QueueNotice(
            place: 3, ahead: 2, estimatedAt: nil, expiresAt: Timestamp(text: Self.expires)!)
        #expect(LineDisplay.text(notice, wall: wall) == "place 3 in line; 41s left to wait")
        notice.estimatedAt = Timestamp(text: "2026-11-24T12:59:50.000Z")
        let clock = LocalTime.text(notice.estimatedAt!, now: wall)
        #expect(
            LineDisplay.text(notice, wall: wall)
                == "place 3 in line; a seat is expected at \(clock); 41s left to wait")
        #expect(
            LineDisplay.text(notice, wall: Timestamp(text: "2026-11-24T14:00:00Z")!)
                .hasSuffix("; 0s left to wait"))
    }

    @Test(
        arguments: [
            (ProblemSlug.waitExpired, 124), (.outsideWindow, 75), (.quotaExceeded, 75),
            (.poolExhausted, 75), (.lineFull, 75), (.poolCordoned, 75), (.poolDraining, 75),
            (.tooManyRequests, 75), (.unavailable, 75), (.notEntitled, 77), (.forbidden, 77),
            (.revisionMismatch, 65), (.badRequest, 65), (.seatLimit, 65), (.notFound, 66),
            (.leaseEnded, 66), (.conflict, 1), (.storage, 1),
        ] as [(ProblemSlug, Int32)])
    func aRefusalHasItsExitCode(slug: ProblemSlug, code: Int32) {
        #expect(CommandError.problem(problem(slug), about: nil).status.rawValue == code)
    }
}
