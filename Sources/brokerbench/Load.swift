import BrokerLoad
import Glibc

/// Clients that grant and release in turn, on one thread, each with one request under way.
struct Load {
    private var clients: [Client]

    private struct Client {
        let connection: UnixConnection
        let grant: [UInt8]
        var lease: [UInt8]?
        var sentAt = 0
    }

    init(socket: String, connections: Int) throws {
        clients = try (0..<connections).map { number in
            Client(
                connection: try UnixConnection(socket: socket),
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
            var answer: UnixConnection.Answer?
            while answer == nil {
                var polled = pollfd(
                    fd: clients[0].connection.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&polled, 1, 10_000) > 0 else {
                    throw BenchError("the daemon has not answered for 10 s")
                }
                answer = try clients[0].connection.receive()
            }
            guard answer!.status == 201 else {
                throw BenchError("a grant was answered with \(answer!.status)")
            }
        }
    }

    private static func send(_ client: inout Client) throws {
        client.sentAt = Ticks.now()
        try client.connection.send(client.lease.map { Requests.release($0) } ?? client.grant)
    }

    private static func take(_ answer: UnixConnection.Answer, _ client: inout Client) throws {
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
