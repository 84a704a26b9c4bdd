import Glibc

/// Files, by system calls alone.
enum Files {
    /// A site is a few kilobytes; the daemon takes 1 MiB and says so itself.
    static let readBytesMax = 16 << 20

    /// A whole file, or standard input for `-`.
    static func read(_ path: String) throws(CommandError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error(path) }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw error(path)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= readBytesMax else { throw .failed(.fileTooLarge(path)) }
        }
    }

    /// What went wrong with a path just now.
    static func error(_ path: String) -> CommandError {
        .failed(.fileFailed(path, String(cString: strerror(errno))))
    }
}
