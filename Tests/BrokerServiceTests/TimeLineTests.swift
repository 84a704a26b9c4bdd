import BrokerCore
import Testing

@testable import BrokerEngine
@testable import BrokerService

/// The broker's time line over steps of the wall clock and over boots.
@Suite struct TimeLineTests {
    /// A wall clock at the first start, some day in 2025.
    private let epoch: Int64 = 1_764_000_000_000

    private func reading(boot: Int64, wall: Int64, id: UInt64 = 7) -> ClockReading {
        ClockReading(
            bootMilliseconds: boot, wallMilliseconds: wall, bootHigh: id, bootLow: id + 1)
    }

    private func fresh(boot: Int64 = 5_000) -> TimeLine {
        TimeLine(
            known: .unset, latest: .distantPast, reading: reading(boot: boot, wall: epoch))
    }

    @Test func aNewStateBeginsAtTheWallClock() {
        let line = fresh()
        #expect(line.now(reading(boot: 5_000, wall: epoch)).milliseconds == epoch)
        #expect(line.mark.wallOffsetMilliseconds == 0)
        #expect(line.mark.bootHigh == 7 && line.mark.bootLow == 8)
        // It follows the boot-time clock, whatever the wall clock says.
        #expect(line.now(reading(boot: 5_001, wall: 0)).milliseconds == epoch + 1)
    }

    /// A second start in the same boot: the wall clock does not move the line.
    @Test(arguments: [-3_600_000, -250, 0, 250, 3_600_000] as [Int64])
    func theSameBootGoesOn(step: Int64) {
        let mark = fresh().mark
        let later = reading(boot: 65_000, wall: epoch + 60_000 + step)
        let line = TimeLine(
            known: mark, latest: Instant(milliseconds: epoch + 30_000), reading: later)
        #expect(line.now(later).milliseconds == epoch + 60_000)
        #expect(line.mark.wallOffsetMilliseconds == step)
        #expect(line.mark.bootOffsetMilliseconds == mark.bootOffsetMilliseconds)
    }

    /// After another boot the wall clock counts, but never before the last journaled instant.
    @Test func anotherBootFollowsTheWallClock() {
        let mark = fresh().mark
        let latest = epoch + 30_000
        let table: [(wall: Int64, now: Int64, offset: Int64)] = [
            (epoch + 90_000, epoch + 90_000, 0),
            (latest + 1, latest + 1, 0),
            (latest, latest, 0),
            // Behind: the line stands, and so little is not called a step.
            (latest - 1, latest, 0),
            (latest - 249, latest, 0),
            (latest - 250, latest, -250),
            (latest - 3_600_000, latest, -3_600_000),
        ]
        for row in table {
            let after = reading(boot: 900, wall: row.wall, id: 99)
            let line = TimeLine(
                known: mark, latest: Instant(milliseconds: latest), reading: after)
            #expect(line.now(after).milliseconds == row.now, "\(row)")
            #expect(line.mark.wallOffsetMilliseconds == row.offset, "\(row)")
            #expect(line.mark.bootHigh == 99 && line.mark.bootLow == 100)
            let second = reading(boot: 1_900, wall: row.wall + 1_000, id: 99)
            #expect(line.now(second).milliseconds == row.now + 1_000, "\(row)")
        }
    }

    /// An offset that a step left is kept over a boot.
    @Test func anEarlierStepIsRemembered() {
        var line = fresh()
        let isStep = line.adopt(reading(boot: 6_000, wall: epoch + 1_000 + 3_600_000))
        #expect(isStep)
        let after = reading(boot: 10, wall: epoch + 3_600_000 + 50_000, id: 99)
        let next = TimeLine(
            known: line.mark, latest: Instant(milliseconds: epoch + 1_000), reading: after)
        #expect(next.now(after).milliseconds == epoch + 50_000)
        #expect(next.mark.wallOffsetMilliseconds == 3_600_000)
    }

    /// Without a boot's id nothing tells one boot from another: the wall clock decides.
    @Test func aBootWithoutAnIDIsAnother() {
        let first = ClockReading(
            bootMilliseconds: 5_000, wallMilliseconds: epoch, bootHigh: 0, bootLow: 0)
        let mark = TimeLine(known: .unset, latest: .distantPast, reading: first).mark
        let second = ClockReading(
            bootMilliseconds: 100, wallMilliseconds: epoch + 40_000, bootHigh: 0, bootLow: 0)
        let line = TimeLine(
            known: mark, latest: Instant(milliseconds: epoch), reading: second)
        #expect(line.now(second).milliseconds == epoch + 40_000)
    }

    /// In the same boot, too, the line does not go behind what was journaled.
    @Test func neverBeforeTheLatest() {
        let mark = fresh().mark
        let early = reading(boot: 5_500, wall: epoch + 500)
        let line = TimeLine(
            known: mark, latest: Instant(milliseconds: epoch + 2_000), reading: early)
        #expect(line.now(early).milliseconds == epoch + 2_000)
    }

    @Test(arguments: [-3_600_000, -251, -250, 250, 251, 3_600_000] as [Int64])
    func aStepRestatesTheOffsetOnly(step: Int64) {
        var line = fresh()
        let before = line.mark
        let stepped = reading(boot: 15_000, wall: epoch + 10_000 + step)
        let isStep = line.adopt(stepped)
        #expect(isStep)
        #expect(line.mark.wallOffsetMilliseconds == step)
        #expect(line.mark.bootOffsetMilliseconds == before.bootOffsetMilliseconds)
        #expect(line.now(stepped).milliseconds == epoch + 10_000)
        let isAnother = line.adopt(stepped)
        #expect(!isAnother)
    }

    @Test(arguments: [-249, -1, 0, 1, 249] as [Int64])
    func aSmallDifferenceIsNoStep(difference: Int64) {
        var line = fresh()
        let before = line
        let isStep = line.adopt(reading(boot: 15_000, wall: epoch + 10_000 + difference))
        #expect(!isStep)
        #expect(line == before)
    }

    /// A slewed clock drifts: it is a step once it has gone 250 ms from where the mark saw it.
    @Test func aDriftAddsUp() {
        var line = fresh()
        var steps = 0
        for second in 1...1_000 as ClosedRange<Int64> {
            let now = reading(
                boot: 5_000 + second * 1_000, wall: epoch + second * 1_000 + second)
            if line.adopt(now) { steps += 1 }
        }
        #expect(steps == 4)
        #expect(line.mark.wallOffsetMilliseconds == 1_000)
    }

    @Test func theMachinesClocksAreRead() {
        let first = ClockReading.now()
        let second = ClockReading.now()
        #expect(second.bootMilliseconds >= first.bootMilliseconds)
        #expect((first.bootHigh, first.bootLow) == (second.bootHigh, second.bootLow))
        #expect((first.bootHigh, first.bootLow) != (0, 0))
    }
}
