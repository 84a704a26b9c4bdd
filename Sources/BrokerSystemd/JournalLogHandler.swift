import CSystemd
import Glibc
package import Logging

/// Logs to the journal when standard error is the journal, and in readable lines to standard error
/// otherwise. Messages are constant; what varies stands in the metadata and becomes fields.
package struct JournalLogHandler: LogHandler {
    /// Where entries go.
    package enum Output: Sendable, Equatable {
        case journal
        case standardError
    }

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .info

    private let label: String
    private let output: Output

    /// - Parameters:
    ///   - label: the program's name.
    ///   - output: where to, as `detectOutput()` finds it.
    package init(label: String, output: Output) {
        self.label = label
        self.output = output
    }

    /// systemd names in `$JOURNAL_STREAM` the device and inode of the socket to the journal that it
    /// has made standard error; a redirection makes that untrue (systemd.exec(5)).
    package static func detectOutput() -> Output {
        var now = stat()
        guard let stream = getenv("JOURNAL_STREAM"), fstat(STDERR_FILENO, &now) == 0,
            String(cString: stream) == "\(now.st_dev):\(now.st_ino)"
        else { return .standardError }
        return .journal
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = "\(error)" }
        let message = "\(event.message)"
        switch output {
        case .journal:
            send(
                JournalFields(level: event.level, message: message, metadata: all, label: label))
        case .standardError:
            Self.write(
                LogLine.text(
                    level: event.level, message: message, metadata: all, unixTime: .now()))
        }
    }

    private func send(_ fields: JournalFields) {
        // One block of memory for all fields: the vectors point into it.
        let bytes = fields.fields.flatMap { $0 }
        let status = bytes.withUnsafeBytes { all -> CInt in
            var start = 0
            let vectors = fields.fields.map { field in
                defer { start += field.count }
                return iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: all.baseAddress! + start),
                    iov_len: field.count)
            }
            return sd_journal_sendv(vectors, CInt(vectors.count))
        }
        // The journal is away: standard error is a pipe to it and may still be read by somebody.
        if status < 0 { Self.write("the journal takes no entries\n") }
    }

    private static func write(_ line: String) {
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
