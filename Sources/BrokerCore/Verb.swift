/// What a command does, as the journal keeps it beside who asked for it. Numbers are never reused.
package enum Verb: UInt8, CaseIterable, Sendable {
    case grant = 1
    case renew = 2
    case release = 3
    case revoke = 4
    case createPool = 10
    case deletePool = 11
    case resizePool = 12
    case cordonPool = 13
    case uncordonPool = 14
    case drainPool = 15
    case cordonSeat = 20
    case uncordonSeat = 21
    case drainSeat = 22
    case putGroup = 30
    case deleteGroup = 31
    case applySite = 32
    case setWindows = 33
    case leaveLine = 40
    case dropConnections = 41
    case setSeatLimit = 50
    case setClock = 51
    case raiseTokenFloor = 52
    case passTime = 53
    case reload = 54

    /// Whether an admin or operator does it by hand, so that a refusal of it is worth a record too.
    /// Requests of people for their leases are not: `Record.refused` counts those.
    package var isByHand: Bool {
        switch self {
        case .revoke, .createPool, .deletePool, .resizePool, .cordonPool, .uncordonPool, .drainPool,
            .cordonSeat, .uncordonSeat, .drainSeat, .putGroup, .deleteGroup, .applySite:
            true
        case .grant, .renew, .release, .setWindows, .leaveLine, .dropConnections, .setSeatLimit,
            .setClock, .raiseTokenFloor, .passTime, .reload:
            false
        }
    }
}

extension Command {
    package var verb: Verb {
        switch self {
        case .grant: .grant
        case .renew: .renew
        case .release: .release
        case .revoke: .revoke
        case .createPool: .createPool
        case .deletePool: .deletePool
        case .resizePool: .resizePool
        case .cordonPool: .cordonPool
        case .uncordonPool: .uncordonPool
        case .drainPool: .drainPool
        case .cordonSeat: .cordonSeat
        case .uncordonSeat: .uncordonSeat
        case .drainSeat: .drainSeat
        case .putGroup: .putGroup
        case .deleteGroup: .deleteGroup
        case .applySite: .applySite
        case .setWindows: .setWindows
        case .leaveLine: .leaveLine
        case .dropConnections: .dropConnections
        case .setSeatLimit: .setSeatLimit
        case .setClock: .setClock
        case .raiseTokenFloor: .raiseTokenFloor
        case .passTime: .passTime
        case .noteReload: .reload
        }
    }

    /// The refusal of this command as the journal keeps it; nil for one that is nobody's handiwork.
    package func refused(with refusal: Refusal, by actor: Actor) -> RefusedChange? {
        guard actor.channel == .control, verb.isByHand else { return nil }
        return RefusedChange(refusal: RefusalKind(of: refusal), target: target, reason: reason)
    }

    /// What a command by hand is about.
    private var target: RefusedChange.Target {
        switch self {
        case .revoke(let id, _, _): .lease(id)
        case .createPool(let spec): .pool(PoolName(spec.name.value.cut))
        case .deletePool(let name), .resizePool(let name, _, _), .cordonPool(let name, _),
            .uncordonPool(let name, _), .drainPool(let name, _, _, _, _):
            .pool(PoolName(name.value.cut))
        case .cordonSeat(let name, _), .uncordonSeat(let name, _), .drainSeat(let name, _, _, _):
            .seat(SeatName(name.value.cut))
        case .putGroup(let spec, _): .group(GroupName(spec.name.value.cut))
        case .deleteGroup(let name): .group(GroupName(name.value.cut))
        case .applySite, .grant, .renew, .release, .setWindows, .leaveLine, .dropConnections,
            .setSeatLimit, .setClock, .raiseTokenFloor, .passTime, .noteReload:
            .site
        }
    }

    /// The reason that its caller gave.
    private var reason: String? {
        switch self {
        case .revoke(_, let reason, _), .cordonPool(_, let reason), .cordonSeat(_, let reason),
            .drainPool(_, let reason, _, _, _), .drainSeat(_, let reason, _, _):
            reason
        case .uncordonPool(_, let reason), .uncordonSeat(_, let reason): reason
        case .createPool, .deletePool, .resizePool, .putGroup, .deleteGroup, .applySite, .grant,
            .renew, .release, .setWindows, .leaveLine, .dropConnections, .setSeatLimit, .setClock,
            .raiseTokenFloor, .passTime, .noteReload:
            nil
        }
    }
}

extension String {
    /// As much of a name as any name may have: what was refused may have any length.
    fileprivate var cut: String {
        guard utf8.count > SiteLimits.nameBytesMax else { return self }
        return String(decoding: Array(utf8.prefix(SiteLimits.nameBytesMax)), as: UTF8.self)
    }
}

/// A change by hand that was refused, as the journal keeps it.
package struct RefusedChange: Equatable, Sendable {
    /// What was to be changed; names may be such as nothing has.
    package enum Target: Equatable, Sendable {
        case site
        case pool(PoolName)
        case seat(SeatName)
        case group(GroupName)
        case lease(LeaseID)
    }

    package var refusal: RefusalKind
    package var target: Target
    /// The reason that its caller gave for the change.
    package var reason: String?

    package init(refusal: RefusalKind, target: Target, reason: String?) {
        self.refusal = refusal
        self.target = target
        self.reason = reason
    }
}

/// A refusal without its numbers, as the journal keeps it. Numbers are never reused.
package enum RefusalKind: UInt8, CaseIterable, Sendable {
    case grant = 1
    case notEntitled = 2
    case notFound = 3
    case leaseEnded = 4
    case notYours = 5
    case revisionMismatch = 6
    case seatLimit = 7
    /// It contradicts what there is: a name that is taken, a pool in use, a key of another request.
    case conflict = 8
    /// The site would not be valid, or could not be honoured.
    case invalid = 9

    package init(of refusal: Refusal) {
        self =
            switch refusal {
            case .grant: .grant
            case .notEntitled: .notEntitled
            case .noSuchPool, .noSuchGroup, .noSuchSeat, .noSuchLease: .notFound
            case .leaseEnded: .leaseEnded
            case .notYours: .notYours
            case .revisionMismatch: .revisionMismatch
            case .seatLimit: .seatLimit
            case .keyReused, .poolExists, .poolInUse, .seatNameTaken, .placeTaken, .noWindow:
                .conflict
            case .belowListed, .reservesCollide, .invalid: .invalid
            }
    }
}
