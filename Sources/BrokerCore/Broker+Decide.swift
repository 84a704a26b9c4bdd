extension Broker {
    /// Decides one command at an instant, which must not lie before an earlier one.
    ///
    /// What is due by then ends first: an expired lease is never extended, and its seat is free for
    /// this very command. A refusal changes nothing but that.
    package mutating func decide(
        _ command: Command, by actor: Actor, at now: Instant
    ) throws(Refusal) -> Decision {
        remember(.counters(revision: revision, latest: latest, clock: clock))
        // A change of the slots and the windows that follow from it are one: nobody is charged or ended
        // by what lies between.
        if !(command.isNewRota && needsWindows) { expire(at: now) }
        switch command {
        case .grant(let grant): return try decideGrant(grant, by: actor, at: now)
        case .renew(let id, let claim, let subject, let ttlSeconds):
            return try renew(id, claim: claim, subject: subject, ttlSeconds: ttlSeconds, at: now)
        case .release(let id, let claim): return try release(id, claim: claim, at: now)
        case .revoke(let id, let reason, let graceSeconds):
            return try revoke(id, reason: reason, graceSeconds: graceSeconds, at: now)
        case .cordonPool(let name, let reason):
            return try cordonPool(name, reason: reason, by: actor, at: now)
        case .uncordonPool(let name, let reason):
            return try uncordonPool(name, reason: reason, by: actor, at: now)
        case .drainPool(let name, let reason, let deadlineSeconds, let start, let ifRevision):
            return try drainPool(
                name,
                DrainRequest(reason: reason, deadlineSeconds: deadlineSeconds, start: start),
                ifRevision: ifRevision, by: actor, at: now)
        case .cordonSeat(let name, let reason):
            return try cordonSeat(name, SeatCordon(reason: reason, deadline: nil), at: now)
        case .uncordonSeat(let name, let reason):
            return try uncordonSeat(name, reason: reason, at: now)
        case .drainSeat(let name, let reason, let deadlineSeconds, let start):
            return try drainSeat(
                name,
                DrainRequest(reason: reason, deadlineSeconds: deadlineSeconds, start: start),
                at: now)
        case .leaveLine(let ticket):
            leaveLine(ticket, at: now)
            return .done
        case .dropConnections:
            dropConnections(at: now)
            return .done
        case .passTime:
            // Who could have a seat has it before the wait is over.
            serveLine(at: now)
            endDueWaits(at: now)
            return .done
        case .setClock(let mark):
            guard clock != mark else { return .done }
            commit(.clockSet(mark), at: now)
            // Groups are at once where the new time puts them.
            expire(at: now)
            return .done
        case .noteReload(let keys):
            commit(.configurationRead(keys), at: now)
            return .done
        case .createPool, .deletePool, .resizePool, .putGroup, .deleteGroup, .applySite,
            .setWindows, .setSeatLimit, .raiseTokenFloor:
            return try decideWhole(command, at: now)
        }
    }

    /// Decides a command of many records: all of it or nothing.
    private mutating func decideWhole(
        _ command: Command, at now: Instant
    ) throws(Refusal) -> Decision {
        rememberWhole()
        let before = self
        do {
            switch command {
            case .createPool(let spec): return try createPool(spec, at: now)
            case .deletePool(let name): return try deletePool(name, at: now)
            case .resizePool(let name, let size, let ifRevision):
                return try resizePool(name, size: size, ifRevision: ifRevision, at: now)
            case .putGroup(let spec, let ifRevision):
                try checkSite(ifRevision)
                return try putGroup(spec, at: now)
            case .deleteGroup(let name): return try deleteGroup(name, at: now)
            case .applySite(let spec, let ifRevision):
                try checkSite(ifRevision)
                return try applySite(spec, at: now)
            case .setWindows(let table): return try setWindows(table, at: now)
            case .setSeatLimit(let limit):
                if seatLimit != limit { commit(.seatLimitSet(limit), at: now) }
                return .done
            case .raiseTokenFloor(let floor):
                if tokenFloor < floor { commit(.tokenFloorSet(floor), at: now) }
                return .done
            case .grant, .renew, .release, .revoke, .cordonPool, .uncordonPool, .drainPool,
                .cordonSeat, .uncordonSeat, .drainSeat, .leaveLine, .dropConnections, .passTime,
                .setClock, .noteReload:
                preconditionFailure("not a command of many records")
            }
        } catch {
            self = before
            throw error
        }
    }

    /// Writes down that a command was refused, after `decide` has thrown.
    package mutating func note(_ refused: RefusedChange, at now: Instant) {
        remember(.counters(revision: revision, latest: latest, clock: clock))
        commit(.changeRefused(refused), at: now)
    }

    /// Refuses what rests on a site that an admin has changed since.
    private func checkSite(_ ifRevision: UInt64?) throws(Refusal) {
        guard let ifRevision, siteRevision > ifRevision else { return }
        throw .revisionMismatch(expected: ifRevision, actual: siteRevision)
    }
}

extension Command {
    /// Whether it brings the windows that follow from a change of the rota or of slots.
    fileprivate var isNewRota: Bool {
        if case .setWindows(let table) = self { table.isNewRota } else { false }
    }
}
