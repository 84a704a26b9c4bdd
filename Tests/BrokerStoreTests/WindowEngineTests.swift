import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

/// Windows are worked out with the change that needs them: in one batch, or not at all.
@Suite struct WindowEngineTests {
    private let source = HalfDays()

    private func history(_ groups: [GroupSpec], size: Int = 5) throws -> (History, MemoryStore) {
        let store = MemoryStore()
        let history = History(store: store, windows: source)
        let answer = try history.decide(.applySite(History.site(size, groups)))
        if let refusal = answer.refusal { throw refusal }
        return (history, store)
    }

    private func windows(_ history: History, _ group: String) -> [Range<Int>]? {
        let start = Int(History.start.milliseconds / 1_000)
        return history.engine.broker.image.windows.first { $0.group == GroupName(group) }?
            .windows.map { $0.start.seconds - start..<$0.end.seconds - start }
    }

    private func grant(_ history: History, _ holder: String, _ group: String) throws -> LeaseView? {
        let command = Command.grant(
            GrantCommand(
                id: LeaseID(high: 4 << 16, low: UInt64(history.said.count)),
                subject: Subject(
                    holder: HolderName(holder), unixGroups: [UnixGroupName(group)])))
        return try history.decide(command).lease
    }

    @Test func inOneBatch() throws {
        let (history, store) = try history([
            History.group("g", slots: ["mon.am"]), History.group("h"),
        ])
        #expect(windows(history, "g") == [100..<200, 1_000..<1_100])
        #expect(windows(history, "h") == nil && source.askedCount == 1)
        let recovery = try store.recover()
        #expect(recovery.tail.count == 1)
        #expect(try Engine.recover(recovery).image == history.engine.broker.image)
        #expect(!history.engine.broker.needsWindows)
        let reach = history.engine.broker.windowsReach
        #expect(
            reach
                == history.engine.broker.wallTime(history.now).adding(
                    seconds: Broker.windowsAheadSeconds))
        // Nothing else asks for windows.
        try history.decide(.resizePool(PoolName("a"), size: 6, ifRevision: nil))
        try history.decide(.putGroup(History.group("h", quota: 3)))
        try history.decide(.applySite(history.engine.broker.siteSpec))
        #expect(source.askedCount == 1)
    }

    /// A zone that is not there refuses the whole change, and leaves no trace.
    @Test func aZoneThatIsNotThere() throws {
        let (history, store) = try history([History.group("g", slots: ["mon.am"])])
        history.now = history.at(150)
        let lease = try #require(try grant(history, "ann", "g"))
        let before = history.engine.broker.image
        let rows = try store.recover().tail.count
        let site = History.site(
            1, [History.group("h", slots: ["mon.pm"])], rota: History.rota(timezone: "Mars/Olympus")
        )
        #expect(try history.decide(.applySite(site)).refusal == HalfDays.brokenZone)
        source.setBroken(true)
        #expect(
            try history.decide(.putGroup(History.group("g", slots: ["mon.pm"]))).refusal
                == HalfDays.brokenZone)
        #expect(
            try history.decide(.putGroup(History.group("new", slots: ["mon.pm"]))).refusal
                == HalfDays.brokenZone)
        #expect(history.engine.broker.image == before)
        #expect(try store.recover().tail.count == rows)
        #expect(history.engine.broker.lease(lease.id)?.state == .active)
        // What needs no windows goes on without the zone, and so does the rota's end.
        #expect(try history.decide(.putGroup(History.group("h"))).refusal == nil)
        let without = History.site(5, [History.group("g")], rota: nil)
        #expect(try history.decide(.applySite(without)).refusal == nil)
        #expect(history.engine.broker.image.windows == [])
        #expect(try Engine.recover(store.recover()).image == history.engine.broker.image)
    }

    /// A refusal within a batch takes back its own command alone.
    @Test func aRefusalWithinABatch() throws {
        let (history, store) = try history([History.group("g", slots: ["mon.am"])])
        history.now = history.at(150)
        let site = History.site(
            5, [History.group("g", slots: ["mon.pm"])], rota: History.rota(timezone: "Mars/Olympus")
        )
        history.submit(.cordonPool(PoolName("a"), reason: "paint"))
        history.submit(.applySite(site))
        history.submit(.putGroup(History.group("h", slots: ["mon.pm"])))
        try history.drive()
        #expect(history.answers.suffix(3).map { $0.answer.refusal == nil } == [true, false, true])
        let broker = history.engine.broker
        #expect(broker.pool(PoolName("a"))?.mode.kind == .cordoned)
        #expect(windows(history, "g") == [100..<200, 1_000..<1_100])
        #expect(windows(history, "h") == [200..<300, 1_100..<1_200])
        #expect(try Engine.recover(store.recover()).image == broker.image)
    }

    @Test func reservesThatCollide() throws {
        let (history, _) = try history([
            History.group("g", slots: ["mon.am"], reserve: 3),
            History.group("h", slots: ["mon.pm"], reserve: 3),
        ])
        let before = history.engine.broker.image
        let answer = try history.decide(
            .putGroup(History.group("h", slots: ["mon.am"], reserve: 3)))
        guard case .reservesCollide(group: 1, let shortfall)? = answer.refusal else {
            Issue.record("\(answer)")
            return
        }
        #expect(shortfall.quotas == 6 && shortfall.seats == 5)
        #expect(history.engine.broker.image == before)
    }

    /// A change of one group tells who is displaced by it, and what falls short then.
    @Test func whatAChangeTells() throws {
        let (history, _) = try history([
            History.group("g", slots: ["mon.am"], quota: 3),
            History.group("h", slots: ["mon.pm"], quota: 3),
        ])
        history.now = history.at(150)
        let lease = try #require(try grant(history, "ann", "g"))
        let answer = try history.decide(
            .putGroup(History.group("g", slots: ["tue.am"], quota: 3)))
        guard case .decided(.group(let change)) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(change.displaced.map(\.id) == [lease.id])
        #expect(change.displaced[0].state == .ending)
        #expect(change.displaced[0].expiresAt == history.at(180))
        #expect(!change.group.isOpen && change.revision == history.engine.broker.revision)
        #expect(
            change.group.opens == history.engine.broker.wallTime(history.at(500)))
        #expect(change.shortfalls == [])
        // Back again in one change of the site.
        let site = History.site(
            5,
            [
                History.group("g", slots: ["mon.am"], quota: 3),
                History.group("h", slots: ["mon.am"], quota: 3),
            ])
        guard case .decided(.site(let whole)) = try history.decide(.applySite(site)) else {
            Issue.record("refused")
            return
        }
        #expect(whole.displaced == [])
        #expect(whole.shortfalls.first?.quotas == 6)
        #expect(history.engine.broker.lease(lease.id)?.state == .active)
    }
}
