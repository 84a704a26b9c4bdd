import BrokerCore
import BrokerStore

/// Items about pools, seats, groups and the rota.
extension HistoryProjector {
    func seatItems(
        of entry: JournalEntry, at index: Int, _ summary: inout EntrySummary
    ) -> [AuditDraft] {
        switch entry.records[index] {
        case .poolPut(let spec, _):
            summary.pools.insert(spec.name)
            return [poolPut(spec, entry)]
        case .poolModeSet(let name, let mode, _): return [modeSet(name, mode, entry)]
        case .poolRemoved(let name):
            summary.pools.insert(name)
            return [item(entry, .poolDelete, .pool(name))]
        case .seatsAdded(let pool, _, let count):
            summary.seatsAdded[pool, default: 0] += count
        case .seatListed(let pool, _): summary.seatsAdded[pool, default: 0] += 1
        case .seatRemoved(let name):
            if let pool = broker.seat(name)?.pool { summary.seatsRemoved[pool, default: 0] += 1 }
        case .seatReclaimed(let name):
            if let pool = broker.seat(name)?.pool { summary.seatsKept[pool, default: 0] += 1 }
        case .seatRetiring(let name, let deadline, _):
            summary.displaced += 1
            let seat = broker.seat(name)
            var details = JSONText()
            details.add("pool", seat?.pool.value)
            details.add("deadline", text(deadline))
            return [item(entry, .seatRetire, .seat(name), details, holder: seat?.holder)]
        case .seatCordonSet(let name, let cordon):
            guard let cordon else { return [item(entry, .seatUncordon, .seat(name))] }
            var details = JSONText()
            if let start = cordon.start { details.add("starts_at", text(start)) }
            if let deadline = cordon.deadline { details.add("deadline", text(deadline)) }
            let isDrain = entry.verb == .drainSeat || cordon.start != nil || cordon.deadline != nil
            return [
                item(
                    entry, isDrain ? .seatDrain : .seatCordon, .seat(name), details,
                    why: cordon.reason)
            ]
        case .seatOpened(let name, let reason):
            return [item(entry, .seatUncordon, .seat(name), why: reason)]
        case _: break
        }
        return []
    }

    private func poolPut(_ spec: PoolSpec, _ entry: JournalEntry) -> AuditDraft {
        let former = broker.pool(spec.name)?.spec
        var details = JSONText()
        details.addChange("size", former?.size, spec.size)
        details.addChange("seat_name", former?.seatName, spec.seatName)
        details.addChange("seat_host", former?.seatHost, spec.seatHost)
        details.addChange("seat_url", former?.seatURL, spec.seatURL)
        details.addChange("port", former?.port, spec.port)
        details.addChange("protocol", former?.seatProtocol.rawValue, spec.seatProtocol.rawValue)
        details.addChange("lease_ttl_seconds", former?.leaseTTLSeconds, spec.leaseTTLSeconds)
        details.addChange(
            "lease_ttl_max_seconds", former?.leaseTTLSecondsMax, spec.leaseTTLSecondsMax)
        details.addChange(
            "seats", former?.listed.map(\.name.value), spec.listed.map(\.name.value))
        let before = former?.listed.compactMap(\.keptFor?.value) ?? []
        let after = spec.listed.compactMap(\.keptFor?.value)
        let verb: AuditVerb =
            if entry.verb == .resizePool {
                .poolResize
            } else {
                former == nil ? .poolCreate : .poolSet
            }
        return item(
            entry, verb, .pool(spec.name), details,
            people: [
                AuditPeople("kept_for_added", Self.missing(after, in: before)),
                AuditPeople("kept_for_removed", Self.missing(before, in: after)),
            ])
    }

    private func modeSet(
        _ name: PoolName, _ mode: PoolMode, _ entry: JournalEntry
    ) -> AuditDraft {
        var details = JSONText()
        var verb: AuditVerb
        var why = mode.reason
        switch mode.kind {
        case .open: verb = .poolUncordon
        case .cordoned: verb = .poolCordon
        case .draining:
            verb = .poolDrain
            if let deadline = mode.deadline { details.add("deadline", text(deadline)) }
        }
        if let upcoming = mode.upcoming, broker.pool(name)?.mode.upcoming != upcoming {
            verb = .poolDrain
            why = upcoming.reason
            details.add("starts_at", text(upcoming.start))
            if let deadline = upcoming.deadline { details.add("deadline", text(deadline)) }
        }
        // A drain that was planned begins by itself.
        let planner = entry.actor.role == .system ? mode.by.map { [$0] } ?? [] : []
        return item(
            entry, verb, .pool(name), details, people: [AuditPeople("planned_by", planner)],
            why: why)
    }

