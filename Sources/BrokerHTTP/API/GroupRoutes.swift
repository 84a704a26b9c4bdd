import BrokerAPI
import BrokerCore
import BrokerService

extension APIServer {
    static let groupRoutes: [Route] = [
        Route(.get, "/v1/groups", .observer, query: ["limit", "after"], listGroups),
        Route(.get, "/v1/groups/{group}", .observer, showGroup),
        Route(
            .put, "/v1/groups/{group}", .admin, query: ["dry_run", "if_revision"], putGroup),
        Route(.delete, "/v1/groups/{group}", .admin, deleteGroup),
    ]

    @Sendable private static func listGroups(_ call: Call) throws(Problem) {
        let wire = Wire(call.service)
        let now = call.service.now
        let page = try Page(
            call.service.read { broker in broker.groupViews(at: max(now, broker.latest)) }, call,
            name: \.spec.name.value)
        call.send(GroupList(groups: page.entries.map { wire.group($0) }, next: page.next))
    }

    @Sendable private static func showGroup(_ call: Call) throws(Problem) {
        let name = GroupName(call.path[0])
        let now = call.service.now
        let found = call.service.read { broker in
            broker.group(name, at: max(now, broker.latest))
        }
        guard let group = found else {
            throw .missingGroup(name)
        }
        call.send(Wire(call.service).group(group))
    }

    @Sendable private static func putGroup(_ call: Call) throws(Problem) {
        let body = try call.body(GroupPutRequest.self)
        let ifRevision = try call.revision("if_revision")
        var members: [Member] = []
        for text in body.members {
            guard let member = Member(text: text) else {
                throw Problem(.badRequest, detail: .noMember(text.debugDescription))
            }
            members.append(member)
        }
        let spec = GroupSpec(
            name: GroupName(call.path[0]), members: members,
            pools: body.pools.map { PoolName($0) }, quota: body.quota,
            reserve: body.reserve.map {
                GroupSpec.Reserve(pool: PoolName($0.pool), seats: $0.seats)
            }, slots: body.slots)
        let command = Command.putGroup(spec, ifRevision: ifRevision)
        guard try !call.flag("dry_run") else {
            call.rehearse(command) { decision, wire in
                .json(wire.plan(decision.groupChange), headers: wire.language.headers)
            }
            return
        }
        call.decide(command) { decision, wire in
            let change = decision.groupChange
            return .json(wire.group(change.group), status: change.isCreated ? 201 : 200)
        }
    }

    @Sendable private static func deleteGroup(_ call: Call) throws(Problem) {
        call.decide(.deleteGroup(GroupName(call.path[0]))) { _, _ in HTTPResponse(status: 204) }
    }
}

extension Decision {
    /// What `putGroup` gives.
    fileprivate var groupChange: GroupChange {
        guard case .group(let change) = self else { preconditionFailure("it gives a group") }
        return change
    }
}
