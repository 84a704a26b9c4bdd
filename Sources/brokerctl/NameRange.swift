import BrokerAPI
import BrokerText

/// Names with a range of numbers in brackets: `vdi-[0001-0300]`, `cad-[1-3,7]`.
enum NameRange {
    /// Far more seats than anybody names one by one, and few enough to expand at once.
    static let namesMax = 100_000

    /// The names that a pattern stands for, in its order; the pattern itself without a bracket.
    static func expand(_ pattern: String) throws(CommandError) -> [String] {
        guard let open = pattern.firstIndex(of: "[") else {
            guard !pattern.contains("]") else { throw bad(pattern, .closesUnopened) }
            return [pattern]
        }
        let rest = pattern[pattern.index(after: open)...]
        guard let close = rest.firstIndex(of: "]") else {
            throw bad(pattern, .opensUnclosed)
        }
        let prefix = pattern[..<open]
        let suffix = rest[rest.index(after: close)...]
        guard !suffix.contains("["), !suffix.contains("]"), !rest[..<close].contains("[") else {
            throw bad(pattern, .oneRange)
        }
        var names: [String] = []
        for part in rest[..<close].split(separator: ",", omittingEmptySubsequences: false) {
            for number in try numbers(part, in: pattern) {
                names.append("\(prefix)\(number)\(suffix)")
                guard names.count <= namesMax else {
                    throw bad(pattern, .tooManyNames(namesMax))
                }
            }
        }
        return names
    }

    /// The names that several patterns stand for; one that is given twice counts once.
    static func expand(_ patterns: [String]) throws(CommandError) -> [String] {
        var seen: Set<String> = []
        var names: [String] = []
        for pattern in patterns {
            for name in try expand(pattern) where seen.insert(name).inserted { names.append(name) }
        }
        return names
    }

    private static func numbers(
        _ part: Substring, in pattern: String
    ) throws(CommandError) -> [String] {
        let ends = part.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = number(ends[0]), let last = number(ends[ends.count - 1])
        else { throw bad(pattern, .noRange(String(part))) }
        guard first <= last else { throw bad(pattern, .backwards(String(part))) }
        guard last - first < namesMax else { throw bad(pattern, .tooManyNames(namesMax)) }
        // As many digits as the first end is written with.
        let width = ends[0].utf8.count
        return (first...last).map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        return Int(text)
    }

    private static func bad(_ pattern: String, _ why: Text) -> CommandError {
        .usage(.badRange(pattern, why))
    }
}
