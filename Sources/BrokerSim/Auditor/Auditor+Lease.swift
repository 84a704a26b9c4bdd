import BrokerCore
import BrokerEngine

/// Renewal, release and revocation.
extension Auditor {
    mutating func renew(
        _ id: LeaseID, _ claim: Claim, _ subject: Subject, _ ttlSeconds: Int?, _ said: Said,
        at now: Int64
    ) throws(Finding) {
        guard let place = world.known[id] else { return try refuseUnknown(id, said) }
        guard place >= 0 else {
            let end = world.ended[~place]
            guard mayTouch(claim, end.holder, end.grantedBy) else {
                return try refused(said, .notYours)
            }
            return try refusedAsEnded(said, ~place)
        }
        let lease = world.leases[place]
        guard mayTouch(claim, lease.holder, lease.grantedBy) else {
            return try refused(said, .notYours)
        }
        guard isEntitled(place, subject) else {
            return try refused(
                said,
                .notEntitled(
                    GroupName(names.groups[lease.group]), world.pools[lease.pool].spec.name))
        }
        let seconds = min(
            ttlSeconds ?? ttlSecondsDefault(lease.group, lease.pool),
            world.pools[lease.pool].spec.leaseTTLSecondsMax)
        // It never shortens.
        let end = max(lease.ttlEnd, now + Int64(max(seconds, 0)) * 1000)
        // A gateway's word counts as long as the lease lives.
        let shown =
            world.vouched[place] == nil
            ? Subject(
                holder: HolderName(names.holders[lease.holder]), unixGroups: subject.unixGroups)
            : nil
        let isNews = shown.map { self.isNews($0) } ?? false
        guard try proceeds(said, changes: end != lease.ttlEnd || isNews) else { return }
        if let shown { see(shown) }
        world.leases[place].ttlEnd = end
        try expectLease(said, live: place)
    }

    /// The lease's group is there, may use the pool, and has the holder as a member: by the groups
    /// that count now, or by those that a gateway vouched for at the grant.
    private mutating func isEntitled(_ place: Int, _ subject: Subject) -> Bool {
        let lease = world.leases[place]
        guard let position = world.groups.firstIndex(where: { $0.name == lease.group }),
            world.groups[position].pools.contains(lease.pool)
        else { return false }
        findCandidates(subject, lease.holder, only: position)
        return !candidates.isEmpty || isMember(lease.holder, world.vouched[place] ?? [], position)
    }

    mutating func release(_ id: LeaseID, _ claim: Claim, _ said: Said, at now: Int64)
        throws(Finding)
    {
        guard let place = world.known[id] else {
            // What ended in any way is released.
            guard !world.ended.mayHaveForgotten(id) else { return try done(said) }
            return try refused(said, .noSuchLease)
        }
        guard place >= 0 else {
            let end = world.ended[~place]
            guard mayTouch(claim, end.holder, end.grantedBy) else {
                return try refused(said, .notYours)
            }
            return try done(said)
        }
        let lease = world.leases[place]
        guard mayTouch(claim, lease.holder, lease.grantedBy) else {
            return try refused(said, .notYours)
        }
        guard try proceeds(said, changes: true, ends: true) else { return }
        end(lease: place, .released, detail: absent, at: now)
        try done(said)
    }

    mutating func revoke(
        _ id: LeaseID, _ reason: String, _ graceSeconds: Int, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard let place = world.known[id] else { return try refuseUnknown(id, said) }
        guard place >= 0 else { return try refusedAsEnded(said, ~place) }
        let text = names.reasons.number(reason)
        guard graceSeconds > 0 else {
            guard try proceeds(said, changes: true, ends: true) else { return }
            end(lease: place, .revoked, detail: text, at: now)
            guard case .answer(let index) = said else { return }
            guard case .decided(.lease(let view)) = told[index] else {
                throw wrong(told[index], "answer", "the lease, revoked")
            }
            let end = world.ended[world.ended.numbers.upperBound - 1]
            if let field = difference(view, end) {
                throw Finding("lease-\(field)", "told \(view), where the rules say \(end)")
            }
            return
        }
        // A second revocation only brings the end closer.
        let end = now + Int64(graceSeconds) * 1000
        let isSooner = end < world.leases[place].revokeEnd
        guard try proceeds(said, changes: isSooner) else { return }
        if isSooner {
            world.leases[place].revokeEnd = end
            world.leases[place].revokeReason = text
            noteDeadline(end)
        }
        try expectLease(said, live: place)
    }

    private func expectLease(_ said: Said, live place: Int) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .decided(.lease(let view)) = told[index] else {
            throw wrong(told[index], "answer", "the lease")
        }
        try expect(view, live: place)
    }

    /// An id that nobody knows: of a lease that ended long ago, or of none.
    private func refuseUnknown(_ id: LeaseID, _ said: Said) throws(Finding) {
        if world.ended.mayHaveForgotten(id) { return try refusedAsEnded(said, nil) }
        try refused(said, .noSuchLease)
    }

    private func mayTouch(_ claim: Claim, _ holder: Int32, _ grantedBy: Int32) -> Bool {
        switch claim {
        case .holder(let name): name.value == names.holders[holder]
        case .gateway(let name): grantedBy != absent && name == names.actors[grantedBy]
        case .anyone: true
        }
    }
}
