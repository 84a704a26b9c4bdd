import Glibc
import Synchronization
import Testing

@testable import brokerctl

/// A socket whose listen queue has one place, in a folder of its own.
private final class NarrowListener: Sendable {
    let path: String
    private let folder: String
    private let descriptor: CInt

    init() {
        var template = Array("/tmp/brokerctl-XXXXXX".utf8CString)
        mkdtemp(&template)
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        path = folder + "/socket"
        descriptor = Self.socket(path) { bind($0, $1, $2) }
        // Linux takes one more than asked for.
        listen(descriptor, 0)
    }

    deinit {
        close(descriptor)
        unlink(path)
        rmdir(folder)
    }

    private static func socket(
        _ path: String, _ call: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        let descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(status == 0, "\(path): \(String(cString: strerror(errno)))")
        return descriptor
    }

    /// A connection that takes the one place.
    func fill() -> CInt { Self.socket(path) { connect($0, $1, $2) } }

    /// Takes whoever is next out of the queue.
    func takeOne() -> CInt { accept(descriptor, nil, nil) }

    /// Answers the next request, on a thread of its own: the test's waits for the answer.
    func answer(status: Int) {
        final class Work {
            let listener: NarrowListener
            let status: Int

            init(_ listener: NarrowListener, _ status: Int) {
                self.listener = listener
                self.status = status
            }
        }
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(self, status)).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
                let client = work.listener.takeOne()
                // What is closed unread is a broken connection to the other side.
                var request = [UInt8](repeating: 0, count: 4096)
                read(client, &request, request.count)
                let answer = "HTTP/1.1 \(work.status) X\r\nContent-Length: 0\r\n\r\n"
                write(client, answer, answer.utf8.count)
                close(client)
                return nil
            }, work)
        precondition(code == 0, String(cString: strerror(code)))
        pthread_detach(thread)
    }
}

@Suite struct ConnectTests {
    /// What a request has come to, seen from the test's thread.
    private final class Outcome: Sendable {
        private let text = Mutex<String?>(nil)

        func note(_ event: HTTPEvent) {
            switch event {
            case .head(let status, _): text.withLock { $0 = $0 ?? "\(status)" }
            case .failed(let failure): text.withLock { $0 = $0 ?? "\(failure)" }
            case .body, .end: break
            }
        }

        func wait(milliseconds: Int) -> String? {
            for _ in 0..<milliseconds {
                if let text = text.withLock({ $0 }) { return text }
                usleep(1_000)
            }
            return nil
        }
    }

    private func start(_ listener: NarrowListener, patienceMilliseconds: Int64) -> Outcome {
        let outcome = Outcome()
        HTTPConnection.start(
            HTTPRequest(target: "/healthz"), socket: listener.path,
            connectPatienceMilliseconds: patienceMilliseconds
        ) { outcome.note($0) }
        return outcome
    }

    @Test func aFullQueueIsWaitedFor() {
        let listener = NarrowListener()
        let first = listener.fill()
        let outcome = start(listener, patienceMilliseconds: 5_000)
        #expect(outcome.wait(milliseconds: 100) == nil)
        let served = listener.takeOne()
        let second = listener.takeOne()
        let answer = "HTTP/1.1 204 No Content\r\n\r\n"
        #expect(write(second, answer, answer.utf8.count) == answer.utf8.count)
        #expect(outcome.wait(milliseconds: 2_000) == "204")
        for descriptor in [first, served, second] { close(descriptor) }
    }

    @Test(arguments: [
        ([404, 200], 200), ([403, 200], 200), ([404, 404], 404), ([403, 404], 404),
        // One who may not look at the second socket is told what the first one said.
        ([404, 403], 404), ([403, 403], 403), ([404, 503], 503), ([503], 503),
    ])
    func theSecondSocketIsAskedToo(statuses: [Int], told: Int) throws {
        let listeners = statuses.map { _ in NarrowListener() }
        for (listener, status) in zip(listeners, statuses) { listener.answer(status: status) }
        let caller = Caller(paths: listeners.map(\.path))
        #expect(try caller.response(to: HTTPRequest(target: "/v1/status")).status == told)
    }

    @Test func notForEver() {
        let listener = NarrowListener()
        let first = listener.fill()
        let outcome = start(listener, patienceMilliseconds: 100)
        #expect(outcome.wait(milliseconds: 2_000) == "connect(errno: \(EAGAIN))")
        close(first)
    }
}
