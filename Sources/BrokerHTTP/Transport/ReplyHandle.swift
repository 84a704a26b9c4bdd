import Synchronization

/// What becomes of a request that waits for its answer; both are called on the event loop and must
/// be quick, and at most one of them is.
package struct WaitHooks: Sendable {
    /// The connection has gone.
    package var gone: @Sendable () -> Void
    /// The server stops: the request is to be answered now.
    package var stopping: @Sendable () -> Void

    package init(
        gone: @escaping @Sendable () -> Void, stopping: @escaping @Sendable () -> Void
    ) {
        self.gone = gone
        self.stopping = stopping
    }
}

/// The one answer to one request, to be given exactly once, from any thread.
///
/// A handle that is let go of unused answers 503 by itself, so that no client hangs on a mistake of
/// ours. If the connection has gone meanwhile, the answer goes nowhere, and that is not an error.
package final class ReplyHandle: Sendable {
    private let mailbox: Mailbox
    private let token: ReplyToken
    private let isUsed = Atomic<Bool>(false)

    init(mailbox: Mailbox, token: ReplyToken) {
        self.mailbox = mailbox
        self.token = token
    }

    deinit {
        if !isUsed.load(ordering: .relaxed) {
            mailbox.postFirst(.response(token, TransportProblem.dropped))
        }
    }

    /// Answers. A second answer is a programming error and traps.
    package func send(_ response: HTTPResponse) {
        use()
        mailbox.postFirst(.response(token, response))
    }

    /// Answers many requests at once, which wakes each listener's loop once; for the thread that
    /// has just put a batch on disk.
    package static func sendBatch(_ replies: [(handle: ReplyHandle, response: HTTPResponse)]) {
        var batches: [(mailbox: Mailbox, deliveries: [Mailbox.Delivery])] = []
        for reply in replies {
            reply.handle.use()
            let delivery = Mailbox.Delivery.response(reply.handle.token, reply.response)
            let mailbox = reply.handle.mailbox
            // There are three listeners at most: a search of three is cheaper than a dictionary.
            if let index = batches.firstIndex(where: { $0.mailbox === mailbox }) {
                batches[index].deliveries.append(delivery)
            } else {
                batches.append((mailbox, [delivery]))
            }
        }
        for batch in batches { batch.mailbox.post(batch.deliveries) }
    }

    /// Answers with a body whose length is not known yet and that is written bit by bit.
    ///
    /// - Parameters:
    ///   - status: the status code, one that has a body.
    ///   - headers: further fields, `Content-Type` among them.
    ///   - lifetime: what becomes of the stream when the server stops.
    package func startStream(
        status: Int, headers: [(name: String, value: String)], lifetime: StreamLifetime
    ) -> StreamHandle {
        use()
        let progress = StreamProgress()
        let start = StreamStart(
            status: status, headers: headers, lifetime: lifetime, progress: progress)
        mailbox.postFirst(.streamStart(token, start))
        return StreamHandle(mailbox: mailbox, token: token, progress: progress)
    }

    /// Says that the answer may take hours, so that a client that goes away meanwhile is noticed at
    /// once: one that has only stopped sending counts as gone too, and its connection is closed.
    /// To be called before the answer or the stream is finished, at most once; without effect
    /// afterwards, but for `gone` where the connection is there no more.
    package func wait(_ hooks: WaitHooks) {
        mailbox.post([.wait(token, hooks)])
    }

    private func use() {
        let wasUsed = isUsed.exchange(true, ordering: .relaxed)
        precondition(!wasUsed, "a request can be answered once")
    }
}
