/// The windows of groups with slots.
extension Broker {
    /// Windows that are over are kept for so long: a clock that is set back finds them again.
    static let pastSeconds = 3 * 86_400

    /// Whether the windows are those of another rota or of other slots than the site has now.
    package var needsWindows: Bool { windowsRevision != slotsRevision }

    /// The groups whose windows a site needs, in its order.
    package var slottedGroups: [GroupName] {
        groupOrder.compactMap { slot in
            let group = groups[Int(slot)]!
            return group.spec!.slots == nil ? nil : group.name
        }
    }

    /// Takes over the windows of the present rota.
    ///
    /// - Returns: `windowsSet` with the leases that are ending by it.
    /// - Throws: `reservesCollide` when groups that are in turn together reserve more than there is.
    mutating func setWindows(
        _ table: WindowTable, at now: Instant
    ) throws(Refusal) -> Decision {
        let time = wallTime(now)
        var leftOut: [LeaseID] = []
        var known: [GroupName: [UTCWindow]] = [:]
        for entry in table.groups { known[entry.group] = entry.windows }
        for slot in groupOrder {
            let group = groups[Int(slot)]!
            guard group.spec!.slots != nil else {
                if group.windows != nil { commit(.windowsSet(group.name, nil), at: now) }
                continue
            }
            let new = known[group.name] ?? []
            let isNewRota = table.isNewRota || group.windows == nil
            let windows = merged(group.windows ?? [], new, at: time, isNewRota: isNewRota)
            if let old = group.windows, kept(old, at: time) == windows { continue }
            let ends = group.turn?.ends ?? time
            // The window before which the clock was set back is none any more. Where an earlier change
            // has made it none, this one takes nothing away.
            let isGone =
                (group.windows ?? []).contains { $0.end == ends }
                && !windows.contains { $0.end == ends }
            let isLeftOut =
                (group.windows == nil ? group.used > 0 : group.turn.map { $0.phase != .over })
                ?? false
            // What the calendar brings by itself sends nobody away.
            if isNewRota, isLeftOut, !windows.contains(where: { $0.contains(time) }),
                group.windows == nil || group.turn?.phase == .open || isGone
            {
                for use in group.uses {
                    for key in use.deadlines { leftOut.append(leases[Int(key.lease)]!.id) }
                }
                commit(.windowsSet(group.name, windows), at: now)
                commit(.turnSet(group.name, Turn(phase: .over, ends: time)), at: now)
            } else {
                commit(.windowsSet(group.name, windows), at: now)
            }
        }
        if needsWindows || windowsReach != table.until || zones != table.zones {
            commit(.windowsReach(table.until, zones: table.zones), at: now)
        }
        expire(at: now)
        // What the calendar brings by itself is no reason to have no windows at all.
        if table.isNewRota, let collision = reserveCollision(from: time) { throw collision }
        return .windowsSet(
            displaced: leftOut.compactMap { lease($0) }.filter { $0.state != .active }
                .sorted { $0.grantRevision < $1.grantRevision })
    }

    /// What is not too old.
    private func kept(_ windows: [UTCWindow], at time: UnixTime) -> [UTCWindow] {
        let first = time.adding(seconds: -Self.pastSeconds)
        return windows.compactMap { $0.clipped(from: first, to: .latest) }
    }

    /// The windows of a new rota: the present one is new as a whole, and what was before it stays as it
    /// was. Without a new rota the present window stays too. What touches is one.
    private func merged(
        _ old: [UTCWindow], _ new: [UTCWindow], at time: UnixTime, isNewRota: Bool
    ) -> [UTCWindow] {
        var result = kept(old, at: time)
        var coming = new[...]
        if isNewRota {
            coming = new[new.firstIndex(after: time)...]
            let border = coming.first.map { min($0.start, time) } ?? time
            result = result.compactMap { $0.clipped(from: .earliest, to: border) }
        } else {
            result.removeAll { $0.start > time }
            coming = new.drop { $0.start <= time }
        }
        for window in coming { result.appendMerging(window) }
        return result
    }

    // MARK: Records

    mutating func applyWindows(_ name: GroupName, _ windows: [UTCWindow]?) throws(Misfit) {
        let slot = Int(try groupSlot(name))
        groups[slot]!.windows = windows
        if windows == nil { groups[slot]!.turn = nil }
        lookAgain()
    }

    mutating func applyTurn(_ name: GroupName, _ turn: Turn?) throws(Misfit) {
        let slot = try groupSlot(name)
        remember(.turn(slot, groups[Int(slot)]!.turn))
        groups[Int(slot)]!.turn = turn
        isChargeDue = true
        isLineDue = true
    }

    mutating func applyCharge(_ id: LeaseID, _ group: GroupName) throws(Misfit) {
        let slot = try leaseSlot(id)
        let groupSlot = try groupSlot(group)
        var lease = leases[Int(slot)]!
        let former = lease.group
        lease.group = groupSlot
        setLease(slot, lease)
        dropGroupIfGone(former)
    }
}
