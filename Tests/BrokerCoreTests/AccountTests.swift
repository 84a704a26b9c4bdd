import Testing

@testable import BrokerCore

/// Minutes of waiting and of refusals, which decide between those who come in the same second.
@Suite struct AccountTests {
    private let ann = AccountKey(holder: "ann", group: "g")

    /// A pool without seats: everybody is refused, or waits.
    private func house(_ groups: [GroupSpec] = [.plain("g", ["a"])]) throws -> House {
        try House([.plain("a", 0)], groups)
    }

    private func minutes(_ house: House, _ key: AccountKey? = nil) -> Int {
        house.broker.accountMinutes(key ?? ann, at: house.now)
    }

    private func refuse(_ house: House, _ holder: String, in groups: [String] = ["g"]) throws {
        _ = try house.refusedGrant(holder, in: groups)
    }

    // MARK: Refusals

    /// Once in each minute of the wall clock.
    @Test func onceAMinute() throws {
        #expect(House.start.milliseconds % 60_000 == 0)
        let table: [(at: Int64, minutes: Int)] = [
            (0, 1), (1, 1), (59_999, 1), (60_000, 2), (119_999, 2), (120_000, 3), (600_000, 4),
        ]
        let house = try house()
        for row in table {
            house.go(toMilliseconds: row.at)
            try refuse(house, "ann")
            #expect(minutes(house) == row.minutes, "\(row)")
        }
        #expect(minutes(house, AccountKey(holder: "bob", group: "g")) == 0)
    }

