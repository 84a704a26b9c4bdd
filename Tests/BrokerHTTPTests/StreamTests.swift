import Dispatch
import Glibc
import NIOCore
import Synchronization
import Testing

@testable import BrokerHTTP

@Suite struct StreamTests {
    /// Keeps the streams that requests have started.
    final class Streams: Sendable {
        private let list = Mutex<[StreamHandle]>([])

        var first: StreamHandle {
            while true {
                if let stream = list.withLock({ $0.first }) { return stream }
                usleep(500)
            }
        }

        func start(_ reply: ReplyHandle, _ lifetime: StreamLifetime) {
            let stream = reply.startStream(
                status: 200, headers: [("Content-Type", "text/event-stream")], lifetime: lifetime)
            list.withLock { $0.append(stream) }
        }

        func removeAll() { list.withLock { $0 = [] } }
    }

    final class Flag: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        func set() { semaphore.signal() }
        func wait() -> Bool { semaphore.wait(timeout: .now() + 5) == .success }
    }

    @Test func bytesArriveAsTheyAreWrittenAndTheConnectionGoesOn() throws {
        let streams = Streams()
        let server = try TestServer { request, reply in
            if request.path == "/stream" {
                streams.start(reply, .endless)
            } else {
                TestServer.echo(request, reply)
            }
        }
        let client = try server.connect()
        client.send(get("/stream") + get("/next"))
        let stream = streams.first
        let ended = Flag()
        stream.onClose { ended.set() }
        for index in 0..<100 { stream.write(ByteBuffer(string: "event \(index)\n")) }
        stream.finish()
        #expect(stream.write(ByteBuffer(string: "late")) == .ended)
        let answer = try client.answer()
        #expect(answer.fields["transfer-encoding"] == "chunked")
        #expect(answer.fields["content-type"] == "text/event-stream")
        #expect(answer.body == (0..<100).map { "event \($0)\n" }.joined())
        #expect(try client.answer().body == "GET /next ")
        #expect(ended.wait())
    }

    @Test func oldClientsGetItUntilTheEnd() throws {
        let streams = Streams()
        let server = try TestServer { _, reply in streams.start(reply, .finite) }
        let client = try server.connect()
        client.send("GET / HTTP/1.0\r\n\r\n")
        streams.first.write(ByteBuffer(string: "abc"))
        streams.first.finish()
        #expect(try client.rest().hasSuffix("Connection: close\r\n\r\nabc"))
    }

    @Test func theWriterLearnsThatNobodyListens() throws {
        let streams = Streams()
        let server = try TestServer { _, reply in streams.start(reply, .endless) }
        let ended = Flag()
        do {
            let client = try server.connect()
            client.send(get("/"))
            streams.first.onClose { ended.set() }
        }
        #expect(ended.wait())
        #expect(streams.first.status == .ended)
        #expect(streams.first.waitUntilWritable() == .ended)
    }

    @Test func aBigTransferIsThrottledByItsReader() throws {
        let streams = Streams()
        let server = try TestServer { _, reply in streams.start(reply, .finite) }
        let client = try server.connect()
        client.send(get("/"))
        let stream = streams.first
        let total = 20_000_000
        let piece = ByteBuffer(repeating: 0x78, count: 64 * 1024)
        let waits = Mutex(0)
        let writer = DispatchQueue(label: "writer")
        writer.async {
            var left = total
            while left > 0 {
                let count = min(left, piece.readableBytes)
                if stream.write(piece.getSlice(at: 0, length: count)!) == .full {
                    waits.withLock { $0 += 1 }
                    if stream.waitUntilWritable() == .ended { return }
                }
                left -= count
            }
            stream.finish()
        }
        #expect(try client.answer().body.utf8.count == total)
        writer.sync {}
        #expect(waits.withLock { $0 } > 10)
    }

    @Test func aWriterThatDoesNotWaitLosesTheConnection() throws {
        let streams = Streams()
        let server = try TestServer { _, reply in streams.start(reply, .endless) }
        let client = try server.connect()
        client.send(get("/"))
        let stream = streams.first
        let piece = ByteBuffer(repeating: 0x78, count: 64 * 1024)
        var count = 0
        while stream.write(piece) != .ended, count < 1_000 { count += 1 }
        #expect(count * piece.readableBytes <= StreamProgress.overflowBytes + 1_000_000)
        #expect(try client.rest().hasSuffix("0\r\n\r\n") == false)
    }

    @Test func aStreamThatIsLetGoOfIsNotTakenForWhole() throws {
        let streams = Streams()
        let server = try TestServer { _, reply in streams.start(reply, .finite) }
        let client = try server.connect()
        client.send(get("/"))
        streams.first.write(ByteBuffer(string: "half"))
        streams.removeAll()
        let text = try client.rest()
        #expect(!text.hasSuffix("0\r\n\r\n"))
    }

    @Test func aStalledReaderEndsTheStream() throws {
        let streams = Streams()
        let server = try TestServer(limits: shortDeadlines()) { _, reply in
            streams.start(reply, .finite)
        }
        let client = try server.connect()
        client.send(get("/"))
        let stream = streams.first
        let piece = ByteBuffer(repeating: 0x78, count: 64 * 1024)
        var status = StreamStatus.open
        while status != .ended {
            status = stream.write(piece)
            if status == .full { status = stream.waitUntilWritable() }
        }
        #expect(server.server.counters(of: .control).refusals(.writeStall) == 1)
        withExtendedLifetime(client) {}
    }
}
