import BrokerAPI
import BrokerCore
import BrokerService

extension APIServer {
    static let poolRoutes: [Route] = [
        Route(.get, "/v1/pools", .seats, query: ["limit", "after"], listPools),
        Route(.post, "/v1/pools", .admin, createPool),
        Route(.get, "/v1/pools/{pool}", .seats, showPool),
        Route(.delete, "/v1/pools/{pool}", .admin, deletePool),
        Route(.post, "/v1/pools/{pool}/resize", .admin, resizePool),
        Route(.post, "/v1/pools/{pool}/drain", .operator, drainPool),
        Route(.post, "/v1/pools/{pool}/cordon", .operator, cordonPool),
        Route(.post, "/v1/pools/{pool}/uncordon", .operator, uncordonPool),
    ]

    @Sendable private static func listPools(_ call: Call) throws(Problem) {
        let wire = Wire(call.service)
        let page = try Page(
            call.service.read { broker in broker.poolViews }, call, name: \.spec.name.value)
        call.send(PoolList(pools: page.entries.map { wire.pool($0) }, next: page.next))
    }

    @Sendable private static func showPool(_ call: Call) throws(Problem) {
        let name = PoolName(call.path[0])
        guard let pool = call.service.read({ broker in broker.pool(name) }) else {
            throw .missingPool(name)
        }
        call.send(Wire(call.service).pool(pool))
    }

    @Sendable private static func createPool(_ call: Call) throws(Problem) {
        let spec = try call.body(PoolCreateRequest.self).spec
        call.decide(.createPool(spec)) { decision, wire in
            guard case .pool(let pool) = decision else { preconditionFailure("it gives a pool") }
            return .json(
                wire.pool(pool), status: 201,
                headers: [(name: "Location", value: "/v1/pools/\(spec.name.value)")])
        }
    }

    @Sendable private static func deletePool(_ call: Call) throws(Problem) {
        call.decide(.deletePool(PoolName(call.path[0]))) { _, _ in HTTPResponse(status: 204) }
    }

    @Sendable private static func resizePool(_ call: Call) throws(Problem) {
        let body = try call.body(ResizeRequest.self)
        let command = Command.resizePool(
            PoolName(call.path[0]), size: body.size,
            ifRevision: body.ifRevision.map { UInt64($0) })
        let answer: @Sendable (Decision, Wire) -> HTTPResponse = { decision, wire in
            guard case .resized(let plan) = decision else { preconditionFailure("it gives a plan") }
            return .json(wire.plan(plan), headers: wire.language.headers)
        }
        if body.dryRun {
            call.rehearse(command, answer)
        } else {
            call.decide(command, inBackground: true, answer)
        }
    }

    @Sendable private static func drainPool(_ call: Call) throws(Problem) {
        let body = try call.body(DrainRequest.self)
        let command = Command.drainPool(
            PoolName(call.path[0]), reason: body.reason, deadlineSeconds: body.deadlineSeconds,
            start: body.at.start, ifRevision: body.ifRevision.map { UInt64($0) })
        if body.dryRun {
            call.rehearse(command, forecastAnswer)
        } else {
            call.decide(command, inBackground: true, forecastAnswer)
        }
    }

    @Sendable static func forecastAnswer(_ decision: Decision, _ wire: Wire) -> HTTPResponse {
        guard case .draining(let forecast) = decision else {
            preconditionFailure("it gives a forecast")
        }
        return .json(wire.forecast(forecast), headers: wire.language.headers)
    }

    @Sendable private static func cordonPool(_ call: Call) throws(Problem) {
        let body = try call.body(CordonRequest.self)
        call.decide(.cordonPool(PoolName(call.path[0]), reason: body.reason), poolAnswer)
    }

    @Sendable private static func uncordonPool(_ call: Call) throws(Problem) {
        let body = try call.body(UncordonRequest.self)
        call.decide(.uncordonPool(PoolName(call.path[0]), reason: body.reason), poolAnswer)
    }

    @Sendable private static func poolAnswer(_ decision: Decision, _ wire: Wire) -> HTTPResponse {
        guard case .pool(let pool) = decision else { preconditionFailure("it gives a pool") }
        return .json(wire.pool(pool))
    }
}

extension DrainTime? {
    /// As the core takes it.
    var start: DrainStart {
        switch self {
        case nil: .now
        case .instant(let at)?: .at(wallMilliseconds: at.milliseconds)
        case .windowEnd?: .windowEnd
        }
    }
}

extension PoolCreateRequest {
    /// What the core takes; what is not said has the site file's defaults.
    fileprivate var spec: PoolSpec {
        let most = leaseTTLSecondsMax ?? PoolSpec.leaseTTLSecondsMaxDefault
        return PoolSpec(
            name: PoolName(name), size: size ?? seats.count, seatName: seatName,
            seatHost: seatHost, seatURL: seatURL, port: port,
            seatProtocol: seatProtocol?.core ?? .rdp,
            leaseTTLSeconds: leaseTTLSeconds ?? min(PoolSpec.leaseTTLSecondsDefault, most),
            leaseTTLSecondsMax: most,
            listed: seats.map {
                ListedSeat(
                    name: SeatName($0.name), host: $0.host, port: $0.port, url: $0.url,
                    keptFor: $0.agent.map { HolderName($0) })
            })
    }
}

extension SeatProtocolName {
    fileprivate var core: SeatProtocol {
        switch self {
        case .rdp: .rdp
        case .vnc: .vnc
        case .spice: .spice
        case .ssh: .ssh
        case .url: .url
        }
    }
}

/// One page of a list that is short and has names in a fixed order.
struct Page<Entry> {
    let entries: [Entry]
    /// The name to go on behind; nil at the end.
    let next: String?

    init(_ all: [Entry], _ call: Call, name: (Entry) -> String) throws(Problem) {
        let limit = try call.limit()
        var rest = all[...]
        if let after = call.query["after"] {
            guard let index = all.firstIndex(where: { name($0) == after }) else {
                throw .badCursor
            }
            rest = all[(index + 1)...]
        }
        entries = Array(rest.prefix(limit))
        next = rest.count > limit ? entries.last.map(name) : nil
    }
}
