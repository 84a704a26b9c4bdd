import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

/// Recorded requests, decided again: with the same site they go as they went.
@Suite struct ReplayTests {
    private let ids = Ids()

    /// A pool of so many seats for two groups.
    private func site(_ size: Int, quota: Int? = nil) -> SiteSpec {
        History.site(
            size,
            ["g", "h"].map { name in
                var group = History.group(name)
                group.quota = quota
                return group
            })
    }

    private func history(_ site: SiteSpec) throws -> (History, MemoryStore) {
        let store = MemoryStore()
        let history = History(store: store, windows: HalfDays())
        try history.decide(.applySite(site))
        return (history, store)
    }

    @discardableResult
    private func ask(
        _ history: History, _ holder: String, _ group: String = "g", wait: Int? = nil
    ) throws -> LeaseID {
        let id = ids.next()
        try history.decide(
            .grant(
                GrantCommand(
                    id: id,
                    subject: Subject(
                        holder: HolderName(holder), unixGroups: [UnixGroupName(group)]),
                    pool: PoolName("a"), ttlSeconds: 3_600,
                    wait: wait.map { GrantCommand.Wait(seconds: $0) })))
        return id
    }

    private func go(_ history: History, seconds: Int) throws {
        history.now = history.now.adding(seconds: seconds)
        try history.decide(.passTime, by: .system)
    }

    private func replay(
        _ history: History, _ store: MemoryStore, with site: SiteSpec, since: Instant? = nil
    ) throws -> [String: Replay.GroupCount] {
        let batches = try store.history(after: 0, from: .distantPast, limit: .max)
        let entries = batches.flatMap(\.entries)
        var replay = try Replay(
            site: site, state: history.engine.broker, from: entries[0].at,
            since: since ?? .distantPast, windows: HalfDays())
        for entry in entries { replay.feed(entry) }
        let counts = replay.finish(at: history.now)
        return Dictionary(uniqueKeysWithValues: counts.map { ($0.group.value, $0) })
    }

    private func count(
        _ group: String, requests: Int, before: Int, after: Int, lost: Int = 0, gained: Int = 0,
        waitedBefore: Int = 0, waitedAfter: Int = 0
    ) -> Replay.GroupCount {
        var count = Replay.GroupCount(group: GroupName(group))
        count.requests = requests
        count.grantedBefore = before
        count.grantedAfter = after
        count.grantedToRefused = lost
        count.refusedToGranted = gained
        count.waitedBeforeSeconds = waitedBefore
        count.waitedAfterSeconds = waitedAfter
        return count
    }

    /// Two seats: two have one, a third is refused, a fourth waits until one is given back.
    private func morning() throws -> (History, MemoryStore) {
        let (history, store) = try history(site(2))
        let first = try ask(history, "ann")
        try ask(history, "bob", "h")
        try go(history, seconds: 60)
        try ask(history, "cid")
        try ask(history, "dan", "h", wait: 600)
        try go(history, seconds: 120)
        try history.decide(.release(first, claim: .anyone))
        try go(history, seconds: 1)
        return (history, store)
    }

    @Test func theSameSiteChangesNothing() throws {
        let (history, store) = try morning()
        let counts = try replay(history, store, with: site(2))
        #expect(counts["g"] == count("g", requests: 2, before: 1, after: 1))
        #expect(
            counts["h"]
                == count(
                    "h", requests: 2, before: 2, after: 2, waitedBefore: 120, waitedAfter: 120))
    }

    @Test func oneSeatMoreGivesItToWhoWasRefused() throws {
        let (history, store) = try morning()
        let counts = try replay(history, store, with: site(3))
        #expect(counts["g"] == count("g", requests: 2, before: 1, after: 2, gained: 1))
        // The seat that comes free is another's now, at the same time.
        #expect(counts["h"]?.grantedAfter == 2)
        #expect(counts["h"]?.waitedAfterSeconds == 120)
    }

    @Test func seatsForAllLetNobodyWait() throws {
        let (history, store) = try morning()
        let counts = try replay(history, store, with: site(4))
        #expect(
            counts["h"]
                == count(
                    "h", requests: 2, before: 2, after: 2, waitedBefore: 120, waitedAfter: 0))
    }

    @Test func aSmallerQuotaRefusesWhoWasGranted() throws {
        let (history, store) = try history(site(4))
        try ask(history, "ann")
        try ask(history, "bob")
        try ask(history, "eve", "h")
        let counts = try replay(history, store, with: site(4, quota: 1))
        #expect(counts["g"] == count("g", requests: 2, before: 2, after: 1, lost: 1))
        #expect(counts["h"] == count("h", requests: 1, before: 1, after: 1))
    }

    /// What came before is decided, so that the house is as full as it was, and not counted.
    @Test func onlyWhatCameSinceCounts() throws {
        let (history, store) = try history(site(2))
        try ask(history, "ann")
        try ask(history, "bob")
        try go(history, seconds: 10)
        let since = history.now
        try ask(history, "cid")
        let counts = try replay(history, store, with: site(2), since: since)
        #expect(counts["g"] == count("g", requests: 1, before: 0, after: 0))
    }

    /// A drain closes the pool of the other site too, and its end opens it.
    @Test func drainsAreDecidedAgain() throws {
        let (history, store) = try history(site(2))
        try history.decide(.cordonPool(PoolName("a"), reason: "works"))
        try ask(history, "ann")
        try history.decide(.uncordonPool(PoolName("a")))
        try go(history, seconds: 60)
        try ask(history, "ann")
        let counts = try replay(history, store, with: site(9))
        #expect(counts["g"] == count("g", requests: 2, before: 1, after: 1))
    }

    @Test func aGoneConnectionLeavesBothLines() throws {
        let (history, store) = try history(site(1))
        let first = try ask(history, "ann")
        try ask(history, "bob", wait: 600)
        let place = try #require(
            history.engine.broker.waitViews(
                pool: nil, group: nil, after: nil, limit: 1, at: history.now
            ).waiters.first)
        try go(history, seconds: 5)
        try history.decide(.leaveLine(place.ticket), by: .system)
        try history.decide(.release(first, claim: .anyone))
        let counts = try replay(history, store, with: site(1))
        #expect(counts["g"] == count("g", requests: 2, before: 1, after: 1))
    }

    @Test func aSiteThatIsWrongIsRefused() throws {
        let (history, store) = try morning()
        var wrong = site(2)
        wrong.pools[0].size = -1
        #expect(throws: Refusal.self) { try replay(history, store, with: wrong) }
    }
}
