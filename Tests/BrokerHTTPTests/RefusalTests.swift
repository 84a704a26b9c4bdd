import Glibc
import Testing

@testable import BrokerHTTP

/// What the transport refuses by itself, and that each refusal reaches its client.
@Suite struct RefusalTests {
    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n", "\u{16}\u{3}\u{1}\u{2}",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ])
    func malformed(request: String) throws {
        let server = try TestServer { _, _ in Issue.record("it reached the handler") }
        let client = try server.connect()
        client.send(request)
        let answer = try client.answer()
        #expect(answer.status == 400)
        #expect(answer.fields["content-type"] == "application/problem+json")
        #expect(answer.fields["connection"] == "close")
        #expect(answer.body.hasPrefix(#"{"type":"/v1/problems/bad-request","title":"Bad request""#))
        #expect(try client.isAtEnd())
        #expect(server.server.counters(of: .control).refusals(.malformed) == 1)
    }

    @Test(arguments: [(8_191, 200), (8_192, 200), (8_193, 431), (20_000, 431)])
    func headerLimitIsExact(length: Int, status: Int) throws {
        let server = try TestServer()
        let client = try server.connect()
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        let filling = String(repeating: "x", count: length - start.utf8.count - 4)
        client.send(start + filling + "\r\n\r\n")
        #expect(try client.answer().status == status)
    }

    @Test(arguments: [(99, 200), (100, 200), (101, 413)])
    func bodyLimitIsExact(length: Int, status: Int) throws {
        let server = try TestServer(bodyLimit: 100)
        let body = String(repeating: "x", count: length)
        let client = try server.connect()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n\(body)")
        #expect(try client.answer().status == status)
        let chunked = try server.connect()
        chunked.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunked.send("\(String(length, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
        #expect(try chunked.answer().status == status)
    }

    @Test func aBodyThatIsTooLargeIsRefusedBeforeItIsSent() throws {
        let server = try TestServer(bodyLimit: 100)
        let client = try server.connect()
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n")
        #expect(try client.answer().status == 413)
        #expect(try client.isAtEnd())
    }

    @Test func aClientThatSendsOnStillReadsWhyItWasRefused() throws {
        let server = try TestServer(bodyLimit: 100)
        let client = try server.connect()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        #expect(client.send([UInt8](repeating: 0x78, count: 1_000_000)))
        #expect(try client.answer().status == 413)
    }

    @Test func slowHeadsBodiesAndIdleConnectionsEnd() throws {
        let server = try TestServer(limits: shortDeadlines())
        let silent = try server.connect()
        let slowHead = try server.connect()
        slowHead.send("GET / HT")
        let slowBody = try server.connect()
        slowBody.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        let idle = try server.connect()
        idle.send(get("/"))
        #expect(try idle.answer().status == 200)
        for client in [silent, slowHead, slowBody] {
            let answer = try client.answer()
            #expect(answer.status == 408)
            #expect(answer.fields["connection"] == "close")
            #expect(try client.isAtEnd())
        }
        #expect(try idle.isAtEnd())
        let counters = server.server.counters(of: .control)
        #expect(counters.refusals(.headerDeadline) == 2)
        #expect(counters.refusals(.bodyDeadline) == 1)
    }

    @Test func aHeadThatTricklesInIsNotGivenMoreTime() throws {
        let server = try TestServer(limits: shortDeadlines())
        let client = try server.connect()
        for _ in 0..<20 {
            client.send("G")
            usleep(30_000)
        }
        #expect(try client.answer().status == 408)
    }

    @Test func aRequestThatTakesLongIsNotCutOff() throws {
        let workers = SlowWorkers(milliseconds: 700)
        let server = try TestServer(limits: shortDeadlines()) { _, reply in workers.run(reply) }
        let client = try server.connect()
        client.send(get("/"))
        #expect(try client.answer().status == 200)
    }

    @Test func aClientThatDoesNotReadIsCutOff() throws {
        let body = [UInt8](repeating: 0x78, count: 2_000_000)
        let server = try TestServer(limits: shortDeadlines()) { _, reply in
            reply.send(HTTPResponse(status: 200, contentType: "a", bytes: body))
        }
        let client = try server.connect()
        client.send(get("/"))
        usleep(800_000)
        #expect(try client.rest().utf8.count < 2_000_000)
        #expect(server.server.counters(of: .control).refusals(.writeStall) == 1)
    }

    @Test func aClientThatReadsSlowlyIsNot() throws {
        let body = [UInt8](repeating: 0x78, count: 2_000_000)
        let server = try TestServer(limits: shortDeadlines()) { _, reply in
            reply.send(HTTPResponse(status: 200, contentType: "a", bytes: body))
        }
        let client = try server.connect()
        client.send(get("/", "Connection: close\r\n"))
        usleep(100_000)
        #expect(try client.answer().body.utf8.count == 2_000_000)
    }
}
