import BrokerAPI
import BrokerCore
import BrokerStore

/// Makes events of the journal's batches.
///
/// An event depends on the batches alone and on the state before them, which follows from earlier
/// batches: so one that is made of the stored journal is, to the byte, the one that was sent when it
/// happened. Each record gives one event at most, so that an event has a revision of its own.
struct EventMaker {
    /// The state after the batches so far.
    private var broker: Broker

    /// - Parameter broker: the state before the first batch.
    init(_ broker: Broker) {
        self.broker = broker
        self.broker.isUndoable = false
    }

    /// Of the last record so far.
    var revision: UInt64 { broker.revision }

    /// Applies a batch of which nobody wants events.
    ///
    /// - Throws: `Misfit` where a record does not fit the state before it.
    mutating func skip(_ batch: JournalBatch) throws(Broker.Misfit) {
        for entry in batch.entries {
            for record in entry.records { try broker.apply(record, at: entry.at) }
        }
        broker.settle()
    }

    /// Applies a batch, and gives its events in the order of their revisions.
    ///
    /// - Throws: `Misfit` where a record does not fit the state before it.
    mutating func events(of batch: JournalBatch) throws(Broker.Misfit) -> [Event] {
        var events: [Event] = []
        for entry in batch.entries {
            for record in entry.records {
                let before = Before(record, in: broker)
                try broker.apply(record, at: entry.at)
                if let event = event(of: record, in: entry, before) { events.append(event) }
            }
        }
        broker.settle()
        return events
    }

    /// What a record takes away or replaces, looked up before it is applied.
    private struct Before {
        var isThere = false
        var seat: SeatView?
        var waiter: Waiter?
        var clock: ClockMark

        init(_ record: Record, in broker: borrowing Broker) {
            clock = broker.clock
            switch record {
            case .poolPut(let spec, _): isThere = broker.pool(spec.name) != nil
            case .groupPut(let spec): isThere = broker.group(spec.name, at: broker.latest) != nil
            case .seatRemoved(let name): seat = broker.seat(name)
            case .waitEnded(let ticket, _, _): waiter = broker.waiter(ticket.number)
            case .clockSet, .seatLimitSet, .tokenFloorSet, .poolModeSet, .poolRemoved,
                .groupRemoved, .siteOrdered, .seatsAdded, .seatListed, .seatRetiring,
                .seatReclaimed, .seatCordonSet, .seatOpened, .leaseGranted, .leaseRenewed,
                .leaseRevocationSet, .leaseEnded, .keyRemembered, .rotaSet, .windowsSet,
                .windowsReach, .turnSet, .leaseCharged, .subjectSeen, .waitStarted, .waitResumed,
                .waitAbsent, .refused, .changeRefused, .configurationRead:
                break
            }
        }
    }

    /// Nil for what does not show outside, or shows in another record's event.
    private func event(
        of record: Record, in entry: JournalEntry, _ before: Before
    ) -> Event? {
        switch record {
        case .leaseGranted(let grant): lease(.leaseGranted, grant.id, entry)
        case .leaseRenewed(let id, _): lease(.leaseRenewed, id, entry)
        case .leaseRevocationSet(let id, _, _): lease(.leaseEnding, id, entry)
        case .leaseCharged(let id, _): lease(.leaseMoved, id, entry)
        case .leaseEnded(let id, _, _): lease(.leaseEnded, id, entry)
        case .seatsAdded(let pool, let first, let count): seats(pool, first, count, entry)
        case .seatListed(let pool, let position): seatListed(pool, position, entry)
        case .seatRemoved(let name): seat(.seatRemoved, name, before.seat, entry)
        case .seatRetiring(let name, let deadline, _):
            seat(.seatRetiring, name, broker.seat(name), entry) { details in
                details.deadlineAt = timestamp(deadline)
            }
        case .seatReclaimed(let name): seat(.seatReclaimed, name, broker.seat(name), entry)
        case .seatCordonSet(let name, let cordon): seatCordon(name, cordon, nil, entry)
        case .seatOpened(let name, let reason): seatCordon(name, nil, reason, entry)
        case .poolPut(let spec, let revision):
            pool(before.isThere ? .poolChanged : .poolCreated, spec.name, entry) { details in
                details.poolRevision = Int(revision)
                details.targetSize = spec.size
            }
        case .poolModeSet(let name, let mode, let revision): poolMode(name, mode, revision, entry)
        case .poolRemoved(let name): pool(.poolRemoved, name, entry)
        case .groupPut(let spec):
            groupSet(before.isThere ? .groupChanged : .groupCreated, spec, entry)
        case .groupRemoved(let name): group(.groupRemoved, name, entry)
        case .turnSet(let name, let turn):
            group(turn?.phase == .open ? .windowOpened : .windowClosed, name, entry) { details in
                details.endsAt = turn.map { Timestamp($0.ends) }
            }
        case .siteOrdered(let pools, let groups):
            plain(.siteOrdered, entry) { details in
                details.pools = pools.map(\.value)
                details.groups = groups.map(\.value)
            }
        case .rotaSet(let rota):
            plain(.rotaChanged, entry) { details in details.timezone = rota?.timezone }
        case .waitStarted(let waiter): waiting(.waitingBegun, waiter, entry)
        case .waitEnded(_, let end, let minutes):
            before.waiter.flatMap { waiting(.waitingEnded, $0, entry, (end, minutes)) }
        case .refused(let request): refused(request, entry)
        case .changeRefused(let change): refused(change, entry)
        case .configurationRead(let keys):
            keys.isEmpty ? nil : plain(.configurationChanged, entry) { $0.keys = keys }
        case .seatLimitSet(let limit): plain(.limitChanged, entry) { $0.seatLimit = limit }
        case .tokenFloorSet(let floor):
            plain(.stateRestored, entry) { $0.tokenFloor = Int(floor) }
        case .clockSet(let mark): clock(mark, before.clock, entry)
        // A connection of a place, an idempotency key, windows that are still to come.
        case .keyRemembered, .windowsSet, .windowsReach, .subjectSeen, .waitResumed, .waitAbsent:
            nil
        }
    }
}

