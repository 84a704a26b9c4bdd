import BrokerAPI
import BrokerCore
import BrokerService
import BrokerSite
import BrokerText
import Glibc

extension APIServer {
    static let leaseRoutes: [Route] = [
        Route(.post, "/v1/leases", .agent(or: [.gateway, .admin]), grant),
        Route(
            .get, "/v1/leases", .agent(or: [.observer, .gateway]),
            query: ["pool", "group", "holder", "state", "limit", "after"], listLeases),
        Route(.get, "/v1/leases/{id}", .agent(or: [.observer, .gateway]), showLease),
        Route(
            .get, "/v1/leases/{id}/connection", .agent(or: [.gateway, .admin]), showConnection),
        Route(.post, "/v1/leases/{id}/renew", .agent(or: [.gateway, .admin]), renew),
        Route(.delete, "/v1/leases/{id}", .agent(or: [.gateway, .admin]), release),
        Route(.post, "/v1/leases/{id}/revoke", .operator, revoke),
    ]

    // MARK: Grant

    @Sendable private static func grant(_ call: Call) throws(Problem) {
        let body = try call.body(GrantRequest.self)
        let key = try IdempotencyKey.read(call.request.headers)
        if body.holder != nil && call.sender.listener != .control {
            throw Problem(.forbidden, detail: .holderElsewhere)
        }
        let isVouched = body.holderGroups != nil
        guard let holder = body.holder, !isVouched else {
            let names = body.holderGroups ?? call.sender.unixGroups
            let subject = Subject(
                holder: HolderName(body.holder ?? call.sender.name),
                unixGroups: names.map { UnixGroupName($0) })
            try checkName(subject.holder.value)
            grant(body, key, to: subject, isVouched: isVouched, call)
            return
        }
        try checkName(holder)
        call.service.names.groups(ofUserNamed: holder) { answer in
            switch answer {
            case .found(let groups):
                let subject = Subject(
                    holder: HolderName(holder), unixGroups: groups.map { UnixGroupName($0) })
                grant(body, key, to: subject, isVouched: false, call)
            case .absent:
                call.send(
                    Problem(.badRequest, detail: .unknownHolder(holder.debugDescription)))
            case .unavailable: call.send(.namesUnavailable)
            }
        }
    }

    private static func checkName(_ name: String) throws(Problem) {
        let isClean = name.unicodeScalars.allSatisfy { !$0.properties.isControl }
        guard !name.isEmpty, name.utf8.count <= 256, isClean else {
            throw Problem(.badRequest, detail: .holderName)
        }
    }

    private static func grant(
        _ body: GrantRequest, _ key: String?, to subject: Subject, isVouched: Bool, _ call: Call
    ) {
        var command = GrantCommand(
            id: .draw(wallMilliseconds: Wire(call.service).nowTimestamp.milliseconds),
            subject: subject, isVouched: isVouched, pool: body.pool.map { PoolName($0) },
            group: body.group.map { GroupName($0) }, ttlSeconds: body.ttlSeconds,
            key: key.map {
                GrantCommand.Key(text: $0, fingerprint: IdempotencyKey.fingerprint(of: body))
            })
        if let seconds = body.waitSeconds, seconds > 0 {
            let limits = call.service.configuration.limits
            command.wait = GrantCommand.Wait(
                seconds: seconds, countMax: limits.waiting, groupCountMax: limits.waitingPerGroup)
        }
        GrantReply.start(command, call)
    }

    // MARK: Reading

    @Sendable private static func listLeases(_ call: Call) throws(Problem) {
        let wire = Wire(call.service)
        var filter = Broker.LeaseFilter()
        filter.pool = call.name("pool") { PoolName($0) }
        filter.group = call.name("group") { GroupName($0) }
        filter.holder = call.name("holder") { HolderName($0) }
        switch call.sender.readClaim {
        case .holder(let own):
            if let holder = filter.holder, holder != own {
                throw Problem(.forbidden, detail: .ownLeases)
            }
            filter.holder = own
        case .gateway(let own): filter.grantedBy = own
        case .anyone: break
        }
        if let states = try leaseStates(call) { filter.states = states }
        if let after = call.query["after"] {
            guard let revision = UInt64(after) else { throw .badCursor }
            filter.after = revision
        }
        let limit = try call.limit()
        let wanted = filter
        let missing: Problem? = call.service.read { broker in
            if let pool = wanted.pool, broker.pool(pool) == nil { return .missingPool(pool) }
            if let group = wanted.group, broker.group(group, at: broker.latest) == nil {
                return .missingGroup(group)
            }
            return nil
        }
        if let missing { throw missing }
        // Of the state later than of the history: what ends meanwhile is in one of them at least.
        forgottenLeases(wanted, limit: limit + 1, call) { forgotten in
            let known = call.service.read { broker in broker.leases(wanted, limit: limit + 1) }
            let leases = merged(known, forgotten)
            let page = leases.prefix(limit)
            call.send(
                LeaseList(
                    leases: page.map { wire.lease($0) },
                    next: leases.count > limit ? page.last.map { "\($0.grantRevision)" } : nil))
        }
    }

