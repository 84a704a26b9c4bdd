package import NIOCore

/// One whole answer. The transport adds `Content-Length`, `Date` and `Connection` by itself.
package struct HTTPResponse: Sendable {
    /// The status code, 200 to 599.
    package var status: Int
    /// The media type of the body; `nil` leaves the field out.
    package var contentType: String?
    /// The body; it is not sent to a `HEAD` request (its length is), nor with 204 and 304.
    package var body: ByteBuffer
    /// Further fields. Control characters in a value are sent as spaces, so that no value can start
    /// another field.
    package var headers: [(name: String, value: String)]

    package init(
        status: Int, contentType: String? = nil, body: ByteBuffer = ByteBuffer(),
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    /// An answer with a body that an encoder has left in an array.
    package init(
        status: Int, contentType: String, bytes: [UInt8],
        headers: [(name: String, value: String)] = []
    ) {
        self.init(
            status: status, contentType: contentType, body: ByteBuffer(bytes: bytes),
            headers: headers)
    }
}
