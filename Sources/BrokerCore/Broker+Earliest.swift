/// When something that is refused now will pass.
extension Broker {
    /// How far `earliest` looks ahead for a refusal: beyond so many lease ends it gives that of the
    /// last one looked at, as the soonest that it can be.
    static let lookAheadCountMax = 1_024

    /// Which rules have to pass.
    struct Checks: OptionSet {
        let rawValue: UInt8

        static let window = Checks(rawValue: 1)
        static let quota = Checks(rawValue: 2)
        static let seat = Checks(rawValue: 4)
    }

    /// The first instant, `now` or later, at which the pair passes every rule if leases end when
    /// they say and nobody does anything; nil where none is known.
    ///
    /// It is not the latest of the rules' own instants: when a lease on a seat that retires ends, no
    /// seat comes free but its group's reserve is less met, and windows close again.
    func earliestPass(
        for holder: HolderName, _ pair: Pair, failed: [RuleResult], at now: Instant
    ) -> Instant? {
        // The last of the rules is looked ahead for already.
        if failed.count == 1, failed[0].rule == .poolExhausted,
            groups[Int(pair.group)]!.windows == nil
        {
            return failed[0].earliest
        }
        return firstPass(for: holder, pair, checking: [.window, .quota, .seat], from: now)
    }

    /// As `earliestPass`, for some of the rules.
    ///
    /// - Parameter ahead: so many others have a seat of the pool before.
    func firstPass(
        for holder: HolderName, _ pair: Pair, checking checks: Checks, ahead: Int = 0,
        from now: Instant
    ) -> Instant? {
        let mode = pools[Int(pair.pool)]!.mode
        // A quota stands behind all pools of its group, closed ones too.
        guard mode.kind == .open || checks == .quota else { return nil }
        // A quota of nothing never passes.
        if checks.contains(.quota), groups[Int(pair.group)]!.spec!.quota == 0 { return nil }
        var future = Future(self, holder, pair, checks, ahead: ahead, from: now)
        while true {
            if let drain = mode.upcoming?.start, checks != .quota, future.now >= drain {
                return nil
            }
            if future.passes(self) { return future.now }
            guard future.endCount <= Self.lookAheadCountMax else {
                let soonest =
                    checks.contains(.window)
                    ? opening(of: pair.group, from: future.now) : future.now
                guard let drain = mode.upcoming?.start, checks != .quota else { return soonest }
                return soonest.flatMap { $0 < drain ? $0 : nil }
            }
            guard future.advance(self) else { return nil }
        }
    }

    /// The first instant, `start` or later, at which a group may enter; nil where none is known.
    private func opening(of slot: Slot, from start: Instant) -> Instant? {
        guard !groups[Int(slot)]!.isOpen(at: wallTime(start)) else { return start }
        return windowNumbers(ofGroup: slot, at: start).opens.map { instant($0) }
    }

    /// When a pair has a seat for the first who wait for it, one after the other, as far ahead as is
    /// looked; kept seats do not count.
    func seatInstants(_ pair: Pair, countMax: Int, from now: Instant) -> [Instant] {
        guard pools[Int(pair.pool)]!.mode.kind == .open else { return [] }
        var instants: [Instant] = []
        var future = Future(
            self, nil, pair, [.window, .quota, .seat], ahead: 0, from: now)
        while instants.count < countMax {
            future.ahead = instants.count
            if future.passes(self) {
                instants.append(future.now)
            } else if future.endCount > Self.lookAheadCountMax || !future.advance(self) {
                break
            }
        }
        return instants
    }

    /// When a group's next window begins and its present one ends.
    func windowNumbers(
        ofGroup slot: Slot, at now: Instant
    ) -> (opens: UnixTime?, closes: UnixTime?) {
        guard let windows = groups[Int(slot)]!.windows else { return (nil, nil) }
        let time = wallTime(now)
        let next = windows.firstIndex(after: time)
        guard next < windows.count else { return (nil, nil) }
        if windows[next].start > time { return (windows[next].start, nil) }
        let following = next + 1 < windows.count ? windows[next + 1].start : nil
        return (following, windows[next].end)
    }
}

/// The time to come, as far as it concerns one pair of a group and a pool: leases end in the order of
/// their deadlines, windows begin and end, and so do drains of seats.
private struct Future {
    /// The leases of one group in one pool, by when they end.
    private struct Ends {
        var keys: SortedRuns<DeadlineKey>.Iterator
        var next: DeadlineKey?
        /// No lease of them goes beyond it.
        var cap: Instant?
        var group: Slot
        var isInPool: Bool

        var at: Instant? {
            next.map { next in cap.map { min($0, next.deadline) } ?? next.deadline }
        }
    }

    private(set) var now: Instant
    private(set) var endCount = 0
    private let holder: HolderName?
    private let pair: Broker.Pair
    private let checks: Broker.Checks
    var ahead: Int
    private var ends: [Ends] = []
    private var free: Int
    private var ownFree: Int
    /// Cordons of the pool's seats that are to come, the soonest last, and those of these seats that
    /// are free until then.
    private var closings: [CordonStart] = []
    private var closingFree: Set<SeatName> = []
    private var used: Int
    private var usedInPool: [Slot: Int] = [:]
    private var windowCount = 0

