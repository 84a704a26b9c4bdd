import Testing

@testable import BrokerCore

/// A broker with a site, a clock that a test turns, and the short way to talk to it.
final class House {
    static let start = Instant(milliseconds: 1_764_000_000_000)
    static let admin = Actor(name: "root", uid: 0, role: .admin)

    var broker: Broker
    var now = House.start
    private var idCount: UInt64 = 0

    init(_ pools: [PoolSpec], _ groups: [GroupSpec], seatLimit: Int? = nil) throws {
        broker = Broker()
        try decide(.setSeatLimit(seatLimit))
        try decide(.applySite(SiteSpec(pools: pools, groups: groups)))
    }

    init(broker: Broker, now: Instant) {
        self.broker = broker
        self.now = now
        // Ids of two houses on one state must not meet.
        idCount = 1 << 32
    }

    func pass(milliseconds: Int64) { now = now.adding(milliseconds: milliseconds) }

    func pass(seconds: Int) { now = now.adding(seconds: seconds) }

    func at(seconds: Int) -> Instant { House.start.adding(seconds: seconds) }

    func nextID() -> LeaseID {
        idCount += 1
        return LeaseID(high: 1, low: idCount)
    }

    @discardableResult
    func decide(_ command: Command, by actor: Actor = House.admin) throws(Refusal) -> Decision {
        try broker.decide(command, by: actor, at: now)
    }

