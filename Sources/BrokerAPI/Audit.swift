/// An item of the audit: who did what when, over which socket, why, and what came of it.
package struct AuditEntry: WireObject {
    /// Counts the items, from 1.
    package var sequence: Int
    /// Of the journal.
    package var revision: Int
    /// By the wall clock as it went then.
    package var at: Timestamp
    /// The user who did it, by number; nil once names were replaced by pseudonyms.
    package var uid: Int?
    package var name: String
    package var role: String
    /// `agent` or `control`; nil: none, or not known.
    package var channel: String?
    package var verb: String
    /// A kind and a name, as `pool/telework`; a kind alone where there is but one.
    package var target: String
    /// The person whose lease or place it was.
    package var holder: String?
    /// Other people, by what happened to them.
    package var people: JSONValue
    /// Numbers and names, by the verb.
    package var details: JSONValue
    /// The reason that was given.
    package var why: String?
    /// `done`, or the slug of what stood against it.
    package var outcome: String
    /// Of this item and all before it, in hexadecimal digits.
    package var digest: String

    package init(
        sequence: Int, revision: Int, at: Timestamp, uid: Int?, name: String, role: String,
        channel: String?, verb: String, target: String, holder: String?, people: JSONValue,
        details: JSONValue, why: String?, outcome: String, digest: String
    ) {
        self.sequence = sequence
        self.revision = revision
        self.at = at
        self.uid = uid
        self.name = name
        self.role = role
        self.channel = channel
        self.verb = verb
        self.target = target
        self.holder = holder
        self.people = people
        self.details = details
        self.why = why
        self.outcome = outcome
        self.digest = digest
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        sequence = try object.required("sequence")
        revision = try object.required("revision")
        at = try object.required("at")
        uid = try object.optional("uid")
        name = try object.required("name")
        role = try object.required("role")
        channel = try object.optional("channel")
        verb = try object.required("verb")
        target = try object.required("target")
        holder = try object.optional("holder")
        people = try object.required("people")
        details = try object.required("details")
        why = try object.optional("why")
        outcome = try object.required("outcome")
        digest = try object.required("digest")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("sequence", sequence)
        writer.field("revision", revision)
        writer.field("at", at)
        writer.field("uid", uid)
        writer.field("name", name)
        writer.field("role", role)
        writer.field("channel", channel)
        writer.field("verb", verb)
        writer.field("target", target)
        writer.field("holder", holder)
        writer.field("people", people)
        writer.field("details", details)
        writer.field("why", why)
        writer.field("outcome", outcome)
        writer.field("digest", digest)
    }
}

/// One page of the audit, oldest first: the answer of `GET /v1/audit`.
package struct AuditList: WireObject {
    package var audit: [AuditEntry]
    /// What to pass as `after` for the next page; nil at the end.
    package var next: String?

    package init(audit: [AuditEntry], next: String? = nil) {
        self.audit = audit
        self.next = next
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        audit = try object.required("audit")
        next = try object.optional("next")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("audit", audit)
        writer.field("next", next)
    }
}

/// Something in the audit that is not as it was written.
package struct AuditFinding: WireObject {
    /// `edited`, `missing`, `inserted`, `differs`, `sealed-early`, `head` or `journal`.
    package var what: String
    package var sequence: Int
    /// Of the journal; nil where the item does not say.
    package var revision: Int?

    package init(what: String, sequence: Int, revision: Int?) {
        self.what = what
        self.sequence = sequence
        self.revision = revision
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        what = try object.required("what")
        sequence = try object.required("sequence")
        revision = try object.optional("revision")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("what", what)
        writer.field("sequence", sequence)
        writer.field("revision", revision)
    }
}

/// The answer of `GET /v1/audit/verify`.
package struct AuditVerification: WireObject {
    /// Whether nothing was found.
    package var whole: Bool
    /// Items that were looked at.
    package var items: Int
    /// The last item and its digest, to be written down elsewhere: `SEQUENCE:DIGEST`.
    package var head: String
    /// What was there before the first item that is kept, in the same form.
    package var anchor: String
    /// The journal's revision from which on items were compared with it.
    package var journalFrom: Int
    /// The first hundred.
    package var findings: [AuditFinding]

    package init(
        whole: Bool, items: Int, head: String, anchor: String, journalFrom: Int,
        findings: [AuditFinding]
    ) {
        self.whole = whole
        self.items = items
        self.head = head
        self.anchor = anchor
        self.journalFrom = journalFrom
        self.findings = findings
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        whole = try object.required("whole")
        items = try object.required("items")
        head = try object.required("head")
        anchor = try object.required("anchor")
        journalFrom = try object.required("journal_from")
        findings = try object.required("findings")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("whole", whole)
        writer.field("items", items)
        writer.field("head", head)
        writer.field("anchor", anchor)
        writer.field("journal_from", journalFrom)
        writer.field("findings", findings)
    }
}
