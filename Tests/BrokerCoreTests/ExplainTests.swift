import Testing

@testable import BrokerCore

/// What a request would meet, now and later, without anything being done.
@Suite struct ExplainTests {
    private func explain(
        _ house: House, _ holder: HolderName, _ groups: [UnixGroupName] = ["g"],
        pool: PoolName? = nil, inSeconds seconds: Int = 0
    ) throws -> Explanation {
        let before = house.broker.image
        let explanation = try house.broker.explain(
            Subject(holder: holder, unixGroups: groups), pool: pool,
            at: house.now.adding(seconds: seconds))
        #expect(house.broker.image == before)
        return explanation
    }

    @Test func everyRuleIsThereInOrder() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"], quota: 5)])
        let explanation = try explain(house, "ann")
        #expect(explanation.outcome == .granted && explanation.earliest == house.now)
        #expect(
            explanation.rules.map(\.rule) == [
                .notEntitled, .outsideWindow, .poolCordoned, .poolDraining, .quotaExceeded,
                .poolExhausted,
            ])
        #expect(explanation.rules.allSatisfy { $0.passed })
        #expect(explanation.rules[1].numbers == .window(opens: nil, closes: nil))
        #expect(explanation.rules[4].numbers == .quota(used: 0, limit: 5))
        #expect(explanation.rules[5].numbers == .seats(available: 2, reserved: 0))
    }

    @Test func aHolderIsTold() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 1)], [.plain("g", ["a", "b"])])
        let lease = try house.grant("ann", in: ["g"], ttl: 100)
        #expect(try explain(house, "ann").outcome == .held)
        #expect(try explain(house, "ann", pool: "a").outcome == .held)
        #expect(try explain(house, "ann", pool: "b").outcome == .granted)
        #expect(try explain(house, "ann", inSeconds: 99).outcome == .held)
        #expect(try explain(house, "ann", inSeconds: 100).outcome == .granted)
        #expect(try house.lease(lease).state == .active)
    }

    @Test func strangersAndUnknownPools() throws {
        let house = try House([.plain("a", 1)], [.plain("g", ["a"])])
        let stranger = try explain(house, "ann", [])
        #expect(stranger.outcome == .refused && stranger.earliest == nil)
        #expect(stranger.rules.map(\.rule) == [.notEntitled])
        #expect(throws: Refusal.noSuchPool("x")) { try explain(house, "ann", pool: "x") }
    }

    /// At a later instant, what is due by then has ended.
    @Test func laterInstants() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"])])
        try house.grant("ann", in: ["g"], ttl: 100)
        try house.grant("bob", in: ["g"], ttl: 200)
        let now = try explain(house, "cid")
        #expect(now.outcome == .refused && now.earliest == house.at(seconds: 100))
        let table: [(seconds: Int, outcome: Explanation.Outcome, available: Int)] = [
            (99, .refused, 0), (100, .granted, 1), (199, .granted, 1), (200, .granted, 2),
        ]
        for row in table {
            let later = try explain(house, "cid", inSeconds: row.seconds)
            #expect(later.outcome == row.outcome, "\(row)")
            #expect(
                later.rules.last?.numbers == .seats(available: row.available, reserved: 0),
                "\(row)")
        }
    }

    /// `earliest` keeps its word: a grant is refused just before and passes then.
    @Test func earliestIsTrue() throws {
        let sites: [(PoolSpec, [GroupSpec])] = [
            (.plain("a", 3), [.plain("g", ["a"]), .plain("h", ["a"])]),
            (.plain("a", 3), [.plain("g", ["a"], quota: 1), .plain("h", ["a"])]),
            (.plain("a", 4), [.plain("g", ["a"]), .plain("h", ["a"], reserve: ["a": 2])]),
            (.plain("a", 4), [.plain("g", ["a"]), .plain("h", ["a"], reserve: ["a": 3])]),
        ]
        for (number, site) in sites.enumerated() {
            let house = try House([site.0], site.1)
            for (holder, group, ttl) in [
                ("ann", "g", 300), ("bob", "h", 100), ("cid", "h", 200), ("dan", "h", 400),
            ] {
                _ = house.seat(holder, in: [group], ttl: ttl)
            }
            let explanation = try explain(house, "eve", ["g"])
            #expect(explanation.outcome == .refused, "site \(number)")
            let earliest = try #require(explanation.earliest, "site \(number)")
            house.now = earliest.adding(milliseconds: -1)
            #expect(house.seat("eve", in: ["g"]) == nil, "site \(number)")
            house.now = earliest
            #expect(house.seat("eve", in: ["g"]) != nil, "site \(number)")
        }
    }

    /// What a request meets and what `explain` says are the same rules.
    @Test func itAgreesWithTheRefusal() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 1)],
            [.plain("g", ["a", "b"], quota: 1), .plain("h", ["b"])])
        try house.grant("bob", in: ["g"], pool: "a", ttl: 50)
        try house.grant("cid", in: ["h"], ttl: 70)
        try house.decide(.cordonPool("a", reason: "paint"))
        let refusal = try house.refusedGrant("ann", in: ["g", "h"])
        let explanation = try explain(house, "ann", ["g", "h"])
        #expect(explanation.rules.filter { !$0.passed } == refusal.reasons)
        #expect(explanation.earliest == refusal.earliest)
    }
}
