import BrokerAPI
import BrokerText

/// What a request does.
enum HTTPVerb: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
}

/// A request to the daemon.
struct HTTPRequest: Sendable {
    var method: HTTPVerb
    /// Path and query, encoded.
    var target: String
    var headers: [(name: String, value: String)] = []
    /// In which problems are told, and what in an answer is written for people.
    var language = Language.here
    var body: [UInt8]?

    /// Most headers and answers come at once; only a backup or a full disk takes seconds.
    static let timeoutMillisecondsDefault: Int64 = 30_000

    init(
        _ method: HTTPVerb = .get, _ path: [String], query: [(String, String?)] = [],
        body: [UInt8]? = nil, contentType: String = "application/json"
    ) {
        self.method = method
        target = "/" + path.map(Self.encoded).joined(separator: "/")
        let pairs = query.compactMap { name, value in
            value.map { "\(name)=\(Self.encoded($0))" }
        }
        if !pairs.isEmpty { target += "?" + pairs.joined(separator: "&") }
        if let body {
            self.body = body
            headers.append(("Content-Type", contentType))
        }
    }

    init(
        _ method: HTTPVerb, _ path: [String], query: [(String, String?)] = [],
        json: some WireValue
    ) {
        self.init(method, path, query: query, body: WireJSON.encode(json))
    }

    /// A target that is encoded already.
    init(target: String) {
        method = .get
        self.target = target
    }

    /// The same for an answer that holds words for people: only a table is in their language, and
    /// what programs read is the same everywhere.
    func written(for output: OutputFormat) -> HTTPRequest {
        var request = self
        if output != .table { request.language = .standard }
        return request
    }

    /// Percent-encodes all but RFC 3986's unreserved characters.
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}

/// A whole answer.
struct HTTPResponse: Sendable {
    var status: Int
    var contentType: String
    var body: [UInt8]

    var isSuccess: Bool { (200..<300).contains(status) }

    /// The problem that an answer other than 2xx carries, or one made up from its status.
    var problem: Problem {
        if let problem = try? WireJSON.decode(Problem.self, from: body) { return problem }
        var problem = Problem(.unavailable, detail: .answeredWith(status: status))
        problem.type = "about:blank"
        problem.status = status
        return problem
    }
}
