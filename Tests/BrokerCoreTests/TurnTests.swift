import Testing

@testable import BrokerCore

/// Where a group stands among its windows, and what that means for its leases.
@Suite struct TurnTests {
    /// One group with a window from 100 to 200 and a grace of 30 seconds, unless the test says more.
    private func house(_ windows: Range<Int>..., ttlMax: Int = 7_200) throws -> House {
        try House(
            [.plain("a", 3, ttlMax: ttlMax)], [.turning("g", ["a"])],
            windows: ["g": windows.isEmpty ? [100..<200] : windows])
    }

    private func turn(_ phase: Turn.Phase, _ ends: Int) -> Turn {
        Turn(phase: phase, ends: House.time(ends))
    }

    // MARK: One window

    /// Half-open, in whole seconds of the wall clock, however the time line lies to it.
    @Test(arguments: [0, 250, -999, 3_600_000] as [Int64])
    func aWindowBeginsAndEnds(offset: Int64) throws {
        let table: [(at: Int64, what: String, turn: Turn?)] = [
            (99_000, "the second before it begins", nil),
            (99_999, "the last millisecond before", nil),
            (100_000, "it begins", turn(.open, 200)),
            (100_001, "it has begun", turn(.open, 200)),
            (199_000, "its last second begins", turn(.open, 200)),
            (199_999, "its last millisecond", turn(.open, 200)),
            (200_000, "it is over", turn(.over, 200)),
            (229_999, "the last millisecond of the grace", turn(.over, 200)),
            (230_000, "the grace is over", turn(.over, 200)),
        ]
        // The clock shows the house's start when it is set.
        func aside() throws -> House {
            let house = try house()
            house.pass(milliseconds: -offset)
            try house.setClock(offsetMilliseconds: offset)
            return house
        }
        let stepped = try aside()
        for row in table {
            let jumped = try aside()
            for house in [stepped, jumped] {
                house.go(toMilliseconds: row.at)
                #expect(try house.turn("g") == row.turn, "\(row.what)")
                let isOpen = row.turn?.phase == .open
                let view = try house.groupView("g")
                #expect(view.isOpen == isOpen, "\(row.what)")
                #expect(view.opens == (row.turn == nil ? House.time(100) : nil), "\(row.what)")
                #expect(view.closes == (isOpen ? House.time(200) : nil), "\(row.what)")
            }
            #expect((jumped.seat("ann", in: ["g"]) != nil) == (row.turn?.phase == .open))
        }
    }

    @Test func aLeaseEndsWithItsWindowsGrace() throws {
        let table: [(at: Int64, what: String, state: LeaseView.State)] = [
            (199_999, "the window's last millisecond", .active),
            (200_000, "the window is over", .ending),
            (229_000, "the last second of the grace", .ending),
            (229_999, "the last millisecond of the grace", .ending),
            (230_000, "the grace is over", .ended),
        ]
        let house = try house()
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"])
        for row in table {
            house.go(toMilliseconds: row.at)
            let now = try house.lease(lease)
            #expect(now.state == row.state, "\(row.what)")
            #expect(now.expiresAt == house.at(seconds: 230), "\(row.what)")
            switch row.state {
            case .active:
                #expect(now.endingReason == nil && now.windowEnds == House.time(200))
            case .ending:
                #expect(now.endingReason == .windowClosed && now.windowEnds == House.time(200))
                // Renewing moves nothing beyond the cap.
                #expect(try house.renew(lease, in: ["g"]).expiresAt == house.at(seconds: 230))
            case .ended:
                #expect(now.endReason == .windowClosed && now.endedAt == house.now)
            }
        }
        #expect(try house.used("g") == 0)
    }

    /// Where deadlines meet, the window's word comes before the time to live, and an operator's
    /// before both.
    @Test func theSoonestDeadlineEndsIt() throws {
        let table: [(ttl: Int, revoke: Int?, ends: Int, reason: EndReason)] = [
            (79, nil, 229, .expired), (80, nil, 230, .windowClosed), (81, nil, 230, .windowClosed),
            (80, 79, 229, .revoked), (80, 80, 230, .revoked), (81, 81, 230, .windowClosed),
        ]
        for row in table {
            for isStepped in [true, false] {
                let house = try house()
                house.go(to: 150)
                let lease = try house.grant("ann", in: ["g"], ttl: row.ttl)
                if let grace = row.revoke { try house.revoke(lease, grace: grace) }
                #expect(try house.lease(lease).expiresAt == house.at(seconds: row.ends), "\(row)")
                for second in isStepped ? Array(151...240) : [240] {
                    house.go(to: second)
                    try house.decide(.passTime)
                }
                let ended = try house.lease(lease)
                #expect(ended.endReason == row.reason, "\(row) \(isStepped)")
                #expect(ended.expiresAt == house.at(seconds: row.ends), "\(row)")
            }
        }
    }

