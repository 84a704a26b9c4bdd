import Testing

@testable import BrokerCore

/// The waiting line: who gets a seat that comes free.
@Suite struct LineTests {
    /// A pool of so many seats, all taken by people of their own group.
    private func house(
        _ size: Int = 1, _ groups: [GroupSpec] = [.plain("g", ["a"]), .plain("h", ["a"])]
    ) throws -> (House, [LeaseView]) {
        let house = try House([.plain("a", size)], groups + [.plain("taken", ["a"])])
        let leases = try (0..<size).map { try house.grant("t\($0)", in: ["taken"]) }
        return (house, leases)
    }

    @Test func inTheOrderOfArrival() throws {
        let (house, leases) = try house()
        for (second, holder) in ["bob", "ann", "cid"].enumerated() {
            house.go(to: second)
            let place = try house.wait(holder)
            #expect(place.ahead == second && place.since == house.now && place.isConnected)
            #expect(place.until == house.now.adding(seconds: 600))
        }
        #expect(try house.outcomes() == [])
        try house.release(leases[0])
        #expect(try house.outcomes() == ["bob: a-1"])
        #expect(house.line == ["ann", "cid"])
        #expect(try house.outcomes() == [])
        let bob = try #require(house.broker.leases(Broker.LeaseFilter(), limit: 1).first)
        try house.release(bob)
        #expect(try house.outcomes() == ["ann: a-1"])
    }

    /// Everything that brings a seat serves the line.
    @Test func whateverBringsASeat() throws {
        let table: [(what: String, bring: (House, LeaseView) throws -> Void)] = [
            ("a release", { house, lease in try house.release(lease) }),
            ("an expiry", { house, _ in house.pass(seconds: 3_600) }),
            ("a revocation", { house, lease in try house.revoke(lease) }),
            ("growth", { house, _ in try house.resize("a", to: 2) }),
            (
                "a seat's cordon that is lifted",
                { house, lease in
                    try house.decide(.cordonSeat("a-1", reason: "dust"))
                    try house.release(lease)
                    #expect(try house.outcomes() == [])
                    try house.decide(.uncordonSeat("a-1"))
                }
            ),
            (
                "a reserve that is given up",
                { house, _ in
                    try house.decide(.putGroup(.plain("r", ["a"], reserve: ["a": 1])))
                    try house.resize("a", to: 2)
                    #expect(try house.outcomes() == [])
                    try house.decide(.putGroup(.plain("r", ["a"])))
                }
            ),
        ]
        for row in table {
            let (house, leases) = try house()
            try house.wait("bob", seconds: 4_000)
            try row.bring(house, leases[0])
            #expect(try house.outcomes().count == 1, "\(row.what)")
            #expect(house.line == [], "\(row.what)")
        }
    }

    @Test func aCordonOfThePoolThatIsLifted() throws {
        let house = try House(
            [.plain("a", 0), .plain("b", 1)], [.plain("g", ["a", "b"])])
        try house.decide(.cordonPool("b", reason: "paint"))
        // The other pool can be waited for.
        try house.wait("ann", pool: nil)
        try house.decide(.uncordonPool("b"))
        #expect(try house.outcomes() == ["ann: b-1"])
    }

    /// A group at its quota does not block those behind it.
    @Test func aQuotaBlocksItsOwnGroup() throws {
        let (house, leases) = try house(
            3, [.plain("g", ["a"], quota: 1), .plain("h", ["a"])])
        try house.release(leases[0])
        let ann = try house.grant("ann", in: ["g"])
        for holder in ["bob", "cid"] { try house.wait(holder, in: ["g"]) }
        try house.wait("dan", in: ["h"])
        try house.release(leases[1])
        #expect(try house.outcomes() == ["dan: a-2"])
        try house.release(leases[2])
        #expect(try house.outcomes() == [])
        // Now that g has room, in its order.
        try house.release(ann)
        #expect(try house.outcomes() == ["bob: a-3"])
        #expect(house.line == ["cid"])
    }

