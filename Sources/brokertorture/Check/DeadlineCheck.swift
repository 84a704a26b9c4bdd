/// Judges the answers that did not fit a lease's deadline as it was known when they were read: a third
/// reading gathers every grant and renewal of these leases, and decides with all of them.
///
/// An acknowledged renewal invoked at i and answered at r gives a deadline from i + ttl to r + ttl; one
/// without an answer may have, or may not.
struct DeadlineCheck {
    private struct Extension {
        var invokedAt: Int64
        var until: Int64
        var lo: Int64
        var hi: Int64
        var isSure: Bool
        var record: UInt32
    }

    private var extensions: [LeaseKey: [Extension]] = [:]

    static func judge(
        _ observer: Observer, _ stream: HistoryStream, _ findings: inout Findings
    ) throws {
        guard !observer.suspects.isEmpty else { return }
        var check = DeadlineCheck()
        for suspect in observer.suspects {
            check.extensions[observer.table.leases[Int(suspect.lease)].id] = []
        }
        try stream.forEach { place, event in
            guard case .call(let call) = event else { return }
            check.gather(call, place.number, observer)
        }
        for suspect in observer.suspects { check.judge(suspect, observer, &findings) }
    }

    private mutating func gather(_ call: Call, _ record: UInt32, _ observer: Observer) {
        let id: LeaseKey
        let pool: Name
        switch call.kind {
        case .renew where call.isDone || call.isUnknown:
            guard let lease = call.lease, extensions[lease] != nil else { return }
            id = lease
            pool = observer.table.index(of: lease).map { observer.table.leases[$0].pool } ?? .none
        case .grant where call.status == 201 && !call.isReplayed:
            guard let facts = call.found, extensions[facts.id] != nil else { return }
            id = facts.id
            pool = facts.pool
        case .grant, .renew, .release, .revoke, .show, .list, .status, .resize, .cordonPool,
            .uncordonPool, .drainPool, .cordonSeat, .uncordonSeat, .putGroup:
            return
        }
        guard let ttl = observer.survey.ttl(asked: call.amount, pool: pool) else { return }
        var until = call.returnedAt
        if call.isUnknown { until = observer.survey.unknownUntil[record] ?? .max }
        extensions[id]!.append(
            Extension(
                invokedAt: call.invokedAt, until: until,
                lo: wholeMilliseconds(call.invokedAt) + ttl,
                hi: until > .max - ttl ? .max : wholeMilliseconds(until) + ttl,
                isSure: call.isDone, record: record))
    }

    private func judge(
        _ suspect: Observer.Suspect, _ observer: Observer, _ findings: inout Findings
    ) {
        let survey = observer.survey
        let lease = observer.table.leases[Int(suspect.lease)]
        // Of an inherited lease nothing is known but what it shows.
        if survey.inherited.contains(lease.id) && !lease.hasGrant { return }
        let all = extensions[lease.id]!
        func latest(without record: UInt32) -> Int64 {
            var latest =
                all.filter { $0.invokedAt <= suspect.returnedAt && $0.record != record }
                .map(\.hi).max() ?? .min
            if !lease.hasGrant { latest = max(latest, lease.ttlHi) }
            return latest
        }
        switch suspect.kind {
        case .live:
            let due = min(latest(without: suspect.record), lease.revokeHi)
            guard due <= wholeMilliseconds(suspect.invokedAt) else { return }
            findings.add(
                .outlived, "a lease is live for a decision after its deadline",
                lease.grantRecord, suspect.record)
        case .seen:
            let due = min(latest(without: 0), lease.revokeHi)
            let limit = survey.limit(of: due, grace: observer.graceMicroseconds)
            guard suspect.invokedAt > limit else { return }
            let late = (suspect.invokedAt - due) / 1_000
            findings.add(
                .outlived, "a lease is seen \(late) ms after its deadline", lease.grantRecord,
                suspect.record)
        case .deadline(let shown, let isFinal):
            let tolerance = Observer.deadlineToleranceMicroseconds
            let upper = latest(without: 0)
            let lower =
                all.filter {
                    $0.isSure && ($0.until < suspect.invokedAt || $0.record == suspect.record)
                }.map(\.lo).max() ?? .min
            if isFinal && lower != .min && shown < lower - tolerance {
                findings.add(
                    .wrongDeadline,
                    "expires_at is \((lower - shown) / 1_000) ms before what was acknowledged",
                    lease.grantRecord, suspect.record)
            }
            if upper < .max - tolerance && upper != .min && shown > upper + tolerance {
                findings.add(
                    .wrongDeadline,
                    "expires_at is \((shown - upper) / 1_000) ms after anything asked for",
                    lease.grantRecord, suspect.record)
            }
        }
    }
}
