import BrokerAPI

/// An event as one line.
enum EventLine {
    /// As wide as the longest types.
    private static let typeCells = 21

    /// For people: when, what, about whom and what, and by whom.
    ///
    /// It reads the JSON and not the type of this version: a newer daemon has more types.
    static func text(_ data: String, now: Timestamp = LocalTime.now) -> String {
        guard let json = try? JSONParser.parse(Array(data.utf8), depthMax: 16) else {
            return TerminalText.escaped(data) + "\n"
        }
        func word(_ name: String) -> String? { json[name].map(PlainText.text) }
        let at = word("at").flatMap { Timestamp(text: $0) }
        let type = word("type") ?? "?"
        let padding = String(repeating: " ", count: max(0, typeCells - type.utf8.count))
        var words = [at.map { LocalTime.text($0, now: now) } ?? "?", type + padding]
        words += ["holder", "seat", "pool", "group"].compactMap(word)
        if let lease = json["lease"] {
            let reason = (lease["end_reason"]?.stringValue ?? lease["ending_reason"]?.stringValue)
            if let reason { words.append(reason) }
        }
        if let details = word("details") { words.append(details) }
        if let actor = json["actor"]?["name"]?.stringValue, actor != json["holder"]?.stringValue {
            words.append("by \(actor)")
        }
        return TerminalText.escaped(words.joined(separator: "  ")) + "\n"
    }

    /// The data as they came. On a terminal, characters that would steer it are written in JSON's
    /// own way, so that the line stays the same JSON.
    static func json(_ data: String, isTerminal: Bool = Terminal.isOutput) -> String {
        guard isTerminal, TerminalText.escaped(data) != data else { return data + "\n" }
        var line = ""
        for scalar in data.unicodeScalars {
            let text = String(scalar)
            guard TerminalText.escaped(text) != text else {
                line += text
                continue
            }
            for unit in text.utf16 {
                let digits = String(unit, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return line + "\n"
    }
}
