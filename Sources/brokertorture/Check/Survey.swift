/// What a first reading of a history gives: all that a later reading must know before it can judge a
/// record, because the record that tells it may come later.
struct Survey {
    /// A process of the daemon, in the order in which they were first seen.
    struct Process {
        var startedAt: Int64
        /// The end of the first answer that shows it: every earlier process was dead by then.
        var seenAt: Int64
        var record: UInt32
    }

    /// A grant whose outcome is unknown: what leases may come from that nobody was given.
    struct LostGrant {
        var call: Call
        /// Until when it may have happened.
        var until: Int64
        var record: UInt32
    }

    /// The leases of a pool may end by its drain from `lo` to `hi`.
    struct DrainWindow {
        var lo: Int64
        var hi: Int64
    }

    /// A drain of a pool, or its reopening.
    struct Closing {
        var invokedAt: Int64
        /// Until when it may have happened.
        var until: Int64
        /// The latest instant at which a drain that was acknowledged ends what the pool has; nil: it has
        /// no deadline, or is none.
        var due: Int64?
        var record: UInt32
    }

    /// Answers further apart than this say nothing about what the daemon did between them.
    static let gapMicrosecondsMin: Int64 = 250_000

    var processes: [Process] = []
    /// Until when a call without an answer may have happened, where that is known: a call to one
    /// process happens before the next one answers.
    var unknownUntil: [UInt32: Int64] = [:]
    var lostGrants: [Name: [LostGrant]] = [:]
    var pools: [Name: PoolFacts] = [:]
    var sizes: [Name: Register] = [:]
    /// 1: open.
    var doors: [Name: Register] = [:]
    /// Of groups whose leases are all known; -1 became `Int.max`: no limit.
    var quotas: [Name: Register] = [:]
    /// 1: cordoned. Only of seats that were ever asked to be.
    var cordons: [Name: Register] = [:]
    var drains: [Name: [DrainWindow]] = [:]
    /// By the start of the call.
    var closings: [Name: [Closing]] = [:]
    /// When pools were made smaller, which keeps some leases from being extended.
    var shrinks: [Name: [DrainWindow]] = [:]
    var reserve = 0
    /// Leases that were there before the first call.
    var inherited: Set<LeaseKey> = []
    var repeatedKeys: Set<UInt64> = []
    var clocks: [(at: Int64, wallOffset: Int64)] = []
    /// From the end of each of these on the daemon is awake again.
    var gaps: [(from: Int64, to: Int64)] = []
    /// When all leases were listed, by the start of it.
    var audits: [Interval] = []
    var startedAt: Int64 = .max
    var grantCount = 0
    var callCount = 0
    var doneCount = 0
    var unknownCount = 0
    var orderlyEnds = 0

    // MARK: What is asked of it

    func quota(_ group: Name) -> Register? { quotas[group] }

    /// From when on the daemon has been answering without a gap, as of an instant.
    func awakeSince(_ instant: Int64) -> Int64 {
        let next = gaps.partitioningIndex { $0.to > instant }
        // In the middle of a gap it is not awake at all.
        if next < gaps.count, gaps[next].from < instant { return instant }
        return next == 0 ? .min : gaps[next - 1].to
    }

    /// The instant by which what was due at `due` must have been done, given that the daemon has
    /// `grace` for it, counted while it answers.
    func limit(of due: Int64, grace: Int64) -> Int64 {
        guard due < Int64.max - grace else { return .max }
        var limit = due + grace
        var index = gaps.partitioningIndex { $0.to > due }
        while index < gaps.count, gaps[index].from < limit {
            limit = gaps[index].to + grace
            index += 1
        }
        return limit
    }

    /// What the wall clock was ahead at an instant; nil near a step, when the daemon may have seen it
    /// or not.
    func wallOffset(at instant: Int64) -> Int64? {
        let next = clocks.partitioningIndex { $0.at > instant }
        if next < clocks.count, clocks[next].at - instant < 2_000_000 { return nil }
        guard next > 0 else { return nil }
        if next > 1, instant - clocks[next - 1].at < 2_000_000 { return nil }
        return clocks[next - 1].wallOffset
    }

    /// The least instant from `from` on at which a drain of the pool may end a lease.
    func drainEnd(of pool: Name, from: Int64) -> Int64 {
        guard let windows = drains[pool] else { return .max }
        let index = windows.partitioningIndex { $0.hi >= from }
        return index == windows.count ? .max : max(from, windows[index].lo)
    }

    /// Whether the pool may have been made smaller within an interval.
    func mayShrink(_ pool: Name, from: Int64, to: Int64) -> Bool {
        guard let windows = shrinks[pool] else { return false }
        let index = windows.partitioningIndex { $0.hi >= from }
        return index < windows.count && windows[index].lo <= to
    }

    /// The time to live that a pool gives, in microseconds.
    func ttl(asked seconds: Int, pool: Name) -> Int64? {
        guard let pool = pools[pool] else { return nil }
        let wanted = seconds < 0 ? pool.ttlSeconds : seconds
        return Int64(max(1, min(wanted, pool.ttlSecondsMax))) * 1_000_000
    }
}
