import Glibc
import Testing

@testable import BrokerHTTP

/// Caps and rates: who is over one is told so, and nobody else notices.
@Suite struct AdmissionTests {
    @Test func connectionsPerUser() throws {
        var limits = TransportLimits()
        limits.connectionsPerUser = 3
        let server = try TestServer(kind: .agent, limits: limits)
        var clients = try (0..<3).map { _ in try server.connect() }
        for client in clients {
            client.send(get("/"))
            #expect(try client.answer().status == 200)
        }
        for _ in 0..<10 {
            let refused = try server.connect()
            refused.send(get("/"))
            let answer = try refused.answer()
            #expect(answer.status == 429)
            #expect(answer.fields["retry-after"] == "1")
            #expect(answer.fields["connection"] == "close")
            #expect(answer.body.contains("too-many-requests"))
            #expect(try refused.isAtEnd())
        }
        let counters = server.server.counters(of: .agent)
        #expect(counters.connectionsOpen == 3)
        #expect(counters.connectionsAccepted == 13)
        #expect(counters.refusals(.userConnections) == 10)
        clients.removeLast()
        while server.server.counters(of: .agent).connectionsOpen > 2 { usleep(1_000) }
        let again = try server.connect()
        again.send(get("/"))
        #expect(try again.answer().status == 200)
    }

    @Test func connectionsOfAListener() throws {
        var limits = TransportLimits()
        limits.controlConnectionsMax = 2
        let server = try TestServer(limits: limits)
        let clients = try (0..<2).map { _ in try server.connect() }
        for client in clients {
            client.send(get("/"))
            #expect(try client.answer().status == 200)
        }
        let refused = try server.connect()
        let answer = try refused.answer()
        #expect(answer.status == 503)
        #expect(answer.fields["retry-after"] == "1")
        #expect(server.server.counters(of: .control).refusals(.listenerConnections) == 1)
    }

