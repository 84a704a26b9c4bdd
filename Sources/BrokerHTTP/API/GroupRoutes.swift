import BrokerAPI
import BrokerCore
import BrokerService

extension APIServer {
    static let groupRoutes: [Route] = [
        Route(.get, "/v1/groups", .observer, query: ["limit", "after"], listGroups),
        Route(.get, "/v1/groups/{group}", .observer, showGroup),
        Route(.put, "/v1/groups/{group}", .admin, putGroup),
        Route(.delete, "/v1/groups/{group}", .admin, deleteGroup),
    ]

    @Sendable private static func listGroups(_ call: Call) throws(Problem) {
        let wire = Wire(call.service)
        let page = try Page(
            call.service.read { broker in broker.groupViews }, call, name: \.spec.name.value)
        call.send(GroupList(groups: page.entries.map { wire.group($0) }, next: page.next))
    }

    @Sendable private static func showGroup(_ call: Call) throws(Problem) {
        let name = GroupName(call.path[0])
        guard let group = call.service.read({ broker in broker.group(name) }) else {
            throw .missing("group", name.value)
        }
        call.send(Wire(call.service).group(group))
    }

    @Sendable private static func putGroup(_ call: Call) throws(Problem) {
        let body = try call.body(GroupPutRequest.self)
        var members: [Member] = []
        for text in body.members {
            guard let member = Member(text: text) else {
                throw Problem(
                    .badRequest,
                    detail: "A member is a user's name, or @ and the name of a unix group; "
                        + "\(text.debugDescription) is neither.")
            }
            members.append(member)
        }
        let spec = GroupSpec(
            name: GroupName(call.path[0]), members: members,
            pools: body.pools.map { PoolName($0) }, quota: body.quota,
            reserve: body.reserve.map {
                GroupSpec.Reserve(pool: PoolName($0.pool), seats: $0.seats)
            })
        call.decide(.putGroup(spec)) { decision, wire in
            guard case .group(let group, let created) = decision else {
                preconditionFailure("it gives a group")
            }
            return .json(wire.group(group), status: created ? 201 : 200)
        }
    }

    @Sendable private static func deleteGroup(_ call: Call) throws(Problem) {
        call.decide(.deleteGroup(GroupName(call.path[0]))) { _, _ in HTTPResponse(status: 204) }
    }
}
