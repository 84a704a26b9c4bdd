import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

/// Batches, answers, and what a full disk means.
@Suite struct EngineTests {
    private func history(space: Int? = nil) throws -> (History, MemoryStore) {
        let store = MemoryStore()
        let history = History(store: store)
        try history.decide(.applySite(History.site))
        store.space = space
        return (history, store)
    }

    private func batch(_ action: Engine.Action) throws -> JournalBatch {
        guard case .append(let batch) = action else { throw Unexpected(action: action) }
        return batch
    }

    private func answers(_ action: Engine.Action) throws -> [(Ticket, EngineAnswer)] {
        guard case .answer(let answers) = action else { throw Unexpected(action: action) }
        return try answers.map { addressee, answer in
            guard case .ticket(let ticket) = addressee else { throw Unexpected(action: action) }
            return (ticket, answer)
        }
    }

    struct Unexpected: Error {
        var action: Engine.Action
    }

    // MARK: Batches

    @Test func nothingToDoIsNothing() throws {
        let (history, _) = try history()
        guard case .none = history.engine.begin(at: history.now) else {
            Issue.record("there was work")
            return
        }
    }

    /// Answers, refusals too, go out once the batch is on disk, in the order of the commands.
    @Test func answersWaitForTheDisk() throws {
        let (history, store) = try history()
        let commands = [
            history.grant("ann"), .cordonPool(PoolName("x"), reason: ""), history.grant("ann"),
            history.grant("bob"), .passTime,
        ]
        let tickets = commands.map { history.submit($0) }
        let written = try batch(history.engine.begin(at: history.now))
        #expect(!history.engine.hasWork)
        // What changes nothing is no entry.
        #expect(written.entries.count == 2)
        #expect(written.entries.allSatisfy { $0.actor == History.admin && $0.at == history.now })
        try store.append(written)
        let said = try answers(history.engine.appended())
        #expect(said.map { Int($0.0.number) } == tickets)
        #expect(said[0].1.lease?.id == said[2].1.lease?.id)
        #expect(said[1].1.refusal == .noSuchPool(PoolName("x")))
        #expect(written.revision == history.engine.broker.revision)
    }

    @Test func whatChangesNothingIsAnsweredAtOnce() throws {
        let (history, _) = try history()
        try history.decide(history.grant("ann"))
        history.submit(history.grant("ann"))
        history.submit(.uncordonPool(PoolName("a")))
        history.submit(.deletePool(PoolName("x")))
        #expect(try answers(history.engine.begin(at: history.now)).count == 3)
    }

    @Test func aBatchHasItsMost() throws {
        let (history, _) = try history()
        let most = Engine.batchCountMax
        for number in 0...most { history.submit(.passTime, by: number == most ? .system : .system) }
        history.submit(history.grant("ann"))
        #expect(try answers(history.engine.begin(at: history.now)).count == most)
        #expect(history.engine.hasWork)
        _ = try batch(history.engine.begin(at: history.now))
        #expect(try answers(history.engine.appended()).count == 2)
        #expect(!history.engine.hasWork)
    }

    /// What is due ends by itself, not by the hand of whoever asks first.
    @Test func whatIsDueIsTheBrokersOwn() throws {
        let (history, _) = try history()
        let lease = try #require(try history.decide(history.grant("ann", ttl: 10)).lease)
        history.now = history.now.adding(seconds: 10)
        history.submit(.deletePool(PoolName("x")))
        let written = try batch(history.engine.begin(at: history.now))
        #expect(written.entries.map(\.actor) == [.system])
        #expect(written.entries[0].records == [.leaseEnded(lease.id, .expired, detail: nil)])
        #expect(try answers(history.engine.appended()).count == 1)
    }

    // MARK: A full disk

