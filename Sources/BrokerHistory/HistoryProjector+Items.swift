import BrokerCore
import BrokerStore

/// Items of the audit, a kind of record at a time, from the state before the record.
extension HistoryProjector {
    func items(
        of entry: JournalEntry, at index: Int, _ summary: inout EntrySummary
    ) -> [AuditDraft] {
        switch entry.records[index] {
        case .leaseGranted(let grant): return [granted(grant, entry, at: index)]
        case .leaseRenewed(let id, let deadline):
            var details = leaseDetails(id)
            details.add("expires_at", text(deadline))
            return [
                item(entry, .renew, .lease(id), details, holder: broker.lease(id)?.holder)
            ]
        case .leaseRevocationSet(let id, let deadline, let reason):
            var details = leaseDetails(id)
            details.add("deadline", text(deadline))
            return [
                item(
                    entry, .revoke, .lease(id), details, holder: broker.lease(id)?.holder,
                    why: reason)
            ]
        case .leaseEnded(let id, let reason, let detail):
            return [ended(id, reason, detail, entry)]
        case .leaseCharged(let id, let group):
            var details = JSONText()
            details.addChange("group", broker.lease(id)?.group.value, group.value)
            return [
                item(entry, .charge, .lease(id), details, holder: broker.lease(id)?.holder)
            ]
        case .waitStarted, .waitEnded, .refused, .changeRefused:
            return lineItems(of: entry, at: index)
        case .poolPut, .poolModeSet, .poolRemoved, .seatsAdded, .seatListed, .seatRemoved,
            .seatRetiring, .seatReclaimed, .seatCordonSet, .seatOpened:
            return seatItems(of: entry, at: index, &summary)
        case .groupPut, .groupRemoved, .siteOrdered, .rotaSet, .windowsReach, .turnSet:
            return siteItems(of: entry, at: index, &summary)
        case .clockSet(let mark):
            let step = mark.wallOffsetMilliseconds - broker.clock.wallOffsetMilliseconds
            // The first one, and another boot, step nothing.
            guard broker.clock != .unset, step != 0 else { return [] }
            var details = JSONText()
            details.add("milliseconds", Int(step))
            return [item(entry, .clockSet, .broker, details)]
        case .seatLimitSet(let limit):
            var details = JSONText()
            details.addChange("seat_limit", broker.seatLimit, limit)
            return [item(entry, .seatLimitSet, .broker, details)]
        case .tokenFloorSet(let floor):
            var details = JSONText()
            details.add("above", Int(clamping: floor))
            return [item(entry, .tokensRaise, .broker, details)]
        case .configurationRead(let keys):
            var details = JSONText()
            details.add("changed", keys)
            return [item(entry, .reload, .broker, details)]
        case .keyRemembered, .subjectSeen, .windowsSet, .waitResumed, .waitAbsent:
            // They follow from what has its item.
            return []
        }
    }

    // MARK: Making an item

    /// - Parameter by: who asked, where the entry's own actor did not.
    func item(
        _ entry: JournalEntry, _ verb: AuditVerb, _ target: AuditTarget,
        _ details: JSONText = JSONText(), holder: HolderName? = nil, people: [AuditPeople] = [],
        why: String? = nil, outcome: String = AuditDraft.done, by: Actor? = nil
    ) -> AuditDraft {
        let actor = by ?? entry.actor
        return AuditDraft(
            revision: broker.revision + 1, at: broker.wallMilliseconds(entry.at),
            role: actor.role, channel: actor.channel, verb: verb, target: target,
            details: details.object, outcome: outcome,
            names: AuditNames(
                actor: actor.name, uid: actor.uid, holder: holder?.value,
                people: people.filter { !$0.names.isEmpty },
                why: why.flatMap { $0.isEmpty ? nil : $0 }))
    }

    private func leaseDetails(_ id: LeaseID) -> JSONText {
        var details = JSONText()
        guard let lease = broker.lease(id) else { return details }
        details.add("pool", lease.pool.value)
        details.add("group", lease.group.value)
        details.add("seat", lease.seat.name.value)
        return details
    }

    // MARK: Leases

    /// A lease out of the line is by who waited for it.
    private func granted(
        _ grant: GrantedLease, _ entry: JournalEntry, at index: Int
    ) -> AuditDraft {
        var details = JSONText()
        let seat = broker.seat(grant.seat)
        details.add("pool", seat?.pool.value)
        details.add("group", grant.group.value)
        details.add("seat", grant.seat.value)
        details.add("token", Int(clamping: grant.token))
        details.add("expires_at", text(grant.ttlDeadline))
        let waiter = waiter(of: grant, in: entry.records[index...])
        if let waiter { details.add("waited_seconds", waiter.since.secondsUntil(entry.at)) }
        return item(
            entry, .grant, .lease(grant.id), details, holder: grant.holder, by: waiter?.actor)
    }

    private func waiter(of grant: GrantedLease, in records: ArraySlice<Record>) -> Waiter? {
        for record in records {
            guard case .waitEnded(let ticket, .granted, _) = record,
                let waiter = broker.waiter(ticket.number), waiter.request.id == grant.id
            else { continue }
            return waiter
        }
        return nil
    }

    private func ended(
        _ id: LeaseID, _ reason: EndReason, _ detail: String?, _ entry: JournalEntry
    ) -> AuditDraft {
        var details = leaseDetails(id)
        let lease = broker.lease(id)
        if let lease { details.add("seconds", lease.grantedAt.secondsUntil(entry.at)) }
        details.add("end_reason", reason.text)
        let verb: AuditVerb =
            switch reason {
            case .released: .release
            case .expired: .expire
            case .revoked: entry.actor.role == .system ? .end : .revoke
            case .windowClosed, .drained, .seatFailed: .end
            }
        return item(entry, verb, .lease(id), details, holder: lease?.holder, why: detail)
    }
}

extension EndReason {
    /// As the API says it.
    package var text: String {
        switch self {
        case .released: "released"
        case .expired: "expired"
        case .revoked: "revoked"
        case .windowClosed: "window-closed"
        case .drained: "drained"
        case .seatFailed: "seat-failed"
        }
    }
}

extension AuditTarget {
    static let site = AuditTarget(.site)
    static let rota = AuditTarget(.rota)
    static let broker = AuditTarget(.broker)
    static func lease(_ id: LeaseID) -> AuditTarget { AuditTarget(.lease, id.text) }
    static func pool(_ name: PoolName) -> AuditTarget { AuditTarget(.pool, name.value) }
    static func seat(_ name: SeatName) -> AuditTarget { AuditTarget(.seat, name.value) }
    static func group(_ name: GroupName) -> AuditTarget { AuditTarget(.group, name.value) }
}
