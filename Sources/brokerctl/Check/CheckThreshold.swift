/// A range of values as plugins for monitoring systems take it: `10` (0 to 10), `10:` (10 and more),
/// `~:10` (10 and less), `10:20`, and with `@` before it the values that are to alert.
///
/// Both ends belong to the range.
struct CheckRange: Equatable {
    var low: Double
    var high: Double
    /// Whether values within the range alert, and not those outside.
    var alertsWithin = false

    func alerts(on value: Double) -> Bool { (low...high).contains(value) == alertsWithin }

    /// As it is written in performance data: the shortest form.
    var text: String {
        let start = low == 0 ? "" : low == -.infinity ? "~:" : "\(CheckNumber.text(low)):"
        let end = high == .infinity ? "" : CheckNumber.text(high)
        let range = start.isEmpty && end.isEmpty ? "0:" : start + end
        return (alertsWithin ? "@" : "") + range
    }
}

/// A range of plain numbers, or of hundredths of what there is at most: `90%`, `10%:`.
struct CheckThreshold: Equatable {
    var range: CheckRange
    var isPercent = false

    /// What is wrong with a threshold, in a sentence.
    struct Mistake: Error, Equatable {
        let text: String
    }

    init(_ text: String) throws(Mistake) {
        let mistake = Mistake(
            text: "\(text) is no range: write it as 10, 10:, ~:10, 10:20 or @10:20, "
                + "or in percent as 90% or 10%:20%")
        var rest = text[...]
        let alertsWithin = rest.hasPrefix("@")
        if alertsWithin { rest.removeFirst() }
        let ends = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = ends.first, ends.count <= 2, !rest.isEmpty, rest != ":" else {
            throw mistake
        }
        var percents: [Bool] = []
        func number(_ part: Substring) throws(Mistake) -> Double {
            let digits = part.hasSuffix("%") ? part.dropLast() : part
            guard let value = CheckNumber.value(digits) else { throw mistake }
            percents.append(digits.endIndex != part.endIndex)
            return value
        }
        var low = 0.0
        var high = Double.infinity
        if ends.count == 1 {
            high = try number(first)
        } else {
            low = first == "~" ? -.infinity : first.isEmpty ? 0 : try number(first)
            if !ends[1].isEmpty { high = try number(ends[1]) }
        }
        // A percent sign at one end of two would leave open what the other is.
        guard Set(percents).count <= 1, low <= high else { throw mistake }
        range = CheckRange(low: low, high: high, alertsWithin: alertsWithin)
        isPercent = percents.first ?? false
    }

    /// As plain numbers, where so much is all; nil where hundredths of nothing are asked for.
    func range(of most: Int?) -> CheckRange? {
        guard isPercent else { return range }
        guard let most, most > 0 else { return nil }
        var range = range
        // Rounded to thousandths: 0.07 of 100 would be 7.000000000000001.
        range.low = (range.low * Double(most) * 10).rounded() / 1_000
        range.high = (range.high * Double(most) * 10).rounded() / 1_000
        return range
    }
}

/// Numbers as monitoring systems read them, whatever the locale.
enum CheckNumber {
    /// Digits, with a point and more digits or without, and a sign before them or not.
    static func value(_ text: Substring) -> Double? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard parts.count <= 2, isNumber else { return nil }
        return Double(text)
    }

    /// Up to three digits behind the point, and none where none is needed.
    static func text(_ value: Double) -> String {
        let thousandths = (value * 1_000).rounded()
        guard thousandths.magnitude < 9e18 else { return "\(value)" }
        let whole = Int(thousandths)
        let sign = whole < 0 ? "-" : ""
        var text = "\(sign)\(whole.magnitude / 1_000)"
        var rest = whole.magnitude % 1_000
        guard rest > 0 else { return text }
        var digits = ""
        for divisor: UInt in [100, 10, 1] where rest > 0 {
            digits += "\(rest / divisor)"
            rest %= divisor
        }
        text += ".\(digits)"
        return text
    }
}
