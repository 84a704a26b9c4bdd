package import BrokerCore
package import BrokerHistory

/// The history, for whoever asks; answers come from its own thread and must be quick.
extension BrokerService {
    /// How the history stands to the journal; nil: there is none.
    package var historyStatus: HistoryStatus? { keeper?.status }

    /// Items of the audit, oldest first; what was acknowledged before is among them unless the
    /// history is far behind.
    package func audit(
        _ filter: AuditFilter, limit: Int,
        reply: @escaping @Sendable (Result<[AuditItem], HistoryError>) -> Void
    ) {
        askHistory(reply) { store throws(HistoryError) in
            try store.items(filter, limit: limit)
        }
    }

    /// An ended lease, which the state may have forgotten; nil: the history does not know it.
    package func endedLease(
        _ id: LeaseID, reply: @escaping @Sendable (Result<LeaseView?, HistoryError>) -> Void
    ) {
        let offset = wallOffsetMilliseconds
        askHistory(reply) { store throws(HistoryError) in
            try store.lease(id).flatMap { $0.view(wallOffsetMilliseconds: offset) }
        }
    }

    /// Ended leases in the order of their grants.
    package func endedLeases(
        _ filter: EndedLeaseFilter, limit: Int,
        reply: @escaping @Sendable (Result<[LeaseView], HistoryError>) -> Void
    ) {
        let offset = wallOffsetMilliseconds
        askHistory(reply) { store throws(HistoryError) in
            try store.endedLeases(filter, limit: limit)
                .compactMap { $0.view(wallOffsetMilliseconds: offset) }
        }
    }

    /// Figures of usage, of what was acknowledged before; nil: there would be too many rows.
    package func usage(
        _ question: UsageQuestion,
        reply: @escaping @Sendable (Result<[UsageFigures]?, HistoryError>) -> Void
    ) {
        askHistory(reply) { store throws(HistoryError) in try store.usage(question) }
    }

    /// Checks the whole audit; it takes seconds for a large one, in pieces.
    ///
    /// - Parameter head: one that was written down before, to be found again.
    package func verifyAudit(
        head: ChainHead?, reply: @escaping @Sendable (Result<AuditReport, HistoryError>) -> Void
    ) {
        let isTaken = keeper?.ask { keeper in keeper.check(head, reply: reply) }
        if isTaken != true { reply(.failure(.failed("there is no history"))) }
    }

    private func askHistory<Value: Sendable>(
        _ reply: @escaping @Sendable (Result<Value, HistoryError>) -> Void,
        _ body: @escaping @Sendable (any HistoryStore) throws(HistoryError) -> Value
    ) {
        let isTaken = keeper?.ask { keeper in
            guard let store = keeper.store else {
                reply(.failure(.failed(keeper.status.reason ?? "the history is not open yet")))
                return
            }
            do throws(HistoryError) {
                reply(.success(try body(store)))
            } catch {
                reply(.failure(error))
                keeper.met(error)
            }
        }
        if isTaken != true { reply(.failure(.failed("there is no history"))) }
    }
}

extension LeaseRow {
    /// As the outside sees an ended lease; nil for one that is live.
    ///
    /// - Parameter offset: wall clock minus time line, now: the wall's times are to come out as they
    ///   were.
    fileprivate func view(wallOffsetMilliseconds offset: Int64) -> LeaseView? {
        guard let end else { return nil }
        // Somebody may have written any number there.
        func instant(_ wall: Int64) -> Instant {
            Instant(milliseconds: min(max(wall, 0), 1 << 53) - offset)
        }
        return LeaseView(
            ended: EndedLease(
                id: id, token: token, pool: pool, group: group, holder: holder, seat: seat,
                grantedAt: instant(granted.wall), grantRevision: grantRevision,
                expiresAt: instant(end.expiresAt), endedAt: instant(end.at.wall),
                reason: end.reason, detail: end.detail, grantedBy: grantedBy))
    }
}
