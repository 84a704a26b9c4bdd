/// The method of a request. Method names are case-sensitive (RFC 9110, 9.1).
package enum HTTPMethod: Sendable, Hashable {
    case get
    case head
    case post
    case put
    case patch
    case delete
    case options
    /// Any other well-formed token; no route knows it.
    case other(String)

    /// The method of a request line, of which the parser has checked that it is a token.
    init(token: UnsafeRawBufferPointer) {
        // Decoding up to 15 bytes needs no allocation, and comparing two such strings is cheap.
        switch String(decoding: token, as: UTF8.self) {
        case "GET": self = .get
        case "HEAD": self = .head
        case "POST": self = .post
        case "PUT": self = .put
        case "PATCH": self = .patch
        case "DELETE": self = .delete
        case "OPTIONS": self = .options
        case let name: self = .other(name)
        }
    }

    /// The name as it stands in a request line.
    package var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other(let name): name
        }
    }
}
