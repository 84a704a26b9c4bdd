import BrokerAPI

/// One admin who changes pools, groups and seats and puts them back, a few calls a second, one after
/// another; a call whose answer was lost is made again until it has one.
struct AdminWork {
    private static let pauseMicroseconds = 150_000...450_000
    /// Pools are closed for a short while only: nothing is granted meanwhile.
    private static let closedMicrosecondsMax = 800_000
    /// But one drain in three with a deadline is let run out, and so much longer, for the check that
    /// nothing outlives it.
    private static let drainedMicroseconds = 1_200_000...1_600_000
    private static let seatCountMax = 16

    /// Something that is either as it was found or not.
    private struct Toggle {
        var restored: Call
        var altered: [Call]
        /// One in so many choices falls on it.
        var weight: Int
        var isBrief: Bool
        var isAltered = false
        var restoreAt: Int64 = 0
    }

    private var toggles: [Toggle] = []
    private var again: Call?
    private var nextAt: Int64
    private var chosen = 0
    private var isRestoring = false

    init(_ world: World, _ audit: Audit, at now: Int64, _ random: inout SeededRandom) {
        nextAt = now + 500_000
        for pool in world.pools where pool.targetSize > 0 {
            var restored = Call(.resize)
            restored.pool = pool.name
            restored.amount = pool.targetSize
            let least = max(1, pool.targetSize - max(1, pool.targetSize / 8))
            let sizes = [least, (least + pool.targetSize) / 2, pool.targetSize - 1]
            toggles.append(
                Toggle(
                    restored: restored,
                    altered: sizes.filter { $0 >= 1 }.map { Self.with(restored, amount: $0) },
                    weight: 30, isBrief: false))
            toggles.append(Self.closing(pool.name))
        }
        for group in world.groups {
            guard let quota = group.request.quota, quota > 0 else { continue }
            var restored = Call(.putGroup)
            restored.group = group.name
            restored.amount = quota
            let quotas = [quota / 2, quota - 1, quota * 3 / 4]
            toggles.append(
                Toggle(
                    restored: restored, altered: quotas.map { Self.with(restored, amount: $0) },
                    weight: max(1, 40 / world.groups.count), isBrief: false))
        }
        for seat in world.seats.shuffled(using: &random).prefix(Self.seatCountMax) {
            var restored = Call(.uncordonSeat)
            restored.seat = seat
            var altered = Call(.cordonSeat)
            altered.seat = seat
            toggles.append(
                Toggle(restored: restored, altered: [altered], weight: 2, isBrief: false))
        }
    }

    private static func closing(_ pool: Name) -> Toggle {
        var restored = Call(.uncordonPool)
        restored.pool = pool
        var cordon = Call(.cordonPool)
        cordon.pool = pool
        var drain = Call(.drainPool)
        drain.pool = pool
        return Toggle(
            restored: restored,
            altered: [
                cordon, cordon, drain, with(drain, amount: 0), with(drain, amount: 1),
            ], weight: 6, isBrief: true)
    }

    private static func with(_ call: Call, amount: Int) -> Call {
        var call = call
        call.amount = amount
        return call
    }

    /// Puts everything back from now on, without pauses.
    mutating func restore() { isRestoring = true }

    var isRestored: Bool { again == nil && !toggles.contains(where: \.isAltered) }

    /// What to do now; nil: nothing yet.
    mutating func next(at now: Int64, _ random: inout SeededRandom) -> Call? {
        if let again { return again }
        if let due = toggles.firstIndex(where: {
            $0.isAltered && (isRestoring || $0.isBrief && $0.restoreAt <= now)
        }) {
            return choose(due, toggles[due].restored)
        }
        guard !isRestoring, now >= nextAt, !toggles.isEmpty else { return nil }
        nextAt = now + Int64(random.from(Self.pauseMicroseconds))
        var ticket = random.below(toggles.reduce(0) { $0 + $1.weight })
        let index = toggles.firstIndex { toggle in
            ticket -= toggle.weight
            return ticket < 0
        }!
        if toggles[index].isAltered { return choose(index, toggles[index].restored) }
        toggles[index].restoreAt = now + Int64(random.below(Self.closedMicrosecondsMax))
        let call = toggles[index].altered.randomElement(using: &random)!
        if call.kind == .drainPool, call.amount >= 0, random.percent(33) {
            toggles[index].restoreAt =
                now + Int64(call.amount) * 1_000_000
                + Int64(random.from(Self.drainedMicroseconds))
        }
        return choose(index, call)
    }

    private mutating func choose(_ index: Int, _ call: Call) -> Call {
        chosen = index
        again = call
        return call
    }

    /// Takes the answer to what `next` gave. Not now, or no answer: the same again, a bit later.
    mutating func finished(_ call: Call) {
        guard !call.isUnknown, call.status != 503, call.status != 507 else { return }
        again = nil
        let isRestored =
            call.kind == toggles[chosen].restored.kind
            && call.amount == toggles[chosen].restored.amount
        // A seat that went with its pool's last shrink, or a size that does not fit, is left alone.
        toggles[chosen].isAltered = call.isDone && !isRestored
    }
}
