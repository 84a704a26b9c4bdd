import Testing

@testable import BrokerCore

/// One live lease a holder and pool: a request for it is answered with it.
@Suite struct HeldLeaseTests {
    private func isHeld(_ decision: Decision, _ lease: LeaseView) -> Bool {
        guard case .held(let held) = decision else { return false }
        return held.id == lease.id
    }

    /// Whatever ttl, group, cordon and drain: it changes nothing.
    @Test func whateverIsAskedAndWhateverIsClosed() throws {
        let house = try House(
            [.plain("a", 2)], [.plain("g", ["a"]), .plain("h", ["a"], quota: 0)])
        let lease = try house.grant("ann", in: ["g"], ttl: 100)
        let closings: [Command] = [
            .passTime, .cordonSeat("a-1", reason: "x"), .cordonPool("a", reason: "x"),
            .drainPool("a", reason: "x", deadlineSeconds: 90),
            .putGroup(.plain("g", ["a"], quota: 0)), .putGroup(.plain("g", [])),
            .deleteGroup("g"),
        ]
        for closing in closings {
            try house.decide(closing)
            let before = house.broker.image
            for group in ["g", "h"] as [GroupName]
            where house.broker.group(group, at: house.now) != nil {
                let again = house.grantCommand("ann", in: [], group: group, ttl: 7_200)
                #expect(isHeld(try house.decide(again), lease))
            }
            #expect(isHeld(try house.decide(house.grantCommand("ann", pool: "a")), lease))
            #expect(house.broker.image == before)
        }
    }

    @Test func withoutAPoolTheOldest() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 2)], [.plain("g", ["a", "b"])])
        let inB = try house.grant("ann", in: ["g"], pool: "b")
        house.pass(seconds: 1)
        let inA = try house.grant("ann", in: ["g"], pool: "a")
        #expect(try house.grant("ann", in: ["g"]).id == inB.id)
        #expect(try house.grant("ann", in: ["g"], pool: "a").id == inA.id)
        try house.release(inB)
        #expect(try house.grant("ann", in: ["g"]).id == inA.id)
    }

    /// Renewal and revocation do not make a lease younger.
    @Test func theOldestStaysTheOldest() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 2)], [.plain("g", ["a", "b"])])
        let first = try house.grant("ann", in: ["g"], pool: "a")
        try house.grant("ann", in: ["g"], pool: "b")
        house.pass(seconds: 10)
        try house.renew(first, in: ["g"], ttl: 7_000)
        try house.revoke(first, grace: 5_000)
        #expect(try house.grant("ann", in: ["g"]).id == first.id)
    }

    @Test func itEndsWithTheLease() throws {
        let house = try House([.plain("a", 1)], [.plain("g", ["a"])])
        let lease = try house.grant("ann", in: ["g"], ttl: 10)
        house.pass(milliseconds: 9_999)
        #expect(try house.grant("ann", in: ["g"]).id == lease.id)
        house.pass(milliseconds: 1)
        let next = try house.grant("ann", in: ["g"])
        #expect(next.id != lease.id && next.seat == lease.seat)
        #expect(try house.lease(lease).endReason == .expired)
    }
}
