/// Groups and pools as counters, and all that audits show of the site.
///
/// - A grant needs an instant within its interval at which fewer leases than the quota were live for
///   certain, by a quota that was in force. When more are live for certain than the quota, one
///   of them must have been granted under a quota that let so many in.
/// - A refusal for a quota needs an instant at which as many leases as it says may have been live, and
///   a quota in force as it says; one for want of a seat, an instant at which so few seats may have
///   been free; one for a closed pool, an instant at which it may have been closed.
/// - A refusal of any kind needs an instant at which the holder may have had no lease there: who has one
///   is answered with it, whatever quota, cordon or drain says.
/// - A grant needs an instant at which pool and seat may have been open.
/// - What an audit shows of sizes, quotas, cordons and counts must be possible.
///
/// All of it is necessary, none of it sufficient.
struct CountCheck {
    private let survey: Survey
    private let observer: Observer
    private let seats: SeatOrder
    private let words: WordTable
    private var groups: [Name: CountLine] = [:]
    private var pools: [Name: CountLine] = [:]
    private let holdings: Holdings
    private(set) var grantCount = 0
    private(set) var refusalCount = 0
    private(set) var auditCount = 0

    init(_ observer: Observer, _ seats: SeatOrder, _ words: WordTable) {
        survey = observer.survey
        self.observer = observer
        self.seats = seats
        self.words = words
        for name in survey.quotas.keys { groups[name] = CountLine() }
        for name in survey.pools.keys { pools[name] = CountLine() }
        for (index, lease) in observer.table.leases.enumerated() {
            groups[lease.group]?.add(seats.bounds[index], lease: Int32(index))
            pools[lease.pool]?.add(seats.bounds[index], lease: Int32(index))
        }
        holdings = Holdings(observer.table.leases, seats.bounds)
        for lost in survey.lostGrants.values.joined() { addLost(lost) }
        for name in Array(groups.keys) { groups[name]!.order(seats.bounds) }
        for name in Array(pools.keys) { pools[name]!.order(seats.bounds) }
    }

    /// A grant without an answer may count anywhere, until a list of all leases would show it.
    private mutating func addLost(_ lost: Survey.LostGrant) {
        let next = survey.audits.partitioningIndex { $0.invokedAt > lost.until }
        let last = next < survey.audits.count ? survey.audits[next].returnedAt : .max
        for name in Array(groups.keys) where lost.call.group == .none || lost.call.group == name {
            groups[name]!.addPossible(from: lost.call.invokedAt, to: last)
        }
        for name in Array(pools.keys) where lost.call.pool == .none || lost.call.pool == name {
            pools[name]!.addPossible(from: lost.call.invokedAt, to: last)
        }
    }

    // MARK: Record by record

    mutating func note(
        _ event: HistoryEvent, _ place: HistoryStream.Place, _ findings: inout Findings
    ) {
        switch event {
        case .call(let call): note(call, place.number, &findings)
        case .audit(let audit): note(audit, place.number, &findings)
        case .clock, .end: break
        }
    }

    private mutating func note(_ call: Call, _ record: UInt32, _ findings: inout Findings) {
        guard call.kind == .grant, !call.isMalformed else { return }
        if call.status == 201 && !call.isReplayed { return noteGrant(call, record, &findings) }
        guard call.status == 429 || call.status == 503 else { return }
        refusalCount += 1
        let slug = words.text(call.slug)
        if slug == "quota-exceeded" || slug.hasPrefix("pool-"),
            let held = holdings.lease(of: call, in: survey.pools.keys)
        {
            findings.add(
                .wrongRefusal, "refused as \(slug), with a lease there all the while",
                observer.table.leases[held].grantRecord, observer.table.leases[held].liveRecord,
                record)
        }
        let isPossible =
            switch slug {
            case "quota-exceeded": mayBeFull(call)
            case "pool-exhausted": mayBeExhausted(call)
            case "pool-cordoned", "pool-draining":
                survey.doors[call.reasonPool]?.mayBe(0, from: call.invokedAt, to: call.returnedAt)
                    ?? false
            default: true
            }
        if !isPossible {
            findings.add(
                .wrongRefusal,
                "refused as \(slug) (\(call.counts.first) of "
                    + "\(call.counts.second)), which cannot have been so", record)
        }
    }

