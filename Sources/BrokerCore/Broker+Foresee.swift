/// The end of a lease that its holder cannot move.
package struct ForeseenEnd: Equatable, Sendable {
    package var at: Instant
    /// What will end it.
    package var reason: EndReason

    package init(at: Instant, reason: EndReason) {
        self.at = at
        self.reason = reason
    }
}

/// What whoever warns a holder needs to know.
extension Broker {
    /// When a live lease ends though its holder renews it; nil where nothing is known that would
    /// end it, and for a lease that has ended.
    ///
    /// The end of a window does not count where the lease goes on after it: in the group's next
    /// window, or charged to another group of its holder, quotas allowing. Where deadlines meet,
    /// the word of an operator comes first.
    package func foreseenEnd(of id: LeaseID) -> ForeseenEnd? {
        guard let slot = leaseSlots[id] else { return nil }
        let lease = leases[Int(slot)]!
        var soonest: ForeseenEnd?
        func consider(_ at: Instant?, _ reason: EndReason) {
            guard let at, soonest.map({ at < $0.at }) ?? true else { return }
            soonest = ForeseenEnd(at: at, reason: reason)
        }
        consider(lease.revocation?.deadline, .revoked)
        consider(lease.retireDeadline, .drained)
        consider(lease.seatDrainDeadline, .drained)
        consider(drainDeadline(ofPool: lease.pool), .drained)
        if !goesOnAfterWindow(lease) {
            consider(windowDeadline(ofGroup: lease.group), .windowClosed)
        }
        return soonest
    }

    private func goesOnAfterWindow(_ lease: Lease) -> Bool {
        let group = groups[Int(lease.group)]!
        guard let turn = group.turn else { return false }
        let limit = turn.ends.adding(seconds: graceSeconds)
        func opens(_ windows: [UTCWindow]) -> Bool {
            let next = windows.firstIndex(after: turn.ends)
            return next < windows.count && windows[next].start < limit
        }
        if opens(group.windows ?? []) { return true }
        // Once the window is over, it was tried, and there was no other group.
        guard turn.phase != .over else { return false }
        let pool = pools[Int(lease.pool)]!.spec.name
        let unixGroups = lease.vouched ?? subjects[lease.holder] ?? []
        return groupSlots(of: Subject(holder: lease.holder, unixGroups: unixGroups)).contains {
            guard $0 != lease.group, let other = groups[Int($0)], let spec = other.spec else {
                return false
            }
            return spec.pools.contains(pool) && other.windows.map { opens($0) } ?? true
        }
    }
}
