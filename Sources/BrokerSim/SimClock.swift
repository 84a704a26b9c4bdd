package import BrokerEngine

/// The clocks of a simulated machine.
package struct SimClock: Sendable {
    /// Some morning in 2025: the wall clock at the first start.
    static let firstWallMilliseconds: Int64 = 1_764_000_000_000

    private var boot: Int64 = 5_000
    private var wall: Int64 = SimClock.firstWallMilliseconds
    private var bootCount: UInt64 = 1
    /// Time that really passed since the first start, the machine being on or off.
    private(set) var elapsedMilliseconds: Int64 = 0
    /// All steps of the wall clock so far.
    private(set) var steppedMilliseconds: Int64 = 0

    package init() {}

    package var reading: ClockReading {
        ClockReading(
            bootMilliseconds: boot, wallMilliseconds: wall, bootHigh: bootCount,
            bootLow: ~bootCount)
    }

    mutating func pass(milliseconds: Int64) {
        boot += milliseconds
        wall += milliseconds
        elapsedMilliseconds += milliseconds
    }

    /// Somebody sets the wall clock.
    mutating func step(milliseconds: Int64) {
        wall += milliseconds
        steppedMilliseconds += milliseconds
    }

    /// The machine was off for so long.
    mutating func reboot(offMilliseconds: Int64) {
        wall += offMilliseconds
        elapsedMilliseconds += offMilliseconds
        boot = 3_000
        bootCount += 1
    }
}
