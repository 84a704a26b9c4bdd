import BrokerCore
import BrokerEngine
import BrokerHistory
import BrokerSite
import BrokerStore

extension HistoryKeeper {
    /// What the keeper asks of the service.
    struct Access: Sendable {
        var instance: String
        /// A state that the start has read anyway, for the first opening alone: later ones begin
        /// where the history ends, and it would be kept in memory for nothing.
        var snapshot: BrokerImage?
        /// Whether what is left of the disk is kept for ending leases.
        var isLowOnSpace: @Sendable () -> Bool
        var journal: @Sendable (_ after: UInt64, _ limit: Int) throws -> [JournalBatch]
        var base: @Sendable (_ notAfter: UInt64?) throws -> BrokerImage?
        var note: @Sendable (HistoryNote) -> Void
    }
}

extension HistoryKeeper.Access {
    /// Through the writer, which has the only connection to the journal.
    init(
        _ writer: Writer, instance: String, snapshot: BrokerImage?,
        isLowOnSpace: @escaping @Sendable () -> Bool, _ hooks: ServiceHooks
    ) {
        self.instance = instance
        self.snapshot = snapshot
        self.isLowOnSpace = isLowOnSpace
        journal = { revision, limit in try writer.journal(after: revision, limit: limit) }
        base = { revision in try writer.base(notAfter: revision) }
        note = { hooks.note(.history($0)) }
    }
}

extension HistoryRetention {
    init(_ configured: DaemonConfiguration.History) {
        self.init(namesDays: configured.namesDays, keepDays: configured.keepDays)
    }
}
