/// The media type of a site.
package let tomlContentType = "application/toml"

/// Answer of `PUT /v1/site`.
package struct SiteApplyResult: WireObject {
    /// What changes, for people: lines that begin with `+` or `-`; empty when nothing does.
    package var diff: String
    /// Leases that the change ends, or keeps from being extended.
    package var displaced: [Lease]
    /// When, from now on, the groups' quotas go beyond the seats.
    package var shortfalls: [Shortfall]
    /// False when the site was like this already.
    package var changed: Bool
    /// The journal's revision after the change, or, in a dry run, now.
    package var revision: Int

    package init(
        diff: String, displaced: [Lease], shortfalls: [Shortfall] = [], changed: Bool,
        revision: Int
    ) {
        self.diff = diff
        self.displaced = displaced
        self.shortfalls = shortfalls
        self.changed = changed
        self.revision = revision
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        diff = try object.required("diff")
        displaced = try object.required("displaced")
        shortfalls = try object.required("shortfalls")
        changed = try object.required("changed")
        revision = try object.required("revision")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("diff", diff)
        writer.field("displaced", displaced)
        writer.field("shortfalls", shortfalls)
        writer.field("changed", changed)
        writer.field("revision", revision)
    }
}

/// Answer of `POST /v1/reload`.
package struct ReloadResult: WireObject {
    /// The settings that changed and count from now on, as `limits.connections_per_user`.
    package var changed: [String]
    /// The settings that changed in the file but count only after a restart.
    package var needsRestart: [String]

    package init(changed: [String], needsRestart: [String]) {
        self.changed = changed
        self.needsRestart = needsRestart
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        changed = try object.required("changed")
        needsRestart = try object.required("needs_restart")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("changed", changed)
        writer.field("needs_restart", needsRestart)
    }
}
