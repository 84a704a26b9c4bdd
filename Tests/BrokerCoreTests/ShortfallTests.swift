import Testing

@testable import BrokerCore

/// When groups that are in turn together may claim more than there is.
@Suite struct ShortfallTests {
    private func shortfall(
        _ start: Int?, _ end: Int?, _ quotas: Int, _ seats: Int, _ groups: [GroupName],
        pool: PoolName? = "a", repeats: Int = 0
    ) -> Shortfall {
        Shortfall(
            start: start.map { House.time($0) }, end: end.map { House.time($0) }, pool: pool,
            quotas: quotas, seats: seats, groups: groups, repeats: repeats)
    }

    private func shortfalls(_ house: House) -> [Shortfall] {
        house.broker.shortfalls(at: house.now)
    }

    // MARK: Quotas

    /// Two groups that hand over: the grace of the first, and no second more.
    @Test func theGraceAtAHandover() throws {
        let table: [(size: Int, next: Int, what: String, from: Int?)] = [
            (5, 200, "they meet", 200), (5, 199, "they overlap", 199),
            (5, 229, "the last second of the grace", 229), (5, 230, "after the grace", nil),
            (6, 200, "there is room for both", nil), (6, 150, "in an overlap too", nil),
        ]
        for row in table {
            let house = try House(
                [.plain("a", row.size)],
                [.turning("g", ["a"], quota: 3), .turning("h", ["a"], quota: 3)],
                windows: ["g": [100..<200], "h": [row.next..<300]])
            let expected = row.from.map { [shortfall($0, 230, 6, row.size, ["g", "h"])] }
            #expect(shortfalls(house) == expected ?? [], "\(row.what)")
        }
    }

