/// When groups that are in turn together may claim more than there is.
extension Broker {
    /// The most that is told: whoever has read so many knows that the quotas are too large.
    package static let shortfallCountMax = 20

    /// A claim of a group on seats, while it may enter.
    private struct Claim {
        var group: Slot
        var seats: Int
        /// nil: always.
        var times: [UTCWindow]?
    }

    /// When, between two times, the quotas of the groups that are in turn or in the grace after it go
    /// beyond the seats of the pools that they share. Groups without a quota claim nothing.
    ///
    /// - Parameters:
    ///   - to: nil: as far as the windows reach.
    ///   - pool: its seats do not count.
    func shortfalls(
        from: UnixTime, to: UnixTime? = nil, without pool: Slot? = nil
    ) -> [Shortfall] {
        let end = to ?? windowsReach ?? from
        var found: [Shortfall] = []
        for shared in sharedPools() {
            if let pool, !shared.contains(pool) { continue }
            let names = Set(shared.map { pools[Int($0)]!.spec.name })
            let claims = groupOrder.compactMap { slot -> Claim? in
                let group = groups[Int(slot)]!
                guard let quota = group.spec!.quota, quota > 0,
                    group.spec!.pools.contains(where: { names.contains($0) })
                else { return nil }
                return Claim(
                    group: slot, seats: quota,
                    times: times(of: group, from: from, to: end, graceSeconds: graceSeconds))
            }
            let seats = shared.reduce(0) { $1 == pool ? $0 : $0 + pools[Int($1)]!.spec.size }
            found += excesses(
                claims, over: seats, pool: shared.count == 1 ? shared.first : nil, from: from,
                countMax: Self.shortfallCountMax)
        }
        return Array(found.prefix(Self.shortfallCountMax))
    }

    /// The same from an instant on, as far as the windows reach.
    package func shortfalls(at now: Instant) -> [Shortfall] { shortfalls(from: wallTime(now)) }

    /// The first time at which groups that are in turn together reserve more of a pool than there
    /// is; nil: none.
    func reserveCollision(from: UnixTime) -> Refusal? {
        guard let end = windowsReach else { return nil }
        for pool in poolOrder {
            let claims = groupOrder.compactMap { slot -> Claim? in
                guard let reserve = pools[Int(pool)]!.reserves.first(where: { $0.group == slot })
                else { return nil }
                return Claim(
                    group: slot, seats: reserve.seats,
                    times: times(of: groups[Int(slot)]!, from: from, to: end, graceSeconds: 0))
            }
            guard claims.contains(where: { $0.times != nil }) else { continue }
            let size = pools[Int(pool)]!.spec.size
            let excesses = excesses(claims, over: size, pool: pool, from: from, countMax: 1)
            guard let first = excesses.first, let last = first.groups.last,
                let position = groupOrder.firstIndex(where: { groups[Int($0)]!.name == last })
            else { continue }
            return .reservesCollide(group: position, first)
        }
        return nil
    }

    /// Pools that groups with a quota have in common, each set in the site's order.
    private func sharedPools() -> [[Slot]] {
        var sets = poolOrder.map { [$0] }
        for slot in groupOrder {
            let spec = groups[Int(slot)]!.spec!
            guard spec.quota != nil else { continue }
            let own = spec.pools.compactMap { poolSlots[$0] }
            let touched = sets.filter { $0.contains { own.contains($0) } }
            guard touched.count > 1 else { continue }
            sets.removeAll { $0.contains { own.contains($0) } }
            let joined = Set(touched.joined())
            sets.append(poolOrder.filter { joined.contains($0) })
        }
        return sets
    }

    /// When a group claims its seats; nil: always.
    private func times(
        of group: Group, from: UnixTime, to: UnixTime, graceSeconds: Int
    ) -> [UTCWindow]? {
        guard let windows = group.windows else { return nil }
        var times: [UTCWindow] = []
        let first = windows.firstIndex(after: from.adding(seconds: -graceSeconds))
        for window in windows[first...] where window.start < to {
            let claimed = UTCWindow(
                start: window.start, end: window.end.adding(seconds: graceSeconds)
            )?.clipped(from: from, to: to)
            if let claimed { times.appendMerging(claimed) }
        }
        return times
    }

    /// The stretches in which claims sum up to more than `seats`, in the order of time: the first for
    /// each set of groups, and how often it comes again.
    private func excesses(
        _ claims: [Claim], over seats: Int, pool: Slot?, from: UnixTime, countMax: Int
    ) -> [Shortfall] {
        var events: [(time: UnixTime, claim: Int, begins: Bool)] = []
        for (index, claim) in claims.enumerated() {
            for window in claim.times ?? [] {
                events.append((window.start, index, true))
                events.append((window.end, index, false))
            }
        }
        events.sort {
            ($0.time.seconds, $0.begins ? 1 : 0, $0.claim)
                < ($1.time.seconds, $1.begins ? 1 : 0, $1.claim)
        }
        var isOn = claims.map { $0.times == nil }
        var sum = claims.reduce(0) { $0 + ($1.times == nil ? $1.seats : 0) }
        func excess(_ start: UnixTime?, _ end: UnixTime?) -> Shortfall {
            Shortfall(
                start: start, end: end, pool: pool.map { pools[Int($0)]!.spec.name },
                quotas: sum, seats: seats,
                groups: claims.indices.filter { isOn[$0] }
                    .map { groups[Int(claims[$0].group)]!.name })
        }
        var found: [Shortfall] = []
        var known: [[Bool]: Int] = [:]
        var start: UnixTime?
        func note(until end: UnixTime?) {
            guard sum > seats, end.map({ start ?? from < $0 }) ?? true else { return }
            if let first = known[isOn] {
                found[first].repeats += 1
            } else if found.count < countMax {
                known[isOn] = found.count
                found.append(excess(start, end))
            }
        }
        var index = 0
        while index < events.count {
            let time = events[index].time
            note(until: time)
            while index < events.count, events[index].time == time {
                isOn[events[index].claim] = events[index].begins
                let claimed = claims[events[index].claim].seats
                sum += events[index].begins ? claimed : -claimed
                index += 1
            }
            start = time
        }
        note(until: nil)
        return found
    }
}