    private func mayBeFull(_ call: Call) -> Bool {
        // Others may use the rest of a group's quota where its other pools are left out.
        guard let quota = survey.quotas[call.reasonGroup], let line = groups[call.reasonGroup]
        else { return true }
        let (first, last) = (call.invokedAt, call.returnedAt)
        let (used, limit) = call.counts
        return used >= limit && quota.mayBe(limit, from: first, to: last)
            && line.possibleMax(from: first, to: last) >= used
            && line.certainMin(from: first, to: last) <= used
    }

    private func mayBeExhausted(_ call: Call) -> Bool {
        guard let pool = survey.pools[call.reasonPool], let size = survey.sizes[call.reasonPool],
            let line = pools[call.reasonPool]
        else { return false }
        let (first, last) = (call.invokedAt, call.returnedAt)
        let (available, reserved) = call.counts
        let cordoned = survey.cordons.values.count { $0.mayBe(1, from: first, to: last) }
        let free =
            size.values(from: first, to: last).lowerBound - pool.kept - cordoned
            - line.possibleMax(from: first, to: last)
        return available <= reserved && reserved <= survey.reserve && free <= available
    }

    private mutating func noteGrant(_ call: Call, _ record: UInt32, _ findings: inout Findings) {
        guard let facts = call.found, let index = observer.table.index(of: facts.id) else { return }
        grantCount += 1
        let (first, last) = (call.invokedAt, call.returnedAt)
        if let door = survey.doors[facts.pool], !door.mayBe(1, from: first, to: last) {
            findings.add(.closedGrant, "granted from a pool that was closed", record)
        }
        if let cordon = survey.cordons[facts.seat], !cordon.mayBe(0, from: first, to: last) {
            findings.add(
                .closedGrant, "granted a seat that was cordoned", record,
                cordon.possible(from: first, to: last).last?.record ?? 0)
        }
        let bounds = seats.bounds[index]
        guard let quota = survey.quotas[facts.group], let line = groups[facts.group] else {
            return
        }
        let most = quota.values(from: first, to: last).upperBound
        let others = line.certainMin(from: bounds.grantLo, to: bounds.grantHi)
        if others >= most {
            findings.add(
                .overQuota, "granted with \(others) of \(most) leases of its group live", record)
        }
    }

    // MARK: Totals

    /// So many findings in one group are enough: each takes a look at every lease before it.
    private static let totalFindingsMax = 100

    /// Wherever more leases are live for certain than the quota, one of them has to come from a time
    /// of a greater quota.
    func checkTotals(_ findings: inout Findings) {
        for name in groups.keys.sorted(by: { $0.number < $1.number }) {
            let line = groups[name]!
            let quota = survey.quotas[name]!
            var found = 0
            for (position, lease) in line.certain.enumerated() where found < Self.totalFindingsMax {
                let bounds = seats.bounds[Int(lease)]
                let live = line.certain(at: bounds.certainFrom)
                // Most were granted under the quota of now; the rest is looked at one by one.
                let isUnder = { (bounds: SeatOrder.Bounds) in
                    quota.values(from: bounds.grantLo, to: bounds.grantHi).upperBound >= live
                }
                if isUnder(bounds) { continue }
                let isExplained = line.certain[..<position].reversed().contains { other in
                    let other = seats.bounds[Int(other)]
                    return other.endLo > bounds.certainFrom && isUnder(other)
                }
                guard !isExplained else { continue }
                found += 1
                findings.add(
                    .overQuota, "\(live) leases of group \(words.text(name)) are live",
                    observer.table.leases[Int(lease)].grantRecord)
            }
        }
    }

    // MARK: Audits

    private mutating func note(_ audit: Audit, _ record: UInt32, _ findings: inout Findings) {
        auditCount += 1
        for pool in audit.pools { note(pool, audit.poolsRead, record, &findings) }
        for group in audit.groups { note(group, audit.groupsRead, record, &findings) }
        for seat in audit.seats { note(seat, audit.seatsRead, record, &findings) }
    }

