import Testing

@testable import BrokerCore

/// The site as a whole, and pools and groups that come and go.
@Suite struct SiteTests {
    @Test func applyReplacesTheWholeSite() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 2)], [.plain("g", ["a", "b"]), .plain("h", ["b"])])
        try house.resize("a", to: 5)
        let pools: [PoolSpec] = [.plain("c", 1), .plain("a", 3)]
        let groups: [GroupSpec] = [.plain("i", ["c"]), .plain("g", ["a"], quota: 1)]
        let before = house.broker.siteSpec
        let change = try house.apply(pools, groups)
        #expect(change.before == before && change.isChanged)
        #expect(change.after == SiteSpec(pools: pools, groups: groups))
        #expect(house.broker.siteSpec == change.after)
        #expect(change.revision == house.broker.revision)
        #expect(house.seatNames("a") == ["a-1", "a-2", "a-3"])
        #expect(house.broker.pool("b") == nil && house.broker.group("h", at: house.now) == nil)
    }

    @Test func theSameSiteChangesNothing() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"])])
        let before = house.broker.image
        #expect(try !house.apply([.plain("a", 2)], [.plain("g", ["a"])]).isChanged)
        #expect(house.broker.image == before)
    }

    /// Cordons and drains are not the site's.
    @Test func cordonsAndDrainsStay() throws {
        let house = try House([.plain("a", 3)], [.plain("g", ["a"])])
        try house.decide(.cordonSeat("a-2", reason: "screen"))
        try house.drain("a", deadline: 600)
        let mode = try house.pool("a").mode
        try house.apply([.plain("a", 4)], [.plain("g", ["a"], quota: 2)])
        #expect(try house.pool("a").mode == mode)
        #expect(try house.seatView("a-2").cordon?.reason == "screen")
        house.expectTrueCounts()
    }

    @Test func orderIsTheSites() throws {
        let pools: [PoolSpec] = [.plain("a", 1), .plain("b", 1)]
        let groups: [GroupSpec] = [.plain("g", ["a"]), .plain("h", ["b"])]
        let house = try House(pools, groups)
        try house.apply(pools.reversed(), groups.reversed())
        #expect(house.broker.poolViews.map(\.spec.name) == ["b", "a"])
        #expect(house.broker.groupViews(at: house.now).map(\.spec.name) == ["h", "g"])
        #expect(try house.grant("ann", in: ["g", "h"]).group == "h")
    }

    /// Refused in its middle: the state is what it was, bit for bit.
    @Test func applyIsAtomic() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 2), .plain("c", 2)],
            [.plain("g", ["a", "b", "c"], reserve: ["a": 1])], seatLimit: 6)
        try house.grant("ann", in: ["g"], pool: "c")
        try house.decide(.cordonSeat("a-1", reason: "screen"))
        let before = house.broker.image
        let table: [(pools: [PoolSpec], groups: [GroupSpec], refusal: Refusal?)] = [
            // c has a lease; b is deleted and a grows before that is noticed.
            ([.plain("a", 4)], [], .poolInUse("c", leases: 1)),
            (
                [.plain("c", 2), .plain("a", 5)], [.plain("h", ["a"])],
                .seatLimit(limit: 6, total: 7)
            ),
            // Not valid at all: a name twice.
            ([.plain("a", 1), .plain("a", 1), .plain("c", 2)], [], nil),
            // A reserve beyond the pool's size.
            ([.plain("a", 1), .plain("c", 2)], [.plain("g", ["a"], reserve: ["a": 2])], nil),
            // c-1 is leased in c.
            (
                [.plain("a", 1), .plain("c", 0), PoolSpec(name: "d", size: 1, seatName: "c-%d")],
                [], .seatNameTaken("c-1", by: "c")
            ),
        ]
        for row in table {
            let site = SiteSpec(pools: row.pools, groups: row.groups)
            let refusal = try #require(house.refusal(.applySite(site)))
            if let expected = row.refusal { #expect(refusal == expected) }
            #expect(house.broker.image == before)
        }
        // And the next decision is as if nothing had been tried.
        #expect(house.seat("bob", in: ["g"]) == "a-2")
    }

    @Test func aRefusalLeavesNoRecords() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"])])
        _ = house.broker.takePending()
        let lease = try house.grant("ann", in: ["g"])
        let records = house.broker.takePending()
        #expect(records.first == .subjectSeen("ann", ["g"]))
        guard case .leaseGranted(let grant) = records.last, records.count == 2 else {
            throw House.Unexpected()
        }
        #expect(grant.id == lease.id)
        #expect(house.refusal(.applySite(SiteSpec(pools: [.plain("b", 1)]))) != nil)
        #expect(house.refusal(.deletePool("a")) != nil)
        #expect(house.broker.takePending() == [])
    }

    /// Within the limit, seats move from one pool to another in one change.
    @Test func seatsMoveWithinTheLimit() throws {
        let house = try House([.plain("a", 2), .plain("b", 4)], [], seatLimit: 6)
        try house.apply([.plain("a", 5), .plain("b", 1)], [])
        #expect(house.broker.seatCount == 6)
    }

    /// A name moves from one pool to another while both stay.
    @Test func namesMoveBetweenPools() throws {
        let x = ListedSeat(name: "x")
        let y = ListedSeat(name: "y")
        let house = try House([.plain("a", 1, listed: [x]), .plain("b", 1, listed: [y])], [])
        try house.apply([.plain("a", 1, listed: [y]), .plain("b", 1, listed: [x])], [])
        #expect(house.seatNames("a") == ["y"] && house.seatNames("b") == ["x"])
    }

    // MARK: Pools

    @Test func aPoolWithLeasesIsNotDeleted() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"])])
        let lease = try house.grant("ann", in: ["g"])
        #expect(house.refusal(.deletePool("a")) == .poolInUse("a", leases: 1))
        #expect(house.refusal(.deletePool("x")) == .noSuchPool("x"))
        try house.release(lease)
        try house.decide(.deletePool("a"))
        #expect(house.broker.pool("a") == nil && house.broker.seatCount == 0)
        #expect(try house.lease(lease).pool == "a")
    }

    @Test func aDeletedPoolLeavesTheGroupsLists() throws {
        let house = try House(
            [.plain("a", 2), .plain("b", 2)],
            [.plain("g", ["a", "b"], reserve: ["a": 1, "b": 1]), .plain("h", ["a"])])
        try house.decide(.deletePool("a"))
        #expect(house.broker.groupViews(at: house.now).map(\.spec.pools) == [["b"], []])
        #expect(house.broker.groupViews(at: house.now)[0].spec.reserve.map(\.pool) == ["b"])
        // A pool of that name is another one: nobody may use it yet.
        try house.decide(.createPool(.plain("a", 1)))
        #expect(house.broker.poolViews.map(\.spec.name) == ["b", "a"])
        #expect(house.seat("ann", in: ["h"]) == nil)
    }

    // MARK: Groups

    @Test func aGroupIsReplacedWhole() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"], quota: 1, people: ["ann"])])
        let decision = try house.decide(
            .putGroup(GroupSpec(name: "g", members: ["bob"], pools: ["a"])))
        guard case .group(let change) = decision else { throw House.Unexpected() }
        #expect(!change.isCreated && change.displaced == [])
        #expect(change.group.spec.quota == nil && change.group.spec.members == ["bob"])
        guard case .group(let new) = try house.decide(.putGroup(.plain("h", []))) else {
            throw House.Unexpected()
        }
        #expect(new.isCreated)
        #expect(house.refusal(.putGroup(.plain("i", ["x"]))) == .noSuchPool("x"))
        #expect(house.refusal(.deleteGroup("x")) == .noSuchGroup("x"))
    }

    @Test func leasesOfADeletedGroupRunOut() throws {
        let house = try House([.plain("a", 2)], [.plain("g", ["a"], quota: 1)])
        let lease = try house.grant("ann", in: ["g"], ttl: 100)
        try house.decide(.deleteGroup("g"))
        #expect(house.broker.group("g", at: house.now) == nil)
        #expect(house.refusal(.deleteGroup("g")) == .noSuchGroup("g"))
        #expect(house.refusal(house.grantCommand("bob", group: "g")) == .noSuchGroup("g"))
        #expect(try house.lease(lease).group == "g")
        #expect(try house.lease(lease).state == .active)
        house.pass(seconds: 100)
        #expect(try house.lease(lease).endReason == .expired)
        #expect(house.broker.image.goneGroups == [])
    }

    /// A group of the same name takes the leases over: they count in its quota.
    @Test func aGroupComesBackWhileItsLeasesRun() throws {
        let house = try House([.plain("a", 3)], [.plain("g", ["a"]), .plain("h", ["a"])])
        let lease = try house.grant("ann", in: ["g"])
        try house.decide(.deleteGroup("g"))
        #expect(house.broker.image.goneGroups == ["g"])
        try house.decide(.putGroup(.plain("g", ["a"], quota: 1)))
        #expect(house.broker.image.goneGroups == [])
        #expect(house.broker.groupViews(at: house.now).map(\.spec.name) == ["h", "g"])
        #expect(try house.used("g") == 1)
        #expect(try house.refusedGrant("bob", in: ["g"]).rule == .quotaExceeded)
        #expect(try house.renew(lease, in: ["g"]).state == .active)
        try house.release(lease)
        #expect(house.seat("bob", in: ["g"]) != nil)
    }

    @Test func aStateThatNeverHadASite() throws {
        var broker = Broker()
        _ = try broker.decide(.setSeatLimit(5), by: House.admin, at: House.start)
        #expect(!broker.hasSite)
        let empty = SiteSpec()
        _ = try broker.decide(.applySite(empty), by: House.admin, at: House.start)
        _ = try broker.decide(.createPool(.plain("a", 1)), by: House.admin, at: House.start)
        #expect(broker.hasSite)
        _ = try broker.decide(.deletePool("a"), by: House.admin, at: House.start)
        #expect(broker.hasSite)
    }
}
