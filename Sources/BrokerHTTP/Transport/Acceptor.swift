import BrokerService
import Glibc
import NIOCore
import Synchronization

/// Accepts the connections of one listener, on a thread of its own, and refuses there whom the door
/// does not let in.
///
/// The kernel's queue is first come, first served, so everybody behind a flood waits until the
/// flood has been refused. That must cost next to nothing: a refusal is `accept`, `getsockopt` and
/// `close`, a few microseconds, and never reaches the event loop, which has work to do.
final class Acceptor: Sendable {
    private let thread: JoinableThread
    /// The writing end of a pipe; closing it ends the thread.
    private let stopDescriptor: CInt

    /// - Parameters:
    ///   - socket: listens already; it is the acceptor's from now on.
    ///   - handOver: called on the acceptor's thread with those who may come in.
    /// - Throws: what the kernel says against a pipe.
    init(
        _ socket: ListenerSocket, door: Door, counters: CounterCell,
        notice: @escaping @Sendable (TransportNotice) -> Void,
        handOver: @escaping @Sendable ([Arrival]) -> Void
    ) throws {
        var ends: (CInt, CInt) = (-1, -1)
        let status = withUnsafeMutableBytes(of: &ends) {
            pipe($0.assumingMemoryBound(to: CInt.self).baseAddress)
        }
        guard status == 0 else { throw IOError(errnoCode: errno, reason: "pipe") }
        let (stopped, stopDescriptor) = ends
        for descriptor in [stopped, stopDescriptor] { AcceptLoop.closeOnExec(descriptor) }
        self.stopDescriptor = stopDescriptor
        thread = DaemonThread.start("accept-\(socket.kind.rawValue)") {
            var loop = AcceptLoop(
                socket: socket, stopped: stopped, door: door, counters: counters, notice: notice,
                handOver: handOver)
            loop.run()
        }
    }

    /// Stops accepting, and closes the listening socket. On return everybody who has been let in
    /// has been handed over. To be called once.
    func stop() {
        close(stopDescriptor)
        thread.join()
    }
}

/// The state of the accepting thread, which nobody else sees.
private struct AcceptLoop {
    /// Accepted before those who may come in are handed over and the clock is read again.
    private static let batchCountMax = 64
    /// How long to wait for descriptors or memory. EMFILE and its like pass when connections close:
    /// trying on at once would spin, and giving up would end the service. A client hardly notices
    /// this, and ten failed calls a second cost nothing.
    private static let pauseMilliseconds: Int64 = 100

    private static let sendFlags = CInt(MSG_DONTWAIT | MSG_NOSIGNAL)

    /// `POLLRDHUP` of poll(2), which Glibc hides behind `_GNU_SOURCE`.
    private static let peerHasClosed: Int16 = 0x2000
    private static let lostEvents = peerHasClosed | Int16(POLLHUP) | Int16(POLLNVAL)

    private enum Step {
        case goOn, queueIsEmpty, pause(errno: CInt), lost
    }

    let socket: ListenerSocket
    let stopped: CInt
    let door: Door
    let counters: CounterCell
    let notice: @Sendable (TransportNotice) -> Void
    let handOver: @Sendable ([Arrival]) -> Void

    private var now = NIODeadline.now()
    private var pausedUntil: NIODeadline?
    private var lastNotice: NIODeadline?
    private var lingering = LingeringSockets()
    private var notes = RefusalNotes()
    private var arrivals: [Arrival] = []
    private var queue = ListenQueue()
    /// In this batch.
    private var refused = 0

    init(
        socket: ListenerSocket, stopped: CInt, door: Door, counters: CounterCell,
        notice: @escaping @Sendable (TransportNotice) -> Void,
        handOver: @escaping @Sendable ([Arrival]) -> Void
    ) {
        self.socket = socket
        self.stopped = stopped
        self.door = door
        self.counters = counters
        self.notice = notice
        self.handOver = handOver
    }

    mutating func run() {
        defer {
            lingering.closeAll()
            close(socket.descriptor)
            close(stopped)
        }
        while let step = step() {
            if !arrivals.isEmpty {
                handOver(arrivals)
                arrivals = []
            }
            if let count = queue.note(refused: refused, now: now) {
                // It listens already, and a failure would leave it as it is.
                listen(socket.descriptor, count)
            }
            refused = 0
            switch step {
            case .goOn, .queueIsEmpty: break
            case .pause(let code): pause(code)
            case .lost: return notice(.listenerLost(listener: socket.kind))
            }
        }
    }

