/// An instant of the wall clock, as the wire writes it: RFC 3339 in UTC with milliseconds.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// 0001-01-01T00:00:00.000Z, the first that four digits of a year can write.
    package static let earliest = Timestamp(milliseconds: -62_135_596_800_000)
    /// 9999-12-31T23:59:59.999Z, the last.
    package static let latest = Timestamp(milliseconds: 253_402_300_799_999)

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    /// `2026-11-24T07:58:03.120Z`. What four digits of a year cannot write becomes the first or the
    /// last instant that they can.
    package var text: String {
        let clamped = Swift.min(Swift.max(self, Self.earliest), Self.latest).milliseconds
        let days = Self.floorDivide(clamped, 86_400_000)
        let ofDay = clamped - days * 86_400_000
        let (year, month, day) = Self.civil(days: days)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            func put(_ value: Int64, at position: Int, digits: Int) {
                var value = value
                for index in stride(from: position + digits - 1, through: position, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
            }
            put(year, at: 0, digits: 4)
            buffer[4] = UInt8(ascii: "-")
            put(month, at: 5, digits: 2)
            buffer[7] = UInt8(ascii: "-")
            put(day, at: 8, digits: 2)
            buffer[10] = UInt8(ascii: "T")
            put(ofDay / 3_600_000, at: 11, digits: 2)
            buffer[13] = UInt8(ascii: ":")
            put(ofDay / 60_000 % 60, at: 14, digits: 2)
            buffer[16] = UInt8(ascii: ":")
            put(ofDay / 1000 % 60, at: 17, digits: 2)
            buffer[19] = UInt8(ascii: ".")
            put(ofDay % 1000, at: 20, digits: 3)
            buffer[23] = UInt8(ascii: "Z")
            return 24
        }
    }

    /// Reads RFC 3339: any offset, any number of decimals (those after the third are cut off), `t`
    /// and `z` in lower case too. Nil for anything else, for dates that do not exist, for leap
    /// seconds, and for instants outside of the years 1 to 9999.
    package init?(text: some StringProtocol) {
        var scanner = DigitScanner(Array(text.utf8))
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.skip("Tt"),
            let hour = scanner.number(digits: 2), scanner.skip(":"),
            let minute = scanner.number(digits: 2), scanner.skip(":"),
            let second = scanner.number(digits: 2)
        else { return nil }
        var fraction: Int64 = 0
        if scanner.skip(".") {
            guard let value = scanner.milliseconds() else { return nil }
            fraction = value
        }
        guard let offsetMinutes = scanner.offsetMinutes(), scanner.isAtEnd,
            year >= 1, (1...12).contains(month), hour < 24, minute < 60, second < 60,
            day >= 1, day <= Self.daysIn(month: month, year: year)
        else { return nil }
        let minutes = Self.days(year: year, month: month, day: day) * 1440 + hour * 60 + minute
        let result = ((minutes - offsetMinutes) * 60 + second) * 1000 + fraction
        self.init(milliseconds: result)
        guard self >= Self.earliest, self <= Self.latest else { return nil }
    }
}

extension Timestamp: WireValue {
    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .string(let text) = json, let value = Timestamp(text: text) else {
            throw place.error(.jsonInstant)
        }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.string(text) }
}

/// The proleptic Gregorian calendar, after Howard Hinnant's "chrono-compatible low-level date
/// algorithms": years begin in March, so that the leap day comes last.
extension Timestamp {
    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : (a - b + 1) / b
    }

    /// Days since 1970-01-01.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Reads digits and separators off the front of an instant's text.
private struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private mutating func digit() -> Int64? {
        guard position < bytes.count, bytes[position] >= UInt8(ascii: "0"),
            bytes[position] <= UInt8(ascii: "9")
        else { return nil }
        defer { position += 1 }
        return Int64(bytes[position] - UInt8(ascii: "0"))
    }

    /// Exactly so many digits.
    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// At least one digit of a fraction.
    mutating func milliseconds() -> Int64? {
        guard var value = digit() else { return nil }
        var count = 1
        while let digit = digit() {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    /// Any one of these characters.
    mutating func skip(_ characters: StaticString) -> Bool {
        guard position < bytes.count,
            (0..<characters.utf8CodeUnitCount).contains(where: {
                characters.utf8Start[$0] == bytes[position]
            })
        else { return false }
        position += 1
        return true
    }

    /// `Z`, or `+hh:mm` or `-hh:mm`.
    mutating func offsetMinutes() -> Int64? {
        if skip("Zz") { return 0 }
        let isNegative = skip("-")
        guard isNegative || skip("+"), let hours = number(digits: 2), skip(":"),
            let minutes = number(digits: 2), hours < 24, minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }
}
