import Logging
import Testing

@testable import BrokerSystemd

@Suite struct LogTests {
    private let time = LogLine.UnixTime(seconds: 1_795_507_083, nanoseconds: 120_999_999)

    @Test func aLineForPeople() {
        let line = LogLine.text(
            level: .notice, message: "Listening",
            metadata: [
                "path": "/run/a.sock", "listener": "agent", "reason": "out of order",
                "message_id": "0123456789abcdef0123456789abcdef", "empty": "",
            ], unixTime: time)
        #expect(
            line == "2026-11-24T07:58:03.120Z notice   Listening empty=\"\" listener=agent "
                + "path=/run/a.sock reason=\"out of order\"\n")
    }

    @Test(arguments: [
        ("plain", "plain"), ("caf\u{e9} \u{1F600}", "caf\u{e9} \u{1F600}"), ("a\nb", "a\\nb"),
        ("a\tb", "a\\tb"),
        ("\u{1b}[31mred", "\\u{1b}[31mred"), ("a\u{9b}b", "a\\u{9b}b"), ("a\u{7f}", "a\\u{7f}"),
        ("\u{202e}txt", "\\u{202e}txt"), ("\u{2066}x", "\\u{2066}x"), ("a\u{200b}b", "a\\u{200b}b"),
        ("a\\nb", "a\\\\nb"), ("a\u{2028}b", "a\\u{2028}b"), ("\r\n", "\\u{d}\\n"),
    ])
    func whatATerminalWouldObeyIsEscaped(text: String, escaped: String) {
        #expect(EscapedText.escape(text) == escaped)
    }

    @Test(arguments: [
        ("a", "a"), ("", "\"\""), ("a b", "\"a b\""), ("a=b", "\"a=b\""),
        ("say \"x\"", "\"say \\\"x\\\"\""),
        ("x level=critical", "\"x level=critical\""), ("a\\", "a\\\\"),
    ])
    func valuesAreUnambiguous(text: String, value: String) {
        #expect(EscapedText.value(text) == value)
    }

    /// What `journalctl` shows: the message and its facts, in the order of their names.
    private static let sentence = #"""
        MESSAGE=Lease revoked PRIORITY=0 lease=abc odd-key.x=1 reason="two\nlines\nPRIORITY=0"
        """#

    @Test func fieldsForTheJournal() {
        let fields = JournalFields(
            level: .warning, message: "Lease revoked",
            metadata: [
                "lease": "abc", "reason": "two\nlines\nPRIORITY=0", "odd-key.x": "1",
                "message_id": "0123456789abcdef0123456789abcdef", "PRIORITY": "0",
            ], label: "brokerd"
        ).fields.map { String(decoding: $0, as: UTF8.self) }
        #expect(
            fields == [
                Self.sentence, "PRIORITY=4", "SYSLOG_IDENTIFIER=brokerd",
                "BROKERD_PRIORITY=0", "BROKERD_LEASE=abc",
                "MESSAGE_ID=0123456789abcdef0123456789abcdef", "BROKERD_ODD_KEY_X=1",
                "BROKERD_REASON=two\nlines\nPRIORITY=0",
            ])
    }

    @Test func aMalformedMessageIDIsAnOrdinaryField() {
        let fields = JournalFields(
            level: .info, message: "m", metadata: ["message_id": "x"], label: "l"
        ).fields.map { String(decoding: $0, as: UTF8.self) }
        #expect(fields.last == "BROKERD_MESSAGE_ID=x")
    }

    @Test func namesAreShortEnough() {
        #expect(JournalFields.name(forKey: String(repeating: "k", count: 100)).utf8.count == 64)
        #expect(JournalFields.name(forKey: "stra\u{df}e") == "BROKERD_STRASSE")
    }

    @Test(arguments: [
        (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3),
        (.critical, 2),
    ])
    func priorities(level: Logger.Level, priority: Int) {
        #expect(JournalFields.priority(level) == priority)
    }
}
