import BrokerAPI
import BrokerCore
import BrokerService

extension APIServer {
    static let queueRoutes: [Route] = [
        Route(
            .get, "/v1/queue", .observer, query: ["pool", "group", "limit", "after"], listQueue)
    ]

    @Sendable private static func listQueue(_ call: Call) throws(Problem) {
        let pool = call.name("pool") { PoolName($0) }
        let group = call.name("group") { GroupName($0) }
        let limit = try call.limit()
        var after: UInt64?
        if let text = call.query["after"] {
            guard let number = UInt64(text) else { throw .badCursor }
            after = number
        }
        let (cursor, now) = (after, call.service.now)
        let found: Result<(waiters: [WaitView], next: UInt64?), Problem> =
            call.service.read { broker in
                let now = max(now, broker.latest)
                if let pool, broker.pool(pool) == nil {
                    return .failure(.missingPool(pool))
                }
                if let group, broker.group(group, at: now) == nil {
                    return .failure(.missingGroup(group))
                }
                return .success(
                    broker.waitViews(
                        pool: pool, group: group, after: cursor, limit: limit, at: now))
            }
        let (waiters, next) = try found.get()
        let wire = Wire(call.service)
        call.send(
            QueueList(waiting: waiters.map { wire.place($0) }, next: next.map { "\($0)" }))
    }
}
