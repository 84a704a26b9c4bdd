import BrokerCore

/// A half-open stretch of the wall clock, in whole seconds of Unix time.
struct AuditWindow: Hashable, Sendable {
    var start: Int
    var end: Int

    func contains(_ second: Int) -> Bool { start <= second && second < end }
}

/// When a group with slots may enter, and where it stands.
///
/// Seconds are the wall clock's. Windows are apart from each other and in the order of time.
struct AuditCalendar: Sendable {
    var windows: [AuditWindow] = []
    /// The end of the window that the group is in, or was in last; nil: it never was in one.
    var ends: Int?
    /// Whether it may enter.
    var isOpen = false
    /// The clock was set back before the window that it was in.
    var isEarly = false
    /// Leases of a window that was over before the next one began have to end first.
    var isStuck = false
    /// The group was deleted, and leases that were charged to it run out.
    var isGone = false

    /// Its time is over, and its leases are ending.
    var isOver: Bool { ends != nil && !isOpen && !isEarly }

    func window(at second: Int) -> AuditWindow? {
        windows.first { $0.contains(second) }
    }

    /// The next window that begins after this second.
    func opening(after second: Int) -> Int? {
        windows.first { $0.start > second }?.start
    }

    /// The first start or end of a window after this second; `Int.max`: there is none. Whoever has a
    /// lease goes by the end of what was a window before the windows changed, too.
    func boundary(after second: Int, isUsed: Bool) -> Int {
        let last = ends.map { isUsed && $0 > second ? $0 : .max } ?? .max
        for window in windows {
            if window.start > second { return min(last, window.start) }
            if window.end > second { return min(last, window.end) }
        }
        return last
    }

    /// Takes over what lies ahead, and leaves the past and the present as they are.
    mutating func replaceFuture(with new: [AuditWindow], at second: Int) {
        windows = Self.merged(
            windows.filter { $0.start <= second } + new.filter { $0.start > second })
    }

    /// Takes over other windows for the present too: the one that the present is in as a whole. What
    /// was before it stays as it was (pinned: it shows when the clock is set back).
    mutating func replace(with new: [AuditWindow], at second: Int) {
        let coming = new.filter { $0.end > second }
        let border = min(second, coming.first?.start ?? second)
        windows = Self.merged(Self.clipped(windows, from: .min, to: border) + coming)
    }

    /// What touches or overlaps is one window.
    static func merged(_ windows: [AuditWindow]) -> [AuditWindow] {
        var found: [AuditWindow] = []
        for window in windows.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            guard window.start < window.end else { continue }
            if let last = found.last, window.start <= last.end {
                found[found.count - 1].end = max(last.end, window.end)
            } else {
                found.append(window)
            }
        }
        return found
    }

    /// The part that lies in `[from, to)`.
    static func clipped(_ windows: [AuditWindow], from: Int, to: Int) -> [AuditWindow] {
        windows.compactMap { window in
            let part = AuditWindow(start: max(window.start, from), end: min(window.end, to))
            return part.start < part.end ? part : nil
        }
    }
}

/// A place in the line.
struct AuditWaiter: Sendable {
    /// 0: nobody was told yet.
    var number: UInt64
    var connection: UInt64
    /// The order of arrival.
    var event: Int
    var since: Int64
    var until: Int64
    /// Until when the place is kept without a connection; `never`: somebody is connected.
    var absentUntil = never
    var credit: Int
    /// That it counts for.
    var group: Int32
    var holder: Int32
    var actor: Actor
    var request: GrantCommand
    /// Learned from the state after a crash: how it was told is not known.
    var isUntold = false

    var isConnected: Bool { absentUntil == never }

    /// Who comes first: whoever came in an earlier second, then who has waited more lately.
    func comesBefore(_ other: AuditWaiter) -> Bool {
        let (a, b) = (since / 1_000, other.since / 1_000)
        if a != b { return a < b }
        return credit == other.credit ? event < other.event : credit > other.credit
    }
}

/// Minutes in which a person waited for a group's seat, or was refused it, by day.
struct AuditAccount: Sendable {
    private(set) var days: [Int64: Int] = [:]

    /// What is too old by then is forgotten, and stays so when the clock is set back.
    mutating func add(_ minutes: Int, on day: Int64) {
        days = days.filter { $0.key > day - Int64(WaitingLimits.accountDays) }
        days[day, default: 0] += minutes
    }

    /// What counts on a day: that day and the 13 before it, and what a clock that was set back has
    /// already written down.
    func sum(on day: Int64) -> Int {
        days.reduce(0) { sum, item in
            item.key > day - Int64(WaitingLimits.accountDays) ? sum + item.value : sum
        }
    }
}

/// What the journal says of a batch, where the rules leave it open or nobody is told.
package struct AuditNotes: Sendable {
    /// In the order in which they ended.
    var ends: [LeaseID] = []
    /// Refusals that were written down.
    var refused: [RefusedRequest] = []
    /// Places that were given up, with the minutes that went into the account.
    var left: [(ticket: WaitTicket, end: WaitEnd, minutes: Int, isExpected: Bool)] = []
    /// Places that began.
    var began: [Waiter] = []
    /// The journal's revision after the batch.
    var revision: UInt64
    /// How many of `refused` and `began` are accounted for.
    var refusedCount = 0
    var beganCount = 0

    init(_ records: some Sequence<Record>, revision: UInt64) {
        self.revision = revision
        for record in records {
            switch record {
            case .leaseEnded(let id, _, _): ends.append(id)
            case .refused(let request): refused.append(request)
            case .waitEnded(let ticket, let end, let minutes):
                left.append((ticket, end, minutes, false))
            case .waitStarted(let waiter): began.append(waiter)
            default: break
            }
        }
    }
}
