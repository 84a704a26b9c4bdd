import Glibc
import NIOCore
import Testing

@testable import BrokerHTTP

/// What a client sees on the wire, over a real socket.
@Suite struct RequestTests {
    @Test func aRequestIsAnswered() throws {
        let server = try TestServer()
        let client = try server.connect()
        client.send("POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\nhi")
        let answer = try client.answer()
        #expect(answer.status == 200)
        #expect(answer.body == "POST /a hi")
        #expect(answer.fields["content-length"] == "10")
        #expect(answer.fields["date"]?.hasSuffix(" GMT") == true)
        #expect(answer.fields["server"] == nil)
        #expect(answer.fields["connection"] == nil)
        client.send(get("/b"))
        #expect(try client.answer().body == "GET /b ")
    }

    @Test func byteByByte() throws {
        let server = try TestServer()
        let client = try server.connect()
        let chunked =
            "PUT /c HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
        for byte in Array((get("/a") + chunked + "\r\n" + get("/d")).utf8) { client.send([byte]) }
        #expect(try client.answer().body == "GET /a ")
        #expect(try client.answer().body == "PUT /c hi")
        #expect(try client.answer().body == "GET /d ")
    }

    @Test func aThousandSentAheadAreAnsweredInOrder() throws {
        let server = try TestServer()
        let client = try server.connect()
        client.send((0..<1_000).map { get("/\($0)") }.joined())
        for index in 0..<1_000 { #expect(try client.answer().body == "GET /\(index) ") }
    }

    /// A client that always leaves half a request behind must not make the daemon grow.
    @Test func halfARequestAheadCostsNoMemory() throws {
        let server = try TestServer()
        let client = try server.connect()
        let request =
            "GET /a HTTP/1.1\r\nHost: b\r\nX: \(String(repeating: "x", count: 4_000))\r\n\r\n"
        client.send(String(request.prefix(100)))
        let before = Self.residentKiB()
        for _ in 0..<16_000 {
            client.send(String(request.dropFirst(100) + request.prefix(100)))
            #expect(try client.answer().status == 200)
        }
        // 64 MB went through; other tests of the process may take some meanwhile.
        #expect(Self.residentKiB() - before < 40_000)
    }

    private static func residentKiB() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        let fields = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(
            separator: " ")
        return (Int(fields[1]) ?? 0) * 4
    }

