import Glibc
import NIOCore

/// Writes the heads of answers straight into the buffer that goes out.
///
/// NIOHTTP1's encoder takes an answer as three messages through the pipeline and writes two or
/// three buffers; here head and body leave in one, with one system call.
enum ResponseEncoder {
    /// How the connection goes on after the answer.
    struct Connection {
        var closes: Bool
        /// HTTP/1.0 needs to be told that it stays open.
        var isHTTP11: Bool
    }

    /// Appends the head, and the body if the method and status have one.
    ///
    /// - Parameter bodyCopyMax: a longer body is left to the caller to send as it is.
    /// - Returns: the body that is still to be sent, if it is not in `output`.
    static func write(
        _ response: HTTPResponse, to output: inout ByteBuffer, date: ByteBuffer,
        connection: Connection, isHead: Bool, bodyCopyMax: Int
    ) -> ByteBuffer? {
        writeStart(
            status: response.status, contentType: response.contentType, headers: response.headers,
            to: &output, date: date, connection: connection)
        let hasBody = response.status != 204 && response.status != 304
        if hasBody {
            output.writeStaticString("Content-Length: ")
            output.writeString(String(response.body.readableBytes))
            output.writeStaticString("\r\n")
        }
        output.writeStaticString("\r\n")
        guard hasBody, !isHead, response.body.readableBytes > 0 else { return nil }
        guard response.body.readableBytes <= bodyCopyMax else { return response.body }
        output.writeImmutableBuffer(response.body)
        return nil
    }

    /// Appends the head of a stream: chunked, or for HTTP/1.0 until the connection closes.
    static func writeStreamHead(
        status: Int, headers: [(name: String, value: String)], to output: inout ByteBuffer,
        date: ByteBuffer, connection: Connection
    ) {
        writeStart(
            status: status, contentType: nil, headers: headers, to: &output, date: date,
            connection: connection)
        if connection.isHTTP11 { output.writeStaticString("Transfer-Encoding: chunked\r\n") }
        output.writeStaticString("\r\n")
    }

    private static func writeStart(
        status: Int, contentType: String?, headers: [(name: String, value: String)],
        to output: inout ByteBuffer, date: ByteBuffer, connection: Connection
    ) {
        output.writeStaticString("HTTP/1.1 ")
        output.writeString(String(status))
        output.writeStaticString(" ")
        output.writeStaticString(reason(status))
        output.writeStaticString("\r\n")
        output.writeImmutableBuffer(date)
        if let contentType { writeField("Content-Type", contentType, to: &output) }
        for header in headers { writeField(header.name, header.value, to: &output) }
        if connection.closes {
            output.writeStaticString("Connection: close\r\n")
        } else if !connection.isHTTP11 {
            output.writeStaticString("Connection: keep-alive\r\n")
        }
    }

    private static func writeField(_ name: String, _ value: String, to output: inout ByteBuffer) {
        output.writeString(name)
        output.writeStaticString(": ")
        if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            output.writeString(value)
        } else {
            output.writeBytes(value.utf8.map { $0 >= 0x20 && $0 != 0x7F ? $0 : 0x20 })
        }
        output.writeStaticString("\r\n")
    }

    /// The reason phrase; a client ignores it (RFC 9112, 4), but people read it.
    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        case 507: "Insufficient Storage"
        case _: ""
        }
    }
}

/// The `Date` field, which an origin server with a clock must send (RFC 9110, 6.6.1); made anew
/// only when the second changes.
struct DateField {
    private var second: time_t = -1
    private var line = ByteBuffer()

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Date: Tue, 24 Nov 2026 08:35:08 GMT` and CR LF, for now.
    mutating func current() -> ByteBuffer {
        let now = time(nil)
        guard now != second else { return line }
        second = now
        line = ByteBuffer(string: Self.text(unixSeconds: now))
        return line
    }

    static func text(unixSeconds: time_t) -> String {
        var seconds = unixSeconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "Date: \(days[Int(parts.tm_wday)]), \(padded(parts.tm_mday)) "
            + "\(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) \(padded(parts.tm_hour)):"
            + "\(padded(parts.tm_min)):\(padded(parts.tm_sec)) GMT\r\n"
    }
}
