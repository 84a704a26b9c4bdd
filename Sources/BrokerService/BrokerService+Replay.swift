package import BrokerCore
package import BrokerEngine
import BrokerStore

/// What a replay found.
package struct ReplayResult: Equatable, Sendable {
    /// The first instant that counted: the journal may begin later than was asked.
    package var since: Instant
    package var until: Instant
    package var groups: [Replay.GroupCount]
}

extension BrokerService {
    /// Batches that are read in one go: some milliseconds of the writer's time.
    private static let historyBatchCount = 256

    /// Decides the recorded requests since an instant again, with another site. It blocks for as long
    /// as that takes, some seconds for a week of a large house: not for event loops.
    ///
    /// - Throws: `Refusal` with what is wrong with the site; `StoreError`.
    package func replay(_ site: SiteSpec, since: Instant) throws -> ReplayResult {
        let state = snapshot()
        let until = now
        let start = since.adding(seconds: -Replay.warmUpSeconds)
        var replay: Replay?
        var first = since
        var revision: UInt64 = 0
        while true {
            let batches = try writer.journal(
                after: revision, from: start, limit: Self.historyBatchCount)
            guard let last = batches.last else { break }
            for entry in batches.lazy.flatMap(\.entries) where entry.at <= until {
                if replay == nil {
                    first = max(since, entry.at)
                    replay = try Replay(
                        site: site, state: state, from: entry.at, since: since, windows: windows)
                }
                replay?.feed(entry)
            }
            revision = last.revision
            if revision >= state.revision || isStopping { break }
        }
        // A site that is wrong is said to be so even when there is nothing to replay.
        if replay == nil {
            replay = try Replay(
                site: site, state: state, from: until, since: until, windows: windows)
            first = until
        }
        return ReplayResult(
            since: first, until: until, groups: replay?.finish(at: until) ?? [])
    }
}
