import BrokerCore
import BrokerStore

/// Items about requests that wait or are refused.
extension HistoryProjector {
    func lineItems(of entry: JournalEntry, at index: Int) -> [AuditDraft] {
        switch entry.records[index] {
        case .waitStarted(let waiter):
            var details = JSONText()
            details.add("group", waiter.group.value)
            details.add("until", text(waiter.until))
            return [
                item(
                    entry, .wait, waiter.request.target(group: waiter.group), details,
                    holder: waiter.request.subject.holder)
            ]
        case .waitEnded(let ticket, let end, _):
            // What brought a lease is the grant's item.
            guard end != .granted, let waiter = broker.waiter(ticket.number) else { return [] }
            var details = JSONText()
            details.add("group", waiter.group.value)
            details.add("waited_seconds", waiter.since.secondsUntil(entry.at))
            return [
                item(
                    entry, .waitEnd, waiter.request.target(group: waiter.group), details,
                    holder: waiter.request.subject.holder, outcome: end.outcome)
            ]
        case .refused(let request):
            var details = JSONText()
            if let group = request.group { details.add("group", group.value) }
            return [
                item(
                    entry, .grant, Self.target(request.pool, request.group), details,
                    holder: request.holder, outcome: request.rule.slug)
            ]
        case .changeRefused(let refused):
            guard let verb = entry.verb?.audited else { return [] }
            return [
                item(
                    entry, verb, refused.target.audited, why: refused.reason,
                    outcome: refused.refusal.slug)
            ]
        case _: return []
        }
    }

    fileprivate static func target(_ pool: PoolName?, _ group: GroupName?) -> AuditTarget {
        if let pool { return .pool(pool) }
        return group.map { .group($0) } ?? .broker
    }
}

extension GrantCommand {
    fileprivate func target(group: GroupName) -> AuditTarget {
        HistoryProjector.target(pool, group)
    }
}

extension WaitEnd {
    /// Why a place brought no lease.
    fileprivate var outcome: String {
        switch self {
        case .granted: AuditDraft.done
        case .expired: Rule.waitExpired.slug
        case .refused: "refused"
        case .left: "left"
        }
    }
}

extension Rule {
    /// The slug of the problem that it is answered with.
    package var slug: String {
        switch self {
        case .notEntitled: "not-entitled"
        case .outsideWindow: "outside-window"
        case .poolCordoned: "pool-cordoned"
        case .poolDraining: "pool-draining"
        case .quotaExceeded: "quota-exceeded"
        case .poolExhausted: "pool-exhausted"
        case .lineFull: "line-full"
        case .waitExpired: "wait-expired"
        }
    }
}

extension RefusalKind {
    /// The slug of the problem that it is answered with.
    package var slug: String {
        switch self {
        // Only requests for seats are refused so, and those have their rule.
        case .grant, .notEntitled: "not-entitled"
        case .notFound: "not-found"
        case .leaseEnded: "lease-ended"
        case .notYours: "forbidden"
        case .revisionMismatch: "revision-mismatch"
        case .seatLimit: "seat-limit"
        case .conflict: "conflict"
        case .invalid: "bad-request"
        }
    }
}

extension RefusedChange.Target {
    fileprivate var audited: AuditTarget {
        switch self {
        case .site: .site
        case .pool(let name): .pool(name)
        case .seat(let name): .seat(name)
        case .group(let name): .group(name)
        case .lease(let id): .lease(id)
        }
    }
}

extension Verb {
    /// What a refused change was to be.
    fileprivate var audited: AuditVerb? {
        switch self {
        case .revoke: .revoke
        case .createPool: .poolCreate
        case .deletePool: .poolDelete
        case .resizePool: .poolResize
        case .cordonPool: .poolCordon
        case .uncordonPool: .poolUncordon
        case .drainPool: .poolDrain
        case .cordonSeat: .seatCordon
        case .uncordonSeat: .seatUncordon
        case .drainSeat: .seatDrain
        case .putGroup: .groupSet
        case .deleteGroup: .groupDelete
        case .applySite: .siteApply
        case .grant, .renew, .release, .setWindows, .leaveLine, .dropConnections, .setSeatLimit,
            .setClock, .raiseTokenFloor, .passTime, .reload:
            nil
        }
    }
}
