import BrokerCore
import BrokerEngine

@testable import BrokerSim

/// A small house with an auditor, whose broker can be made to lie.
struct AuditorScene {
    static let admin = Actor(name: "root", uid: 0, role: .admin)
    static let pools = [
        PoolSpec(
            name: PoolName("a"), size: 3, seatName: "a-%d", leaseTTLSeconds: 60,
            leaseTTLSecondsMax: 600),
        PoolSpec(
            name: PoolName("b"), size: 2, seatName: "b-%d", leaseTTLSeconds: 60,
            leaseTTLSecondsMax: 600),
    ]
    static let groups = [
        GroupSpec(
            name: GroupName("g"), members: [.unixGroup(UnixGroupName("g"))],
            pools: [PoolName("a")], quota: 2),
        GroupSpec(
            name: GroupName("h"), members: [.unixGroup(UnixGroupName("h"))],
            pools: [PoolName("b"), PoolName("a")],
            reserve: [GroupSpec.Reserve(pool: PoolName("a"), seats: 1)]),
    ]

    var broker = {
        var broker = Broker()
        broker.isUndoable = true
        return broker
    }()
    private let windows = SimWindows()
    var auditor = Auditor()
    var now = Instant(milliseconds: 1_764_000_000_000)
    private var idCount: UInt64 = 0

    init() throws {
        try ask(.applySite(SiteSpec(pools: Self.pools, groups: Self.groups)))
    }

    mutating func nextID() -> LeaseID {
        idCount += 1
        return LeaseID(high: UInt64(now.milliseconds) << 16, low: idCount)
    }

    mutating func grant(
        _ holder: String, _ group: String = "g", pool: String? = nil, ttl: Int? = nil,
        key: String? = nil
    ) -> Command {
        .grant(
            GrantCommand(
                id: nextID(),
                subject: Subject(
                    holder: HolderName(holder), unixGroups: [UnixGroupName(group)]),
                pool: pool.map { PoolName($0) }, ttlSeconds: ttl,
                key: key.map { GrantCommand.Key(text: $0, fingerprint: 1) }))
    }

    /// What the broker says to one command, to those in the line, and to the journal.
    struct Said {
        var answer: EngineAnswer
        var line: [(WaitTicket, EngineAnswer)] = []
        var records: [Record] = []
    }

    /// What the broker does with one command.
    mutating func decide(_ command: Command) -> Said {
        // What is due by now ends by itself.
        _ = try? broker.decide(.passTime, by: .system, at: now)
        var said = Said(answer: .decided(.done))
        do throws(Refusal) {
            said.answer = .decided(
                try broker.decide(command, by: Self.admin, at: now, windows: windows))
        } catch {
            said.answer = .refused(error)
        }
        if broker.mayServeLine { _ = try? broker.decide(.passTime, by: .system, at: now) }
        for (place, outcome) in broker.takeLineOutcomes() {
            switch outcome {
            case .granted(let lease): said.line.append((place, .decided(.granted(lease))))
            case .held(let lease): said.line.append((place, .decided(.held(lease))))
            case .refused(let refusal): said.line.append((place, .refused(refusal)))
            }
        }
        said.records = broker.takePending()
        broker.settle()
        return said
    }

    /// What the broker says to one command.
    mutating func answer(_ command: Command) -> EngineAnswer { decide(command).answer }

    /// Asks the broker, lets the answer be changed, and tells the auditor.
    @discardableResult
    mutating func ask(
        _ command: Command, isWritten: Bool = true,
        doctored: (EngineAnswer) -> EngineAnswer = { $0 }
    ) throws -> EngineAnswer {
        try ask(command, isWritten: isWritten) { said in said.answer = doctored(said.answer) }
    }

    /// The same, with all that is said.
    @discardableResult
    mutating func ask(
        _ command: Command, isWritten: Bool = true, all doctored: (inout Said) -> Void
    ) throws -> EngineAnswer {
        var said = decide(command)
        doctored(&said)
        try auditor.answered(
            [Question(command, by: Self.admin)], [said.answer], told: said.line,
            notes: isWritten ? AuditNotes(said.records, revision: broker.revision) : nil, at: now,
            isWritten: isWritten)
        return said.answer
    }

    /// The lease of a grant that is told as it was.
    @discardableResult
    mutating func lease(
        _ holder: String, _ group: String = "g", pool: String? = nil, ttl: Int? = nil
    ) throws -> LeaseView {
        let said = try ask(grant(holder, group, pool: pool, ttl: ttl))
        guard case .decided(.granted(let lease)) = said else { throw Unexpected(answer: said) }
        return lease
    }

    /// Checks a broker whose state was changed behind its back.
    func checkDoctored(_ change: (inout BrokerImage) -> Void) throws {
        var image = broker.image
        change(&image)
        try auditor.check(Broker(image: image))
    }

    struct Unexpected: Error {
        var answer: EngineAnswer
    }
}

extension EngineAnswer {
    /// The answer with another lease in it.
    func lease(_ change: (inout LeaseView) -> Void) -> EngineAnswer {
        switch self {
        case .decided(.granted(var view)):
            change(&view)
            return .decided(.granted(view))
        case .decided(.lease(var view)):
            change(&view)
            return .decided(.lease(view))
        default: return self
        }
    }

    /// The answer with another refusal of a grant in it.
    func refusal(_ change: (inout GrantRefusal) -> Void) -> EngineAnswer {
        guard case .refused(.grant(var refusal)) = self else { return self }
        change(&refusal)
        return .refused(.grant(refusal))
    }
}
