import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

/// The waiting line through the engine: what is told to whom, in which order, and on a full disk.
@Suite struct LineEngineTests {
    /// One seat, and two groups that may have it at any time.
    private func history(_ size: Int = 1) throws -> (History, MemoryStore) {
        let store = MemoryStore()
        let history = History(store: store, windows: HalfDays())
        try history.decide(
            .applySite(History.site(size, [History.group("g"), History.group("h")])))
        return (history, store)
    }

    private let ids = Ids()

    private func request(
        _ holder: String, _ group: String = "g", seconds: Int? = 600, key: String? = nil
    ) -> Command {
        .grant(
            GrantCommand(
                id: ids.next(),
                subject: Subject(
                    holder: HolderName(holder), unixGroups: [UnixGroupName(group)]),
                pool: PoolName("a"), key: key.map { .init(text: $0, fingerprint: 1) },
                wait: seconds.map { GrantCommand.Wait(seconds: $0) }))
    }

    /// Gives the connection to the place.
    private func wait(
        _ history: History, _ holder: String, _ group: String = "g", key: String? = nil
    ) throws -> WaitTicket {
        let answer = try history.decide(request(holder, group, key: key))
        guard case .decided(.waiting(let view)) = answer else { throw Unexpected(answer: answer) }
        return view.ticket
    }

    struct Unexpected: Error {
        var answer: EngineAnswer
    }

    /// What was said since the last look: `1: granted ann`, `place: placeTaken`.
    private func said(_ history: History, since count: Int) -> [String] {
        history.said[count...].map { addressee, answer in
            switch addressee {
            case .ticket: "ticket: \(answer.text)"
            case .place: "place: \(answer.text)"
            }
        }
    }

    // MARK: Order

