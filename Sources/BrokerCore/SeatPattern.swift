/// A template with one decimal index, such as `vdi-%04d`.
package struct SeatPattern: Hashable, Sendable {
    private let prefix: String
    private let suffix: String
    /// Least digits; shorter indexes get leading zeros, longer ones are written whole.
    private let width: Int

    /// Most digits that a pattern may ask for: 9 cover every index that fits the seat limit.
    package static let widthMax = 9

    /// Nil unless `text` holds exactly one `%d` or `%0Nd` (N from 1 to 9) and no other `%`.
    package init?(_ text: String) {
        let parts = text.split(separator: "%", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        var rest = parts[1]
        var width = 1
        if rest.first == "0" {
            rest = rest.dropFirst()
            guard let digit = rest.first?.wholeNumberValue, rest.first!.isASCII,
                (1...Self.widthMax).contains(digit)
            else { return nil }
            width = digit
            rest = rest.dropFirst()
        }
        guard rest.first == "d" else { return nil }
        self.prefix = String(parts[0])
        self.suffix = String(rest.dropFirst())
        self.width = width
    }

    /// The text for one index, which counts from 1.
    package func text(_ index: Int) -> String {
        let digits = String(index)
        if digits.utf8.count >= width { return prefix + digits + suffix }
        return prefix + String(repeating: "0", count: width - digits.utf8.count) + digits + suffix
    }
}
