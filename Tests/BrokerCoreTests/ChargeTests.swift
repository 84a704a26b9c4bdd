import Testing

@testable import BrokerCore

/// A lease whose group's window is over goes on in another group of its holder, where there is one.
@Suite struct ChargeTests {
    /// g from 100 to 200, h from 200 to 300; ann is in both, by name in h.
    private func house(
        _ h: GroupSpec = .turning("h", ["a"], people: ["ann", "bob"]),
        window: Range<Int> = 200..<300, more: [GroupSpec] = []
    ) throws -> House {
        let house = try House(
            [.plain("a", 4), .plain("b", 4)], [.turning("g", ["a"]), h] + more,
            windows: ["g": [100..<200], "h": [window], "i": [0..<1_000]])
        house.go(to: 150)
        return house
    }

    @Test func withoutNoticingAnything() throws {
        let house = try house()
        let lease = try house.grant("ann", in: ["g"])
        #expect(lease.group == "g" && lease.expiresAt == house.at(seconds: 230))
        house.go(toMilliseconds: 199_999)
        #expect(try house.lease(lease).group == "g")
        house.go(toMilliseconds: 200_000)
        let now = try house.lease(lease)
        #expect(now.group == "h" && now.state == .active && now.id == lease.id)
        #expect(now.seat == lease.seat && now.token == lease.token)
        #expect(now.windowEnds == House.time(300) && now.expiresAt == house.at(seconds: 330))
        #expect(try house.used("g") == 0 && house.used("h") == 1)
        house.go(to: 300)
        #expect(try house.lease(lease).endingReason == .windowClosed)
        house.go(to: 330)
        #expect(try house.lease(lease).endReason == .windowClosed)
    }

    /// Which other group may take it over, tried at 200 and until the grace is over.
    @Test func whichGroupTakesItOver() throws {
        let people: [Member] = ["ann"]
        let table: [(group: GroupSpec, window: Range<Int>, what: String, at: Int?)] = [
            (.turning("h", ["a"], people: people), 200..<300, "adjoining", 200),
            (.turning("h", ["a"], people: people), 150..<300, "overlapping", 200),
            (.turning("h", ["a"], people: people), 229..<300, "in the grace's last second", 229),
            (.turning("h", ["a"], people: people), 230..<300, "after the grace", nil),
            (.turning("h", ["a"], people: people), 100..<200, "over at the same time", nil),
            (.turning("h", ["b", "a"], people: people), 200..<300, "another pool besides", 200),
            (.turning("h", ["b"], people: people), 200..<300, "another pool only", nil),
            (.turning("h", ["a"], quota: 1, people: people), 200..<300, "a quota of one", 200),
            (.turning("h", ["a"], quota: 0, people: people), 200..<300, "a quota of none", nil),
            (.turning("h", ["a"], people: ["bob"]), 200..<300, "of somebody else", nil),
        ]
        for row in table {
            let house = try house(row.group, window: row.window)
            let lease = try house.grant("ann", in: ["g"])
            for second in 199...230 {
                house.go(to: second)
                let now = try house.lease(lease)
                let isTaken = row.at.map { second >= $0 } ?? false
                #expect(now.group == (isTaken ? "h" : "g"), "\(row.what) \(second)")
                let state: LeaseView.State =
                    isTaken || second < 200 ? .active : second < 230 ? .ending : .ended
                #expect(now.state == state, "\(row.what) \(second)")
            }
        }
    }

    /// Groups without slots may enter at any time.
    @Test func aGroupWithoutSlots() throws {
        let house = try house(.plain("h", ["a"], people: ["ann"]), more: [.plain("j", ["a"])])
        let lease = try house.grant("ann", in: ["g", "j"], group: "g")
        house.go(to: 200)
        let now = try house.lease(lease)
        #expect(now.group == "h" && now.windowEnds == nil)
        // The pool's longest, as is usual for a group with slots.
        #expect(now.expiresAt == house.at(seconds: 150 + 7_200))
    }

