import Testing

@testable import BrokerCore

/// The ends that holders are warned of: those that no renewal moves.
@Suite struct ForeseeTests {
    private static let pool = PoolSpec(name: PoolName("p"), size: 3)

    private static func group(
        _ name: String, member: String = "anna", slots: [String]?
    ) -> GroupSpec {
        GroupSpec(
            name: GroupName(name), members: [.user(HolderName(member))],
            pools: [PoolName("p")], slots: slots)
    }

    /// A broker with a rota whose windows are given in seconds from the start.
    private func broker(
        _ groups: [GroupSpec], windows: [(group: String, from: Int, to: Int)], grace: Int = 600
    ) throws -> House {
        let house = try House([Self.pool], [])
        let rota = RotaSpec(
            timezone: "Etc/UTC", anchor: CivilDate(text: "2026-01-05")!, graceSeconds: grace,
            slots: [RotaSlot(name: "x", hours: "08:00-13:00")])
        try house.decide(.applySite(SiteSpec(pools: [Self.pool], groups: groups, rota: rota)))
        let now = house.broker.wallTime(house.now)
        let entries = groups.filter { $0.slots != nil }.map { group in
            WindowTable.Entry(
                group: group.name,
                windows: windows.filter { $0.group == group.name.value }.compactMap {
                    UTCWindow(
                        start: now.adding(seconds: $0.from), end: now.adding(seconds: $0.to))
                })
        }
        try house.decide(
            .setWindows(
                WindowTable(
                    groups: entries, until: now.adding(seconds: 86_400), zones: "test",
                    isNewRota: true)))
        return house
    }

    private func end(_ house: House, _ lease: LeaseView) -> (seconds: Int, reason: EndReason)? {
        house.broker.foreseenEnd(of: lease.id).map {
            (Int($0.at.milliseconds - House.start.milliseconds) / 1_000, $0.reason)
        }
    }

    @Test func aTimeToLiveIsNoSuchEnd() throws {
        let house = try broker([Self.group("g", slots: nil)], windows: [])
        let lease = try house.grant("anna", ttl: 60)
        #expect(end(house, lease) == nil)
        try house.release(lease)
        #expect(house.broker.foreseenEnd(of: lease.id) == nil)
    }

    @Test func aWindowEndsALeaseAfterItsGrace() throws {
        let house = try broker(
            [Self.group("g", slots: ["mon.x"])], windows: [("g", -100, 1_000)])
        let lease = try house.grant("anna", ttl: 60)
        #expect(try #require(end(house, lease)) == (1_600, .windowClosed))
        try house.decide(
            .revoke(lease.id, reason: "r", graceSeconds: 1_600))
        #expect(try #require(end(house, lease)) == (1_600, .revoked))
        try house.decide(
            .drainPool(PoolName("p"), reason: "r", deadlineSeconds: 100, start: .now))
        #expect(try #require(end(house, lease)) == (100, .drained))
    }

    /// `next`: when the group's next window begins; at 1,600 the grace is over.
    @Test(arguments: [(1_599, true), (1_600, false)])
    func aWindowThatFollowsCarriesOn(next: Int, goesOn: Bool) throws {
        let house = try broker(
            [Self.group("g", slots: ["mon.x"])],
            windows: [("g", -100, 1_000), ("g", next, 5_000)])
        let lease = try house.grant("anna")
        #expect((end(house, lease) == nil) == goesOn)
    }

    @Test(arguments: [
        ("anna", 1_000, true), ("anna", 1_599, true), ("anna", 1_600, false),
        ("anna", 0, true), ("ben", 1_000, false),
    ])
    func anotherGroupOfTheHolderCarriesOn(member: String, opens: Int, goesOn: Bool) throws {
        let house = try broker(
            [
                Self.group("g", slots: ["mon.x"]),
                Self.group("other", member: member, slots: ["tue.x"]),
            ], windows: [("g", -100, 1_000), ("other", opens, 5_000)])
        let lease = try house.grant("anna", group: GroupName("g"))
        #expect((end(house, lease) == nil) == goesOn)
    }

    @Test func aGroupWithoutSlotsCarriesOnUnlessItIsFull() throws {
        var open = Self.group("open", slots: nil)
        open.quota = 0
        let house = try broker(
            [Self.group("g", slots: ["mon.x"]), open], windows: [("g", -100, 1_000)])
        let lease = try house.grant("anna", group: GroupName("g"))
        // Nobody knows yet whether there will be room.
        #expect(end(house, lease) == nil)
        house.pass(seconds: 1_000)
        try house.decide(.passTime)
        #expect(try house.lease(lease).state == .ending)
        #expect(try #require(end(house, lease)) == (1_600, .windowClosed))
    }
}
