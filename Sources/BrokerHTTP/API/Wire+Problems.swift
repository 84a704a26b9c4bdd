import BrokerAPI
import BrokerCore

/// Refusals in the API's words: the one place that turns them into problems.
extension Wire {
    /// - Parameter holder: for whom a seat was asked.
    func problem(_ refusal: Refusal, holder: HolderName? = nil) -> Problem {
        switch refusal {
        case .grant(let refusal): return problem(refusal, holder)
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
                detail: "It is at revision \(actual), not \(expected): somebody has changed it "
                    + "meanwhile. Look again before you change it.")
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
        case .placeTaken:
            return Problem(
                .conflict,
                detail: "Another request of the same person for the same pool has taken this "
                    + "one's place in the line.")
        case .noWindow:
            return Problem(
                .conflict,
                detail: "No group that may use the pool has a window whose end is known. Name an "
                    + "instant instead.")
        case .reservesCollide(_, let shortfall):
            return Problem(.badRequest, detail: collision(shortfall, localTimes))
        case .invalid(let problems):
            return Problem(
                .badRequest, detail: problems.map { "\($0.message)." }.joined(separator: " "))
        }
    }

    /// Reserves that no pool could honour.
    func collision(_ shortfall: BrokerCore.Shortfall, _ times: LocalTimes) -> String {
        let groups = shortfall.groups.map(\.value).joined(separator: ", ")
        return "Groups \(groups) reserve more than there is. "
            + Self.text(shortfall, claims: "reserves", times) + "."
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

    private func problem(_ refusal: GrantRefusal, _ holder: HolderName?) -> Problem {
        let slug = slug(refusal.rule)
        var problem = Problem(
            slug, detail: sentence(refusal),
            retryAfterSeconds: retryAfterSeconds(refusal, slug, holder),
            reasons: refusal.reasons.map { rule($0, withPassed: false) })
        if refusal.rule == .waitExpired, let wait = refusal.wait {
            problem.ahead = wait.ahead
            problem.estimatedAt = wait.estimate.map { timestamp($0) }
        }
        return problem
    }

    private func retryAfterSeconds(
        _ refusal: GrantRefusal, _ slug: ProblemSlug, _ holder: HolderName?
    ) -> Int? {
        if refusal.rule == .outsideWindow {
            let openings = refusal.reasons.compactMap { reason -> UnixTime? in
                guard case .window(let opens, _) = reason.numbers else { return nil }
                return opens
            }
            return openings.min().map { retryAfterSeconds(opening: $0, holder: holder) }
        }
        return slug.status == 429 || slug.status == 503
            ? retryAfterSeconds(refusal.earliest) : nil
    }

    private func sentence(_ refusal: GrantRefusal) -> String? {
        guard refusal.rule != .waitExpired else {
            let why = refusal.reasons.first.map { " " + sentence($0) } ?? ""
            return "No seat came in the time that the request would wait." + why
        }
        return refusal.reasons.first { $0.rule == refusal.rule }.map { sentence($0) }
    }

    /// One failed rule for a person at a login.
    private func sentence(_ result: RuleResult) -> String {
        let group = result.group?.value
        let pool = result.pool?.value ?? "any pool"
        switch result.rule {
        case .notEntitled:
            return group.map { "Group \($0) may not use \(pool)." }
                ?? "None of your groups may use \(pool)."
        case .outsideWindow:
            guard case .window(let opens?, _) = result.numbers else {
                return "Group \(group ?? "") may not enter now, and no window to come is known."
            }
            return "Group \(group ?? "") may enter again on \(localTimes.text(opens))."
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
        case .lineFull:
            guard case .line(let waiting, _) = result.numbers else { return "" }
            let whose = group.map { " of group \($0)" } ?? ""
            return "There is no seat, and \(waiting) requests\(whose) wait already, as many as may."
        case .waitExpired: return "No seat came in the time that the request would wait."
        }
    }
}

extension Problem {
    /// Something that was named is not there.
    static func missing(_ kind: String, _ name: String) -> Problem {
        Problem(.notFound, detail: "There is no \(kind) \(name.debugDescription).")
    }
}
