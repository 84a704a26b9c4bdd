import BrokerCore

/// A JSON object as text, member by member in the order in which they are added.
package struct JSONText: Sendable {
    private var text = "{"

    package init() {}

    /// The whole object.
    package var object: String { text + "}" }

    /// A whole number, or `null`.
    package mutating func add(_ name: String, _ value: Int?) {
        key(name)
        text += value.map { "\($0)" } ?? "null"
    }

    /// A truth value.
    package mutating func add(_ name: String, _ value: Bool) {
        key(name)
        text += value ? "true" : "false"
    }

    /// A string, or `null`.
    package mutating func add(_ name: String, _ value: String?) {
        key(name)
        text += value.map { Self.quoted($0) } ?? "null"
    }

    /// An array of strings.
    package mutating func add(_ name: String, _ values: [String]) {
        key(name)
        text += "[" + values.map { Self.quoted($0) }.joined(separator: ",") + "]"
    }

    /// What it was and what it is, where that differs.
    package mutating func addChange(_ name: String, _ from: Int?, _ to: Int?) {
        guard from != to else { return }
        var change = JSONText()
        change.add("from", from)
        change.add("to", to)
        key(name)
        text += change.object
    }

    package mutating func addChange(_ name: String, _ from: String?, _ to: String?) {
        guard from != to else { return }
        var change = JSONText()
        change.add("from", from)
        change.add("to", to)
        key(name)
        text += change.object
    }

    package mutating func addChange(_ name: String, _ from: [String]?, _ to: [String]?) {
        guard from != to else { return }
        addChange(name, from?.joined(separator: " "), to?.joined(separator: " "))
    }

    private mutating func key(_ name: String) {
        if text != "{" { text += "," }
        text += Self.quoted(name) + ":"
    }

    private static func quoted(_ string: String) -> String {
        var quoted = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            case _: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// An instant of the wall clock as RFC 3339 in UTC with milliseconds.
package enum InstantText {
    /// What it is in milliseconds since the Unix epoch, as text.
    package static func text(_ milliseconds: Int64) -> String {
        let day = Int(milliseconds.quotient(by: 86_400_000))
        let rest = Int(milliseconds - Int64(day) * 86_400_000)
        let seconds = rest / 1_000
        let parts = [
            two(seconds / 3_600), two(seconds / 60 % 60), two(seconds % 60),
        ].joined(separator: ":")
        let fraction = String(1_000 + rest % 1_000).dropFirst()
        return "\(CivilDate(dayNumber: day))T\(parts).\(fraction)Z"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Int64 {
    /// Rounded down, also below zero.
    fileprivate func quotient(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}
