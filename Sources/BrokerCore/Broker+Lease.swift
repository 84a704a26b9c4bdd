import DequeModule

/// Renewal, release and revocation.
extension Broker {
    /// Gives a lease more time, within its caps; it never takes any away.
    mutating func renew(
        _ id: LeaseID, claim: Claim, subject: Subject, ttlSeconds: Int?, at now: Instant
    ) throws(Refusal) -> Decision {
        let slot = try liveLease(id, claim: claim)
        let lease = leases[Int(slot)]!
        let spec = pools[Int(lease.pool)]!.spec
        guard isEntitled(subject, to: lease) else {
            throw .notEntitled(groups[Int(lease.group)]!.name, spec.name)
        }
        if lease.vouched == nil {
            noteSubject(Subject(holder: lease.holder, unixGroups: subject.unixGroups), at: now)
            chargeElsewhere(at: now)
        }
        let hasSlots = groups[Int(leases[Int(slot)]!.group)]!.windows != nil
        let deadline = max(
            lease.ttlDeadline,
            now.adding(seconds: spec.ttlSeconds(asked: ttlSeconds, hasSlots: hasSlots)))
        if deadline != lease.ttlDeadline {
            commit(.leaseRenewed(id, ttlDeadline: deadline), at: now)
        }
        return .lease(view(of: leases[Int(slot)]!))
    }

    /// Whether the lease's group still admits the person and still has the pool. A gateway's word
    /// at the grant counts as long as the lease lives.
    private func isEntitled(_ subject: Subject, to lease: Lease) -> Bool {
        let group = groups[Int(lease.group)]!
        let pool = pools[Int(lease.pool)]!.spec.name
        guard let spec = group.spec, spec.pools.contains(pool) else { return false }
        var current = Subject(holder: lease.holder, unixGroups: subject.unixGroups)
        if let vouched = lease.vouched { current.unixGroups = vouched }
        return groupSlots(of: current).contains(lease.group)
    }

    /// Ends a lease by its holder's wish; one that has ended already is as good as released.
    mutating func release(
        _ id: LeaseID, claim: Claim, at now: Instant
    ) throws(Refusal) -> Decision {
        do {
            _ = try liveLease(id, claim: claim)
        } catch .leaseEnded {
            return .done
        }
        commit(.leaseEnded(id, .released, detail: nil), at: now)
        return .done
    }

    /// Takes a lease back, at once or after a grace; a second revocation only brings the end closer.
    mutating func revoke(
        _ id: LeaseID, reason: String, graceSeconds: Int, at now: Instant
    ) throws(Refusal) -> Decision {
        let slot = try liveLease(id, claim: .anyone)
        let lease = leases[Int(slot)]!
        guard graceSeconds > 0 else {
            commit(.leaseEnded(id, .revoked, detail: reason), at: now)
            return .lease(LeaseView(ended: endedLease(id)!))
        }
        let deadline = now.adding(seconds: graceSeconds)
        if lease.revocation.map({ deadline < $0.deadline }) ?? true {
            commit(.leaseRevocationSet(id, deadline: deadline, reason: reason), at: now)
        }
        return .lease(view(of: leases[Int(slot)]!))
    }

    /// The lease, if it lives and the caller may touch it.
    private func liveLease(_ id: LeaseID, claim: Claim) throws(Refusal) -> Slot {
        guard let slot = leaseSlots[id] else {
            guard let ended = endedLease(id) else {
                let isForgotten = historyStart > 0 && id.timeMilliseconds <= historyStart
                throw isForgotten ? .leaseEnded(nil) : .noSuchLease
            }
            guard claim.covers(ended.holder, grantedBy: ended.grantedBy) else { throw .notYours }
            throw .leaseEnded(ended)
        }
        let lease = leases[Int(slot)]!
        guard claim.covers(lease.holder, grantedBy: lease.grantedBy) else { throw .notYours }
        return slot
    }

    /// An ended lease that history still has.
    package func endedLease(_ id: LeaseID) -> EndedLease? {
        endedIDs[id].map { ended[$0 - endedDropped] }
    }
}

extension Claim {
    /// Whether a lease of this holder, asked for by this gateway, is the caller's to touch.
    package func covers(_ holder: HolderName, grantedBy gateway: String?) -> Bool {
        switch self {
        case .holder(let own): holder == own
        case .gateway(let own): gateway == own
        case .anyone: true
        }
    }
}
