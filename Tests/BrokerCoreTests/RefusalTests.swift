import Testing

@testable import BrokerCore

/// What a refused grant says: every rule that failed, with its numbers, and which names it.
@Suite struct RefusalTests {
    private func result(
        _ rule: Rule, _ group: GroupName?, _ pool: PoolName?, _ numbers: RuleResult.Numbers,
        _ earliest: Instant? = nil
    ) -> RuleResult {
        RuleResult(
            rule: rule, group: group, pool: pool, passed: false, numbers: numbers,
            earliest: earliest)
    }

    @Test func nobodyIsEntitledToNothing() throws {
        let house = try House([.plain("a", 1)], [.plain("g", [])])
        let stranger = try house.refusedGrant("ann", pool: "a")
        #expect(stranger.rule == .notEntitled && stranger.earliest == nil)
        #expect(stranger.reasons == [result(.notEntitled, nil, "a", .none)])
        let member = try house.refusedGrant("ann", in: ["g"], pool: "a")
        #expect(member.reasons == [result(.notEntitled, "g", "a", .none)])
        let named = try house.refusedGrant("ann", group: "g")
        #expect(named.reasons == [result(.notEntitled, "g", nil, .none)])
    }

    /// A group that was not asked for is no reason.
    @Test func aNamedGroupIsJudgedAlone() throws {
        let house = try House(
            [.plain("a", 2)], [.plain("g", ["a"], quota: 0), .plain("h", ["a"])])
        let refusal = try house.refusedGrant("ann", in: ["g", "h"], group: "g")
        #expect(
            refusal.reasons == [result(.quotaExceeded, "g", nil, .quota(used: 0, limit: 0))])
    }

    @Test func everyFailedRuleOfEveryGroup() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 1)],
            [
                .plain("g", ["a", "b"], quota: 1), .plain("h", ["b"]), .plain("i", ["a"]),
            ])
        try house.grant("ann", in: ["g"], pool: "a", ttl: 100)
        try house.grant("bob", in: ["h"], pool: "b", ttl: 200)
        try house.decide(.cordonPool("b", reason: "paint"))
        let refusal = try house.refusedGrant("cid", in: ["g", "h", "i"])
        let end = house.at(seconds: 100)
        #expect(
            refusal.reasons == [
                result(.quotaExceeded, "g", nil, .quota(used: 1, limit: 1), end),
                result(.poolExhausted, "g", "a", .seats(available: 0, reserved: 0), end),
                result(.poolCordoned, "g", "b", .closed(reason: "paint")),
                result(.poolExhausted, "g", "b", .seats(available: 0, reserved: 0)),
                result(.poolCordoned, "h", "b", .closed(reason: "paint")),
                result(.poolExhausted, "h", "b", .seats(available: 0, reserved: 0)),
                result(.poolExhausted, "i", "a", .seats(available: 0, reserved: 0), end),
            ])
        // g and i would both pass at the same instant; i got further.
        #expect(refusal.rule == .poolExhausted)
        #expect(refusal.earliest == end)
    }

    @Test func cordonedAndDrainingAreTold() throws {
        let house = try House([.plain("a", 1)], [.plain("g", ["a"])])
        try house.decide(.cordonPool("a", reason: "paint"))
        #expect(try house.refusedGrant("ann", in: ["g"]).rule == .poolCordoned)
        try house.drain("a", deadline: nil, reason: "move")
        let refusal = try house.refusedGrant("ann", in: ["g"])
        #expect(refusal.rule == .poolDraining && refusal.earliest == nil)
        #expect(
            refusal.reasons == [result(.poolDraining, "g", "a", .closed(reason: "move"))])
    }

    /// The soonest pair names the refusal, not the first one.
    @Test func theSoonestPairNamesIt() throws {
        let table: [(quotaEnd: Int, seatEnd: Int, rule: Rule, earliest: Int)] = [
            (100, 200, .quotaExceeded, 100), (200, 100, .poolExhausted, 100),
            (100, 100, .poolExhausted, 100),
        ]
        for row in table {
            let house = try House(
                [.plain("a", 2), .plain("b", 1)],
                [.plain("g", ["a"], quota: 1), .plain("h", ["b"])])
            try house.grant("ann", in: ["g"], ttl: row.quotaEnd)
            try house.grant("bob", in: ["h"], ttl: row.seatEnd)
            for groups in [["g", "h"], ["h", "g"]] {
                let refusal = try house.refusedGrant("cid", in: groups)
                #expect(refusal.rule == row.rule, "\(row)")
                #expect(refusal.earliest == house.at(seconds: row.earliest), "\(row)")
            }
        }
    }

    @Test func aKnownInstantComesBeforeAnUnknownOne() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 1)],
            [.plain("g", ["a"]), .plain("h", ["b"], quota: 1)])
        try house.decide(.cordonPool("a", reason: "paint"))
        try house.grant("bob", in: ["h"], ttl: 50)
        let refusal = try house.refusedGrant("cid", in: ["g", "h"])
        // Both rules of h fail until then; the first of them is named.
        #expect(refusal.rule == .quotaExceeded)
        #expect(refusal.earliest == house.at(seconds: 50))
    }

    /// Among refusals without an instant, the one that got furthest.
    @Test func withoutInstantsTheFurthest() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 0)], [.plain("g", ["a"]), .plain("h", ["b"])])
        try house.decide(.cordonPool("a", reason: "paint"))
        #expect(try house.refusedGrant("cid", in: ["g", "h"]).rule == .poolExhausted)
    }

    @Test func earliestCountsAllThatMustEnd() throws {
        // Three leases, a quota cut to 1: two have to end before there is room again.
        let house = try House([.plain("a", 9)], [.plain("g", ["a"])])
        for (holder, ttl) in [("ann", 300), ("bob", 100), ("cid", 200)] {
            try house.grant(holder, in: ["g"], ttl: ttl)
        }
        for (quota, earliest) in [(3, 100), (2, 200), (1, 300)] {
            try house.decide(.putGroup(.plain("g", ["a"], quota: quota)))
            let refusal = try house.refusedGrant("dan", in: ["g"])
            #expect(refusal.earliest == house.at(seconds: earliest))
            #expect(refusal.reasons[0].numbers == .quota(used: 3, limit: quota))
        }
        try house.decide(.putGroup(.plain("g", ["a"], quota: 0)))
        #expect(try house.refusedGrant("dan", in: ["g"]).earliest == nil)
    }

    @Test func earliestPassesSeatsByThatDoNotComeBack() throws {
        let kept = ListedSeat(name: "desk", keptFor: "ann")
        let house = try House([.plain("a", 4, listed: [kept])], [.plain("g", ["a"])])
        try house.grant("ann", in: ["g"], ttl: 100)
        for (holder, ttl) in [("bob", 200), ("cid", 300), ("dan", 400)] {
            try house.grant(holder, in: ["g"], ttl: ttl)
        }
        // bob's seat is cordoned, cid's retires: the first that eve can have is dan's.
        try house.decide(.cordonSeat("a-1", reason: "screen"))
        #expect(try house.refusedGrant("eve", in: ["g"]).earliest == house.at(seconds: 300))
        try house.resize("a", to: 2)
        #expect(try house.refusedGrant("eve", in: ["g"]).earliest == house.at(seconds: 400))
    }

    /// A seat that is free now may be reserved by the time the quota has room.
    @Test func earliestIsWhenAllRulesPass() throws {
        let house = try House(
            [.plain("a", 4)],
            [.plain("g", ["a"], quota: 1), .plain("r", ["a"], reserve: ["a": 2])])
        try house.grant("ann", in: ["g"], ttl: 30)
        try house.grant("rob", in: ["r"], ttl: 20)
        try house.grant("ria", in: ["r"], ttl: 1_000)
        // Two seats are free; shrinking takes one, and that of rob when it ends.
        try house.resize("a", to: 2)
        #expect(try house.pool("a").seats.available == 0)
        #expect(try house.pool("a").size == 3)
        let refusal = try house.refusedGrant("gil", in: ["g"])
        // At 30 s ann's seat is free, but r is one short of its reserve; at 1,000 s there are two
        // seats for two that are reserved.
        #expect(refusal.earliest == nil)
        #expect(refusal.reasons.map(\.rule) == [.quotaExceeded, .poolExhausted])
        #expect(refusal.reasons[0].earliest == house.at(seconds: 30))
        try house.decide(.putGroup(.plain("r", ["a"], reserve: ["a": 1])))
        #expect(try house.refusedGrant("gil", in: ["g"]).earliest == house.at(seconds: 30))
    }
}
