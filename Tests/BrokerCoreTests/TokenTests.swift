import Testing

@testable import BrokerCore

/// The fencing token of a seat only grows, whatever becomes of the seat.
@Suite struct TokenTests {
    @Test func everyGrantOfASeatGrowsIt() throws {
        let house = try House([.plain("a", 1)], [.plain("g", ["a"])])
        var last: UInt64 = 0
        for number in 1...5 {
            let lease = try house.grant("p\(number)", in: ["g"])
            #expect(lease.token > last)
            #expect(try house.seatView("a-1").token == lease.token)
            last = lease.token
            try house.renew(lease, in: ["g"], ttl: 5_000)
            #expect(try house.lease(lease).token == last)
            try house.release(lease)
        }
    }

    /// A name's counter outlives the seat and the pool.
    @Test func theNameKeepsItsCounter() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 1)], [.plain("g", ["a"])])
        let lease = try house.grant("ann", in: ["g"])
        try house.release(lease)
        let removals: [[Command]] = [
            [
                .resizePool("a", size: 0, ifRevision: nil),
                .resizePool("a", size: 2, ifRevision: nil),
            ],
            [.deletePool("a"), .createPool(.plain("a", 2))],
            [.deletePool("a"), .createPool(.plain("c", 1, listed: [ListedSeat(name: "a-1")]))],
        ]
        for commands in removals {
            for command in commands { try house.decide(command) }
            #expect(try house.seatView("a-1").token == lease.token)
        }
        try house.decide(.putGroup(.plain("g", ["c"])))
        #expect(try house.grant("bob", in: ["g"]).token > lease.token)
    }

    @Test func aSeatThatWentWithItsLeaseKeepsItsCounter() throws {
        let house = try House([.plain("a", 1)], [.plain("g", ["a"])])
        let lease = try house.grant("ann", in: ["g"])
        try house.resize("a", to: 0)
        try house.release(lease)
        #expect(house.broker.seat("a-1") == nil)
        try house.resize("a", to: 1)
        #expect(try house.grant("bob", in: ["g"]).token > lease.token)
    }

    /// A restore raises every counter, also of seats that are gone and of seats to come.
    @Test func theFloorOfARestore() throws {
        let house = try House([.plain("a", 3)], [.plain("g", ["a"])])
        let leases = try ["ann", "bob", "cid"].map { try house.grant($0, in: ["g"]) }
        try house.release(leases[2])
        try house.resize("a", to: 2)
        let floor = UInt64(House.start.milliseconds)
        try house.decide(.raiseTokenFloor(floor))
        #expect(house.broker.tokenFloor == floor)
        // Live leases keep the token that their holders know.
        #expect(try house.lease(leases[0]).token == leases[0].token)
        try house.resize("a", to: 4)
        for lease in leases[..<2] { try house.release(lease) }
        for number in 1...4 {
            #expect(try house.grant("p\(number)", in: ["g"]).token > floor)
        }
        let image = house.broker.image
        // Never down again.
        try house.decide(.raiseTokenFloor(floor - 1))
        #expect(house.broker.image == image)
    }

    @Test func theFloorHoldsForPoolsToCome() throws {
        let house = try House([], [])
        try house.decide(.raiseTokenFloor(1_000))
        try house.decide(.createPool(.plain("a", 1)))
        try house.decide(.putGroup(.plain("g", ["a"])))
        #expect(try house.grant("ann", in: ["g"]).token == 1_001)
    }
}
