import BrokerCore

/// Numbers, truth values, dates and times: all values without quotes or brackets.
enum TOMLScalar {
    static func read(_ scanner: inout TOMLScanner) throws(Mistake) -> TOMLNode.Value {
        let start = scanner.position
        var text = scanner.take(while: isPart)
        // A date and its time may stand apart by one space.
        if isDate(text), scanner.next == UInt8(ascii: " "), isDigit(scanner.peek(1)),
            isDigit(scanner.peek(2)), scanner.peek(3) == UInt8(ascii: ":")
        {
            scanner.advance()
            text += "T" + scanner.take(while: isPart)
        }
        guard !text.isEmpty else {
            throw Mistake(start, .valueExpected)
        }
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: break
        }
        if isFloat(text) { return .float }
        if let date = CivilDate(text: text) { return .date(date) }
        if isDateTime(text) { return .dateTime }
        guard let digits = integerDigits(text) else {
            throw Mistake(
                start, .noValue(text.quotedVisibly()))
        }
        guard let number = Int64(digits.text, radix: digits.radix) else {
            throw Mistake(start, .outOfRange(text.quotedVisibly()))
        }
        return .integer(number)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    // MARK: Integers

    /// The digits without underscores, sign first; nil where the text is no integer.
    private static func integerDigits(_ text: String) -> (text: String, radix: Int)? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            guard let digits = digits(text.dropFirst(2), radix: radix) else { return nil }
            return (digits, radix)
        }
        let sign = text.hasPrefix("-") ? "-" : ""
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let digits = decimal(unsigned) else { return nil }
        return (sign + digits, 10)
    }

    /// Without leading zeros.
    private static func decimal(_ text: Substring) -> String? {
        guard let digits = digits(text, radix: 10), digits == "0" || !digits.hasPrefix("0") else {
            return nil
        }
        return digits
    }

    /// An underscore stands between two digits.
    private static func digits(_ text: Substring, radix: Int) -> String? {
        var result = ""
        var afterDigit = false
        for character in text {
            if character == "_" {
                guard afterDigit else { return nil }
                afterDigit = false
            } else {
                guard let value = character.hexDigitValue, value < radix else { return nil }
                result.append(character)
                afterDigit = true
            }
        }
        return afterDigit ? result : nil
    }

    // MARK: Fractions

    private static func isFloat(_ text: String) -> Bool {
        var rest = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        if rest == "inf" || rest == "nan" { return true }
        guard !rest.hasPrefix("0x"), !rest.hasPrefix("0o"), !rest.hasPrefix("0b") else {
            return false
        }
        var isFloat = false
        if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            let exponent = rest[rest.index(after: mark)...]
            let unsigned = exponent.first == "-" || exponent.first == "+"
            guard digits(unsigned ? exponent.dropFirst() : exponent, radix: 10) != nil else {
                return false
            }
            rest = rest[..<mark]
            isFloat = true
        }
        if let point = rest.firstIndex(of: ".") {
            guard digits(rest[rest.index(after: point)...], radix: 10) != nil else { return false }
            rest = rest[..<point]
            isFloat = true
        }
        return isFloat && decimal(rest) != nil
    }

    // MARK: Dates and times

    private static func isDateTime(_ text: String) -> Bool {
        if isTime(text[...]) { return true }
        let date = text.prefix(10)
        guard isDate(String(date)) else { return false }
        let rest = text.dropFirst(10)
        guard let separator = rest.first else { return true }
        guard separator == "T" || separator == "t" else { return false }
        var time = rest.dropFirst()
        if time.last == "Z" || time.last == "z" {
            time = time.dropLast()
        } else if let sign = time.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let offset = numbers(time[time.index(after: sign)...], "dd:dd"), offset[0] < 24,
                offset[1] < 60
            else { return false }
            time = time[..<sign]
        }
        return isTime(time)
    }

    private static func isDate(_ text: String) -> Bool {
        guard let date = numbers(text[...], "dddd-dd-dd") else { return false }
        let (year, month, day) = (date[0], date[1], date[2])
        let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
        let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...days[month - 1]).contains(day)
    }

    private static func isTime(_ text: Substring) -> Bool {
        var whole = text
        if let point = text.firstIndex(of: ".") {
            let fraction = text[text.index(after: point)...]
            guard !fraction.isEmpty, fraction.utf8.allSatisfy({ isDigit($0) }) else {
                return false
            }
            whole = text[..<point]
        }
        // 60 is a leap second.
        guard let time = numbers(whole, "dd:dd:dd") else { return false }
        return time[0] < 24 && time[1] < 60 && time[2] <= 60
    }

    /// The numbers in a text of that shape, where `d` stands for a digit.
    private static func numbers(_ text: Substring, _ shape: StaticString) -> [Int]? {
        guard text.utf8.count == shape.utf8CodeUnitCount else { return nil }
        return shape.withUTF8Buffer { shape in
            var result = [0]
            for (byte, expected) in zip(text.utf8, shape) {
                if expected == UInt8(ascii: "d") {
                    guard isDigit(byte) else { return nil }
                    result[result.count - 1] =
                        result[result.count - 1] * 10 + Int(byte - UInt8(ascii: "0"))
                } else {
                    guard byte == expected else { return nil }
                    result.append(0)
                }
            }
            return result
        }
    }
}
