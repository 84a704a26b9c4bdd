import Testing

@testable import BrokerCore

/// Groups in turn. Windows are in seconds from `House.start`, as `100..<200`.
extension House {
    /// Grace is thirty seconds: the tests' windows are a hundred long.
    static func rota(graceSeconds: Int = 30) -> RotaSpec {
        RotaSpec(
            timezone: "Etc/UTC", anchor: CivilDate(text: "2026-01-05")!,
            graceSeconds: graceSeconds,
            slots: [
                RotaSlot(name: "am", hours: "08:00-13:00"),
                RotaSlot(name: "pm", hours: "13:00-18:30"),
            ])
    }

    /// As far as windows reach where a test does not say.
    static let reach = 400 * 86_400

    convenience init(
        _ pools: [PoolSpec], _ groups: [GroupSpec], windows: [GroupName: [Range<Int>]],
        graceSeconds: Int = 30
    ) throws {
        try self.init(pools, [])
        try decide(
            .applySite(
                SiteSpec(
                    pools: pools, groups: groups, rota: House.rota(graceSeconds: graceSeconds))))
        try setWindows(windows)
    }

    static func time(_ seconds: Int) -> UnixTime {
        UnixTime(seconds: Int(start.milliseconds / 1_000) + seconds)
    }

    static func window(_ seconds: Range<Int>) -> UTCWindow {
        UTCWindow(start: time(seconds.lowerBound), end: time(seconds.upperBound))!
    }

    static func table(
        _ windows: [GroupName: [Range<Int>]], until: Int = reach, zones: String = "2025b",
        isNewRota: Bool = true
    ) -> WindowTable {
        WindowTable(
            groups: windows.keys.sorted().map { name in
                WindowTable.Entry(group: name, windows: windows[name]!.map { window($0) })
            },
            until: time(until), zones: zones, isNewRota: isNewRota)
    }

    /// Gives the leases that are ending by it.
    @discardableResult
    func setWindows(
        _ windows: [GroupName: [Range<Int>]], isNewRota: Bool = true
    ) throws -> [LeaseView] {
        let decision = try decide(.setWindows(House.table(windows, isNewRota: isNewRota)))
        guard case .windowsSet(let displaced) = decision else { throw Unexpected() }
        return displaced
    }

    /// Puts a group and what follows from its slots; gives the leases that are ending by it.
    @discardableResult
    func put(_ group: GroupSpec, windows: [GroupName: [Range<Int>]]) throws -> [LeaseView] {
        try decide(.putGroup(group))
        return try setWindows(windows)
    }

    /// Milliseconds from `House.start`, by the wall clock.
    func go(toMilliseconds milliseconds: Int64) {
        now = broker.instant(wallMilliseconds: House.start.milliseconds + milliseconds)
    }

    func go(to seconds: Int) { go(toMilliseconds: Int64(seconds) * 1_000) }

    /// The wall clock is set: so many milliseconds before the broker's own time line.
    func setClock(offsetMilliseconds: Int64) throws {
        try decide(
            .setClock(
                ClockMark(
                    wallOffsetMilliseconds: offsetMilliseconds, bootHigh: 1, bootLow: 2,
                    bootOffsetMilliseconds: 3)))
    }

    /// Where a group stands, once what is due has happened.
    func turn(_ group: GroupName) throws -> Turn? {
        try decide(.passTime)
        return broker.image.windows.first { $0.group == group }?.turn
    }

    func groupView(_ name: GroupName) throws -> GroupView {
        try #require(broker.group(name, at: now))
    }

    // MARK: The line

    func waitCommand(
        _ holder: String, in groups: [String], pool: PoolName? = "a", group: GroupName? = nil,
        ttl: Int? = nil, seconds: Int = 600, key: String? = nil, fingerprint: UInt64 = 1,
        countMax: Int = 100, groupCountMax: Int = 100
    ) -> Command {
        let command = grantCommand(
            holder, in: groups, pool: pool, group: group, ttl: ttl, key: key,
            fingerprint: fingerprint)
        guard case .grant(var grant) = command else { return command }
        grant.wait = GrantCommand.Wait(
            seconds: seconds, countMax: countMax, groupCountMax: groupCountMax)
        return .grant(grant)
    }

    /// The place in the line that the holder takes.
    @discardableResult
    func wait(
        _ holder: String, in groups: [String] = ["g"], pool: PoolName? = "a",
        group: GroupName? = nil, ttl: Int? = nil, seconds: Int = 600, key: String? = nil
    ) throws -> WaitView {
        // As the engine does, before it decides.
        try decide(.passTime)
        let decision = try decide(
            waitCommand(
                holder, in: groups, pool: pool, group: group, ttl: ttl, seconds: seconds,
                key: key),
            by: Actor(name: holder, uid: 1_000, role: .agent))
        guard case .waiting(let view) = decision else { throw Unexpected() }
        return view
    }

    /// What has become of places, what is due having happened: `ann: a-1`, `bob: poolCordoned`.
    func outcomes() throws -> [String] {
        var holders: [WaitTicket: String] = [:]
        for waiter in broker.image.waiters {
            holders[waiter.ticket] = waiter.request.subject.holder.value
        }
        try decide(.passTime)
        return broker.takeLineOutcomes().map { ticket, outcome in
            "\(holders[ticket] ?? "?"): \(outcome.text)"
        }
    }

    /// Who is in the line, in its order.
    var line: [String] {
        broker.waitViews(pool: nil, group: nil, after: nil, limit: .max, at: now).waiters
            .map(\.holder.value)
    }
}

extension LineOutcome {
    var text: String {
        switch self {
        case .granted(let lease): lease.seat.name.value
        case .held(let lease): "has \(lease.seat.name.value)"
        case .refused(.grant(let refusal)): "\(refusal.rule)"
        case .refused(let refusal): "\(refusal)"
        }
    }

    var refusal: GrantRefusal? {
        if case .refused(.grant(let refusal)) = self { refusal } else { nil }
    }
}

extension GroupSpec {
    /// A group that has slots; its windows are given by the tests.
    static func turning(
        _ name: GroupName, _ pools: [PoolName], quota: Int? = nil, reserve: [PoolName: Int] = [:],
        slots: [String] = ["mon.am"], people: [Member] = []
    ) -> GroupSpec {
        var spec = plain(name, pools, quota: quota, reserve: reserve, people: people)
        spec.slots = slots
        return spec
    }
}
