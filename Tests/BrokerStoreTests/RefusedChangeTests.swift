import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

/// Who asked for what over which socket, and changes by hand that are refused.
@Suite struct RefusedChangeTests {
    private static let control = Actor(name: "ops", uid: 7, role: .operator, channel: .control)

    /// The entries of what was decided, as they are on the disk.
    private func entries(
        of command: Command, by actor: Actor, space: Int? = nil
    ) throws -> [JournalEntry] {
        let store = MemoryStore()
        let history = History(store: store)
        try history.decide(.applySite(History.site))
        let revision = history.engine.broker.revision
        store.space = space
        history.submit(command, by: actor)
        try history.drive()
        return try store.recover().tail.filter { $0.after >= revision }.flatMap(\.entries)
    }

    @Test func anEntrySaysWhatWasAskedFor() throws {
        let found = try entries(
            of: .cordonPool(PoolName("a"), reason: "image"), by: Self.control)
        #expect(found.map(\.verb) == [.cordonPool])
        #expect(found.map(\.actor) == [Self.control])
    }

    @Test func aRefusedChangeIsWrittenDown() throws {
        let long = String(repeating: "é", count: 400)
        let lease = LeaseID(high: 1, low: 2)
        for (command, expected) in [
            (
                .drainPool(PoolName("x"), reason: "why", deadlineSeconds: nil),
                RefusedChange(refusal: .notFound, target: .pool(PoolName("x")), reason: "why")
            ),
            (
                .resizePool(PoolName("a"), size: 3, ifRevision: 99),
                RefusedChange(refusal: .revisionMismatch, target: .pool(PoolName("a")), reason: nil)
            ),
            (
                .revoke(lease, reason: "r", graceSeconds: 0),
                RefusedChange(refusal: .notFound, target: .lease(lease), reason: "r")
            ),
            (
                .applySite(SiteSpec(), ifRevision: 0),
                RefusedChange(refusal: .revisionMismatch, target: .site, reason: nil)
            ),
            (
                .deleteGroup(GroupName(long)),
                RefusedChange(
                    refusal: .notFound,
                    target: .group(GroupName(String(repeating: "é", count: 31) + "\u{FFFD}")),
                    reason: nil)
            ),
        ] as [(Command, RefusedChange)] {
            let found = try entries(of: command, by: Self.control)
            #expect(found.map(\.records) == [[.changeRefused(expected)]])
            #expect(found.map(\.verb) == [command.verb])
        }
    }

    /// Not those of the agent socket, not those of the broker, and not requests for seats.
    @Test func otherRefusalsAreNot() throws {
        let cordon = Command.cordonPool(PoolName("x"), reason: "")
        let agent = Actor(name: "ops", uid: 7, role: .agent, channel: .agent)
        for (command, actor) in [
            (cordon, agent), (cordon, .system),
            (.release(LeaseID(high: 1, low: 2), claim: .anyone), Self.control),
        ] as [(Command, Actor)] {
            #expect(try entries(of: command, by: actor).isEmpty)
        }
    }

    /// On a full disk a refusal is a refusal: nothing is written for it.
    @Test func notOnAFullDisk() throws {
        let cordon = Command.cordonPool(PoolName("x"), reason: "")
        #expect(try entries(of: cordon, by: Self.control, space: 0).isEmpty)
    }

    /// Nothing but the revision moves.
    @Test func nothingElseChanges() throws {
        var broker = Broker()
        _ = try broker.decide(.applySite(History.site), by: Self.control, at: History.start)
        var image = broker.image
        let refused = RefusedChange(refusal: .conflict, target: .site, reason: nil)
        broker.note(refused, at: History.start)
        _ = try broker.decide(.noteReload(["roles"]), by: .system, at: History.start)
        #expect(
            broker.takePending().suffix(2) == [
                .changeRefused(refused), .configurationRead(["roles"]),
            ])
        image.revision += 2
        #expect(broker.image == image)
    }
}
