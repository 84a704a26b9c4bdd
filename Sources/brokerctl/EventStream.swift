/// Reads server-sent events, as the HTML standard has them ("9.2.6 Interpreting an event stream").
struct EventStreamParser {
    /// One event: its name and its lines of data, joined.
    struct Event: Equatable {
        var name: String
        var data: String
    }

    /// A lease is half a kilobyte; nothing here comes near to this.
    private static let lineBytesMax = 1 << 20

    /// The id of the last event or mark: where a stream that is cut goes on.
    private(set) var lastID: String?
    private var nextID: String?
    private var line: [UInt8] = []
    private var name = ""
    private var data: [String] = []
    private var skipsLineFeed = false

    /// Takes the next bytes of the stream, and gives the events that they complete.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            if byte == 0x0A, skipsLineFeed {
                skipsLineFeed = false
                continue
            }
            skipsLineFeed = byte == 0x0D
            guard byte == 0x0A || byte == 0x0D else {
                if line.count < Self.lineBytesMax { line.append(byte) }
                continue
            }
            if let event = endOfLine() { events.append(event) }
        }
        return events
    }

    private mutating func endOfLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty {
            defer {
                name = ""
                data = []
            }
            lastID = nextID
            return data.isEmpty
                ? nil
                : Event(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"))
        }
        let text = String(decoding: line, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return nil }
        var value = text[text.index(after: colon)...]
        if value.first == " " { value = value.dropFirst() }
        switch text[..<colon] {
        case "event": name = String(value)
        case "data": data.append(String(value))
        case "id": nextID = String(value)
        // Comments keep the connection alive.
        default: break
        }
        return nil
    }
}
