import BrokerAPI
import NIOCore

/// Everything that the connections of one listener share. Lives on the listener's event loop and is
/// touched from nowhere else, so it needs no lock.
final class ListenerCore {
    /// Refused connections that may linger at once so that their client can read why. Beyond it
    /// they are closed at once: a flood must not hold descriptors by being refused.
    static let lingeringRefusalsMax = 256
    /// A bigger output buffer is not kept for the next answer.
    private static let spareBufferBytesMax = 64 * 1024

    let kind: ListenerKind
    let isUnix: Bool
    let handler: RequestHandler
    let bodyLimit: BodyLimit
    let counters: CounterCell
    var limits: TransportLimits
    /// The server is stopping: every answer from now on is its connection's last.
    private(set) var isStopping = false

    private var table = ConnectionTable()
    private var users = UserAccounts()
    private var admitted = 0
    private var refusedOpen = 0
    private var date = DateField()
    private var spareBuffer: ByteBuffer?
    private var isSweeping = false

    init(
        kind: ListenerKind, isUnix: Bool, limits: TransportLimits, counters: CounterCell,
        bodyLimit: @escaping BodyLimit, handler: @escaping RequestHandler
    ) {
        self.kind = kind
        self.isUnix = isUnix
        self.limits = limits
        self.counters = counters
        self.bodyLimit = bodyLimit
        self.handler = handler
    }

    // MARK: Admission

    /// Decides about a connection that has just been accepted.
    ///
    /// Refusing is never done by not accepting: that would let whoever is over a limit shut the
    /// door for everybody else.
    func admit(_ channel: any Channel) -> Admission {
        let admission = decide(channel)
        switch admission {
        case .admitted(_, let user):
            admitted += 1
            user?.connections += 1
        case .refused:
            refusedOpen += 1
        }
        let open = admitted
        counters.update {
            $0.connectionsAccepted += 1
            $0.connectionsOpen = open
            if case .refused(let cause, _) = admission { $0.count(cause) }
        }
        return admission
    }

    private func decide(_ channel: any Channel) -> Admission {
        guard admitted < limits.connectionsMax(of: kind) else {
            return .refused(
                .listenerConnections,
                TransportProblem.response(
                    .unavailable, "The \(kind.rawValue) listener has no room for more connections.",
                    retryAfterSeconds: 1))
        }
        guard isUnix else { return .admitted(peer: nil, user: nil) }
        guard let peer = Self.peer(of: channel) else {
            return .refused(
                .credentials,
                TransportProblem.response(
                    .forbidden, "The kernel does not say which user you are."))
        }
        guard kind == .agent else { return .admitted(peer: peer, user: nil) }
        let user = users.account(of: peer.uid)
        guard user.connections < limits.connectionsPerUser else {
            return .refused(
                .userConnections,
                TransportProblem.response(
                    .tooManyRequests,
                    "You have \(user.connections) connections, as many as one user may have.",
                    retryAfterSeconds: 1))
        }
        return .admitted(peer: peer, user: user)
    }

    /// Fails closed: any failure at all is nobody.
    private static func peer(of channel: any Channel) -> PeerCredentials? {
        try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { descriptor in
            try PeerCredentials.ofPeer(descriptor: descriptor)
        }
    }

    /// Whether a refused connection may stay until its client has read why.
    var mayLinger: Bool { refusedOpen <= Self.lingeringRefusalsMax }

    /// Takes one request out of the user's share.
    ///
    /// - Returns: `nil`, or how long to wait.
    func takeRequest(of user: UserAccount) -> TimeAmount? {
        let wait = user.rate.take(
            nowNanoseconds: NIODeadline.now().uptimeNanoseconds,
            perSecond: limits.requestsPerSecondPerUser)
        guard let wait else { return nil }
        counters.update { $0.count(.userRequests) }
        return .nanoseconds(Int64(wait))
    }

    // MARK: Connections

    func add(_ connection: Connection) -> ReplyToken {
        let token = table.add(connection)
        scheduleSweep(on: connection.eventLoop)
        return token
    }

    func remove(_ connection: Connection) {
        table.remove(connection.token)
        switch connection.admission {
        case .admitted(_, let user):
            admitted -= 1
            user?.connections -= 1
        case .refused:
            refusedOpen -= 1
        }
        let open = admitted
        counters.update { $0.connectionsOpen = open }
    }

    func deliver(_ delivery: Mailbox.Delivery) {
        switch delivery {
        case .response(let token, let response):
            table.find(token)?.reply(response)
        case .streamStart(let token, let start):
            guard let connection = table.find(token) else { return start.progress.end() }
            connection.startStream(start)
        case .streamBytes(let token, let bytes):
            table.find(token)?.writeStream(bytes)
        case .streamFinish(let token):
            table.find(token)?.finishStream()
        case .streamAbort(let token):
            table.find(token)?.abortStream()
        }
    }

    // MARK: Deadlines

    /// One look at all connections a second costs less than one timer each: nothing a request, and
    /// some nanoseconds a connection.
    private func scheduleSweep(on eventLoop: any EventLoop) {
        guard !isSweeping else { return }
        isSweeping = true
        eventLoop.assumeIsolated().scheduleTask(
            in: .milliseconds(Int64(limits.sweepMilliseconds))
        ) {
            self.isSweeping = false
            let now = NIODeadline.now()
            self.connections.forEach { $0.checkDeadlines(now: now) }
            self.users.prune(nowNanoseconds: now.uptimeNanoseconds)
            if !self.table.isEmpty || !self.users.isEmpty { self.scheduleSweep(on: eventLoop) }
        }
    }

    /// From now on a connection works on its last request, or goes.
    func beginStop() { isStopping = true }

    /// The grace is over.
    func closeAll() { connections.forEach { $0.closeNow() } }

    /// The table as it is now: connections leave it while one goes through them.
    private var connections: ConnectionTable { table }

    // MARK: What answers are made with

    var dateField: ByteBuffer { date.current() }

    /// An empty buffer to write answers into; the last one again, if it has come back.
    func takeBuffer(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = spareBuffer.take() else { return allocator.buffer(capacity: 1024) }
        buffer.clear()
        return buffer
    }

    func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity <= Self.spareBufferBytesMax { spareBuffer = buffer }
    }
}

/// What became of a connection at the door.
enum Admission {
    case admitted(peer: PeerCredentials?, user: UserAccount?)
    case refused(RefusalCause, HTTPResponse)
}