    @Test func answersFromAnotherThreadStayInOrderAndOneAtATime() throws {
        let workers = Workers()
        let server = try TestServer { request, reply in
            workers.run(reply: reply, body: request.path)
        }
        let client = try server.connect()
        client.send((0..<300).map { get("/\($0)") }.joined())
        for index in 0..<300 { #expect(try client.answer().body == "/\(index)") }
        #expect(workers.mostAtOnce == 1)
    }

    @Test func aClientThatEndsItsSideStillGetsAllAnswers() throws {
        let workers = Workers()
        let server = try TestServer { request, reply in
            workers.run(reply: reply, body: request.path)
        }
        let client = try server.connect()
        client.send((0..<50).map { get("/\($0)") }.joined())
        client.endOutput()
        for index in 0..<50 { #expect(try client.answer().body == "/\(index)") }
        #expect(try client.isAtEnd())
    }

    @Test func headHasTheLengthAndNoBody() throws {
        let server = try TestServer()
        let client = try server.connect()
        client.send("HEAD /a HTTP/1.1\r\nHost: b\r\n\r\n" + get("/b"))
        let answer = try client.answer(hasBody: false)
        #expect(answer.fields["content-length"] == "8")
        #expect(try client.answer().body == "GET /b ")
    }

    @Test func noContentHasNoLength() throws {
        let server = try TestServer { _, reply in reply.send(HTTPResponse(status: 204)) }
        let client = try server.connect()
        client.send(get("/a"))
        let answer = try client.answer()
        #expect(answer.status == 204)
        #expect(answer.fields["content-length"] == nil)
        client.send(get("/a"))
        #expect(try client.answer().status == 204)
    }

    @Test func noValueCanStartAnotherField() throws {
        let server = try TestServer { _, reply in
            reply.send(HTTPResponse(status: 201, headers: [("Location", "/a\r\nSet-Cookie: b")]))
        }
        let client = try server.connect()
        client.send(get("/a"))
        let answer = try client.answer()
        #expect(answer.fields["location"] == "/a  Set-Cookie: b")
        #expect(answer.fields["content-length"] == "0")
    }

    @Test(arguments: [
        ("GET / HTTP/1.0\r\n\r\n", "close", true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", false),
        ("GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n", "close", true),
    ])
    func connectionField(request: String, field: String, closes: Bool) throws {
        let server = try TestServer()
        let client = try server.connect()
        client.send(request)
        #expect(try client.answer().fields["connection"] == field)
        if closes {
            #expect(try client.isAtEnd())
        } else {
            client.send(get("/a"))
            #expect(try client.answer().status == 200)
        }
    }

    @Test func continueIsSentOnlyToWhoWaitsForIt() throws {
        let server = try TestServer()
        let client = try server.connect()
        let head = "POST / HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        client.send(head)
        #expect(try client.answer(hasBody: false).status == 100)
        client.send("hi")
        #expect(try client.answer().body == "POST / hi")
        client.send(head + "ho")
        #expect(try client.answer().body == "POST / ho")
        client.send("GET / HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.answer().status == 200)
    }

    @Test func aDroppedHandleAnswers() throws {
        let server = try TestServer { _, _ in }
        let client = try server.connect()
        client.send(get("/a"))
        let answer = try client.answer()
        #expect(answer.status == 503)
        #expect(answer.fields["retry-after"] == "1")
    }

    @Test func aBatchReachesEveryConnection() throws {
        let gathered = Gathered(wanted: 10)
        let server = try TestServer { request, reply in
            gathered.add(
                reply, HTTPResponse(status: 200, contentType: "a", bytes: Array(request.path.utf8)))
        }
        let clients = try (0..<10).map { _ in try server.connect() }
        for (index, client) in clients.enumerated() { client.send(get("/\(index)")) }
        for (index, client) in clients.enumerated() {
            #expect(try client.answer().body == "/\(index)")
        }
    }

    @Test func anAnswerAfterTheClientHasGoneIsNoError() throws {
        let gathered = Gathered(wanted: 2)
        let server = try TestServer { _, reply in
            gathered.add(reply, HTTPResponse(status: 200))
        }
        do {
            let gone = try server.connect()
            gone.send(get("/gone"))
            while gathered.count < 1 {}
        }
        while server.server.counters(of: .control).connectionsOpen > 0 {}
        let client = try server.connect()
        client.send(get("/here"))
        #expect(try client.answer().status == 200)
    }

    @Test func peerCredentialsReachTheHandler() throws {
        let server = try TestServer { request, reply in
            let peer = request.peer
            let hasOwnGroup = peer.map { $0.groups.contains($0.gid) } ?? false
            let text = "\(peer?.uid ?? 1) \(hasOwnGroup) \(request.listener)"
            reply.send(HTTPResponse(status: 200, contentType: "a", bytes: Array(text.utf8)))
        }
        let client = try server.connect()
        client.send(get("/"))
        #expect(try client.answer().body == "\(getuid()) true control")
    }

    @Test func overTCPNobodyIsKnown() throws {
        let server = HTTPServer(
            limits: TransportLimits(), bodyLimit: { _, _, _ in 0 }, notice: { _ in },
            handler: { request, reply in
                reply.send(HTTPResponse(status: request.peer == nil ? 200 : 500))
            })
        let socket = try ListenerSocket.loopbackTCP(kind: .monitoring, address: "127.0.0.1:0")
        try server.start(socket)
        defer { server.stop(graceSeconds: 0) }
        let port = UInt16(socket.address.split(separator: ":").last ?? "") ?? 0
        let client = try RawClient(port: port)
        client.send(get("/"))
        #expect(try client.answer().status == 200)
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
        #expect(try client.answer().status == 413)
    }

    @Test func whatFollowsAHeadIsRefusedInFull() throws {
        let server = try TestServer()
        let client = try server.connect()
        client.send("HEAD /a HTTP/1.1\r\nHost: b\r\n\r\nnonsense\r\n\r\n")
        #expect(try client.answer(hasBody: false).status == 200)
        #expect(try client.answer().body.contains("bad-request"))
    }
}
