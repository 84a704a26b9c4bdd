import BrokerAPI
import Testing

@testable import BrokerHTTP

/// The route table against the OpenAPI document: what one of them says, the other says too.
@Suite struct RouteTests {
    private struct Operation: Hashable, Comparable {
        var path: String
        var method: String

        static func < (a: Self, b: Self) -> Bool { (a.path, a.method) < (b.path, b.method) }
    }

    private func document() throws -> [JSONMember] {
        let bytes = Array(OpenAPIDocument.json.utf8)
        let json = try JSONParser.parse(bytes, depthMax: JSONParser.answerDepthMax)
        return json?.members("paths") ?? []
    }

    /// Nothing that a log or a database would end a text at gets in through a path or a query.
    @Test func escapedControlCharactersAreRefused() {
        for (text, parts) in [
            ("/v1/pools/a%20b", ["v1", "pools", "a b"]), ("/v1/pools/%7E", ["v1", "pools", "~"]),
            ("/v1/pools/%C2%A0", ["v1", "pools", "\u{A0}"]), ("/v1/pools/a%00b", nil),
            ("/v1/pools/a%1Fb", nil), ("/v1/pools/a%7Fb", nil), ("/v1/pools/a%0a", nil),
        ] as [(String, [String]?)] {
            #expect(URLText.parts(ofPath: text) == parts, "\(text)")
        }
        #expect(throws: Problem.self) {
            try URLText.parameters("actor=a%00b", known: ["actor"])
        }
    }

    @Test func everyRouteIsDescribedAndNoOther() throws {
        let described = try document().flatMap { path in
            (path.value.members() ?? []).map {
                Operation(path: path.name, method: $0.name.uppercased())
            }
        }
        let served = APIServer.routes.map { route in
            Operation(
                path: "/" + route.path.joined(separator: "/"), method: route.method.name)
        }
        #expect(described.sorted() == served.sorted())
    }

    @Test func queryParametersAreThoseOfTheRoutes() throws {
        let references = ["Limit": "limit", "After": "after", "IfRevision": "if_revision"]
        for path in try document() {
            for operation in path.value.members() ?? [] {
                let route = try #require(
                    APIServer.routes.first {
                        "/" + $0.path.joined(separator: "/") == path.name
                            && $0.method.name == operation.name.uppercased()
                    })
                guard case .array(let parameters)? = operation.value.value("parameters") else {
                    #expect(route.query == [], "\(path.name)")
                    continue
                }
                let names = parameters.compactMap { parameter -> String? in
                    if case .string(let reference)? = parameter.value("$ref") {
                        return references[String(reference.split(separator: "/").last ?? "")]
                    }
                    guard case .string("query")? = parameter.value("in"),
                        case .string(let name)? = parameter.value("name")
                    else { return nil }
                    return name
                }
                #expect(names.sorted() == route.query.sorted(), "\(path.name)")
            }
        }
    }
}

extension JSONValue {
    fileprivate func value(_ name: String) -> JSONValue? {
        members()?.first { $0.name == name }?.value
    }

    fileprivate func members() -> [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    fileprivate func members(_ name: String) -> [JSONMember]? { value(name)?.members() }
}
