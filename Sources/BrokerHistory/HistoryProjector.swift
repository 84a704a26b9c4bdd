package import BrokerCore
package import BrokerStore

/// Makes the history of the journal: batch by batch, and always the same of the same.
///
/// It keeps a copy of the state as of the last batch, because a record names what it changes and not
/// what that was before.
package struct HistoryProjector: Sendable {
    /// The state after the last batch.
    package private(set) var broker: Broker

    /// - Parameter image: a base, or the beginning.
    /// - Throws: `Misfit` for an image that contradicts itself.
    package init(from image: BrokerImage) throws(Broker.Misfit) {
        // What has ended is in the history.
        broker = try Broker(image: image, endedCountMax: 0)
    }

    package var revision: UInt64 { broker.revision }

    /// The leases that are live in the state that the history begins with.
    package var liveLeases: [LeaseRow] {
        broker.leases(Broker.LeaseFilter(), limit: .max).map { row(of: $0) }
    }

    /// Takes a batch in without making anything of it: the history has it already.
    ///
    /// - Throws: `Misfit` for a batch that does not follow.
    package mutating func follow(_ batch: JournalBatch) throws(Broker.Misfit) {
        try check(batch)
        for entry in batch.entries {
            for record in entry.records { try broker.apply(record, at: entry.at) }
        }
        broker.settle()
    }

    /// Takes a batch in, and gives what it adds.
    ///
    /// - Throws: `Misfit` for a batch that does not follow.
    package mutating func project(
        _ batch: JournalBatch, into rows: inout HistoryRows
    ) throws(Broker.Misfit) {
        try check(batch)
        for entry in batch.entries {
            var summary = EntrySummary()
            for index in entry.records.indices {
                rows.items += items(of: entry, at: index, &summary)
                let record = entry.records[index]
                rows.usage += usage(of: record, at: entry.at)
                let charged = leaseCharged(record, entry)
                try broker.apply(record, at: entry.at)
                if let change = charged ?? leaseChange(record, entry) {
                    rows.leases.append(change)
                }
            }
            rows.items += summaryItems(of: entry, summary)
        }
        broker.settle()
    }

    private func check(_ batch: JournalBatch) throws(Broker.Misfit) {
        guard batch.after == broker.revision else {
            throw Broker.Misfit(
                message: "revision \(broker.revision) is followed by \(batch.after)")
        }
    }

    // MARK: Leases

    private func leaseCharged(_ record: Record, _ entry: JournalEntry) -> LeaseChange? {
        guard case .leaseCharged(let id, let group) = record else { return nil }
        return .charged(id, group, at: time(entry.at))
    }

    /// Of the state after the record.
    private func leaseChange(_ record: Record, _ entry: JournalEntry) -> LeaseChange? {
        switch record {
        case .leaseGranted(let grant):
            return broker.lease(grant.id).map { .granted(row(of: $0)) }
        case .leaseEnded(let id, let reason, let detail):
            guard let lease = broker.lease(id) else { return nil }
            return .ended(
                id,
                LeaseEnd(
                    at: time(entry.at), expiresAt: broker.wallMilliseconds(lease.expiresAt),
                    reason: reason, detail: detail))
        case _: return nil
        }
    }

    private func row(of lease: LeaseView) -> LeaseRow {
        LeaseRow(
            id: lease.id, token: lease.token, pool: lease.pool, group: lease.group,
            firstGroup: lease.group, holder: lease.holder, grantedBy: lease.grantedBy,
            seat: lease.seat, granted: time(lease.grantedAt), grantRevision: lease.grantRevision)
    }

    func time(_ instant: Instant) -> HistoryTime {
        HistoryTime(line: instant, wall: broker.wallMilliseconds(instant))
    }

    /// By the wall clock, as RFC 3339.
    func text(_ instant: Instant) -> String {
        InstantText.text(broker.wallMilliseconds(instant))
    }

    /// A second of the wall clock, in the same form.
    func text(_ time: UnixTime) -> String { InstantText.text(Int64(time.seconds) * 1_000) }
}

/// What an entry did to many seats or to the whole site, which makes one item.
struct EntrySummary {
    var seatsAdded: [PoolName: Int] = [:]
    var seatsRemoved: [PoolName: Int] = [:]
    var seatsKept: [PoolName: Int] = [:]
    var pools: Set<PoolName> = []
    var groups: Set<GroupName> = []
    var displaced = 0
    var hasSiteOrder = false
}