    /// Everything is undone; then what ends leases is decided from the reserve, and nothing else.
    @Test func aFullDisk() throws {
        let (history, store) = try history()
        let lease = try #require(try history.decide(history.grant("ann")).lease)
        let before = history.engine.broker.image
        let commands: [Command] = [
            history.grant("bob"), .release(lease.id, claim: .anyone), history.grant("ann"),
            .resizePool(PoolName("a"), size: 1, ifRevision: nil), .deletePool(PoolName("b")),
            .putGroup(GroupSpec(name: GroupName("h"), members: [], pools: [])),
            .deleteGroup(GroupName("g")),
        ]
        for command in commands { history.submit(command) }
        _ = try batch(history.engine.begin(at: history.now))
        guard case .releaseReserve = history.engine.appendFailedForSpace() else {
            Issue.record("the reserve was not given back")
            return
        }
        #expect(history.engine.broker.image == before)
        #expect(history.engine.isLowOnSpace && history.engine.hasWork)

        let second = try batch(history.engine.begin(at: history.now))
        #expect(second.entries.flatMap(\.records).count == 1)
        try store.append(second)
        let said = try answers(history.engine.appended())
        #expect(said.map(\.1.isNoSpace) == [true, false, true, true, true, true, true])
        #expect(history.engine.broker.lease(lease.id)?.endReason == .released)
        #expect(try Engine.recover(store.recover()).image == history.engine.broker.image)
    }

    /// What needs no writing is answered on a full disk as on any other.
    @Test func readingAnswersGoOn() throws {
        let (history, store) = try history()
        let lease = try #require(try history.decide(history.grant("ann")).lease)
        store.space = 0
        #expect(try history.decide(history.grant("bob")).isNoSpace)
        #expect(try history.decide(history.grant("ann")).lease?.id == lease.id)
        #expect(try history.decide(.deletePool(PoolName("x"))).refusal != nil)
        #expect(try history.decide(.revoke(lease.id, reason: "", graceSeconds: 60)).isNoSpace)
        #expect(history.engine.broker.lease(lease.id)?.state == .active)
    }

    /// Not even the reserve is enough: everything is refused, and tried again with every batch.
    @Test func anExhaustedDisk() throws {
        let (history, store) = try history()
        let lease = try #require(try history.decide(history.grant("ann")).lease)
        let before = history.engine.broker.image
        store.space = 0
        let release = Command.release(lease.id, claim: .anyone)
        for _ in 0..<3 {
            #expect(try history.decide(release).isNoSpace)
            #expect(history.engine.broker.image == before)
            #expect(history.engine.isOutOfSpace)
        }
        store.space = 10_000
        #expect(!(try history.decide(release).isNoSpace))
        #expect(!history.engine.isOutOfSpace && history.engine.isLowOnSpace)
        #expect(try history.decide(history.grant("bob")).isNoSpace)
        history.engine.spaceRestored()
        #expect(try history.decide(history.grant("bob")).lease != nil)
        #expect(!history.engine.isLowOnSpace)
    }

    @Test func withoutAReserveItIsLow() throws {
        let (history, _) = try history()
        history.engine.reserveMissing()
        #expect(history.engine.isLowOnSpace && !history.engine.isOutOfSpace)
        #expect(try history.decide(history.grant("ann")).isNoSpace)
        history.engine.spaceRestored()
        #expect(try history.decide(history.grant("ann")).lease != nil)
    }

