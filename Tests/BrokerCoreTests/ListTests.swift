import Testing

@testable import BrokerCore

/// Lists: their order, filters and pages.
@Suite struct ListTests {
    private func house() throws -> House {
        let house = try House(
            [.plain("b", 3, listed: [ListedSeat(name: "z")]), .plain("a", 2)],
            [.plain("g", ["b", "a"]), .plain("h", ["a"])])
        for holder in ["dan", "ann", "cid", "bob"] {
            house.pass(seconds: 1)
            try house.grant(holder, in: ["g"])
        }
        try house.grant("eve", in: ["h"])
        return house
    }

    private func holders(
        _ house: House, limit: Int = 100, _ change: (inout Broker.LeaseFilter) -> Void = { _ in }
    ) -> [String] {
        var filter = Broker.LeaseFilter()
        change(&filter)
        return house.broker.leases(filter, limit: limit).map(\.holder.value)
    }

    @Test func leasesInGrantOrder() throws {
        let house = try house()
        #expect(holders(house) == ["dan", "ann", "cid", "bob", "eve"])
        #expect(holders(house) { $0.pool = "a" } == ["bob", "eve"])
        #expect(holders(house) { $0.group = "h" } == ["eve"])
        #expect(holders(house) { $0.holder = "cid" } == ["cid"])
        #expect(holders(house) { $0.holder = "nobody" } == [])
        #expect(holders(house) { $0.grantedBy = "gw" } == [])
        // Neither a renewal nor another's end changes the order.
        let dan = try house.grant("dan", in: ["g"])
        try house.renew(dan, in: ["g"], ttl: 7_000)
        try house.release(try house.grant("ann", in: ["g"]))
        try house.grant("ann", in: ["g"])
        #expect(holders(house) == ["dan", "cid", "bob", "eve", "ann"])
    }

    @Test func liveOnesUnlessAskedFor() throws {
        let house = try house()
        let ann = try house.grant("ann", in: ["g"])
        let cid = try house.grant("cid", in: ["g"])
        try house.release(ann)
        try house.revoke(cid, grace: 60)
        #expect(holders(house) == ["dan", "cid", "bob", "eve"])
        #expect(holders(house) { $0.states = [.active] } == ["dan", "bob", "eve"])
        #expect(holders(house) { $0.states = [.ending] } == ["cid"])
        #expect(holders(house) { $0.states = [.ended] } == ["ann"])
        #expect(
            holders(house) { $0.states = [.active, .ending, .ended] }
                == ["dan", "ann", "cid", "bob", "eve"])
    }

    @Test func leasesByPages() throws {
        let house = try house()
        let whole = house.broker.leases(Broker.LeaseFilter(), limit: 100)
        for limit in 1...6 {
            var filter = Broker.LeaseFilter()
            var found: [LeaseView] = []
            while true {
                let page = house.broker.leases(filter, limit: limit)
                found += page
                guard page.count == limit else { break }
                filter.after = page.last!.grantRevision
            }
            #expect(found == whole)
        }
    }

    @Test func seatsInTheSitesOrderThenByIndex() throws {
        let house = try house()
        let all = ["z", "b-1", "b-2", "a-1", "a-2"]
        func names(_ page: [SeatView]) -> [String] { page.map(\.address.name.value) }
        let whole = house.broker.seats(pool: nil, after: nil, limit: 5) { _ in true }
        #expect(names(whole.seats) == all && whole.next == nil)
        for limit in 1...5 {
            var found: [String] = []
            var cursor: Broker.SeatCursor?
            var pages = 0
            repeat {
                let page = house.broker.seats(pool: nil, after: cursor, limit: limit) { _ in true }
                #expect(page.seats.count <= limit)
                found += names(page.seats)
                cursor = page.next
                pages += 1
            } while cursor != nil
            #expect(found == all)
            // No empty page at the end.
            #expect(pages == (5 + limit - 1) / limit)
        }
        let one = house.broker.seats(pool: "b", after: nil, limit: 1) { $0.lease != nil }
        #expect(names(one.seats) == ["z"])
        let rest = house.broker.seats(pool: "b", after: one.next, limit: 9) { $0.lease != nil }
        #expect(names(rest.seats) == ["b-1", "b-2"])
    }

    /// Pages go on behind their place when seats come and go meanwhile.
    @Test func aPlaceOutlivesItsSeat() throws {
        let house = try House([.plain("a", 4)], [])
        let page = house.broker.seats(pool: nil, after: nil, limit: 3) { _ in true }
        try house.resize("a", to: 1)
        try house.decide(.createPool(.plain("b", 1)))
        let rest = house.broker.seats(pool: nil, after: page.next, limit: 9) { _ in true }
        #expect(rest.seats.map(\.address.name) == ["b-1"])
        try house.decide(.deletePool("a"))
        let none = house.broker.seats(pool: nil, after: page.next, limit: 9) { _ in true }
        #expect(none.seats == [] && none.next == nil)
    }

    @Test func wallClock() throws {
        let house = try house()
        let mark = ClockMark(
            wallOffsetMilliseconds: 3_600_000, bootHigh: 1, bootLow: 2, bootOffsetMilliseconds: 3)
        try house.decide(.setClock(mark))
        #expect(house.broker.clock == mark)
        let wall = house.broker.wallMilliseconds(house.now)
        #expect(wall == house.now.milliseconds + 3_600_000)
        #expect(house.broker.instant(wallMilliseconds: wall) == house.now)
        let before = house.broker.image
        try house.decide(.setClock(mark))
        #expect(house.broker.image == before)
    }
}
