package import BrokerText

/// An error or a refusal, as RFC 9457 has it: `application/problem+json`.
package struct Problem: WireObject, Error {
    package static let contentType = "application/problem+json"

    /// Ends in the slug.
    package var type: String
    package var title: Text
    package var status: Int
    /// What is wrong in this case, in a sentence or two.
    package var detail: Text?
    /// With every 429 and 503, and with a window that opens later; the header `Retry-After` says
    /// the same.
    package var retryAfterSeconds: Int?
    /// Every rule that failed, for every group of the agent.
    package var reasons: [Rule]
    /// How many were still before a request whose time to wait is over, and when its seat would
    /// have come.
    package var ahead: Int?
    package var estimatedAt: Timestamp?
    /// Where in a file the mistake is, both from 1.
    package var line: Int?
    package var column: Int?
    package var file: String?
    /// With `events-gone`: the revision from which a stream can go on.
    package var revision: Int?
    /// In which the title and the detail are written.
    package var language = Language.standard

    package init(
        _ slug: ProblemSlug, detail: Text?, retryAfterSeconds: Int? = nil, reasons: [Rule] = [],
        ahead: Int? = nil, estimatedAt: Timestamp? = nil, line: Int? = nil, column: Int? = nil,
        file: String? = nil
    ) {
        type = slug.type
        title = slug.title
        status = slug.status
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
        self.reasons = reasons
        self.ahead = ahead
        self.estimatedAt = estimatedAt
        self.line = line
        self.column = column
        self.file = file
    }

    /// Equal are problems that are written the same: one that was read has words in one language.
    package static func == (a: Problem, b: Problem) -> Bool {
        WireJSON.encode(a) == WireJSON.encode(b)
    }

    /// Nil for a kind that a newer daemon has.
    package var slug: ProblemSlug? { ProblemSlug(type: type) }

    /// The same, to be written in another language.
    package func written(in language: Language) -> Problem {
        var problem = self
        problem.language = language
        return problem
    }

    package var exitCode: ExitStatus { slug?.exitCode ?? ExitStatus(httpStatus: status) }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        type = try object.required("type")
        title = Text(verbatim: try object.required("title"))
        status = try object.required("status", in: 100...599)
        detail = try object.optional("detail").map { Text(verbatim: $0) }
        retryAfterSeconds = try object.optional("retry_after_seconds")
        reasons = try object.optional("reasons") ?? []
        ahead = try object.optional("ahead")
        estimatedAt = try object.optional("estimated_at")
        line = try object.optional("line")
        column = try object.optional("column")
        file = try object.optional("file")
        revision = try object.optional("revision")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("type", type)
        writer.field("title", title[language])
        writer.field("status", status)
        writer.fieldIfPresent("detail", detail?[language])
        writer.fieldIfPresent("retry_after_seconds", retryAfterSeconds)
        writer.fieldIfPresent("reasons", reasons.isEmpty ? nil : reasons)
        writer.fieldIfPresent("ahead", ahead)
        writer.fieldIfPresent("estimated_at", estimatedAt)
        writer.fieldIfPresent("file", file)
        writer.fieldIfPresent("line", line)
        writer.fieldIfPresent("column", column)
        writer.fieldIfPresent("revision", revision)
    }
}
