/// All names that a seat pattern makes for the indexes 1 to `count`, without listing them.
///
/// Two patterns of a million names each are compared by arithmetic on their digits, in a time that
/// depends on the length of a name alone.
struct PatternedNames {
    private let prefix: [UInt8]
    private let suffix: [UInt8]
    private let width: Int
    private let count: Int

    /// Nil when `pattern` is none or makes no name at all.
    init?(_ pattern: String, count: Int) {
        guard count > 0, SeatPattern(pattern) != nil else { return nil }
        let bytes = Array(pattern.utf8)
        guard let percent = bytes.firstIndex(of: UInt8(ascii: "%")) else { return nil }
        self.prefix = Array(bytes[..<percent])
        if bytes[percent + 1] == UInt8(ascii: "0") {
            self.width = Int(bytes[percent + 2] - UInt8(ascii: "0"))
            self.suffix = Array(bytes[(percent + 4)...])
        } else {
            self.width = 1
            self.suffix = Array(bytes[(percent + 2)...])
        }
        self.count = count
    }

    func contains(_ name: some StringProtocol) -> Bool { contains(Array(name.utf8)) }

    private func contains(_ name: [UInt8]) -> Bool {
        let digitCount = name.count - prefix.count - suffix.count
        guard digitCount > 0, name.starts(with: prefix), name.ends(with: suffix),
            let indexes = indexes(digitCount: digitCount),
            let index = Self.number(name[prefix.count..<(prefix.count + digitCount)])
        else { return false }
        return indexes.contains(index)
    }

    /// One name that both make, the same at every run; nil when there is none.
    func sharedName(with other: Self) -> String? {
        let (short, long) = prefix.count <= other.prefix.count ? (self, other) : (other, self)
        guard long.prefix.starts(with: short.prefix) else { return nil }
        guard short.suffix.ends(with: long.suffix) || long.suffix.ends(with: short.suffix) else {
            return nil
        }
        for digitCount in short.digitCounts {
            if let name = short.sharedName(digitCount: digitCount, longer: long) {
                return String(decoding: name, as: UTF8.self)
            }
        }
        return nil
    }

    /// A shared name in which this pattern's index has `digitCount` digits; the other's prefix
    /// begins with this one's, and one of the suffixes ends with the other.
    private func sharedName(digitCount: Int, longer other: Self) -> [UInt8]? {
        let length = prefix.count + digitCount + suffix.count
        let otherDigitCount = length - other.prefix.count - other.suffix.count
        guard let mine = indexes(digitCount: digitCount),
            let others = other.indexes(digitCount: otherDigitCount)
        else { return nil }

        let head = other.prefix[prefix.count...]
        if head.count >= digitCount {
            // The longer prefix spells this pattern's index out: one candidate.
            let name = prefix + head.prefix(digitCount) + suffix
            return contains(name) && other.contains(name) ? name : nil
        }
        guard let headNumber = Self.number(head) else { return nil }

        if other.suffix.count >= suffix.count {
            // mine = head, other's index, tail
            let tail = other.suffix[..<(other.suffix.count - suffix.count)]
            guard let tailNumber = Self.number(tail) else { return nil }
            let scale = Self.power(tail.count)
            let base = headNumber * Self.power(otherDigitCount) * scale + tailNumber
            let least = max(others.lowerBound, Self.quotientUp(mine.lowerBound - base, scale))
            let most = min(others.upperBound, Self.quotientDown(mine.upperBound - base, scale))
            return least <= most ? other.name(least, digitCount: otherDigitCount) : nil
        }
        // mine, tail = head, other's index
        let tail = suffix[..<(suffix.count - other.suffix.count)]
        if tail.count >= otherDigitCount {
            let name = other.prefix + tail.suffix(otherDigitCount) + other.suffix
            return contains(name) && other.contains(name) ? name : nil
        }
        guard let tailNumber = Self.number(tail) else { return nil }
        let scale = Self.power(tail.count)
        let base = headNumber * Self.power(otherDigitCount) - tailNumber
        let least = max(mine.lowerBound, Self.quotientUp(others.lowerBound + base, scale))
        let most = min(mine.upperBound, Self.quotientDown(others.upperBound + base, scale))
        return least <= most ? name(least, digitCount: digitCount) : nil
    }

    private var digitCounts: ClosedRange<Int> { width...max(width, String(count).utf8.count) }

    /// The indexes that are written with that many digits; nil when there are none.
    private func indexes(digitCount: Int) -> ClosedRange<Int>? {
        guard digitCounts.contains(digitCount) else { return nil }
        let least = digitCount == width ? 1 : Self.power(digitCount - 1)
        let most = min(count, Self.power(digitCount) - 1)
        return least <= most ? least...most : nil
    }

    private func name(_ index: Int, digitCount: Int) -> [UInt8] {
        let digits = Array(String(index).utf8)
        let zeros = Array(repeating: UInt8(ascii: "0"), count: digitCount - digits.count)
        return prefix + zeros + digits + suffix
    }

    /// The value of decimal digits, 0 for none; nil where a byte is no digit or there are more
    /// than 18, which no index has.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count <= 18 else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func power(_ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { value, _ in value * 10 }
    }

    private static func quotientDown(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : -((-a + b - 1) / b)
    }

    private static func quotientUp(_ a: Int, _ b: Int) -> Int { -quotientDown(-a, b) }
}

extension Array where Element == UInt8 {
    fileprivate func ends(with other: [UInt8]) -> Bool {
        count >= other.count && self[(count - other.count)...].elementsEqual(other)
    }
}
