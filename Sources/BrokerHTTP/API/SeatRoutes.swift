import BrokerAPI
import BrokerCore
import BrokerService

extension APIServer {
    static let seatRoutes: [Route] = [
        Route(
            .get, "/v1/seats", .seats, query: ["pool", "state", "limit", "after"], listSeats),
        Route(.get, "/v1/seats/{seat}", .seats, showSeat),
        Route(.post, "/v1/seats/{seat}/cordon", .operator, cordonSeat),
        Route(.post, "/v1/seats/{seat}/uncordon", .operator, uncordonSeat),
        Route(.post, "/v1/seats/{seat}/drain", .operator, drainSeat),
    ]

    @Sendable private static func listSeats(_ call: Call) throws(Problem) {
        let pool = call.name("pool") { PoolName($0) }
        let limit = try call.limit()
        let states = try seatStates(call)
        let cursor = try seatCursor(call)
        let found: Result<(seats: [SeatView], next: Broker.SeatCursor?), Problem> =
            call.service.read { broker in
                if let pool, broker.pool(pool) == nil {
                    return .failure(.missingPool(pool))
                }
                if let cursor, broker.pool(cursor.pool) == nil { return .failure(.badCursor) }
                return .success(
                    broker.seats(pool: pool, after: cursor, limit: limit) { seat in
                        states.contains(seat.lease == nil ? .available : .leased)
                    })
            }
        let (seats, next) = try found.get()
        let wire = Wire(call.service)
        call.send(
            SeatList(
                seats: seats.map { wire.seat($0) },
                next: next.map { "\($0.pool.value)/\($0.rank)" }))
    }

    private static func seatStates(_ call: Call) throws(Problem) -> Set<SeatState> {
        guard let text = call.query["state"] else { return Set(SeatState.allCases) }
        var states: Set<SeatState> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let state = SeatState(rawValue: String(word)) else {
                let all = SeatState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badRequest, detail: .seatStates(all))
            }
            states.insert(state)
        }
        return states
    }

    private static func seatCursor(_ call: Call) throws(Problem) -> Broker.SeatCursor? {
        guard let after = call.query["after"] else { return nil }
        let parts = after.split(separator: "/")
        guard parts.count == 2, let rank = UInt32(parts[1]) else { throw .badCursor }
        return Broker.SeatCursor(pool: PoolName(String(parts[0])), rank: rank)
    }

    @Sendable private static func showSeat(_ call: Call) throws(Problem) {
        let name = SeatName(call.path[0])
        guard let seat = call.service.read({ broker in broker.seat(name) }) else {
            throw .missingSeat(name)
        }
        call.send(Wire(call.service).seat(seat))
    }

    @Sendable private static func cordonSeat(_ call: Call) throws(Problem) {
        let body = try call.body(CordonRequest.self)
        call.decide(.cordonSeat(SeatName(call.path[0]), reason: body.reason), seatAnswer)
    }

    @Sendable private static func uncordonSeat(_ call: Call) throws(Problem) {
        let body = try call.body(UncordonRequest.self)
        call.decide(.uncordonSeat(SeatName(call.path[0]), reason: body.reason), seatAnswer)
    }

    @Sendable private static func drainSeat(_ call: Call) throws(Problem) {
        let body = try call.body(SeatDrainRequest.self)
        let command = Command.drainSeat(
            SeatName(call.path[0]), reason: body.reason, deadlineSeconds: body.deadlineSeconds,
            start: body.at.start)
        if body.dryRun {
            call.rehearse(command, forecastAnswer)
        } else {
            call.decide(command, forecastAnswer)
        }
    }

    @Sendable private static func seatAnswer(_ decision: Decision, _ wire: Wire) -> HTTPResponse {
        guard case .seat(let seat) = decision else { preconditionFailure("it gives a seat") }
        return .json(wire.seat(seat))
    }
}
