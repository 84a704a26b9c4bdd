import Testing

@testable import BrokerCore

/// What a change of the site or of its windows does to those who are in turn.
@Suite struct SiteTurnTests {
    private func house(_ windows: Range<Int>...) throws -> House {
        try House(
            [.plain("a", 3)], [.turning("g", ["a"])],
            windows: ["g": windows.isEmpty ? [100..<200] : windows])
    }

    private func turn(_ phase: Turn.Phase, _ ends: Int) -> Turn {
        Turn(phase: phase, ends: House.time(ends))
    }

    /// The windows change in the last millisecond of the second 150: a group that is left out ends as
    /// of the whole second.
    @Test func theWindowsChange() throws {
        let table: [(windows: [Range<Int>], what: String, turn: Turn, expires: Int)] = [
            ([], "there is no window any more", turn(.over, 150), 180),
            ([100..<150], "it has ended just now", turn(.over, 150), 180),
            ([100..<120], "it has ended before", turn(.over, 150), 180),
            ([100..<151], "it ends with the next second", turn(.open, 151), 181),
            ([150..<200], "it begins just now", turn(.open, 200), 230),
            ([151..<300], "the next begins with the next second", turn(.over, 150), 180),
            ([180..<300], "the next begins with the grace's end", turn(.over, 150), 180),
            ([100..<300], "it is longer", turn(.open, 300), 330),
            ([100..<200], "nothing changes", turn(.open, 200), 230),
        ]
        for row in table {
            let house = try house()
            house.go(to: 140)
            let lease = try house.grant("ann", in: ["g"])
            house.go(toMilliseconds: 150_999)
            let displaced = try house.setWindows(["g": row.windows])
            let isOver = row.turn.phase == .over
            #expect(displaced.map(\.id) == (isOver ? [lease.id] : []), "\(row.what)")
            #expect(try house.turn("g") == row.turn, "\(row.what)")
            let now = try house.lease(lease)
            #expect(now.state == (isOver ? .ending : .active), "\(row.what)")
            #expect(now.endingReason == (isOver ? .windowClosed : nil), "\(row.what)")
            #expect(now.expiresAt == house.at(seconds: row.expires), "\(row.what)")
            let refusal = house.refusal(house.grantCommand("bob", in: ["g"]))
            #expect(refusal?.rule == (isOver ? .outsideWindow : nil), "\(row.what)")
        }
    }

    /// A window that comes before the grace is over takes the leases over; a later one does not.
    @Test func leftOutAndInAgain() throws {
        for (next, lives) in [(179, true), (180, false)] {
            let house = try house()
            house.go(to: 140)
            let lease = try house.grant("ann", in: ["g"])
            house.go(to: 150)
            #expect(try house.setWindows(["g": [next..<300]]).count == 1)
            house.go(toMilliseconds: Int64(next) * 1_000 - 1)
            #expect(try house.lease(lease).state == .ending)
            house.go(toMilliseconds: Int64(next) * 1_000)
            #expect(try house.lease(lease).state == (lives ? .active : .ended))
        }
    }

    /// In the grace, a change that leaves the group out changes nothing; one that lets it in does.
    @Test func changesInTheGrace() throws {
        let table: [(windows: [Range<Int>], what: String, turn: Turn)] = [
            ([], "left out", turn(.over, 200)), ([100..<150], "shortened", turn(.over, 200)),
            ([205..<300], "let in lately", turn(.open, 300)),
            ([100..<300], "prolonged", turn(.open, 300)),
        ]
        for row in table {
            let house = try house()
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"])
            house.go(to: 210)
            #expect(try house.lease(lease).state == .ending)
            #expect(try house.setWindows(["g": row.windows]) == [], "\(row.what)")
            #expect(try house.turn("g") == row.turn, "\(row.what)")
            let isOpen = row.turn.phase == .open
            #expect(try house.lease(lease).state == (isOpen ? .active : .ending), "\(row.what)")
        }
    }

