import Testing

@testable import BrokerCore

/// Places in the line: how they come, change hands and go.
@Suite struct LinePlaceTests {
    /// One seat, which is taken.
    private func house(
        _ groups: [GroupSpec] = [.plain("g", ["a", "b"]), .plain("h", ["a"])]
    ) throws -> (House, LeaseView) {
        let house = try House(
            [.plain("a", 1), .plain("b", 0)], groups + [.plain("taken", ["a"])])
        return (house, try house.grant("tom", in: ["taken"], ttl: 7_000))
    }

    // MARK: What can wait

    @Test func whatCanWait() throws {
        let table: [(what: String, group: GroupSpec, change: Command?, seconds: Int, Rule?)] = [
            ("a seat", .plain("g", ["a"]), nil, 60, nil),
            ("a second", .plain("g", ["a"]), nil, 1, nil),
            ("no time", .plain("g", ["a"]), nil, 0, .poolExhausted),
            ("a quota", .plain("g", ["a"], quota: 0), nil, 60, nil),
            ("a window in time", .turning("g", ["a"]), nil, 100, nil),
            ("a window too late", .turning("g", ["a"]), nil, 99, .outsideWindow),
            ("another pool", .plain("g", ["b"]), nil, 60, .notEntitled),
            (
                "a cordoned pool", .plain("g", ["a"]), .cordonPool("a", reason: "paint"), 60,
                .poolCordoned
            ),
            (
                "a draining pool", .plain("g", ["a"]),
                .drainPool("a", reason: "move", deadlineSeconds: nil), 60, .poolDraining
            ),
            (
                "a pool that will drain", .plain("g", ["a"]),
                .drainPool(
                    "a", reason: "move", deadlineSeconds: nil,
                    start: .at(wallMilliseconds: House.start.milliseconds + 50_000)), 60, nil
            ),
        ]
        for (what, group, change, seconds, rule) in table {
            let (house, _) = try house([.plain("x", [])])
            try house.decide(
                .applySite(
                    SiteSpec(
                        pools: house.broker.siteSpec.pools,
                        groups: [group, .plain("taken", ["a"])], rota: House.rota())))
            try house.setWindows(["g": [100..<200]])
            if let change { try house.decide(change) }
            let refusal = house.refusal(house.waitCommand("ann", in: ["g"], seconds: seconds))
            #expect(refusal?.rule == rule, "\(what)")
            #expect(house.line == (rule == nil ? ["ann"] : []), "\(what)")
        }
    }