    private func note(
        _ pool: PoolFacts, _ read: Interval, _ record: UInt32, _ findings: inout Findings
    ) {
        let name = words.text(pool.name)
        let (first, last) = (read.invokedAt, read.returnedAt)
        if pool.total != pool.size {
            findings.add(
                .wrongCount, "pool \(name): the states add up to \(pool.total) of \(pool.size)",
                record)
        }
        if let sizes = survey.sizes[pool.name],
            !sizes.mayBe(pool.targetSize, from: first, to: last)
        {
            findings.add(
                .lostChange, "pool \(name) shows the size \(pool.targetSize)", record,
                sizes.possible(from: first, to: last).first?.record ?? 0)
        }
        if let doors = survey.doors[pool.name],
            !doors.mayBe(pool.isOpen ? 1 : 0, from: first, to: last)
        {
            findings.add(
                .lostChange, "pool \(name) is \(pool.isOpen ? "open" : "closed")", record,
                doors.possible(from: first, to: last).first?.record ?? 0)
        }
        guard let line = pools[pool.name] else { return }
        checkCount(pool.leased, line, read, "pool \(name)", record, &findings)
    }

    private func note(
        _ group: GroupFacts, _ read: Interval, _ record: UInt32, _ findings: inout Findings
    ) {
        guard let quotas = survey.quotas[group.name], let line = groups[group.name] else { return }
        let quota = group.quota < 0 ? Int.max : group.quota
        if !quotas.mayBe(quota, from: read.invokedAt, to: read.returnedAt) {
            findings.add(
                .lostChange, "group \(words.text(group.name)) shows the quota \(group.quota)",
                record,
                quotas.possible(from: read.invokedAt, to: read.returnedAt).first?.record ?? 0)
        }
        checkCount(group.used, line, read, "group \(words.text(group.name))", record, &findings)
    }

    private func checkCount(
        _ count: Int, _ line: CountLine, _ read: Interval, _ what: String, _ record: UInt32,
        _ findings: inout Findings
    ) {
        let least = line.certainMin(from: read.invokedAt, to: read.returnedAt)
        let most = line.possibleMax(from: read.invokedAt, to: read.returnedAt)
        guard !(least...max(least, most)).contains(count) else { return }
        findings.add(
            .wrongCount, "\(what) shows \(count) leases; \(least) to \(most) can be", record)
    }

    private func note(
        _ seat: SeatFacts, _ read: Interval, _ record: UInt32, _ findings: inout Findings
    ) {
        let (first, last) = (read.invokedAt, read.returnedAt)
        if let cordon = survey.cordons[seat.name],
            !cordon.mayBe(seat.isCordoned ? 1 : 0, from: first, to: last)
        {
            findings.add(
                .lostChange,
                "seat \(words.text(seat.name)) is \(seat.isCordoned ? "" : "not ")cordoned",
                record, cordon.possible(from: first, to: last).first?.record ?? 0)
        } else if survey.cordons[seat.name] == nil && seat.isCordoned {
            findings.add(
                .lostChange, "seat \(words.text(seat.name)) is cordoned by nobody", record)
        }
        guard let order = seats.bySeat[seat.name] else { return }
        let leases = observer.table.leases
        // Latest beginnings grow with the tokens.
        let next = order.partitioningIndex { leases[Int($0)].token > seat.token }
        if next < order.count, seats.bounds[Int(order[next])].grantHi < first {
            findings.add(
                .lostToken,
                "seat \(words.text(seat.name)) shows the token \(seat.token) after "
                    + "\(leases[Int(order[next])].token) was given",
                leases[Int(order[next])].grantRecord, record)
        }
        if next > 0, seats.bounds[Int(order[next - 1])].grantLo > last {
            findings.add(
                .tokenTwice,
                "seat \(words.text(seat.name)) shows the token \(seat.token) before it was given",
                record, leases[Int(order[next - 1])].grantRecord)
        }
        let later = order.partitioningIndex { seats.bounds[Int($0)].grantHi >= first }
        guard later > 0 else { return }
        let holder = Int(order[later - 1])
        if seats.bounds[holder].endLo > last && seat.lease != leases[holder].id {
            findings.add(
                .lostLease, "seat \(words.text(seat.name)) does not show the lease on it",
                leases[holder].grantRecord, record)
        }
    }
}