    private static func leaseStates(_ call: Call) throws(Problem) -> Set<LeaseView.State>? {
        guard let text = call.query["state"] else { return nil }
        var states: Set<LeaseView.State> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            switch LeaseState(rawValue: String(word)) {
            case .active: states.insert(.active)
            case .ending: states.insert(.ending)
            case .ended: states.insert(.ended)
            case nil:
                throw Problem(.badRequest, detail: .leaseStates)
            }
        }
        return states
    }

    /// The lease of the path, if the caller may see it.
    static func readLease(_ call: Call, _ claim: Claim) throws(Problem) -> LeaseView {
        let id = try leaseID(call)
        guard let lease = call.service.read({ broker in broker.lease(id) }) else {
            throw Wire(call.service).problem(.noSuchLease)
        }
        guard claim.covers(lease.holder, grantedBy: lease.grantedBy) else {
            throw Wire(call.service).problem(.notYours)
        }
        return lease
    }

    static func leaseID(_ call: Call) throws(Problem) -> LeaseID {
        guard let id = LeaseID(text: call.path[0]) else {
            throw Wire(call.service).problem(.noSuchLease)
        }
        return id
    }

    @Sendable private static func showLease(_ call: Call) throws(Problem) {
        let id = try leaseID(call)
        guard let lease = call.service.read({ broker in broker.lease(id) }) else {
            showForgotten(id, call)
            return
        }
        guard call.sender.readClaim.covers(lease.holder, grantedBy: lease.grantedBy) else {
            throw Wire(call.service).problem(.notYours)
        }
        if call.accepts("text/event-stream") {
            LeaseStream.start(lease.id, call)
        } else {
            call.send(Wire(call.service).lease(lease))
        }
    }

    @Sendable private static func showConnection(_ call: Call) throws(Problem) {
        let lease = try readLease(call, call.sender.claim)
        let wire = Wire(call.service)
        guard lease.state != .ended else {
            throw wire.problem(
                .leaseEnded(call.service.read { broker in broker.endedLease(lease.id) }))
        }
        let connection = BrokerAPI.Connection(wire.lease(lease))
        guard call.accepts(BrokerAPI.Connection.rdpContentType) else {
            call.send(connection)
            return
        }
        do throws(RDPFileError) {
            let file = try connection.rdpFile()
            call.reply.send(
                HTTPResponse(
                    status: 200, contentType: BrokerAPI.Connection.rdpContentType,
                    bytes: Array(file.utf8),
                    headers: [
                        (
                            name: "Content-Disposition",
                            value: "attachment; filename=\"\(lease.seat.name.value).rdp\""
                        )
                    ]))
        } catch {
            throw Problem(.notAcceptable, detail: error.text)
        }
    }

    // MARK: Changing

    @Sendable private static func renew(_ call: Call) throws(Problem) {
        let id = try leaseID(call)
        let body = try call.body(RenewRequest.self)
        let claim = call.sender.claim
        guard call.sender.listener == .control else {
            renew(id, claim, call.sender.subject, body, call)
            return
        }
        // The holder's groups as they are now, unless a gateway's word stands for them.
        let lease = call.service.read { broker in broker.lease(id) }
        let isVouched = call.service.read { broker in broker.vouchedGroups(id) != nil }
        guard let lease, !isVouched else {
            let nobody = Subject(holder: HolderName(call.sender.name), unixGroups: [])
            renew(id, claim, nobody, body, call)
            return
        }
        call.service.names.groups(ofUserNamed: lease.holder.value) { answer in
            switch answer {
            case .found(let groups):
                let subject = Subject(
                    holder: lease.holder, unixGroups: groups.map { UnixGroupName($0) })
                renew(id, claim, subject, body, call)
            case .absent:
                renew(id, claim, Subject(holder: lease.holder, unixGroups: []), body, call)
            case .unavailable: call.send(.namesUnavailable)
            }
        }
    }

    private static func renew(
        _ id: LeaseID, _ claim: Claim, _ subject: Subject, _ body: RenewRequest, _ call: Call
    ) {
        call.decide(
            .renew(id, claim: claim, subject: subject, ttlSeconds: body.ttlSeconds), leaseAnswer)
    }

    @Sendable private static func release(_ call: Call) throws(Problem) {
        call.decide(.release(try leaseID(call), claim: call.sender.claim)) { _, _ in
            HTTPResponse(status: 204)
        }
    }

    @Sendable private static func revoke(_ call: Call) throws(Problem) {
        let body = try call.body(RevokeRequest.self)
        call.decide(
            .revoke(try leaseID(call), reason: body.reason, graceSeconds: body.graceSeconds),
            leaseAnswer)
    }

    @Sendable private static func leaseAnswer(_ decision: Decision, _ wire: Wire) -> HTTPResponse {
        guard case .lease(let lease) = decision else { preconditionFailure("it gives a lease") }
        return .json(wire.lease(lease))
    }
}

extension Problem {
    static let badCursor = Problem(.badRequest, detail: .badCursor)
}

extension RDPFileError {
    /// In a sentence.
    fileprivate var text: Text {
        switch self {
        case .otherProtocol(let other): .otherProtocol(other.rawValue)
        case .unusableHost: .unusableHost
        }
    }
}

extension LeaseID {
    /// A new id: 48 bits of time, 80 random ones.
    static func draw(wallMilliseconds: Int64) -> LeaseID {
        var random = SystemRandomNumberGenerator()
        let time = UInt64(bitPattern: wallMilliseconds) << 16
        return LeaseID(high: time | random.next() & 0xFFFF, low: random.next())
    }
}

extension Unicode.Scalar.Properties {
    /// A character that acts instead of being seen.
    var isControl: Bool { generalCategory == .control }
}
