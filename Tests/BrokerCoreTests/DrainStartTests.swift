import Testing

@testable import BrokerCore

/// Drains that begin later.
@Suite struct DrainStartTests {
    private func house(_ size: Int = 3) throws -> House {
        try House(
            [.plain("a", size), .plain("b", 1)],
            [
                .plain("g", ["a"], people: ["ann", "bob", "cid"]), .turning("h", ["a"]),
                .turning("i", ["b"]),
            ], windows: ["h": [100..<200, 300..<400], "i": [10..<20]])
    }

    private func at(_ seconds: Int) -> DrainStart {
        .at(wallMilliseconds: House.start.adding(seconds: seconds).milliseconds)
    }

    @discardableResult
    private func drain(
        _ house: House, _ start: DrainStart, deadline: Int? = 60, reason: String = "move"
    ) throws -> DrainForecast {
        let decision = try house.decide(
            .drainPool("a", reason: reason, deadlineSeconds: deadline, start: start))
        guard case .draining(let forecast) = decision else { throw House.Unexpected() }
        return forecast
    }

    // MARK: Pools

    /// The pool is open until then; who has a seat knows its end from the beginning.
    @Test func itBeginsAtItsTime() throws {
        let table: [(at: Int64, what: String, kind: PoolMode.Kind, state: LeaseView.State)] = [
            (0, "it is announced", .open, .active),
            (99_999, "the last millisecond", .open, .active),
            (100_000, "it begins", .draining, .ending),
            (159_999, "the last of the deadline", .draining, .ending),
            (160_000, "the deadline", .draining, .ended),
        ]
        for isStepped in [true, false] {
            let stepped = try house()
            let first = try stepped.grant("ann", ttl: 3_000)
            #expect(try drain(stepped, at(100)).startsAt == stepped.at(seconds: 100))
            for row in table {
                let house = isStepped ? stepped : House(broker: stepped.broker, now: stepped.now)
                house.go(toMilliseconds: row.at)
                let lease = try house.lease(first)
                #expect(lease.state == row.state, "\(row.what)")
                #expect(lease.expiresAt == house.at(seconds: 160), "\(row.what)")
                #expect(
                    lease.endingReason == (row.state == .ending ? .drained : nil), "\(row.what)")
                let mode = try house.pool("a").mode
                #expect(mode.kind == row.kind, "\(row.what)")
                #expect((mode.upcoming != nil) == (row.kind == .open), "\(row.what)")
                if row.kind == .draining {
                    #expect(mode.reason == "move" && mode.by == "root", "\(row.what)")
                    #expect(mode.since == house.at(seconds: 100), "\(row.what)")
                    #expect(mode.deadline == house.at(seconds: 160), "\(row.what)")
                }
                if row.state == .ended {
                    #expect(lease.endReason == .drained && lease.detail == "move")
                    #expect(try house.pool("a").isDrained)
                }
                let other = House(broker: house.broker, now: house.now)
                let granted = try? other.grant("bob", ttl: 3_000)
                #expect((granted != nil) == (row.kind == .open), "\(row.what)")
                #expect(granted.map { $0.expiresAt == house.at(seconds: 160) } ?? true)
            }
        }
    }

    @Test func whenItBegins() throws {
        let table: [(now: Int, start: DrainStart, what: String, begins: Int?)] = [
            (50, .now, "now", nil), (50, at(49), "in the past", nil), (50, at(50), "just now", nil),
            (50, at(51), "in a second", 51), (50, .windowEnd, "with the next window", 200),
            (199, .windowEnd, "with the present window", 200),
            (200, .windowEnd, "with the one after it", 400),
        ]
        for row in table {
            let house = try house()
            house.go(to: row.now)
            let forecast = try drain(house, row.start)
            #expect(forecast.startsAt == row.begins.map { house.at(seconds: $0) }, "\(row.what)")
            #expect(
                forecast.deadline == house.at(seconds: (row.begins ?? row.now) + 60), "\(row.what)")
            #expect(
                try house.pool("a").mode.kind == (row.begins == nil ? .draining : .open),
                "\(row.what)")
        }
    }

    /// The time is the wall clock's when the drain is announced.
    @Test func theWallClock() throws {
        let house = try house()
        try house.setClock(offsetMilliseconds: 3_600_000)
        let forecast = try drain(
            house, .at(wallMilliseconds: House.start.milliseconds + 3_600_000 + 1_000))
        #expect(forecast.startsAt == House.start.adding(seconds: 1))
    }

    @Test func withoutAWindowToEnd() throws {
        let house = try house()
        house.go(to: 400)
        #expect(
            house.refusal(
                .drainPool("a", reason: "", deadlineSeconds: nil, start: .windowEnd)) == .noWindow)
        #expect(
            house.refusal(
                .drainSeat("b-1", reason: "", deadlineSeconds: nil, start: .windowEnd)) == .noWindow
        )
        #expect(try house.pool("a").mode.upcoming == nil)
    }

    @Test func aDeadlineOfNothing() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 3_000)
        let forecast = try drain(house, at(100), deadline: 0)
        #expect(forecast.cutAtDeadline == 1)
        house.go(toMilliseconds: 99_999)
        #expect(try house.lease(lease).state == .active)
        house.go(toMilliseconds: 100_000)
        #expect(try house.lease(lease).endReason == .drained)
    }

    @Test func withoutADeadlineLeasesRunOut() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 150)
        let forecast = try drain(house, at(100), deadline: nil)
        #expect(forecast.deadline == nil && forecast.waitsForEver && forecast.leases == 1)
        house.go(to: 100)
        #expect(try house.lease(lease).state == .active)
        #expect(house.seat("bob") == nil)
        house.go(to: 150)
        #expect(try house.lease(lease).endReason == .expired)
    }

    // MARK: What becomes of it

    @Test func calledOff() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 3_000)
        try drain(house, at(100))
        try house.decide(.uncordonPool("a", reason: "not needed"))
        let mode = try house.pool("a").mode
        #expect(mode.upcoming == nil && mode.kind == .open && mode.reason == "not needed")
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 3_000))
        house.go(to: 200)
        #expect(try house.pool("a").mode.kind == .open)
        #expect(try house.lease(lease).state == .active)
    }

    /// A cordon closes the pool now and leaves the drain as it was announced.
    @Test func aCordonKeepsIt() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 3_000)
        try drain(house, at(100))
        try house.decide(.cordonPool("a", reason: "paint"))
        #expect(try house.pool("a").mode.kind == .cordoned)
        #expect(try house.pool("a").mode.reason == "paint")
        #expect(house.seat("bob") == nil)
        #expect(try house.lease(lease).state == .active)
        house.go(to: 100)
        #expect(try house.lease(lease).state == .ending)
        let mode = try house.pool("a").mode
        #expect(mode.kind == .draining && mode.reason == "move")
        #expect(mode.deadline == house.at(seconds: 160))
        // `uncordon` of one that is cordoned calls off both.
        let other = try self.house()
        try drain(other, at(100))
        try other.decide(.cordonPool("a", reason: "paint"))
        try other.decide(.uncordonPool("a"))
        #expect(try other.pool("a").mode.kind == .open && other.pool("a").mode.upcoming == nil)
    }

    @Test func aCordonedPoolWillDrain() throws {
        let house = try house()
        try house.decide(.cordonPool("a", reason: "paint"))
        try drain(house, at(100))
        #expect(try house.pool("a").mode.kind == .cordoned)
        house.go(to: 100)
        try house.decide(.passTime)
        #expect(try house.pool("a").mode.kind == .draining)
    }

    @Test func aNewDrainReplacesIt() throws {
        let table: [(start: DrainStart, kind: PoolMode.Kind, begins: Int?, ends: Int)] = [
            (at(200), .open, 200, 290), (at(20), .open, 20, 110), (.now, .draining, nil, 90),
        ]
        for row in table {
            let house = try house()
            let lease = try house.grant("ann", ttl: 3_000)
            try drain(house, at(100))
            try drain(house, row.start, deadline: 90, reason: "other")
            let mode = try house.pool("a").mode
            #expect(mode.kind == row.kind)
            #expect(mode.upcoming?.start == row.begins.map { house.at(seconds: $0) })
            #expect(mode.upcoming?.reason == (row.begins == nil ? nil : "other"))
            #expect(try house.lease(lease).expiresAt == house.at(seconds: row.ends))
        }
    }

    /// A pool that is draining stays so; a later start moves the deadline alone.
    @Test func aLaterDrainOfADrainingPool() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 3_000)
        try drain(house, .now)
        let forecast = try drain(house, at(100), deadline: 90)
        #expect(forecast.startsAt == nil)
        let mode = try house.pool("a").mode
        #expect(mode.kind == .draining && mode.upcoming == nil)
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 190))
        #expect(house.seat("bob") == nil)
    }

    /// As it is closed already, who is gone before the later start counts too; of a seat as well.
    @Test func theForecastOfALaterDrain() throws {
        let house = try house()
        try house.grant("ann", ttl: 50)
        try drain(house, .now, deadline: nil)
        let forecast = try drain(house, at(100), deadline: 90)
        #expect(forecast.leases == 1 && forecast.ends.map(\.at) == [house.at(seconds: 50)])
        try house.decide(.cordonSeat("a-1", reason: "fan"))
        let decision = try house.decide(
            .drainSeat("a-1", reason: "fan", deadlineSeconds: 60, start: at(100)))
        guard case .draining(let ofSeat) = decision else { throw House.Unexpected() }
        #expect(ofSeat.startsAt == nil && ofSeat.leases == 1)
    }

    /// Whoever waits is refused as it begins.
    @Test func whoWaits() throws {
        let house = try house(0)
        try drain(house, at(100))
        try house.wait("ann")
        #expect(try house.refusedGrant("bob").earliest == nil)
        house.go(toMilliseconds: 99_999)
        #expect(try house.outcomes() == [])
        house.go(toMilliseconds: 100_000)
        #expect(try house.outcomes() == ["ann: poolDraining"])
    }

    @Test func revisions() throws {
        let house = try house()
        let first = try house.pool("a").revision
        #expect(
            house.refusal(
                .drainPool("a", reason: "", deadlineSeconds: nil, ifRevision: first + 1))
                == .revisionMismatch(expected: first + 1, actual: first))
        try house.decide(
            .drainPool("a", reason: "", deadlineSeconds: nil, start: at(100), ifRevision: first))
        #expect(try house.pool("a").revision == first + 1)
        house.go(to: 100)
        try house.decide(.passTime)
        #expect(try house.pool("a").revision == first + 2)
    }

    // MARK: The forecast

    /// Who is there at the start counts, and who is cut is named.
    @Test func theForecast() throws {
        let house = try house(6)
        let leases = try [99, 100, 161, 101, 160, 159].enumerated().map { index, ttl in
            try house.grant("x\(index)", in: ["g"], ttl: ttl)
        }
        let forecast = try drain(house, at(100), deadline: 60)
        #expect(forecast.leases == 4)
        #expect(forecast.ends.map(\.at) == [house.at(seconds: 101), house.at(seconds: 159)])
        #expect(forecast.cutAtDeadline == 2)
        // In the order of their grants.
        #expect(forecast.displaced.map(\.id) == [leases[2].id, leases[4].id])
        #expect(forecast.displaced.allSatisfy { $0.expiresAt == house.at(seconds: 160) })
        #expect(!forecast.waitsForEver)
    }

    // MARK: Seats

    @Test func aSeat() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 3_000)
        let decision = try house.decide(
            .drainSeat("a-1", reason: "fan", deadlineSeconds: 60, start: at(100)))
        guard case .draining(let forecast) = decision else { throw House.Unexpected() }
        #expect(forecast.startsAt == house.at(seconds: 100))
        #expect(forecast.leases == 1 && forecast.displaced.map(\.id) == [lease.id])
        for (milliseconds, state) in [
            (99_999, LeaseView.State.active), (100_000, .ending), (159_999, .ending),
            (160_000, .ended),
        ] as [(Int64, LeaseView.State)] {
            house.go(toMilliseconds: milliseconds)
            let now = try house.lease(lease)
            #expect(now.state == state && now.expiresAt == house.at(seconds: 160), "\(state)")
            #expect(now.detail == (state == .active ? nil : "fan"))
            let seat = try house.seatView("a-1")
            #expect((seat.cordon?.start == nil) == (milliseconds >= 100_000))
            house.expectTrueCounts()
        }
        #expect(try house.pool("a").seats.cordoned == 1)
        #expect(try house.pool("a").seats.available == 2)
    }

    /// A seat that will close is none to come back for from then on.
    @Test func theEarliestInstant() throws {
        let table: [(closed: [SeatName: Int], earliest: Int?, what: String)] = [
            ([:], 100, "none"), (["a-1": 101], 100, "after its lease"),
            (["a-1": 100], 200, "with its lease"), (["a-1": 50], 200, "before"),
            (["a-2": 50], 100, "the other"), (["a-1": 50, "a-2": 201], 200, "both"),
            (["a-1": 50, "a-2": 50], nil, "both, before"),
        ]
        for row in table {
            let house = try house(2)
            #expect(try house.grant("ann", ttl: 100).seat.name == "a-1")
            try house.grant("bob", ttl: 200)
            for seat in row.closed.keys.sorted() {
                try house.decide(
                    .drainSeat(
                        seat, reason: "fan", deadlineSeconds: nil, start: at(row.closed[seat]!)))
            }
            let refusal = try house.refusedGrant("cid", pool: "a")
            #expect(refusal.earliest == row.earliest.map { house.at(seconds: $0) }, "\(row.what)")
            #expect(refusal.reasons.map(\.earliest) == [refusal.earliest], "\(row.what)")
        }
    }

    /// Free seats are none either, once they are closed: the quota comes free too late.
    @Test func aFreeSeatThatWillClose() throws {
        for (start, earliest) in [(99, nil), (100, nil), (101, 100)] as [(Int, Int?)] {
            let house = try House(
                [.plain("a", 2)],
                [.plain("g", ["a"], quota: 1, people: ["ann", "bob"])], windows: [:])
            try house.grant("ann", ttl: 100)
            for seat in ["a-1", "a-2"] as [SeatName] {
                try house.decide(
                    .drainSeat(seat, reason: "fan", deadlineSeconds: nil, start: at(start)))
            }
            let refusal = try house.refusedGrant("bob", pool: "a")
            #expect(refusal.earliest == earliest.map { house.at(seconds: $0) }, "\(start)")
        }
    }

    /// A free seat can be had until then, with its end.
    @Test func aFreeSeat() throws {
        let house = try house(1)
        try house.decide(.drainSeat("a-1", reason: "fan", deadlineSeconds: 60, start: at(100)))
        #expect(try house.pool("a").seats.available == 1)
        let lease = try house.grant("ann", ttl: 3_000)
        #expect(lease.expiresAt == house.at(seconds: 160) && lease.state == .active)
        try house.release(lease)
        house.go(to: 100)
        #expect(house.seat("bob") == nil)
        #expect(try house.pool("a").seats.cordoned == 1)
        try house.decide(.uncordonSeat("a-1"))
        #expect(house.seat("bob") == "a-1")
    }

    @Test func aSeatsDrainIsCalledOff() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 3_000)
        try house.decide(.drainSeat("a-1", reason: "fan", deadlineSeconds: 60, start: at(100)))
        try house.decide(.uncordonSeat("a-1"))
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 3_000))
        house.go(to: 100)
        #expect(try house.lease(lease).state == .active)
        #expect(try house.seatView("a-1").cordon == nil)
    }

    /// A cordon closes the seat now, and its lease ends when the drain said.
    @Test func aSeatsCordonKeepsTheDeadline() throws {
        let house = try house()
        let lease = try house.grant("ann", ttl: 3_000)
        try house.decide(.drainSeat("a-1", reason: "fan", deadlineSeconds: 60, start: at(100)))
        try house.decide(.cordonSeat("a-1", reason: "dust"))
        #expect(try house.seatView("a-1").cordon?.start == nil)
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 160))
        // And a later drain of a seat that is closed opens nothing.
        try house.decide(.drainSeat("a-1", reason: "fan", deadlineSeconds: 90, start: at(100)))
        #expect(try house.seatView("a-1").cordon?.start == nil)
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 190))
    }

    @Test func aSeatWithTheWindow() throws {
        let house = try house()
        let decision = try house.decide(
            .drainSeat("a-2", reason: "fan", deadlineSeconds: nil, start: .windowEnd))
        guard case .draining(let forecast) = decision else { throw House.Unexpected() }
        #expect(forecast.startsAt == house.at(seconds: 200) && forecast.deadline == nil)
    }
}
