import BrokerAPI
import Dispatch
import NIOCore

/// One client of the event stream, and how far it is.
///
/// It belongs to one thread at a time: that of the feed, or that of a replay.
final class EventReader: @unchecked Sendable {
    // Safe: whoever hands it over does so through a queue, and does not touch it afterwards.

    /// How long a reader may leave unread what is under way, a quarter of a megabyte.
    static let patienceMilliseconds: Int64 = 10_000

    let handle: StreamHandle
    let filter: EventFilter
    /// The stream ends once it is here; nil: it follows.
    let until: UInt64?
    /// Everything up to here has been sent.
    private(set) var cursor: UInt64
    /// The last id that the client has seen.
    private var told: UInt64
    /// Since when it takes nothing, in milliseconds.
    private var fullSince: Int64?

    init(_ handle: StreamHandle, _ filter: EventFilter, after revision: UInt64, until: UInt64?) {
        self.handle = handle
        self.filter = filter
        self.until = until
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

    /// Waits until more is welcome, on a thread of its own; false when there is nobody any more, or
    /// nobody who reads.
    func waitUntilWritable() -> Bool {
        let semaphore = DispatchSemaphore(value: 0)
        handle.onWritable { semaphore.signal() }
        let patience = DispatchTimeInterval.milliseconds(Int(Self.patienceMilliseconds))
        if semaphore.wait(timeout: .now() + patience) == .timedOut {
            drop(Self.tooSlow)
            return false
        }
        return handle.status != .ended
    }

    static let tooSlow = "You read too slowly. Go on from this revision."
}
