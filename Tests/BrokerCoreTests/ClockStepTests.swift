import Testing

@testable import BrokerCore

/// Windows follow the wall clock when it is set; a time to live does not.
@Suite struct ClockStepTests {
    private func house() throws -> House {
        try House(
            [.plain("a", 3)], [.turning("g", ["a"])], windows: ["g": [100..<200, 300..<400]])
    }

    private func turn(_ phase: Turn.Phase, _ ends: Int) -> Turn {
        Turn(phase: phase, ends: House.time(ends))
    }

    /// The clock is set by so many milliseconds at 150 s, in the window.
    @Test func inTheWindow() throws {
        let table: [(step: Int64, what: String, turn: Turn, state: LeaseView.State)] = [
            (49_999, "to the window's last millisecond", turn(.open, 200), .active),
            (50_000, "to the window's end", turn(.over, 200), .ending),
            (79_999, "to the grace's last millisecond", turn(.over, 200), .ending),
            (80_000, "to the grace's end", turn(.over, 200), .ended),
            (150_000, "to the next window's beginning", turn(.open, 400), .ended),
            (-50_000, "back to the beginning", turn(.open, 200), .active),
            (-50_001, "back to before it", turn(.early, 200), .active),
            (-150_000, "back to the start", turn(.early, 200), .active),
        ]
        for row in table {
            let house = try house()
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
            try house.setClock(offsetMilliseconds: row.step)
            #expect(try house.turn("g") == row.turn, "\(row.what)")
            let now = try house.lease(lease)
            #expect(now.state == row.state, "\(row.what)")
            #expect(
                (house.seat("bob", in: ["g"]) != nil) == (row.turn.phase == .open), "\(row.what)")
            if row.state != .ended {
                #expect(
                    now.expiresAt == house.at(seconds: 230).adding(milliseconds: -row.step),
                    "\(row.what)")
            }
            // Set right again, it is as if nothing had been.
            try house.setClock(offsetMilliseconds: 0)
            if row.turn.ends == House.time(200) {
                #expect(try house.turn("g") == turn(.open, 200), "\(row.what)")
            }
            guard row.state != .ended else { continue }
            #expect(try house.lease(lease).state == .active, "\(row.what)")
            #expect(try house.lease(lease).expiresAt == house.at(seconds: 230), "\(row.what)")
        }
    }

    /// A lease of the second window, and a clock that goes back into the first or before both.
    @Test func backIntoAnEarlierWindow() throws {
        let table: [(to: Int64, turn: Turn)] = [
            (160_000, turn(.open, 200)), (199_999, turn(.open, 200)), (200_000, turn(.early, 400)),
            (299_999, turn(.early, 400)), (300_000, turn(.open, 400)), (0, turn(.early, 400)),
        ]
        for row in table {
            let house = try house()
            house.go(to: 310)
            let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
            try house.setClock(offsetMilliseconds: row.to - 310_000)
            #expect(try house.turn("g") == row.turn, "\(row)")
            #expect(try house.lease(lease).state == .active, "\(row)")
        }
    }

    /// While it is early nobody enters, and the window opens at its time.
    @Test func earlyAndThenInTurnAgain() throws {
        let house = try house()
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
        try house.setClock(offsetMilliseconds: -100_000)
        let refusal = try house.refusedGrant("bob", in: ["g"])
        #expect(refusal.rule == .outsideWindow)
        #expect(refusal.earliest == house.now.adding(seconds: 50))
        house.go(toMilliseconds: 99_999)
        #expect(try house.turn("g") == turn(.early, 200))
        house.go(toMilliseconds: 100_000)
        #expect(try house.turn("g") == turn(.open, 200))
        #expect(try house.lease(lease).state == .active)
        house.go(to: 230)
        #expect(try house.lease(lease).endReason == .windowClosed)
    }

    /// After a change of the site has ended a turn now, and the clock went back to before that.
    @Test func backToBeforeATurnThatAChangeEnded() throws {
        let house = try house()
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
        try house.setWindows(["g": [300..<400]])
        #expect(try house.turn("g") == turn(.over, 150))
        try house.setClock(offsetMilliseconds: -20_000)
        #expect(try house.turn("g") == turn(.open, 150))
        house.go(toMilliseconds: 149_999)
        #expect(try house.lease(lease).state == .active)
        house.go(toMilliseconds: 150_000)
        #expect(try house.turn("g") == turn(.over, 150))
        #expect(try house.lease(lease).state == .ending)
        house.go(to: 180)
        #expect(try house.lease(lease).endReason == .windowClosed)
    }

    /// The same where no window ended then: the group had none before.
    @Test func backToBeforeATurnThatSlotsEnded() throws {
        let house = try House([.plain("a", 3)], [.plain("g", ["a"])], windows: [:])
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
        try house.put(.turning("g", ["a"]), windows: ["g": [300..<400]])
        #expect(try house.turn("g") == turn(.over, 150))
        try house.setClock(offsetMilliseconds: -20_000)
        #expect(try house.turn("g") == turn(.early, 150))
        #expect(try house.lease(lease).state == .active)
        house.go(toMilliseconds: 149_999)
        #expect(try house.turn("g") == turn(.early, 150))
        house.go(toMilliseconds: 150_000)
        #expect(try house.turn("g") == turn(.over, 150))
        #expect(try house.lease(lease).state == .ending)
    }

    /// A later change that is not about the group's present takes nothing away: windows that reach
    /// further, or others that are to come.
    @Test func aLaterChangeBeforeATurnThatSlotsEnded() throws {
        for windows in [[300..<400, 500..<600], [350..<450]] {
            let house = try House([.plain("a", 3)], [.plain("g", ["a"])], windows: [:])
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
            try house.put(.turning("g", ["a"]), windows: ["g": [300..<400]])
            try house.setClock(offsetMilliseconds: -20_000)
            #expect(try house.setWindows(["g": windows]) == [], "\(windows)")
            #expect(try house.turn("g") == turn(.early, 150), "\(windows)")
            #expect(try house.lease(lease).state == .active, "\(windows)")
        }
    }

    /// After a change of the rota in the window, and the clock went back to before that: the new window
    /// holds as a whole, and before it what was.
    @Test func backToBeforeANewRota() throws {
        let table: [(windows: [Range<Int>], what: String, known: [Range<Int>], turn: Turn)] = [
            ([100..<300], "longer", [20..<50, 100..<300], turn(.open, 300)),
            ([120..<180], "shorter: what adjoins is one", [20..<50, 100..<180], turn(.open, 180)),
            ([60..<300], "it began sooner", [20..<50, 60..<300], turn(.open, 300)),
            ([50..<300], "it adjoins the last one", [20..<300], turn(.open, 300)),
            ([30..<300], "it began in the last one", [20..<300], turn(.open, 300)),
            ([300..<400], "none", [20..<50, 100..<150, 300..<400], turn(.open, 150)),
        ]
        for row in table {
            let house = try House(
                [.plain("a", 3)], [.turning("g", ["a"])], windows: ["g": [20..<50, 100..<200]])
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
            try house.setWindows(["g": row.windows])
            #expect(
                house.broker.image.windows[0].windows == row.known.map { House.window($0) },
                "\(row.what)")
            try house.setClock(offsetMilliseconds: -20_000)
            #expect(try house.turn("g") == row.turn, "\(row.what)")
            #expect(try house.lease(lease).state == .active, "\(row.what)")
        }
    }

    /// The window to which the clock went back lies elsewhere with another release of the zones: those
    /// who are in stay for as long as they would have.
    @Test func backAndAnotherReleaseOfTheZones() throws {
        let house = try house()
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
        try house.setClock(offsetMilliseconds: -100_000)
        #expect(try house.turn("g") == turn(.early, 200))
        #expect(try house.setWindows(["g": [500..<600]], isNewRota: false) == [])
        #expect(try house.turn("g") == turn(.early, 200))
        house.go(toMilliseconds: 199_999)
        #expect(try house.lease(lease).state == .active)
        house.go(toMilliseconds: 200_000)
        #expect(try house.turn("g") == turn(.over, 200))
        #expect(try house.lease(lease).expiresAt == house.broker.instant(House.time(230)))
    }

    /// It shows at once, before anybody asks for anything.
    @Test func atOnce() throws {
        let house = try house()
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
        try house.setClock(offsetMilliseconds: 60_000)
        #expect(house.broker.image.windows[0].turn == turn(.over, 200))
        #expect(house.broker.lease(lease.id)?.endingReason == .windowClosed)
    }

    /// Somebody waits for a window before the one to come back to, and nobody looks while it lasts.
    @Test func aWindowThatNobodySaw() throws {
        let house = try House(
            [.plain("a", 1)], [.turning("g", ["a"])], windows: ["g": [100..<110, 200..<300]])
        house.go(to: 250)
        #expect(try house.turn("g") == turn(.open, 300))
        try house.setClock(offsetMilliseconds: -200_000)
        try house.wait("ann", seconds: 100)
        house.go(to: 120)
        #expect(try house.outcomes() == ["ann: outsideWindow"])
    }

    /// A time to live, a wait and an absence run on the time line, whatever the clock says.
    @Test func durationsAreNotTouched() throws {
        let house = try House([.plain("a", 1)], [.plain("g", ["a"])])
        let lease = try house.grant("ann", in: ["g"], ttl: 1_000)
        try house.wait("bob", seconds: 60)
        try house.setClock(offsetMilliseconds: 86_400_000)
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 1_000))
        house.pass(milliseconds: 59_999)
        #expect(try house.outcomes() == [])
        house.pass(milliseconds: 1)
        #expect(try house.outcomes() == ["bob: waitExpired"])
    }
}
