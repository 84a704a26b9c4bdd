import Glibc

@testable import brokertorture

/// A history written by hand: a pool `p` of ten seats, groups `g` and `other` with quotas of three,
/// and nothing leased. Times are microseconds from the start.
final class Script {
    /// Before it lie the first audit and the clock.
    private static let origin: Int64 = 100_000_000

    private var events: [(at: Int64, event: HistoryEvent)] = []
    private var facts: [Int: LeaseFacts] = [:]
    private let words = WordTable()
    var isEnded = true
    var turningAway = TurningAway()
    var wallOffset: Int64 = 0

    init() {
        audit(
            -30_000_000, -29_999_000, leases: [], seats: (1...5).map { seat("s\($0)", token: 0) })
        status(-20_000_000, -19_999_000, process: 1)
    }

    // MARK: What happens

    /// A lease by a number: it is what every later answer shows of it.
    @discardableResult
    func lease(
        _ number: Int, seat: String = "s1", token: Int64 = 1, holder: String? = nil,
        group: String = "g", pool: String = "p", expires: Int64? = nil
    ) -> LeaseFacts {
        var lease = LeaseFacts()
        lease.id = LeaseKey(high: 1, low: UInt64(number))
        lease.token = token
        lease.seat = words.name(seat)
        lease.group = words.name(group)
        lease.pool = words.name(pool)
        lease.holder = words.name(holder ?? "h\(number)")
        if let expires { lease.expiresAt = (Self.origin + expires + wallOffset) / 1_000 }
        facts[number] = lease
        return lease
    }

    func shown(
        _ number: Int, _ stage: LeaseStage = .active, _ end: LeaseEnd = .none
    ) -> LeaseFacts {
        var lease = facts[number] ?? lease(number)
        lease.stage = stage
        lease.end = end
        return lease
    }

    /// Any call; `change` fills in what is special.
    func call(
        _ kind: CallKind, _ from: Int64, _ to: Int64, status: Int,
        _ change: (inout Call) -> Void = { _ in }
    ) {
        var call = Call(kind)
        call.client = 2
        call.invokedAt = Self.origin + from
        call.returnedAt = Self.origin + to
        call.status = status
        call.hasRetryAfter = status == 429 || status == 503
        change(&call)
        events.append((call.returnedAt, .call(call)))
    }

    func grant(
        _ from: Int64, _ to: Int64, _ number: Int, status: Int = 201, ttl: Int = -1,
        key: UInt64 = 0, replayed: Bool = false
    ) {
        let lease = shown(number)
        call(.grant, from, to, status: status) {
            $0.holder = lease.holder
            $0.amount = ttl
            $0.key = key
            $0.isReplayed = replayed
            if (200..<300).contains(status) { $0.found = lease }
        }
    }

    func refused(
        _ from: Int64, _ to: Int64, _ slug: String, _ first: Int = -1, _ second: Int = -1,
        status: Int = 503, key: UInt64 = 0, holder: String = "h9", ttl: Int = -1
    ) {
        call(.grant, from, to, status: status) {
            $0.holder = words.name(holder)
            $0.key = key
            $0.amount = ttl
            $0.slug = words.name(slug)
            $0.reasonGroup = words.name("g")
            $0.reasonPool = words.name("p")
            $0.counts = (first, second)
        }
    }

    /// A call for a lease: 0 for a lost answer.
    func on(
        _ number: Int, _ kind: CallKind, _ from: Int64, _ to: Int64, status: Int,
        amount: Int = -1, _ stage: LeaseStage = .active, _ end: LeaseEnd = .none
    ) {
        let lease = shown(number, stage, end)
        call(kind, from, to, status: status) {
            $0.lease = lease.id
            $0.holder = lease.holder
            $0.amount = amount
            if status == 200 { $0.found = lease }
        }
    }

    func release(_ number: Int, _ from: Int64, _ to: Int64, status: Int = 204) {
        on(number, .release, from, to, status: status)
    }

    func show(
        _ number: Int, _ from: Int64, _ to: Int64, _ stage: LeaseStage = .active,
        _ end: LeaseEnd = .none
    ) {
        on(number, .show, from, to, status: 200, stage, end)
    }