    /// Whoever held the place hears of it before the newer one has it.
    @Test func thePlaceIsTakenBeforeItIsGiven() throws {
        let (history, _) = try history()
        try history.decide(request("tom"))
        let old = try wait(history, "ann")
        let count = history.said.count
        let new = try wait(history, "ann")
        #expect(said(history, since: count) == ["place: placeTaken", "ticket: waiting ann"])
        #expect(history.said[count].to == .place(old) && old.number == new.number)
        // In one batch as well.
        let again = history.said.count
        history.submit(request("bob"))
        history.submit(request("bob"))
        try history.drive()
        #expect(
            said(history, since: again) == [
                "ticket: waiting bob", "place: placeTaken", "ticket: waiting bob",
            ])
    }

    /// A seat that comes free in a batch goes to the line before the next request of the batch.
    @Test func theLineComesBeforeTheNextRequest() throws {
        let (history, store) = try history()
        let tom = try #require(try history.decide(request("tom")).lease)
        let ann = try wait(history, "ann")
        let count = history.said.count
        history.submit(.release(tom.id, claim: .anyone))
        history.submit(request("bob", seconds: nil))
        guard case .append(let batch) = history.engine.begin(at: history.now) else {
            Issue.record("nothing was to be written")
            return
        }
        // Nobody is told before it is on disk.
        #expect(history.said.count == count)
        #expect(batch.entries.map(\.actor) == [History.admin, .system, History.admin])
        #expect(batch.entries.map(\.records.count) == [1, 2, 2])
        try store.append(batch)
        guard case .answer(let answers) = history.engine.appended() else {
            Issue.record("no answers")
            return
        }
        #expect(
            answers.map(\.1.text) == ["done", "granted ann", "refused poolExhausted"])
        #expect(answers[1].0 == .place(ann))
        #expect(try Engine.recover(store.recover()).image == history.engine.broker.image)
    }

    /// What time brings is served before the commands of the batch.
    @Test func whatIsDueServesTheLine() throws {
        let (history, _) = try history()
        try history.decide(history.grant("tom", ttl: 50))
        _ = try wait(history, "ann")
        let count = history.said.count
        history.now = history.at(50)
        history.submit(request("bob", seconds: nil))
        try history.drive()
        #expect(
            said(history, since: count) == ["place: granted ann", "ticket: refused poolExhausted"])
    }

    /// Nobody is served whose connection is known to be gone.
    @Test func whoHasGoneIsNotServed() throws {
        let (history, _) = try history()
        try history.decide(history.grant("tom", ttl: 50))
        let ann = try wait(history, "ann", key: "k")
        let bob = try wait(history, "bob")
        _ = try wait(history, "cid")
        let count = history.said.count
        history.now = history.at(50)
        for ticket in [ann, bob] { history.submit(.leaveLine(ticket), by: .system) }
        try history.drive()
        #expect(said(history, since: count).contains("place: granted cid"))
        #expect(history.engine.broker.lineSummary.waiting == 1)
    }

    /// A wait that is over is told as such, with its place.
    @Test func aWaitThatIsOver() throws {
        let (history, _) = try history()
        try history.decide(request("tom"))
        let ann = try wait(history, "ann")
        let count = history.said.count
        history.now = history.at(600)
        try history.decide(.passTime)
        #expect(history.said[count].to == .place(ann))
        guard case .refused(.grant(let refusal)) = history.said[count].answer else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.rule == .waitExpired && refusal.wait?.ahead == 0)
    }

    // MARK: A full disk

    /// The line stands still until there is space, and then goes on.
    @Test func theLineStandsStill() throws {
        let (history, store) = try history()
        let tom = try #require(try history.decide(request("tom")).lease)
        _ = try wait(history, "ann")
        store.space = 0
        #expect(try history.decide(request("eve")).isNoSpace)
        store.space = 1_000
        let count = history.said.count
        try history.decide(.release(tom.id, claim: .anyone))
        #expect(history.engine.broker.lease(tom.id)?.endReason == .released)
        try history.decide(.passTime)
        #expect(said(history, since: count) == ["ticket: done", "ticket: done"])
        #expect(!history.engine.broker.mayServeLine)
        store.space = nil
        history.engine.spaceRestored()
        #expect(history.engine.broker.mayServeLine)
        try history.decide(.passTime)
        #expect(said(history, since: count).contains("place: granted ann"))
        #expect(try Engine.recover(store.recover()).image == history.engine.broker.image)
    }

    /// What could not be written was told to nobody.
    @Test func nobodyIsToldOfWhatWasUndone() throws {
        let (history, store) = try history()
        let tom = try #require(try history.decide(request("tom")).lease)
        let ann = try wait(history, "ann")
        store.space = 0
        let image = history.engine.broker.image
        var count = history.said.count
        // Served in a batch that fails, with what the seat came from.
        #expect(try history.decide(.release(tom.id, claim: .anyone)).isNoSpace)
        #expect(said(history, since: count) == ["ticket: noSpace"])
        #expect(history.engine.broker.image == image)
        // A place that could not be taken over.
        count = history.said.count
        #expect(try history.decide(request("ann")).isNoSpace)
        store.space = 100_000
        #expect(try history.decide(request("ann")).isNoSpace)
        #expect(said(history, since: count) == ["ticket: noSpace", "ticket: noSpace"])
        #expect(history.engine.broker.waitView(ann.number, at: history.now)?.ticket == ann)
    }

    /// Refusals go on, without being written down.
    @Test func refusalsGoOn() throws {
        let (history, store) = try history()
        try history.decide(request("tom"))
        store.space = 0
        #expect(try history.decide(request("eve")).isNoSpace)
        #expect(try history.decide(request("bob", seconds: nil)).refusal != nil)
    }

    /// Time is over all the same, and no rule has failed that could be named.
    @Test func aWaitThatIsOverMeanwhile() throws {
        let (history, store) = try history()
        let tom = try #require(try history.decide(request("tom")).lease)
        _ = try wait(history, "ann")
        store.space = 0
        #expect(try history.decide(request("eve")).isNoSpace)
        store.space = 10_000
        try history.decide(.release(tom.id, claim: .anyone))
        let count = history.said.count
        history.now = history.at(600)
        try history.decide(.passTime)
        guard case .refused(.grant(let refusal)) = history.said[count].answer else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.rule == .waitExpired && refusal.reasons.isEmpty)
        #expect(refusal.earliest == nil)
    }

    /// Who went away while nothing at all could be written is not served afterwards.
    @Test func whoLeftOnAFullDisk() throws {
        let (history, store) = try history()
        let tom = try #require(try history.decide(request("tom")).lease)
        let ann = try wait(history, "ann")
        store.space = 0
        #expect(try history.decide(.leaveLine(ann), by: .system).isNoSpace)
        #expect(history.engine.isOutOfSpace && history.engine.hasDepartures)
        store.space = nil
        history.engine.spaceRestored()
        let count = history.said.count
        try history.decide(.release(tom.id, claim: .anyone))
        #expect(said(history, since: count) == ["ticket: done", "ticket: done"])
        #expect(!history.engine.broker.hasWaiters && !history.engine.hasDepartures)
    }

    // MARK: Restart

    @Test func aRestart() throws {
        let (history, store) = try history()
        try history.decide(request("tom"))
        let ann = try wait(history, "ann", key: "k")
        _ = try wait(history, "bob")
        let broker = try Engine.recover(store.recover())
        #expect(broker.image == history.engine.broker.image)
        let again = History(store: store, broker: broker, ids: 1 << 20, windows: HalfDays())
        again.now = history.now
        try again.decide(.dropConnections, by: .system)
        #expect(again.engine.broker.lineSummary.waiting == 1)
        again.now = again.now.adding(milliseconds: 29_999)
        let back = try wait(again, "ann", key: "k")
        #expect(back.number == ann.number && back != ann)
    }
}

/// Ids that are never given twice.
final class Ids {
    private var count: UInt64 = 0

    func next() -> LeaseID {
        count += 1
        return LeaseID(high: 3 << 16, low: count)
    }
}

extension EngineAnswer {
    fileprivate var text: String {
        switch self {
        case .decided(.granted(let lease)): "granted \(lease.holder.value)"
        case .decided(.held(let lease)): "held \(lease.holder.value)"
        case .decided(.waiting(let view)): "waiting \(view.holder.value)"
        case .decided(.done): "done"
        case .decided: "decided"
        case .refused(.grant(let refusal)): "refused \(refusal.rule)"
        case .refused(let refusal): "\(refusal)"
        case .noSpace: "noSpace"
        }
    }
}