    /// The first time for each set of groups, and how often they meet again.
    @Test func everyDayAgain() throws {
        let days = (0..<5).map { $0 * 1_000 }
        let house = try House(
            [.plain("a", 5)],
            [
                .turning("g", ["a"], quota: 3), .turning("h", ["a"], quota: 3),
                .turning("i", ["a"], quota: 3),
            ],
            windows: [
                "g": days.map { $0 + 100..<$0 + 200 }, "h": days.map { $0 + 200..<$0 + 300 },
                "i": [2_300..<2_400],
            ])
        #expect(
            shortfalls(house) == [
                shortfall(200, 230, 6, 5, ["g", "h"], repeats: 4),
                shortfall(2_300, 2_330, 6, 5, ["h", "i"]),
            ])
        // From now on, so that what is over does not count.
        house.go(to: 1_215)
        #expect(shortfalls(house)[0] == shortfall(1_215, 1_230, 6, 5, ["g", "h"], repeats: 3))
        house.go(to: 1_230)
        #expect(shortfalls(house)[0] == shortfall(2_200, 2_230, 6, 5, ["g", "h"], repeats: 2))
    }

    /// Groups that may enter at any time claim theirs at any time.
    @Test func groupsWithoutSlots() throws {
        let table: [(always: Int, what: String, expected: [Shortfall])] = [
            (2, "together they fit", []),
            (3, "in the window they do not", [shortfall(100, 230, 6, 5, ["g", "k"])]),
            (
                6, "alone they do not",
                [
                    shortfall(nil, 100, 6, 5, ["k"], repeats: 1),
                    shortfall(100, 230, 9, 5, ["g", "k"]),
                ]
            ),
        ]
        for row in table {
            let house = try House(
                [.plain("a", 5)],
                [.turning("g", ["a"], quota: 3), .plain("k", ["a"], quota: row.always)],
                windows: ["g": [100..<200]])
            #expect(shortfalls(house) == row.expected, "\(row.what)")
        }
        // In the window there is no stretch before it.
        let house = try House(
            [.plain("a", 5)], [.turning("g", ["a"], quota: 3), .plain("k", ["a"], quota: 6)],
            windows: ["g": [100..<200]])
        house.go(to: 150)
        #expect(
            shortfalls(house) == [
                shortfall(150, 230, 9, 5, ["g", "k"]), shortfall(230, nil, 6, 5, ["k"]),
            ])
        let never = try House([.plain("a", 5)], [.plain("k", ["a"], quota: 6)])
        #expect(shortfalls(never) == [shortfall(nil, nil, 6, 5, ["k"])])
    }

    @Test func noQuotaClaimsNothing() throws {
        let house = try House(
            [.plain("a", 5)], [.turning("g", ["a"]), .turning("h", ["a"], quota: 5)],
            windows: ["g": [100..<200], "h": [100..<200]])
        #expect(shortfalls(house) == [])
    }

    /// Windows of one group that adjoin, or whose gap the grace spans, are one claim.
    @Test func oneGroupClaimsOnce() throws {
        let house = try House(
            [.plain("a", 3)], [.turning("g", ["a"], quota: 3)],
            windows: ["g": [100..<200, 200..<300, 310..<400]])
        #expect(shortfalls(house) == [])
    }

    /// Pools that a group shares count together; others by themselves.
    @Test func poolsThatAreShared() throws {
        let windows: [GroupName: [Range<Int>]] = ["g": [100..<200], "h": [100..<200]]
        func house(_ g: [PoolName], _ h: [PoolName], more: [GroupSpec] = []) throws -> House {
            try House(
                [.plain("a", 4), .plain("b", 3), .plain("c", 2)],
                [.turning("g", g, quota: 5), .turning("h", h, quota: 3)] + more, windows: windows)
        }
        #expect(
            shortfalls(try house(["a"], ["b"])) == [shortfall(100, 230, 5, 4, ["g"], pool: "a")])
        #expect(
            shortfalls(try house(["a", "b"], ["b"]))
                == [shortfall(100, 230, 8, 7, ["g", "h"], pool: nil)])
        #expect(
            shortfalls(try house(["a", "b"], ["c"])) == [
                shortfall(100, 230, 3, 2, ["h"], pool: "c")
            ])
        // A third group joins what the others share.
        let joined = try house(
            ["a", "b"], ["c"], more: [.plain("k", ["c", "b"], quota: 2)])
        #expect(shortfalls(joined) == [shortfall(100, 230, 10, 9, ["g", "h", "k"], pool: nil)])
        // One without a quota claims nothing and joins nothing.
        let apart = try house(["a", "b"], ["c"], more: [.plain("k", ["c", "b"])])
        #expect(shortfalls(apart) == [shortfall(100, 230, 3, 2, ["h"], pool: "c")])
    }

    @Test func notWithoutEnd() throws {
        let many = (0..<30).map { GroupName("g\($0)") }
        let house = try House(
            [.plain("a", 1)], many.map { .turning($0, ["a"], quota: 2) },
            windows: Dictionary(
                uniqueKeysWithValues: many.enumerated().map { index, name in
                    (name, [index * 100..<index * 100 + 10])
                }))
        #expect(shortfalls(house).count == Broker.shortfallCountMax)
        #expect(shortfalls(house).map(\.groups) == many.prefix(20).map { [$0] })
    }

    /// Every change tells of them.
    @Test func whoTellsOfThem() throws {
        let house = try House(
            [.plain("a", 6), .plain("b", 1)],
            [.turning("g", ["a"], quota: 3), .turning("h", ["a"], quota: 3)],
            windows: ["g": [100..<200], "h": [200..<300]])
        let expected = [shortfall(200, 230, 6, 5, ["g", "h"])]
        #expect(try house.resize("a", to: 5).shortfalls == expected)
        let site = try house.decide(.applySite(house.broker.siteSpec))
        guard case .site(let change) = site else { throw House.Unexpected() }
        #expect(change.shortfalls == expected)
        let put = try house.decide(.putGroup(.turning("h", ["a"], quota: 4)))
        guard case .group(let group) = put else { throw House.Unexpected() }
        #expect(group.shortfalls == [shortfall(200, 230, 7, 5, ["g", "h"])])
    }

    /// What a drained pool leaves to its groups, within the week from its start.
    @Test func aDrain() throws {
        let week = 7 * 86_400
        let house = try House(
            [.plain("a", 6), .plain("b", 3)],
            [.turning("g", ["a", "b"], quota: 5), .turning("h", ["b"], quota: 3)],
            windows: ["g": [100..<200, week + 40..<week + 60], "h": [100..<200]])
        let decision = try house.decide(
            .drainPool(
                "a", reason: "move", deadlineSeconds: nil,
                start: .at(wallMilliseconds: House.start.adding(seconds: 50).milliseconds)))
        guard case .draining(let forecast) = decision else { throw House.Unexpected() }
        #expect(
            forecast.shortfalls == [
                shortfall(100, 230, 8, 3, ["g", "h"], pool: nil),
                shortfall(week + 40, week + 50, 5, 3, ["g"], pool: nil),
            ])
        // A pool that nobody shares with it is not concerned.
        let other = try House(
            [.plain("a", 6), .plain("b", 3)],
            [.turning("g", ["a"], quota: 5), .turning("h", ["b"], quota: 9)],
            windows: ["g": [100..<200], "h": [100..<200]])
        let alone = try other.drain("a", deadline: nil)
        #expect(alone.shortfalls == [shortfall(100, 230, 5, 0, ["g"])])
    }

    // MARK: Reserves

    private func reserving(_ size: Int, _ g: Int, _ h: Int) throws -> House {
        try House(
            [.plain("a", size)],
            [
                .turning("g", ["a"], reserve: ["a": g]), .turning("h", ["a"], reserve: ["a": h]),
            ], windows: ["g": [100..<200], "h": [200..<300]])
    }

    /// Windows that meet are apart: a reserve holds while its group may enter, without the grace.
    @Test func reservesThatCollide() throws {
        let table: [(h: Range<Int>, what: String, until: Int?)] = [
            (200..<300, "they meet", nil), (199..<300, "a second together", 200),
            (150..<160, "one within the other", 160), (50..<101, "before", 101),
            (50..<100, "before, apart", nil),
        ]
        for row in table {
            let house = try reserving(5, 3, 3)
            let before = house.broker.image
            let refusal = house.refusal(
                .setWindows(House.table(["g": [100..<200], "h": [row.h]])))
            let collision = row.until.map { until in
                Refusal.reservesCollide(
                    group: 1,
                    shortfall(max(100, row.h.lowerBound), until, 6, 5, ["g", "h"]))
            }
            #expect(refusal == collision, "\(row.what)")
            if collision != nil { #expect(house.broker.image == before, "\(row.what)") }
        }
    }

    /// A change that needs no new windows is proved against those that there are.
    @Test func changesThatCollide() throws {
        let spec = GroupSpec.turning("h", ["a"], reserve: ["a": 3])
        let table: [(what: String, command: Command, collides: Bool)] = [
            ("a size that fits both", .resizePool("a", size: 6, ifRevision: nil), false),
            ("a size that fits one", .resizePool("a", size: 5, ifRevision: nil), true),
            (
                "a larger reserve",
                .putGroup(.turning("h", ["a"], reserve: ["a": 4])), true
            ),
            ("the same group", .putGroup(spec), false),
            (
                "a larger reserve in the site",
                .applySite(
                    SiteSpec(
                        pools: [.plain("a", 6)],
                        groups: [.turning("g", ["a"], reserve: ["a": 4]), spec],
                        rota: House.rota())), true
            ),
            (
                "a smaller pool in the site",
                .applySite(
                    SiteSpec(
                        pools: [.plain("a", 5)],
                        groups: [.turning("g", ["a"], reserve: ["a": 3]), spec],
                        rota: House.rota())), true
            ),
        ]
        for row in table {
            let house = try reserving(6, 3, 3)
            try house.setWindows(["g": [100..<200], "h": [150..<300]])
            let before = house.broker.image
            let refusal = house.refusal(row.command)
            let collides =
                if case .reservesCollide(group: 1, let shortfall)? = refusal {
                    shortfall.start == House.time(150) && shortfall.end == House.time(200)
                } else {
                    false
                }
            #expect(collides == row.collides, "\(row.what)")
            #expect((refusal == nil) == !row.collides, "\(row.what)")
            if row.collides { #expect(house.broker.image == before, "\(row.what)") }
        }
    }

    /// What is over does not count, and a group without slots reserves at any time.
    @Test func fromNowOn() throws {
        let house = try reserving(5, 3, 3)
        house.go(to: 250)
        #expect(
            house.refusal(.setWindows(House.table(["g": [100..<200], "h": [150..<300]]))) == nil)
        let always = try House(
            [.plain("a", 5)],
            [
                .plain("k", ["a"], reserve: ["a": 1]),
                .turning("g", ["a"], reserve: ["a": 2]),
                .turning("h", ["a"], reserve: ["a": 2]),
            ], windows: ["g": [100..<200], "h": [0..<150]])
        #expect(
            always.refusal(.putGroup(.turning("g", ["a"], reserve: ["a": 3])))
                == .reservesCollide(group: 2, shortfall(100, 150, 6, 5, ["k", "g", "h"])))
    }

    /// What the calendar brings by itself is no reason to have no windows.
    @Test func windowsThatAreRenewed() throws {
        let house = try reserving(5, 3, 3)
        #expect(
            try house.setWindows(["g": [100..<200], "h": [150..<300]], isNewRota: false) == [])
    }
}
