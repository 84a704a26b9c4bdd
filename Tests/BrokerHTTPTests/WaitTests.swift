import Dispatch
import Glibc
import NIOCore
import Synchronization
import Testing

@testable import BrokerHTTP

/// Requests that wait for their answer for long, over real sockets.
@Suite struct WaitTests {
    /// Keeps requests waiting, and knows what became of their connections.
    final class Line: Sendable {
        private struct State {
            var replies: [ReplyHandle] = []
            var gone = 0
            var stopped = 0
        }

        private let state = Mutex(State())
        /// How long after the request its wait is announced.
        private let delayMilliseconds: Int

        init(delayMilliseconds: Int = 0) { self.delayMilliseconds = delayMilliseconds }

        var gone: Int { state.withLock { $0.gone } }
        var stopped: Int { state.withLock { $0.stopped } }

        func add(_ reply: ReplyHandle, events: Bool = false) {
            state.withLock { $0.replies.append(reply) }
            let stream =
                events
                ? reply.startStream(
                    status: 200, headers: StreamHandle.eventHeaders, lifetime: .finite) : nil
            stream?.send(event: "queue", data: Array("{}".utf8))
            let hooks = WaitHooks(
                gone: { self.state.withLock { $0.gone += 1 } },
                stopping: {
                    self.state.withLock { $0.stopped += 1 }
                    if let stream {
                        stream.send(event: "problem", data: Array("{}".utf8))
                        stream.finish()
                    } else {
                        reply.send(HTTPResponse(status: 503))
                    }
                })
            DispatchQueue.global().asyncAfter(
                deadline: .now() + .milliseconds(delayMilliseconds)
            ) { reply.wait(hooks) }
        }

        func answerAll() {
            let replies = state.withLock { state in
                defer { state.replies = [] }
                return state.replies
            }
            for reply in replies { reply.send(HTTPResponse(status: 200)) }
        }

        func waits(for count: Int) -> Bool { eventually { self.gone == count } }
    }

    private func server(
        _ line: Line, events: Bool = false, limits: TransportLimits = TransportLimits()
    ) throws -> TestServer {
        try TestServer(limits: limits) { request, reply in
            if request.path == "/wait" {
                line.add(reply, events: events)
            } else {
                TestServer.echo(request, reply)
            }
        }
    }

    private func waitForRequests(_ server: TestServer, _ count: Int = 1) {
        while server.server.counters(of: .control).requests < count { usleep(500) }
    }

    @Test(arguments: [false, true], [0, 100])
    func aClientThatGoesAwayIsNoticedAtOnce(events: Bool, delay: Int) throws {
        let line = Line(delayMilliseconds: delay)
        let server = try server(line, events: events)
        do {
            let client = try server.connect()
            client.send(get("/wait"))
            waitForRequests(server)
            #expect(line.gone == 0)
        }
        #expect(line.waits(for: 1))
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [false, true], [0, 100])
    func aClientThatStopsSendingIsGoneToo(events: Bool, delay: Int) throws {
        let line = Line(delayMilliseconds: delay)
        let server = try server(line, events: events)
        let client = try server.connect()
        client.send(get("/wait"))
        waitForRequests(server)
        client.endOutput()
        #expect(line.waits(for: 1))
        if !events { #expect(try client.isAtEnd()) }
    }

    /// The kernel's buffer is full of requests and nothing is read any more: the end is noticed all
    /// the same.
    @Test func whatWasSentAheadHidesNothing() throws {
        let line = Line()
        let server = try server(line)
        let client = try server.connect()
        client.send(get("/wait"))
        let ahead = String(repeating: get("/next"), count: 1_000)
        client.send(ahead)
        waitForRequests(server)
        usleep(50_000)
        #expect(line.gone == 0)
        client.endOutput()
        #expect(line.waits(for: 1))
        // Nobody gets a seat, or anything else, on a connection that is given up.
        #expect(server.server.counters(of: .control).requests == 1)
    }

    @Test func whatWasSentAheadWaitsToo() throws {
        let line = Line()
        let server = try server(line)
        let client = try server.connect()
        client.send(get("/wait") + get("/next"))
        waitForRequests(server)
        usleep(50_000)
        #expect(server.server.counters(of: .control).requests == 1)
        line.answerAll()
        #expect(try client.answer().status == 200)
        #expect(try client.answer().body == "GET /next ")
        #expect(line.gone == 0)
    }

    /// Whoever waits is not slow: no deadline holds for it.
    @Test func noDeadlineCutsIt() throws {
        let line = Line()
        let server = try server(line, limits: shortDeadlines())
        let client = try server.connect()
        client.send(get("/wait"))
        usleep(900_000)
        #expect(line.gone == 0)
        line.answerAll()
        #expect(try client.answer().status == 200)
    }

    @Test func onlyTheRequestThatWaitsIsTold() throws {
        let line = Line()
        let server = try server(line)
        do {
            let client = try server.connect()
            client.send(get("/wait"))
            waitForRequests(server)
            usleep(20_000)
            line.answerAll()
            #expect(try client.answer().status == 200)
            client.send(get("/next"))
            #expect(try client.answer().body == "GET /next ")
        }
        while server.server.counters(of: .control).connectionsOpen > 0 { usleep(500) }
        #expect(line.gone == 0)
    }

    /// A client may shut its side and read its answer, as long as it does not wait for a seat.
    @Test func aQuickAnswerIsReadAfterTheEndOfTheInput() throws {
        let server = try server(Line())
        let client = try server.connect()
        client.send(get("/other"))
        client.endOutput()
        #expect(try client.answer().body == "GET /other ")
    }

    @Test(arguments: [false, true])
    func aStopAnswersThem(events: Bool) throws {
        let line = Line()
        let server = try server(line, events: events)
        let client = try server.connect()
        client.send(get("/wait"))
        waitForRequests(server)
        usleep(50_000)
        let start = DispatchTime.now().uptimeNanoseconds
        server.server.stop(graceSeconds: 10)
        #expect(DispatchTime.now().uptimeNanoseconds - start < 2_000_000_000)
        let answer = try client.answer()
        if events {
            #expect(answer.body == "event: queue\ndata: {}\n\nevent: problem\ndata: {}\n\n")
        } else {
            #expect(answer.status == 503)
        }
        #expect(line.stopped == 1)
        #expect(server.notices.all == [])
    }

    @Test func twoThousandWaitAtOnce() throws {
        DescriptorLimit.raiseToHard()
        let line = Line()
        let server = try server(line)
        var clients: [RawClient] = []
        for _ in 0..<2_000 {
            let client = try server.connect()
            client.send(get("/wait"))
            clients.append(client)
        }
        waitForRequests(server, 2_000)
        clients.removeLast(500)
        #expect(line.waits(for: 500))
        line.answerAll()
        for client in clients { #expect(try client.answer().status == 200) }
        #expect(line.gone == 500)
    }
}

/// Whether it becomes true within five seconds.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<5_000 {
        if condition() { return true }
        usleep(1_000)
    }
    return condition()
}