    /// A list of one holder's leases.
    func list(_ from: Int64, _ to: Int64, of holder: String, leases: [LeaseFacts] = []) {
        call(.list, from, to, status: 200) {
            $0.holder = words.name(holder)
            $0.listed = leases
        }
    }

    func admin(_ kind: CallKind, _ from: Int64, _ to: Int64, amount: Int = -1, status: Int = 200) {
        call(kind, from, to, status: status) {
            $0.amount = amount
            switch kind {
            case .cordonSeat, .uncordonSeat: $0.seat = words.name("s1")
            case .putGroup: $0.group = words.name("g")
            default: $0.pool = words.name("p")
            }
        }
    }

    func status(_ from: Int64, _ to: Int64, process: Int64, revision: Int64 = 0) {
        call(.status, from, to, status: 200) {
            $0.process = ProcessFacts(startedAt: process, now: 0, revision: revision)
        }
    }

    /// Answers all along, so that the daemon counts as awake.
    func awake(_ from: Int64, _ to: Int64) {
        for at in stride(from: from, through: to, by: 200_000) { status(at, at + 1, process: 1) }
    }

    /// An audit of a later process.
    func auditOf(
        process: Int64, _ from: Int64, _ to: Int64, size: Int, leases: [LeaseFacts] = []
    ) {
        audit(from, to, leases: leases, size: size, process: process)
    }

    func audit(
        _ from: Int64, _ to: Int64, leases: [LeaseFacts], size: Int = 10, total: Int = 10,
        isOpen: Bool = true, quota: Int = 3, used: Int? = nil, seats: [SeatFacts] = [],
        process: Int64 = 1
    ) {
        let read = Interval(invokedAt: Self.origin + from, returnedAt: Self.origin + to)
        var audit = Audit()
        audit.leasesRead = read
        audit.leases = leases
        audit.seatsRead = read
        audit.seats = seats
        audit.poolsRead = read
        audit.pools = [
            PoolFacts(
                name: words.name("p"), size: 10, targetSize: size, isOpen: isOpen,
                leased: used ?? leases.count, total: total, kept: 0, ttlSeconds: 3_600,
                ttlSecondsMax: 7_200)
        ]
        audit.groupsRead = read
        audit.groups = [
            GroupFacts(
                name: words.name("g"), quota: quota, used: used ?? leases.count, reserve: 0,
                isWhole: true),
            GroupFacts(name: words.name("other"), quota: 3, used: 0, reserve: 0, isWhole: true),
        ]
        audit.statusRead = read
        audit.process = ProcessFacts(startedAt: process, now: 0, revision: 0)
        events.append((read.returnedAt, .audit(audit)))
    }

    func seat(
        _ name: String = "s1", token: Int64, lease: Int? = nil, cordoned: Bool = false
    ) -> SeatFacts {
        SeatFacts(
            name: words.name(name), pool: words.name("p"), isCordoned: cordoned, token: token,
            lease: lease.map { LeaseKey(high: 1, low: UInt64($0)) })
    }

    func word(_ text: String) -> Name { words.name(text) }

    // MARK: What is found

    /// Writes it down as a load does, and checks it.
    func check() throws -> (kinds: Set<String>, report: String) {
        var template = Array("/tmp/brokertorture-test.XXXXXX".utf8CString)
        close(mkstemp(&template))
        let path = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
        defer { unlink(path) }
        let writer = try HistoryWriter(path: path)
        try writer.clock(at: Self.origin - 60_000_000, wallOffset: wallOffset)
        for word in 1..<words.count { _ = writer.name(words.text(Name(number: UInt32(word)))) }
        // In the order in which they were written, where they end together.
        for (_, event) in events.enumerated().sorted(by: {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }).map(\.element) {
            switch event {
            case .call(let call): try writer.call(call)
            case .audit(let audit): try writer.audit(audit)
            case .clock(let at, let offset): try writer.clock(at: at, wallOffset: offset)
            case .end: break
            }
        }
        if isEnded {
            try writer.end(at: Self.origin + 1_000_000_000)
        } else {
            try writer.flush()
        }
        var checker = try Checker(
            paths: [path], graceMilliseconds: 1_000, turningAway: turningAway)
        try checker.run()
        return (Set(checker.findings.counts.keys.map(\.rawValue)), try checker.report())
    }
}
