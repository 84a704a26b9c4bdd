import BrokerCore

/// A pattern of seat names, read both ways.
struct AuditPattern: Equatable, Sendable {
    private let prefix: String
    private let suffix: String
    private let width: Int

    init(_ text: String) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        prefix = String(parts[0])
        let rest = parts.count > 1 ? parts[1] : "d"
        let digits = rest.prefix { $0 != "d" }
        width = Int(digits) ?? 1
        suffix = String(rest.dropFirst(digits.count + 1))
    }

    /// `%d` writes the index as it is, `%04d` with zeros in front up to four digits.
    func text(_ index: Int) -> String {
        var digits = String(index)
        while digits.utf8.count < width { digits = "0" + digits }
        return prefix + digits + suffix
    }

    /// The index of a name that the pattern makes; nil for every other.
    func index(of name: String) -> Int? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix),
            name.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        let digits = name.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        guard digits.count <= 9, let index = Int(Substring(digits)), index > 0,
            text(index) == name
        else { return nil }
        return index
    }
}
