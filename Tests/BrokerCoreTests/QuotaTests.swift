import Testing

@testable import BrokerCore

/// Quotas and reserves.
@Suite struct QuotaTests {
    @Test func quotaIsOverAllPoolsOfTheGroup() throws {
        let house = try House(
            [.plain("a", 3), .plain("b", 3)], [.plain("g", ["a", "b"], quota: 2)])
        #expect(house.seat("ann", in: ["g"], pool: "a") != nil)
        #expect(house.seat("ann", in: ["g"], pool: "b") != nil)
        let refusal = try house.refusedGrant("bob", in: ["g"], pool: "b")
        #expect(refusal.rule == .quotaExceeded)
        #expect(refusal.reasons.map(\.numbers) == [.quota(used: 2, limit: 2)])
    }

    @Test func quotaOfNobodyAndNoQuota() throws {
        let house = try House(
            [.plain("a", 2)], [.plain("none", ["a"], quota: 0), .plain("all", ["a"])])
        #expect(house.seat("ann", in: ["none"]) == nil)
        #expect(house.seat("ann", in: ["all"]) != nil)
        #expect(house.seat("bob", in: ["all"]) != nil)
    }

    /// It revokes nobody, and refuses until usage is below.
    @Test func aQuotaCutBelowUse() throws {
        let house = try House([.plain("a", 9)], [.plain("g", ["a"], quota: 3)])
        let leases = try ["ann", "bob", "cid"].map { try house.grant($0, in: ["g"]) }
        try house.decide(.putGroup(.plain("g", ["a"], quota: 1)))
        #expect(try house.used("g") == 3)
        // Renewing asks for entitlement, not for quota.
        house.pass(seconds: 10)
        #expect(try house.renew(leases[0], in: ["g"]).expiresAt == house.at(seconds: 3_610))
        for lease in leases {
            #expect(try house.refusedGrant("dan", in: ["g"]).rule == .quotaExceeded)
            try house.release(lease)
        }
        #expect(house.seat("dan", in: ["g"]) != nil)
        #expect(house.seat("eve", in: ["g"]) == nil)
    }

    @Test func aLeaseCountsUntilItHasEnded() throws {
        let house = try House([.plain("a", 9)], [.plain("g", ["a"], quota: 1)])
        let lease = try house.revoke(try house.grant("ann", in: ["g"]), grace: 60)
        #expect(lease.state == .ending)
        house.pass(milliseconds: 59_999)
        #expect(house.seat("bob", in: ["g"]) == nil)
        house.pass(milliseconds: 1)
        #expect(house.seat("bob", in: ["g"]) != nil)
    }

    /// Others may take a free seat only if more are free than the sum of unmet reserves.
    @Test func othersLeaveWhatIsReserved() throws {
        let house = try House(
            [.plain("a", 5)],
            [
                .plain("gis", ["a"], reserve: ["a": 2]), .plain("cad", ["a"], reserve: ["a": 1]),
                .plain("all", ["a"]),
            ])
        #expect(house.seat("ann", in: ["all"]) != nil)
        #expect(house.seat("bob", in: ["all"]) != nil)
        let refusal = try house.refusedGrant("cid", in: ["all"])
        #expect(refusal.rule == .poolExhausted)
        #expect(refusal.reasons[0].numbers == .seats(available: 3, reserved: 3))

        // Its own reserve is the group's to use, and what it uses is no longer kept from others.
        #expect(house.seat("gus", in: ["gis"]) != nil)
        #expect(
            try house.refusedGrant("cid", in: ["all"]).reasons[0].numbers
                == .seats(available: 2, reserved: 2))
        #expect(house.seat("gil", in: ["gis"]) != nil)
        // The last one is reserved for cad: gis has had its two.
        #expect(house.seat("guy", in: ["gis"]) == nil)
        #expect(house.seat("cad", in: ["cad"]) != nil)
    }

    @Test func aReserveThatIsMetReservesNothing() throws {
        let house = try House(
            [.plain("a", 3)], [.plain("gis", ["a"], reserve: ["a": 1]), .plain("all", ["a"])])
        let first = try house.grant("gus", in: ["gis"])
        try house.grant("gil", in: ["gis"])
        #expect(house.seat("ann", in: ["all"]) != nil)
        // One of the two goes: the reserve is still met by the other.
        try house.release(first)
        #expect(house.seat("bob", in: ["all"]) != nil)
    }

    @Test func aReserveCountsLeasesOfItsPoolAlone() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 1)],
            [.plain("gis", ["a", "b"], reserve: ["a": 1]), .plain("all", ["a"])])
        try house.grant("gus", in: ["gis"], pool: "b")
        #expect(house.seat("ann", in: ["all"]) == nil)
        #expect(house.seat("gil", in: ["gis"]) == "a-1")
    }

    /// Seats that are kept, cordoned or leased meet no reserve: only what is free counts.
    @Test func aReserveIsOfFreeSeats() throws {
        let kept = ListedSeat(name: "desk", keptFor: "ann")
        let house = try House(
            [.plain("a", 4, listed: [kept])],
            [.plain("gis", ["a"], reserve: ["a": 1]), .plain("all", ["a"])])
        try house.decide(.cordonSeat("a-1", reason: "screen"))
        // Free for everybody: a-2 and a-3, one of them reserved.
        #expect(house.seat("bob", in: ["all"]) != nil)
        #expect(house.seat("cid", in: ["all"]) == nil)
        // The reserve of others does not touch the seat that is kept for her.
        #expect(house.seat("ann", in: ["all"]) == "desk")
    }

    @Test func aLapsedReserveIsUnmetAgain() throws {
        let house = try House(
            [.plain("a", 2)], [.plain("gis", ["a"], reserve: ["a": 1]), .plain("all", ["a"])])
        try house.grant("gus", in: ["gis"], ttl: 10)
        let ann = try house.grant("ann", in: ["all"], ttl: 100)
        house.pass(seconds: 10)
        #expect(try house.refusedGrant("bob", in: ["all"]).earliest == ann.expiresAt)
        try house.release(ann)
        #expect(house.seat("bob", in: ["all"]) != nil)
    }
}
