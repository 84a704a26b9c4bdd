/// What would become of a request.
package enum ExplainOutcome: String, WireEnum {
    case granted
    case refused
    /// The agent has a live lease in the pool already, and would get it back.
    case held
}

/// Answer of `GET /v1/explain`.
package struct Explanation: WireObject {
    package var agent: String
    package var pool: String?
    package var at: Timestamp
    package var outcome: ExplainOutcome
    /// Every rule for every group and pool that was tried, in that order.
    package var rules: [Rule]
    /// How many wait before.
    package var ahead: Int
    /// Minutes in the last 14 days in which the agent waited for a seat of its groups or was
    /// refused one: among those who come in the same second, more of them go first.
    package var accountMinutes: Int
    /// The first instant at which a grant would pass; nil when none is in sight.
    package var earliestAt: Timestamp?

    package init(
        agent: String, pool: String?, at: Timestamp, outcome: ExplainOutcome, rules: [Rule],
        ahead: Int = 0, accountMinutes: Int = 0, earliestAt: Timestamp?
    ) {
        self.agent = agent
        self.pool = pool
        self.at = at
        self.outcome = outcome
        self.rules = rules
        self.ahead = ahead
        self.accountMinutes = accountMinutes
        self.earliestAt = earliestAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        agent = try object.required("agent")
        pool = try object.optional("pool")
        at = try object.required("at")
        outcome = try object.required("outcome")
        rules = try object.required("rules")
        ahead = try object.required("ahead")
        accountMinutes = try object.required("account_minutes")
        earliestAt = try object.optional("earliest_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("agent", agent)
        writer.field("pool", pool)
        writer.field("at", at)
        writer.field("outcome", outcome)
        writer.field("rules", rules)
        writer.field("ahead", ahead)
        writer.field("account_minutes", accountMinutes)
        writer.field("earliest_at", earliestAt)
    }
}

/// One rule for one group and pool, with the numbers it was decided by. Numbers that have no part in
/// a rule are left out.
package struct Rule: WireObject {
    /// The slug of the problem that breaking it gives.
    package var rule: String
    package var group: String?
    package var pool: String?
    /// Nil among the reasons of a problem, all of which failed.
    package var passed: Bool?
    package var used: Int?
    package var limit: Int?
    package var available: Int?
    package var reserved: Int?
    /// Places in the line, of which there may be `limit`.
    package var waiting: Int?
    /// When the group's next window begins.
    package var opensAt: Timestamp?
    /// When the group's present window ends.
    package var closesAt: Timestamp?
    /// Why the pool is closed, in its operator's words.
    package var reason: String?
    /// When it would pass, if nothing else changes.
    package var earliestAt: Timestamp?

    package init(
        rule: ProblemSlug, group: String? = nil, pool: String? = nil, passed: Bool? = nil,
        used: Int? = nil, limit: Int? = nil, available: Int? = nil, reserved: Int? = nil,
        waiting: Int? = nil, opensAt: Timestamp? = nil, closesAt: Timestamp? = nil,
        reason: String? = nil, earliestAt: Timestamp? = nil
    ) {
        self.rule = rule.rawValue
        self.group = group
        self.pool = pool
        self.passed = passed
        self.used = used
        self.limit = limit
        self.available = available
        self.reserved = reserved
        self.waiting = waiting
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.reason = reason
        self.earliestAt = earliestAt
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        rule = try object.required("rule")
        group = try object.optional("group")
        pool = try object.optional("pool")
        passed = try object.optional("passed")
        used = try object.optional("used")
        limit = try object.optional("limit")
        available = try object.optional("available")
        reserved = try object.optional("reserved")
        waiting = try object.optional("waiting")
        opensAt = try object.optional("opens_at")
        closesAt = try object.optional("closes_at")
        reason = try object.optional("reason")
        earliestAt = try object.optional("earliest_at")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("rule", rule)
        writer.fieldIfPresent("group", group)
        writer.fieldIfPresent("pool", pool)
        writer.fieldIfPresent("passed", passed)
        writer.fieldIfPresent("used", used)
        writer.fieldIfPresent("limit", limit)
        writer.fieldIfPresent("available", available)
        writer.fieldIfPresent("reserved", reserved)
        writer.fieldIfPresent("waiting", waiting)
        writer.fieldIfPresent("opens_at", opensAt)
        writer.fieldIfPresent("closes_at", closesAt)
        writer.fieldIfPresent("reason", reason)
        writer.fieldIfPresent("earliest_at", earliestAt)
    }
}