    /// It is enough that one pair can be waited for.
    @Test func onePairIsEnough() throws {
        let (house, _) = try house()
        try house.decide(.cordonPool("b", reason: "paint"))
        #expect(
            house.refusal(house.waitCommand("ann", in: ["g"], pool: "b"))?.rule == .poolCordoned)
        #expect(try house.wait("ann", pool: nil).group == "g")
    }

    // MARK: Absence

    /// A place with a key is kept for thirty seconds, and passed by meanwhile.
    @Test func aPlaceWithAKey() throws {
        let table: [(back: Int64, what: String, isKept: Bool)] = [
            (1, "at once", true), (29_999, "in the last millisecond", true),
            (30_000, "as the time is over", false),
        ]
        for row in table {
            let (house, _) = try house()
            let ann = try house.wait("ann", key: "k")
            house.pass(seconds: 5)
            try house.wait("bob")
            try house.decide(.leaveLine(ann.ticket))
            let view = try #require(house.broker.waitView(ann.ticket.number, at: house.now))
            #expect(!view.isConnected, "\(row.what)")
            house.pass(milliseconds: row.back)
            let again = try house.wait("ann", seconds: 100, key: "k")
            #expect(house.line == (row.isKept ? ["ann", "bob"] : ["bob", "ann"]), "\(row.what)")
            #expect((again.ticket.number == ann.ticket.number) == row.isKept, "\(row.what)")
            #expect(again.ticket != ann.ticket, "\(row.what)")
            #expect(again.since == (row.isKept ? House.start : house.now), "\(row.what)")
            #expect(again.until == house.now.adding(seconds: 100), "\(row.what)")
            #expect(try house.outcomes() == [], "\(row.what)")
        }
    }

    @Test func nobodyIsServedWhoIsAway() throws {
        let (house, lease) = try house()
        let ann = try house.wait("ann", key: "k")
        try house.wait("bob")
        try house.decide(.leaveLine(ann.ticket))
        try house.release(lease)
        #expect(try house.outcomes() == ["bob: a-1"])
        // Nor refused.
        try house.decide(.cordonPool("a", reason: "paint"))
        #expect(try house.outcomes() == [])
        #expect(house.line == ["ann"])
        house.pass(seconds: 30)
        #expect(try house.outcomes() == [] && house.line == [])
    }

    @Test func aPlaceWithoutAKeyIsLeftAtOnce() throws {
        let (house, _) = try house()
        let ann = try house.wait("ann")
        _ = house.broker.takePending()
        try house.decide(.leaveLine(ann.ticket))
        #expect(house.line == [])
        #expect(house.broker.takePending() == [.waitEnded(ann.ticket, .left, minutes: 0)])
        try house.decide(.leaveLine(ann.ticket))
        #expect(house.broker.takePending() == [])
    }

    /// A wait whose time is over while nobody is there is no answer to anybody.
    @Test func aWaitThatEndsInAbsence() throws {
        let (house, _) = try house()
        let ann = try house.wait("ann", seconds: 20, key: "k")
        house.pass(seconds: 10)
        try house.decide(.leaveLine(ann.ticket))
        #expect(house.broker.nextDeadline(after: house.now) == house.at(seconds: 20))
        house.pass(seconds: 10)
        #expect(try house.outcomes() == [] && house.line == [])
    }

    /// Over a restart: no connection is there any more.
    @Test func aRestart() throws {
        let (house, _) = try house()
        let ann = try house.wait("ann", key: "k")
        try house.wait("bob")
        try house.wait("cid", key: "k")
        let again = House(broker: try Broker(image: house.broker.image), now: house.now)
        try again.decide(.dropConnections)
        #expect(again.line == ["ann", "cid"])
        again.pass(milliseconds: 29_999)
        #expect(try again.wait("ann", key: "k").ticket.number == ann.ticket.number)
        again.pass(milliseconds: 1)
        try again.decide(.passTime)
        #expect(again.line == ["ann"])
        // A second restart begins the time anew.
        try again.decide(.dropConnections)
        again.pass(seconds: 29)
        try again.decide(.dropConnections)
        again.pass(milliseconds: 999)
        try again.decide(.passTime)
        #expect(again.line == ["ann"])
        again.pass(milliseconds: 1)
        try again.decide(.passTime)
        #expect(again.line == [])
    }

    // MARK: Takeover

    /// A second request of the same person and pool takes the place over; the first is told.
    @Test func aPlaceIsTakenOver() throws {
        for (first, second) in [(nil, nil), ("k", "k"), (nil, "k"), ("k", nil), ("k", "l")]
            as [(String?, String?)]
        {
            let (house, lease) = try house()
            let old = try house.wait("ann", key: first)
            house.pass(seconds: 10)
            try house.wait("bob")
            house.pass(seconds: 10)
            let new = try house.wait("ann", ttl: 50, seconds: 1_000, key: second)
            #expect(house.broker.takeLineOutcomes().map(\.0) == [old.ticket])
            #expect(new.ticket.number == old.ticket.number && new.ticket != old.ticket)
            #expect(new.since == House.start && new.until == house.now.adding(seconds: 1_000))
            #expect(house.line == ["ann", "bob"])
            // The older connection goes, which is not the place's any more.
            try house.decide(.leaveLine(old.ticket))
            #expect(house.line == ["ann", "bob"])
            try house.release(lease)
            #expect(try house.outcomes() == ["ann: a-1"])
            let held = try #require(house.broker.leases(Broker.LeaseFilter(), limit: 9).first)
            #expect(held.expiresAt == house.now.adding(seconds: 50))
            // The key of the newer request is the one that is remembered.
            let replay = house.refusal(
                house.waitCommand("ann", in: ["g"], key: second ?? "x", fingerprint: 2),
                by: Actor(name: "ann", uid: 1_000, role: .agent))
            #expect(replay == (second == nil ? nil : .keyReused))
        }
    }

    @Test func theOlderOneIsToldSo() throws {
        let (house, _) = try house()
        let old = try house.wait("ann")
        try house.wait("ann")
        let outcomes = house.broker.takeLineOutcomes()
        #expect(outcomes.map(\.0) == [old.ticket])
        #expect(outcomes.map(\.1) == [.refused(.placeTaken)])
    }

    /// One place for a person and a pool; none named is a pool of its own.
    @Test func onePlaceForAPool() throws {
        let (house, lease) = try house()
        for pool in ["a", "b", nil] as [PoolName?] { try house.wait("ann", pool: pool) }
        #expect(house.line == ["ann", "ann", "ann"])
        #expect(house.broker.takeLineOutcomes().isEmpty)
        // A lease in a answers the place for it, and the one for any pool.
        try house.release(lease)
        #expect(try house.outcomes() == ["ann: a-1", "ann: has a-1"])
        #expect(house.line == ["ann"])
    }

    @Test func aKeyWithAnotherBody() throws {
        let (house, _) = try house()
        try house.wait("ann", key: "k")
        #expect(
            house.refusal(
                house.waitCommand("ann", in: ["g"], key: "k", fingerprint: 2),
                by: Actor(name: "ann", uid: 1_000, role: .agent)) == .keyReused)
        #expect(house.line == ["ann"])
        // Another person's key, or another caller's, is another key.
        try house.wait("bob", key: "k")
        #expect(
            house.refusal(house.waitCommand("ann", in: ["g"], pool: "b", key: "k", fingerprint: 2))
                == nil)
        #expect(house.line == ["ann", "bob", "ann"])
        // Also of a request that would not wait, or would be answered at once.
        let agent = Actor(name: "ann", uid: 1_000, role: .agent)
        for fingerprint in [1, 2] as [UInt64] {
            let command = house.grantCommand(
                "ann", in: ["g"], pool: "a", key: "k", fingerprint: fingerprint)
            let refusal = house.refusal(command, by: agent)
            #expect((refusal == .keyReused) == (fingerprint == 2))
        }
        try house.decide(.resizePool("b", size: 1, ifRevision: nil))
        #expect(
            house.refusal(
                house.grantCommand("ann", in: ["g"], pool: "b", key: "k", fingerprint: 2),
                by: agent) == .keyReused)
    }

    /// When the place ends the key stands for its lease.
    @Test func theKeyIsRemembered() throws {
        let (house, lease) = try house()
        try house.wait("ann", key: "k")
        try house.release(lease)
        #expect(try house.outcomes() == ["ann: a-1"])
        let decision = try house.decide(
            house.waitCommand("ann", in: ["g"], key: "k"),
            by: Actor(name: "ann", uid: 1_000, role: .agent))
        guard case .replayed(let replayed, created: true) = decision else {
            throw House.Unexpected()
        }
        #expect(replayed.holder == "ann" && house.line == [])
    }

    // MARK: Bounds

    @Test func bounds() throws {
        let (house, lease) = try house()
        func refusal(_ holder: String, _ group: String, all: Int, own: Int) -> GrantRefusal? {
            let command = house.waitCommand(
                holder, in: [group], countMax: all, groupCountMax: own)
            if case .grant(let refusal)? = house.refusal(command) { return refusal }
            return nil
        }
        #expect(refusal("ann", "g", all: 0, own: 9)?.rule == .lineFull)
        #expect(refusal("ann", "g", all: 2, own: 2) == nil)
        house.pass(seconds: 1)
        #expect(refusal("bob", "g", all: 2, own: 2) == nil)
        house.pass(seconds: 1)
        let all = try #require(refusal("cid", "h", all: 2, own: 9))
        #expect(all.rule == .lineFull && all.earliest == house.at(seconds: 7_000))
        #expect(all.reasons.map(\.rule) == [.lineFull, .poolExhausted])
        #expect(all.reasons[0].numbers == .line(waiting: 2, limit: 2))
        #expect(all.reasons[0].group == nil)
        let own = try #require(refusal("dan", "g", all: 9, own: 2))
        #expect(own.rule == .lineFull && own.reasons[0].group == "g")
        #expect(own.reasons[0].numbers == .line(waiting: 2, limit: 2))
        // Another group's line is another, and whoever has a place keeps it.
        #expect(refusal("cid", "h", all: 3, own: 1) == nil)
        #expect(refusal("ann", "g", all: 1, own: 1) == nil)
        #expect(house.line == ["ann", "bob", "cid"])
        _ = house.broker.takeLineOutcomes()
        try house.release(lease)
        #expect(try house.outcomes() == ["ann: a-1"])
        // They are in the accounts, as any other refusal.
        for key in [("cid", "h"), ("dan", "g")] as [(HolderName, GroupName)] {
            let account = AccountKey(holder: key.0, group: key.1)
            #expect(house.broker.accountMinutes(account, at: house.now) == 1)
        }
    }

    // MARK: Ends

    @Test func theWaitIsOver() throws {
        let (house, lease) = try house()
        let first = try house.wait("bob", seconds: 500)
        let ann = try house.wait("ann", seconds: 60)
        house.pass(milliseconds: 59_999)
        #expect(try house.outcomes() == [])
        house.pass(milliseconds: 1)
        try house.decide(.passTime)
        let outcomes = house.broker.takeLineOutcomes()
        #expect(outcomes.map(\.0) == [ann.ticket])
        let refusal = try #require(outcomes.first?.1.refusal)
        #expect(refusal.rule == .waitExpired && refusal.reasons.map(\.rule) == [.poolExhausted])
        #expect(refusal.earliest == lease.expiresAt && refusal.group == "g")
        #expect(refusal.wait?.ahead == 1 && refusal.wait?.ticket == ann.ticket)
        #expect(house.broker.waitView(ann.ticket.number, at: house.now) == nil)
        #expect(house.broker.waitView(first.ticket.number, at: house.now)?.ahead == 0)
    }

    /// A seat that comes free in the very instant is had.
    @Test func aSeatInTheLastInstant() throws {
        let (house, lease) = try house()
        try house.wait("ann", seconds: 60)
        try house.revoke(lease, grace: 60)
        house.pass(seconds: 60)
        #expect(try house.outcomes() == ["ann: a-1"])
    }

    /// What cannot be waited for any more is refused then.
    @Test func refusedMeanwhile() throws {
        let site = SiteSpec(
            pools: [.plain("a", 0), .plain("b", 0)],
            groups: [.plain("g", ["a"]), .plain("h", ["a"])])
        var without = site
        without.groups[0].pools = ["b"]
        var gone = site
        gone.pools.remove(at: 0)
        for index in 0..<2 { gone.groups[index].pools = [] }
        var ungrouped = site
        ungrouped.groups.remove(at: 0)
        var quota = site
        quota.groups[0].quota = 0
        let table: [(what: String, command: Command, outcomes: [String])] = [
            (
                "cordoned", .cordonPool("a", reason: "paint"),
                ["ann: poolCordoned", "bob: poolCordoned"]
            ),
            (
                "draining", .drainPool("a", reason: "move", deadlineSeconds: 60),
                ["ann: poolDraining", "bob: poolDraining"]
            ),
            ("another pool", .applySite(without), ["ann: notEntitled", "bob: notEntitled"]),
            ("no pool", .applySite(gone), ["ann: noSuchPool", "bob: noSuchPool"]),
            ("no group", .deleteGroup("g"), ["ann: notEntitled", "bob: noSuchGroup"]),
            (
                "no group in the site", .applySite(ungrouped),
                ["ann: notEntitled", "bob: noSuchGroup"]
            ),
            ("a quota of nothing", .applySite(quota), []),
            ("a seat's cordon", .resizePool("b", size: 1, ifRevision: nil), []),
        ]
        for row in table {
            let house = try House(site.pools, site.groups)
            try house.wait("ann", in: ["g"])
            try house.wait("bob", in: ["g"], group: "g")
            try house.wait("cid", in: ["h"], pool: nil)
            try house.decide(row.command)
            let said = try house.outcomes().filter { !$0.hasPrefix("cid") }
                .map { String($0.prefix { $0 != "(" }) }
            #expect(said == row.outcomes, "\(row.what)")
        }
    }

    /// A window that is put off beyond the wait.
    @Test func aWindowIsPutOff() throws {
        for (opens, outcomes) in [(600, []), (601, ["ann: outsideWindow"])] as [(Int, [String])] {
            let house = try House(
                [.plain("a", 1)], [.turning("g", ["a"])], windows: ["g": [100..<200]])
            try house.wait("ann", in: ["g"])
            try house.setWindows(["g": [opens..<900]])
            #expect(try house.outcomes() == outcomes)
        }
    }

    /// The holder has a lease there meanwhile: by another way, whatever the group.
    @Test func heldMeanwhile() throws {
        let (house, lease) = try house()
        try house.wait("ann", key: "k")
        try house.release(lease)
        // Before the line is served, by the same person without waiting.
        #expect(house.seat("ann", in: ["g"]) == "a-1")
        #expect(house.broker.takeLineOutcomes().map(\.1.text) == ["has a-1"])
        #expect(house.line == [])
        let decision = try house.decide(
            house.waitCommand("ann", in: ["g"], key: "k"),
            by: Actor(name: "ann", uid: 1_000, role: .agent))
        guard case .replayed(_, created: false) = decision else { throw House.Unexpected() }
    }
}
