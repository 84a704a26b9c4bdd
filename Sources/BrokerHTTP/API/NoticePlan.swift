import BrokerCore

/// Which warnings of a lease's end have been given, and when the next one is due.
///
/// A warning is due so many seconds before the end. When an end is set so late that some have
/// passed, one is due at once, and not each of them.
struct NoticePlan: Sendable {
    /// The earliest warning first.
    private let noticeSeconds: [Int]
    /// The end that has been warned of, and the last of the warnings that are behind.
    private var given: (end: Instant, seconds: Int)?

    init(noticeSeconds: [Int]) { self.noticeSeconds = noticeSeconds.sorted(by: >) }

    /// Whether a warning of this end is due that has not been given.
    func isDue(end: Instant, now: Instant) -> Bool {
        guard let last = passed(end: end, now: now) else { return false }
        return given.map { $0.end != end || $0.seconds > last } ?? true
    }

    /// A warning of this end was given.
    mutating func give(end: Instant, now: Instant) {
        guard let last = passed(end: end, now: now) else { return }
        given = (end, last)
    }

    /// When the next warning of this end is due; nil: no other comes.
    func next(end: Instant, now: Instant) -> Instant? {
        noticeSeconds.map { end.adding(seconds: -$0) }.first { $0 > now }
    }

    /// The last warning that is due by now; nil: none, or the end has come.
    private func passed(end: Instant, now: Instant) -> Int? {
        guard now < end else { return nil }
        return noticeSeconds.last { end.adding(seconds: -$0) <= now }
    }
}
