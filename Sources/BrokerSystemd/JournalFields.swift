import Logging

/// A log event as fields of the journal (systemd.journal-fields(7)).
struct JournalFields: Equatable {
    /// The metadata key whose value becomes `MESSAGE_ID`: 32 hexadecimal digits that name this kind
    /// of event for ever.
    static let messageIDKey = "message_id"
    /// Ours, so that no key can pass for a field of systemd's.
    static let prefix = "BROKERD_"
    /// The journal takes names of up to 64 characters.
    private static let nameBytesMax = 64

    /// Each `NAME=value` as bytes. The value may hold anything: `sd_journal_sendv` sends the length
    /// beside it, so a line break in it cannot start another field.
    private(set) var fields: [[UInt8]] = []

    init(level: Logger.Level, message: String, metadata: Logger.Metadata, label: String) {
        add("MESSAGE", LogLine.sentence(message: message, metadata: metadata))
        add("PRIORITY", String(Self.priority(level)))
        add("SYSLOG_IDENTIFIER", label)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let text = "\(value)"
            if key == Self.messageIDKey, Self.isMessageID(text) {
                add("MESSAGE_ID", text)
            } else {
                add(Self.name(forKey: key), text)
            }
        }
    }

    private mutating func add(_ name: String, _ value: String) {
        fields.append(Array("\(name)=\(value)".utf8))
    }

    /// Upper case, digits and underscores are all that a name may have.
    static func name(forKey key: String) -> String {
        let mapped = key.uppercased().utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case _: UInt8(ascii: "_")
            }
        }
        return String((prefix + String(decoding: mapped, as: UTF8.self)).prefix(nameBytesMax))
    }

    private static func isMessageID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.allSatisfy(\.isHexDigit)
    }

    /// The priorities of syslog(3).
    static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
