package import BrokerCore

/// The machine's clocks, read together.
package struct ClockReading: Equatable, Sendable {
    /// Milliseconds since boot, time asleep included.
    package var bootMilliseconds: Int64
    /// Milliseconds since the Unix epoch.
    package var wallMilliseconds: Int64
    /// This boot, as its 128 bits.
    package var bootHigh: UInt64
    package var bootLow: UInt64

    package init(
        bootMilliseconds: Int64, wallMilliseconds: Int64, bootHigh: UInt64, bootLow: UInt64
    ) {
        self.bootMilliseconds = bootMilliseconds
        self.wallMilliseconds = wallMilliseconds
        self.bootHigh = bootHigh
        self.bootLow = bootLow
    }
}

/// The broker's time line on this machine.
///
/// Within a boot it follows the boot-time clock. After another boot the wall clock tells how long
/// the machine was away, but the line never goes back behind the last journaled instant.
package struct TimeLine: Equatable, Sendable {
    /// Smaller differences of wall clock and time line come from reading two clocks, not from a step.
    package static let stepMillisecondsMin: Int64 = 250

    package private(set) var mark: ClockMark

    /// - Parameters:
    ///   - known: what the state says of the clocks.
    ///   - latest: the last journaled instant.
    package init(known: ClockMark, latest: Instant, reading: ClockReading) {
        mark = known
        let isSameBoot =
            known.bootHigh == reading.bootHigh && known.bootLow == reading.bootLow
            && (known.bootHigh, known.bootLow) != (0, 0)
        var now = reading.wallMilliseconds - known.wallOffsetMilliseconds
        if isSameBoot { now = reading.bootMilliseconds + known.bootOffsetMilliseconds }
        now = max(now, latest.milliseconds)
        mark.bootHigh = reading.bootHigh
        mark.bootLow = reading.bootLow
        mark.bootOffsetMilliseconds = now - reading.bootMilliseconds
        _ = adopt(reading)
    }

    /// The instant at which the clocks stood so.
    package func now(_ reading: ClockReading) -> Instant {
        Instant(milliseconds: reading.bootMilliseconds + mark.bootOffsetMilliseconds)
    }

    /// Takes over a step of the wall clock; false when there was none.
    package mutating func adopt(_ reading: ClockReading) -> Bool {
        let offset = reading.wallMilliseconds - now(reading).milliseconds
        guard abs(offset - mark.wallOffsetMilliseconds) >= Self.stepMillisecondsMin else {
            return false
        }
        mark.wallOffsetMilliseconds = offset
        return true
    }
}