    /// A refusal that is not written down leaves nothing in the journal.
    @Test func whoAsksInALoopFillsNoJournal() throws {
        let house = try house()
        _ = house.broker.takePending()
        try refuse(house, "ann")
        let records = house.broker.takePending()
        #expect(
            records == [
                .subjectSeen("ann", ["g"]),
                .refused(
                    RefusedRequest(
                        holder: "ann", group: "g", rule: .poolExhausted, pool: nil,
                        ttlSeconds: nil, waitSeconds: nil)),
            ])
        for _ in 0..<100 { try refuse(house, "ann") }
        #expect(house.broker.takePending() == [])
    }

    /// It counts for the group that came closest, and once for all groups of a person.
    @Test func onceAPerson() throws {
        let house = try house([
            .plain("g", ["a"]), .plain("h", ["a"], quota: 0), .plain("i", ["a"]),
        ])
        try refuse(house, "ann", in: ["h", "g", "i"])
        #expect(minutes(house) == 1)
        try refuse(house, "ann", in: ["i", "g"])
        house.pass(seconds: 60)
        try refuse(house, "ann", in: ["i"])
        #expect(minutes(house) == 1)
        #expect(minutes(house, AccountKey(holder: "ann", group: "i")) == 1)
        #expect(minutes(house, AccountKey(holder: "ann", group: "h")) == 0)
    }

    @Test func whoIsEntitledToNothingHasNoAccount() throws {
        let house = try house()
        try refuse(house, "ann", in: ["x"])
        #expect(house.broker.image.accounts == [])
    }

    @Test func nothingIsWrittenOnAFullDisk() throws {
        let house = try house()
        house.broker.isSparing = true
        _ = house.broker.takePending()
        try refuse(house, "ann")
        #expect(house.broker.takePending() == [] && minutes(house) == 0)
    }

    // MARK: Waiting

    /// Whole minutes, whatever ends the wait.
    @Test func waitingCounts() throws {
        let table: [(waited: Int64, minutes: Int)] = [
            (0, 0), (59_999, 0), (60_000, 1), (119_999, 1), (239_000, 3),
        ]
        let ends: [(what: String, end: (House, WaitTicket) throws -> Void)] = [
            ("left", { house, ticket in try house.decide(.leaveLine(ticket)) }),
            (
                "granted",
                { house, _ in
                    try house.resize("a", to: 1)
                    #expect(try house.outcomes() == ["ann: a-1"])
                }
            ),
            (
                "refused",
                { house, _ in
                    try house.decide(.cordonPool("a", reason: "paint"))
                    #expect(try house.outcomes() == ["ann: poolCordoned"])
                }
            ),
        ]
        for row in table {
            for (what, end) in ends {
                let house = try house()
                // Not with a minute of the clock: what counts is how long it waited.
                house.go(toMilliseconds: 30_500)
                let place = try house.wait("ann")
                house.pass(milliseconds: row.waited)
                try end(house, place.ticket)
                #expect(minutes(house) == row.minutes, "\(what) \(row)")
                #expect(house.line == [], "\(what)")
            }
        }
    }

    @Test func aWaitThatIsOver() throws {
        let house = try house()
        try house.wait("ann", seconds: 179)
        house.pass(seconds: 179)
        #expect(try house.outcomes() == ["ann: waitExpired"])
        #expect(minutes(house) == 2)
    }

    // MARK: Days

    /// The last fourteen days of the wall clock in UTC.
    @Test func fourteenDays() throws {
        // House.start is at 16:00.
        #expect(House.start.milliseconds % 86_400_000 == 57_600_000)
        let midnight: Int64 = 28_800_000
        let day: Int64 = 86_400_000
        let table: [(from: Int64, at: Int64, counts: Bool)] = [
            (midnight - 1, midnight + 13 * day - 1, true),
            (midnight - 1, midnight + 13 * day, false),
            (midnight, midnight + 14 * day - 1, true), (midnight, midnight + 14 * day, false),
        ]
        for row in table {
            let house = try house()
            house.go(toMilliseconds: row.from)
            try refuse(house, "ann")
            house.go(toMilliseconds: row.at)
            #expect(minutes(house) == (row.counts ? 1 : 0), "\(row)")
            // What counts no more is forgotten two days later, for the clock may be set back over a
            // midnight, once something is written on that day.
            house.go(toMilliseconds: row.at + 2 * day)
            try refuse(house, "bob")
            house.broker.settle()
            let kept = house.broker.image.accounts.map(\.key.holder)
            #expect(kept == (row.counts ? ["ann", "bob"] : ["bob"]), "\(row)")
        }
    }

    @Test func daysAddUp() throws {
        let house = try house()
        for day in 0..<20 {
            house.go(to: day * 86_400)
            try refuse(house, "ann")
            house.pass(seconds: 60)
            try refuse(house, "ann")
            #expect(minutes(house) == 2 * min(day + 1, 14), "\(day)")
            #expect(house.broker.image.accounts[0].account.days.count == min(day + 1, 16))
        }
    }

    /// The days are the wall clock's, and stay in order when it is set back.
    @Test func theClockIsSet() throws {
        let house = try house()
        try house.setClock(offsetMilliseconds: 86_400_000)
        try refuse(house, "ann")
        try house.setClock(offsetMilliseconds: 0)
        try refuse(house, "ann")
        let days = house.broker.image.accounts[0].account.days
        #expect(days.map(\.day) == [20_416, 20_417] && days.map(\.minutes) == [1, 1])
    }

    // MARK: What it is for

    /// It decides within a second, and is what it was when the person came.
    @Test func itDecidesWithinASecond() throws {
        let table: [(bob: Int64, ann: Int64, what: String, line: [String])] = [
            (600_000, 600_999, "the same second", ["ann", "bob"]),
            (600_000, 601_000, "the next second", ["bob", "ann"]),
            (600_999, 601_000, "a millisecond apart, in two seconds", ["bob", "ann"]),
            (600_500, 600_500, "the same instant", ["ann", "bob"]),
        ]
        for row in table {
            let house = try house()
            try refuse(house, "ann")
            house.go(toMilliseconds: row.bob)
            try house.wait("bob")
            house.go(toMilliseconds: row.ann)
            try house.wait("ann")
            #expect(house.line == row.line, "\(row.what)")
            try house.resize("a", to: 1)
            #expect(try house.outcomes() == ["\(row.line[0]): a-1"], "\(row.what)")
        }
    }

    @Test func moreMinutesComeFirst() throws {
        let house = try house()
        for (minute, holders) in [(0, ["ann", "bob", "cid"]), (1, ["bob", "cid"]), (2, ["cid"])] {
            house.go(to: minute * 60)
            for holder in holders { try refuse(house, holder) }
        }
        house.go(to: 600)
        for holder in ["ann", "dan", "bob", "eve", "cid"] { try house.wait(holder) }
        #expect(house.line == ["cid", "bob", "ann", "dan", "eve"])
        #expect(house.broker.image.waiters.map(\.credit) == [1, 0, 2, 0, 3])
    }
}
