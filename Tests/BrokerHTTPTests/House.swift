import BrokerAPI
import BrokerCore
import BrokerService
import BrokerSite
import BrokerStore
import Testing

@testable import BrokerHTTP

/// A whole daemon in the process, without a disk: a store in memory, the service, and the control
/// socket, on which root is an admin.
final class House {
    let service: BrokerService
    let server: TestServer

    init(
        _ site: SiteSpec, configuration: DaemonConfiguration = DaemonConfiguration(),
        store: MemoryStore = MemoryStore()
    ) throws {
        service = try BrokerService(
            configuration: configuration, store: store, hooks: ServiceHooks(),
            site: { site }, reload: { configuration }, reloaded: { _ in })
        let api = APIServer(service: service)
        server = try TestServer(handler: { api.handle($0, $1) })
    }

    deinit {
        server.server.stop(graceSeconds: 1)
        service.stop()
    }

    /// So many seats in one pool, for everybody who is vouched to be of the staff.
    static func site(size: Int, groups: [GroupSpec]? = nil, rota: RotaSpec? = nil) -> SiteSpec {
        let staff = GroupSpec(
            name: GroupName("staff"), members: [.unixGroup(UnixGroupName("staff"))],
            pools: [PoolName("desks")])
        return SiteSpec(
            pools: [PoolSpec(name: PoolName("desks"), size: size)], groups: groups ?? [staff],
            rota: rota)
    }

    func connect() throws -> RawClient { try server.connect() }

    /// Asks on a connection of its own.
    func ask(
        _ method: String, _ path: String, _ body: String = "", _ fields: String = ""
    ) throws -> RawClient.Answer {
        let client = try connect()
        client.send(request(method, path, body, fields))
        return try client.answer()
    }

    func grant(_ holder: String, _ more: String = "", _ fields: String = "") throws
        -> RawClient.Answer
    {
        try ask("POST", "/v1/leases", Self.body(holder, more), fields)
    }

    /// Asks for a seat, and leaves the connection waiting.
    func startGrant(
        _ holder: String, _ more: String, _ fields: String = ""
    ) throws -> RawClient {
        let client = try connect()
        client.send(request("POST", "/v1/leases", Self.body(holder, more), fields))
        return client
    }

    private static func body(_ holder: String, _ more: String) -> String {
        #"{"holder":"\#(holder)","holder_groups":["staff"]\#(more.isEmpty ? "" : ",\(more)")}"#
    }

    func lineCount() -> Int { service.read { broker in broker.lineSummary.waiting } }
}

/// A request with a body.
func request(
    _ method: String, _ path: String, _ body: String = "", _ fields: String = ""
) -> String {
    let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
    return "\(method) \(path) HTTP/1.1\r\nHost: broker\r\n\(fields)\(length)\r\n\(body)"
}

extension RawClient.Answer {
    /// The body as what it should be.
    func json<Body: WireValue>(_ type: Body.Type = Body.self) throws -> Body {
        try WireJSON.decode(type, from: Array(body.utf8))
    }

    /// The slug of the problem that it is.
    var slug: ProblemSlug? { (try? json(Problem.self))?.slug }

    /// The server-sent events of the body: names and data.
    var events: [(name: String, data: String)] {
        body.split(separator: "\n\n").compactMap { block in
            let lines = block.split(separator: "\n")
            guard lines.count == 2, lines[0].hasPrefix("event: "), lines[1].hasPrefix("data: ")
            else { return nil }
            return (String(lines[0].dropFirst(7)), String(lines[1].dropFirst(6)))
        }
    }
}