    @Test func moreRefusedThanMayLingerAreRefusedAllTheSame() throws {
        var limits = TransportLimits()
        limits.controlConnectionsMax = 0
        let server = try TestServer(limits: limits)
        let clients = try (0..<400).map { _ in try server.connect() }
        for client in clients { #expect(try client.answer().status == 503) }
    }

    /// In a flood nobody waits for the end of a refused connection, and no descriptor is kept.
    @Test func aFloodOfConnectionsIsHungUpOn() throws {
        var limits = TransportLimits()
        limits.connectionsPerUser = 1
        let server = try TestServer(kind: .agent, limits: limits)
        let admitted = try server.connect()
        admitted.send(get("/"))
        #expect(try admitted.answer().status == 200)
        let refused = try (0..<500).map { _ in try server.connect() }
        let told = try refused.filter { try !$0.rest().isEmpty }.count
        // Some more than at once, for as long as it takes.
        #expect(told >= Door.explanationsPerSecond && told < 200)
        #expect(server.server.counters(of: .agent).refusals(.userConnections) == 500)
        // The one that was there before goes on.
        admitted.send(get("/"))
        #expect(try admitted.answer().status == 200)
    }

    /// A client that is still sending reads why, instead of meeting a broken pipe.
    @Test func aRefusedClientMayStillSend() throws {
        var limits = TransportLimits()
        limits.connectionsPerUser = 0
        let server = try TestServer(kind: .agent, limits: limits)
        let client = try server.connect()
        while server.server.counters(of: .agent).refusals(.userConnections) < 1 {}
        usleep(20_000)
        #expect(client.send(get("/")))
        #expect(try client.answer().status == 429)
    }

    @Test func aCrowdGetsInWholly() throws {
        var limits = TransportLimits()
        limits.connectionsPerUser = 10_000
        limits.requestsPerSecondPerUser = 10_000
        let server = try TestServer(kind: .agent, limits: limits)
        let clients = try (0..<400).map { _ in try server.connect() }
        for client in clients { client.send(get("/")) }
        for client in clients { #expect(try client.answer().status == 200) }
        #expect(server.server.counters(of: .agent).connectionsOpen == 400)
    }

    @Test func aListenerThatFailsIsReported() throws {
        let folder = TestServer.makeFolder()
        let path = folder + "/socket"
        let notices = TestServer.Notices()
        let server = HTTPServer(
            limits: TransportLimits(), bodyLimit: { _, _, _ in 0 }, notice: { notices.add($0) },
            handler: TestServer.echo)
        let socket = try ListenerSocket.unix(
            kind: .agent, path: path, mode: 0o600, groupID: nil)
        try server.start(socket)
        shutdown(socket.descriptor, CInt(SHUT_RD))
        for _ in 0..<2_000 where notices.all.isEmpty { usleep(1_000) }
        #expect(notices.all == [.listenerLost(listener: .agent)])
        server.stop(graceSeconds: 1)
        unlink(path)
        rmdir(folder)
    }

    @Test func requestsPerSecond() throws {
        var limits = TransportLimits()
        limits.requestsPerSecondPerUser = 5
        let server = try TestServer(kind: .agent, limits: limits)
        let clients = try (0..<2).map { _ in try server.connect() }
        for index in 0..<5 {
            clients[index % 2].send(get("/"))
            #expect(try clients[index % 2].answer().status == 200)
        }
        clients[0].send(get("/"))
        let refused = try clients[0].answer()
        #expect(refused.status == 429)
        #expect(refused.fields["retry-after"] == "1")
        #expect(refused.fields["connection"] == nil)
        // The connection stays, and a token comes back after 200 ms.
        usleep(300_000)
        clients[0].send(get("/"))
        #expect(try clients[0].answer().status == 200)
    }

    @Test func aFloodIsAnsweredRarely() throws {
        var limits = TransportLimits()
        limits.requestsPerSecondPerUser = 10
        let server = try TestServer(kind: .agent, limits: limits)
        let client = try server.connect()
        client.send((0..<2_000).map { _ in get("/") }.joined())
        usleep(500_000)
        let counters = server.server.counters(of: .agent)
        #expect((10...20).contains(counters.requests))
        #expect(counters.refusals(.userRequests) <= 10)
    }

    @Test func reconnectingDoesNotRenewTheRate() throws {
        var limits = shortDeadlines()
        limits.requestsPerSecondPerUser = 2
        let server = try TestServer(kind: .agent, limits: limits)
        var statuses: [Int] = []
        for _ in 0..<4 {
            let client = try server.connect()
            client.send(get("/"))
            statuses.append(try client.answer().status)
        }
        #expect(statuses == [200, 200, 429, 429])
    }

    @Test func newLimitsHoldAtOnce() throws {
        var limits = TransportLimits()
        let server = try TestServer(kind: .agent, limits: limits)
        let client = try server.connect()
        client.send(get("/"))
        #expect(try client.answer().status == 200)
        limits.connectionsPerUser = 1
        server.server.update(limits: limits)
        // Nobody is cut off; and when this is answered, the loop has had its turn.
        client.send(get("/"))
        #expect(try client.answer().status == 200)
        #expect(try server.connect().answer().status == 429)
    }

    @Test func rateIsABucketOfOneSecond() {
        let second: UInt64 = 1_000_000_000
        var rate = TokenBucket()
        let start = 100 * second
        for _ in 0..<50 { #expect(rate.take(nowNanoseconds: start, perSecond: 50) == nil) }
        #expect(rate.take(nowNanoseconds: start, perSecond: 50) == second / 50)
        #expect(rate.take(nowNanoseconds: start + second / 50 - 1, perSecond: 50) == 1)
        #expect(rate.take(nowNanoseconds: start + second / 50, perSecond: 50) == nil)
        #expect(!rate.isFull(nowNanoseconds: start + second))
        #expect(rate.isFull(nowNanoseconds: start + second + second / 50))
        for _ in 0..<50 {
            #expect(rate.take(nowNanoseconds: start + 9 * second, perSecond: 50) == nil)
        }
        #expect(rate.take(nowNanoseconds: start + 9 * second, perSecond: 50) != nil)
    }
}
