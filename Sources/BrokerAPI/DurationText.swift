package import BrokerText

/// Durations as people type them: `90s`, `30m`, `4h`, `1d`, `1h30m`.
package enum DurationText {
    /// The units, largest first, with their seconds.
    private static let units: [(letter: Character, seconds: Int)] = [
        ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// Why a duration was not understood, in words.
    package struct Mistake: Error, Equatable, CustomStringConvertible {
        package let text: Text
        package var description: String { text.english }
    }

    /// Whole seconds.
    ///
    /// Each unit may stand once, larger ones first. A bare number is refused, because one program
    /// means minutes by it and the next one seconds; `0` needs no unit.
    package static func seconds(_ text: String) throws(Mistake) -> Int {
        if text == "0" { return 0 }
        guard !text.isEmpty else { throw Mistake(text: .durationMissing) }
        var total = 0
        var digits = ""
        var unitsLeft = units[...]
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let index = unitsLeft.firstIndex(where: { $0.letter == character }),
                !digits.isEmpty
            else {
                throw Mistake(text: .noDuration(text.quotedForMessage))
            }
            guard let count = Int(digits) else { throw tooLong(text) }
            let (part, overflow) = count.multipliedReportingOverflow(by: units[index].seconds)
            let (sum, carry) = total.addingReportingOverflow(part)
            guard !overflow, !carry, sum <= wireIntMax else { throw tooLong(text) }
            total = sum
            digits = ""
            unitsLeft = units[(index + 1)...]
        }
        guard digits.isEmpty else {
            throw Mistake(text: .durationUnit(text.quotedForMessage))
        }
        return total
    }

    private static func tooLong(_ text: String) -> Mistake {
        Mistake(text: .durationTooLong(text.quotedForMessage))
    }

    /// The two largest units that are not zero next to each other: `3h07m`, `1d4h`, `45s`; `0s` for
    /// nothing and for less.
    package static func text(seconds: Int) -> String {
        guard seconds > 0 else { return "0s" }
        let first = units.firstIndex { seconds >= $0.seconds } ?? units.count - 1
        var result = "\(seconds / units[first].seconds)\(units[first].letter)"
        guard first + 1 < units.count else { return result }
        let rest = seconds % units[first].seconds / units[first + 1].seconds
        guard rest > 0 else { return result }
        result += rest < 10 && first > 0 ? "0\(rest)" : "\(rest)"
        result.append(units[first + 1].letter)
        return result
    }
}
