/// What answers say of leases.
extension Observer {
    // MARK: Audits

    mutating func note(_ audit: Audit, _ record: UInt32) {
        let read = audit.leasesRead
        var page = Call(.list)
        page.invokedAt = read.invokedAt
        page.returnedAt = read.returnedAt
        page.status = 200
        var listed = Set<Int32>(minimumCapacity: audit.leases.count)
        for facts in audit.leases {
            guard let index = track(facts, page, record) else { continue }
            if !listed.insert(Int32(index)).inserted {
                findings.add(.contradiction, "a lease is listed twice", record)
            }
            live(index, facts, page, record, isDecision: false)
        }
        // Whoever was granted before and is not there is over, for whatever reason; but the audits of
        // a load that uses some pools know nothing of the others.
        let pools = Set(audit.pools.map(\.name))
        for index in open where !listed.contains(index) {
            let lease = table.leases[Int(index)]
            guard lease.grantHi < read.invokedAt, pools.contains(lease.pool) else { continue }
            ended(Int(index), at: read.returnedAt, record)
        }
        open.removeAll { table.leases[Int($0)].endHi != .max }
        noteSeats(audit, record)
    }

    /// A holder's list is whole, so a lease of the load's pools that was granted before and is not in it
    /// is over. One page is all that was asked for: a full one may leave something out.
    mutating func endMissing(_ listed: Set<Int32>, _ call: Call, _ record: UInt32) {
        guard var open = openByHolder[call.holder], listed.count < Self.listCountMax else { return }
        for index in open where !listed.contains(index) {
            let lease = table.leases[Int(index)]
            guard lease.grantHi < call.invokedAt, survey.pools[lease.pool] != nil else { continue }
            ended(Int(index), at: call.returnedAt, record)
        }
        open.removeAll { table.leases[Int($0)].endHi != .max }
        openByHolder[call.holder] = open
    }

    /// What a list of one holder's leases is asked to hold at most.
    private static let listCountMax = 100

    mutating func noteSeats(_ audit: Audit, _ record: UInt32) {
        for seat in audit.seats {
            guard let id = seat.lease, let index = table.index(of: id) else { continue }
            let lease = table.leases[index]
            if lease.seat != seat.name || lease.token != seat.token || lease.pool != seat.pool {
                findings.add(
                    .contradiction, "a seat shows a lease with another token or seat",
                    lease.grantRecord, record)
            }
            if lease.liveLo < audit.seatsRead.invokedAt {
                table.leases[index].liveLo = audit.seatsRead.invokedAt
                table.leases[index].liveRecord = record
            }
        }
    }

    // MARK: What it says of a lease

    /// The lease that an answer shows; nil for one that contradicts what is known.
    mutating func track(
        _ facts: LeaseFacts, _ call: Call, _ record: UInt32
    ) -> Int? {
        if let index = table.index(of: facts.id) {
            guard table.leases[index].agrees(with: facts) else {
                findings.add(
                    .contradiction, "a lease has another token, seat, group, pool or holder",
                    table.leases[index].grantRecord, table.leases[index].liveRecord, record)
                return nil
            }
            let hi = min(table.leases[index].grantHi, call.returnedAt)
            table.leases[index].grantHi = hi
            return index
        }
        var lease = LeaseTrack(facts)
        lease.grantHi = call.returnedAt
        lease.grantRecord = record
        if call.kind != .grant || call.status != 201 || call.isReplayed {
            origin(of: &lease, record)
        }
        open.append(Int32(table.leases.count))
        openByHolder[lease.holder, default: []].append(Int32(table.leases.count))
        return table.add(lease)
    }

    /// A lease that nobody was answered with comes from a call without an answer.
    mutating func origin(of lease: inout LeaseTrack, _ record: UInt32) {
        guard !survey.inherited.contains(lease.id) else { return lease.ttlHi = .max }
        var earliest: Int64?
        var ttlLo = Int64.max
        var ttlHi = Int64.min
        for lost in survey.lostGrants[lease.holder] ?? [] {
            guard lost.call.invokedAt <= lease.grantHi,
                lost.call.pool == .none || lost.call.pool == lease.pool,
                lost.call.group == .none || lost.call.group == lease.group,
                let ttl = survey.ttl(asked: lost.call.amount, pool: lease.pool)
            else { continue }
            if earliest.map({ lost.call.invokedAt < $0 }) ?? true {
                earliest = lost.call.invokedAt
                lease.grantRecord = lost.record
            }
            ttlLo = min(ttlLo, wholeMilliseconds(lost.call.invokedAt) + ttl)
            ttlHi = max(ttlHi, wholeMilliseconds(min(lost.until, lease.grantHi)) + ttl)
        }
        // Another client may see a lease before the answer to its grant is recorded.
        guard let earliest else { return }
        lease.grantLo = earliest
        lease.ttlLo = ttlLo
        lease.activeTTLLo = ttlLo
        lease.ttlHi = ttlHi
    }

