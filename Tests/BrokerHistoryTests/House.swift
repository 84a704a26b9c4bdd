import BrokerCore
import BrokerEngine
import BrokerHistory
import BrokerStore
import Glibc

/// A small house whose journal is kept, batch by batch.
final class House {
    static let start: Int64 = 1_767_225_600_000  // 2026-01-01T00:00:00Z
    static let dayMilliseconds: Int64 = 86_400_000
    static let root = Actor(name: "root", uid: 0, role: .admin, channel: .control)
    static let operations = Actor(name: "olga", uid: 1_500, role: .operator, channel: .control)

    private(set) var batches: [JournalBatch] = []
    private var engine: Engine
    var now = Instant(milliseconds: House.start)
    private var idCount: UInt64 = 0

    init(windows: any WindowSource = NoWindows()) {
        engine = Engine(broker: Broker(), windows: windows)
    }

    static func agent(_ name: String) -> Actor {
        Actor(name: name, uid: 1_000, role: .agent, channel: .agent)
    }

    static let site = SiteSpec(
        pools: [PoolSpec(name: PoolName("desks"), size: 2, seatName: "d-%d")],
        groups: [
            GroupSpec(
                name: GroupName("staff"),
                members: [.unixGroup(UnixGroupName("staff")), .user(HolderName("ann"))],
                pools: [PoolName("desks")], quota: 2)
        ])

    var revision: UInt64 { engine.broker.revision }
    var image: BrokerImage { engine.broker.image }

    /// Decides a command, which may be refused.
    @discardableResult
    func ask(_ command: Command, by actor: Actor = House.root) throws -> EngineAnswer {
        engine.submit(Engine.Submission(command, by: actor, ticket: Ticket(1)))
        var answer: EngineAnswer?
        while engine.hasWork {
            var action = engine.begin(at: now)
            if case .append(let batch) = action {
                batches.append(batch)
                action = engine.appended()
            }
            guard case .answer(let answers) = action else { throw Unexpected() }
            for case (.ticket, let said) in answers { answer = said }
        }
        guard let answer else { throw Unexpected() }
        return answer
    }

    struct Unexpected: Error {}

    @discardableResult
    func grant(
        _ holder: String, wait: Int? = nil, ttl: Int? = nil, by actor: Actor? = nil
    ) throws -> LeaseID {
        idCount += 1
        let id = LeaseID(high: 1 << 16, low: idCount)
        try ask(
            .grant(
                GrantCommand(
                    id: id,
                    subject: Subject(
                        holder: HolderName(holder), unixGroups: [UnixGroupName("staff")]),
                    ttlSeconds: ttl, wait: wait.map { GrantCommand.Wait(seconds: $0) })),
            by: actor ?? Self.agent(holder))
        return id
    }

    func release(_ id: LeaseID, by name: String) throws {
        try ask(.release(id, claim: .holder(HolderName(name))), by: Self.agent(name))
    }

    func pass(seconds: Int) throws {
        now = now.adding(seconds: seconds)
        try ask(.passTime, by: .system)
    }

    /// A day in which most things happen.
    func live() throws {
        try ask(.setClock(Self.clock(offset: 0)), by: .system)
        try ask(.applySite(Self.site))
        let first = try grant("ann")
        let second = try grant("bob")
        now = now.adding(seconds: 60)
        try grant("cyd")
        try grant("cyd", wait: 600)
        now = now.adding(seconds: 30)
        try release(first, by: "ann")
        try ask(.cordonPool(PoolName("desks"), reason: "new image"), by: Self.operations)
        try ask(.uncordonPool(PoolName("desks"), reason: "tested"), by: Self.operations)
        try ask(
            .resizePool(PoolName("desks"), size: 9, ifRevision: 77), by: Self.operations)
        try ask(.revoke(second, reason: "bob left", graceSeconds: 60), by: Self.operations)
        try pass(seconds: 61)
        try ask(.cordonSeat(SeatName("d-1"), reason: "screen"), by: Self.operations)
        try ask(.uncordonSeat(SeatName("d-1"), reason: "mended"), by: Self.operations)
        try ask(.setClock(Self.clock(offset: 3_600_000)), by: .system)
        try ask(.noteReload(["roles"]))
        var site = Self.site
        site.groups[0].members = [.user(HolderName("dan"))]
        site.groups[0].quota = 1
        site.pools[0].size = 3
        try ask(.applySite(site))
        try pass(seconds: 40_000)
    }

    private static func clock(offset: Int64) -> ClockMark {
        ClockMark(
            wallOffsetMilliseconds: offset, bootHigh: 1, bootLow: 1, bootOffsetMilliseconds: 0)
    }

    /// What the journal so far makes, from the beginning.
    func rows() throws -> HistoryRows {
        var projector = try HistoryProjector(from: BrokerImage())
        var rows = HistoryRows()
        for batch in batches { try projector.project(batch, into: &rows) }
        return rows
    }
}

extension HistoryStore {
    /// Items that can all be read.
    func items(after sequence: UInt64, limit: Int) throws -> [AuditItem] {
        let piece = try chain(after: sequence, limit: limit)
        guard piece.unreadable == nil else { throw House.Unexpected() }
        return piece.items
    }
}

/// A folder with a history in it, which goes with its object.
final class Folder {
    let path: String

    init() {
        var template = Array("/tmp/brokerd-history-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
        rmdir(path)
    }

    var database: String { "\(path)/history.db" }
}
