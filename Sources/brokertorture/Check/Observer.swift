/// Which answers without a decision there may be at all.
struct TurningAway {
    /// 507: the disk may have been full.
    var storage = true
    /// 503 `unavailable`: the daemon may have been told to stop, or cannot look names up.
    var unavailable = true
}

/// Reads a history a second time, call by call: checks each answer against its question, and gathers
/// what it says of leases and keys.
struct Observer {
    let survey: Survey
    let graceMicroseconds: Int64
    let turningAway: TurningAway
    let words: WordTable
    var table: LeaseTable
    var keys: [UInt64: [KeyAttempt]] = [:]
    var suspects: [Suspect] = []
    /// Leases that no answer has shown to be over, for the audits.
    var open: [Int32] = []
    /// The same by holder, for the lists; some are over by now.
    var openByHolder: [Name: [Int32]] = [:]
    var findings: Findings

    /// What a call with a key that was used more than once came to.
    struct KeyAttempt {
        var body: UInt64
        var status: Int
        /// The daemon did not get to decide it: it was stopping, or its disk was full.
        var isTurnedAway: Bool
        var isReplayed: Bool
        var lease: LeaseKey?
        var invokedAt: Int64
        var returnedAt: Int64
        var record: UInt32
    }

    /// An answer that does not fit the deadline as far as it is known by then: a renewal that is
    /// recorded later may explain it.
    struct Suspect {
        enum Kind {
            /// Live at a decision.
            case live
            /// Live for a reader, who may be a grace behind.
            case seen
            /// It shows this deadline.
            case deadline(Int64, isFinal: Bool)
        }
        var kind: Kind
        var lease: Int32
        var invokedAt: Int64
        var returnedAt: Int64
        var record: UInt32
    }

    init(
        _ survey: Survey, _ words: WordTable, graceMicroseconds: Int64,
        turningAway: TurningAway, _ findings: Findings
    ) {
        self.turningAway = turningAway
        self.survey = survey
        self.words = words
        self.graceMicroseconds = graceMicroseconds
        self.findings = findings
        // Lost answers and what was there before come on top.
        table = LeaseTable(capacity: survey.grantCount + survey.grantCount / 64 + 4_096)
    }

    mutating func note(_ event: HistoryEvent, _ place: HistoryStream.Place) {
        switch event {
        case .call(let call): note(call, place.number)
        case .audit(let audit): note(audit, place.number)
        case .clock, .end: break
        }
    }

    // MARK: Calls

    private mutating func note(_ call: Call, _ record: UInt32) {
        if call.isMalformed {
            return findings.add(.malformed, words.text(call.slug), record)
        }
        if survey.repeatedKeys.contains(call.key) { noteKey(call, record) }
        guard !call.isUnknown else { return noteUnknown(call, record) }
        if call.status == 429 || call.status == 503, !call.hasRetryAfter {
            findings.add(.malformed, "a \(call.status) without Retry-After", record)
        }
        guard isExpected(call) else {
            let kind: ViolationKind =
                call.status >= 500 ? .serverError : isLostLease(call) ? .lostLease : .unexpected
            return findings.add(
                kind, "\(call.kind) answered \(call.status) \(words.text(call.slug))", record)
        }
        if call.isReplayed && !survey.repeatedKeys.contains(call.key) {
            findings.add(
                .keyEffects, "an answer is called a replay of a key never used before", record)
        }
        switch call.kind {
        case .grant: noteGrant(call, record)
        case .renew: noteRenewal(call, record)
        case .release:
            if call.isDone, let index = known(call) {
                release(index, from: call.invokedAt)
                ended(index, at: call.returnedAt, record)
            }
        case .revoke: noteRevocation(call, record)
        case .show: noteShown(call, record)
        case .list: noteList(call, record)
        case .status, .resize, .cordonPool, .uncordonPool, .drainPool, .cordonSeat,
            .uncordonSeat, .putGroup:
            break
        }
    }

    /// Whether a call of this kind can have this status at all.
    private func isExpected(_ call: Call) -> Bool {
        let slug = words.text(call.slug)
        switch (call.status, call.kind) {
        case (503, _) where slug == "unavailable": return turningAway.unavailable
        case (507, _): return turningAway.storage
        case (200, .grant), (201, .grant): return true
        case (409, .grant): return call.key != 0 && slug == "conflict"
        case (410, .grant): return call.key != 0 && slug == "lease-ended"
        case (429, .grant): return slug == "quota-exceeded"
        case (503, .grant): return slug.hasPrefix("pool-")
        case (200, .renew), (410, .renew), (200, .revoke), (410, .revoke): return true
        case (204, .release): return true
        // An old lease is forgotten some time after its end.
        case (200, .show), (404, .show): return true
        case (200, .list), (200, .status): return true
        case (200, .resize): return true
        case (409, .resize): return slug == "seat-limit"
        case (200, .cordonPool), (200, .uncordonPool), (200, .drainPool): return true
        // A seat may have gone with a shrink.
        case (200, .cordonSeat), (200, .uncordonSeat), (404, .cordonSeat), (404, .uncordonSeat):
            return true
        case (200, .putGroup): return true
        default: return false
        }
    }

    private func isLostLease(_ call: Call) -> Bool {
        guard call.status == 404 else { return false }
        switch call.kind {
        case .renew, .release, .revoke: return true
        case .grant, .show, .list, .status, .resize, .cordonPool, .uncordonPool, .drainPool,
            .cordonSeat, .uncordonSeat, .putGroup:
            return false
        }
    }

    private func known(_ call: Call) -> Int? { call.lease.flatMap { table.index(of: $0) } }

