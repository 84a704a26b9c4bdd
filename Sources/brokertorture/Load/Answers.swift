import BrokerAPI
import BrokerLoad

/// Answers as what a history keeps of them. Every body is read in full: one that is not what the API
/// promises is recorded as malformed.
struct Answers {
    let history: HistoryWriter

    /// Puts an answer beside the call that it is for.
    func read(_ answer: UnixConnection.Answer, into call: inout Call) {
        call.status = answer.status
        call.isReplayed = answer.isReplayed
        call.hasRetryAfter = answer.hasRetryAfter
        do throws(JSONError) {
            if call.isDone {
                try readBody(answer.body, into: &call)
            } else {
                try readProblem(answer.body, into: &call)
            }
        } catch {
            call.isMalformed = true
            let start = String(decoding: answer.body.prefix(200), as: UTF8.self)
            call.slug = history.name("\(error.message) \(start)")
        }
    }

    private func readBody(_ body: [UInt8], into call: inout Call) throws(JSONError) {
        switch call.kind {
        case .grant, .renew, .revoke, .show:
            call.found = try facts(WireJSON.decode(Lease.self, from: body))
        case .release:
            guard body.isEmpty else { throw JSONError(verbatim: "A 204 has a body.") }
        case .list:
            let list = try WireJSON.decode(LeaseList.self, from: body)
            call.listed = []
            for lease in list.leases { call.listed.append(try facts(lease)) }
        case .status: call.process = facts(try WireJSON.decode(Status.self, from: body))
        case .resize:
            let plan = try WireJSON.decode(ResizePlan.self, from: body)
            guard plan.targetSize == call.amount else {
                throw JSONError(verbatim: "The plan is for \(plan.targetSize) seats.")
            }
        case .cordonPool, .uncordonPool: _ = try WireJSON.decode(Pool.self, from: body)
        case .drainPool: _ = try WireJSON.decode(DrainForecast.self, from: body)
        case .cordonSeat, .uncordonSeat:
            let seat = try WireJSON.decode(Seat.self, from: body)
            guard history.name(seat.name) == call.seat,
                seat.cordoned == (call.kind == .cordonSeat)
            else { throw JSONError(verbatim: "That is not the seat that was asked for.") }
        case .putGroup:
            let group = try WireJSON.decode(Group.self, from: body)
            guard history.name(group.name) == call.group, (group.quota ?? -1) == call.amount else {
                throw JSONError(verbatim: "That is not the group that was asked for.")
            }
        }
    }

    private func readProblem(_ body: [UInt8], into call: inout Call) throws(JSONError) {
        let problem = try WireJSON.decode(Problem.self, from: body)
        guard problem.status == call.status else {
            throw JSONError(verbatim: "The problem says \(problem.status).")
        }
        guard let slug = problem.slug else { throw JSONError(verbatim: "The problem is unknown.") }
        call.slug = history.name(slug.rawValue)
        guard let reason = problem.reasons.first(where: { $0.rule == slug.rawValue }) else {
            return
        }
        call.reasonGroup = reason.group.map { history.name($0) } ?? .none
        call.reasonPool = reason.pool.map { history.name($0) } ?? .none
        if let used = reason.used, let limit = reason.limit { call.counts = (used, limit) }
        if let available = reason.available, let reserved = reason.reserved {
            call.counts = (available, reserved)
        }
    }

    /// What a history keeps of a lease.
    func facts(_ lease: Lease) throws(JSONError) -> LeaseFacts {
        guard let id = LeaseKey(text: lease.id) else {
            throw JSONError(verbatim: "\"\(lease.id)\" is no lease's id.")
        }
        var facts = LeaseFacts()
        facts.id = id
        facts.token = Int64(lease.token)
        facts.seat = history.name(lease.seat.name)
        facts.group = history.name(lease.group)
        facts.pool = history.name(lease.pool)
        facts.holder = history.name(lease.holder)
        facts.expiresAt = lease.expiresAt.milliseconds
        let reason: LeaseEndReason?
        switch lease.state {
        case .active:
            facts.stage = .active
            reason = nil
        case .ending:
            facts.stage = .ending
            reason = lease.endingReason
        case .ended:
            facts.stage = .ended
            reason = lease.endReason
        }
        guard (lease.state == .active) == (reason == nil) else {
            throw JSONError(verbatim: "A lease that is \(lease.state.rawValue) without a reason.")
        }
        facts.end = reason.map { end($0) } ?? .none
        return facts
    }

    private func end(_ reason: LeaseEndReason) -> LeaseEnd {
        switch reason {
        case .released: .released
        case .expired: .expired
        case .revoked: .revoked
        case .windowClosed: .windowClosed
        case .drained: .drained
        case .seatFailed: .seatFailed
        }
    }

    func facts(_ status: Status) -> ProcessFacts {
        ProcessFacts(
            startedAt: status.startedAt.milliseconds, now: status.now.milliseconds,
            revision: Int64(status.store.revision))
    }
}
