import BrokerAPI
import BrokerText

/// The announcement of a lease's end.
struct EndNotice: Equatable {
    var secondsLeft: Int
    /// What will end it.
    var reason: LeaseEndReason
    var endsAt: Timestamp
    /// The same for people.
    var text: String
}

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
        /// Tell the person when the lease ends.
        case announce(EndNotice)
    }

    /// What was heard.
    enum Event {
        /// The lease as the daemon has it, and the wall clock by which its instants are read.
        case lease(Lease, wall: Timestamp)
        /// The same, as the answer to a renewal.
        case renewed(Lease, wall: Timestamp)
        /// The daemon says that the end comes near.
        case notice(LeaseNotice)
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

    /// When the end of a lease that cannot be prolonged is announced where the daemon cannot do it:
    /// time to find a colleague, to save, and to let go.
    private static let warningSeconds: [Int64] = [600, 120, 30]
    /// The same end within this time is the same announcement: at a window's end the lease changes,
    /// and a notice may be due.
    private static let sameNoticeMilliseconds: Int64 = 5000
    /// A renewal that gave less than it usually does, by more than what a request takes.
    private static let cutMillisecondsMin: Int64 = 2000

    private(set) var lease: Lease
    /// When the lease runs out unless it is renewed.
    private(set) var expiresAt: Int64
    private var renewAt: Int64
    private var isRenewing = false
    private var renewRetry = retryMillisecondsMin
    /// What a renewal asks for, and the most that was ever left: it gives the lesser of the two.
    private let ttlMilliseconds: Int64
    private var leftMillisecondsMax: Int64 = 0
    /// When the lease would run out if nothing but its time to live ended it.
    private var termEndsAt: Int64
    private var renewSentAt: Int64
    private var watchAt: Int64
    private var isWatching = false
    private var isStreamOpen = false
    private var heardAt: Int64
    private var watchRetry = retryMillisecondsMin
    private var isLost = false
    private var warnedOfEnd: Timestamp?
    private var warnedAt: Int64 = 0
    private var warnedSecondsLeft = 0
    /// Whether the stream that is open has brought a notice.
    private var hasNotice = false
    private var warnedOfEnding = false
    private var warnedOfRefusal = false
    /// Announcements that are still to come, the earliest first.
    private var warningsLeft: [Int64] = []

    /// - Parameters:
    ///   - ttlSeconds: What a renewal asks for.
    ///   - wall: The wall clock by which the lease's instants are read.
    init(_ lease: Lease, ttlSeconds: Int, wall: Timestamp, now: Int64) {
        self.lease = lease
        ttlMilliseconds = Int64(ttlSeconds) * 1000
        renewSentAt = now
        expiresAt = now
        renewAt = now
        watchAt = now
        heardAt = now
        termEndsAt = now
        take(lease, wall: wall, now: now)
    }

    private mutating func take(_ lease: Lease, wall: Timestamp, now: Int64) {
        self.lease = lease
        let left = lease.expiresAt.milliseconds - wall.milliseconds
        expiresAt = now + left
        renewAt = now + max(Self.renewMillisecondsMin, left / Self.renewalsPerTerm)
        leftMillisecondsMax = max(leftMillisecondsMax, left)
        termEndsAt = max(termEndsAt, expiresAt)
    }

    /// Whether something that no renewal moves ends the lease before its time to live does. A lease
    /// that is ending can still be renewed for a while where that end is far.
    private var isCut: Bool { expiresAt + Self.cutMillisecondsMin < termEndsAt }

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
        case .renewed(let lease, let wall):
            isRenewing = false
            renewRetry = Self.retryMillisecondsMin
            if lease.state == .ended { return lose(Self.reason(lease)) }
            termEndsAt = renewSentAt + min(ttlMilliseconds, leftMillisecondsMax)
            take(lease, wall: wall, now: now)
            actions += warnings(lease, now: now)
        case .notice(let notice): actions += announce(notice, now: now)
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
                let seconds = Int(expiresAt - now) / 1000
                let text =
                    Text.endsUnrenewed(in: DurationText.text(seconds: seconds), why).here
                actions.append(announcement(text, secondsLeft: seconds, now: now))
                planWarnings(from: now)
            }
        case .watchOpened:
            isStreamOpen = true
            hasNotice = false
            heardAt = now
            watchRetry = Self.retryMillisecondsMin
        case .watchHeard: heardAt = now
        case .watchClosed:
            isWatching = false
            isStreamOpen = false
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
            return lose(why.isEmpty ? Text.couldNotRenew.here : why)
        }
        var actions: [Action] = []
        if let seconds = warningsLeft.first, now >= expiresAt - seconds * 1000 {
            planWarnings(from: now)
            if warnedOfRefusal || !isStreamOpen {
                let text = Text.endsIn(DurationText.text(seconds: Int(seconds))).here
                actions.append(announcement(text, secondsLeft: Int(seconds), now: now))
            }
        }
        if !isRenewing, now >= renewAt {
            isRenewing = true
            renewSentAt = now
            actions.append(.renew)
        }
        if isWatching, now >= heardAt + Self.silenceMillisecondsMax {
            isWatching = false
            isStreamOpen = false
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
        guard isCut || warnedOfRefusal else {
            warningsLeft = []
            guard lease.state == .ending else {
                // Called off: the drain, or whatever it was.
                warnedOfEnding = false
                return []
            }
            // The end is too far to show in what a renewal gives; the daemon announces it in time.
            if warnedOfEnding || warnedOfEnd != nil { return [] }
            warnedOfEnding = true
            let why = Self.words(lease.endingReason, lease.detail)
            return [.warn((why.isEmpty ? Text.isEnding : .isEnding(why)).here)]
        }
        planWarnings(from: now)
        guard lease.state == .ending, warnedOfEnd != lease.expiresAt else { return [] }
        let seconds = Int(expiresAt - now) / 1000
        let why = Self.words(lease.endingReason, lease.detail)
        let left = DurationText.text(seconds: seconds)
        let text = why.isEmpty ? Text.endsIn(left) : .endsIn(left, why)
        return [announcement(text.here, secondsLeft: seconds, now: now)]
    }

    /// What the daemon announces, unless it was said before.
    private mutating func announce(_ notice: LeaseNotice, now: Int64) -> [Action] {
        let isFirst = !hasNotice
        hasNotice = true
        if warnedOfEnd == notice.endsAt {
            if now < warnedAt + Self.sameNoticeMilliseconds { return [] }
            // A stream begins with the notice that was due last. Where most of the time that it gave
            // is still left, it was this one that was said before the stream was opened anew.
            if isFirst, notice.remainingSeconds * 2 > warnedSecondsLeft { return [] }
        }
        warnedOfEnd = notice.endsAt
        warnedAt = now
        warnedSecondsLeft = notice.remainingSeconds
        let left = DurationText.text(seconds: notice.remainingSeconds)
        let detail = notice.reason == lease.endingReason ? lease.detail : nil
        return [
            .announce(
                EndNotice(
                    secondsLeft: notice.remainingSeconds, reason: notice.reason,
                    endsAt: notice.endsAt,
                    text: Text.endsIn(left, Self.words(notice.reason, detail)).here))
        ]
    }

    /// An announcement of the end as it is known here.
    private mutating func announcement(_ text: String, secondsLeft: Int, now: Int64) -> Action {
        warnedOfEnd = lease.expiresAt
        warnedAt = now
        warnedSecondsLeft = secondsLeft
        return .announce(
            EndNotice(
                secondsLeft: secondsLeft, reason: lease.endingReason ?? .expired,
                endsAt: lease.expiresAt, text: text))
    }

    /// Leaves the announcements that lie ahead.
    private mutating func planWarnings(from now: Int64) {
        warningsLeft = Self.warningSeconds.filter { expiresAt - $0 * 1000 > now }
    }

    private static func reason(_ lease: Lease) -> String {
        let why = words(lease.endReason, lease.detail)
        return why.isEmpty ? Text.hasEnded.here : why
    }

    private static func words(_ reason: LeaseEndReason?, _ detail: String?) -> String {
        [reason?.text.here, detail].compactMap(\.self).joined(separator: ", ")
    }
}
