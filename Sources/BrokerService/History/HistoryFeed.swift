import BrokerCore
import BrokerStore
import Synchronization

/// Batches on their way from the writer to the history, as many as memory should hold.
///
/// The writer only puts them here. What does not fit is dropped and read from the journal later, so
/// a history that is slow costs the writer nothing.
final class HistoryFeed: Sendable {
    /// Some 20 MB of batches.
    private static let recordCountMax = 50_000

    private struct State {
        var batches: [JournalBatch] = []
        var recordCount = 0
        /// Of the newest batch that there is.
        var latest: UInt64
    }

    /// What the history takes in next.
    enum Next {
        case batches([JournalBatch])
        /// They were dropped, or never here: the journal has them.
        case inJournal
        case nothing
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - tail: what the start has read of the journal anyway.
    ///   - latest: the journal's revision.
    init(tail: [JournalBatch], latest: UInt64) {
        state = Mutex(State(latest: latest))
        for batch in tail { add(batch) }
    }

    /// The journal's revision.
    var latest: UInt64 { state.withLock { $0.latest } }

    func add(_ batch: JournalBatch) {
        state.withLock { state in
            let count = Int(batch.revision - batch.after)
            if state.recordCount + count > Self.recordCountMax {
                state.batches.removeAll()
                state.recordCount = 0
            }
            state.batches.append(batch)
            state.recordCount += count
            state.latest = batch.revision
        }
    }

    /// Takes batches out that follow a revision.
    ///
    /// - Parameter recordCountMax: so many records, or one batch more.
    func take(after revision: UInt64, recordCountMax: Int) -> Next {
        state.withLock { state in
            let old = state.batches.prefix { $0.revision <= revision }.count
            var end = old
            var taken = 0
            if end < state.batches.count, state.batches[end].after == revision {
                while end < state.batches.count, taken < recordCountMax {
                    taken += Int(state.batches[end].revision - state.batches[end].after)
                    end += 1
                }
            }
            let batches = Array(state.batches[old..<end])
            for batch in state.batches[..<end] {
                state.recordCount -= Int(batch.revision - batch.after)
            }
            state.batches.removeFirst(end)
            if !batches.isEmpty { return .batches(batches) }
            return state.latest > revision ? .inJournal : .nothing
        }
    }
}
