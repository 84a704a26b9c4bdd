import Glibc

/// A client that sends exactly the bytes it is told to, over a blocking socket with a time limit.
final class RawClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer as it came over the wire.
    struct Answer: Equatable {
        var status = 0
        /// Names in lower case.
        var fields: [String: String] = [:]
        var body = ""
    }

    private let descriptor: CInt
    private var buffer: [UInt8] = []

    init(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = try Self.connect(AF_UNIX, address)
    }

    /// Connects to 127.0.0.1.
    init(port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        descriptor = try Self.connect(AF_INET, address)
    }

    private static func connect<Address>(_ family: CInt, _ address: Address) throws -> CInt {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        let status = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard descriptor >= 0, status == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw Failure(description: "connect: \(reason)")
        }
        // Long enough for a loaded machine, short enough for a test that has gone wrong.
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        return descriptor
    }

    deinit { close(descriptor) }

    /// - Returns: whether the peer took all of it.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    func endOutput() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Reads once more.
    ///
    /// - Returns: false at the end, after a reset too; throws when nothing came in time.
    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EAGAIN { throw Failure(description: "nothing came in time") }
        guard count > 0 else { return false }
        buffer.append(contentsOf: chunk.prefix(count))
        return true
    }

    private func take(_ count: Int) throws -> String {
        while buffer.count < count {
            guard try fill() else { throw Failure(description: "closed within an answer") }
        }
        defer { buffer.removeFirst(count) }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    private func takeLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                return String(try take(end + 1).dropLast(1))
            }
            guard try fill() else { throw Failure(description: "closed within a head") }
        }
    }

    /// Reads one answer.
    ///
    /// - Parameter hasBody: false for the answer to a `HEAD`.
    func answer(hasBody: Bool = true) throws -> Answer {
        var answer = Answer()
        let statusLine = try takeLine()
        answer.status = Int(statusLine.split(separator: " ").dropFirst().first ?? "") ?? 0
        while case let line = try takeLine(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        guard hasBody else { return answer }
        if let length = answer.fields["content-length"] {
            answer.body = try take(Int(length) ?? 0)
        } else if answer.fields["transfer-encoding"] == "chunked" {
            while case let size = Int(try takeLine(), radix: 16) ?? 0, size > 0 {
                answer.body += try take(size)
                _ = try takeLine()
            }
            _ = try takeLine()
        }
        return answer
    }

    /// Reads to the end.
    func rest() throws -> String {
        while try fill() {}
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Whether the peer has closed and nothing is left to read.
    func isAtEnd() throws -> Bool {
        guard buffer.isEmpty else { return false }
        return try !fill()
    }
}
