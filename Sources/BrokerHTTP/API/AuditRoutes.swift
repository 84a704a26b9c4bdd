import BrokerAPI
import BrokerCore
import BrokerHistory
import BrokerService

extension APIServer {
    static let auditRoutes: [Route] = [
        Route(
            .get, "/v1/audit", .observer,
            query: ["from", "to", "actor", "verb", "target", "outcome", "limit", "after"], audit),
        Route(.get, "/v1/audit/verify", .observer, query: ["head"], verifyAudit),
    ]

    @Sendable private static func audit(_ call: Call) throws(Problem) {
        let filter = try auditFilter(call)
        let limit = try call.limit()
        call.service.audit(filter, limit: limit + 1) { result in
            switch result {
            case .failure(let error): call.send(Problem(error))
            case .success(let items):
                let page = items.prefix(limit)
                let next = items.count > limit ? page.last : nil
                call.send(
                    AuditList(
                        audit: page.map { AuditEntry($0) },
                        next: next.map { "\($0.draft.at).\($0.sequence)" }))
            }
        }
    }

    private static func auditFilter(_ call: Call) throws(Problem) -> AuditFilter {
        var filter = AuditFilter()
        filter.from = try call.instant("from")?.milliseconds
        filter.to = try call.instant("to")?.milliseconds
        for parameter in ["actor", "target", "outcome"] where call.query[parameter] == "" {
            throw Problem(.badRequest, detail: .parameterEmpty(parameter))
        }
        filter.actor = call.query["actor"].map { text in
            UInt32(text).map { .uid($0) } ?? .name(text)
        }
        if let text = call.query["verb"] {
            guard let verb = AuditVerb(rawValue: text) else {
                throw Problem(.badRequest, detail: .auditVerb)
            }
            filter.verb = verb
        }
        filter.target = try call.query["target"].map { text throws(Problem) in
            try auditTarget(text)
        }
        filter.outcome = call.query["outcome"]
        if let after = call.query["after"] {
            let parts = after.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let at = Int64(parts[0]), let sequence = UInt64(parts[1]) else {
                throw .badCursor
            }
            filter.after = AuditFilter.Cursor(at: at, sequence: sequence)
        }
        return filter
    }

    private static func auditTarget(_ text: String) throws(Problem) -> AuditFilter.What {
        guard let slash = text.firstIndex(of: "/") else {
            switch AuditTarget.Kind(rawValue: text) {
            case .site?: return .target(AuditTarget(.site))
            case .rota?: return .target(AuditTarget(.rota))
            case .broker?: return .target(AuditTarget(.broker))
            case .lease?, .pool?, .seat?, .group?, nil: return .named(text)
            }
        }
        let (kind, name) = (text[..<slash], String(text[text.index(after: slash)...]))
        if kind == "holder" { return .holder(name) }
        guard let kind = AuditTarget.Kind(rawValue: String(kind)) else {
            throw Problem(.badRequest, detail: .auditTarget)
        }
        return .target(AuditTarget(kind, name))
    }

    @Sendable private static func verifyAudit(_ call: Call) throws(Problem) {
        var head: ChainHead?
        if let text = call.query["head"] {
            guard let read = ChainHead(text: text), read.sequence <= UInt64(wireIntMax) else {
                throw Problem(.badRequest, detail: .auditHead)
            }
            head = read
        }
        call.service.verifyAudit(head: head) { result in
            switch result {
            case .failure(let error): call.send(Problem(error))
            case .success(let report): call.send(AuditVerification(report))
            }
        }
    }
}

extension Call {
    /// An instant of the query; nil where it is not given.
    fileprivate func instant(_ parameter: String) throws(Problem) -> Timestamp? {
        guard let text = query[parameter] else { return nil }
        guard let instant = Timestamp(text: text) else {
            throw Problem(.badRequest, detail: .parameterInstant(parameter))
        }
        return instant
    }
}

extension Problem {
    init(_ error: HistoryError) {
        self.init(.unavailable, detail: .historyUnavailable(error.text), retryAfterSeconds: 10)
    }
}

extension AuditEntry {
    init(_ item: AuditItem) {
        let draft = item.draft
        let names = draft.names
        self.init(
            sequence: wire(item.sequence), revision: wire(draft.revision),
            at: Timestamp(milliseconds: draft.at), uid: names.uid.map { Int($0) },
            name: names.actor, role: EventRole(draft.role).rawValue, channel: draft.channel.text,
            verb: draft.verb.rawValue, target: draft.target.text, holder: names.holder,
            people: .object(
                names.people.map {
                    JSONMember(name: $0.what, value: .array($0.names.map { .string($0) }))
                }),
            details: (try? WireJSON.decode(JSONValue.self, from: Array(draft.details.utf8)))
                ?? .object([]),
            why: names.why, outcome: draft.outcome, digest: item.digest.hex)
    }
}

extension AuditTarget {
    /// A kind and a name.
    fileprivate var text: String { name.isEmpty ? kind.rawValue : "\(kind.rawValue)/\(name)" }
}

extension Actor.Channel {
    fileprivate var text: String? {
        switch self {
        case .none: nil
        case .agent: "agent"
        case .control: "control"
        }
    }
}

extension AuditVerification {
    fileprivate init(_ report: AuditReport) {
        self.init(
            whole: report.findings.isEmpty, items: wire(report.itemCount),
            head: report.head.text, anchor: report.anchor.text,
            journalFrom: wire(report.journalFrom),
            findings: report.findings.map {
                AuditFinding(
                    what: $0.kind.rawValue, sequence: wire($0.sequence),
                    revision: $0.revision.map { wire($0) })
            })
    }
}

/// A number of an item as the wire has it: somebody may have written any number there.
private func wire(_ number: UInt64) -> Int { Int(min(number, UInt64(wireIntMax))) }
