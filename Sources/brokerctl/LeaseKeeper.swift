import BrokerAPI

/// Decides when a held lease is renewed, watched and given up. Pure: time is an argument, in
/// milliseconds of a clock that does not step.
struct LeaseKeeper {
    /// What is to be done next.
    enum Action: Equatable {
        case renew
        /// Open the lease's event stream.
        case watch
        /// The lease is gone, for this reason: stop the command.
        case lose(String)
        /// Tell the person.
        case warn(String)
    }

    /// What was heard.
    enum Event {
        /// The lease as the daemon has it, and the wall clock by which its instants are read.
        case lease(Lease, wall: Timestamp)
        /// The daemon says that the end comes near.
        case notice(endsAt: Timestamp, secondsLeft: Int)
        /// The daemon does not have it any more.
        case gone(String)
        /// No answer, or none that counts: the daemon is away or busy.
        case renewFailed
        /// The holder may not renew any more, but has the lease until it runs out.
        case renewRefused(String)
        case watchOpened
        case watchHeard
        case watchClosed
        case timePassed
    }

    /// A renewal at each third of the time left survives two that fail.
    private static let renewalsPerTerm: Int64 = 3
    private static let renewMillisecondsMin: Int64 = 1000
    /// While the daemon restarts: soon enough to be back within a blink, rare enough not to storm.
    private static let retryMillisecondsMin: Int64 = 100
    private static let retryMillisecondsMax: Int64 = 1000
    /// The stream carries a comment every few seconds; longer silence means that nobody is there.
    private static let silenceMillisecondsMax: Int64 = 15_000

    /// When the end of a lease that cannot be prolonged is announced, besides at once: time to find
    /// a colleague, to save, and to let go.
    private static let warningSeconds: [Int64] = [600, 120, 30]

    private(set) var lease: Lease
    /// When the lease runs out unless it is renewed.
    private(set) var expiresAt: Int64
    private var renewAt: Int64
    private var isRenewing = false
    private var renewRetry = retryMillisecondsMin
    private var watchAt: Int64
    private var isWatching = false
    private var heardAt: Int64
    private var watchRetry = retryMillisecondsMin
    private var isLost = false
    private var warnedOfEnd: Timestamp?
    private var warnedOfRefusal = false
    /// Announcements that are still to come, the earliest first.
    private var warningsLeft: [Int64] = []

    init(_ lease: Lease, wall: Timestamp, now: Int64) {
        self.lease = lease
        expiresAt = now
        renewAt = now
        watchAt = now
        heardAt = now
        take(lease, wall: wall, now: now)
    }

    private mutating func take(_ lease: Lease, wall: Timestamp, now: Int64) {
        self.lease = lease
        let left = lease.expiresAt.milliseconds - wall.milliseconds
        expiresAt = now + left
        renewAt = now + max(Self.renewMillisecondsMin, left / Self.renewalsPerTerm)
    }

    /// When to come back with `timePassed` at the latest.
    var nextDeadline: Int64 {
        var next = expiresAt
        if !isRenewing { next = min(next, renewAt) }
        if let seconds = warningsLeft.first { next = min(next, expiresAt - seconds * 1000) }
        return min(next, isWatching ? heardAt + Self.silenceMillisecondsMax : watchAt)
    }

    mutating func handle(_ event: Event, now: Int64) -> [Action] {
        if isLost { return [] }
        var actions: [Action] = []
        switch event {
        case .lease(let lease, let wall):
            isRenewing = false
            renewRetry = Self.retryMillisecondsMin
            if lease.state == .ended { return lose(Self.reason(lease)) }
            take(lease, wall: wall, now: now)
            actions += warnings(lease, now: now)
        case .notice(let endsAt, let secondsLeft):
            actions.append(
                .warn("the lease ends in \(DurationText.text(seconds: secondsLeft))."))
            warnedOfEnd = endsAt
            warningsLeft.removeAll { $0 >= Int64(secondsLeft) }
        case .gone(let reason): return lose(reason)
        case .renewFailed:
            isRenewing = false
            renewAt = now + renewRetry
            renewRetry = min(renewRetry * 2, Self.retryMillisecondsMax)
        case .renewRefused(let why):
            isRenewing = false
            renewAt = now + max(Self.renewMillisecondsMin, (expiresAt - now) / Self.renewalsPerTerm)
            if !warnedOfRefusal {
                warnedOfRefusal = true
                let left = DurationText.text(seconds: Int(expiresAt - now) / 1000)
                actions.append(.warn("the lease ends in \(left) and cannot be renewed: \(why)"))
                announce(from: now)
            }
        case .watchOpened:
            heardAt = now
            watchRetry = Self.retryMillisecondsMin
        case .watchHeard: heardAt = now
        case .watchClosed:
            isWatching = false
            watchAt = now + watchRetry
            watchRetry = min(watchRetry * 2, Self.retryMillisecondsMax)
        case .timePassed: break
        }
        return actions + due(now: now)
    }

    /// What the clock alone asks for.
    private mutating func due(now: Int64) -> [Action] {
        if now >= expiresAt {
            // The daemon says the same a moment later.
            let why = Self.words(lease.state == .ending ? lease.endingReason : nil, lease.detail)
            return lose(why.isEmpty ? "it expired, and could not be renewed" : why)
        }
        var actions: [Action] = []
        if let seconds = warningsLeft.first, now >= expiresAt - seconds * 1000 {
            announce(from: now)
            actions.append(.warn("the lease ends in \(DurationText.text(seconds: Int(seconds)))."))
        }
        if !isRenewing, now >= renewAt {
            isRenewing = true
            actions.append(.renew)
        }
        if isWatching, now >= heardAt + Self.silenceMillisecondsMax {
            isWatching = false
            watchAt = now
        }
        if !isWatching, now >= watchAt {
            isWatching = true
            heardAt = now
            actions.append(.watch)
        }
        return actions
    }

    private mutating func lose(_ reason: String) -> [Action] {
        isLost = true
        return [.lose(reason)]
    }

    /// Once for every end that is set.
    private mutating func warnings(_ lease: Lease, now: Int64) -> [Action] {
        guard lease.state == .ending else {
            // Called off: the drain, or whatever it was.
            if !warnedOfRefusal { warningsLeft = [] }
            return []
        }
        guard warnedOfEnd != lease.expiresAt else { return [] }
        warnedOfEnd = lease.expiresAt
        announce(from: now)
        let left = DurationText.text(seconds: Int(expiresAt - now) / 1000)
        let why = Self.words(lease.endingReason, lease.detail)
        return [.warn("the lease ends in \(left)\(why.isEmpty ? "" : ": \(why)").")]
    }

    /// Leaves the announcements that lie ahead.
    private mutating func announce(from now: Int64) {
        warningsLeft = Self.warningSeconds.filter { expiresAt - $0 * 1000 > now }
    }

    private static func reason(_ lease: Lease) -> String {
        let why = words(lease.endReason, lease.detail)
        return why.isEmpty ? "it ended" : why
    }

    private static func words(_ reason: LeaseEndReason?, _ detail: String?) -> String {
        [reason?.rawValue, detail].compactMap(\.self).joined(separator: ", ")
    }
}
