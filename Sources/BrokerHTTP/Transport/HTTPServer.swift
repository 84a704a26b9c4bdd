import Glibc
import NIOCore
import NIOExtras
import NIOPosix
import Synchronization

/// What the transport has to say to the log; it has no logger of its own.
package enum TransportNotice: Sendable, Equatable {
    /// Accepting pauses for 100 ms, for want of descriptors or memory. At most one a second.
    case acceptPaused(listener: ListenerKind, errno: CInt)
    /// The listener's socket has failed and is closed, though nobody stops: the daemon is deaf on
    /// it and should end, to be started anew.
    case listenerLost(listener: ListenerKind)
    /// The grace of `stop` was over before all requests were answered.
    case stopCutShort(listener: ListenerKind)
}

/// Serves HTTP on any number of listeners, each on a thread of its own, so that a flood on one
/// leaves the others as quick as before.
///
/// Its functions block briefly and are for the threads of the program's start and end; they are
/// safe to call from any thread that is no event loop.
package final class HTTPServer: Sendable {
    /// A burst of logins, 5,000 at once, mostly waits here for the second or so that it lasts; the
    /// kernel caps it at `net.core.somaxconn`, 4,096 by default.
    package static let backlog: CInt = 4_096

    private struct Running {
        let kind: ListenerKind
        let group: MultiThreadedEventLoopGroup
        let channel: any Channel
        let mailbox: Mailbox
        let quiescing: ServerQuiescingHelper
        let counters: CounterCell
    }

    private let handler: RequestHandler
    private let bodyLimit: BodyLimit
    private let notice: @Sendable (TransportNotice) -> Void
    private let limits: Mutex<TransportLimits>
    private let running = Mutex<[Running]>([])

    /// - Parameters:
    ///   - bodyLimit: the most bytes of body that a route takes.
    ///   - notice: called on an event loop with what the log should know.
    ///   - handler: answers requests.
    package init(
        limits: TransportLimits, bodyLimit: @escaping BodyLimit,
        notice: @escaping @Sendable (TransportNotice) -> Void, handler: @escaping RequestHandler
    ) {
        self.limits = Mutex(limits)
        self.bodyLimit = bodyLimit
        self.notice = notice
        self.handler = handler
    }

    /// Starts to accept on one more socket, which is the server's from now on.
    ///
    /// - Throws: what the kernel says against the socket.
    package func start(_ socket: ListenerSocket) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let listener = try listen(on: socket, group: group)
            running.withLock { $0.append(listener) }
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
    }

    /// Replaces the limits, for connections and requests after the present turn of each listener's
    /// event loop; nobody is cut off.
    package func update(limits new: TransportLimits) {
        limits.withLock { $0 = new }
        for listener in running.withLock({ $0 }) {
            listener.mailbox.eventLoop.execute { listener.mailbox.loopCore.limits = new }
        }
    }

    /// What the listeners of a kind have seen; all zero when there is none.
    package func counters(of kind: ListenerKind) -> TransportCounters {
        var sum = TransportCounters()
        for listener in running.withLock({ $0 }) where listener.kind == kind {
            sum.add(listener.counters.snapshot)
        }
        return sum
    }

    /// Stops: accepts no more, closes idle connections, has requests that are under way answered
    /// with `Connection: close`, and returns when all that is done or the grace is over. The
    /// sockets' files stay; `ListenerSocket.removeFile` is for afterwards.
    ///
    /// - Parameter graceSeconds: after so long, connections are closed whatever they wait for.
    package func stop(graceSeconds: Int) {
        for listener in beginStop(graceSeconds: graceSeconds) {
            // Neither can fail in a way that leaves something to do: the process is ending.
            try? listener.end.wait()
            listener.mailbox.close()
            try? listener.group.syncShutdownGracefully()
        }
    }

    private struct Stopping {
        let group: MultiThreadedEventLoopGroup
        let mailbox: Mailbox
        /// All connections are closed.
        let end: EventLoopFuture<Void>
    }

    /// On return the quiescing helpers are gone: their end needs the event loops.
    private func beginStop(graceSeconds: Int) -> [Stopping] {
        let listeners = running.withLock { running in
            defer { running = [] }
            return running
        }
        return listeners.map { listener in
            let mailbox = listener.mailbox
            let loop = mailbox.eventLoop
            let allClosed = loop.makePromise(of: Void.self)
            loop.execute { mailbox.loopCore.beginStop() }
            listener.quiescing.initiateShutdown(promise: allClosed)
            let kind = listener.kind
            let cut = loop.scheduleTask(in: .seconds(Int64(graceSeconds))) { [notice] in
                notice(.stopCutShort(listener: kind))
                mailbox.loopCore.closeAll()
            }
            allClosed.futureResult.whenComplete { _ in cut.cancel() }
            return Stopping(group: listener.group, mailbox: mailbox, end: allClosed.futureResult)
        }
    }

    // MARK: One listener

    private func listen(
        on socket: ListenerSocket, group: MultiThreadedEventLoopGroup
    ) throws -> Running {
        let loop = group.next()
        let counters = CounterCell()
        let limits = limits.withLock { $0 }
        let mailbox = try loop.submit { [bodyLimit, handler] in
            Mailbox(
                core: ListenerCore(
                    kind: socket.kind, isUnix: socket.isUnix, limits: limits, counters: counters,
                    bodyLimit: bodyLimit, handler: handler),
                eventLoop: loop)
        }.wait()
        let quiescing = ServerQuiescingHelper(group: group)
        let channel = try bootstrap(
            socket.kind, group: group, mailbox: mailbox, quiescing: quiescing, counters: counters
        ).withBoundSocket(socket.descriptor).wait()
        // NIO has just called listen(2) with 128, whatever it was told; the last call counts.
        guard Glibc.listen(socket.descriptor, Self.backlog) == 0 else {
            throw IOError(errnoCode: errno, reason: "listen")
        }
        channel.closeFuture.whenComplete { [notice] _ in
            if !mailbox.loopCore.isStopping { notice(.listenerLost(listener: socket.kind)) }
        }
        return Running(
            kind: socket.kind, group: group, channel: channel, mailbox: mailbox,
            quiescing: quiescing, counters: counters)
    }

    private func bootstrap(
        _ kind: ListenerKind, group: MultiThreadedEventLoopGroup, mailbox: Mailbox,
        quiescing: ServerQuiescingHelper, counters: CounterCell
    ) -> ServerBootstrap {
        let notice = notice
        return ServerBootstrap(group: group)
            // So many new connections before those that exist have their turn.
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        AcceptPauseHandler(kind: kind, counters: counters, notice: notice),
                        quiescing.makeServerChannelHandler(channel: channel),
                    ])
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // A whole request of any route but two fits; and each connection keeps one such buffer.
            .childChannelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2_048)
            )
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // No further request of a connection is begun while so much waits to go out.
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 16 * 1_024, high: 64 * 1_024)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let core = mailbox.loopCore
                    try channel.pipeline.syncOperations.addHandler(
                        Connection(
                            mailbox: mailbox, core: core, admission: core.admit(channel),
                            eventLoop: channel.eventLoop))
                }
            }
    }
}
