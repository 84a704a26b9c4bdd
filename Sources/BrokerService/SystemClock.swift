import Glibc

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

    /// The clocks now.
    package static func now() -> ClockReading {
        // The wall clock between two readings of the other: if the thread is moved away meanwhile,
        // it shows, and the pair is read again.
        var before = milliseconds(CLOCK_BOOTTIME)
        var wall: Int64 = 0
        for _ in 0..<5 {
            wall = milliseconds(CLOCK_REALTIME)
            let after = milliseconds(CLOCK_BOOTTIME)
            if after - before <= 5 { break }
            before = after
        }
        let (high, low) = bootID
        return ClockReading(
            bootMilliseconds: before, wallMilliseconds: wall, bootHigh: high, bootLow: low)
    }

    static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static let bootID: (UInt64, UInt64) = {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return (0, 0) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        let digits = buffer.prefix(max(0, count)).compactMap {
            Character(UnicodeScalar($0)).hexDigitValue
        }
        guard digits.count == 32 else { return (0, 0) }
        func half(_ range: Range<Int>) -> UInt64 {
            digits[range].reduce(0) { $0 << 4 | UInt64($1) }
        }
        return (half(0..<16), half(16..<32))
    }()
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
