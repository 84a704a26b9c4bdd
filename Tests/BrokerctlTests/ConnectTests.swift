import Glibc
import Synchronization
import Testing

@testable import brokerctl

/// A socket whose listen queue has one place, in a folder of its own.
private final class NarrowListener {
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

    @Test func notForEver() {
        let listener = NarrowListener()
        let first = listener.fill()
        let outcome = start(listener, patienceMilliseconds: 100)
        #expect(outcome.wait(milliseconds: 2_000) == "connect(errno: \(EAGAIN))")
        close(first)
    }
}
