import BrokerCore
import BrokerStore

extension Record {
    /// Whether the broker does it by itself.
    var isOfTheBroker: Bool {
        switch self {
        case .leaseEnded(_, let reason, _): reason != .released
        case .clockSet: true
        default: false
        }
    }
}

extension JournalBatch {
    /// Whether the broker itself set its clock in it.
    var setsClock: Bool {
        entries.contains { entry in
            entry.actor.role == .system
                && entry.records.contains { record in
                    if case .clockSet = record { true } else { false }
                }
        }
    }
}

extension Decision {
    /// The lease that it is about.
    var lease: LeaseView? {
        switch self {
        case .granted(let lease), .held(let lease), .replayed(let lease, _), .lease(let lease):
            lease
        case .pool, .resized, .draining, .seat, .group, .site, .done: nil
        }
    }
}
