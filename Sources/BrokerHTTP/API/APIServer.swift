import BrokerAPI
package import BrokerService
import BrokerSite
import BrokerText
import NIOCore

/// The HTTP API: finds the route of a request, finds out who sent it, and lets the route answer.
package struct APIServer: Sendable {
    private let service: BrokerService
    private let meters: APIMeters
    private let events: EventFeed

    /// - Parameter meters: to be connected to the transport that serves it.
    package init(service: BrokerService, meters: APIMeters = APIMeters()) {
        self.service = service
        self.meters = meters
        events = EventFeed(service)
    }

    /// How much body a call takes: a site file is larger than anything else.
    package static let bodyLimit: BodyLimit = { method, path, _ in
        switch (method, path) {
        case (.put, "/v1/site"), (.post, "/v1/replay"): Call.siteBytesMax
        case _: Call.bodyBytesMax
        }
    }

    /// Every call there is.
    static let routes: [Route] =
        leaseRoutes + eventRoutes + queueRoutes + poolRoutes + seatRoutes + groupRoutes + rotaRoutes
        + replayRoutes + auditRoutes + usageRoutes
        + siteRoutes + statusRoutes + metricsRoutes

    /// Answers one request; for the transport, on an event loop.
    package func handle(_ request: HTTPRequest, _ reply: ReplyHandle) {
        do throws(Problem) {
            let (route, path) = try Self.find(request)
            let query =
                try route.access.isOpen(on: request.listener)
                || request.listener != .monitoring
                ? URLText.parameters(request.query, known: route.query) : [:]
            try dispatch(route, path, query, request, reply)
        } catch let problem where problem.slug == .methodNotAllowed {
            var response = problem.response(in: request.language)
            response.headers.append((name: "Allow", value: Self.allowed(request)))
            reply.send(response)
        } catch {
            reply.send(error.response(in: request.language))
        }
    }

    // MARK: Routes

    private static func find(_ request: HTTPRequest) throws(Problem) -> (Route, [String]) {
        guard let parts = URLText.parts(ofPath: request.path) else {
            throw Problem(.badRequest, detail: .brokenPath)
        }
        let method = request.method == .head ? .get : request.method
        var isKnown = false
        for route in routes {
            guard let texts = route.match(parts) else { continue }
            isKnown = true
            if route.method == method { return (route, texts) }
        }
        guard isKnown else {
            throw Problem(.notFound, detail: .noSuchCall)
        }
        throw Problem(
            .methodNotAllowed,
            detail: .otherMethods(allowed(request), request.method.name))
    }

    /// The methods of a path.
    private static func allowed(_ request: HTTPRequest) -> String {
        let parts = URLText.parts(ofPath: request.path) ?? []
        var methods: [String] = []
        for route in routes where route.match(parts) != nil {
            methods.append(route.method.name)
            if route.method == .get { methods.append("HEAD") }
        }
        return methods.joined(separator: ", ")
    }

    // MARK: Who

    private func dispatch(
        _ route: Route, _ path: [String], _ query: [String: String], _ request: HTTPRequest,
        _ reply: ReplyHandle
    ) throws(Problem) {
        let arrival = NIODeadline.now()
        if route.access.isOpen(on: request.listener) {
            try route.handler(
                Call(
                    service: service, meters: meters, events: events, request: request,
                    arrival: arrival, path: path, query: query, caller: nil, reply: reply))
            return
        }
        guard let peer = request.peer, request.listener != .monitoring else {
            throw Problem(.forbidden, detail: .monitoringOnly)
        }
        if request.listener == .agent && !route.access.forAgents {
            throw Problem(.forbidden, detail: .agentsOnly)
        }
        service.names.peer(peer.uid, groups: peer.groups) { [service, meters, events] answer in
            let names: (name: String, groups: [String])
            switch answer {
            case .found(let found): names = found
            case .absent:
                let problem = Problem(.forbidden, detail: .noName(uid: peer.uid))
                reply.send(problem.response(in: request.language))
                return
            case .unavailable:
                reply.send(Problem.namesUnavailable.response(in: request.language))
                return
            }
            let caller = Caller(
                peer, name: names.name, unixGroups: names.groups, on: request.listener,
                service.configuration.roles)
            let call = Call(
                service: service, meters: meters, events: events, request: request,
                arrival: arrival, path: path, query: query, caller: caller, reply: reply)
            do throws(Problem) {
                try Self.admit(caller, to: route)
                try route.handler(call)
            } catch {
                call.send(error)
            }
        }
    }

    /// The ladder of permissions: each step that says no says why.
    private static func admit(_ caller: Caller, to route: Route) throws(Problem) {
        if caller.listener == .agent { return }
        guard caller.roles.isDisjoint(with: route.access.roles) else { return }
        let names = route.access.roles.names
        let roles = Text(names.joined(separator: " or "), names.joined(separator: " ou "))
        throw Problem(.forbidden, detail: .lacksRole(caller.name, roles: roles))
    }
}

extension Roles {
    /// As the configuration names them.
    var names: [String] {
        var names: [String] = []
        if contains(.observer) { names.append("observer") }
        if contains(.operator) { names.append("operator") }
        if contains(.admin) { names.append("admin") }
        if contains(.gateway) { names.append("gateway") }
        if contains(.seats) { names.append("seats") }
        return names
    }
}
