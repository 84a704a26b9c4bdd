import Testing

@testable import BrokerCore

/// Cordon and drain, of pools and of seats.
@Suite struct DrainTests {
    private func house(_ size: Int = 3) throws -> House {
        try House([.plain("a", size)], [.plain("g", ["a"], people: ["ann", "bob", "cid"])])
    }

    // MARK: Pools

    @Test func withoutADeadlineLeasesRunOut() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 100)
        let forecast = try house.drain("a", deadline: nil)
        #expect(forecast.deadline == nil && forecast.waitsForEver)
        #expect(forecast.leases == 1 && forecast.cutAtDeadline == 0)
        let now = try house.lease(lease)
        #expect(now.state == .active && now.endingReason == nil)
        #expect(now.expiresAt == house.at(seconds: 100))
        #expect(house.seat("bob") == nil)
        #expect(try house.pool("a").isDrained == false)
        house.pass(seconds: 100)
        #expect(try house.lease(lease).endReason == .expired)
        #expect(try house.pool("a").isDrained)
    }

    @Test func theDeadlineCutsWhatIsLeft() throws {
        let house = try house()
        let short = try house.grant("ann", ttl: 59)
        let meets = try house.grant("bob", ttl: 60)
        let long = try house.grant("cid", ttl: 6_000)
        let forecast = try house.drain("a", deadline: 60, reason: "move")
        #expect(forecast.deadline == house.at(seconds: 60))
        #expect(forecast.leases == 3 && !forecast.waitsForEver)
        #expect(forecast.ends.map(\.count) == [1])
        #expect(forecast.ends.first?.at == house.at(seconds: 59))
        #expect(forecast.cutAtDeadline == 2)
        let now = try house.lease(long)
        #expect(now.state == .ending && now.endingReason == .drained && now.detail == "move")
        #expect(now.expiresAt == house.at(seconds: 60))

        house.pass(milliseconds: 59_999)
        #expect(try house.lease(short).endReason == .expired)
        #expect(try house.lease(long).state == .ending)
        house.pass(milliseconds: 1)
        let ended = try house.lease(long)
        #expect(ended.endReason == .drained && ended.detail == "move")
        #expect(try house.lease(meets).state == .ended)
        #expect(try house.pool("a").isDrained)
        house.expectTrueCounts()
    }

    @Test func aDeadlineOfNowCutsNow() throws {
        let house = try house()
        let lease = try house.grant("ann")
        let forecast = try house.drain("a", deadline: 0)
        #expect(forecast.leases == 1 && forecast.cutAtDeadline == 1)
        #expect(try house.lease(lease).endReason == .drained)
        #expect(try house.pool("a").isDrained)
    }

    /// Leases that end in the same minute are one line of the forecast.
    @Test func theForecastIsByMinute() throws {
        let house = try house(5)
        #expect(House.start.milliseconds % 60_000 == 0)
        for (holder, ttl) in [("ann", 59), ("bob", 1), ("cid", 60)] {
            try house.grant(holder, ttl: ttl)
        }
        let forecast = try house.drain("a", deadline: nil)
        #expect(forecast.ends.map(\.count) == [2, 1])
        #expect(forecast.ends.map(\.at) == [house.at(seconds: 59), house.at(seconds: 60)])
    }

    @Test func aNewDrainReplacesTheDeadline() throws {
        for (second, expires, state) in [
            (30, 30, LeaseView.State.ending), (900, 900, .ending), (nil, 3_600, .active),
        ] as [(Int?, Int, LeaseView.State)] {
            let house = try house()
            let lease = try house.grant("ann")
            try house.drain("a", deadline: 60)
            try house.drain("a", deadline: second)
            let now = try house.lease(lease)
            #expect(now.expiresAt == house.at(seconds: expires))
            #expect(now.state == state)
        }
    }

    @Test func aCordonOnADrainingPoolChangesNothing() throws {
        let house = try house()
        try house.drain("a", deadline: 60)
        let before = house.broker.image
        try house.decide(.cordonPool("a", reason: "other"))
        #expect(house.broker.image == before)
    }

    /// `uncordon` calls a drain off: leases have their former deadlines again, and what was
    /// renewed meanwhile counts.
    @Test func calledOff() throws {
        let house = try house()
        let kept = try house.grant("ann", ttl: 1_000)
        let renewed = try house.grant("bob", ttl: 1_000)
        try house.drain("a", deadline: 60)
        house.pass(seconds: 10)
        let during = try house.renew(renewed, ttl: 2_000)
        #expect(during.expiresAt == house.at(seconds: 60) && during.state == .ending)
        try house.decide(.uncordonPool("a"))
        #expect(try house.lease(kept).expiresAt == house.at(seconds: 1_000))
        #expect(try house.lease(kept).state == .active)
        #expect(try house.lease(renewed).expiresAt == house.at(seconds: 2_010))
        #expect(house.seat("cid") != nil)
        #expect(try house.pool("a").mode.kind == .open)
    }

    @Test func calledOffTooLate() throws {
        let house = try house()
        let lease = try house.grant("ann")
        try house.drain("a", deadline: 60)
        house.pass(seconds: 60)
        try house.decide(.uncordonPool("a"))
        #expect(try house.lease(lease).endReason == .drained)
    }

    @Test func cordonTakesNobodysSeat() throws {
        let house = try house()
        let lease = try house.grant("ann")
        try house.decide(.cordonPool("a", reason: "paint"))
        #expect(try house.lease(lease).state == .active)
        #expect(try house.renew(lease, ttl: 7_000).expiresAt == house.at(seconds: 7_000))
        let mode = try house.pool("a").mode
        #expect(mode.kind == .cordoned && mode.reason == "paint" && mode.by == "root")
        #expect(try house.pool("a").isDrained == false)
    }

    /// A pool's revision moves with admin changes, never with grants.
    @Test func revisions() throws {
        let house = try house()
        let first = try house.pool("a").revision
        let lease = try house.grant("ann")
        try house.renew(lease)
        try house.release(lease)
        #expect(try house.pool("a").revision == first)
        for command in [
            .cordonPool("a", reason: "x"), .drainPool("a", reason: "x", deadlineSeconds: nil),
            .uncordonPool("a"), .resizePool("a", size: 4, ifRevision: nil),
        ] as [Command] {
            let before = try house.pool("a").revision
            try house.decide(command)
            #expect(try house.pool("a").revision == before + 1)
        }
    }

    // MARK: Seats

    @Test func aSeatsCordonStandsBesideItsLease() throws {
        let house = try house()
        let lease = try house.grant("ann")
        try house.decide(.cordonSeat("a-1", reason: "screen"))
        #expect(try house.lease(lease).state == .active)
        let seat = try house.seatView("a-1")
        #expect(seat.lease == lease.id && seat.cordon?.reason == "screen")
        var counts = try house.pool("a").seats
        #expect((counts.available, counts.leased, counts.cordoned) == (2, 1, 0))
        try house.release(lease)
        counts = try house.pool("a").seats
        #expect((counts.available, counts.leased, counts.cordoned) == (2, 0, 1))
        try house.decide(.uncordonSeat("a-1"))
        #expect(try house.pool("a").seats.available == 3)
    }

    /// Pool state and seat cordons are independent.
    @Test func aPoolsUncordonLeavesSeatCordons() throws {
        let house = try house()
        try house.decide(.cordonSeat("a-2", reason: "screen"))
        try house.drain("a", deadline: nil)
        try house.decide(.uncordonPool("a"))
        #expect(try house.seatView("a-2").cordon != nil)
        #expect(try house.pool("a").seats.cordoned == 1)
    }

    @Test func aSeatsDrainEndsItsLease() throws {
        let house = try house()
        let lease = try house.grant("ann")
        let other = try house.grant("bob")
        let decision = try house.decide(
            .drainSeat("a-1", reason: "fan", deadlineSeconds: 60))
        guard case .draining(let forecast) = decision else { throw House.Unexpected() }
        #expect(forecast.leases == 1 && forecast.cutAtDeadline == 1)
        let now = try house.lease(lease)
        #expect(now.state == .ending && now.endingReason == .drained && now.detail == "fan")
        #expect(now.expiresAt == house.at(seconds: 60))
        // Cordoning a seat that drains changes nothing; a new drain replaces the deadline.
        try house.decide(.cordonSeat("a-1", reason: "dust"))
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 60))
        try house.decide(.drainSeat("a-1", reason: "fan", deadlineSeconds: 90))
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 90))
        house.pass(seconds: 90)
        #expect(try house.lease(lease).endReason == .drained)
        #expect(try house.lease(other).state == .active)
        #expect(try house.pool("a").seats.cordoned == 1)
    }

    @Test func aSeatsDrainIsCalledOff() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 100)
        try house.decide(.drainSeat("a-1", reason: "fan", deadlineSeconds: 60))
        house.pass(seconds: 10)
        #expect(try house.renew(lease, ttl: 200).expiresAt == house.at(seconds: 60))
        try house.decide(.uncordonSeat("a-1"))
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 210))
        #expect(try house.lease(lease).state == .active)
    }

    @Test func unknownNames() throws {
        let house = try house()
        #expect(house.refusal(.cordonSeat("x", reason: "")) == .noSuchSeat("x"))
        #expect(house.refusal(.uncordonPool("x")) == .noSuchPool("x"))
        #expect(
            house.refusal(.drainPool("x", reason: "", deadlineSeconds: 1)) == .noSuchPool("x"))
    }

    /// The soonest of several deadlines is the one that tells the reason.
    @Test func theSoonestDeadlineGivesTheReason() throws {
        let table:
            [(revoke: Int, pool: Int, seat: Int, reason: EndReason, detail: String, at: Int)] =
                [
                    (10, 20, 30, .revoked, "maintenance", 10), (20, 10, 30, .drained, "pool", 10),
                    (30, 20, 10, .drained, "seat", 10), (10, 10, 10, .revoked, "maintenance", 10),
                ]
        for row in table {
            let house = try house()
            let lease = try house.grant("ann")
            try house.revoke(lease, grace: row.revoke)
            try house.drain("a", deadline: row.pool, reason: "pool")
            try house.decide(.drainSeat("a-1", reason: "seat", deadlineSeconds: row.seat))
            let now = try house.lease(lease)
            #expect(now.endingReason == row.reason && now.detail == row.detail, "\(row)")
            #expect(house.broker.nextDeadline(after: house.now) == house.at(seconds: row.at))
            house.pass(seconds: 40)
            let ended = try house.lease(lease)
            #expect(ended.endReason == row.reason && ended.detail == row.detail, "\(row)")
        }
    }
}
