package import BrokerCore
import BrokerEngine
package import BrokerStore

/// The journal for those who follow it: what comes, and what lies behind.
extension BrokerService {
    /// The state as far as it is on disk; each later batch is then given to `body` once it is, without
    /// a gap, from the writer's thread and under a lock: it must be quick. There is one follower.
    package func follow(_ body: @escaping @Sendable (JournalBatch) -> Void) -> Broker {
        published.follow(body)
    }

    /// Gives nobody the batches any more.
    package func unfollow() { published.unfollow() }

    /// A state from which the journal leads on; see `Store.base`. It blocks: not for event loops.
    ///
    /// - Throws: `StoreError`.
    package func journalBase(notAfter revision: UInt64?) throws -> BrokerImage? {
        try writer.base(notAfter: revision)
    }

    /// So many batches after a revision, oldest first. It blocks: not for event loops.
    ///
    /// - Throws: `StoreError`.
    package func journal(after revision: UInt64, limit: Int) throws -> [JournalBatch] {
        try writer.journal(after: revision, limit: limit)
    }
}

extension Writer {
    /// So many batches after a revision and from an instant on, oldest first.
    func journal(
        after revision: UInt64, from: Instant = .distantPast, limit: Int
    ) throws -> [JournalBatch] {
        try visit { loop throws(StoreError) in
            try loop.history(after: revision, from: from, limit: limit)
        }
    }

    /// A state from which the journal leads on; see `Store.base`.
    func base(notAfter revision: UInt64?) throws -> BrokerImage? {
        try visit { loop throws(StoreError) in try loop.base(notAfter: revision) }
    }

    /// Runs `body` on the writer's thread, between two rounds, and waits for it.
    func visit<Value: Sendable>(
        _ body: @escaping @Sendable (WriterLoop) throws(StoreError) -> Value
    ) throws -> Value {
        let answer = WaitQueue<Result<Value, StoreError>>()
        let isTaken = queue.add(
            .visit { loop in
                do throws(StoreError) {
                    _ = answer.add(.success(try body(loop)))
                } catch {
                    _ = answer.add(.failure(error))
                }
            })
        guard isTaken, let result = answer.takeFirst() else {
            throw StoreError.failed("the broker is stopping")
        }
        return try result.get()
    }
}