    /// The first in the site's order, whatever the order of a person's unix groups.
    @Test func theSitesOrder() throws {
        let house = try House(
            [.plain("a", 4)],
            [
                .turning("g", ["a"]), .plain("k", ["a"], quota: 0), .plain("j", ["a"]),
                .plain("h", ["a"]),
            ],
            windows: ["g": [100..<200]])
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["h", "j", "k", "g"], group: "g")
        house.go(to: 200)
        #expect(try house.lease(lease).group == "j")
    }

    /// A quota that is full, and has room in time or too late.
    @Test func aQuotaThatIsFull() throws {
        let table: [(at: Int64, what: String, lives: Bool)] = [
            (200_000, "as the window ends", true), (210_000, "in the grace", true),
            (229_999, "in the grace's last millisecond", true),
            (230_000, "as the grace is over", false),
        ]
        for row in table {
            let house = try house(
                .turning("h", ["a"], quota: 1, people: ["ann", "bob"]), window: 150..<300)
            let other = try house.grant("bob")
            let lease = try house.grant("ann", in: ["g"])
            #expect(other.group == "h" && lease.group == "g")
            house.go(toMilliseconds: row.at - 1)
            #expect(try house.lease(lease).group == "g", "\(row.what)")
            house.go(toMilliseconds: row.at)
            try house.decide(.passTime)
            try house.release(other)
            let now = try house.lease(lease)
            #expect(now.state == (row.lives ? .active : .ended), "\(row.what)")
            #expect(now.group == (row.lives ? "h" : "g"), "\(row.what)")
        }
    }

    /// Room comes before the next request: who was there first stays.
    @Test func beforeTheNextRequest() throws {
        let house = try house(
            .turning("h", ["a"], quota: 1, people: ["ann", "bob", "cid"]), window: 150..<300)
        let other = try house.grant("bob")
        let lease = try house.grant("ann", in: ["g"])
        house.go(to: 210)
        try house.release(other)
        #expect(house.seat("cid") == nil)
        #expect(try house.lease(lease).group == "h")
    }

    @Test func aQuotaIsRaised() throws {
        let house = try house(.turning("h", ["a"], quota: 0, people: ["ann"]))
        let lease = try house.grant("ann", in: ["g"])
        house.go(to: 210)
        #expect(try house.lease(lease).state == .ending)
        try house.decide(.putGroup(.turning("h", ["a"], quota: 1, people: ["ann"])))
        #expect(try house.lease(lease).group == "h")
    }

    /// In the order of grants, as far as the quota goes.
    @Test func theOrderOfGrants() throws {
        let house = try house(
            .turning("h", ["a"], quota: 2, people: ["ann", "bob", "cid"]))
        let leases = try ["cid", "ann", "bob"].map { try house.grant($0, in: ["g"]) }
        try house.renew(leases[0], in: ["g"])
        house.go(to: 200)
        try house.decide(.passTime)
        #expect(try leases.map { try house.lease($0).group } == ["h", "h", "g"])
        #expect(try leases.map { try house.lease($0).state } == [.active, .active, .ending])
    }

    /// What is due by its own deadline in that instant ends.
    @Test func dueByItself() throws {
        for (ttl, state) in [(50, LeaseView.State.ended), (51, .active)] {
            let house = try house()
            let lease = try house.grant("ann", in: ["g"], ttl: ttl)
            house.go(to: 200)
            let now = try house.lease(lease)
            #expect(now.state == state, "\(ttl)")
            #expect(now.endReason == (state == .ended ? .expired : nil), "\(ttl)")
        }
    }

    @Test func aReleaseTakesNobodysTurn() throws {
        let house = try house()
        let lease = try house.grant("ann", in: ["g"])
        try house.release(lease)
        house.go(to: 200)
        #expect(try house.lease(lease).group == "g" && house.used("h") == 0)
    }

    // MARK: Whose groups count

    /// A gateway's word at the grant counts as long as the lease lives; else those last seen.
    @Test func vouchedGroups() throws {
        let gateway = Actor(name: "gw", uid: 9, role: .gateway)
        for (vouched, group) in [(["g"], "g"), (["g", "h"], "h")] as [([String], GroupName)] {
            let house = try house(.turning("h", ["a"]))
            // What is known of the person otherwise does not count.
            let other = try house.grant("ann", in: ["h", "g"], pool: "a")
            try house.release(other)
            let decision = try house.decide(
                house.grantCommand("ann", in: vouched, isVouched: true), by: gateway)
            let lease = try #require(decision.lease)
            house.go(to: 200)
            #expect(try house.lease(lease).group == group)
        }
    }

    @Test func groupsLastSeen() throws {
        let table: [(granted: [String], renewed: [String]?, group: GroupName)] = [
            (["g"], nil, "g"), (["g", "h"], nil, "h"), (["g"], ["g", "h"], "h"),
            (["g", "h"], ["g"], "g"),
        ]
        for row in table {
            let house = try house(.turning("h", ["a"]))
            let lease = try house.grant("ann", in: row.granted, group: "g")
            if let renewed = row.renewed { try house.renew(lease, in: renewed) }
            house.go(to: 200)
            #expect(try house.lease(lease).group == row.group, "\(row)")
        }
    }

    /// A renewal in the grace tells of a group that was not known, and saves the lease.
    @Test func aRenewalInTheGrace() throws {
        let house = try house(.turning("h", ["a"]))
        let lease = try house.grant("ann", in: ["g"])
        house.go(to: 210)
        #expect(try house.lease(lease).state == .ending)
        let renewed = try house.renew(lease, in: ["g", "h"])
        #expect(renewed.group == "h" && renewed.state == .active)
        #expect(renewed.expiresAt == house.at(seconds: 330))
    }

    /// Only changes are written down, sorted, and not without end.
    @Test func whatIsKeptOfAPersonsGroups() throws {
        let house = try house()
        func seen() -> [Record] {
            house.broker.takePending().filter {
                if case .subjectSeen = $0 { true } else { false }
            }
        }
        _ = seen()
        let lease = try house.grant("ann", in: ["z", "g", "b"])
        #expect(seen() == [.subjectSeen("ann", ["b", "g", "z"])])
        try house.renew(lease, in: ["g", "b", "z"])
        #expect(seen() == [])
        try house.renew(lease, in: ["g"])
        #expect(seen() == [.subjectSeen("ann", ["g"])])
        let many = (100..<300).map { "u\($0)" }
        try house.renew(lease, in: many.reversed() + ["g"])
        let kept = ["g"] + many.prefix(Broker.unixGroupCountMax - 1)
        #expect(seen() == [.subjectSeen("ann", kept.map { UnixGroupName($0) })])
    }

    // MARK: Others

    /// Back and forth, as the windows go.
    @Test func backAndForth() throws {
        let house = try House(
            [.plain("a", 1)], [.turning("g", ["a"]), .turning("h", ["a"])],
            windows: ["g": [100..<200, 300..<400], "h": [200..<300]])
        house.go(to: 150)
        let lease = try house.grant("ann", in: ["g", "h"])
        for (at, group, expires) in [
            (199, "g", 230), (200, "h", 330), (299, "h", 330), (300, "g", 430), (399, "g", 430),
        ] as [(Int, GroupName, Int)] {
            house.go(to: at)
            let now = try house.lease(lease)
            #expect(now.group == group && now.state == .active, "\(at)")
            #expect(now.expiresAt == house.at(seconds: expires), "\(at)")
        }
        house.go(to: 430)
        #expect(try house.lease(lease).state == .ended)
    }

    /// The leases of a deleted group find another one too, and the group is gone with them.
    @Test func aDeletedGroup() throws {
        let house = try house()
        let lease = try house.grant("ann", in: ["g"])
        try house.decide(.deleteGroup("g"))
        house.go(to: 200)
        #expect(try house.lease(lease).group == "h")
        #expect(house.broker.image.goneGroups == [])
    }

    /// A group that a change takes out of its window hands its leases over at once: nobody is
    /// displaced.
    @Test func leftOutByAChange() throws {
        let house = try house(window: 100..<300)
        let ann = try house.grant("ann", in: ["g"], group: "g")
        let cid = try house.grant("cid", in: ["g"], group: "g")
        let displaced = try house.setWindows(["g": [], "h": [100..<300], "i": []])
        #expect(displaced.map(\.id) == [cid.id])
        #expect(try house.lease(ann).group == "h" && house.lease(ann).state == .active)
    }

    /// A pool that is closed keeps who is there.
    @Test func aCordonedPool() throws {
        let house = try house()
        let lease = try house.grant("ann", in: ["g"])
        try house.decide(.cordonPool("a", reason: "paint"))
        house.go(to: 200)
        #expect(try house.lease(lease).group == "h")
    }
}
