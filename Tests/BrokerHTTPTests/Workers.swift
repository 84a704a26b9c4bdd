import Dispatch
import Synchronization

@testable import BrokerHTTP

/// Answers from another thread, and watches how many requests are under way at once.
final class Workers: Sendable {
    private let queue = DispatchQueue(label: "workers", attributes: .concurrent)
    private let state = Mutex((now: 0, most: 0))

    var mostAtOnce: Int { state.withLock { $0.most } }

    func run(reply: ReplyHandle, body: String) {
        state.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        queue.async {
            self.state.withLock { $0.now -= 1 }
            reply.send(
                HTTPResponse(status: 200, contentType: "text/plain", bytes: Array(body.utf8)))
        }
    }
}

/// Keeps answers back until there are enough, and sends them as one batch from another thread.
final class Gathered: Sendable {
    private let wanted: Int
    private let replies = Mutex<[(handle: ReplyHandle, response: HTTPResponse)]>([])

    init(wanted: Int) { self.wanted = wanted }

    var count: Int { replies.withLock { $0.count } }

    func add(_ reply: ReplyHandle, _ response: HTTPResponse) {
        let all = replies.withLock { replies in
            replies.append((reply, response))
            return replies.count == wanted ? replies : []
        }
        guard !all.isEmpty else { return }
        DispatchQueue.global().async { ReplyHandle.sendBatch(all) }
    }
}

/// Answers after a while.
final class SlowWorkers: Sendable {
    private let milliseconds: Int

    init(milliseconds: Int) { self.milliseconds = milliseconds }

    func run(_ reply: ReplyHandle) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
            reply.send(
                HTTPResponse(status: 200, contentType: "text/plain", bytes: Array("late".utf8)))
        }
    }
}
