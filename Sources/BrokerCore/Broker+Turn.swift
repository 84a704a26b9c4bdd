/// When groups with slots may enter, and how far their leases go.
extension Broker {
    /// How long a lease may outlive its group's window.
    var graceSeconds: Int { rota?.graceSeconds ?? RotaSpec.graceSecondsDefault }

    /// The wall clock's second in which an instant lies.
    package func wallTime(_ instant: Instant) -> UnixTime {
        let milliseconds = Int(clamping: wallMilliseconds(instant))
        return UnixTime(seconds: milliseconds.floorDivided(by: 1_000))
    }

    /// The instant at which a second of the wall clock begins.
    package func instant(_ time: UnixTime) -> Instant {
        instant(wallMilliseconds: Int64(time.seconds) * 1_000)
    }

    /// When the leases of a group end for its window's sake, at the latest; nil: never.
    func windowDeadline(ofGroup slot: Slot) -> Instant? {
        guard let turn = groups[Int(slot)]!.turn else { return nil }
        return instant(turn.ends).adding(seconds: graceSeconds)
    }

    /// Forgets what was found out about the present: it is looked at again with the next decision.
    mutating func lookAgain() {
        turnsHold = 0..<0
        isChargeDue = true
        isLineDue = true
        isLineReviewDue = true
    }

    /// When a window of some group begins or ends next, or `now` where that is yet to be looked at;
    /// nil without windows.
    func nextTurn(after now: Instant) -> Instant? {
        guard groups.contains(where: { $0?.windows != nil }) else { return nil }
        guard turnsHold.contains(wallMilliseconds(now)) else { return now }
        return turnsHold.upperBound == .max ? nil : instant(wallMilliseconds: turnsHold.upperBound)
    }

    /// Brings every group to where its windows say that it stands. A pure function of the instant:
    /// when nobody looked for a while, the result is the same.
    mutating func turnGroups(at now: Instant) {
        let wall = wallMilliseconds(now)
        guard !turnsHold.contains(wall) else { return }
        // The window that somebody waits for may be over, also where nobody looked while it lasted.
        isLineReviewDue = true
        let time = wallTime(now)
        var hold = Int64.min..<Int64.max
        for slot in turnOrder {
            guard let windows = groups[Int(slot)]?.windows else { continue }
            turn(slot, windows, time, at: now)
            let next = windows.firstIndex(after: time)
            let boundaries = [
                next > 0 ? windows[next - 1].end : nil,
                next < windows.count ? windows[next].start : nil,
                next < windows.count ? windows[next].end : nil,
                // A change of the site may have ended a turn when no window does.
                groups[Int(slot)]?.turn?.ends,
            ]
            for case let boundary? in boundaries {
                let milliseconds = Int64(boundary.seconds) * 1_000
                if milliseconds <= wall {
                    hold = max(hold.lowerBound, milliseconds)..<hold.upperBound
                } else {
                    hold = hold.lowerBound..<min(hold.upperBound, milliseconds)
                }
            }
        }
        turnsHold = hold
    }

    private mutating func turn(
        _ slot: Slot, _ windows: [UTCWindow], _ time: UnixTime, at now: Instant
    ) {
        var isLater = false
        if let turn = groups[Int(slot)]!.turn {
            var next = windows.firstIndex(startingAt: turn.ends)
            while next < windows.count, windows[next].start <= time {
                isLater = true
                // Leases go on in the next window if it begins before their grace is over.
                if windowDeadline(ofGroup: slot)! <= instant(windows[next].start) {
                    endLeases(ofGroup: slot, at: now)
                    // A deleted group goes with its last lease.
                    guard groups[Int(slot)] != nil else { return }
                }
                set(slot, windows[next], time, at: now)
                next += 1
            }
        }
        guard !isLater else { return }
        let next = windows.firstIndex(after: time)
        if next < windows.count, windows[next].start <= time {
            set(slot, windows[next], time, at: now)
        } else if let turn = groups[Int(slot)]!.turn {
            set(slot, Turn(phase: time < turn.ends ? .early : .over, ends: turn.ends), at: now)
        } else if next > 0 {
            set(slot, windows[next - 1], time, at: now)
        }
    }

    private mutating func set(
        _ slot: Slot, _ window: UTCWindow, _ time: UnixTime, at now: Instant
    ) {
        set(slot, Turn(phase: time < window.end ? .open : .over, ends: window.end), at: now)
    }

