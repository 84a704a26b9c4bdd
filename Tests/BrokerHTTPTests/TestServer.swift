import Glibc
import NIOCore
import Synchronization

@testable import BrokerHTTP

/// A server on a Unix socket in a folder of its own, for one test.
final class TestServer: Sendable {
    let folder: String
    let path: String
    let server: HTTPServer
    let notices: Notices

    final class Notices: Sendable {
        private let list = Mutex<[TransportNotice]>([])
        var all: [TransportNotice] { list.withLock { $0 } }
        func add(_ notice: TransportNotice) { list.withLock { $0.append(notice) } }
    }

    static func makeFolder() -> String {
        var template = Array("/tmp/brokerd-http-XXXXXX".utf8CString)
        mkdtemp(&template)
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    init(
        kind: ListenerKind = .control, limits: TransportLimits = TransportLimits(),
        bodyLimit: Int = 64 * 1024, handler: @escaping RequestHandler = TestServer.echo
    ) throws {
        folder = Self.makeFolder()
        path = folder + "/socket"
        let notices = Notices()
        self.notices = notices
        server = HTTPServer(
            limits: limits, bodyLimit: { _, _, _ in bodyLimit }, notice: { notices.add($0) },
            handler: handler)
        try server.start(.unix(kind: kind, path: path, mode: 0o600, groupID: nil))
    }

    deinit {
        server.stop(graceSeconds: 0)
        unlink(path)
        rmdir(folder)
    }

    func connect() throws -> RawClient { try RawClient(path: path) }

    /// Says back what it has understood.
    static let echo: RequestHandler = { request, reply in
        let body = String(buffer: request.body)
        reply.send(
            HTTPResponse(
                status: 200, contentType: "text/plain",
                bytes: Array("\(request.method.name) \(request.path) \(body)".utf8)))
    }
}

/// Limits with deadlines that a test can wait for.
func shortDeadlines(_ change: (inout TransportLimits) -> Void = { _ in }) -> TransportLimits {
    var limits = TransportLimits()
    limits.headerDeadlineMilliseconds = 200
    limits.bodyDeadlineMilliseconds = 200
    limits.idleMilliseconds = 200
    limits.controlIdleMilliseconds = 200
    limits.writeStallMilliseconds = 200
    change(&limits)
    return limits
}

/// `GET` of a path with the fields that every request needs.
func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: broker\r\n\(fields)\r\n"
}
