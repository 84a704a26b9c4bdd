import BrokerAPI
import BrokerText
import Glibc
import NIOCore

/// Calls the daemon, and waits for its answer.
struct Caller {
    /// The sockets to try: the next one where nothing answers at one, or where it says that this is
    /// not for it to tell.
    let paths: [String]

    /// The answer, whatever its status.
    func response(
        to request: HTTPRequest, timeoutMilliseconds: Int64 = HTTPRequest.timeoutMillisecondsDefault
    ) throws(CommandError) -> HTTPResponse {
        var missing: HTTPResponse?
        for path in paths.dropLast() {
            guard
                let response = try? send(
                    request, to: path, timeoutMilliseconds: timeoutMilliseconds)
            else { continue }
            switch response.status {
            case 403: break
            case 404: missing = missing ?? response
            default: return response
            }
        }
        let last = try send(
            request, to: paths[paths.count - 1], timeoutMilliseconds: timeoutMilliseconds)
        // To one who may not look at the last socket, the first had an answer nevertheless.
        return last.status == 403 ? missing ?? last : last
    }

    /// The answer, if it is a success.
    ///
    /// - Parameter about: What the request is for, for the message of a refusal.
    func answer(
        to request: HTTPRequest, about: String? = nil,
        timeoutMilliseconds: Int64 = HTTPRequest.timeoutMillisecondsDefault
    ) throws(CommandError) -> HTTPResponse {
        let response = try response(to: request, timeoutMilliseconds: timeoutMilliseconds)
        guard response.isSuccess else { throw .problem(response.problem, about: about) }
        return response
    }

    /// The body of a successful answer as a document.
    func document(
        _ request: HTTPRequest, _ resource: Resource, about: String? = nil
    ) throws(CommandError) -> Document {
        try Document(body: answer(to: request, about: about).body, resource: resource)
    }

    /// A body of a successful answer, decoded.
    func value<Value: WireValue>(
        _ type: Value.Type, _ request: HTTPRequest, about: String? = nil
    ) throws(CommandError) -> Value {
        try Self.decoded(type, answer(to: request, about: about).body)
    }

    static func decoded<Value: WireValue>(
        _ type: Value.Type, _ body: [UInt8]
    ) throws(CommandError) -> Value {
        do {
            return try WireJSON.decode(type, from: body)
        } catch {
            throw .failed(.notUnderstood(error.text))
        }
    }

    /// Waits for a whole answer from one socket.
    private func send(
        _ request: HTTPRequest, to path: String, timeoutMilliseconds: Int64
    ) throws(CommandError) -> HTTPResponse {
        switch Self.wait(for: request, at: path, timeoutMilliseconds: timeoutMilliseconds) {
        case .success(let response): return response
        case .failure(let failure): throw Self.error(failure, socket: path)
        }
    }

    private static func wait(
        for request: HTTPRequest, at path: String, timeoutMilliseconds: Int64
    ) -> Result<HTTPResponse, HTTPFailure> {
        let promise = HTTPConnection.loop.makePromise(of: HTTPResponse.self)
        Self.start(request, socket: path, timeoutMilliseconds: timeoutMilliseconds) { result in
            promise.completeWith(result.mapError { $0 as any Error })
        }
        do {
            return .success(try promise.futureResult.wait())
        } catch let failure as HTTPFailure {
            return .failure(failure)
        } catch {
            return .failure(.cut)
        }
    }

    /// Starts a request and hands its whole answer to `done`, once, on the loop.
    static func start(
        _ request: HTTPRequest, socket: String, timeoutMilliseconds: Int64,
        done: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
    ) {
        let loop = HTTPConnection.loop
        loop.execute {
            let answer = NIOLoopBound(AnswerCollector(done), eventLoop: loop)
            let handle = HTTPConnection.start(request, socket: socket) { event in
                answer.value.receive(event)
            }
            loop.scheduleTask(in: .milliseconds(timeoutMilliseconds)) {
                answer.value.receive(.failed(.timeout(milliseconds: timeoutMilliseconds)))
                handle.cancel()
            }
        }
    }

    static func error(_ failure: HTTPFailure, socket: String) -> CommandError {
        switch failure {
        case .connect(EACCES), .connect(EPERM): .noAccess(socket: socket)
        case .connect(let code):
            .unreachable(
                socket: socket, why: Text(verbatim: String(cString: strerror(code))))
        case .pathTooLong: .usage(.socketPathTooLong(socket))
        case .cut:
            .unreachable(socket: socket, why: .cutShort)
        case .timeout(let milliseconds):
            .unreachable(
                socket: socket,
                why: .noAnswer(within: DurationText.text(seconds: Int(milliseconds / 1000))))
        case .tooLarge: .failed(.tooLarge)
        }
    }
}

/// Puts an answer together. Lives on the loop.
private final class AnswerCollector {
    /// Sixty times the largest answer in view, a page of a thousand leases.
    private static let bodyBytesMax = 64 << 20

    private var response = HTTPResponse(status: 0, contentType: "", body: [])
    private var done: (@Sendable (Result<HTTPResponse, HTTPFailure>) -> Void)?

    init(_ done: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void) {
        self.done = done
    }

    func receive(_ event: HTTPEvent) {
        switch event {
        case .head(let status, let contentType):
            response.status = status
            response.contentType = contentType
        case .body(let buffer):
            response.body.append(contentsOf: buffer.readableBytesView)
            if response.body.count > Self.bodyBytesMax { finish(.failure(.tooLarge)) }
        case .end: finish(.success(response))
        case .failed(let failure): finish(.failure(failure))
        }
    }

    private func finish(_ result: Result<HTTPResponse, HTTPFailure>) {
        done?(result)
        done = nil
    }
}
