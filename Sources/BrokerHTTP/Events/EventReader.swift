import BrokerAPI
import BrokerService
import BrokerSite
import Dispatch
import NIOCore

/// One client of the event stream, and how far it is.
///
/// It belongs to one thread at a time: that of the feed, or that of a replay.
final class EventReader: @unchecked Sendable {
    // Safe: whoever hands it over does so through a queue, and does not touch it afterwards.

    /// How long a reader may leave unread what is under way, a quarter of a megabyte.
    static let patienceMilliseconds: Int64 = 10_000
    /// The least that a reader takes of the past, over all the time in which it was waited for. One
    /// that takes less would have the same part of the journal read for it again and again.
    private static let bytesPerMillisecondMin: Int64 = 32
    /// How long a reader stays out of replays that could not wait for it: each begins at a base.
    private static let parkedMilliseconds: Int64 = 1_000

    /// What a reader has taken of the past, and how long it was waited for.
    private struct CatchUp {
        var sentBytes: Int64 = 0
        var waitedMilliseconds: Int64 = 0
        /// Since when it is out of all replays, and not known to take anything again.
        var parkedAt: Int64?
    }

    let handle: StreamHandle
    let filter: EventFilter
    /// The stream ends once it is here; nil: it follows.
    let until: UInt64?
    /// Whether who reads may do so still, by the roles in force.
    let isAdmitted: @Sendable (DaemonConfiguration.Roles) -> Bool
    /// Everything up to here has been sent.
    private(set) var cursor: UInt64
    /// The last id that the client has seen.
    private var told: UInt64
    /// Since when it takes nothing, in milliseconds.
    private var fullSince: Int64?
    /// Nil while it follows the feed.
    private var catchUp: CatchUp?

    init(
        _ handle: StreamHandle, _ filter: EventFilter, after revision: UInt64, until: UInt64?,
        isAdmitted: @escaping @Sendable (DaemonConfiguration.Roles) -> Bool
    ) {
        self.handle = handle
        self.filter = filter
        self.until = until
        self.isAdmitted = isAdmitted
        cursor = revision
        told = revision
        // At once: whoever is cut off before the first event knows where to go on.
        handle.write(Self.position(revision))
    }

    /// A server-sent event that tells an id and nothing else.
    private static func position(_ revision: UInt64) -> ByteBuffer {
        ByteBuffer(string: "id: \(revision)\n\n")
    }

    /// Whether it has all that it asked for.
    var isDone: Bool { until.map { cursor >= $0 } ?? false }

    /// Sends what is ready up to a revision, which the reader has then.
    @discardableResult
    func send(_ bytes: ByteBuffer, through revision: UInt64) -> StreamStatus {
        cursor = revision
        guard bytes.readableBytes > 0 else { return handle.status }
        told = revision
        catchUp?.sentBytes += Int64(bytes.readableBytes)
        return handle.write(bytes)
    }

    /// Tells a client whose filter lets nothing pass how far it is, so that a resumption needs not
    /// look at all of it again.
    func tellPosition() {
        guard told < cursor else { return }
        told = cursor
        handle.write(Self.position(cursor))
    }

    /// Whether it has taken nothing for too long.
    func isStuck(now: Int64) -> Bool {
        guard handle.status == .full else {
            fullSince = nil
            return false
        }
        let since = fullSince ?? now
        fullSince = since
        return now - since >= Self.patienceMilliseconds
    }

    /// Ends the stream with a word: the client is to come again, from where it is.
    func drop(_ detail: String) {
        let word = EventsDropped(revision: Int(cursor), detail: detail)
        handle.send(event: "dropped", data: WireJSON.encode(word))
        handle.finish()
    }

    /// Ends the stream before it has come to its end. Who follows expects one at any time; who asked
    /// for what is stored must not take a part of it for all.
    func cutOff() {
        if until == nil { handle.finish() } else { handle.abort() }
    }

    // MARK: Catching up

    /// It gets what is stored from now on.
    func beginCatchingUp() {
        if catchUp == nil { catchUp = CatchUp() }
    }

    /// It is where the feed is.
    func endCatchingUp() { catchUp = nil }

    /// Whether it is on its way to where the feed begins.
    var isCatchingUp: Bool { catchUp != nil }

    /// Whether it has taken too little for the time that it was waited for.
    var isTooSlow: Bool {
        guard let catchUp, catchUp.waitedMilliseconds >= Self.patienceMilliseconds else {
            return false
        }
        return catchUp.sentBytes < catchUp.waitedMilliseconds * Self.bytesPerMillisecondMin
    }

    /// Waits until more is welcome, on a thread of its own and at most so long; tells how long.
    func waitUntilWritable(milliseconds: Int64) -> Int64 {
        let began = EventFeed.milliseconds()
        let semaphore = DispatchSemaphore(value: 0)
        handle.onWritable { semaphore.signal() }
        _ = semaphore.wait(timeout: .now() + .milliseconds(Int(milliseconds)))
        let waited = EventFeed.milliseconds() - began
        catchUp?.waitedMilliseconds += waited
        return waited
    }

    /// It stays out of replays until it takes something again.
    func park(now: Int64) { catchUp?.parkedAt = now }

    /// Whether a replay is to go on without it for now.
    func isParked(now: Int64) -> Bool {
        guard let since = catchUp?.parkedAt else { return false }
        if now - since < Self.parkedMilliseconds || handle.status == .full { return true }
        catchUp?.waitedMilliseconds += now - since
        catchUp?.parkedAt = nil
        return false
    }

    static let tooSlow = "You read too slowly. Go on from this revision."
}
