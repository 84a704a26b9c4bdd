import BrokerAPI
import NIOCore
import NIOPosix

/// Everything that the connections of one listener share. Lives on the listener's event loop and is
/// touched from nowhere else, so it needs no lock.
final class ListenerCore {
    /// A bigger output buffer is not kept for the next answer.
    private static let spareBufferBytesMax = 64 * 1024

    let kind: ListenerKind
    let handler: RequestHandler
    let bodyLimit: BodyLimit
    let counters: CounterCell
    var limits: TransportLimits
    private let door: Door
    /// Set when the server stops, and kept when all connections have gone.
    private var end: EventLoopPromise<Void>?
    private var table = ConnectionTable()
    private var date = DateField()
    private var spareBuffer: ByteBuffer?
    private var isSweeping = false

    init(
        kind: ListenerKind, door: Door, limits: TransportLimits, counters: CounterCell,
        bodyLimit: @escaping BodyLimit, handler: @escaping RequestHandler
    ) {
        self.kind = kind
        self.door = door
        self.limits = limits
        self.counters = counters
        self.bodyLimit = bodyLimit
        self.handler = handler
    }

    // MARK: Connections

    /// Makes a channel of a connection that the door has let in.
    func letIn(_ arrival: Arrival, mailbox: Mailbox) {
        let loop = mailbox.eventLoop
        let connection = NIOLoopBound(
            Connection(mailbox: mailbox, core: self, arrival: arrival, eventLoop: loop),
            eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            // A whole request of any route but two fits; and each connection keeps one such buffer.
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2_048)
            )
            .channelOption(.maxMessagesPerRead, value: 1)
            // No further request of a connection is begun while so much waits to go out.
            .channelOption(.writeBufferWaterMark, value: .init(low: 16 * 1_024, high: 64 * 1_024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(connection.value)
                }
            }
            .withConnectedSocket(arrival.descriptor)
            .whenFailure { _ in
                // It has closed the descriptor; a connection that has entered leaves by itself.
                let connection = connection.value
                if !connection.hasEntered { connection.core.left(connection) }
            }
    }

    /// Takes one request out of a user's share.
    ///
    /// - Returns: `nil`, or how long to wait.
    func takeRequest(of account: UInt32) -> TimeAmount? {
        let wait = door.takeRequest(
            account: account, nowNanoseconds: NIODeadline.now().uptimeNanoseconds)
        guard let wait else { return nil }
        counters.update { $0.count(.userRequests) }
        return .nanoseconds(Int64(wait))
    }

    func add(_ connection: Connection) -> ReplyToken {
        let token = table.add(connection)
        scheduleSweep(on: connection.eventLoop)
        return token
    }

    func remove(_ connection: Connection) {
        table.remove(connection.token)
        left(connection)
    }

    private func left(_ connection: Connection) {
        door.leave(account: connection.arrival.account)
        endIfEmpty()
    }

    func deliver(_ delivery: Mailbox.Delivery) {
        switch delivery {
        case .response(let token, let response):
            table.find(token)?.reply(response)
        case .wait(let token, let hooks):
            guard let connection = table.find(token) else { return hooks.gone() }
            connection.wait(hooks)
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

    /// The server is stopping: every answer from now on is its connection's last.
    var isStopping: Bool { end != nil }

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
            if !self.table.isEmpty { self.scheduleSweep(on: eventLoop) }
        }
    }

    // MARK: The end

    /// From now on a connection works on its last request, or goes. To be called when all that were
    /// let in are here and no more can come.
    ///
    /// - Parameter end: succeeds when all connections have gone.
    func beginStop(end: EventLoopPromise<Void>) {
        self.end = end
        connections.forEach { $0.stopWhenIdle() }
        endIfEmpty()
    }

    private func endIfEmpty() {
        guard let end, door.admitted == 0 else { return }
        end.succeed()
    }

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
