import BrokerCore
import BrokerEngine
import BrokerStore

/// A small house that decides through the engine, and is its own driver.
final class History {
    static let start = Instant(milliseconds: 1_764_000_000_000)
    static let admin = Actor(name: "root", uid: 0, role: .admin)

    var engine: Engine
    let store: any Store
    var now = History.start
    /// What was said to commands, in the order in which it was said.
    private(set) var answers: [(ticket: Int, answer: EngineAnswer)] = []
    /// All that was said.
    private(set) var said: [(to: Addressee, answer: EngineAnswer)] = []
    private var ticketCount = 0
    private var idCount: UInt64

    init(
        store: any Store = MemoryStore(), broker: Broker = Broker(), ids: UInt64 = 0,
        windows: any WindowSource = NoWindows()
    ) {
        engine = Engine(broker: broker, windows: windows)
        self.store = store
        idCount = ids
    }

    /// Two pools of two seats, one group.
    static let site = SiteSpec(
        pools: ["a", "b"].map { PoolSpec(name: PoolName($0), size: 2, seatName: "\($0)-%d") },
        groups: [
            GroupSpec(
                name: GroupName("g"), members: [.unixGroup(UnixGroupName("g"))],
                pools: [PoolName("a"), PoolName("b")], quota: 3)
        ])

    func grant(_ holder: String, ttl: Int? = nil, key: String? = nil) -> Command {
        idCount += 1
        return .grant(
            GrantCommand(
                id: LeaseID(high: 1 << 16, low: idCount),
                subject: Subject(
                    holder: HolderName(holder), unixGroups: [UnixGroupName("g")]),
                ttlSeconds: ttl, key: key.map { GrantCommand.Key(text: $0, fingerprint: 1) }))
    }

    @discardableResult
    func submit(_ command: Command, by actor: Actor = History.admin) -> Int {
        ticketCount += 1
        engine.submit(Engine.Submission(command, by: actor, ticket: Ticket(UInt64(ticketCount))))
        return ticketCount
    }

    /// Does what the engine wants until there is nothing left to do.
    func drive() throws(StoreError) {
        while engine.hasWork {
            var action: Engine.Action? = engine.begin(at: now)
            while let next = action { action = try perform(next) }
        }
    }

    /// Does one thing, and gives what follows from it.
    private func perform(_ action: Engine.Action) throws(StoreError) -> Engine.Action? {
        switch action {
        case .none, .releaseReserve: return nil
        case .answer(let said):
            self.said += said.map { (to: $0.0, answer: $0.1) }
            for case (.ticket(let ticket), let answer) in said {
                answers.append((ticket: Int(ticket.number), answer: answer))
            }
            return nil
        case .append(let batch):
            do throws(StoreError) {
                try store.append(batch)
            } catch {
                guard error == .full else { throw error }
                return engine.appendFailedForSpace()
            }
            return engine.appended()
        }
    }

    /// Decides one command and gives the answer.
    @discardableResult
    func decide(_ command: Command, by actor: Actor = History.admin) throws -> EngineAnswer {
        let ticket = submit(command, by: actor)
        try drive()
        return answers.last { $0.ticket == ticket }!.answer
    }

    /// A house in use: a batch of several commands, some batches of one.
    func live(_ holders: Range<Int>) throws {
        if !engine.broker.hasSite { submit(.applySite(Self.site)) }
        for number in holders {
            submit(grant("p\(number)", ttl: 30))
            if number % 3 == 0 {
                now = now.adding(seconds: 40)
                try drive()
            }
        }
        try drive()
    }
}

extension EngineAnswer {
    var lease: LeaseView? {
        switch self {
        case .decided(.granted(let lease)), .decided(.held(let lease)), .decided(.lease(let lease)):
            lease
        default: nil
        }
    }

    var isNoSpace: Bool { if case .noSpace = self { true } else { false } }

    var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}