    private mutating func set(_ slot: Slot, _ turn: Turn, at now: Instant) {
        guard groups[Int(slot)]!.turn != turn else { return }
        commit(.turnSet(groups[Int(slot)]!.name, turn), at: now)
    }

    /// All groups in an order that does not depend on where they are kept: the site's, then deleted
    /// ones by their names.
    private var turnOrder: [Slot] {
        let gone = groups.indices.filter { groups[$0] != nil && groups[$0]!.spec == nil }
            .sorted { groups[$0]!.name < groups[$1]!.name }
        return groupOrder + gone.map { Slot($0) }
    }

    /// Ends the leases of groups whose window and grace are over.
    mutating func endOverdueLeases(at now: Instant) {
        guard groups.indices.contains(where: { isOverdue(Slot($0), at: now) }) else { return }
        for slot in turnOrder where isOverdue(slot, at: now) { endLeases(ofGroup: slot, at: now) }
    }

    private func isOverdue(_ slot: Slot, at now: Instant) -> Bool {
        guard groups[Int(slot)]?.turn != nil, groups[Int(slot)]!.used > 0 else { return false }
        return windowDeadline(ofGroup: slot)! <= now
    }

    /// Ends every lease that is still charged to a group.
    private mutating func endLeases(ofGroup slot: Slot, at now: Instant) {
        for slot in charged(toGroup: slot) {
            let lease = leases[Int(slot)]!
            let end = dueEnd(of: lease)
            commit(.leaseEnded(lease.id, end.reason, detail: end.detail), at: now)
        }
    }

    /// The leases of a group in the order of their grants.
    private func charged(toGroup slot: Slot) -> [Slot] {
        groups[Int(slot)]!.uses.flatMap { $0.deadlines.map(\.lease) }
            .map { (lease: $0, revision: leases[Int($0)]!.grantRevision) }
            .sorted { $0.revision < $1.revision }.map(\.lease)
    }

    // MARK: Another group of the holder

    /// Whether some lease may have found another group since it was last looked.
    package var mayCharge: Bool {
        isChargeDue
            && groups.contains { $0.map { $0.turn?.phase == .over && $0.used > 0 } ?? false }
    }

    /// Charges leases whose group's window is over to another group of their holder, as soon as
    /// there is one that may enter.
    mutating func chargeElsewhere(at now: Instant) {
        guard isChargeDue else { return }
        isChargeDue = false
        for slot in turnOrder where groups[Int(slot)]?.turn?.phase == .over {
            guard groups[Int(slot)]!.used > 0, windowDeadline(ofGroup: slot)! > now else {
                continue
            }
            for lease in charged(toGroup: slot) { chargeElsewhere(lease, at: now) }
        }
    }

    mutating func chargeElsewhere(_ slot: Slot, at now: Instant) {
        let lease = leases[Int(slot)]!
        let pool = pools[Int(lease.pool)]!.spec.name
        let unixGroups = lease.vouched ?? subjects[lease.holder] ?? []
        let others = groupSlots(of: Subject(holder: lease.holder, unixGroups: unixGroups))
        let other = others.first { other in
            guard other != lease.group, let spec = groups[Int(other)]!.spec else { return false }
            return groups[Int(other)]!.isOpen && spec.pools.contains(pool)
                && spec.quota.map { groups[Int(other)]!.used < $0 } ?? true
        }
        if let other { commit(.leaseCharged(lease.id, groups[Int(other)]!.name), at: now) }
    }

    /// Writes down which unix groups count for a person, when they are others than the last time.
    mutating func noteSubject(_ subject: Subject, at now: Instant) {
        let unixGroups = Array(subject.unixGroups.sorted().prefix(Self.unixGroupCountMax))
        guard subjects[subject.holder] ?? [] != unixGroups else { return }
        commit(.subjectSeen(subject.holder, unixGroups), at: now)
    }

    /// The unix groups that counted for people the last time.
    package var knownSubjects: [HolderName: [UnixGroupName]] { subjects }

    /// Unix groups that are kept for a person; directories give some dozens.
    static let unixGroupCountMax = 128
}

extension [UTCWindow] {
    /// The position of the first window that ends after a time: the one that contains it, or the
    /// next.
    func firstIndex(after time: UnixTime) -> Int { partition { $0.end > time } }

    /// The position of the first window that starts at a time or later.
    func firstIndex(startingAt time: UnixTime) -> Int { partition { $0.start >= time } }

    private func partition(_ isBehind: (UTCWindow) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
