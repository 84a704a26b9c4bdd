import Glibc
import Logging

/// A log event as one line for people.
enum LogLine {
    /// An instant in seconds and nanoseconds since 1970.
    struct UnixTime {
        var seconds: time_t
        var nanoseconds: Int

        static func now() -> UnixTime {
            var value = timespec()
            clock_gettime(CLOCK_REALTIME, &value)
            return UnixTime(seconds: value.tv_sec, nanoseconds: value.tv_nsec)
        }
    }

    /// `2026-11-24T07:58:03.120Z notice  Listening  listener=agent path=/run/brokerd/agent.sock`
    static func text(
        level: Logger.Level, message: String, metadata: Logger.Metadata, unixTime: UnixTime
    ) -> String {
        let sentence = sentence(message: message, metadata: metadata)
        return "\(timestamp(unixTime)) \(name(level)) \(sentence)\n"
    }

    /// The message and its facts, fit for a terminal: what `journalctl -u brokerd` shows of it.
    static func sentence(message: String, metadata: Logger.Metadata) -> String {
        var line = EscapedText.escape(message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if key == JournalFields.messageIDKey { continue }
            line += " \(EscapedText.escape(key))=\(EscapedText.value("\(value)"))"
        }
        return line
    }

    /// Of one width, so that messages stand below one another.
    private static func name(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "trace   "
        case .debug: "debug   "
        case .info: "info    "
        case .notice: "notice  "
        case .warning: "warning "
        case .error: "error   "
        case .critical: "critical"
        }
    }

    private static func timestamp(_ time: UnixTime) -> String {
        var seconds = time.seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = [
            padded(Int(parts.tm_year) + 1900, 4), padded(Int(parts.tm_mon) + 1, 2),
            padded(Int(parts.tm_mday), 2),
        ].joined(separator: "-")
        let clock = [
            padded(Int(parts.tm_hour), 2), padded(Int(parts.tm_min), 2),
            padded(Int(parts.tm_sec), 2),
        ].joined(separator: ":")
        return "\(date)T\(clock).\(padded(time.nanoseconds / 1_000_000, 3))Z"
    }
}