    /// The refusal that the command meets; nil when it is decided.
    func refusal(_ command: Command, by actor: Actor = House.admin) -> Refusal? {
        do {
            try decide(command, by: actor)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Leases

    func grantCommand(
        _ holder: String, in groups: [String] = [], pool: PoolName? = nil, group: GroupName? = nil,
        ttl: Int? = nil, key: String? = nil, fingerprint: UInt64 = 1, isVouched: Bool = false
    ) -> Command {
        .grant(
            GrantCommand(
                id: nextID(),
                subject: Subject(
                    holder: HolderName(holder), unixGroups: groups.map { UnixGroupName($0) }),
                isVouched: isVouched, pool: pool, group: group, ttlSeconds: ttl,
                key: key.map { GrantCommand.Key(text: $0, fingerprint: fingerprint) }))
    }

    /// The lease that the holder gets, or has already.
    @discardableResult
    func grant(
        _ holder: String, in groups: [String] = [], pool: PoolName? = nil, group: GroupName? = nil,
        ttl: Int? = nil
    ) throws -> LeaseView {
        let command = grantCommand(holder, in: groups, pool: pool, group: group, ttl: ttl)
        let actor = Actor(name: holder, uid: 1_000, role: .agent)
        return try #require(try decide(command, by: actor).lease)
    }

    /// The name of the seat that the holder gets; nil when it is refused.
    func seat(
        _ holder: String, in groups: [String] = [], pool: PoolName? = nil, group: GroupName? = nil,
        ttl: Int? = nil
    ) -> String? {
        (try? grant(holder, in: groups, pool: pool, group: group, ttl: ttl))?.seat.name.value
    }

    func refusedGrant(
        _ holder: String, in groups: [String] = [], pool: PoolName? = nil, group: GroupName? = nil
    ) throws -> GrantRefusal {
        let command = grantCommand(holder, in: groups, pool: pool, group: group)
        guard case .grant(let refusal) = try #require(refusal(command)) else {
            throw Unexpected()
        }
        return refusal
    }

    @discardableResult
    func renew(
        _ lease: LeaseView, in groups: [String] = [], ttl: Int? = nil
    ) throws(Refusal) -> LeaseView {
        let subject = Subject(
            holder: lease.holder, unixGroups: groups.map { UnixGroupName($0) })
        let decision = try decide(
            .renew(lease.id, claim: .holder(lease.holder), subject: subject, ttlSeconds: ttl))
        return decision.lease!
    }

    func release(_ lease: LeaseView) throws(Refusal) {
        try decide(.release(lease.id, claim: .anyone))
    }

    @discardableResult
    func revoke(
        _ lease: LeaseView, grace: Int = 0, reason: String = "maintenance"
    ) throws(Refusal) -> LeaseView {
        try decide(.revoke(lease.id, reason: reason, graceSeconds: grace)).lease!
    }

    /// The lease as it is now, what is due by now having ended.
    func lease(_ lease: LeaseView) throws -> LeaseView {
        try decide(.passTime)
        return try #require(broker.lease(lease.id))
    }

    // MARK: Pools and groups

    func pool(_ name: PoolName) throws -> PoolView { try #require(broker.pool(name)) }

    func used(_ group: GroupName) throws -> Int { try #require(broker.group(group, at: now)).used }

    @discardableResult
    func resize(_ pool: PoolName, to size: Int) throws -> ResizePlan {
        let decision = try decide(.resizePool(pool, size: size, ifRevision: nil))
        guard case .resized(let plan) = decision else { throw Unexpected() }
        return plan
    }

    @discardableResult
    func drain(_ pool: PoolName, deadline: Int?, reason: String = "move") throws -> DrainForecast {
        let decision = try decide(.drainPool(pool, reason: reason, deadlineSeconds: deadline))
        guard case .draining(let forecast) = decision else { throw Unexpected() }
        return forecast
    }

    @discardableResult
    func apply(_ pools: [PoolSpec], _ groups: [GroupSpec]) throws -> SiteChange {
        let decision = try decide(.applySite(SiteSpec(pools: pools, groups: groups)))
        guard case .site(let change) = decision else { throw Unexpected() }
        return change
    }

    /// The names of all seats of a pool, in its order.
    func seatNames(_ pool: PoolName) -> [String] {
        broker.seats(pool: pool, after: nil, limit: .max) { _ in true }
            .seats.map(\.address.name.value)
    }

    func seatView(_ name: SeatName) throws -> SeatView { try #require(broker.seat(name)) }

    /// The counts of every pool add up to its size.
    func expectTrueCounts(sourceLocation: SourceLocation = #_sourceLocation) {
        for pool in broker.poolViews {
            let seats = pool.seats
            #expect(
                seats.available + seats.leased + seats.cordoned == pool.size,
                sourceLocation: sourceLocation)
        }
    }

    struct Unexpected: Error {}
}

extension Decision {
    /// The lease that the decision is about.
    var lease: LeaseView? {
        switch self {
        case .granted(let lease), .held(let lease), .replayed(let lease, _), .lease(let lease):
            lease
        case .waiting, .pool, .resized, .draining, .seat, .group, .site, .windowsSet, .done:
            nil
        }
    }
}

extension Refusal {
    /// Which rule names a refused grant.
    var rule: Rule? {
        if case .grant(let refusal) = self { refusal.rule } else { nil }
    }
}

// MARK: - Names as literals

extension PoolName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}

extension GroupName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}

extension SeatName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}

extension HolderName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}

extension UnixGroupName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}

extension Member: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(text: value)! }
}

extension PoolSpec {
    /// Seats are named `NAME-1`, `NAME-2`, …
    static func plain(
        _ name: PoolName, _ size: Int, ttl: Int = 3_600, ttlMax: Int = 7_200,
        listed: [ListedSeat] = []
    ) -> PoolSpec {
        PoolSpec(
            name: name, size: size, seatName: "\(name.value)-%d", leaseTTLSeconds: ttl,
            leaseTTLSecondsMax: ttlMax, listed: listed)
    }
}

extension GroupSpec {
    /// A group whose members are in the unix group of its name, and `people` by name.
    static func plain(
        _ name: GroupName, _ pools: [PoolName], quota: Int? = nil, reserve: [PoolName: Int] = [:],
        people: [Member] = []
    ) -> GroupSpec {
        GroupSpec(
            name: name, members: [.unixGroup(UnixGroupName(name.value))] + people, pools: pools,
            quota: quota,
            reserve: reserve.keys.sorted().map { Reserve(pool: $0, seats: reserve[$0]!) })
    }
}
