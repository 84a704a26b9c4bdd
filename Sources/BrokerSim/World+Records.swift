import BrokerCore
import BrokerStore

extension Record {
    /// Whether the broker does it by itself.
    var isOfTheBroker: Bool {
        switch self {
        case .leaseEnded(_, let reason, _): reason != .released
        case .clockSet, .turnSet, .leaseCharged, .windowsSet, .windowsReach, .waitEnded,
            .waitAbsent, .subjectSeen:
            true
        // The line is served, and drains begin.
        case .leaseGranted, .keyRemembered: true
        case .poolModeSet(_, let mode, _): mode.kind == .draining
        case .seatCordonSet(_, let cordon): cordon != nil
        default: false
        }
    }
}

extension AuditNotes {
    init(_ batch: JournalBatch) {
        self.init(batch.entries.lazy.flatMap(\.records), revision: batch.revision)
    }
}

extension JournalBatch {
    /// Whether the broker itself worked windows out further in it.
    var setsWindows: Bool {
        entries.contains { entry in
            entry.actor.role == .system
                && entry.records.contains { record in
                    if case .windowsReach = record { true } else { false }
                }
        }
    }

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
        case .waiting, .pool, .resized, .draining, .seat, .group, .site, .windowsSet, .done: nil
        }
    }
}

extension Command {
    /// Whether it says that a connection of the line is gone: who says so first in a batch is heard
    /// before anybody is served.
    var leavesLine: Bool {
        switch self {
        case .leaveLine, .dropConnections: true
        default: false
        }
    }
}
