package import NIOCore

/// One whole request: head and body have arrived and have passed the transport's checks.
package struct HTTPRequest: Sendable {
    /// The door it came through.
    package let listener: ListenerKind
    /// Who sent it, by the kernel's word; `nil` only for TCP.
    package let peer: PeerCredentials?
    package let method: HTTPMethod
    /// The path as it was sent, before any `?`: percent-encoding is valid but not yet decoded.
    package let path: String
    /// What follows the first `?`, not yet decoded; `nil` without one, empty after a bare `?`.
    package let query: String?
    package let headers: HeaderFields
    /// The body, without chunk framing; empty when there is none.
    package let body: ByteBuffer
}

/// Answers one request, at once or later and from any thread, through the handle.
///
/// It is called on the event loop of the listener, so it must never block: whatever waits belongs
/// on another thread, with the `ReplyHandle` passed along.
package typealias RequestHandler = @Sendable (HTTPRequest, ReplyHandle) -> Void

/// The most bytes of a request body that a route takes. Called on the event loop for requests that
/// announce a body, before any of it is read.
package typealias BodyLimit =
    @Sendable (_ method: HTTPMethod, _ path: String, _ listener: ListenerKind) -> Int
