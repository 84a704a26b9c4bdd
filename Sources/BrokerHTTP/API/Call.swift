import BrokerAPI
import BrokerCore
import BrokerEngine
import BrokerService
import BrokerText
import NIOCore

/// One request on its way: what was asked, by whom, and the one answer to it.
struct Call: Sendable {
    let service: BrokerService
    let meters: APIMeters
    let events: EventFeed
    let request: HTTPRequest
    /// When the request was there as a whole.
    let arrival: NIODeadline
    /// The texts at the path's places in braces.
    let path: [String]
    let query: [String: String]
    /// Nil for calls that are open to everybody.
    let caller: Caller?
    let reply: ReplyHandle

    /// Most bytes of a JSON body, and of a site file.
    static let bodyBytesMax = 64 << 10
    static let siteBytesMax = 1 << 20

    // MARK: Request

    /// Who sent it; the route's access has made sure that it is known.
    var sender: Caller { caller! }

    /// The body as the JSON that the call takes.
    func body<Body: WireObject>(_ type: Body.Type) throws(Problem) -> Body {
        do {
            return try StrictJSON.decode(type, from: Array(request.body.readableBytesView))
        } catch {
            throw Problem(.badRequest, detail: error.text)
        }
    }

    /// In which problems are told to the client.
    var language: Language { request.language }

    /// The wire's words for this client.
    var wire: Wire { Wire(service, language) }

    /// Whether the client would rather have this media type than JSON.
    func accepts(_ mediaType: String) -> Bool {
        request.headers.values(of: "accept").contains { value in
            value.split(separator: ",").contains { range in
                let name = range.prefix { $0 != ";" }
                return name.trimmed.lowercased() == mediaType
            }
        }
    }

    func name<Name>(
        _ parameter: String, _ make: (String) -> Name
    ) -> Name? {
        query[parameter].map(make)
    }

    /// How many entries a list may have: 1 to 1,000, and 100 where nothing is said.
    func limit() throws(Problem) -> Int {
        guard let text = query["limit"] else { return 100 }
        guard let limit = Int(text), (1...1_000).contains(limit) else {
            throw Problem(.badRequest, detail: .limitRange)
        }
        return limit
    }

    /// A truth value of the query: `true` or `false`; absent: false.
    func flag(_ parameter: String) throws(Problem) -> Bool {
        switch query[parameter] {
        case nil, "false": return false
        case "true": return true
        default:
            throw Problem(.badRequest, detail: .parameterFlag(parameter))
        }
    }

    /// A revision of the query; nil where it is not given.
    func revision(_ parameter: String) throws(Problem) -> UInt64? {
        guard let text = query[parameter] else { return nil }
        guard let revision = UInt64(text), revision <= UInt64(wireIntMax) else {
            throw Problem(.badRequest, detail: .parameterRevision(parameter))
        }
        return revision
    }

    // MARK: Answer

    func send(_ value: some WireValue, status: Int = 200, headers: [(String, String)] = []) {
        reply.send(
            HTTPResponse(
                status: status, contentType: "application/json", bytes: WireJSON.encode(value),
                headers: headers.map { (name: $0.0, value: $0.1) }))
    }

    func send(_ problem: Problem) {
        reply.send(problem.response(in: language))
    }

    func sendText(_ text: String, status: Int = 200, contentType: String = "text/plain") {
        reply.send(
            HTTPResponse(
                status: status, contentType: "\(contentType); charset=utf-8",
                bytes: Array(text.utf8)))
    }

    func sendNothing() { reply.send(HTTPResponse(status: 204)) }

    /// Has a command decided, and answers with what `body` makes of the decision. `body` runs on
    /// the writer's thread, once the decision is on disk.
    ///
    /// - Parameters:
    ///   - inBackground: makes the answer on a thread of its own, where that takes long.
    ///   - refused: what a refusal is answered with.
    func decide(
        _ command: Command, inBackground: Bool = false,
        refused: @escaping @Sendable (Refusal, Wire) -> Problem = { $1.problem($0) },
        _ body: @escaping @Sendable (Decision, Wire) -> HTTPResponse
    ) {
        let (reply, service, language) = (reply, service, language)
        service.submit(command, by: sender.actor) { answer in
            let wire = Wire(service, language)
            switch answer {
            case .decided(let decision)?:
                if inBackground {
                    service.background { reply.send(body(decision, wire)) }
                } else {
                    reply.send(body(decision, wire))
                }
            case .refused(let refusal)?: reply.send(refused(refusal, wire).response(in: language))
            case .noSpace?: reply.send(Problem.noSpace.response(in: language))
            case nil: reply.send(Problem.stopping.response(in: language))
            }
        }
    }

    /// Goes on with the call on a thread of its own; what is thrown there is its answer.
    func inBackground(_ body: @escaping @Sendable () throws(Problem) -> Void) {
        service.background {
            do throws(Problem) {
                try body()
            } catch {
                send(error)
            }
        }
    }

    /// Answers with what a command would be answered now, without doing it.
    func rehearse(
        _ command: Command,
        refused: @escaping @Sendable (Refusal, Wire) -> Problem = { $1.problem($0) },
        _ body: @escaping @Sendable (Decision, Wire) -> HTTPResponse
    ) {
        service.background {
            let wire = wire
            switch service.rehearse(command, by: sender.actor) {
            case .success(let decision): reply.send(body(decision, wire))
            case .failure(let refusal): send(refused(refusal, wire))
            }
        }
    }
}

extension HTTPResponse {
    /// A body of JSON.
    static func json(
        _ value: some WireValue, status: Int = 200,
        headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status: status, contentType: "application/json", bytes: WireJSON.encode(value),
            headers: headers)
    }
}

extension Problem {
    /// A closed pool is opened by a person, not by the clock: ask again in a few minutes.
    static let retryAfterSecondsDefault = 300

    static let noSpace = Problem(.storage, detail: .noSpace)

    /// The directory does not answer, so nothing can be said of a person.
    static let namesUnavailable = Problem(
        .unavailable, detail: .namesUnavailable, retryAfterSeconds: 5)

    static let stopping = Problem(
        .unavailable, detail: .stopping, retryAfterSeconds: 1)

    /// With a time to come back where the status takes one: every 429 and 503.
    var withRetryAfter: Problem {
        var problem = self
        if status == 429 || status == 503, retryAfterSeconds == nil {
            problem.retryAfterSeconds = Self.retryAfterSecondsDefault
        }
        return problem
    }

    /// As an answer.
    func response(in language: Language) -> HTTPResponse {
        let problem = withRetryAfter.written(in: language)
        var headers = language.headers
        if let seconds = problem.retryAfterSeconds {
            headers.append((name: "Retry-After", value: "\(seconds)"))
        }
        return HTTPResponse(
            status: status, contentType: Problem.contentType, bytes: WireJSON.encode(problem),
            headers: headers)
    }
}

extension HTTPRequest {
    /// The one that the client likes best of those that there are.
    var language: Language {
        Language(acceptLanguage: headers.values(of: "accept-language"))
    }
}

extension Language {
    /// What goes with an answer in this language (RFC 9110, 8.5 and 12.5.5).
    var headers: [(name: String, value: String)] {
        [
            (name: "Content-Language", value: rawValue),
            (name: "Vary", value: "Accept-Language"),
        ]
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
