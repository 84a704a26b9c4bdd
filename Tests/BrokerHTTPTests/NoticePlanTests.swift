import BrokerCore
import BrokerRota
import BrokerText
import Testing

@testable import BrokerHTTP

@Suite struct NoticePlanTests {
    private let end = Instant(milliseconds: 10_000_000)

    private func before(_ seconds: Int, milliseconds: Int64 = 0) -> Instant {
        Instant(milliseconds: end.milliseconds - Int64(seconds) * 1_000 + milliseconds)
    }

    /// The instants at which a holder who is looked at each second is warned, in seconds before.
    private func warnings(_ plan: NoticePlan, from: Int) -> [Int] {
        var plan = plan
        var found: [Int] = []
        for seconds in stride(from: from, through: -5, by: -1) {
            let now = before(seconds)
            guard plan.isDue(end: end, now: now) else { continue }
            plan.give(end: end, now: now)
            found.append(seconds)
        }
        return found
    }

    @Test(arguments: [
        (2_000, [1_800, 600, 120]), (1_800, [1_800, 600, 120]), (1_799, [1_799, 600, 120]),
        (600, [600, 120]), (90, [90]), (0, []),
    ])
    func eachIsGivenOnce(from: Int, expected: [Int]) {
        let plan = NoticePlan(noticeSeconds: [600, 1_800, 120])
        #expect(warnings(plan, from: from) == expected)
    }

    @Test func theInstantCounts() {
        let plan = NoticePlan(noticeSeconds: [600])
        #expect(!plan.isDue(end: end, now: before(600, milliseconds: -1)))
        #expect(plan.isDue(end: end, now: before(600)))
        #expect(plan.isDue(end: end, now: before(0, milliseconds: -1)))
        #expect(!plan.isDue(end: end, now: end))
        #expect(plan.next(end: end, now: before(600, milliseconds: -1)) == before(600))
        #expect(plan.next(end: end, now: before(600)) == nil)
    }

    @Test func anotherEndIsWarnedOfAnew() {
        var plan = NoticePlan(noticeSeconds: [600, 120])
        plan.give(end: end, now: before(500))
        #expect(!plan.isDue(end: end, now: before(499)))
        let sooner = before(100)
        #expect(plan.isDue(end: sooner, now: before(499)))
        #expect(!plan.isDue(end: end.adding(seconds: 600), now: before(499)))
    }

    @Test func withoutNoticesNobodyIsWarned() {
        let plan = NoticePlan(noticeSeconds: [])
        #expect(!plan.isDue(end: end, now: before(1)))
        #expect(plan.next(end: end, now: before(1)) == nil)
    }
}

@Suite struct LocalTimesTests {
    private func time(_ text: String) throws -> UnixTime {
        let parts = text.split(separator: "T")
        let date = try #require(CivilDate(text: parts[0]))
        let clock = parts[1].split(separator: ":").compactMap { Int($0) }
        return UnixTime(
            seconds: date.dayNumber * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2])
    }

    @Test(arguments: [
        (
            "2026-11-30T12:00:00", "2026-11-30T12:10:00",
            "Mon 2026-11-30 13:00-13:10 Europe/Paris"
        ),
        (
            "2026-07-05T21:30:00", "2026-07-05T22:30:00",
            "Sun 2026-07-05 23:30-Mon 2026-07-06 00:30 Europe/Paris"
        ),
        (
            "2026-11-30T12:00:05", nil, "from Mon 2026-11-30 13:00:05 Europe/Paris on"
        ),
        (nil, "2026-11-30T12:00:00", "until Mon 2026-11-30 13:00 Europe/Paris"),
        (nil, nil, "at any time"),
    ])
    func stretchesAreShownInTheZone(start: String?, end: String?, text: String) throws {
        let times = LocalTimes(zone: try ZoneDirectory.system().zone(named: "Europe/Paris"))
        let from = try start.map { try time($0) }
        let to = try end.map { try time($0) }
        #expect(times.text(from: from, to: to).english == text)
    }

    @Test func withoutARotaItIsUTC() throws {
        let times = LocalTimes(zone: nil)
        #expect(times.text(try time("2026-11-30T12:00:00")).english == "Mon 2026-11-30 12:00 UTC")
    }

    /// Three hundred people do not come back in one second, and each always in the same.
    @Test func openingsAreSpread() {
        let seconds = (0..<300).map { Wire.spreadSeconds(HolderName("agent\($0)")) }
        #expect(seconds.allSatisfy { (0..<30).contains($0) })
        let counts = (0..<30).map { second in seconds.count { $0 == second } }
        #expect(counts.allSatisfy { (1...30).contains($0) })
        #expect(
            Wire.spreadSeconds(HolderName("jdupont")) == Wire.spreadSeconds(HolderName("jdupont")))
    }
}
