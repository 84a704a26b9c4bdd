extension Broker {
    /// When something is due by itself: a lease or a wait ends, a drain or a window begins; nil
    /// when nothing is.
    package func nextDeadline(after now: Instant) -> Instant? {
        var next: Instant?
        func consider(_ due: Instant?) {
            guard let due else { return }
            next = next.map { min($0, due) } ?? due
        }
        for slot in poolOrder {
            consider(nextDeadline(ofPool: slot))
            consider(pools[Int(slot)]!.mode.upcoming?.start)
        }
        for slot in groups.indices where groups[slot]?.turn != nil && groups[slot]!.used > 0 {
            consider(windowDeadline(ofGroup: Slot(slot)))
        }
        consider(nextTurn(after: now))
        consider(cordonStarts.first?.at)
        consider(waitDeadlines.first?.at)
        return next
    }

    private func nextDeadline(ofPool slot: Slot) -> Instant? {
        guard let first = pools[Int(slot)]!.deadlines.first else { return nil }
        guard let drain = drainDeadline(ofPool: slot) else { return first.deadline }
        return min(first.deadline, drain)
    }

    /// Brings the state to an instant: begins the drains and windows that are due, and ends every
    /// lease whose deadline is at or before `now`: a lease is good while `now` is before.
    mutating func expire(at now: Instant) {
        startDrains(at: now)
        // Windows first: where nobody looked for a while, a lease may have gone on in the next one.
        turnGroups(at: now)
        endDueLeases(at: now)
        chargeElsewhere(at: now)
        endOverdueLeases(at: now)
    }

    /// Ends the leases that are due, windows aside.
    private mutating func endDueLeases(at now: Instant) {
        for slot in poolOrder {
            while let due = nextDeadline(ofPool: slot), due <= now {
                let first = pools[Int(slot)]!.deadlines.first!
                let lease = leases[Int(first.lease)]!
                let end = dueEnd(of: lease)
                commit(.leaseEnded(lease.id, end.reason, detail: end.detail), at: now)
            }
        }
    }

    /// What ends a lease at its deadline, and in whose words. Where deadlines meet, the word of an
    /// operator comes before the time to live.
    func dueEnd(of lease: Lease) -> (reason: EndReason, detail: String?) {
        let deadline = deadline(of: lease)
        let pool = pools[Int(lease.pool)]!
        if let revocation = lease.revocation, revocation.deadline == deadline {
            return (.revoked, revocation.reason)
        }
        if lease.retireDeadline == deadline {
            return (.drained, "The pool was made smaller.")
        }
        if lease.seatDrainDeadline == deadline {
            return (.drained, seats[Int(lease.seat)]!.cordon?.reason)
        }
        if pool.mode.kind == .draining, pool.mode.deadline == deadline {
            return (.drained, pool.mode.reason)
        }
        if windowDeadline(ofGroup: lease.group) == deadline { return (.windowClosed, nil) }
        return (.expired, nil)
    }

    /// When the leases of a pool that is draining, or will be, end at the latest.
    func drainDeadline(ofPool slot: Slot) -> Instant? {
        let mode = pools[Int(slot)]!.mode
        return mode.kind == .draining ? mode.deadline : mode.upcoming?.deadline
    }

    /// When a live lease ends if nobody does anything.
    func deadline(of lease: Lease) -> Instant {
        var deadline = lease.ownDeadline
        if let drain = drainDeadline(ofPool: lease.pool) { deadline = min(deadline, drain) }
        if let window = windowDeadline(ofGroup: lease.group) { deadline = min(deadline, window) }
        return deadline
    }
}
