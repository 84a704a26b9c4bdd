import Glibc

/// The machine's clocks in microseconds.
enum Machine {
    /// Since boot, time asleep included: the clock of a history, which nobody sets.
    static func bootMicroseconds() -> Int64 { microseconds(CLOCK_BOOTTIME) }

    /// What the wall clock is ahead of the boot-time clock.
    static func wallOffsetMicroseconds() -> Int64 {
        // The wall clock between two readings of the other; the closest of a few pairs counts.
        var best: (length: Int64, offset: Int64) = (.max, 0)
        for _ in 0..<3 {
            let before = microseconds(CLOCK_BOOTTIME)
            let wall = microseconds(CLOCK_REALTIME)
            let after = microseconds(CLOCK_BOOTTIME)
            if after - before < best.length {
                best = (after - before, wall - before - (after - before) / 2)
            }
        }
        return best.offset
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

/// SplitMix64: a seed gives the same choices on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    mutating func percent(_ share: Int) -> Bool { below(100) < share }
    mutating func from(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }
}
