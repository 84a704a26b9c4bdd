import Testing

@testable import BrokerCore

/// Which group is charged, which pool gives, and which of its free seats.
@Suite struct GrantChoiceTests {
    /// Groups in the site's order, and in each its pools in order.
    @Test func theFirstPairThatPassesIsCharged() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 1), .plain("c", 1)],
            [.plain("first", ["b", "a"], quota: 2), .plain("second", ["c", "a"])])
        let both = ["second", "first"]
        let expected: [(holder: String, group: GroupName, seat: String)] = [
            ("ann", "first", "b-1"), ("bob", "first", "a-1"), ("cid", "second", "c-1"),
        ]
        for row in expected {
            let lease = try house.grant(row.holder, in: both)
            #expect(lease.group == row.group)
            #expect(lease.seat.name.value == row.seat)
        }
        #expect(house.seat("dan", in: both) == nil)
        #expect(try house.used("first") == 2)
        #expect(try house.used("second") == 1)
    }

    @Test func whatTheRequestNamesLimitsThePairs() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 2)],
            [.plain("first", ["a"]), .plain("second", ["a", "b"])])
        let both = ["first", "second"]
        let byPool = try house.grant("ann", in: both, pool: "b")
        #expect(byPool.group == "second" && byPool.pool == "b")
        let byGroup = try house.grant("bob", in: both, group: "second")
        #expect(byGroup.group == "second" && byGroup.pool == "a")
        let neither = try house.refusedGrant("cid", in: both, pool: "b", group: "first")
        #expect(neither.rule == .notEntitled)
    }

    @Test func unknownNamesComeBeforeAnyRule() throws {
        let house = try House([.plain("a", 1)], [.plain("g", ["a"])])
        // Whoever has no group at all is told the same.
        #expect(house.refusal(house.grantCommand("ann", pool: "x")) == .noSuchPool("x"))
        #expect(house.refusal(house.grantCommand("ann", group: "x")) == .noSuchGroup("x"))
        try house.grant("ann", in: ["g"])
        #expect(
            house.refusal(house.grantCommand("ann", in: ["g"], pool: "x")) == .noSuchPool("x"))
    }

    @Test func membersAreNamedOrInAUnixGroup() throws {
        let house = try House([.plain("a", 4)], [.plain("g", ["a"], people: ["ann"])])
        #expect(house.seat("ann") != nil)
        #expect(house.seat("bob", in: ["other", "g"]) != nil)
        #expect(house.seat("cid", in: ["other"]) == nil)
        // A unix group of a person's name is another thing than the person.
        #expect(house.seat("dan", in: ["ann"]) == nil)
    }

    @Test func aKeptSeatIsForItsPersonAlone() throws {
        let kept = ListedSeat(name: "ann-desk", keptFor: "ann")
        let house = try House(
            [.plain("a", 2, listed: [kept])], [.plain("g", ["a"])])
        #expect(try house.pool("a").seats.available == 2)
        #expect(house.seat("bob", in: ["g"]) == "a-1")
        let refusal = try house.refusedGrant("cid", in: ["g"])
        #expect(refusal.rule == .poolExhausted)
        #expect(refusal.reasons.first?.numbers == .seats(available: 0, reserved: 0))
        #expect(house.seat("ann", in: ["g"]) == "ann-desk")
    }

    /// Kept first, then the last one, then the one that is free for longest.
    @Test func freeSeatsInTheirOrder() throws {
        let kept = ListedSeat(name: "desk", keptFor: "ann")
        let house = try House([.plain("a", 4, listed: [kept])], [.plain("g", ["a"])])
        let first = try house.grant("bob", in: ["g"])
        let second = try house.grant("cid", in: ["g"])
        #expect([first, second].map(\.seat.name) == ["a-1", "a-2"])
        try house.release(second)
        try house.release(first)
        // a-3 was never taken, then came a-2, then a-1.
        #expect(house.seat("dan", in: ["g"]) == "a-3")
        #expect(house.seat("bob", in: ["g"]) == "a-1")
        #expect(house.seat("eve", in: ["g"]) == "a-2")
        #expect(house.seat("ann", in: ["g"]) == "desk")
    }

    @Test func theLastSeatIsRememberedByPool() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 2)], [.plain("g", ["a", "b"])])
        try house.grant("other", in: ["g"], pool: "b")
        let inB = try house.grant("ann", in: ["g"], pool: "b")
        let inA = try house.grant("ann", in: ["g"], pool: "a")
        #expect(inB.seat.name == "b-2" && inA.seat.name == "a-1")
        try house.release(inA)
        try house.release(inB)
        #expect(house.seat("ann", in: ["g"], pool: "b") == "b-2")
        #expect(house.seat("ann", in: ["g"], pool: "a") == "a-1")
    }

    @Test func aCordonedLastSeatIsPassedBy() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"])])
        try house.release(try house.grant("ann", in: ["g"]))
        try house.decide(.cordonSeat("a-1", reason: "screen"))
        #expect(house.seat("ann", in: ["g"]) == "a-2")
    }

    @Test func ttlIsClampedToThePool() throws {
        let table: [(asked: Int?, seconds: Int)] = [
            (nil, 3_600), (1, 1), (7_199, 7_199), (7_200, 7_200), (7_201, 7_200),
            (.max, 7_200),
        ]
        let house = try House([.plain("a", 10)], [.plain("g", ["a"])])
        for (number, row) in table.enumerated() {
            let lease = try house.grant("agent\(number)", in: ["g"], ttl: row.asked)
            #expect(lease.expiresAt == house.at(seconds: row.seconds), "\(row)")
            #expect(lease.grantedAt == House.start)
        }
    }
}
