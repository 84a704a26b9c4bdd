package import BrokerEngine
import Glibc

extension ClockReading {
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