    @Test func whatEndsLeases() {
        let id = LeaseID(high: 1, low: 1)
        let pool = PoolName("a")
        let table: [(Command, Bool)] = [
            (.release(id, claim: .anyone), true), (.passTime, true), (.setClock(.unset), true),
            (.revoke(id, reason: "", graceSeconds: 0), true),
            (.revoke(id, reason: "", graceSeconds: 1), false),
            (.drainPool(pool, reason: "", deadlineSeconds: 0), false), (.deletePool(pool), false),
            (.cordonPool(pool, reason: ""), false), (.setSeatLimit(nil), false),
        ]
        for (command, ends) in table { #expect(command.endsLeases == ends) }
    }

    /// Space comes and goes: what was answered is in the store, and nothing else.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func spaceComesAndGoes(seed: UInt64) throws {
        var random = Random(seed: seed)
        let (history, store) = try history()
        var ids: [LeaseID] = []
        for step in 0..<600 {
            if random.chance(20) {
                store.space = random.chance(50) ? nil : Int(random.next() % 600)
            }
            if random.chance(10) && store.space == nil { history.engine.spaceRestored() }
            history.now = history.now.adding(seconds: Int(random.next() % 20))
            for _ in 0...Int(random.next() % 4) {
                switch random.next() % 8 {
                case 0..<4:
                    let ttl = Int(random.next() % 90) + 1
                    history.submit(history.grant("p\(random.next() % 6)", ttl: ttl))
                case 4, 5:
                    if !ids.isEmpty { history.submit(.release(random.pick(ids), claim: .anyone)) }
                case 6:
                    let size = Int(random.next() % 4)
                    history.submit(.resizePool(PoolName("a"), size: size, ifRevision: nil))
                default: history.submit(.applySite(History.site))
                }
            }
            let said = history.answers.count
            try history.drive()
            for (_, answer) in history.answers[said...] {
                if case .decided(.granted(let lease)) = answer { ids.append(lease.id) }
            }
            if step % 20 == 0, history.engine.isLowOnSpace == false {
                try store.save(history.engine.broker.image)
            }
            let recovered = try Engine.recover(try store.recover())
            try #require(recovered.image == history.engine.broker.image, "step \(step)")
        }
        #expect(ids.count > 80)
    }

    // MARK: Recovery

    @Test func recoveryGivesTheState() throws {
        let (history, store) = try history()
        try history.live(0..<20)
        let image = history.engine.broker.image
        #expect(try Engine.recover(try store.recover()).image == image)
        try store.save(image)
        #expect(try Engine.recover(try store.recover()).image == image)
        try history.live(20..<40)
        #expect(
            try Engine.recover(try store.recover()).image == history.engine.broker.image)
        #expect(try Engine.recover(Recovery(snapshot: nil, tail: [])).image == Broker().image)
    }

    @Test func gapsAreRefused() throws {
        let (history, store) = try history()
        try history.live(0..<12)
        let recovery = try store.recover()
        #expect(recovery.tail.count > 3)
        for position in recovery.tail.indices.dropLast() {
            var damaged = recovery
            damaged.tail.remove(at: position)
            #expect(throws: Broker.Misfit.self) { try Engine.recover(damaged) }
        }
        var twice = recovery
        twice.tail.append(twice.tail[1])
        #expect(throws: Broker.Misfit.self) { try Engine.recover(twice) }
        var early = recovery
        early.snapshot = Broker().image
        early.tail.removeFirst()
        #expect(throws: Broker.Misfit.self) { try Engine.recover(early) }
    }

    /// A record that does not fit the state before it.
    @Test func recordsThatDoNotFit() throws {
        let id = LeaseID(high: 1, low: 1)
        let pool = PoolName("x")
        let records: [Record] = [
            .poolRemoved(pool), .groupRemoved(GroupName("x")), .seatRemoved(SeatName("x")),
            .leaseEnded(id, .expired, detail: nil), .leaseRenewed(id, ttlDeadline: History.start),
            .seatsAdded(pool, firstIndex: 1, count: 1), .seatListed(pool, position: 0),
            .seatsAdded(PoolName("a"), firstIndex: 1, count: 1),
            .seatsAdded(PoolName("a"), firstIndex: 9, count: -1),
            .seatListed(PoolName("a"), position: 0), .seatListed(PoolName("a"), position: -1),
            .seatRetiring(SeatName("a-1"), deadline: History.start, orphaned: false),
            .siteOrdered(pools: [pool], groups: []),
            .poolModeSet(pool, PoolMode(kind: .open, since: History.start), revision: 2),
        ]
        let (history, store) = try history()
        let recovery = try store.recover()
        for record in records {
            var damaged = recovery
            damaged.tail.append(
                JournalBatch(
                    after: history.engine.broker.revision,
                    entries: [
                        JournalEntry(
                            at: history.now, actor: .system, verb: .passTime, records: [record])
                    ]))
            #expect(throws: Broker.Misfit.self, "\(record)") {
                try Engine.recover(damaged)
            }
        }
    }
}
