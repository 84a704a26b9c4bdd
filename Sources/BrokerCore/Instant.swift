/// A point on the broker's own time line, in milliseconds.
///
/// The line runs with the machine's boot-time clock and never steps. It is set to the wall clock's
/// Unix time when a state is first made; later steps of the wall clock only move
/// `Broker.wallOffset`, so a lease's time to live is not shortened or stretched by them.
package struct Instant: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Before any instant that a broker can meet.
    package static let distantPast = Instant(milliseconds: 0)

    /// So many seconds later; earlier for a negative number.
    package func adding(seconds: Int) -> Instant {
        Instant(milliseconds: milliseconds + Int64(seconds) * 1000)
    }

    /// So many milliseconds later; earlier for a negative number.
    package func adding(milliseconds: Int64) -> Instant {
        Instant(milliseconds: self.milliseconds + milliseconds)
    }

    /// Whole seconds from this instant to a later one, rounded up; 0 when it is not later.
    package func secondsUntil(_ later: Instant) -> Int {
        Int(max(0, (later.milliseconds - milliseconds + 999) / 1000))
    }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
}
