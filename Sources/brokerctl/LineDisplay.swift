import BrokerAPI
import BrokerText
import Glibc

/// Tells the person on stderr how the wait goes: one line that changes on a terminal, and else one
/// at the start and one when a seat has come.
struct LineDisplay {
    private let isLive: Bool
    private let startedAt: Int64
    /// What the broker said last; nil before there is a place.
    private var notice: QueueNotice?
    private var isAbsent = false

    /// - Parameter now: Milliseconds of a clock that does not step.
    init(isLive: Bool = Terminal.canRewriteErrorLine, now: Int64) {
        self.isLive = isLive
        startedAt = now
    }

    /// How often the line has to be drawn anew while nothing happens; nil: not at all.
    var intervalMilliseconds: Int64? { isLive && notice != nil ? 1000 : nil }

    mutating func show(_ notice: QueueNotice) {
        let isFirst = self.notice == nil
        let wasAbsent = isAbsent
        self.notice = notice
        isAbsent = false
        if isLive { return draw() }
        if isFirst || wasAbsent {
            Terminal.message(Text(verbatim: Self.text(notice, wall: LocalTime.now) + "."))
        }
    }

    mutating func showAbsence() {
        isAbsent = true
        if isLive, notice != nil { return draw() }
        Terminal.message(.brokerAway)
    }

    /// Draws the line with the time that is left.
    func draw() {
        guard isLive, let notice else { return }
        let text =
            isAbsent
            ? Text.brokerAwayKeeps.here
            : Self.text(notice, wall: LocalTime.now)
        Terminal.rewriteErrorLine("brokerctl: \(text)")
    }

    /// Takes the line away, and says how long it took if a seat has come of it.
    func finish(isGranted: Bool, now: Int64) {
        if isLive, notice != nil { Terminal.rewriteErrorLine("") }
        guard isGranted, notice != nil else { return }
        let waited = DurationText.text(seconds: Int((now - startedAt) / 1000))
        Terminal.message(.grantedAfter(waited))
    }

    /// `place 3 in line; a seat is expected at 13:04:10; 41s left to wait`.
    static func text(_ notice: QueueNotice, wall: Timestamp) -> String {
        var parts: [Text] = [.placeInLine(notice.place)]
        if let estimate = notice.estimatedAt {
            parts.append(.seatExpected(LocalTime.text(estimate, now: wall)))
        }
        let left = max(0, Int((notice.expiresAt.milliseconds - wall.milliseconds + 500) / 1000))
        parts.append(.leftToWait(DurationText.text(seconds: left)))
        return parts.map(\.here).joined(separator: Text.semicolon.here)
    }
}
