import BrokerAPI
import BrokerText

/// The wall clock of a place, as far as reading and showing instants needs it.
struct LocalZone: Sendable {
    /// Seconds that the place's clock is ahead of UTC at an instant, in seconds since the Unix epoch.
    let offsetSeconds: @Sendable (Int64) -> Int64

    /// The instant at which the clock shows a date and time, which is given as the instant at which
    /// a clock in UTC does. Of the two passes of a repeated hour it is the first; nil for what a gap
    /// leaves out.
    func instant(showing wall: Timestamp) -> Timestamp? {
        let seconds = wall.milliseconds / 1000
        // No clock is changed twice within two days, and none is as much as a day off.
        let offsets = [seconds - 86_400, seconds + 86_400].map(offsetSeconds)
        let instants = offsets.map { (offset: $0, seconds: seconds - $0) }
            .filter { offsetSeconds($0.seconds) == $0.offset }
        return instants.map(\.seconds).min().map { Timestamp(milliseconds: $0 * 1000) }
    }

    /// What the clock shows, as the instant at which a clock in UTC does.
    func wall(_ instant: Timestamp) -> Timestamp {
        let milliseconds = instant.milliseconds
        let seconds = (milliseconds - (milliseconds < 0 ? 999 : 0)) / 1000
        return Timestamp(milliseconds: milliseconds + offsetSeconds(seconds) * 1000)
    }
}

/// Instants as people type them: `13:00`, `today 13:00`, `tomorrow 08:00`, `2026-11-30 13:00`, or
/// RFC 3339. Only the last names a zone; all others are read off the clock of the terminal.
enum InstantText {
    /// Why an instant was not understood, in words.
    struct Mistake: Error, Equatable, CustomStringConvertible {
        let text: Text
        var description: String { text.english }
    }

    /// The instant that a text means; a time without a day is today's, even if it has passed.
    static func instant(
        _ text: String, now: Timestamp, zone: LocalZone
    ) throws(Mistake) -> Timestamp {
        if let instant = Timestamp(text: text) { return instant }
        if text == "now" { return now }
        var words = text.split(separator: " ").map(String.init)
        // ISO 8601 without a zone is local time.
        if words.count == 1 {
            let halves = text.split(separator: "T", omittingEmptySubsequences: false)
            if halves.count == 2 { words = halves.map(String.init) }
        }
        if words.count == 1 { words.insert("today", at: 0) }
        guard words.count == 2, let clock = clock(words[1]) else { throw noInstant(text) }
        guard let date = date(words[0], now: now, zone: zone),
            let wall = Timestamp(text: "\(date)T\(clock)Z")
        else { throw noInstant(text) }
        guard let instant = zone.instant(showing: wall) else {
            throw Mistake(text: .leftOut(text, words[1]))
        }
        return instant
    }

    private static func noInstant(_ text: String) -> Mistake {
        Mistake(text: .noInstant(text))
    }

    /// A date as `2026-11-30`; `today` and its neighbours by the terminal's clock. Nil for anything
    /// else; whether the date exists is not looked at.
    static func date(_ text: String, now: Timestamp, zone: LocalZone) -> String? {
        let days: Int64
        switch text {
        case "yesterday": days = -1
        case "today": days = 0
        case "tomorrow": days = 1
        default:
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            let isDate =
                parts.map(\.utf8.count) == [4, 2, 2]
                && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) }
            return isDate ? text : nil
        }
        let wall = zone.wall(now).milliseconds + days * 86_400_000
        return String(Timestamp(milliseconds: wall).text.prefix(10))
    }

    /// `8:00`, `08:00` or `08:00:30` as `08:00:30`.
    private static func clock(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let widths = parts.map(\.utf8.count)
        guard parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
            (2...3).contains(parts.count), (1...2).contains(widths[0]),
            widths.dropFirst().allSatisfy({ $0 == 2 })
        else { return nil }
        let hour = widths[0] == 1 ? "0\(parts[0])" : "\(parts[0])"
        return "\(hour):\(parts[1]):\(parts.count == 3 ? parts[2] : "00")"
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
