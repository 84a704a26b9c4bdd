import BrokerCore

extension TraceHash {
    mutating func mix(_ lease: LeaseView) {
        mix(lease.id.low ^ lease.token)
        mix(lease.expiresAt.milliseconds)
    }

    /// What an answer says that is not about one lease.
    mutating func mix(_ decision: Decision) {
        switch decision {
        case .granted(let lease), .held(let lease), .replayed(let lease, _), .lease(let lease):
            mix(lease.id.low)
        case .pool(let pool): mix(pool.revision << 32 | UInt64(pool.size))
        case .resized(let plan): for lease in plan.displaced { mix(lease.id.low) }
        case .draining(let forecast): mix(UInt64(forecast.leases << 32 | forecast.cutAtDeadline))
        case .seat(let seat): mix(seat.token)
        case .waiting(let view):
            mix(view.ticket.connection)
            mix(view.until.milliseconds)
            mix(UInt64(view.ahead))
            mix(view.estimate?.milliseconds ?? 0)
        case .group(let change):
            mix(UInt64(change.group.used << 1 | (change.isCreated ? 1 : 0)))
            mix(change.revision)
            for lease in change.displaced { mix(lease.id.low) }
            mix(UInt64(change.shortfalls.count))
        case .windowsSet(let displaced): for lease in displaced { mix(lease.id.low) }
        case .site(let change):
            mix(change.revision)
            for lease in change.displaced { mix(lease.id.low) }
            mix(UInt64(change.shortfalls.count))
        case .done: mix(UInt64(1))
        }
    }
}

extension Refusal {
    /// A small number for each kind.
    var kind: Int {
        switch self {
        case .grant: 0
        case .notEntitled: 1
        case .noSuchPool: 2
        case .noSuchGroup: 3
        case .noSuchSeat: 4
        case .noSuchLease: 5
        case .leaseEnded: 6
        case .notYours: 7
        case .revisionMismatch: 8
        case .seatLimit: 9
        case .keyReused: 10
        case .poolExists: 11
        case .poolInUse: 12
        case .seatNameTaken: 13
        case .belowListed: 14
        case .invalid: 15
        case .placeTaken: 16
        case .noWindow: 17
        case .reservesCollide: 18
        }
    }
}
