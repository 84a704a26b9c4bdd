import Glibc

/// Clients that grant and release in turn, on one thread, each with one request under way.
struct Load {
    private var clients: [Client]

    private struct Client {
        let connection: Connection
        let grant: [UInt8]
        var lease: [UInt8]?
        var sentAt = 0
    }

    init(socket: String, connections: Int) throws {
        clients = try (0..<connections).map { number in
            Client(
                connection: try Connection(socket: socket),
                grant: Requests.grant(holder: "bench-\(number)"))
        }
    }

    /// Runs for a while; every grant must be a 201 and every release a 204.
    func run(seconds: Int) throws -> Figures {
        var clients = clients
        var polled = clients.map {
            pollfd(fd: $0.connection.descriptor, events: Int16(POLLIN), revents: 0)
        }
        var latencies: [Int] = []
        latencies.reserveCapacity(1 << 20)
        let start = Ticks.now()
        let end = start + seconds * 1_000_000
        for index in clients.indices { try Self.send(&clients[index]) }
        var underWay = clients.count
        while underWay > 0 {
            guard poll(&polled, nfds_t(polled.count), 10_000) > 0 else {
                throw BenchError("the daemon has not answered for 10 s")
            }
            for index in polled.indices where polled[index].revents != 0 {
                guard let answer = try clients[index].connection.receive() else { continue }
                let now = Ticks.now()
                latencies.append(now - clients[index].sentAt)
                try Self.take(answer, &clients[index])
                // A lease that is held at the end is released, so that runs do not meet.
                if now < end || clients[index].lease != nil {
                    try Self.send(&clients[index])
                } else {
                    underWay -= 1
                }
            }
        }
        let elapsed = Double(Ticks.now() - start) / 1_000_000
        latencies.sort()
        return Figures(
            answers: latencies.count, seconds: elapsed, latenciesMicroseconds: latencies)
    }

    /// Takes so many leases, for as many holders, and keeps them.
    func hold(leases count: Int) throws {
        for number in 0..<count {
            try clients[0].connection.send(Requests.grant(holder: "holder-\(number)"))
            var answer: Connection.Answer?
            while answer == nil { answer = try clients[0].connection.receive() }
            guard answer!.status == 201 else {
                throw BenchError("a grant was answered with \(answer!.status)")
            }
        }
    }

    private static func send(_ client: inout Client) throws {
        client.sentAt = Ticks.now()
        try client.connection.send(client.lease.map { Requests.release($0) } ?? client.grant)
    }

    private static func take(_ answer: Connection.Answer, _ client: inout Client) throws {
        let wanted = client.lease == nil ? 201 : 204
        guard answer.status == wanted else {
            throw BenchError(
                "\(answer.status) instead of \(wanted): "
                    + String(decoding: answer.body, as: UTF8.self))
        }
        client.lease = client.lease == nil ? try Requests.leaseID(answer.body) : nil
    }
}

/// Requests as bytes, so that the client costs as little as it can.
enum Requests {
    static func grant(holder: String) -> [UInt8] {
        let body = #"{"pool":"telework","holder":"\#(holder)","holder_groups":["bench"]}"#
        return Array(
            """
            POST /v1/leases HTTP/1.1\r\nHost: broker\r\nContent-Type: application/json\r
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """.utf8)
    }

    static func release(_ id: [UInt8]) -> [UInt8] {
        Array("DELETE /v1/leases/".utf8) + id + Array(" HTTP/1.1\r\nHost: broker\r\n\r\n".utf8)
    }

    /// The id is the first member of a lease.
    static func leaseID(_ body: [UInt8]) throws -> [UInt8] {
        let prefix = Array(#"{"id":""#.utf8)
        guard body.starts(with: prefix), body.count >= prefix.count + 26 else {
            throw BenchError("a lease does not begin with its id")
        }
        return Array(body[prefix.count..<prefix.count + 26])
    }
}

/// One keep-alive connection; answers carry `Content-Length`, or are a 204.
final class Connection {
    struct Answer {
        var status: Int
        var body: [UInt8]
    }

    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(socket path: String) throws {
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw BenchError("cannot make a socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw BenchError("\(path) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw BenchError("cannot connect to \(path)")
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw BenchError("the daemon has closed the connection")
        }
    }

    /// The next answer, if all of it is there after one read.
    func receive() throws -> Answer? {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { throw BenchError("the daemon has closed the connection") }
        buffer += chunk[..<count]
        guard let end = endOfHead() else { return nil }
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        guard let status = Int(head.dropFirst(9).prefix(3)) else {
            throw BenchError("not an answer: \(head)")
        }
        var length = 0
        for line in head.split(separator: "\r\n")
        where line.lowercased().hasPrefix("content-length:") {
            length = Int(line.drop { !$0.isNumber }) ?? 0
        }
        guard buffer.count >= end + 4 + length else { return nil }
        let body = Array(buffer[(end + 4)..<(end + 4 + length)])
        buffer.removeFirst(end + 4 + length)
        return Answer(status: status, body: body)
    }

    private func endOfHead() -> Int? {
        guard buffer.count >= 4 else { return nil }
        for index in 0...(buffer.count - 4)
        where buffer[index] == 13 && buffer[index + 1] == 10 && buffer[index + 2] == 13
            && buffer[index + 3] == 10
        {
            return index
        }
        return nil
    }
}
