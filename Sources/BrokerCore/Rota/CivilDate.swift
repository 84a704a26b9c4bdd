/// A day of the week, counted as ISO 8601 does: Monday comes first.
package enum Weekday: Int, CaseIterable, Comparable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// As slots are written: `mon` to `sun`.
    package var text: String {
        switch self {
        case .monday: "mon"
        case .tuesday: "tue"
        case .wednesday: "wed"
        case .thursday: "thu"
        case .friday: "fri"
        case .saturday: "sat"
        case .sunday: "sun"
        }
    }

    /// Reads what `text` writes; nil for anything else, upper case included.
    package init?(text: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = found
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A day of the Gregorian calendar, in the years 1 to 9999, without a time zone.
package struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before. Always from `earliest` to `latest`.
    package let dayNumber: Int

    /// 0001-01-01.
    package static let earliest = CivilDate(unchecked: -719_162)
    /// 9999-12-31.
    package static let latest = CivilDate(unchecked: 2_932_896)

    /// What lies outside the years 1 to 9999 becomes the nearest day inside.
    package init(dayNumber: Int) {
        self.init(
            unchecked: min(max(dayNumber, Self.earliest.dayNumber), Self.latest.dayNumber))
    }

    private init(unchecked dayNumber: Int) { self.dayNumber = dayNumber }

    /// Nil when the calendar has no such day, and outside the years 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month),
            (1...Calendar.days(inMonth: month, ofYear: year)).contains(day)
        else { return nil }
        self.init(unchecked: Calendar.dayNumber(year: year, month: month, day: day))
    }

    /// Reads an ISO 8601 date in its one long spelling, `2026-11-11`; nil for anything else.
    package init?(text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]),
            let day = decimal(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var year: Int { Calendar.components(ofDay: dayNumber).year }
    package var month: Int { Calendar.components(ofDay: dayNumber).month }
    package var day: Int { Calendar.components(ofDay: dayNumber).day }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        Weekday.allCases[(dayNumber + 3).floorRemainder(by: 7)]
    }

    /// The Monday of its week: the day itself, or one of the six before.
    package var monday: CivilDate { adding(days: -weekday.rawValue) }

    /// So many days later; earlier for a negative number. It stops at the first and last day.
    package func adding(days: Int) -> CivilDate {
        let (sum, overflow) = dayNumber.addingReportingOverflow(days)
        return CivilDate(dayNumber: overflow ? (days < 0 ? .min : .max) : sum)
    }

    /// As ISO 8601 has it: `2026-11-11`.
    package var description: String {
        let (year, month, day) = Calendar.components(ofDay: dayNumber)
        return "\(year, digits: 4)-\(month, digits: 2)-\(day, digits: 2)"
    }

    package static func < (a: Self, b: Self) -> Bool { a.dayNumber < b.dayNumber }
}

/// The arithmetic of the proleptic Gregorian calendar, for years that are not limited to four
/// digits: rules of time zones are asked for the year before the first and after the last.
///
/// Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so that the
/// leap day is a year's last.
package enum Calendar {
    /// Days since 1970-01-01 of a day; a day number beyond the month's end runs on into the next.
    package static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The day that so many days after 1970-01-01 is, before it for a negative number: what
    /// `dayNumber` counts. Months and days count from 1; the year before 1 is 0.
    package static func components(ofDay dayNumber: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }

    /// Whether February has 29 days: every fourth year, of the centuries every fourth.
    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// How many days a month has, 28 to 31.
    ///
    /// - Parameter month: 1 to 12; whatever lies outside has 31.
    package static func days(inMonth month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// The number that these ASCII digits write; nil when there is none, anything else among them, or
/// more than nine of them.
package func decimal(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...9).contains(digits.count) else { return nil }
    var value = 0
    for byte in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
}