    /// Reserved seats go to their group, whoever came first.
    @Test func reservesCount() throws {
        let (house, leases) = try house(
            2, [.plain("g", ["a"]), .plain("r", ["a"])])
        try house.decide(.putGroup(.plain("r", ["a"], reserve: ["a": 1])))
        try house.wait("ann", in: ["g"])
        try house.wait("rob", in: ["r"])
        try house.release(leases[0])
        #expect(try house.outcomes() == ["rob: a-1"])
        try house.release(leases[1])
        #expect(try house.outcomes() == ["ann: a-2"])
    }

    /// A seat that is kept for a person is that person's, and nobody else's.
    @Test func keptSeats() throws {
        let kept = ListedSeat(name: "desk", keptFor: "kim")
        let house = try House(
            [.plain("a", 2, listed: [kept])], [.plain("g", ["a"], people: ["kim"])])
        let kim = try house.grant("kim")
        let other = try house.grant("ann", in: ["g"])
        for holder in ["bob", "cid"] { try house.wait(holder) }
        try house.release(kim)
        #expect(try house.outcomes() == [])
        try house.release(other)
        #expect(try house.outcomes() == ["bob: a-1"])
        try house.decide(.cordonSeat("desk", reason: "dust"))
        try house.wait("kim", in: [])
        #expect(house.line == ["cid", "kim"])
        try house.decide(.uncordonSeat("desk"))
        #expect(try house.outcomes() == ["kim: desk"])
    }

    /// A kept seat that is taken meets a reserve, and leaves another seat to those before.
    @Test func aKeptSeatMeetsAReserve() throws {
        let kept = ListedSeat(name: "desk", keptFor: "kim")
        let groups: [GroupSpec] = [
            .plain("g", ["a"]), .plain("r", ["a"], reserve: ["a": 1], people: ["kim"]),
        ]
        // Asked for directly, and waited for.
        for isWaiting in [false, true] {
            let house = try House([.plain("a", 2, listed: [kept])], groups)
            try house.decide(.cordonSeat("desk", reason: "dust"))
            try house.wait("gil")
            if isWaiting { try house.decide(.cordonSeat("a-1", reason: "dust")) }
            if isWaiting { try house.wait("kim", in: []) }
            if isWaiting { try house.decide(.uncordonSeat("a-1")) }
            if isWaiting {
                // The seat is reserved, and kim may have it.
                #expect(try house.outcomes() == ["kim: a-1"])
                continue
            }
            try house.decide(.uncordonSeat("desk"))
            #expect(try house.outcomes() == [])
            #expect(house.seat("kim") == "desk")
            #expect(try house.outcomes() == ["gil: a-1"])
        }
    }

    /// Nobody in the line is overtaken by somebody who asks without waiting.
    @Test func theLineComesFirst() throws {
        let (house, leases) = try house()
        try house.wait("ann")
        try house.release(leases[0])
        // The next decision of whoever serves the line.
        #expect(try house.outcomes() == ["ann: a-1"])
        #expect(house.seat("bob", in: ["g"]) == nil)
    }

    // MARK: Pools

    @Test func twoPools() throws {
        let house = try House(
            [.plain("a", 1), .plain("b", 1)],
            [.plain("g", ["a", "b"]), .plain("taken", ["a", "b"])])
        let a = try house.grant("t0", in: ["taken"], pool: "a")
        let b = try house.grant("t1", in: ["taken"], pool: "b")
        try house.wait("ann", pool: "a")
        try house.wait("bob", pool: "b")
        let cid = try house.wait("cid", pool: nil)
        let dan = try house.wait("dan", pool: "b")
        #expect(cid.ahead == 2 && dan.ahead == 2)
        #expect(house.broker.placesAhead.map(\.ahead) == [0, 0, 2, 2])
        // Who waits for one pool does not block who waits for another.
        try house.release(b)
        #expect(try house.outcomes() == ["bob: b-1"])
        try house.release(a)
        #expect(try house.outcomes() == ["ann: a-1"])
        for lease in house.broker.leases(Broker.LeaseFilter(), limit: 9) {
            try house.release(lease)
        }
        // The first pair that passes, for one who takes any.
        #expect(try house.outcomes() == ["cid: a-1", "dan: b-1"])
    }

