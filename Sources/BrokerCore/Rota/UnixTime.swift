/// A second of the wall clock in UTC, counted from 1970-01-01T00:00:00Z without leap seconds.
///
/// It is a type of its own beside the core's `Instant` because windows follow the wall clock, and
/// the broker's time line does not: `Broker.wallOffset` lies between the two.
package struct UnixTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Always from `earliest` to `latest`.
    package let seconds: Int

    /// The first second of the year 1.
    package static let earliest = UnixTime(unchecked: CivilDate.earliest.dayNumber * 86_400)
    /// The last second of the year 9999.
    package static let latest = UnixTime(unchecked: CivilDate.latest.dayNumber * 86_400 + 86_399)

    /// What lies outside the years 1 to 9999 becomes the nearest second inside, so that no sum
    /// further on can overflow.
    package init(seconds: Int) {
        self.init(unchecked: min(max(seconds, Self.earliest.seconds), Self.latest.seconds))
    }

    private init(unchecked seconds: Int) { self.seconds = seconds }

    /// So many seconds later; earlier for a negative number. It stops at the first and last second.
    package func adding(seconds more: Int) -> UnixTime {
        let (sum, overflow) = seconds.addingReportingOverflow(more)
        return UnixTime(seconds: overflow ? (more < 0 ? .min : .max) : sum)
    }

    /// As RFC 3339 has it, in UTC with whole seconds: `2026-11-24T12:00:00Z`.
    package var description: String {
        let date = CivilDate(dayNumber: seconds.floorDivided(by: 86_400))
        return "\(date)T\(clockText(secondOfDay: seconds.floorRemainder(by: 86_400)))Z"
    }

    package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }
}

/// A half-open stretch of the wall clock in UTC, `[start, end)`; never empty.
package struct UTCWindow: Hashable, Sendable, CustomStringConvertible {
    package let start: UnixTime
    package let end: UnixTime

    /// Nil when the end is not after the start.
    package init?(start: UnixTime, end: UnixTime) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }

    /// Whether the instant lies in it: its start does, its end does not.
    package func contains(_ time: UnixTime) -> Bool { start <= time && time < end }

    /// The part of it that lies in `[from, to)`; nil when there is none.
    package func clipped(from: UnixTime, to: UnixTime) -> UTCWindow? {
        UTCWindow(start: max(start, from), end: min(end, to))
    }

    /// `2026-11-24T07:00:00Z/2026-11-24T12:00:00Z`.
    package var description: String { "\(start)/\(end)" }
}

extension [UTCWindow] {
    /// Adds a window that starts no earlier than the last one; the two become one where they
    /// overlap or touch.
    package mutating func appendMerging(_ window: UTCWindow) {
        guard let last, window.start <= last.end else {
            append(window)
            return
        }
        if let union = UTCWindow(start: last.start, end: Swift.max(last.end, window.end)) {
            self[count - 1] = union
        }
    }
}

/// `07:05:09`; hours go beyond 23 where the seconds go beyond a day.
package func clockText(secondOfDay second: Int) -> String {
    "\(second / 3_600, digits: 2):\(second / 60 % 60, digits: 2):\(second % 60, digits: 2)"
}

extension DefaultStringInterpolation {
    /// A number that is not negative, with leading zeros up to so many digits.
    package mutating func appendInterpolation(_ number: Int, digits: Int) {
        let text = String(number)
        appendLiteral(String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text)
    }
}

extension Int {
    /// The quotient, rounded towards minus infinity; the divisor is positive.
    package func floorDivided(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    }

    /// What the rounded quotient leaves: 0 to divisor - 1; the divisor is positive.
    package func floorRemainder(by divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
