import BrokerAPI
import BrokerCore
import BrokerService
import NIOCore
import Synchronization

/// A lease as server-sent events: its present state at once, each change, and the end of the stream
/// once it has ended.
final class LeaseStream: Sendable {
    /// A comment goes out so often, so that either side notices when the other is gone.
    static let keepAliveSeconds: Int64 = 5

    private struct State {
        /// What was last sent; nil before the first event.
        var last: LeaseView?
        var watch: LeaseWatch?
        var isOver = false
    }

    private let handle: StreamHandle
    private let service: BrokerService
    private let state = Mutex(State())

    private init(_ handle: StreamHandle, _ service: BrokerService) {
        self.handle = handle
        self.service = service
    }

    static func start(_ id: LeaseID, _ call: Call) {
        let handle = call.reply.startStream(
            status: 200,
            headers: [
                (name: "Content-Type", value: "text/event-stream"),
                (name: "Cache-Control", value: "no-store"),
            ],
            lifetime: .endless)
        let stream = LeaseStream(handle, call.service)
        let watch = call.service.watch(id) { stream.tell($0, isFirst: false) }
        handle.onClose { stream.end() }
        stream.state.withLock { state in
            if state.isOver { watch.cancel() } else { state.watch = watch }
        }
        // Only now, when no change can be missed, the state to begin with.
        if let lease = call.service.read({ broker in broker.lease(id) }) {
            stream.tell(lease, isFirst: true)
        }
        handle.keepAlive(every: .seconds(keepAliveSeconds))
    }

    private func tell(_ lease: LeaseView, isFirst: Bool) {
        state.withLock { state in
            guard !state.isOver, state.last != lease else { return }
            // A change overtook the reading of the first state, which is older then.
            if isFirst && state.last != nil { return }
            if let last = state.last, last.state == .ended { return }
            state.last = lease
            let json = WireJSON.encode(Wire(service).lease(lease))
            var buffer = ByteBuffer()
            buffer.writeString("event: lease\ndata: ")
            buffer.writeBytes(json)
            buffer.writeString("\n\n")
            _ = handle.write(buffer)
            if lease.state == .ended { handle.finish() }
        }
    }

    private func end() {
        let watch = state.withLock { state in
            state.isOver = true
            return state.watch.take()
        }
        watch?.cancel()
    }
}