    /// A call without an answer may still have done what it asked for.
    private mutating func noteUnknown(_ call: Call, _ record: UInt32) {
        guard let index = known(call) else { return }
        switch call.kind {
        case .release: release(index, from: call.invokedAt)
        case .revoke: revoke(index, after: call)
        case .renew:
            let until = survey.unknownUntil[record] ?? .max
            guard let ttl = survey.ttl(asked: call.amount, pool: table.leases[index].pool),
                until < Int64.max - ttl
            else { return table.leases[index].ttlHi = .max }
            let hi = wholeMilliseconds(until) + ttl
            table.leases[index].ttlHi = max(table.leases[index].ttlHi, hi)
        case .grant, .show, .list, .status, .resize, .cordonPool, .uncordonPool, .drainPool,
            .cordonSeat, .uncordonSeat, .putGroup:
            break
        }
    }

    private mutating func noteGrant(_ call: Call, _ record: UInt32) {
        guard call.isDone, let facts = call.found else { return }
        if facts.holder != call.holder || call.pool != .none && facts.pool != call.pool
            || facts.stage == .ended
            || call.status == 201 && !call.isReplayed && call.group != .none
                && facts.group != call.group
        {
            findings.add(.wrongAnswer, "the lease granted is not what was asked for", record)
        }
        guard let index = track(facts, call, record) else { return }
        if call.status == 201 && !call.isReplayed {
            if table.leases[index].hasGrant {
                findings.add(
                    .contradiction, "a lease is granted twice", table.leases[index].grantRecord,
                    record)
            }
            table.leases[index].hasGrant = true
            table.leases[index].grantRecord = record
            table.leases[index].grantLo = call.invokedAt
            if let ttl = survey.ttl(asked: call.amount, pool: facts.pool) {
                let lease = table.leases[index]
                let lo = wholeMilliseconds(call.invokedAt) + ttl
                // What was thought of it before came from calls without an answer.
                table.leases[index].ttlLo = lo
                table.leases[index].activeTTLLo = lo
                table.leases[index].ttlHi = max(
                    lease.ttlHi, wholeMilliseconds(lease.grantHi) + ttl)
            }
        }
        live(index, facts, call, record, isDecision: true)
    }

    private mutating func noteRenewal(_ call: Call, _ record: UInt32) {
        guard call.isDone, let facts = call.found else {
            if call.status == 410, let index = known(call) {
                ended(index, at: call.returnedAt, record)
            }
            return
        }
        if facts.id != call.lease || facts.holder != call.holder || facts.stage == .ended {
            findings.add(.wrongAnswer, "the lease renewed is not the one asked for", record)
        }
        guard let index = track(facts, call, record) else { return }
        // It was live when it was renewed, by its deadline before.
        suspect(.live, index, call, record)
        if let ttl = survey.ttl(asked: call.amount, pool: facts.pool) {
            let lo = wholeMilliseconds(call.invokedAt) + ttl
            let hi = wholeMilliseconds(call.returnedAt) + ttl
            table.leases[index].ttlLo = max(table.leases[index].ttlLo, lo)
            table.leases[index].ttlHi = max(table.leases[index].ttlHi, hi)
            if facts.stage == .active {
                table.leases[index].activeTTLLo = table.leases[index].ttlLo
            }
        }
        live(index, facts, call, record, isDecision: true)
    }

    private mutating func noteRevocation(_ call: Call, _ record: UInt32) {
        guard call.isDone, let facts = call.found else {
            if call.status == 410, let index = known(call) {
                ended(index, at: call.returnedAt, record)
            }
            return
        }
        if facts.id != call.lease || (facts.stage == .ended) != (call.amount <= 0)
            || facts.stage == .active
        {
            findings.add(.wrongAnswer, "the lease revoked is not as it was asked for", record)
        }
        guard let index = track(facts, call, record) else { return }
        revoke(index, after: call)
        if facts.stage == .ended {
            ended(index, facts, call, record)
        } else {
            let hi = wholeMilliseconds(call.returnedAt) + Int64(call.amount) * 1_000_000
            table.leases[index].revokeHi = min(table.leases[index].revokeHi, hi)
            live(index, facts, call, record, isDecision: true)
        }
    }

    private mutating func noteShown(_ call: Call, _ record: UInt32) {
        guard call.isDone, let facts = call.found else {
            if call.status == 404, let index = known(call) {
                ended(index, at: call.returnedAt, record)
            }
            return
        }
        if facts.id != call.lease || facts.holder != call.holder {
            findings.add(.wrongAnswer, "the lease shown is not the one asked for", record)
        }
        guard let index = track(facts, call, record) else { return }
        if facts.stage == .ended {
            ended(index, facts, call, record)
        } else {
            live(index, facts, call, record, isDecision: false)
        }
    }

    private mutating func noteList(_ call: Call, _ record: UInt32) {
        guard call.isDone else { return }
        var listed: Set<Int32> = []
        for facts in call.listed {
            if facts.holder != call.holder || facts.stage == .ended {
                findings.add(.wrongAnswer, "a list holds what was not asked for", record)
            }
            guard let index = track(facts, call, record) else { continue }
            listed.insert(Int32(index))
            live(index, facts, call, record, isDecision: false)
        }
        endMissing(listed, call, record)
    }

    // MARK: Keys

    private mutating func noteKey(_ call: Call, _ record: UInt32) {
        let body =
            UInt64(call.pool.number) << 44 ^ UInt64(call.group.number) << 24
            ^ UInt64(bitPattern: Int64(call.amount + 1))
        keys[call.key, default: []].append(
            KeyAttempt(
                body: body, status: call.status,
                isTurnedAway: call.status == 507
                    || call.status == 503 && words.text(call.slug) == "unavailable",
                isReplayed: call.isReplayed,
                lease: call.found?.id, invokedAt: call.invokedAt, returnedAt: call.returnedAt,
                record: record))
    }
}
