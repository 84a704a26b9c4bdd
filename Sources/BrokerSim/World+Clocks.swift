import BrokerCore
import BrokerEngine

/// The broker's time against the time that really passed.
extension World {
    /// What the store holds of the clocks is how they stand, once it can be written.
    func checkMark(_ reading: ClockReading) throws(Finding) {
        guard !loop.isLowOnSpace else { return }
        let mark = loop.broker.clock
        let offset = reading.wallMilliseconds - roundNow.milliseconds
        guard abs(offset - mark.wallOffsetMilliseconds) < TimeLine.stepMillisecondsMin,
            mark.bootHigh == reading.bootHigh, mark.bootLow == reading.bootLow,
            mark.bootOffsetMilliseconds == roundNow.milliseconds - reading.bootMilliseconds
        else { throw Finding("clock-mark", "\(mark) at \(reading), \(roundNow)") }
    }

    /// The time line runs with the time that really passed. Over a boot it may be off by as much as
    /// the clock was when it was last written down, and never goes back.
    func checkTime(
        isSameBoot: Bool, known: ClockMark = .unset, latest: Instant = .distantPast
    ) throws(Finding) {
        let now = loop.now(clock.reading).milliseconds
        let start = now - clock.elapsedMilliseconds
        guard now >= latest.milliseconds, now >= written.milliseconds else {
            throw Finding("time-goes-back", "\(now) after \(latest) and \(written)")
        }
        guard let before = timeLineStart else {
            timeLineStart = start
            return
        }
        if isSameBoot {
            guard start == before else {
                throw Finding("time-line", "off by \(start - before) ms")
            }
            return
        }
        let expected = before + clock.elapsedMilliseconds
        let offset = clock.reading.wallMilliseconds - expected
        let isKnown = abs(offset - known.wallOffsetMilliseconds) < TimeLine.stepMillisecondsMin
        guard !isKnown || abs(now - expected) < TimeLine.stepMillisecondsMin else {
            throw Finding("time-line", "off by \(now - expected) ms after a boot")
        }
        timeLineStart = start
    }
}
