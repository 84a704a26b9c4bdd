/// Text as a terminal shows it.
enum TerminalText {
    /// What came from outside, made harmless: control characters of both sets would steer the
    /// terminal, bidirectional ones reorder what stands beside them, and other invisible ones make
    /// two names look alike. Each is shown as `\u{…}`.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: mustEscape) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if mustEscape(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: return false
        case 0..<0x20, 0x7F..<0xA0: return true
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
            default: return false
            }
        }
    }

    /// How many cells of a terminal the text takes: two for East Asian wide characters and emoji,
    /// none for marks that combine with the one before.
    static func width(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 }
            ? text.utf8.count : text.reduce(0) { $0 + width(of: $1) }
    }

    /// The text, cut to a number of cells, with an ellipsis in the last one if it was longer.
    static func truncated(_ text: String, to cells: Int) -> String {
        guard width(text) > cells else { return text }
        guard cells > 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            let next = width(of: character)
            if used + next > cells - 1 { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }

    private static func width(of character: Character) -> Int {
        // A cluster is as wide as its widest part: its marks take no cell of their own.
        character.unicodeScalars.reduce(0) { max($0, width(of: $1)) }
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The blocks of Unicode's EastAsianWidth.txt that are wide or full-width as a whole.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x1B000...0x1B2FB, 0x20000...0x3FFFD,
    ]
}

/// Words for a POSIX shell.
enum ShellText {
    private static let plain = Set("%+,-./:=@_".utf8)

    /// The text as one word, whatever it holds: `eval` reads it back unchanged.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: plain.contains(byte)
            }
        }
        if isPlain { return text }
        return "'" + text.replacingScalar("'", with: #"'\''"#) + "'"
    }
}

extension String {
    /// The text with every one of a scalar replaced, as a program sees it that reads bytes: a quote
    /// with a combining mark behind it is another `Character`, and would stay.
    func replacingScalar(_ scalar: Unicode.Scalar, with replacement: String) -> String {
        var result = String.UnicodeScalarView()
        for next in unicodeScalars {
            if next == scalar {
                result.append(contentsOf: replacement.unicodeScalars)
            } else {
                result.append(next)
            }
        }
        return String(result)
    }
}