// MARK: Kinds

extension EventMaker {
    private func timestamp(_ instant: Instant) -> Timestamp {
        Timestamp(milliseconds: broker.wallMilliseconds(instant))
    }

    private func plain(
        _ type: EventType, _ entry: JournalEntry, _ fill: (inout EventDetails) -> Void = { _ in }
    ) -> Event {
        var details = EventDetails()
        fill(&details)
        return Event(
            revision: Int(broker.revision), type: type, at: timestamp(entry.at),
            actor: EventActor(name: entry.actor.name, role: EventRole(entry.actor.role)),
            details: details == EventDetails() ? nil : details)
    }

    private func lease(_ type: EventType, _ id: LeaseID, _ entry: JournalEntry) -> Event? {
        guard let view = broker.lease(id) else { return nil }
        var event = plain(type, entry)
        event.take(view, broker)
        return event
    }

    // MARK: Seats

    private func seats(
        _ name: PoolName, _ first: Int, _ count: Int, _ entry: JournalEntry
    ) -> Event {
        pool(.seatsAdded, name, entry) { details in
            details.firstIndex = first
            details.count = count
        }
    }

    private func seatListed(_ pool: PoolName, _ position: Int, _ entry: JournalEntry) -> Event? {
        guard let listed = broker.pool(pool)?.spec.listed, listed.indices.contains(position) else {
            return nil
        }
        let name = listed[position].name
        return seat(.seatAdded, name, broker.seat(name), entry)
    }

    private func seatCordon(
        _ name: SeatName, _ cordon: SeatCordon?, _ openReason: String?, _ entry: JournalEntry
    ) -> Event {
        let type: EventType =
            cordon == nil ? .seatOpened : cordon?.start == nil ? .seatCordoned : .seatDrainPlanned
        return seat(type, name, broker.seat(name), entry) { details in
            details.reason = cordon?.reason ?? openReason
            details.deadlineAt = cordon?.deadline.map { timestamp($0) }
            details.startsAt = cordon?.start.map { timestamp($0) }
        }
    }

    private func seat(
        _ type: EventType, _ name: SeatName, _ view: SeatView?, _ entry: JournalEntry,
        _ fill: (inout EventDetails) -> Void = { _ in }
    ) -> Event {
        var event = plain(type, entry, fill)
        event.pool = view?.pool.value
        event.seat = name.value
        // A seat that goes has no lease any more.
        if let id = view?.lease, type != .seatRemoved, let lease = broker.lease(id) {
            event.take(lease, broker)
        }
        return event
    }

    // MARK: Pools and groups

    private func pool(
        _ type: EventType, _ name: PoolName, _ entry: JournalEntry,
        _ fill: (inout EventDetails) -> Void = { _ in }
    ) -> Event {
        var event = plain(type, entry, fill)
        event.pool = name.value
        return event
    }

