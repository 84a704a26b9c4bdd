/// One idempotency key, one effect.
///
/// Of the calls with one key: all that were done name the same lease and come from the same body; one
/// invoked after another was answered with 2xx is a replay with the same status and lease, or
/// 410 once the lease is over, or 409 for another body; and 409, 410 and replays need a call
/// before them that can be their reason.
struct KeyCheck {
    private let table: LeaseTable
    private(set) var keyCount = 0

    init(_ table: LeaseTable) { self.table = table }

    mutating func judge(_ keys: [UInt64: [Observer.KeyAttempt]], _ findings: inout Findings) {
        for key in keys.keys.sorted() {
            keyCount += 1
            judge(keys[key]!, &findings)
        }
    }

    private func judge(_ attempts: [Observer.KeyAttempt], _ findings: inout Findings) {
        let done = attempts.filter { (200..<300).contains($0.status) }
        for pair in zip(done, done.dropFirst())
        where pair.0.lease != pair.1.lease || pair.0.body != pair.1.body {
            findings.add(
                .keyEffects,
                pair.0.body == pair.1.body
                    ? "a key has two leases" : "a key is taken with two bodies",
                pair.0.record, pair.1.record)
        }
        for attempt in attempts { judge(attempt, among: attempts, &findings) }
    }

    private func judge(
        _ attempt: Observer.KeyAttempt, among attempts: [Observer.KeyAttempt],
        _ findings: inout Findings
    ) {
        func hasReason(sameBody: Bool) -> Bool {
            attempts.contains {
                $0.record != attempt.record && ($0.body == attempt.body) == sameBody
                    && $0.invokedAt <= attempt.returnedAt
                    && ($0.status == 0 || (200..<300).contains($0.status))
            }
        }
        let first = attempts.first {
            (200..<300).contains($0.status) && $0.returnedAt < attempt.invokedAt
        }
        guard attempt.status != 0, !attempt.isTurnedAway else { return }
        switch attempt.status {
        case 409:
            if !hasReason(sameBody: false) {
                findings.add(.keyEffects, "409 for a key that had no other body", attempt.record)
            }
        case 410:
            if !hasReason(sameBody: true) {
                findings.add(.keyEffects, "410 for a key that had no lease", attempt.record)
            }
        case 200, 201:
            if attempt.isReplayed && !hasReason(sameBody: true) {
                findings.add(.keyEffects, "a replay of nothing", attempt.record)
            }
            guard let first else { return }
            if !attempt.isReplayed || first.status != attempt.status {
                findings.add(
                    .lostKey, "a repeat is no replay of the first answer", first.record,
                    attempt.record)
            }
        default:
            guard let first else { return }
            findings.add(
                .lostKey, "a repeat is decided anew, with \(attempt.status)", first.record,
                attempt.record)
        }
    }
}
