import BrokerText

/// Walks through a text byte by byte and knows its place.
struct TOMLScanner {
    private let bytes: [UInt8]
    private var index: Int
    private(set) var position = SourcePosition(line: 1, column: 1)

    /// Valid UTF-8; a byte order mark at its start is passed over.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    var atEnd: Bool { index == bytes.count }

    /// Nil at the end.
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    func peek(_ offset: Int) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    func sees(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    /// Passes over one byte, which is there.
    mutating func advance() {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n") {
            position = SourcePosition(line: position.line + 1, column: 1)
        } else if index == bytes.count || bytes[index] & 0xC0 != 0x80 {
            // Counted when its last byte has been passed: bytes of 10xxxxxx continue a scalar.
            position.column += 1
        }
    }

    mutating func advance(_ count: Int) {
        for _ in 0..<count {
            advance()
        }
    }

    /// Passes over the text if it comes next.
    mutating func skip(_ text: StaticString) -> Bool {
        guard sees(text) else { return false }
        advance(text.utf8CodeUnitCount)
        return true
    }

    mutating func skipBlanks() {
        while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") {
            advance()
        }
    }

    /// Passes over one end of line, LF or CR LF, if it comes next.
    mutating func skipNewline() -> Bool { skip("\n") || skip("\r\n") }

    /// Passes over a comment, up to the end of its line.
    mutating func skipComment() throws(Mistake) {
        guard next == UInt8(ascii: "#") else { return }
        while let byte = next, byte != UInt8(ascii: "\n"), !sees("\r\n") {
            if isControl(byte) { throw controlMistake(byte) }
            advance()
        }
    }

    /// Passes over blanks, ends of lines and comments, wherever a value may be broken into lines.
    mutating func skipLines() throws(Mistake) {
        repeat {
            skipBlanks()
            try skipComment()
        } while skipNewline()
    }

    /// The run of bytes up to the first that is not accepted.
    mutating func take(while accepts: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = next, accepts(byte) {
            advance()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    func mistake(_ message: Text) -> Mistake { Mistake(position, message) }

    private func controlMistake(_ byte: UInt8) -> Mistake {
        mistake(
            .controlCharacter(
                "U+00\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"))
    }

    /// All but the tab.
    private func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F
    }

    // MARK: Strings

    /// A string of any of the four kinds; a quotation mark comes next.
    mutating func string() throws(Mistake) -> String {
        let quote = bytes[index]
        let start = position
        let long = peek(1) == quote && peek(2) == quote
        advance(long ? 3 : 1)
        // A line's end right after the opening quotes is not part of the string.
        if long { _ = skipNewline() }
        var text: [UInt8] = []
        while let byte = next {
            if byte == quote {
                if !long {
                    advance()
                    return String(decoding: text, as: UTF8.self)
                }
                if takeClosingQuotes(quote, into: &text) {
                    return String(decoding: text, as: UTF8.self)
                }
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(long: long, into: &text)
            } else if long, skipNewline() {
                text.append(UInt8(ascii: "\n"))
            } else if sees("\n") || sees("\r\n") {
                break
            } else if isControl(byte) {
                throw controlMistake(byte)
            } else {
                text.append(byte)
                advance()
            }
        }
        throw Mistake(start, .unendedString)
    }

    /// Three quotes end a long string; one or two more before them belong to it.
    private mutating func takeClosingQuotes(_ quote: UInt8, into text: inout [UInt8]) -> Bool {
        var count = 0
        while count < 5, peek(count) == quote {
            count += 1
        }
        advance(count)
        let kept = count < 3 ? count : count - 3
        text.append(contentsOf: repeatElement(quote, count: kept))
        return count >= 3
    }

    private mutating func escape(long: Bool, into text: inout [UInt8]) throws(Mistake) {
        let start = position
        advance()
        guard let byte = next else { return }
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
        case UInt8(ascii: "u"): return try unicodeEscape(4, from: start, into: &text)
        case UInt8(ascii: "U"): return try unicodeEscape(8, from: start, into: &text)
        default:
            if long, try skipFoldedLines(from: start) { return }
            throw Mistake(
                start, .noSuchEscape)
        }
        advance()
    }

    private mutating func unicodeEscape(
        _ digitCount: Int, from start: SourcePosition, into text: inout [UInt8]
    ) throws(Mistake) {
        advance()
        var value: UInt32 = 0
        for _ in 0..<digitCount {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw Mistake(start, .escapeDigits(digitCount))
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw Mistake(start, .escapeNoCharacter)
        }
        text.append(contentsOf: UTF8.encode(scalar)!)
    }

    /// A backslash at the end of a line joins it to the next text; only blanks may follow it.
    private mutating func skipFoldedLines(from start: SourcePosition) throws(Mistake) -> Bool {
        var offset = 0
        while let byte = peek(offset), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
            offset += 1
        }
        guard
            peek(offset) == UInt8(ascii: "\n")
                || peek(offset) == UInt8(ascii: "\r") && peek(offset + 1) == UInt8(ascii: "\n")
        else { return false }
        repeat {
            skipBlanks()
        } while skipNewline()
        return true
    }
}
