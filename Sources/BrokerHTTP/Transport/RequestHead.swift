import NIOCore

/// What the head of a request says, as far as the transport itself cares.
struct RequestHead {
    /// How much body follows the head.
    enum Framing: Equatable {
        case none
        /// Exactly so many bytes, at least one.
        case length(Int)
        case chunked
    }

    var method = HTTPMethod.get
    var path = ""
    var query: String?
    /// HTTP/1.1, as opposed to 1.0; there is no third.
    var isHTTP11 = true
    var framing = Framing.none
    /// Whether the client expects the connection to stay open after the answer.
    var keepsAlive = true
    /// The client waits for a `100 Continue` before it sends the body.
    var expectsContinue = false
    /// Where the field lines lie, counted from the head's first byte; without the last empty line.
    var fields = 0..<0
}

/// Why bytes are not a request that we take. The text is for whoever wrote the client.
enum RequestFault: Error {
    /// Malformed, or well-formed but ambiguous, or a part of HTTP that is not spoken here.
    case bad(StaticString)
    /// The head, or what surrounds the chunks of a body, is larger than the limit.
    case headerTooLarge
}
