import BrokerAPI
import BrokerCore
import BrokerHistory
import BrokerService

/// Leases that the state has forgotten, which the history still has. It answers from its own thread.
extension APIServer {
    /// Shows a lease that the state does not know, if the history does and the caller may see it.
    static func showForgotten(_ id: LeaseID, _ call: Call) {
        call.service.endedLease(id) { result in
            let wire = Wire(call.service)
            let found: LeaseView?
            switch result {
            case .success(let lease): found = lease
            // Whether there was such a lease, only the history can say, and later it may.
            case .failure(let error) where call.service.historyStatus != nil:
                call.send(Problem(error))
                return
            case .failure: found = nil
            }
            guard let lease = found else {
                call.send(wire.problem(.noSuchLease))
                return
            }
            guard call.sender.readClaim.covers(lease.holder, grantedBy: lease.grantedBy) else {
                call.send(wire.problem(.notYours))
                return
            }
            guard call.accepts(StreamHandle.eventStreamType) else {
                call.send(wire.lease(lease))
                return
            }
            // Nothing happens to it any more: one event, and the end.
            call.reply.send(
                HTTPResponse(
                    status: 200, contentType: StreamHandle.eventStreamType,
                    bytes: StreamHandle.event("lease", data: WireJSON.encode(wire.lease(lease))),
                    headers: [(name: "Cache-Control", value: "no-store")]))
        }
    }

    /// Ended leases of the history that a list may have beside those of the state.
    static func forgottenLeases(
        _ wanted: Broker.LeaseFilter, limit: Int, _ call: Call,
        _ body: @escaping @Sendable ([LeaseView]) -> Void
    ) {
        guard wanted.states.contains(.ended), call.service.historyStatus != nil else {
            body([])
            return
        }
        var filter = EndedLeaseFilter()
        filter.pool = wanted.pool
        filter.group = wanted.group
        filter.holder = wanted.holder
        filter.grantedBy = wanted.grantedBy
        filter.after = wanted.after
        call.service.endedLeases(filter, limit: limit) { result in
            // Without it, the list is as long as the state's memory.
            body((try? result.get()) ?? [])
        }
    }

    /// Two lists in the order of grants as one; what both have is as the first says.
    static func merged(_ first: [LeaseView], _ second: [LeaseView]) -> [LeaseView] {
        let known = Set(first.map(\.id))
        return (first + second.filter { !known.contains($0.id) })
            .sorted { $0.grantRevision < $1.grantRevision }
    }
}