    init(
        _ broker: Broker, _ holder: HolderName?, _ pair: Broker.Pair, _ checks: Broker.Checks,
        ahead: Int, from now: Instant
    ) {
        self.now = now
        self.holder = holder
        self.pair = pair
        self.checks = checks
        self.ahead = ahead
        let pool = Int(pair.pool)
        free = broker.pools[pool]!.free.count
        ownFree = holder.map { broker.pools[pool]!.keptFree[$0]?.count ?? 0 } ?? 0
        used = broker.groups[Int(pair.group)]!.used
        for reserve in broker.pools[pool]!.reserves {
            usedInPool[reserve.group] = broker.groups[Int(reserve.group)]!.used(in: pair.pool)
        }
        for group in broker.groups.indices where broker.groups[group] != nil {
            let slot = Slot(group)
            let window = broker.windowDeadline(ofGroup: slot)
            for use in broker.groups[group]!.uses {
                let isInPool = use.pool == pair.pool && checks.contains(.seat)
                guard isInPool || slot == pair.group && checks.contains(.quota) else { continue }
                var cap = window
                if let drain = broker.drainDeadline(ofPool: use.pool) {
                    cap = cap.map { min($0, drain) } ?? drain
                }
                var keys = use.deadlines.makeIterator()
                let next = keys.next()
                ends.append(
                    Ends(keys: keys, next: next, cap: cap, group: slot, isInPool: isInPool))
            }
        }
        guard checks.contains(.seat) else { return }
        for closing in broker.cordonStarts.reversed() {
            let seat = broker.seats[Int(broker.seatSlots[closing.seat]!)]!
            guard seat.pool == pair.pool else { continue }
            closings.append(closing)
            if seat.isAvailable { closingFree.insert(closing.seat) }
        }
    }

    func passes(_ broker: Broker) -> Bool {
        let group = broker.groups[Int(pair.group)]!
        if checks.contains(.window), !group.isOpen(at: broker.wallTime(now)) { return false }
        if checks.contains(.quota), let limit = group.spec!.quota, used >= limit { return false }
        guard checks.contains(.seat) else { return true }
        if ownFree > 0 { return true }
        var reserved = 0
        for reserve in broker.pools[Int(pair.pool)]!.reserves where reserve.group != pair.group {
            guard broker.groups[Int(reserve.group)]!.isOpen(at: broker.wallTime(now)) else {
                continue
            }
            reserved += max(0, reserve.seats - (usedInPool[reserve.group] ?? 0))
        }
        return free - ahead > reserved
    }

    /// Goes on to the next instant at which something changes; false when nothing does any more.
    mutating func advance(_ broker: Broker) -> Bool {
        var next = ends.compactMap(\.at).min()
        if let boundary = nextBoundary(broker), windowCount < Broker.lookAheadCountMax {
            windowCount += 1
            next = next.map { min($0, boundary) } ?? boundary
        }
        if let closing = closings.last?.at { next = next.map { min($0, closing) } ?? closing }
        guard let next else { return false }
        now = max(now, next)
        for index in ends.indices {
            while let at = ends[index].at, at <= now {
                end(ends[index].next!.lease, ends[index], broker)
                ends[index].next = ends[index].keys.next()
                endCount += 1
            }
        }
        while let closing = closings.last, closing.at <= now {
            closings.removeLast()
            guard closingFree.remove(closing.seat) != nil else { continue }
            count(broker.seats[Int(broker.seatSlots[closing.seat]!)]!, -1)
        }
        return true
    }

    private mutating func end(_ slot: Slot, _ of: Ends, _ broker: Broker) {
        if of.group == pair.group { used -= 1 }
        guard of.isInPool else { return }
        usedInPool[of.group]? -= 1
        let seat = broker.seats[Int(broker.leases[Int(slot)]!.seat)]!
        guard !seat.retiring && !seat.isCordoned else { return }
        if let start = seat.cordon?.start {
            guard now < start else { return }
            closingFree.insert(seat.name)
        }
        count(seat, 1)
    }

    private mutating func count(_ seat: Seat, _ change: Int) {
        if let kept = seat.keptFor {
            if kept == holder { ownFree += change }
        } else {
            free += change
        }
    }

    /// When the pair's own window begins, or one of a group that reserves seats ends.
    private func nextBoundary(_ broker: Broker) -> Instant? {
        let time = broker.wallTime(now)
        var next: UnixTime?
        func consider(_ boundary: UnixTime?) {
            guard let boundary, boundary > time else { return }
            next = next.map { min($0, boundary) } ?? boundary
        }
        if checks.contains(.window), let windows = broker.groups[Int(pair.group)]!.windows {
            let index = windows.firstIndex(after: time)
            for window in windows[index...].prefix(2) { consider(window.start) }
        }
        if checks.contains(.seat) {
            for reserve in broker.pools[Int(pair.pool)]!.reserves where reserve.group != pair.group
            {
                guard let windows = broker.groups[Int(reserve.group)]!.windows else { continue }
                let index = windows.firstIndex(after: time)
                if index < windows.count { consider(windows[index].end) }
            }
        }
        return next.map { broker.instant($0) }
    }
}

extension Group {
    /// Whether its people may enter at a time by the wall clock.
    func isOpen(at time: UnixTime) -> Bool {
        guard let windows else { return true }
        let index = windows.firstIndex(after: time)
        return index < windows.count && windows[index].start <= time
    }
}
