import BrokerSite
import BrokerText
import Glibc

/// The daemon's configuration on disk.
enum ConfigurationFile {
    /// Without a path: the defaults.
    ///
    /// - Throws: `SiteFileError`, `TextFile.Unreadable`.
    static func read(_ path: String?) throws -> DaemonConfiguration {
        guard let path else { return DaemonConfiguration() }
        return try DaemonConfiguration.parse(bytes: TextFile.read(path), file: path)
    }
}

/// Small files, read whole.
enum TextFile {
    struct Unreadable: Error, CustomStringConvertible {
        var text: Text
        var description: String { text.english }
    }

    /// A backup of 1.7 million seats is some 100 MB; a configuration is checked by its parser.
    private static let bytesMax = 1 << 30

    static func read(_ path: String) throws(Unreadable) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        return try read(descriptor, path)
    }

    /// What comes through standard input, to its end.
    static func readStandardInput() throws(Unreadable) -> [UInt8] {
        try read(STDIN_FILENO, Text.standardInput.here)
    }

    private static func read(_ descriptor: CInt, _ path: String) throws(Unreadable) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= bytesMax else {
                throw Unreadable(text: .tooLarge(path, bytesMax))
            }
        }
    }

    private static func failure(_ path: String) -> Unreadable {
        Unreadable(text: .unreadable(path, String(cString: strerror(errno))))
    }
}

/// Lines for whoever started the program, before there is a log and where there is none.
enum StandardError {
    static func write(_ line: String) {
        var text = line + "\n"
        text.withUTF8 { bytes in
            _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
