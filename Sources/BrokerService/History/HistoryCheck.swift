import BrokerHistory
import BrokerStore

/// A check of the whole chain, a piece at a time between other work of the history's thread: first the
/// items against their digests, then against the journal as far as that reaches back.
final class HistoryCheck: @unchecked Sendable {
    // Safe: only the history's thread touches it.
    private static let itemCount = 2_000

    private let reply: @Sendable (Result<AuditReport, HistoryError>) -> Void
    private let wanted: ChainHead?
    private var verifier: AuditVerifier?
    private var comparison: JournalComparison?

    /// - Parameters:
    ///   - head: one that was written down before, to be found again.
    ///   - reply: called once, on the history's thread.
    init(
        head: ChainHead?,
        reply: @escaping @Sendable (Result<AuditReport, HistoryError>) -> Void
    ) {
        wanted = head
        self.reply = reply
    }

    func fail(_ error: any Error) {
        reply(.failure(error as? HistoryError ?? .failed("\(error)")))
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
            switch try Self.read(store, after: verifier.sequence) {
            case .success(let items): verifier.check(items)
            case .failure(let foreign): try skip(foreign.number, store, &verifier)
            }
            return false
        }
        var comparison = try self.comparison ?? begin(keeper, position)
        defer { self.comparison = comparison }
        if try compare(&comparison, store, keeper, &verifier) { return false }
        reply(.success(verifier.report(journalFrom: comparison.from)))
        return true
    }

    /// An item that cannot be read.
    private struct Foreign: Error {
        var number: UInt64
    }

    private static func read(
        _ store: any HistoryStore, after sequence: UInt64
    ) throws(HistoryError) -> Result<[AuditItem], Foreign> {
        do throws(HistoryError) {
            return .success(try store.items(after: sequence, limit: itemCount))
        } catch {
            guard case .edited(let number, _) = error else { throw error }
            return .failure(Foreign(number: number))
        }
    }

    /// Items up to one that cannot be read, then that one.
    private func skip(
        _ number: UInt64, _ store: any HistoryStore, _ verifier: inout AuditVerifier
    ) throws(HistoryError) {
        while verifier.sequence + 1 < number {
            let items = try store.items(after: verifier.sequence, limit: 1)
            guard !items.isEmpty else { break }
            verifier.check(items)
        }
        verifier.skip(number)
    }

    private func begin(
        _ keeper: HistoryKeeper, _ position: HistoryPosition
    ) throws -> JournalComparison {
        guard let image = try keeper.oldestBase() else {
            throw HistoryError.failed("the journal has no state to begin with")
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
        guard !comparison.isAtEnd else { return false }
        let batches = try keeper.journal(after: comparison.revision)
        guard !batches.isEmpty else { return false }
        try comparison.take(batches)
        while comparison.needsItems {
            switch try Self.read(store, after: comparison.sequence) {
            case .success(let items): comparison.take(items)
            case .failure(let foreign):
                let number = foreign.number
                let before = Int(clamping: number) - Int(clamping: comparison.sequence) - 1
                if before > 0 {
                    comparison.take(
                        try store.items(after: comparison.sequence, limit: before))
                }
                comparison.skip(number)
            }
        }
        verifier.add(comparison.differences())
        return true
    }
}
