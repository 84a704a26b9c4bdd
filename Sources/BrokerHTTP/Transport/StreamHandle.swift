import Dispatch
package import NIOCore
import Synchronization

/// What becomes of a stream when the server stops.
package enum StreamLifetime: Sendable {
    /// It has no end of its own, as events have not: it is ended properly as soon as the server
    /// begins to stop.
    case endless
    /// It ends by itself, as a backup does: it may go on as long as the server waits.
    case finite
}

/// Whether whoever feeds a stream may go on.
package enum StreamStatus: Sendable, Equatable {
    /// More is welcome.
    case open
    /// Enough is under way; wait until some of it has gone out.
    case full
    /// Nobody listens any more; nothing further is sent.
    case ended
}

/// The body of an answer that is written bit by bit, from any thread.
///
/// Letting go of the handle without `finish()` breaks the connection, so that a client cannot take
/// half a body for a whole one.
package final class StreamHandle: Sendable {
    let mailbox: Mailbox
    private let token: ReplyToken
    private let progress: StreamProgress

    init(mailbox: Mailbox, token: ReplyToken, progress: StreamProgress) {
        self.mailbox = mailbox
        self.token = token
        self.progress = progress
    }

    deinit {
        if progress.status != .ended, !progress.isFinishing { mailbox.post([.streamAbort(token)]) }
    }

    /// Sends bytes, at once as far as the client keeps up.
    ///
    /// Bytes written while the stream is full are kept up to a limit; a writer that goes beyond it
    /// loses the connection, for memory must not grow with a slow client.
    ///
    /// - Returns: what to do next.
    @discardableResult
    package func write(_ bytes: ByteBuffer) -> StreamStatus {
        guard bytes.readableBytes > 0 else { return progress.status }
        switch progress.willWrite(bytes.readableBytes) {
        case .accepted(let status):
            mailbox.post([.streamBytes(token, bytes)])
            return status
        case .overflow:
            mailbox.post([.streamAbort(token)])
            return .ended
        case .ended:
            return .ended
        }
    }

    /// The body is complete. Only the first call counts.
    package func finish() {
        if progress.beginFinish() { mailbox.post([.streamFinish(token)]) }
    }

    /// Breaks the connection: the client sees that the body is not whole. Nothing, once the stream
    /// is over or `finish()` was called.
    package func abort() {
        if progress.beginFinish() { mailbox.post([.streamAbort(token)]) }
    }

    /// Whether more is welcome.
    package var status: StreamStatus { progress.status }

    /// Calls back once, as soon as more is welcome or the stream has ended: from the event loop, or
    /// at once from here. Replaces a callback that has not been called yet.
    package func onWritable(_ callback: @escaping @Sendable () -> Void) {
        progress.onWritable(callback)
    }

    /// Blocks the calling thread until more is welcome or the stream has ended; never longer than
    /// the write-stall deadline, for then the connection is closed. Not for event loops.
    package func waitUntilWritable() -> StreamStatus {
        precondition(!mailbox.eventLoop.inEventLoop, "an event loop must not wait for itself")
        let semaphore = DispatchSemaphore(value: 0)
        progress.onWritable { semaphore.signal() }
        semaphore.wait()
        return progress.status
    }

    /// Calls back once when the stream is over, finished or broken off: from the event loop, or at
    /// once from here when it already is.
    package func onClose(_ callback: @escaping @Sendable () -> Void) {
        progress.onEnd(callback)
    }
}

/// What a stream starts with.
struct StreamStart: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let lifetime: StreamLifetime
    let progress: StreamProgress
}

/// How much of a stream is under way: what the writer and the event loop share.
final class StreamProgress: Sendable {
    /// So much may be under way before the writer is asked to wait. A backup then moves a megabyte
    /// in four turns, and an event stream never gets here unless its client sleeps.
    static let fullBytes = 256 * 1024
    /// The writer goes on when so little is left: half a turn before the client runs dry.
    static let resumeBytes = 128 * 1024
    /// A writer that does not wait is stopped here.
    static let overflowBytes = 4 * 1024 * 1024

    enum Admission { case accepted(StreamStatus), overflow, ended }

    private struct State {
        var pendingBytes = 0
        var isFull = false
        var isFinishing = false
        var hasEnded = false
        var onWritable: (@Sendable () -> Void)?
        var onEnd: [@Sendable () -> Void] = []

        var status: StreamStatus { hasEnded ? .ended : isFull ? .full : .open }
    }

    private let state = Mutex(State())

    var status: StreamStatus { state.withLock { $0.status } }

    var isFinishing: Bool { state.withLock { $0.isFinishing } }

    func willWrite(_ count: Int) -> Admission {
        state.withLock { state in
            if state.hasEnded || state.isFinishing { return .ended }
            state.pendingBytes += count
            if state.pendingBytes > Self.overflowBytes { return .overflow }
            if state.pendingBytes >= Self.fullBytes { state.isFull = true }
            return .accepted(state.status)
        }
    }

    /// So many bytes have gone into the kernel.
    func didWrite(_ count: Int) {
        let callback = state.withLock { state -> (@Sendable () -> Void)? in
            state.pendingBytes -= count
            guard state.isFull, state.pendingBytes <= Self.resumeBytes else { return nil }
            state.isFull = false
            return state.onWritable.take()
        }
        callback?()
    }

    /// - Returns: whether this call is the one that finishes.
    func beginFinish() -> Bool {
        state.withLock { state in
            if state.hasEnded || state.isFinishing { return false }
            state.isFinishing = true
            return true
        }
    }

    /// The stream is over. Only the first call counts.
    func end() {
        let callbacks = state.withLock { state -> [@Sendable () -> Void] in
            guard !state.hasEnded else { return [] }
            state.hasEnded = true
            let all = state.onEnd + [state.onWritable.take()].compactMap { $0 }
            state.onEnd = []
            return all
        }
        for callback in callbacks { callback() }
    }

    func onWritable(_ callback: @escaping @Sendable () -> Void) {
        let isDue = state.withLock { state in
            if state.status != .full { return true }
            state.onWritable = callback
            return false
        }
        if isDue { callback() }
    }

    func onEnd(_ callback: @escaping @Sendable () -> Void) {
        let isDue = state.withLock { state in
            if state.hasEnded { return true }
            state.onEnd.append(callback)
            return false
        }
        if isDue { callback() }
    }
}
