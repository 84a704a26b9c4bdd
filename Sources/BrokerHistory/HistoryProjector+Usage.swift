import BrokerCore
import BrokerStore

/// What the journal adds to the figures of usage.
extension HistoryProjector {
    /// The leases and places in the line that are there in the state that the history begins with,
    /// each from its own beginning on.
    package var usageFound: [UsageEvent] {
        let leases = broker.leases(Broker.LeaseFilter(), limit: .max).map { lease in
            UsageEvent(
                .found, at: broker.wallMilliseconds(lease.grantedAt),
                whose: UsageParty(group: lease.group, pool: lease.pool))
        }
        let waits = broker.image.waiters.map { waiter in
            UsageEvent(
                .waitFound, at: broker.wallMilliseconds(waiter.since), whose: waiter.usageParty)
        }
        // The sort is stable.
        return (leases + waits).sorted { $0.at < $1.at }
    }

    /// From the state before the record.
    func usage(of record: Record, at now: Instant) -> [UsageEvent] {
        let at = broker.wallMilliseconds(now)
        switch record {
        case .leaseGranted(let grant):
            let pool = broker.seat(grant.seat)?.pool
            return [
                UsageEvent(.granted, at: at, whose: UsageParty(group: grant.group, pool: pool))
            ]
        case .leaseEnded(let id, _, _):
            guard let lease = broker.lease(id) else { return [] }
            return [UsageEvent(.ended, at: at, whose: lease.usageParty)]
        case .leaseCharged(let id, let group):
            guard let lease = broker.lease(id) else { return [] }
            return [
                UsageEvent(.chargedAway, at: at, whose: lease.usageParty),
                UsageEvent(.chargedTo, at: at, whose: UsageParty(group: group, pool: lease.pool)),
            ]
        case .waitStarted(let waiter):
            return [UsageEvent(.waitStarted, at: at, whose: waiter.usageParty)]
        case .waitResumed(let ticket, let resumed):
            guard let waiter = broker.waiter(ticket.number),
                waiter.request.pool != resumed.request.pool
            else { return [] }
            let next = UsageParty(group: waiter.group, pool: resumed.request.pool)
            return [
                UsageEvent(.waitMovedAway, at: at, whose: waiter.usageParty),
                UsageEvent(.waitMovedTo, at: at, whose: next),
            ]
        case .waitEnded(let ticket, let end, _):
            guard let waiter = broker.waiter(ticket.number) else { return [] }
            let ended = UsageEvent(.waitEnded, at: at, whose: waiter.usageParty)
            // It is answered as a refusal, and no other record says so.
            guard end == .expired else { return [ended] }
            return [ended, UsageEvent(.refused(.waitExpired), at: at, whose: waiter.usageParty)]
        case .refused(let request):
            let whose = UsageParty(group: request.group, pool: request.pool)
            return [UsageEvent(.refused(request.rule), at: at, whose: whose)]
        case .clockSet(let mark):
            let step = mark.wallOffsetMilliseconds - broker.clock.wallOffsetMilliseconds
            guard step != 0 else { return [] }
            return [UsageEvent(.clockLeft, at: at), UsageEvent(.clockSet, at: at + step)]
        case _: return []
        }
    }
}

extension LeaseView {
    fileprivate var usageParty: UsageParty { UsageParty(group: group, pool: pool) }
}

extension Waiter {
    fileprivate var usageParty: UsageParty { UsageParty(group: group, pool: request.pool) }
}