    mutating func live(
        _ index: Int, _ facts: LeaseFacts, _ call: Call, _ record: UInt32, isDecision: Bool
    ) {
        if table.leases[index].liveLo < call.invokedAt {
            table.leases[index].liveLo = call.invokedAt
            table.leases[index].liveRecord = record
        }
        suspect(isDecision ? .live : .seen, index, call, record)
        suspectDeadline(index, facts, call, record)
        if facts.stage == .active {
            // Nothing but its time to live was to end it then.
            table.leases[index].activeTTLLo = max(
                table.leases[index].activeTTLLo, table.leases[index].ttlLo)
        }
    }

    mutating func suspect(
        _ kind: Suspect.Kind, _ index: Int, _ call: Call, _ record: UInt32
    ) {
        let lease = table.leases[index]
        let due = min(lease.ttlHi, lease.revokeHi)
        guard due < wholeMilliseconds(call.invokedAt) + 1, due != .min else { return }
        if case .seen = kind, call.invokedAt <= survey.limit(of: due, grace: graceMicroseconds) {
            return
        }
        suspects.append(
            Suspect(
                kind: kind, lease: Int32(index), invokedAt: call.invokedAt,
                returnedAt: call.returnedAt, record: record))
    }

    /// The daemon takes over a step of the wall clock from 250 ms on, so its clock may be off so far.
    static let deadlineToleranceMicroseconds: Int64 = 300_000

    mutating func suspectDeadline(
        _ index: Int, _ facts: LeaseFacts, _ call: Call, _ record: UInt32
    ) {
        guard facts.expiresAt != 0, let offset = survey.wallOffset(at: call.returnedAt) else {
            return
        }
        let lease = table.leases[index]
        let shown = facts.expiresAt * 1_000 - offset
        let isFinal = facts.stage == .active
        let isEarly =
            isFinal && lease.ttlLo != .min
            && shown < lease.ttlLo - Self.deadlineToleranceMicroseconds
        let isLate =
            lease.ttlHi < Int64.max - Self.deadlineToleranceMicroseconds && lease.ttlHi != .min
            && shown > lease.ttlHi + Self.deadlineToleranceMicroseconds
        guard isEarly || isLate else { return }
        suspects.append(
            Suspect(
                kind: .deadline(shown, isFinal: isFinal), lease: Int32(index),
                invokedAt: call.invokedAt, returnedAt: call.returnedAt, record: record))
    }

    mutating func release(_ index: Int, from instant: Int64) {
        table.leases[index].releaseLo = min(table.leases[index].releaseLo, instant)
    }

    mutating func revoke(_ index: Int, after call: Call) {
        var lo = call.invokedAt
        if call.amount > 0 {
            lo = wholeMilliseconds(call.invokedAt) + Int64(call.amount) * 1_000_000
        }
        table.leases[index].revokeLo = min(table.leases[index].revokeLo, lo)
    }

    mutating func ended(_ index: Int, at instant: Int64, _ record: UInt32) {
        guard instant < table.leases[index].endHi else { return }
        table.leases[index].endHi = instant
        table.leases[index].endRecord = record
    }

    /// A repeat of a key that is answered with 410 says that the lease of that key is over. To be called
    /// after the last record: the answer that names the lease may come behind.
    mutating func endRepeated() {
        for key in keys.keys.sorted() {
            let attempts = keys[key]!
            for attempt in attempts where attempt.status == 410 {
                let granted = attempts.first {
                    (200..<300).contains($0.status) && $0.body == attempt.body
                }
                guard let lease = granted?.lease, let index = table.index(of: lease) else {
                    continue
                }
                ended(index, at: attempt.returnedAt, attempt.record)
            }
        }
    }

    mutating func ended(
        _ index: Int, _ facts: LeaseFacts, _ call: Call, _ record: UInt32
    ) {
        ended(index, at: call.returnedAt, record)
        let lease = table.leases[index]
        if lease.reason != .none && lease.reason != facts.end {
            findings.add(
                .contradiction, "a lease ended for two reasons", lease.reasonRecord, record)
        }
        guard call.returnedAt < lease.reasonHi else { return }
        table.leases[index].reason = facts.end
        table.leases[index].reasonHi = call.returnedAt
        table.leases[index].reasonRecord = record
    }
}
