import Testing

@testable import BrokerCore

/// Growth and shrinking of a pool's patterned seats, and the seat limit.
@Suite struct ResizeTests {
    private func house(_ size: Int, limit: Int? = nil) throws -> House {
        try House([.plain("a", size)], [.plain("g", ["a"])], seatLimit: limit)
    }

    private func fill(_ house: House, ttls: [Int]) throws -> [LeaseView] {
        try ttls.enumerated().map {
            try house.grant("p\($0.offset + 1)", in: ["g"], ttl: $0.element)
        }
    }

    // MARK: Shrinking

    @Test func freeSeatsGoFirstHighestIndexFirst() throws {
        let house = try house(6)
        let leases = try fill(house, ttls: [100, 100, 100, 100])
        try house.release(leases[1])
        let plan = try house.resize("a", to: 4)
        #expect(
            plan == ResizePlan(size: 4, targetSize: 4, retired: 2, displaced: [], shortfalls: []))
        #expect(house.seatNames("a") == ["a-1", "a-2", "a-3", "a-4"])
        // The one that is free now goes, although higher ones are leased.
        #expect(try house.resize("a", to: 3).displaced == [])
        #expect(house.seatNames("a") == ["a-1", "a-3", "a-4"])
        house.expectTrueCounts()
    }

    @Test func cordonedFreeSeatsAreFree() throws {
        let house = try house(3)
        try house.grant("ann", in: ["g"])
        try house.decide(.cordonSeat("a-3", reason: "x"))
        #expect(try house.resize("a", to: 1).displaced == [])
        #expect(house.seatNames("a") == ["a-1"])
    }

    @Test func thenTheLeasesSoonestToEnd() throws {
        let house = try house(5)
        let leases = try fill(house, ttls: [300, 100, 200, 100])
        let plan = try house.resize("a", to: 1)
        // a-5 was free; among a-2 and a-4, which end together, the higher index goes first.
        #expect(plan.size == 4 && plan.targetSize == 1 && plan.retired == 1)
        #expect(plan.displaced.map(\.id) == [leases[3], leases[1], leases[2]].map(\.id))
        #expect(plan.completeBy == house.at(seconds: 200))
        #expect(try house.lease(leases[0]).state == .active)
        house.expectTrueCounts()
    }

    /// Displaced leases keep `expires_at`, cannot be extended, and end as `drained`.
    @Test func displacedLeasesRunOut() throws {
        let house = try house(2)
        let leases = try fill(house, ttls: [100, 200])
        try house.resize("a", to: 1)
        let displaced = try house.lease(leases[0])
        #expect(displaced.state == .ending && displaced.endingReason == .drained)
        #expect(displaced.expiresAt == house.at(seconds: 100))
        house.pass(seconds: 50)
        #expect(
            try house.renew(leases[0], in: ["g"], ttl: 7_000).expiresAt == house.at(seconds: 100))
        house.pass(milliseconds: 49_999)
        #expect(try house.lease(leases[0]).state == .ending)
        #expect(try house.pool("a").size == 2)
        house.pass(milliseconds: 1)
        #expect(try house.lease(leases[0]).endReason == .drained)
        #expect(house.seatNames("a") == ["a-2"])
        house.expectTrueCounts()
    }

    @Test func aDisplacedLeaseThatIsReleasedTakesItsSeatAlong() throws {
        let house = try house(1)
        let lease = try house.grant("ann", in: ["g"])
        try house.resize("a", to: 0)
        try house.release(lease)
        #expect(try house.lease(lease).endReason == .released)
        #expect(house.seatNames("a") == [])
        #expect(try house.lease(lease).seat.host == "a-1")
    }

    /// The drain's deadline is what the lease would keep, and it does not outlive it.
    @Test func shrinkingADrainingPool() throws {
        let house = try house(2)
        let leases = try fill(house, ttls: [1_000, 2_000])
        try house.drain("a", deadline: 500)
        let plan = try house.resize("a", to: 0)
        #expect(plan.completeBy == house.at(seconds: 500))
        house.pass(seconds: 500)
        for lease in leases { #expect(try house.lease(lease).endReason == .drained) }
        #expect(try house.pool("a").size == 0)
    }

    // MARK: Growth

    @Test func growthTakesRetiringSeatsBackFirst() throws {
        let house = try house(3)
        let leases = try fill(house, ttls: [100, 200, 300])
        try house.resize("a", to: 1)
        house.pass(seconds: 10)
        try house.renew(leases[1], in: ["g"], ttl: 900)
        let plan = try house.resize("a", to: 2)
        #expect(plan.size == 3 && plan.targetSize == 2)
        let back = try house.lease(leases[0])
        #expect(back.state == .active && back.expiresAt == house.at(seconds: 100))
        #expect(try house.lease(leases[1]).state == .ending)
        try house.resize("a", to: 3)
        // What was renewed meanwhile counts now.
        #expect(try house.lease(leases[1]).expiresAt == house.at(seconds: 910))
        #expect(house.seatNames("a") == ["a-1", "a-2", "a-3"])
    }

    @Test func thenTheLowestMissingIndexes() throws {
        let house = try house(5)
        let leases = try fill(house, ttls: [1_000, 1_000, 1_000, 1_000, 1_000])
        for index in [1, 3] { try house.release(leases[index]) }
        try house.resize("a", to: 3)
        #expect(house.seatNames("a") == ["a-1", "a-3", "a-5"])
        let plan = try house.resize("a", to: 6)
        #expect(plan.retired == 0 && plan.completeBy == nil)
        #expect(house.seatNames("a") == ["a-1", "a-2", "a-3", "a-4", "a-5", "a-6"])
        #expect(try house.pool("a").seats.available == 3)
    }

    @Test func nothingIsNothing() throws {
        let house = try house(3)
        let before = house.broker.image
        #expect(try house.resize("a", to: 3).targetSize == 3)
        #expect(house.broker.image == before)
    }

    @Test func whatIsRefusedChangesNothing() throws {
        let listed = [ListedSeat(name: "x"), ListedSeat(name: "y")]
        let house = try House(
            [.plain("a", 4, listed: listed), .plain("b", 2)],
            [.plain("g", ["a"], reserve: ["a": 3])], seatLimit: 6)
        let revision = try house.pool("a").revision
        let table: [(Command, Refusal)] = [
            (
                .resizePool("a", size: 5, ifRevision: revision + 1),
                .revisionMismatch(expected: revision + 1, actual: revision)
            ),
            (.resizePool("a", size: 1, ifRevision: revision), .belowListed("a", listed: 2)),
            (.resizePool("a", size: 5, ifRevision: revision), .seatLimit(limit: 6, total: 7)),
            (.resizePool("x", size: 5, ifRevision: nil), .noSuchPool("x")),
            (.createPool(.plain("c", 1)), .seatLimit(limit: 6, total: 7)),
            (.createPool(.plain("a", 1)), .poolExists("a")),
        ]
        let before = house.broker.image
        for (command, refusal) in table {
            #expect(house.refusal(command) == refusal)
            #expect(house.broker.image == before)
        }
        for size in [-1, 2, SiteLimits.seatsMax + 1] {
            // 2 is less than is reserved.
            #expect(house.refusal(.resizePool("a", size: size, ifRevision: nil)) != nil)
            #expect(house.broker.image == before)
        }
    }

    // MARK: Seat limit

    /// Lowered below what there is, it only stops growth.
    @Test func aLoweredLimitStopsGrowthOnly() throws {
        let house = try house(4, limit: 4)
        try house.decide(.setSeatLimit(2))
        #expect(try house.pool("a").size == 4)
        #expect(house.seat("ann", in: ["g"]) != nil)
        #expect(
            house.refusal(.resizePool("a", size: 5, ifRevision: nil))
                == .seatLimit(limit: 2, total: 5))
        // Shrinking is not growth, even if the result is still above.
        try house.resize("a", to: 3)
        #expect(house.refusal(.resizePool("a", size: 4, ifRevision: nil)) != nil)
        try house.resize("a", to: 1)
        try house.resize("a", to: 2)
        try house.decide(.setSeatLimit(nil))
        try house.resize("a", to: 9)
    }

    /// Retiring seats count until they are gone.
    @Test func retiringSeatsCountInTheLimit() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 1)], [.plain("g", ["a"])], seatLimit: 3)
        let leases = try fill(house, ttls: [100, 200])
        try house.resize("a", to: 1)
        #expect(house.broker.seatCount == 3)
        let grow = Command.resizePool("b", size: 2, ifRevision: nil)
        #expect(house.refusal(grow) == .seatLimit(limit: 3, total: 4))
        try house.release(leases[0])
        #expect(house.refusal(grow) == nil)
    }

    /// A large pool goes in about the time that it came in.
    @Test func aLargePoolGoesQuickly() throws {
        let house = try house(5_000)
        house.broker.isUndoable = true
        let clock = ContinuousClock()
        let seconds = clock.measure { _ = try? house.resize("a", to: 0) } / .seconds(1)
        #expect(house.broker.seatCount == 0)
        #expect(seconds < 5)
        house.broker.undo()
        #expect(house.broker.seatCount == 5_000)
    }
}
