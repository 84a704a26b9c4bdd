import BrokerAPI
import BrokerCore

/// Refusals in the API's words: the one place that turns them into problems.
extension Wire {
    func problem(_ refusal: Refusal) -> Problem {
        switch refusal {
        case .grant(let refusal): return problem(refusal)
        case .notEntitled(let group, let pool):
            return Problem(
                .notEntitled,
                detail: "Group \(group.value) may no longer use pool \(pool.value), or you are no "
                    + "longer in it: the lease runs out and cannot be renewed.")
        case .noSuchPool(let name): return .missing("pool", name.value)
        case .noSuchGroup(let name): return .missing("group", name.value)
        case .noSuchSeat(let name): return .missing("seat", name.value)
        case .noSuchLease:
            return Problem(
                .notFound, detail: "There is no such lease, or it ended too long ago to be known.")
        case .leaseEnded(let lease): return ended(lease)
        case .notYours: return Problem(.forbidden, detail: "The lease is another's.")
        case .revisionMismatch(let expected, let actual):
            return Problem(
                .revisionMismatch,
                detail: "The pool is at revision \(actual), not \(expected): somebody has changed "
                    + "it meanwhile. Look again before you change it.")
        case .seatLimit(let limit, let total):
            return Problem(
                .seatLimit,
                detail: "That would make \(total) seats, and the limit is \(limit) "
                    + "(seat_limit in the daemon's configuration). Retiring seats count until "
                    + "they are gone.")
        case .keyReused:
            return Problem(
                .conflict,
                detail: "This Idempotency-Key was used for another request. Use a new key.")
        case .poolExists(let name):
            return Problem(.conflict, detail: "There is a pool \(name.value) already.")
        case .poolInUse(let name, let leases):
            return Problem(
                .conflict,
                detail: "Pool \(name.value) has \(leases) live leases. Drain it first.")
        case .seatNameTaken(let seat, let pool):
            return Problem(
                .conflict,
                detail: "There is a seat \(seat.value) in pool \(pool.value), and names are "
                    + "unique over all pools. If its lease is what keeps it there, wait for its end."
            )
        case .belowListed(let pool, let listed):
            return Problem(
                .badRequest,
                detail: "Pool \(pool.value) lists \(listed) seats by name; it cannot be smaller. "
                    + "Take them out of the site first.")
        case .invalid(let problems):
            return Problem(
                .badRequest, detail: problems.map(\.message).joined(separator: " "))
        }
    }

    private func ended(_ lease: EndedLease?) -> Problem {
        guard let lease else {
            return Problem(.leaseEnded, detail: "The lease has ended.")
        }
        let words = lease.detail.map { " (\($0))" } ?? ""
        return Problem(
            .leaseEnded,
            detail: "The lease ended at \(timestamp(lease.endedAt).text): "
                + "\(text(lease.reason))\(words). Request a new one.")
    }

    private func text(_ reason: EndReason) -> String {
        switch reason {
        case .released: "it was released"
        case .expired: "its time was over"
        case .revoked: "it was revoked"
        case .windowClosed: "its half-day was over"
        case .drained: "its seat was drained"
        case .seatFailed: "its seat failed"
        }
    }

    private func problem(_ refusal: GrantRefusal) -> Problem {
        let slug = slug(refusal.rule)
        let first = refusal.reasons.first { $0.rule == refusal.rule }
        return Problem(
            slug, detail: first.map { sentence($0) },
            retryAfterSeconds: slug.status == 429 || slug.status == 503
                ? retryAfterSeconds(refusal.earliest) : nil,
            reasons: refusal.reasons.map { rule($0, withPassed: false) })
    }

    /// One failed rule for a person at a login.
    private func sentence(_ result: RuleResult) -> String {
        let group = result.group?.value
        let pool = result.pool?.value ?? "any pool"
        switch result.rule {
        case .notEntitled:
            return group.map { "Group \($0) may not use \(pool)." }
                ?? "None of your groups may use \(pool)."
        case .poolCordoned, .poolDraining:
            let what = result.rule == .poolDraining ? "is being emptied" : "is closed"
            guard case .closed(let reason?) = result.numbers else {
                return "Pool \(pool) \(what) and takes no new leases."
            }
            return "Pool \(pool) \(what) and takes no new leases: \(reason)"
        case .quotaExceeded:
            guard case .quota(let used, let limit?) = result.numbers else { return "" }
            return "Group \(group ?? "") uses \(used) of its \(limit) seats."
        case .poolExhausted:
            guard case .seats(let available, let reserved) = result.numbers else { return "" }
            if available == 0 { return "Pool \(pool) has no free seat." }
            return "Pool \(pool) has no seat for group \(group ?? ""): \(available) are free, and "
                + "\(reserved) are reserved for others."
        }
    }
}

extension Problem {
    /// Something that was named is not there.
    static func missing(_ kind: String, _ name: String) -> Problem {
        Problem(.notFound, detail: "There is no \(kind) \(name.debugDescription).")
    }
}
