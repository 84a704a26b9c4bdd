import BrokerAPI
import BrokerText
import NIOCore

/// The transport's own refusals, as the problems that clients see.
///
/// They are in English: most are made before a header has been read, or because it cannot be.
enum TransportProblem {
    static func response(
        _ slug: ProblemSlug, _ detail: String, retryAfterSeconds: Int? = nil
    ) -> HTTPResponse {
        var writer = JSONWriter()
        Problem(slug, detail: Text(verbatim: detail), retryAfterSeconds: retryAfterSeconds)
            .write(to: &writer)
        return HTTPResponse(
            status: slug.status, contentType: Problem.contentType,
            body: ByteBuffer(bytes: writer.bytes),
            headers: retryAfterSeconds.map { [("Retry-After", String($0))] } ?? [])
    }

    static func response(for fault: RequestFault, limits: TransportLimits) -> HTTPResponse {
        switch fault {
        case .bad(let detail):
            response(.badRequest, detail.description)
        case .headerTooLarge:
            response(
                .headersTooLarge,
                "Request line and header fields may have \(limits.headerBytesMax) bytes together, "
                    + "in at most \(HeadParser.fieldsMax) fields.")
        }
    }

    /// What a handler that let go of its `ReplyHandle` leaves behind: better than silence.
    static var dropped: HTTPResponse {
        response(
            .unavailable, "The request got no answer; whether it took effect is not known.",
            retryAfterSeconds: 1)
    }
}
