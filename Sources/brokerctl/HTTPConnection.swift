import BrokerText
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// What a connection tells of its one answer, in this order; `failed` may come at any point.
enum HTTPEvent: Sendable {
    case head(status: Int, contentType: String)
    case body(ByteBuffer)
    case end
    case failed(HTTPFailure)
}

/// Why there is no (whole) answer.
enum HTTPFailure: Error, Equatable {
    /// `connect` failed.
    case connect(errno: Int32)
    /// The path is longer than a socket address holds.
    case pathTooLong
    /// The connection ended, or broke, before the answer was whole.
    case cut
    case timeout(milliseconds: Int64)
    /// Larger than any answer that is read as a whole.
    case tooLarge
}

/// One request over one connection to a Unix socket.
///
/// A connection of its own for every request costs some 50 microseconds here, and spares every
/// question about a kept one that the daemon has closed meanwhile.
enum HTTPConnection {
    /// The one thread that does all input and output.
    static let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()

    /// How long to go on trying to connect while the daemon's listen queue is full; a crowd of
    /// logins has passed by then.
    static let connectPatienceMilliseconds: Int64 = 5_000

    /// Starts the request; `sink` is called on the loop. The handle ends it early.
    @discardableResult
    static func start(
        _ request: HTTPRequest, socket: String,
        connectPatienceMilliseconds: Int64 = connectPatienceMilliseconds,
        sink: @escaping @Sendable (HTTPEvent) -> Void
    ) -> Handle {
        let handle = Handle()
        let patience = ConnectPatience(milliseconds: connectPatienceMilliseconds)
        connect(request, socket: socket, patience: patience, handle: handle, sink: sink)
        return handle
    }

    private static func connect(
        _ request: HTTPRequest, socket: String, patience: ConnectPatience, handle: Handle,
        sink: @escaping @Sendable (HTTPEvent) -> Void
    ) {
        let bootstrap = ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(AnswerHandler(request, sink: sink))
                }
            }
        connect(bootstrap, to: socket).whenComplete { result in
            switch result {
            case .success(let channel): handle.connected(channel)
            case .failure(let error as IOError):
                // Where a blocking `connect` waits for its place in a full listen queue, ours does
                // not block and fails.
                var patience = patience
                guard error.errnoCode == EAGAIN, !handle.isCancelled, let pause = patience.pause()
                else { return sink(.failed(.connect(errno: error.errnoCode))) }
                loop.scheduleTask(in: pause) { [patience] in
                    connect(
                        request, socket: socket, patience: patience, handle: handle, sink: sink)
                }
            case .failure(SocketAddressError.unixDomainSocketPathTooLong):
                sink(.failed(.pathTooLong))
            case .failure: sink(.failed(.cut))
            }
        }
    }

    /// To a Unix socket by its path, or to a listener on loopback as `http://127.0.0.1:9470`.
    private static func connect(
        _ bootstrap: ClientBootstrap, to socket: String
    ) -> EventLoopFuture<any Channel> {
        guard let address = LoopbackAddress(url: socket) else {
            return bootstrap.connect(unixDomainSocketPath: socket)
        }
        do {
            return bootstrap.connect(
                to: try SocketAddress(ipAddress: address.host, port: address.port))
        } catch {
            return loop.makeFailedFuture(error)
        }
    }

    /// Ends a request. Its properties belong to the loop.
    final class Handle: @unchecked Sendable {
        private var channel: (any Channel)?
        fileprivate private(set) var isCancelled = false

        fileprivate func connected(_ channel: any Channel) {
            if isCancelled { channel.close(promise: nil) } else { self.channel = channel }
        }

        /// May be called from any thread; the sink then hears `cut`, unless the answer had ended.
        func cancel() {
            loop.execute {
                self.isCancelled = true
                self.channel?.close(promise: nil)
            }
        }
    }
}

/// Where a listener of TCP is, as an address and not as a name: nobody is asked for it.
struct LoopbackAddress: Equatable {
    let host: String
    let port: Int

    /// Nil for anything but `http://ADDRESS:PORT`, with a slash at the end or without; `localhost`
    /// is 127.0.0.1, and an address of IPv6 is in brackets.
    init?(url: String) {
        guard url.hasPrefix("http://") else { return nil }
        var rest = url.dropFirst(7)
        if rest.hasSuffix("/") { rest.removeLast() }
        guard let colon = rest.lastIndex(of: ":"),
            let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        if host == "localhost" { host = "127.0.0.1" }
        guard (try? SocketAddress(ipAddress: String(host), port: port)) != nil else { return nil }
        self.host = String(host)
        self.port = port
    }
}

/// The pauses between attempts to connect: each twice the one before, until it is long enough.
struct ConnectPatience {
    /// A queue moves on within milliseconds.
    private static let firstMilliseconds: Int64 = 5
    private static let longestMilliseconds: Int64 = 320

    private let end: NIODeadline
    private var nextMilliseconds = firstMilliseconds

    init(milliseconds: Int64) {
        end = .now() + .milliseconds(milliseconds)
    }

    /// The next pause; `nil` when there has been enough waiting.
    mutating func pause() -> TimeAmount? {
        guard .now() < end else { return nil }
        // Up to half of it at random, so that a crowd does not come back as one.
        let milliseconds = nextMilliseconds
        nextMilliseconds = min(2 * nextMilliseconds, Self.longestMilliseconds)
        return .microseconds(.random(in: 500 * milliseconds...1_000 * milliseconds))
    }
}

/// Sends one request as soon as the channel is there, and passes the answer's parts on.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequest
    private let sink: @Sendable (HTTPEvent) -> Void
    private var isDone = false

    init(_ request: HTTPRequest, sink: @escaping @Sendable (HTTPEvent) -> Void) {
        self.request = request
        self.sink = sink
    }

    func channelActive(context: ChannelHandlerContext) {
        var headers = HTTPHeaders([
            ("Host", "brokerd"), ("Connection", "close"),
            ("Accept-Language", request.language.rawValue),
        ])
        for header in request.headers { headers.add(name: header.name, value: header.value) }
        if let body = request.body {
            headers.add(name: "Content-Length", value: String(body.count))
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue),
            uri: request.target, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body, !body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            // 100 Continue and its kin only announce the answer.
            guard head.status.code >= 200 else { return }
            let contentType = head.headers.first(name: "content-type") ?? ""
            sink(.head(status: Int(head.status.code), contentType: contentType))
        case .body(let buffer): sink(.body(buffer))
        case .end:
            finish(.end)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failed(.cut))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failed(.cut))
        context.close(promise: nil)
    }

    private func finish(_ event: HTTPEvent) {
        guard !isDone else { return }
        isDone = true
        sink(event)
    }
}