    // MARK: Waiting

    /// Waits until there is something to accept, to close, or a pause is over, and accepts.
    ///
    /// - Returns: `nil` when it is time to end.
    private mutating func step() -> Step? {
        let due = [pausedUntil, lingering.nextDue].compactMap { $0 }.min()
        let milliseconds = due.map { due in
            CInt(clamping: (max(.zero, due - .now()).nanoseconds + 999_999) / 1_000_000)
        }
        // A negative descriptor is passed over by poll(2).
        let listener = pausedUntil == nil ? socket.descriptor : -1
        var descriptors = (
            pollfd(fd: stopped, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN) | Self.peerHasClosed, revents: 0)
        )
        _ = withUnsafeMutableBytes(of: &descriptors) {
            poll($0.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds ?? -1)
        }
        now = .now()
        lingering.closeDue(now: now)
        if let end = pausedUntil, end <= now { pausedUntil = nil }
        guard descriptors.0.revents == 0 else { return nil }
        switch descriptors.1.revents {
        case 0: return .queueIsEmpty
        // One that was shut down is readable for ever, and yet there is nothing to accept.
        case let events where events & Self.lostEvents != 0: return .lost
        case _: return acceptBatch()
        }
    }

    private mutating func pause(_ code: CInt) {
        counters.update { $0.acceptPauses += 1 }
        // These are descriptors too, and the first to do without.
        lingering.closeAll()
        pausedUntil = now + .milliseconds(Self.pauseMilliseconds)
        if lastNotice.map({ now - $0 >= .seconds(1) }) ?? true {
            lastNotice = now
            notice(.acceptPaused(listener: socket.kind, errno: code))
        }
    }

    // MARK: Accepting

    private mutating func acceptBatch() -> Step {
        for _ in 0..<Self.batchCountMax {
            // accept4(2) hides behind _GNU_SOURCE, and is not missed: a refused socket is never
            // waited for, and nothing is ever executed that could inherit it.
            let descriptor = accept(socket.descriptor, nil, nil)
            if descriptor >= 0 {
                receive(descriptor)
                continue
            }
            let step = Self.step(after: errno)
            guard case .goOn = step else { return step }
        }
        return .goOn
    }

    private static func step(after code: CInt) -> Step {
        switch code {
        case EAGAIN: .queueIsEmpty
        // The peer has gone again, or a signal came: the next one may be there.
        case EINTR, ECONNABORTED, EPROTO: .goOn
        // What accept(2) says of a descriptor that does not listen, or not any more.
        case EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP: .lost
        case _: .pause(errno: code)
        }
    }

    private mutating func receive(_ descriptor: CInt) {
        var user: PeerUser?
        var account: UInt32?
        if socket.isUnix {
            user = try? PeerUser.ofPeer(descriptor: descriptor)
            guard let user else { return follow(door.refuseUnknown(), descriptor) }
            if socket.kind == .agent { account = user.uid }
        }
        let verdict = door.arrive(account: account, nowNanoseconds: now.uptimeNanoseconds)
        guard case .admitted = verdict else { return follow(verdict, descriptor) }
        var peer: PeerCredentials?
        if let user {
            peer = try? PeerCredentials(user, descriptor: descriptor)
            guard peer != nil else {
                return follow(door.takeBack(account: account), descriptor)
            }
        }
        Self.closeOnExec(descriptor)
        arrivals.append(Arrival(descriptor: descriptor, peer: peer, account: account))
    }

    /// Sends a refused connection away.
    private mutating func follow(_ verdict: Door.Verdict, _ descriptor: CInt) {
        refused += 1
        guard case .refused(let refusal, explained: true) = verdict else {
            close(descriptor)
            return
        }
        // Nothing has been sent yet, so there is room; and a peer that has gone is no news.
        _ = notes.note(for: refusal).withUnsafeReadableBytes {
            send(descriptor, $0.baseAddress, $0.count, Self.sendFlags)
        }
        shutdown(descriptor, CInt(SHUT_WR))
        lingering.add(descriptor, now: now)
    }

    static func closeOnExec(_ descriptor: CInt) {
        // Fails for no open descriptor.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
}