    private func poolMode(
        _ name: PoolName, _ mode: PoolMode, _ revision: UInt64, _ entry: JournalEntry
    ) -> Event {
        let type: EventType =
            switch mode.kind {
            case .open: mode.upcoming == nil ? .poolOpened : .poolDrainPlanned
            case .cordoned: .poolCordoned
            case .draining: .poolDraining
            }
        let upcoming = mode.kind == .open ? mode.upcoming : nil
        return pool(type, name, entry) { details in
            details.poolRevision = Int(revision)
            details.reason = upcoming?.reason ?? mode.reason
            details.by = upcoming?.by ?? mode.by
            details.deadlineAt = (mode.deadline ?? mode.upcoming?.deadline).map { timestamp($0) }
            details.startsAt = mode.upcoming.map { timestamp($0.start) }
        }
    }

    private func group(
        _ type: EventType, _ name: GroupName, _ entry: JournalEntry,
        _ fill: (inout EventDetails) -> Void = { _ in }
    ) -> Event {
        var event = plain(type, entry, fill)
        event.group = name.value
        return event
    }

    private func groupSet(_ type: EventType, _ spec: GroupSpec, _ entry: JournalEntry) -> Event {
        group(type, spec.name, entry) { details in
            details.quota = spec.quota
            details.members = spec.members.map(\.text)
            details.pools = spec.pools.map(\.value)
            details.slots = spec.slots
        }
    }

    // MARK: Requests

    private func waiting(
        _ type: EventType, _ waiter: Waiter, _ entry: JournalEntry,
        _ end: (WaitEnd, minutes: Int)? = nil
    ) -> Event {
        var event = plain(type, entry) { details in
            details.place = Int(waiter.ticket.number)
            if let end {
                details.outcome = end.0.word
                details.waitedMinutes = end.minutes
            } else {
                details.expiresAt = timestamp(waiter.until)
            }
        }
        event.pool = waiter.request.pool?.value
        event.group = waiter.group.value
        event.holder = waiter.request.subject.holder.value
        return event
    }

    private func refused(_ request: RefusedRequest, _ entry: JournalEntry) -> Event {
        var event = plain(.requestRefused, entry) { details in
            details.rule = ProblemSlug(request.rule).rawValue
        }
        event.pool = request.pool?.value
        event.group = request.group?.value
        event.holder = request.holder.value
        return event
    }

    private func refused(_ change: RefusedChange, _ entry: JournalEntry) -> Event {
        var event = plain(.changeRefused, entry) { details in
            details.change = entry.verb?.word
            details.rule = ProblemSlug(change.refusal).rawValue
            details.reason = change.reason
            if case .lease(let id) = change.target { details.leaseID = id.text }
        }
        switch change.target {
        case .site, .lease: break
        case .pool(let name): event.pool = name.value
        case .seat(let name): event.seat = name.value
        case .group(let name): event.group = name.value
        }
        return event
    }

    /// Nil where only the machine was started again.
    private func clock(_ mark: ClockMark, _ before: ClockMark, _ entry: JournalEntry) -> Event? {
        let step = mark.wallOffsetMilliseconds - before.wallOffsetMilliseconds
        // The first mark of a new state is no step.
        guard step != 0, before != .unset else { return nil }
        return plain(.clockStepped, entry) { $0.steppedMilliseconds = Int(step) }
    }
}

extension Event {
    /// Takes a lease, and whom and what it concerns.
    fileprivate mutating func take(_ view: LeaseView, _ broker: borrowing Broker) {
        pool = view.pool.value
        group = view.group.value
        seat = view.seat.name.value
        holder = view.holder.value
        lease = Lease(view, wallOffsetMilliseconds: broker.clock.wallOffsetMilliseconds)
    }
}

extension Verb {
    /// The thing, then what is done to it.
    fileprivate var word: String {
        switch self {
        case .grant: "lease-grant"
        case .renew: "lease-renew"
        case .release: "lease-release"
        case .revoke: "lease-revoke"
        case .createPool: "pool-create"
        case .deletePool: "pool-delete"
        case .resizePool: "pool-resize"
        case .cordonPool: "pool-cordon"
        case .uncordonPool: "pool-uncordon"
        case .drainPool: "pool-drain"
        case .cordonSeat: "seat-cordon"
        case .uncordonSeat: "seat-uncordon"
        case .drainSeat: "seat-drain"
        case .putGroup: "group-set"
        case .deleteGroup: "group-delete"
        case .applySite: "site-apply"
        case .setWindows: "windows-set"
        case .leaveLine, .dropConnections: "line-leave"
        case .setSeatLimit: "limit-set"
        case .setClock: "clock-set"
        case .raiseTokenFloor: "state-restore"
        case .passTime: "time-pass"
        case .reload: "reload"
        }
    }
}
