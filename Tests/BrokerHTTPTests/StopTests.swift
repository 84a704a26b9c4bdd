import Dispatch
import NIOCore
import Testing

@testable import BrokerHTTP

@Suite struct StopTests {
    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    @Test func idleClientsDoNotHoldItUp() throws {
        let server = try TestServer()
        let clients = try (0..<50).map { _ in try server.connect() }
        for client in clients.prefix(25) {
            client.send(get("/"))
            #expect(try client.answer().status == 200)
        }
        for client in clients.suffix(5) { client.send("GET / HT") }
        #expect(seconds { server.server.stop(graceSeconds: 4) } < 1)
        for client in clients { #expect(try client.isAtEnd()) }
        #expect(server.notices.all == [])
        #expect(throws: RawClient.Failure.self) { try server.connect() }
    }

    @Test func whatIsUnderWayIsAnswered() throws {
        let workers = SlowWorkers(milliseconds: 500)
        let server = try TestServer { _, reply in workers.run(reply) }
        let client = try server.connect()
        client.send(get("/"))
        while server.server.counters(of: .control).requests < 1 {}
        let duration = seconds { server.server.stop(graceSeconds: 4) }
        #expect(duration > 0.3 && duration < 2)
        let answer = try client.answer()
        #expect(answer.status == 200)
        #expect(answer.fields["connection"] == "close")
        #expect(try client.isAtEnd())
    }

    @Test func whatWasSentIsAnswered() throws {
        let server = try TestServer()
        let clients = try (0..<300).map { _ in try server.connect() }
        for client in clients.suffix(150) {
            client.send(get("/"))
            #expect(try client.answer().status == 200)
        }
        for client in clients { client.send(get("/")) }
        #expect(seconds { server.server.stop(graceSeconds: 4) } < 1)
        for client in clients {
            #expect(try client.answer().status == 200)
            #expect(try client.isAtEnd())
        }
        #expect(server.notices.all == [])
    }

    @Test func endlessStreamsEndProperly() throws {
        let streams = StreamTests.Streams()
        let server = try TestServer { _, reply in streams.start(reply, .endless) }
        let client = try server.connect()
        client.send(get("/"))
        streams.first.write(ByteBuffer(string: "event\n"))
        #expect(seconds { server.server.stop(graceSeconds: 4) } < 1)
        #expect(try client.answer().body == "event\n")
        #expect(try client.isAtEnd())
    }

    @Test func theGraceIsTheMost() throws {
        let workers = SlowWorkers(milliseconds: 3_000)
        let server = try TestServer { _, reply in workers.run(reply) }
        let client = try server.connect()
        client.send(get("/"))
        while server.server.counters(of: .control).requests < 1 {}
        let duration = seconds { server.server.stop(graceSeconds: 1) }
        #expect(duration > 0.9 && duration < 2)
        #expect(server.notices.all == [.stopCutShort(listener: .control)])
        #expect(try client.isAtEnd())
    }
}
