import Testing

@testable import BrokerCore

/// Listed seats, and what a pool's new specification does to the seats that it had.
@Suite struct SpecificationTests {
    private let groups: [GroupSpec] = [.plain("g", ["a"])]

    private func listed(_ names: String...) -> [ListedSeat] {
        names.map { ListedSeat(name: SeatName($0)) }
    }

    @Test func listedSeatsComeFirstAndThePatternFillsTheRest() throws {
        let house = try House([.plain("a", 4, listed: listed("x", "y"))], groups)
        #expect(house.seatNames("a") == ["x", "y", "a-1", "a-2"])
        try house.resize("a", to: 2)
        #expect(house.seatNames("a") == ["x", "y"])
        #expect(
            house.refusal(.resizePool("a", size: 1, ifRevision: nil))
                == .belowListed("a", listed: 2))
    }

    @Test func defaultNamesAndAddresses() throws {
        let spec = PoolSpec(name: "cad", size: 2, listed: [ListedSeat(name: "x", port: 4_000)])
        let ssh = PoolSpec(
            name: "build", size: 1, seatName: "b-%d", seatHost: "b-%03d.example",
            seatProtocol: .ssh)
        let rooms = PoolSpec(
            name: "rooms", size: 1, seatURL: "https://meet.example/%02d", seatProtocol: .url)
        let house = try House([spec, ssh, rooms], [])
        let table: [(SeatName, SeatAddress)] = [
            (
                "x",
                SeatAddress(name: "x", host: "x", port: 4_000, seatProtocol: .rdp, url: nil)
            ),
            (
                "cad-0001",
                SeatAddress(
                    name: "cad-0001", host: "cad-0001", port: 3_389, seatProtocol: .rdp, url: nil)
            ),
            (
                "b-1",
                SeatAddress(
                    name: "b-1", host: "b-001.example", port: 22, seatProtocol: .ssh, url: nil)
            ),
            (
                "rooms-0001",
                SeatAddress(
                    name: "rooms-0001", host: nil, port: nil, seatProtocol: .url,
                    url: "https://meet.example/01")
            ),
        ]
        for (name, address) in table { #expect(try house.seatView(name).address == address) }
    }

    /// Every order of the same seats, with one of them leased.
    @Test func listedSeatsAreReordered() throws {
        let orders = [["x", "y", "z"], ["y", "x", "z"], ["z", "x", "y"], ["y", "z", "x"]]
        for order in orders {
            let house = try House([.plain("a", 4, listed: listed("x", "y", "z"))], groups)
            let lease = try house.grant("ann", in: ["g"])
            try house.apply(
                [.plain("a", 4, listed: order.map { ListedSeat(name: SeatName($0)) })], groups)
            #expect(house.seatNames("a") == order + ["a-1"])
            #expect(try house.lease(lease).state == .active)
            #expect(try house.pool("a").seats.available == 3)
            house.expectTrueCounts()
        }
    }

    @Test func aListedSeatThatGoesWhileLeased() throws {
        let house = try House([.plain("a", 2, listed: listed("x", "y"))], groups)
        let lease = try house.grant("ann", in: ["g"], ttl: 100)
        #expect(lease.seat.name == "x")
        let change = try house.apply([.plain("a", 1, listed: listed("y"))], groups)
        #expect(change.displaced.map(\.id) == [lease.id])
        let now = try house.lease(lease)
        #expect(now.state == .ending && now.endingReason == .drained)
        #expect(house.seatNames("a") == ["y", "x"])
        #expect(try house.seatView("x").isRetiring)
        // It is listed again: the lease has its time back.
        try house.apply([.plain("a", 2, listed: listed("y", "x"))], groups)
        #expect(try house.lease(lease).state == .active)
        #expect(house.seatNames("a") == ["y", "x"])
        #expect(try !house.seatView("x").isRetiring)
    }

    /// Growth does not take back a seat that the specification no longer names.
    @Test func anOrphanIsNotTakenBackByGrowth() throws {
        let house = try House([.plain("a", 1, listed: listed("x"))], groups)
        let lease = try house.grant("ann", in: ["g"], ttl: 100)
        try house.apply([.plain("a", 1)], groups)
        #expect(house.seatNames("a") == ["a-1", "x"])
        try house.resize("a", to: 2)
        #expect(house.seatNames("a") == ["a-1", "a-2", "x"])
        #expect(try house.lease(lease).state == .ending)
        house.pass(seconds: 100)
        #expect(try house.lease(lease).endReason == .drained)
        #expect(house.seatNames("a") == ["a-1", "a-2"])
        house.expectTrueCounts()
    }

    @Test func keptSeatsFollowTheSpecification() throws {
        let ann = ListedSeat(name: "desk", keptFor: "ann")
        let house = try House([.plain("a", 1, listed: [ann])], groups)
        #expect(house.seat("bob", in: ["g"]) == nil)
        try house.apply(
            [.plain("a", 1, listed: [ListedSeat(name: "desk", keptFor: "bob")])], groups)
        #expect(house.seat("ann", in: ["g"]) == nil)
        let bob = try house.grant("bob", in: ["g"])
        // Kept for another while leased: the lease goes on, and then the seat is ann's.
        try house.apply([.plain("a", 1, listed: [ann])], groups)
        #expect(try house.lease(bob).state == .active)
        try house.release(bob)
        #expect(house.seat("bob", in: ["g"]) == nil)
        #expect(house.seat("ann", in: ["g"]) == "desk")
    }

    // MARK: Another pattern

    private func named(_ pattern: String, _ size: Int) -> PoolSpec {
        PoolSpec(
            name: "a", size: size, seatName: pattern, seatHost: "\(pattern).example",
            leaseTTLSeconds: 3_600)
    }

    @Test func anotherPatternReplacesTheSeats() throws {
        let house = try House([named("old-%d", 3)], groups)
        let lease = try house.grant("ann", in: ["g"], ttl: 100)
        let change = try house.apply([named("new-%d", 3)], groups)
        #expect(change.displaced.map(\.id) == [lease.id])
        #expect(house.seatNames("a") == ["new-1", "new-2", "new-3", "old-1"])
        #expect(try house.pool("a").size == 4)
        // Its address is what the holder was told.
        #expect(try house.lease(lease).seat == lease.seat)
        house.expectTrueCounts()
        house.pass(seconds: 100)
        #expect(try house.lease(lease).endReason == .drained)
        #expect(house.seatNames("a") == ["new-1", "new-2", "new-3"])
    }

    @Test func theOldPatternComesBack() throws {
        let house = try House([named("old-%d", 2)], groups)
        let lease = try house.grant("ann", in: ["g"])
        try house.apply([named("new-%d", 2)], groups)
        let change = try house.apply([named("old-%d", 2)], groups)
        #expect(change.displaced == [])
        #expect(house.seatNames("a") == ["old-1", "old-2"])
        #expect(try house.lease(lease).state == .active)
        #expect(try house.seatView("old-1").lease == lease.id)
    }

    /// A wider index: the names above nine stay, so their leases do too.
    @Test func namesThatBothPatternsMakeStay() throws {
        let house = try House([named("s-%d", 12)], groups)
        let leases = try (1...12).map { try house.grant("p\($0)", in: ["g"]) }
        let change = try house.apply([named("s-%02d", 12)], groups)
        #expect(Set(change.displaced.map(\.id)) == Set(leases[..<9].map(\.id)))
        for lease in leases[9...] { #expect(try house.lease(lease).state == .active) }
        for lease in leases[..<9] { #expect(try house.lease(lease).state == .ending) }
        #expect(try house.pool("a").size == 21)
        for lease in leases { try house.release(lease) }
        #expect(
            house.seatNames("a")
                == [
                    "s-01", "s-02", "s-03", "s-04", "s-05", "s-06", "s-07", "s-08", "s-09", "s-10",
                    "s-11", "s-12",
                ])
    }

    /// A seat that moves from the list to the pattern of its pool displaces nobody.
    @Test func fromTheListToThePatternAndBack() throws {
        let house = try House([.plain("a", 1, listed: listed("b-1"))], groups)
        let lease = try house.grant("ann", in: ["g"])
        let patterned = PoolSpec(
            name: "a", size: 1, seatName: "b-%d", leaseTTLSeconds: 3_600,
            leaseTTLSecondsMax: 7_200)
        #expect(try house.apply([patterned], groups).displaced == [])
        #expect(try house.lease(lease).state == .active)
        #expect(house.seatNames("a") == ["b-1"])
        let back = try house.apply([.plain("a", 1, listed: listed("b-1"))], groups)
        #expect(back.displaced == [])
        #expect(try house.lease(lease).state == .active)
        house.expectTrueCounts()
    }

    /// Cordons are not the site's: a desktop that is cordoned stays so under its name, also where
    /// the list, the pattern or another pool names it from now on.
    @Test func aCordonStaysWithTheName() throws {
        let house = try House(
            [named("s-%d", 11), .plain("b", 2, listed: listed("x", "y"))], groups)
        for seat in ["s-9", "s-10", "x"] as [SeatName] {
            try house.decide(.cordonSeat(seat, reason: "fan"))
        }
        try house.apply(
            [
                named("s-%02d", 11), .plain("b", 1, listed: listed("y")),
                .plain("c", 1, listed: listed("x")),
            ], groups)
        #expect(try house.seatView("s-10").cordon?.reason == "fan")
        #expect(try house.seatView("x").cordon?.reason == "fan")
        #expect(try house.seatView("x").pool == "c")
        #expect(try house.pool("a").seats.cordoned == 1)
        // Another name is another desktop.
        #expect(try house.seatView("s-09").cordon == nil)
        house.expectTrueCounts()
    }

    /// Also when the pool that had the seat goes in the same change.
    @Test func aCordonOutlivesThePool() throws {
        let house = try House([.plain("c", 1, listed: listed("b-1"))], [])
        try house.decide(.cordonSeat("b-1", reason: "fan"))
        try house.apply([.plain("b", 1)], [])
        #expect(try house.seatView("b-1").cordon?.reason == "fan")
        #expect(try house.pool("b").seats.cordoned == 1)
        // What no pool names any more is forgotten.
        try house.apply([.plain("c", 1)], [])
        try house.apply([.plain("b", 1)], [])
        #expect(try house.seatView("b-1").cordon == nil)
    }

    /// A seat that a shrinking pool lets go of may be another's in the same change, in any order.
    @Test func aNameMovesFromAShrinkingPool() throws {
        for isFirst in [true, false] {
            let house = try House([.plain("a", 7), .plain("c", 1)], [])
            let pools: [PoolSpec] = [.plain("c", 1, listed: listed("a-6")), .plain("a", 5)]
            try house.apply(isFirst ? pools : pools.reversed(), [])
            #expect(try house.seatView("a-6").pool == "c")
            #expect(house.seatNames("a") == ["a-1", "a-2", "a-3", "a-4", "a-5"])
        }
        // Both keep their size.
        let house = try House([.plain("a", 3), .plain("c", 2)], [])
        try house.apply(
            [.plain("c", 2, listed: listed("a-3")), .plain("a", 3, listed: listed("z"))], [])
        #expect(try house.seatView("a-3").pool == "c")
        #expect(house.seatNames("a") == ["z", "a-1", "a-2"])
    }

    @Test func anotherHostIsToldAtOnce() throws {
        var spec = named("s-%d", 1)
        let house = try House([spec], groups)
        let lease = try house.grant("ann", in: ["g"])
        spec.seatHost = "%d.other.example"
        spec.port = 4_000
        try house.apply([spec], groups)
        let seat = try house.lease(lease).seat
        #expect(seat.host == "1.other.example" && seat.port == 4_000)
    }
}
