import BrokerText

/// The text of a file before it is read as TOML.
enum SourceText {
    /// A site of 2,000 groups by hand is a tenth of this; the API takes no more either.
    static let bytesMax = 1 << 20

    /// The tables of the text, and what is wrong already; nil for tables when it is no TOML.
    static func read(
        _ bytes: [UInt8], file: String?
    ) throws(SiteFileError) -> TOMLTable {
        guard bytes.count <= bytesMax else {
            throw SiteFileError(
                file: file,
                [
                    Mistake(
                        SourcePosition(line: 1, column: 1),
                        .textTooLong(bytes.count, bytesMax))
                ])
        }
        if let position = firstInvalid(bytes) {
            throw SiteFileError(
                file: file, [Mistake(position, .notUTF8)])
        }
        let (root, mistakes) = TOMLParser.parse(bytes)
        guard mistakes.isEmpty else { throw SiteFileError(file: file, mistakes) }
        return root
    }

    /// Where the bytes stop being UTF-8; nil when they do not.
    private static func firstInvalid(_ bytes: [UInt8]) -> SourcePosition? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var position = SourcePosition(line: 1, column: 1)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            position.column += 1
            if scalar == "\n" {
                position = SourcePosition(line: position.line + 1, column: 1)
            }
        }
        return position
    }
}
