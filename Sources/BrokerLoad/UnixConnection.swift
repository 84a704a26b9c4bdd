import Glibc

/// Why a connection is of no use any more.
package enum ConnectionError: Error, CustomStringConvertible {
    /// The path does not fit a socket's address, or there is no descriptor left.
    case impossible(String)
    /// Nobody listens, or the queue is full.
    case refused
    /// It was closed or reset; a request under way may have been done or not.
    case lost
    /// What came is no answer of HTTP/1.1 with a `Content-Length`.
    case malformed(String)

    package var description: String {
        switch self {
        case .impossible(let why): "cannot connect: \(why)"
        case .refused: "the daemon does not accept connections"
        case .lost: "the daemon has closed the connection"
        case .malformed(let text): "not an answer: \(text)"
        }
    }
}

/// One keep-alive connection to a Unix socket, for a program that waits with `poll` and has one
/// request under way: as cheap as a client can be, since it shares the processor with what it measures.
///
/// Neither sending nor receiving blocks.
package final class UnixConnection {
    /// One answer. Bodies come with `Content-Length`; a 204 has none.
    package struct Answer {
        package var status: Int
        package var isReplayed: Bool
        package var hasRetryAfter: Bool
        package var body: [UInt8]
    }

    package let descriptor: Int32
    private var buffer: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    /// - Throws: `ConnectionError.refused` also while the listener's queue is full.
    package init(socket path: String) throws(ConnectionError) {
        let bytes = Array(path.utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .impossible("\(path) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = Glibc.socket(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .impossible(String(cString: strerror(errno))) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw .refused
        }
    }

    deinit { close(descriptor) }

    /// Sends a whole request; one that does not fit the socket's buffer counts as a loss.
    package func send(_ bytes: [UInt8]) throws(ConnectionError) {
        let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard count == bytes.count else { throw .lost }
    }

    /// Reads once; gives the next answer if all of it is there, nil if more has to come.
    package func receive() throws(ConnectionError) -> Answer? {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return nil }
        guard count > 0 else { throw .lost }
        buffer += chunk[..<count]
        return try answer()
    }

    private func answer() throws(ConnectionError) -> Answer? {
        guard let end = endOfHead() else { return nil }
        let lines = buffer[..<end].split(separator: 13)
        let first = lines.first.map { Array($0) } ?? []
        guard first.count >= 12, first.starts(with: Array("HTTP/1.1 ".utf8)),
            let status = number(first[9..<12])
        else { throw .malformed(String(decoding: first.prefix(80), as: UTF8.self)) }
        var answer = Answer(status: status, isReplayed: false, hasRetryAfter: false, body: [])
        var length: Int?
        for line in lines.dropFirst() {
            let line = line.drop { $0 == 10 }
            if let value = value(of: "content-length:", line) { length = number(value) }
            if value(of: "retry-after:", line) != nil { answer.hasRetryAfter = true }
            if value(of: "idempotency-replayed:", line) != nil { answer.isReplayed = true }
        }
        guard let length = length ?? (status == 204 ? 0 : nil) else {
            throw .malformed("\(status) without Content-Length")
        }
        guard buffer.count >= end + 4 + length else { return nil }
        answer.body = Array(buffer[(end + 4)..<(end + 4 + length)])
        buffer.removeFirst(end + 4 + length)
        return answer
    }

    /// The value of a header line with this name, which is in lower case and with its colon.
    private func value(of name: StaticString, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let length = name.utf8CodeUnitCount
        guard line.count >= length else { return nil }
        for index in 0..<length where line[line.startIndex + index] | 0x20 != name.utf8Start[index]
        {
            // The colon and the dash have that bit already.
            return nil
        }
        return line.dropFirst(length).drop { $0 == 32 }
    }

    private func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in digits {
            guard byte >= 48, byte <= 57, value < 1 << 40 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return digits.isEmpty ? nil : value
    }

    private func endOfHead() -> Int? {
        buffer.withUnsafeBufferPointer { bytes in
            guard bytes.count >= 4 else { return nil }
            for index in 0...(bytes.count - 4)
            where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13
                && bytes[index + 3] == 10
            {
                return index
            }
            return nil
        }
    }
}
