import BrokerCore

/// How a zone's offset changes year after year: the TZ text in the footer of a TZif file.
///
/// The form is POSIX's (XBD 8.3) with the extension of RFC 9636, section 3.3.1: times of day go from
/// -167 to 167 hours. `CET-1CEST,M3.5.0,M10.5.0/3`, `<+0545>-5:45`, `IST-1GMT0,M10.5.0,M3.5.0/1`.
struct PosixRule: Hashable, Sendable {
    /// Seconds east of Greenwich.
    var standardOffset: Int
    /// Nil: the standard offset always holds.
    var daylight: Daylight?

    /// The other offset of the year, and when it holds.
    ///
    /// It need not be the larger one: Ireland's legal standard time is that of the summer.
    struct Daylight: Hashable, Sendable {
        var offset: Int
        /// Stated in standard time.
        var start: Moment
        /// Stated in daylight-saving time.
        var end: Moment
    }

    /// A local time of each year.
    struct Moment: Hashable, Sendable {
        var day: Day
        /// From the day's midnight, -167 to 167 hours.
        var seconds: Int

        /// The time as if it were UTC, in seconds since 1970.
        func localSeconds(in year: Int) -> Int { day.dayNumber(in: year) * 86_400 + seconds }
    }

    enum Day: Hashable, Sendable {
        /// `Jn`: the n-th day of a year without leap days, from 1 to 365.
        case ofCommonYear(Int)
        /// `n`: days after the first of January, 0 to 365.
        case afterNewYear(Int)
        /// `Mm.w.d`: the w-th (5: the last) weekday d (0: Sunday) of month m.
        case weekday(month: Int, week: Int, day: Int)

        /// Days since 1970-01-01.
        func dayNumber(in year: Int) -> Int {
            switch self {
            case .ofCommonYear(let day):
                // March begins after day 59, whether the year has a leap day or not.
                Calendar.dayNumber(year: year, month: 1, day: day)
                    + (Calendar.isLeap(year) && day > 59 ? 1 : 0)
            case .afterNewYear(let days):
                Calendar.dayNumber(year: year, month: 1, day: 1) + days
            case .weekday(let month, let week, let day):
                Self.dayNumber(year: year, month: month, week: week, day: day)
            }
        }

        private static func dayNumber(year: Int, month: Int, week: Int, day: Int) -> Int {
            let first = Calendar.dayNumber(year: year, month: month, day: 1)
            // 1970-01-01 was a Thursday, day 4 where Sunday is 0.
            let ahead = (day - (first + 4).floorRemainder(by: 7)).floorRemainder(by: 7)
            let wanted = ahead + 7 * (week - 1)
            // A fifth one is there or not; the fourth always is.
            let length = Calendar.days(inMonth: month, ofYear: year)
            return first + (wanted < length ? wanted : wanted - 7)
        }
    }

    /// When the offset changes, from the first year to the last, in the order of time.
    ///
    /// Rules may end daylight-saving time in the instant in which it starts again, as in a zone
    /// that has it all the year: both are given then, the start last.
    func transitions(years: ClosedRange<Int>) -> [(time: Int, offset: Int)] {
        guard let daylight else { return [] }
        var found: [(time: Int, offset: Int, isStart: Bool)] = []
        for year in years {
            let start = daylight.start.localSeconds(in: year) - standardOffset
            let end = daylight.end.localSeconds(in: year) - daylight.offset
            found.append((end, standardOffset, false))
            found.append((start, daylight.offset, true))
        }
        found.sort { ($0.time, $0.isStart ? 1 : 0) < ($1.time, $1.isStart ? 1 : 0) }
        return found.map { ($0.time, $0.offset) }
    }

    /// The offset in an instant, in seconds since 1970.
    func offset(at time: Int) -> Int {
        let years = Self.years(around: time, to: time)
        return transitions(years: years).last { $0.time <= time }?.offset ?? standardOffset
    }

    /// The years whose transitions can decide what holds in these times: with the hours of RFC
    /// 9636 a transition can lie a week outside its own year.
    static func years(around from: Int, to: Int) -> ClosedRange<Int> {
        let first = Calendar.components(ofDay: from.floorDivided(by: 86_400)).year
        let last = Calendar.components(ofDay: to.floorDivided(by: 86_400)).year
        return (first - 2)...max(first - 2, last + 1)
    }
}

extension PosixRule {
    /// Reads a TZ text; nil for what RFC 9636 does not allow in a footer. A text that names
    /// daylight-saving time without saying when it holds is among that.
    init?(_ text: ArraySlice<UInt8>) {
        var scanner = Scanner(rest: text)
        guard scanner.skipName(), let west = scanner.time(hoursMax: 24) else { return nil }
        self.init(standardOffset: -west, daylight: nil)
        guard !scanner.rest.isEmpty else { return }

        guard scanner.skipName() else { return nil }
        var offset = standardOffset + 3_600
        if scanner.rest.first != UInt8(ascii: ",") {
            guard let west = scanner.time(hoursMax: 24) else { return nil }
            offset = -west
        }
        guard let start = scanner.moment(), let end = scanner.moment(), scanner.rest.isEmpty,
            TZif.offsetsAllowed.contains(standardOffset), TZif.offsetsAllowed.contains(offset)
        else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    /// Takes one part of the text after the other.
    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ mark: Character) -> Bool {
            guard rest.first == mark.asciiValue else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// Three or more letters, or letters, digits and signs between `<` and `>`.
        mutating func skipName() -> Bool {
            let isQuoted = skip("<")
            let name = rest.prefix { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                    isQuoted
                default: false
                }
            }
            rest = rest.dropFirst(name.count)
            return name.count >= 3 && (!isQuoted || skip(">"))
        }

        mutating func number(_ allowed: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let value = decimal(digits), allowed.contains(value) else { return nil }
            rest = rest.dropFirst(digits.count)
            return value
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time(hoursMax: Int) -> Int? {
            let sign = skip("-") ? -1 : 1
            if sign == 1 { _ = skip("+") }
            guard let hours = number(0...hoursMax) else { return nil }
            var seconds = hours * 3_600
            if skip(":") {
                guard let minutes = number(0...59) else { return nil }
                seconds += minutes * 60
                if skip(":") {
                    guard let more = number(0...59) else { return nil }
                    seconds += more
                }
            }
            return sign * seconds
        }

        /// `,day[/time]`; without a time it is two o'clock.
        mutating func moment() -> Moment? {
            guard skip(","), let day = day() else { return nil }
            guard skip("/") else { return Moment(day: day, seconds: 7_200) }
            guard let seconds = time(hoursMax: 167) else { return nil }
            return Moment(day: day, seconds: seconds)
        }

        private mutating func day() -> Day? {
            if skip("J") { return number(1...365).map(Day.ofCommonYear) }
            guard skip("M") else { return number(0...365).map(Day.afterNewYear) }
            guard let month = number(1...12), skip("."), let week = number(1...5), skip("."),
                let day = number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
    }
}