    /// Another release of the time zones moves what is to come and leaves the present alone.
    @Test func anotherReleaseOfTheZones() throws {
        let table: [(windows: [Range<Int>], what: String, known: [Range<Int>])] = [
            ([100..<120, 310..<390], "the present one stays", [100..<200, 310..<390]),
            ([90..<210], "and is not longer either", [100..<200]),
            ([100..<200, 200..<250], "one that adjoins is the same one", [100..<250]),
            ([150..<180, 300..<400], "what begins now is not to come", [100..<200, 300..<400]),
            ([151..<210], "an overlap prolongs it", [100..<210]),
        ]
        for row in table {
            let house = try house(100..<200, 300..<400)
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"])
            #expect(try house.setWindows(["g": row.windows], isNewRota: false) == [])
            #expect(
                house.broker.image.windows[0].windows == row.known.map { House.window($0) },
                "\(row.what)")
            #expect(try house.lease(lease).state == .active, "\(row.what)")
        }
    }

    @Test func whatIsOverIsKeptForSomeDays() throws {
        let house = try house(100..<200, 300..<400)
        for (at, known) in [
            (250, [100..<200, 500_000..<500_100]), (259_399, [100..<200, 500_000..<500_100]),
            (259_401, [500_000..<500_100]),
        ] {
            let other = House(broker: house.broker, now: house.now)
            other.go(to: at)
            if at > 400 { try other.setWindows(["g": [100..<200]], isNewRota: true) }
            try other.setWindows(["g": [500_000..<500_100]])
            let windows = other.broker.image.windows[0].windows
            #expect(windows.last == House.window(known.last!), "\(at)")
            #expect(windows.count >= known.count, "\(at)")
        }
    }

    // MARK: Slots

    @Test func slotsAreGiven() throws {
        let table: [(windows: [Range<Int>], what: String, isOver: Bool, expires: Int)] = [
            ([], "no window is known", true, 80), ([10..<50], "one has just ended", true, 80),
            ([51..<200], "one begins with the next second", true, 80),
            ([50..<200], "one begins", false, 230), ([40..<51], "one ends soon", false, 81),
        ]
        for row in table {
            let house = try House([.plain("a", 3)], [.plain("g", ["a"])], windows: [:])
            let lease = try house.grant("ann", in: ["g"])
            #expect(lease.windowEnds == nil)
            house.go(to: 50)
            let displaced = try house.put(.turning("g", ["a"]), windows: ["g": row.windows])
            #expect(displaced.map(\.id) == (row.isOver ? [lease.id] : []), "\(row.what)")
            let now = try house.lease(lease)
            #expect(now.state == (row.isOver ? .ending : .active), "\(row.what)")
            #expect(now.expiresAt == house.at(seconds: row.expires), "\(row.what)")
            #expect((house.seat("bob", in: ["g"]) != nil) == !row.isOver, "\(row.what)")
        }
    }

    /// Without leases there is nobody to be warned, and no turn before the first window.
    @Test func slotsAreGivenToAnEmptyGroup() throws {
        let house = try House([.plain("a", 3)], [.plain("g", ["a"])], windows: [:])
        house.go(to: 50)
        #expect(try house.put(.turning("g", ["a"]), windows: ["g": [100..<200]]) == [])
        #expect(try house.turn("g") == nil)
        #expect(house.seat("ann", in: ["g"]) == nil)
        house.go(to: 100)
        #expect(house.seat("ann", in: ["g"]) != nil)
    }

    /// Without slots there is no cap, in turn or in the grace.
    @Test func slotsAreTakenAway() throws {
        for (at, state) in [(150, LeaseView.State.active), (229, .ending)] {
            let house = try house()
            house.go(to: 140)
            let lease = try house.grant("ann", in: ["g"], ttl: 1_000)
            house.go(to: at)
            #expect(try house.lease(lease).state == state)
            #expect(try house.put(.plain("g", ["a"]), windows: [:]) == [])
            let now = try house.lease(lease)
            #expect(now.state == .active && now.windowEnds == nil)
            #expect(now.expiresAt == house.at(seconds: 1_140))
            #expect(try house.turn("g") == nil)
            #expect(try house.groupView("g").isOpen && house.groupView("g").closes == nil)
        }
    }

    /// Windows are asked for when the rota or some group's slots have changed, and only then.
    @Test func whenWindowsAreNeeded() throws {
        let house = try house()
        #expect(!house.broker.needsWindows && house.broker.slottedGroups == ["g"])
        let site = house.broker.siteSpec
        let table: [(command: Command, what: String, needs: Bool)] = [
            (.putGroup(.turning("g", ["a"], quota: 3)), "a quota", false),
            (.putGroup(.turning("g", ["a"], slots: ["tue.am"])), "other slots", true),
            (.putGroup(.plain("g", ["a"])), "no slots any more", true),
            (.putGroup(.plain("h", ["a"])), "a group without slots", false),
            (.putGroup(.turning("h", ["a"])), "a group with slots", true),
            (.deleteGroup("g"), "a group goes", false), (.applySite(site), "the same site", false),
            (
                .applySite(
                    SiteSpec(
                        pools: site.pools, groups: site.groups,
                        rota: House.rota(graceSeconds: 31))), "another grace", true
            ),
            (.resizePool("a", size: 4, ifRevision: nil), "a larger pool", false),
        ]
        for row in table {
            let other = House(broker: house.broker, now: house.now)
            try other.decide(row.command)
            #expect(other.broker.needsWindows == row.needs, "\(row.what)")
            guard row.needs else { continue }
            try other.setWindows(["g": [100..<200], "h": [100..<200]])
            #expect(!other.broker.needsWindows, "\(row.what)")
        }
    }

    /// A change of slots and the windows that follow from it are one: a group whose time was over, and
    /// that has no slots any more, loses no lease to another one that the change lets in.
    @Test func nothingHappensBetweenAChangeAndItsWindows() throws {
        let table: [GroupSpec] = [
            .turning("h", ["a"], people: ["ann"]), .plain("h", ["a"], people: ["ann"]),
        ]
        for h in table {
            let house = try House(
                [.plain("a", 3), .plain("b", 1)],
                [.turning("g", ["a"]), .plain("h", ["b"], people: ["ann"])],
                windows: ["g": [100..<200]])
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"], pool: "a")
            house.go(to: 210)
            #expect(try house.lease(lease).state == .ending)
            try house.decide(
                .applySite(
                    SiteSpec(
                        pools: house.broker.siteSpec.pools, groups: [.plain("g", ["a"]), h],
                        rota: House.rota())))
            try house.setWindows(["h": [205..<300]])
            let now = try house.lease(lease)
            #expect(now.group == "g" && now.state == .active && now.windowEnds == nil)
        }
    }

    // MARK: Deleted groups

    /// A deleted group's leases go as far as its windows say.
    @Test func aGroupIsDeleted() throws {
        let house = try house()
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
        try house.decide(.deleteGroup("g"))
        try house.decide(.setWindows(House.table([:])))
        #expect(try house.lease(lease).state == .active)
        #expect(house.broker.image.windows.map(\.group) == ["g"])
        #expect(house.broker.nextDeadline(after: house.now) == house.at(seconds: 200))
        #expect(throws: Refusal.notEntitled("g", "a")) { try house.renew(lease, in: ["g"]) }
        house.go(to: 200)
        #expect(try house.lease(lease).endingReason == .windowClosed)
        house.go(to: 230)
        #expect(try house.lease(lease).endReason == .windowClosed)
        #expect(house.broker.image.windows == [] && house.broker.image.goneGroups == [])
    }

    /// The name comes back while the old leases run out.
    @Test func aDeletedGroupComesBack() throws {
        let table: [(group: GroupSpec, windows: [GroupName: [Range<Int>]], expires: Int)] = [
            (.plain("g", ["a"]), [:], 3_150), (.turning("g", ["a"]), ["g": [100..<300]], 330),
            (.turning("g", ["a"]), ["g": [400..<500]], 180),
        ]
        for row in table {
            let house = try house()
            house.go(to: 150)
            let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
            try house.decide(.deleteGroup("g"))
            try house.decide(.putGroup(row.group))
            #expect(house.broker.needsWindows)
            try house.setWindows(row.windows)
            #expect(try house.lease(lease).expiresAt == house.at(seconds: row.expires), "\(row)")
            #expect(try house.used("g") == 1)
        }
    }

    /// The site's rota goes, and with it all windows.
    @Test func theRotaGoes() throws {
        let house = try house()
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g"], ttl: 3_000)
        try house.decide(
            .applySite(SiteSpec(pools: [.plain("a", 3)], groups: [.plain("g", ["a"])])))
        try house.setWindows([:])
        #expect(house.broker.rota == nil && house.broker.image.windows == [])
        #expect(try house.lease(lease).expiresAt == house.at(seconds: 3_150))
        #expect(
            house.refusal(.putGroup(.turning("g", ["a"]))).map { refusal in
                if case .invalid = refusal { true } else { false }
            } == true)
    }
}
