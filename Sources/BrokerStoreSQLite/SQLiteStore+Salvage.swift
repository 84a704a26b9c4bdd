import BrokerCore
package import BrokerStore
import GRDB

extension SQLiteStore {
    /// Reads as much of a damaged state as follows from its beginning: the snapshot and the batches
    /// behind it, or without a whole snapshot the journal alone, up to the first damage. That may be
    /// nothing. The files stay as they are.
    ///
    /// - Throws: `inUse` when a process has the directory, `failed` when there never was a state in
    ///   it, or when it may not be opened.
    package static func salvage(directory: String) throws(StoreError) -> Salvage {
        let paths = StorePaths(directory: directory)
        let tip = Tip.read(paths.tip)
        guard paths.hasDatabase || tip != .missing else {
            throw .failed("there is no state in \(directory)")
        }
        let lock = try StoreLock(path: paths.lock)
        defer { lock.release() }
        var salvage = Salvage(recovery: Recovery(snapshot: nil, tail: []), acknowledged: 0)
        if case .slot(let slot, _) = tip { salvage.acknowledged = slot.revision }
        guard !paths.isDatabaseEmpty else { return salvage }
        do throws(StoreError) {
            // Never closed in order: the log stays. The tables are not checked, for what can be read
            // of them says itself whether it is whole.
            let read = try run(at: paths.database) {
                try DatabaseQueue(path: paths.database, configuration: configuration()).read { db in
                    // Damage is what the reading ends at.
                    let image = try? readSnapshot(db)
                    var tail: [JournalBatch] = []
                    try? readJournal(db, after: image?.revision ?? 0) { tail.append($0) }
                    let recovery = Recovery(snapshot: image, tail: tail)
                    return (recovery: recovery, revision: (try? readRevision(db)) ?? 0)
                }
            }
            salvage.recovery = read.recovery
            salvage.acknowledged = max(salvage.acknowledged, read.revision)
        } catch .damaged {
            // Not even a database.
        }
        return salvage
    }
}

/// What could be read of a damaged state.
package struct Salvage: Sendable {
    /// Whole as far as it goes.
    package var recovery: Recovery
    /// The revision up to which records were acknowledged, as far as anything says so.
    package var acknowledged: UInt64
}