    // MARK: The next window

    /// A lease goes on in its group's next window if that begins before the grace is over, whether
    /// anybody looked in between or not.
    @Test(arguments: [true, false]) func intoTheNextWindow(isStepped: Bool) throws {
        let table: [(next: Range<Int>?, what: String, lives: Bool)] = [
            (200..<300, "the next adjoins: it is the same one", true),
            (201..<300, "a second later", true),
            (229..<300, "in the last second of the grace", true),
            (230..<300, "as the grace is over", false),
            (231..<300, "after the grace", false),
            (nil, "there is none", false),
        ]
        for row in table {
            let house = try House(
                [.plain("a", 1)], [.turning("g", ["a"])],
                windows: ["g": [100..<200] + (row.next.map { [$0] } ?? [])])
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"])
            if isStepped {
                for second in 151...250 {
                    house.go(to: second)
                    let now = try house.lease(lease)
                    let opens = row.next?.lowerBound ?? .max
                    guard second < 230 || row.lives else { continue }
                    let isGap = second >= 200 && second < opens
                    #expect(now.state == (isGap ? .ending : .active), "\(row.what) \(second)")
                    let ends = second >= opens || opens == 200 ? 330 : 230
                    #expect(now.expiresAt == house.at(seconds: ends), "\(row.what) \(second)")
                }
            }
            house.go(to: 250)
            let now = try house.lease(lease)
            #expect(now.state == (row.lives ? .active : .ended), "\(row.what)")
            if !row.lives {
                #expect(now.endReason == .windowClosed, "\(row.what)")
                #expect(now.expiresAt == house.at(seconds: 230), "\(row.what)")
            }
        }
    }

    /// A machine that slept finds everything as if it had not.
    @Test func missedBoundaries() throws {
        let table:
            [(windows: [Range<Int>], ttl: Int, wake: Int, what: String, ends: Int, EndReason?)] = [
                ([100..<200], 70, 500, "its time was over in the grace", 220, .expired),
                ([100..<200], 80, 500, "with the grace", 230, .windowClosed),
                ([100..<200], 250, 500, "after the grace", 230, .windowClosed),
                ([100..<200, 210..<300], 90, 500, "in the next window", 240, .expired),
                ([100..<200, 210..<300], 180, 500, "with the next grace", 330, .windowClosed),
                ([100..<200, 210..<300], 900, 329, "in the next grace", 330, nil),
                ([100..<200, 210..<300], 900, 330, "after the next grace", 330, .windowClosed),
                (
                    [100..<200, 210..<220, 249..<300], 900, 290, "in the third window", 330, nil
                ),
                (
                    [100..<200, 210..<220, 250..<300], 900, 290, "the third came too late", 250,
                    .windowClosed
                ),
            ]
        for (windows, ttl, wake, what, ends, reason) in table {
            let house = try House(
                [.plain("a", 1)], [.turning("g", ["a"])], windows: ["g": windows])
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"], ttl: ttl)
            house.go(to: wake)
            let now = try house.lease(lease)
            #expect(now.endReason == reason, "\(what)")
            #expect(now.expiresAt == house.at(seconds: ends), "\(what)")
        }
    }

    /// Where groups stand does not depend on how often anybody looks.
    @Test func aJumpComesToTheSame() throws {
        let windows: [GroupName: [Range<Int>]] = [
            "g": [3..<10, 10..<12, 30..<31, 40..<90], "h": [0..<5, 20..<60, 61..<62], "i": [],
        ]
        func fresh() throws -> House {
            try House(
                [.plain("a", 1)],
                [.turning("g", ["a"]), .turning("h", ["a"]), .turning("i", ["a"])],
                windows: windows, graceSeconds: 0)
        }
        let stepped = try fresh()
        for half in 0..<200 as Range<Int64> {
            let milliseconds = half * 500 + (half % 2 == 0 ? 0 : 499)
            stepped.go(toMilliseconds: milliseconds)
            try stepped.decide(.passTime)
            let jumped = try fresh()
            jumped.go(toMilliseconds: milliseconds)
            try jumped.decide(.passTime)
            #expect(stepped.broker.image.windows == jumped.broker.image.windows, "\(milliseconds)")
        }
    }
}
