import NIOCore
import Synchronization

/// Which request of which connection an answer belongs to.
///
/// A token outlives what it names: connections close while their request is being worked on. So it
/// is a number to look up, not a reference, and an answer that comes too late finds nothing.
struct ReplyToken: Sendable, Equatable {
    /// The connection's place in the listener's table.
    var slot: UInt32
    /// Which of the connections that have had this place.
    var generation: UInt32
    /// Which of the connection's requests.
    var sequence: UInt32
}

/// How answers from any thread come to the event loop of their listener.
///
/// The first answer into an empty box wakes the loop, those after it ride along: a batch of answers
/// from the writer costs one wake-up, not one each.
final class Mailbox: Sendable {
    enum Delivery: Sendable {
        case response(ReplyToken, HTTPResponse)
        case wait(ReplyToken, WaitHooks)
        case streamStart(ReplyToken, StreamStart)
        case streamBytes(ReplyToken, ByteBuffer)
        case streamFinish(ReplyToken)
        /// The stream cannot go on; the client must see that it is not complete.
        case streamAbort(ReplyToken)
    }

    private struct State {
        var deliveries: [Delivery] = []
        var isClosed = false
    }

    let eventLoop: any EventLoop
    private let core: NIOLoopBound<ListenerCore>
    private let state = Mutex(State())

    /// Must be called on the event loop.
    init(core: ListenerCore, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.core = NIOLoopBound(core, eventLoop: eventLoop)
    }

    /// The listener's state; only on the event loop.
    var loopCore: ListenerCore { core.value }

    /// Hands over what nothing can precede: a response or the start of a stream. On the event loop
    /// it is delivered before this returns.
    func postFirst(_ delivery: Delivery) {
        if eventLoop.inEventLoop {
            core.value.deliver(delivery)
        } else {
            post([delivery])
        }
    }

    /// Hands over deliveries in order, behind all that were posted before.
    func post(_ deliveries: [Delivery]) {
        enum Next { case wake, wait, drop }
        let next = state.withLock { state -> Next in
            if state.isClosed { return .drop }
            let wasEmpty = state.deliveries.isEmpty
            state.deliveries.append(contentsOf: deliveries)
            return wasEmpty ? .wake : .wait
        }
        switch next {
        case .wake: eventLoop.execute { self.drain() }
        case .wait: break
        case .drop: Self.drop(deliveries)
        }
    }

    private func drain() {
        let core = core.value
        for delivery in takeAll() { core.deliver(delivery) }
    }

    private func takeAll() -> [Delivery] {
        state.withLock { state in
            let all = state.deliveries
            state.deliveries = []
            return all
        }
    }

    /// From now on nothing is delivered: the event loop is about to end.
    func close() {
        let late = state.withLock { state -> [Delivery] in
            state.isClosed = true
            let all = state.deliveries
            state.deliveries = []
            return all
        }
        Self.drop(late)
    }

    /// Whoever feeds a stream that never came to be must learn that it is over, and whoever keeps a
    /// request waiting, that nobody is there.
    private static func drop(_ deliveries: [Delivery]) {
        for delivery in deliveries {
            switch delivery {
            case .streamStart(_, let start): start.progress.end()
            case .wait(_, let hooks): hooks.gone()
            case .response, .streamBytes, .streamFinish, .streamAbort: break
            }
        }
    }
}
