import BrokerCore
import BrokerHistory
import BrokerStore

/// A check of the whole chain, a piece at a time between other work of the history's thread: first the
/// items against their digests, then against the journal as far as that reaches back.
final class HistoryCheck: @unchecked Sendable {
    // Safe: only the history's thread touches it.
    private static let itemCount = 2_000

    private var replies: [@Sendable (Result<AuditReport, HistoryError>) -> Void]
    let wanted: ChainHead?
    private var verifier: AuditVerifier?
    private var comparison: JournalComparison?
    /// Of the journal, in one piece.
    private var batchCount = 64

    /// - Parameters:
    ///   - head: one that was written down before, to be found again.
    ///   - reply: called once, on the history's thread.
    init(
        head: ChainHead?,
        reply: @escaping @Sendable (Result<AuditReport, HistoryError>) -> Void
    ) {
        wanted = head
        replies = [reply]
    }

    /// Somebody else who asks for the same.
    func join(_ reply: @escaping @Sendable (Result<AuditReport, HistoryError>) -> Void) {
        replies.append(reply)
    }

    func fail(_ error: any Error) {
        answer(.failure(error as? HistoryError ?? .failed("\(error)")))
    }

    private func answer(_ result: Result<AuditReport, HistoryError>) {
        for reply in replies { reply(result) }
        replies = []
    }

    /// - Returns: whether it is done.
    /// - Throws: what ends all checks; an item that cannot be read is a finding.
    func step(_ keeper: HistoryKeeper) throws -> Bool {
        guard let store = keeper.store, let position = store.position else {
            throw HistoryError.failed("there is no history")
        }
        var verifier =
            self.verifier
            ?? AuditVerifier(
                position, namesBefore: keeper.retention.namesBefore(now: HistoryKeeper.wallNow),
                wanted: wanted)
        defer { self.verifier = verifier }
        if !verifier.isAtEnd {
            verifier.check(try store.chain(after: verifier.sequence, limit: Self.itemCount))
            return false
        }
        var comparison: JournalComparison
        do {
            comparison = try self.comparison ?? begin(keeper, position)
            defer { self.comparison = comparison }
            if try compare(&comparison, store, keeper, &verifier) { return false }
        } catch let error as HistoryError {
            // Of the history itself; the check is not what is wrong.
            throw error
        } catch {
            guard Self.isJournalAtFault(error) else {
                fail(error)
                return true
            }
            if batchCount > 1 {
                // One by one, so that the one at fault is named.
                batchCount = 1
                return false
            }
            // What was compared so far stands.
            let revision = self.comparison?.revision ?? 0
            if var comparison = self.comparison {
                try settle(&comparison, store, &verifier, isLast: true)
                self.comparison = comparison
            }
            verifier.add([
                AuditReport.Finding(.journal, sequence: 0, revision: revision + 1)
            ])
            answer(.success(verifier.report(journalFrom: self.comparison?.from ?? revision)))
            return true
        }
        answer(.success(verifier.report(journalFrom: comparison.from)))
        return true
    }

    /// Whether a row of the journal is not as it was written, or does not follow.
    private static func isJournalAtFault(_ error: any Error) -> Bool {
        if error is Broker.Misfit { return true }
        guard case .damaged? = error as? StoreError else { return false }
        return true
    }

    private func begin(
        _ keeper: HistoryKeeper, _ position: HistoryPosition
    ) throws -> JournalComparison {
        guard let image = try keeper.oldestBase() else {
            throw StoreError.damaged("the journal has no state to begin with")
        }
        return try JournalComparison(
            from: image, position,
            keepBefore: keeper.retention.keepBefore(now: HistoryKeeper.wallNow))
    }

    /// One piece of the journal.
    ///
    /// - Returns: whether there is more.
    private func compare(
        _ comparison: inout JournalComparison, _ store: any HistoryStore, _ keeper: HistoryKeeper,
        _ verifier: inout AuditVerifier
    ) throws -> Bool {
        let batches =
            comparison.isAtEnd
            ? [] : try keeper.journal(after: comparison.revision, limit: batchCount)
        try comparison.take(batches)
        try settle(&comparison, store, &verifier, isLast: batches.isEmpty)
        return !batches.isEmpty
    }

    /// Compares the items of what was taken in.
    private func settle(
        _ comparison: inout JournalComparison, _ store: any HistoryStore,
        _ verifier: inout AuditVerifier, isLast: Bool
    ) throws(HistoryError) {
        verifier.add(
            try comparison.differences(isLast: isLast) { sequence throws(HistoryError) in
                try store.chain(after: sequence, limit: Self.itemCount)
            })
    }
}

extension HistoryKeeper {
    /// With other heads to find; each takes seconds.
    private static let checkCountMax = 8

    /// Checks the chain. Of all that ask for the same, one check is made; it takes the writer's time.
    func check(
        _ head: ChainHead?, reply: @escaping @Sendable (Result<AuditReport, HistoryError>) -> Void
    ) {
        if let same = checks.first(where: { $0.wanted == head }) {
            same.join(reply)
        } else if checks.count < Self.checkCountMax {
            checks.append(HistoryCheck(head: head, reply: reply))
        } else {
            reply(.failure(.failed("too many checks of the audit are under way")))
        }
    }
}
