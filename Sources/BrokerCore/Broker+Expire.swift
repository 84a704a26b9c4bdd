extension Broker {
    /// When the next lease is due to end; nil when none is.
    package var nextDeadline: Instant? {
        var next: Instant?
        for slot in poolOrder {
            guard let due = nextDeadline(ofPool: slot) else { continue }
            next = next.map { min($0, due) } ?? due
        }
        return next
    }

    private func nextDeadline(ofPool slot: Slot) -> Instant? {
        guard let first = pools[Int(slot)]!.deadlines.first else { return nil }
        guard let drain = drainDeadline(ofPool: slot) else { return first.deadline }
        return min(first.deadline, drain)
    }

    /// Ends every lease whose deadline is at or before `now`: a lease is good while `now` is before.
    mutating func expire(at now: Instant) {
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
        return (.expired, nil)
    }

    /// When the leases of a pool that is draining end at the latest.
    func drainDeadline(ofPool slot: Slot) -> Instant? {
        let mode = pools[Int(slot)]!.mode
        return mode.kind == .draining ? mode.deadline : nil
    }

    /// When a live lease ends if nobody does anything.
    func deadline(of lease: Lease) -> Instant {
        guard let drain = drainDeadline(ofPool: lease.pool) else { return lease.ownDeadline }
        return min(lease.ownDeadline, drain)
    }
}
