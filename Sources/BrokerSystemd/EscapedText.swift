/// Text as it may be shown in a terminal, whoever has written it.
enum EscapedText {
    /// Replaces what a terminal would obey, or what would make a line look like another one, by
    /// `\u{…}`; a backslash is doubled, so that the escape cannot be faked.
    static func escape(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: mustEscape) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case _ where mustEscape(scalar):
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            case _: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A value after `key=`: escaped, and in quotes when white space, quotes or nothing at all
    /// would make it ambiguous.
    static func value(_ text: String) -> String {
        let escaped = escape(text)
        guard escaped.isEmpty || escaped.contains(where: { " \"=".contains($0) }) else {
            return escaped
        }
        let inner = escaped.map { $0 == "\"" ? "\\\"" : String($0) }.joined()
        return "\"\(inner)\""
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL and C1: a terminal's commands
        case 0x5C: true  // the backslash, as the escape's own mark
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // bidirectional marks
        case 0x2028, 0x2029: true  // line and paragraph separators
        case 0x200B...0x200D, 0x2060, 0xFEFF: true  // invisible: two names that look the same
        case 0xE0000...0xE007F: true  // invisible "tags"
        case _: false
        }
    }
}