    // MARK: The site

    func siteItems(
        of entry: JournalEntry, at index: Int, _ summary: inout EntrySummary
    ) -> [AuditDraft] {
        switch entry.records[index] {
        case .groupPut(let spec):
            summary.groups.insert(spec.name)
            return [groupPut(spec, entry)]
        case .groupRemoved(let name):
            summary.groups.insert(name)
            return [item(entry, .groupDelete, .group(name))]
        case .siteOrdered:
            summary.hasSiteOrder = true
            return []
        case .rotaSet(let rota):
            let former = broker.rota
            var details = JSONText()
            details.addChange("timezone", former?.timezone, rota?.timezone)
            details.addChange("cycle_weeks", former?.cycleWeeks, rota?.cycleWeeks)
            details.addChange("grace_seconds", former?.graceSeconds, rota?.graceSeconds)
            details.addChange(
                "slots", former?.slots.map { "\($0.name)=\($0.hours)" },
                rota?.slots.map { "\($0.name)=\($0.hours)" })
            details.addChange("exceptions", former?.exceptions.count, rota?.exceptions.count)
            return [item(entry, .rotaSet, .rota, details)]
        case .windowsReach(let until, let zones):
            var details = JSONText()
            details.add("until", text(until))
            details.add("zones", zones)
            return [item(entry, .windowsSet, .rota, details)]
        case .turnSet(let group, let turn):
            var details = JSONText()
            if let turn { details.add("window_ends_at", text(turn.ends)) }
            let isOpen = turn?.phase == .open
            return [item(entry, isOpen ? .windowOpen : .windowClose, .group(group), details)]
        case _: return []
        }
    }

    private func groupPut(_ spec: GroupSpec, _ entry: JournalEntry) -> AuditDraft {
        let former = broker.group(spec.name, at: entry.at)?.spec
        var details = JSONText()
        details.add("created", former == nil)
        details.addChange("quota", former?.quota, spec.quota)
        details.addChange("pools", former?.pools.map(\.value), spec.pools.map(\.value))
        details.addChange("reserve", former?.reserveTexts, spec.reserveTexts)
        details.addChange("slots", former?.slots, spec.slots)
        details.addChange("unix_groups", former?.unixGroupTexts, spec.unixGroupTexts)
        let before = former?.userNames ?? []
        let after = spec.userNames
        return item(
            entry, .groupSet, .group(spec.name), details,
            people: [
                AuditPeople("members_added", Self.missing(after, in: before)),
                AuditPeople("members_removed", Self.missing(before, in: after)),
            ])
    }

    /// Those of a list that another does not have.
    private static func missing(_ names: [String], in others: [String]) -> [String] {
        let others = Set(others)
        return names.filter { !others.contains($0) }
    }

    // MARK: Of a whole entry

    /// After its last record: what it did to many seats, and to the site as a whole.
    func summaryItems(of entry: JournalEntry, _ summary: EntrySummary) -> [AuditDraft] {
        var items: [AuditDraft] = []
        func add(_ verb: AuditVerb, _ counts: [PoolName: Int]) {
            for pool in counts.keys.sorted() {
                var details = JSONText()
                details.add("count", counts[pool])
                items.append(item(entry, verb, .pool(pool), details))
            }
        }
        add(.seatsAdd, summary.seatsAdded)
        add(.seatsKeep, summary.seatsKept)
        add(.seatsRemove, summary.seatsRemoved)
        let isSite = entry.verb == .applySite || entry.verb == nil && summary.hasSiteOrder
        let isRefused = entry.records.contains {
            if case .changeRefused = $0 { true } else { false }
        }
        if isSite, !isRefused {
            var details = JSONText()
            details.add("pools", summary.pools.map(\.value).sorted())
            details.add("groups", summary.groups.map(\.value).sorted())
            details.add("displaced", summary.displaced)
            items.append(item(entry, .siteApply, .site, details))
        }
        // They stand at the entry's last record.
        for index in items.indices { items[index].revision = broker.revision }
        return items
    }
}

extension GroupSpec {
    fileprivate var reserveTexts: [String] { reserve.map { "\($0.pool.value)=\($0.seats)" } }

    fileprivate var unixGroupTexts: [String] {
        members.compactMap { if case .unixGroup(let name) = $0 { name.value } else { nil } }
    }

    fileprivate var userNames: [String] {
        members.compactMap { if case .user(let name) = $0 { name.value } else { nil } }
    }
}
