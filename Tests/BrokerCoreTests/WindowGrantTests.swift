import Testing

@testable import BrokerCore

/// The rules of a grant where groups take turns.
@Suite struct WindowGrantTests {
    private func house(
        _ pools: [PoolSpec] = [.plain("a", 2)], _ groups: [GroupSpec] = [.turning("g", ["a"])],
        windows: [GroupName: [Range<Int>]] = ["g": [100..<200, 300..<400]]
    ) throws -> House { try House(pools, groups, windows: windows) }

    /// The window comes after entitlement and before all else.
    @Test func theOrderOfRules() throws {
        let house = try house([.plain("a", 0)], [.turning("g", ["a"], quota: 0)])
        try house.decide(.cordonPool("a", reason: "paint"))
        let closed = try house.refusedGrant("ann", in: ["g"])
        #expect(closed.rule == .outsideWindow && closed.group == "g")
        #expect(
            closed.reasons.map(\.rule) == [
                .outsideWindow, .poolCordoned, .quotaExceeded, .poolExhausted,
            ])
        #expect(closed.reasons[0].group == "g" && closed.reasons[0].pool == nil)
        house.go(to: 100)
        let open = try house.refusedGrant("ann", in: ["g"])
        #expect(open.rule == .poolCordoned)
        #expect(open.reasons.map(\.rule) == [.poolCordoned, .quotaExceeded, .poolExhausted])
        #expect(try house.refusedGrant("ann").rule == .notEntitled)
    }

    /// One reason for a group, however many pools it has.
    @Test func onceForAGroup() throws {
        let house = try house([.plain("a", 1), .plain("b", 1)], [.turning("g", ["a", "b"])])
        let refusal = try house.refusedGrant("ann", in: ["g"])
        #expect(refusal.reasons.map(\.rule) == [.outsideWindow])
    }

    @Test func whenItOpensAndCloses() throws {
        let table: [(at: Int64, opens: Int?, closes: Int?)] = [
            (99_999, 100, nil), (100_000, 300, 200), (199_999, 300, 200), (200_000, 300, nil),
            (299_999, 300, nil), (300_000, nil, 400), (399_999, nil, 400), (400_000, nil, nil),
        ]
        for row in table {
            let house = try house()
            house.go(toMilliseconds: row.at)
            let explanation = try house.broker.explain(
                Subject(holder: "ann", unixGroups: ["g"]), pool: nil, at: house.now)
            let rule = explanation.rules[1]
            #expect(rule.rule == .outsideWindow && rule.passed == (row.closes != nil), "\(row)")
            #expect(
                rule.numbers
                    == .window(
                        opens: row.opens.map { House.time($0) },
                        closes: row.closes.map { House.time($0) }), "\(row)")
            #expect(
                rule.earliest
                    == (rule.passed ? nil : row.opens.map { house.at(seconds: $0) }), "\(row)")
        }
    }

    // MARK: Time to live

    /// Nothing asked: the pool's own, or its longest where a window caps it.
    @Test func theTimeToLive() throws {
        let table: [(group: String, asked: Int?, ends: Int)] = [
            ("g", nil, 1_100), ("g", 50, 150), ("g", 5_000, 1_100), ("h", nil, 400),
            ("h", 50, 150), ("h", 5_000, 1_100),
        ]
        for row in table {
            let house = try house(
                [.plain("a", 2, ttl: 300, ttlMax: 1_000)],
                [.turning("g", ["a"]), .plain("h", ["a"])], windows: ["g": [0..<9_000]])
            house.go(to: 100)
            let lease = try house.grant("ann", in: [row.group], ttl: row.asked)
            #expect(lease.expiresAt == house.at(seconds: row.ends), "\(row)")
            house.pass(seconds: 10)
            let renewed = try house.renew(lease, in: [row.group], ttl: row.asked)
            #expect(renewed.expiresAt == house.at(seconds: row.ends + 10), "\(row)")
        }
    }

    // MARK: Reserves

    /// A reserve counts while its group may enter: before and after, its seats are for all.
    @Test func aReserveOfAGroupInTurn() throws {
        let table: [(at: Int64, what: String, granted: Bool)] = [
            (99_999, "the millisecond before", true), (100_000, "it begins", false),
            (199_999, "its last millisecond", false), (200_000, "it is over", true),
        ]
        for row in table {
            let house = try house(
                [.plain("a", 1)],
                [.turning("r", ["a"], reserve: ["a": 1]), .plain("all", ["a"])],
                windows: ["r": [100..<200]])
            house.go(toMilliseconds: row.at)
            #expect((house.seat("ann", in: ["all"]) != nil) == row.granted, "\(row.what)")
        }
    }

    // MARK: Earliest

    private struct EarliestRow {
        var what: String
        var at = 50
        /// Of ann, in h.
        var ttl: Int?
        var quota: Int?
        /// Of r, which is in turn from 90 to 150.
        var reserve = 0
        /// A drain that is to come.
        var drain: Int?
        var earliest: Int?
    }

    private static let earliest = [
        EarliestRow(what: "the window alone", earliest: 100),
        EarliestRow(what: "the only seat comes free before it", ttl: 49, earliest: 100),
        EarliestRow(what: "as it begins", ttl: 50, earliest: 100),
        EarliestRow(what: "in it", ttl: 51, earliest: 101),
        EarliestRow(what: "in its last second", ttl: 149, earliest: 199),
        EarliestRow(what: "as it ends", ttl: 150, earliest: 300),
        EarliestRow(what: "in the next", ttl: 300, earliest: 350),
        EarliestRow(what: "after the last", ttl: 350, earliest: nil),
        EarliestRow(what: "a quota of none", quota: 0, earliest: nil),
        EarliestRow(what: "reserved until the other's window ends", reserve: 1, earliest: 150),
        EarliestRow(
            what: "leased, then reserved", ttl: 90, reserve: 1, earliest: 150),
        EarliestRow(what: "in turn, and leased", at: 120, ttl: 40, earliest: 160),
        EarliestRow(what: "in turn, leased beyond it", at: 120, ttl: 90, earliest: 300),
        EarliestRow(what: "a drain before it", drain: 99, earliest: nil),
        EarliestRow(what: "a drain as it begins", drain: 100, earliest: nil),
        EarliestRow(what: "a drain after it has begun", drain: 101, earliest: 100),
        EarliestRow(what: "a drain before the seat comes free", ttl: 90, drain: 139, earliest: nil),
        EarliestRow(what: "a drain after that", ttl: 90, drain: 141, earliest: 140),
    ]

    /// The first instant at which all rules pass, over windows, leases, reserves and drains; a
    /// request is refused just before and granted then.
    @Test func earliestIsTrue() throws {
        for row in Self.earliest {
            let house = try house(
                [.plain("a", 1)],
                [
                    .turning("g", ["a"], quota: row.quota),
                    .turning("r", ["a"], reserve: ["a": row.reserve]), .plain("h", ["a"]),
                ], windows: ["g": [100..<200, 300..<400], "r": [90..<150]])
            house.go(to: row.at)
            if let ttl = row.ttl { try house.grant("ann", in: ["h"], ttl: ttl) }
            if let drain = row.drain {
                try house.decide(
                    .drainPool(
                        "a", reason: "move", deadlineSeconds: nil,
                        start: .at(wallMilliseconds: house.at(seconds: drain).milliseconds)))
            }
            let refusal = try house.refusedGrant("bob", in: ["g"])
            #expect(refusal.earliest == row.earliest.map { house.at(seconds: $0) }, "\(row.what)")
            guard let earliest = refusal.earliest else { continue }
            house.now = earliest.adding(milliseconds: -1)
            #expect(house.seat("bob", in: ["g"]) == nil, "\(row.what)")
            house.now = earliest
            #expect(house.seat("bob", in: ["g"]) != nil, "\(row.what)")
        }
    }

    /// Leases of a group whose window ends sooner than their time to live come free with its grace.
    @Test func leasesEndWithTheirWindow() throws {
        let house = try house(
            [.plain("a", 1)], [.turning("g", ["a"], quota: 1), .plain("h", ["a"])])
        house.go(to: 150)
        try house.grant("ann", in: ["g"], ttl: 3_000)
        #expect(try house.refusedGrant("bob", in: ["h"]).earliest == house.at(seconds: 230))
        // The group itself is out of its window by then.
        let own = try house.refusedGrant("cid", in: ["g"])
        #expect(own.rule == .quotaExceeded && own.earliest == house.at(seconds: 300))
        #expect(
            own.reasons.map(\.earliest) == [house.at(seconds: 230), house.at(seconds: 230)])
    }

    /// The pair that passes soonest names the refusal.
    @Test func theSoonestOfSeveralGroups() throws {
        let house = try house(
            [.plain("a", 1)], [.turning("g", ["a"]), .turning("h", ["a"]), .plain("i", ["a"])],
            windows: ["g": [300..<400], "h": [200..<300]])
        try house.grant("ann", in: ["i"], ttl: 150)
        let table: [(groups: [String], rule: Rule, group: GroupName, earliest: Int)] = [
            (["g"], .outsideWindow, "g", 300), (["g", "h"], .outsideWindow, "h", 200),
            (["g", "h", "i"], .poolExhausted, "i", 150),
        ]
        for row in table {
            let refusal = try house.refusedGrant("bob", in: row.groups)
            #expect(refusal.rule == row.rule && refusal.group == row.group, "\(row)")
            #expect(refusal.earliest == house.at(seconds: row.earliest), "\(row)")
        }
    }
}