    /// Two groups: the first pair in the site's order that passes is charged.
    @Test func whichGroupIsCharged() throws {
        let (house, leases) = try house(
            1, [.plain("g", ["a"], quota: 0), .plain("h", ["a"])])
        let place = try house.wait("ann", in: ["h", "g"])
        #expect(place.group == "g")
        try house.release(leases[0])
        #expect(try house.outcomes() == ["ann: a-1"])
        #expect(try house.used("h") == 1)
    }

    // MARK: Windows

    /// People wait before their window begins, and have their seats from the instant it does.
    @Test func beforeTheWindowBegins() throws {
        let house = try House(
            [.plain("a", 2)],
            [.turning("g", ["a"]), .turning("h", ["a"])],
            windows: ["g": [100..<200], "h": [300..<400]])
        for holder in ["ann", "bob", "cid"] { try house.wait(holder, in: ["g"]) }
        try house.wait("dan", in: ["h"], seconds: 500)
        #expect(try house.groupView("g").waiting == 3 && house.groupView("h").waiting == 1)
        house.go(toMilliseconds: 99_999)
        #expect(try house.outcomes() == [])
        #expect(house.broker.nextDeadline(after: house.now) == house.at(seconds: 100))
        house.go(toMilliseconds: 100_000)
        #expect(try house.outcomes() == ["ann: a-1", "bob: a-2"])
        // The grace is over before the next group's window begins.
        house.go(to: 230)
        #expect(try house.outcomes() == ["cid: outsideWindow"])
        house.go(to: 300)
        #expect(try house.outcomes() == ["dan: a-1"])
    }

    // MARK: Views

    @Test func whatIsTold() throws {
        let (house, _) = try house(2)
        let table: [(holder: String, group: String, ahead: Int, estimate: Int)] = [
            ("ann", "g", 0, 3_600), ("bob", "h", 1, 3_600), ("cid", "g", 2, 3_650),
        ]
        try house.resize("a", to: 3)
        house.go(to: 50)
        try house.grant("t9", in: ["taken"])
        for row in table {
            let place = try house.wait(row.holder, in: [row.group], seconds: 4_000)
            #expect(place.ahead == row.ahead, "\(row)")
            #expect(place.estimate == house.at(seconds: row.estimate), "\(row)")
        }
        let all = house.broker.waitViews(pool: nil, group: nil, after: nil, limit: 2, at: house.now)
        #expect(all.waiters.map(\.holder) == ["ann", "bob"])
        #expect(
            all.waiters.map(\.estimate) == [house.at(seconds: 3_600), house.at(seconds: 3_600)])
        let rest = house.broker.waitViews(
            pool: "a", group: nil, after: all.next, limit: 2, at: house.now)
        #expect(rest.waiters.map(\.holder) == ["cid"] && rest.next == nil)
        #expect(rest.waiters[0].ahead == 2 && rest.waiters[0].estimate == house.at(seconds: 3_650))
        let ofH = house.broker.waitViews(pool: nil, group: "h", after: nil, limit: 9, at: house.now)
        #expect(ofH.waiters.map(\.holder) == ["bob"] && ofH.waiters[0].ahead == 1)
        #expect(
            house.broker.waitViews(pool: "x", group: nil, after: nil, limit: 9, at: house.now)
                .waiters == [])
        let summary = house.broker.lineSummary
        #expect(summary.waiting == 3 && summary.oldestSince == house.now)
    }
}
