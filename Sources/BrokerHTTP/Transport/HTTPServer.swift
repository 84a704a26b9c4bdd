import Glibc
import NIOCore
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
    private struct Running {
        let kind: ListenerKind
        let group: MultiThreadedEventLoopGroup
        let mailbox: Mailbox
        let vestibule: Vestibule
        let acceptor: Acceptor
        let door: Door
        let counters: CounterCell
    }

    private let handler: RequestHandler
    private let bodyLimit: BodyLimit
    private let notice: @Sendable (TransportNotice) -> Void
    private let limits: Mutex<TransportLimits>
    private let running = Mutex<[Running]>([])
    /// Of every listener that there ever was: counts do not fall when one stops.
    private let cells = Mutex<[(kind: ListenerKind, counters: CounterCell)]>([])

    /// - Parameters:
    ///   - bodyLimit: the most bytes of body that a route takes.
    ///   - notice: called on a thread of the server's with what the log should know.
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
            cells.withLock { $0.append((listener.kind, listener.counters)) }
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
    }

    /// Replaces the limits, for new connections and requests at once, and what else there is after
    /// the present turn of each listener's event loop; nobody is cut off.
    package func update(limits new: TransportLimits) {
        limits.withLock { $0 = new }
        for listener in running.withLock({ $0 }) {
            listener.door.update(limits: new)
            listener.mailbox.eventLoop.execute { listener.mailbox.loopCore.limits = new }
        }
    }

    /// What the listeners of a kind have seen; all zero when there is none.
    package func counters(of kind: ListenerKind) -> TransportCounters {
        var sum = TransportCounters()
        for cell in cells.withLock({ $0 }) where cell.kind == kind {
            sum.add(cell.counters.snapshot)
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

    private func beginStop(graceSeconds: Int) -> [Stopping] {
        let listeners = running.withLock { running in
            defer { running = [] }
            return running
        }
        for listener in listeners { listener.acceptor.stop() }
        return listeners.map { listener in
            let mailbox = listener.mailbox
            let loop = mailbox.eventLoop
            let allClosed = loop.makePromise(of: Void.self)
            loop.execute {
                listener.vestibule.letAllIn()
                mailbox.loopCore.beginStop(end: allClosed)
            }
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
        // A socket from systemd may block, and has the queue of its unit; the last call counts.
        let flags = fcntl(socket.descriptor, F_GETFL)
        guard flags >= 0, fcntl(socket.descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw IOError(errnoCode: errno, reason: "fcntl")
        }
        guard Glibc.listen(socket.descriptor, ListenQueue.longCount) == 0 else {
            throw IOError(errnoCode: errno, reason: "listen")
        }
        let loop = group.next()
        let counters = CounterCell()
        let limits = limits.withLock { $0 }
        let door = Door(kind: socket.kind, limits: limits, counters: counters)
        let mailbox = try loop.submit { [bodyLimit, handler] in
            Mailbox(
                core: ListenerCore(
                    kind: socket.kind, door: door, limits: limits, counters: counters,
                    bodyLimit: bodyLimit, handler: handler),
                eventLoop: loop)
        }.wait()
        let vestibule = Vestibule(mailbox: mailbox)
        let acceptor = try Acceptor(
            socket, door: door, counters: counters, notice: notice,
            handOver: { vestibule.add($0) })
        return Running(
            kind: socket.kind, group: group, mailbox: mailbox, vestibule: vestibule,
            acceptor: acceptor, door: door, counters: counters)
    }
}
