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

    var broker = Broker()
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

    /// What the broker says to one command.
    mutating func answer(_ command: Command) -> EngineAnswer {
        defer {
            _ = broker.takePending()
            broker.settle()
        }
        do throws(Refusal) {
            return .decided(try broker.decide(command, by: Self.admin, at: now))
        } catch {
            return .refused(error)
        }
    }

    /// Asks the broker, lets the answer be changed, and tells the auditor.
    @discardableResult
    mutating func ask(
        _ command: Command, isWritten: Bool = true,
        doctored: (EngineAnswer) -> EngineAnswer = { $0 }
    ) throws -> EngineAnswer {
        let said = doctored(answer(command))
        try auditor.answered(
            [Question(command, by: Self.admin)], [said], at: now, isWritten: isWritten)
        return said
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
