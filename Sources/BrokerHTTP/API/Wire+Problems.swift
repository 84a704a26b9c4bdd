import BrokerAPI
import BrokerCore
import BrokerText

/// Refusals in the API's words: the one place that turns them into problems.
extension Wire {
    /// - Parameter holder: for whom a seat was asked.
    func problem(_ refusal: Refusal, holder: HolderName? = nil) -> Problem {
        switch refusal {
        case .grant(let refusal): return problem(refusal, holder)
        case .notEntitled(let group, let pool):
            return Problem(
                .notEntitled, detail: .noLongerEntitled(group: group.value, pool: pool.value))
        case .noSuchPool(let name): return .missingPool(name)
        case .noSuchGroup(let name): return .missingGroup(name)
        case .noSuchSeat(let name): return .missingSeat(name)
        case .noSuchLease: return Problem(.notFound, detail: .noSuchLease)
        case .leaseEnded(let lease): return ended(lease)
        case .notYours: return Problem(.forbidden, detail: .notYours)
        case .revisionMismatch(let expected, let actual):
            return Problem(
                .revisionMismatch, detail: .revisionMismatch(expected: expected, actual: actual))
        case .seatLimit(let limit, let total):
            return Problem(.seatLimit, detail: .seatLimit(limit: limit, total: total))
        case .keyReused: return Problem(.conflict, detail: .keyReused)
        case .poolExists(let name): return Problem(.conflict, detail: .poolExists(name.value))
        case .poolInUse(let name, let leases):
            return Problem(.conflict, detail: .poolInUse(name.value, leases: leases))
        case .seatNameTaken(let seat, let pool):
            return Problem(.conflict, detail: .seatNameTaken(seat.value, pool: pool.value))
        case .belowListed(let pool, let listed):
            return Problem(.badRequest, detail: .belowListed(pool.value, listed: listed))
        case .placeTaken: return Problem(.conflict, detail: .placeTaken)
        case .noWindow: return Problem(.conflict, detail: .noWindow)
        case .reservesCollide(_, let shortfall):
            return Problem(.badRequest, detail: collision(shortfall, localTimes))
        case .invalid(let problems):
            return Problem(
                .badRequest,
                detail: problems.map { $0.text + Text(verbatim: ".") }.joined(separator: " "))
        }
    }

    /// Reserves that no pool could honour.
    func collision(_ shortfall: BrokerCore.Shortfall, _ times: LocalTimes) -> Text {
        .reservesCollide(
            groups: shortfall.groups.map(\.value).joined(separator: ", "),
            shortfall: Self.text(shortfall, claims: .reserves, times))
    }

    private func ended(_ lease: EndedLease?) -> Problem {
        guard let lease else { return Problem(.leaseEnded, detail: .leaseEnded) }
        let words = lease.detail.map { " (\($0))" } ?? ""
        return Problem(
            .leaseEnded,
            detail: .leaseEnded(
                at: timestamp(lease.endedAt).text, text(lease.reason) + Text(verbatim: words)))
    }

    private func text(_ reason: EndReason) -> Text {
        switch reason {
        case .released: .wasReleased
        case .expired: .wasExpired
        case .revoked: .wasRevoked
        case .windowClosed: .wasWindowClosed
        case .drained: .wasDrained
        case .seatFailed: .wasSeatFailed
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

    private func sentence(_ refusal: GrantRefusal) -> Text? {
        guard refusal.rule != .waitExpired else {
            let why = refusal.reasons.first.flatMap { sentence($0) }
            return [.waitExpired, why].compactMap(\.self).joined(separator: " ")
        }
        return refusal.reasons.first { $0.rule == refusal.rule }.flatMap { sentence($0) }
    }

    /// One failed rule for a person at a login; nil for one without the numbers that it goes by.
    private func sentence(_ result: RuleResult) -> Text? {
        let group = result.group?.value ?? ""
        let pool = result.pool?.value ?? ""
        switch result.rule {
        case .notEntitled:
            guard result.pool != nil else { return .noGroupMayUseAny }
            return result.group == nil
                ? .noGroupMayUse(pool: pool) : .groupMayNotUse(group, pool: pool)
        case .outsideWindow:
            guard case .window(let opens?, _) = result.numbers else {
                return .noWindowKnown(group: group)
            }
            return .opensAgain(group: group, localTimes.text(opens))
        case .poolCordoned:
            guard case .closed(let reason?) = result.numbers else { return .poolClosed(pool) }
            return .poolClosed(pool, reason: reason)
        case .poolDraining:
            guard case .closed(let reason?) = result.numbers else { return .poolDraining(pool) }
            return .poolDraining(pool, reason: reason)
        case .quotaExceeded:
            guard case .quota(let used, let limit?) = result.numbers else { return nil }
            return .quotaExceeded(group: group, used: used, limit: limit)
        case .poolExhausted:
            guard case .seats(let available, let reserved) = result.numbers else { return nil }
            return available == 0
                ? .noFreeSeat(pool: pool)
                : .seatsReserved(
                    pool: pool, group: group, available: available, reserved: reserved)
        case .lineFull:
            guard case .line(let waiting, _) = result.numbers else { return nil }
            return result.group == nil
                ? .lineFull(waiting: waiting) : .lineFull(waiting: waiting, group: group)
        case .waitExpired: return .waitExpired
        }
    }
}

/// Something that was named is not there.
extension Problem {
    static func missingPool(_ name: PoolName) -> Problem {
        Problem(.notFound, detail: .missingPool(name.value.debugDescription))
    }

    static func missingGroup(_ name: GroupName) -> Problem {
        Problem(.notFound, detail: .missingGroup(name.value.debugDescription))
    }

    static func missingSeat(_ name: SeatName) -> Problem {
        Problem(.notFound, detail: .missingSeat(name.value.debugDescription))
    }

    static func missingUser(_ name: String) -> Problem {
        Problem(.notFound, detail: .missingUser(name.debugDescription))
    }
}
