/// What recorded requests of one group would have met with another site.
package struct ReplayCount: WireObject {
    package var group: String
    package var requests: Int
    package var grantedBefore: Int
    package var grantedAfter: Int
    package var grantedToRefused: Int
    package var refusedToGranted: Int
    package var waitedBeforeSeconds: Int
    package var waitedAfterSeconds: Int

    package init(
        group: String, requests: Int, grantedBefore: Int, grantedAfter: Int,
        grantedToRefused: Int, refusedToGranted: Int, waitedBeforeSeconds: Int,
        waitedAfterSeconds: Int
    ) {
        self.group = group
        self.requests = requests
        self.grantedBefore = grantedBefore
        self.grantedAfter = grantedAfter
        self.grantedToRefused = grantedToRefused
        self.refusedToGranted = refusedToGranted
        self.waitedBeforeSeconds = waitedBeforeSeconds
        self.waitedAfterSeconds = waitedAfterSeconds
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        group = try object.required("group")
        requests = try object.required("requests")
        grantedBefore = try object.required("granted_before")
        grantedAfter = try object.required("granted_after")
        grantedToRefused = try object.required("granted_to_refused")
        refusedToGranted = try object.required("refused_to_granted")
        waitedBeforeSeconds = try object.required("waited_before_seconds")
        waitedAfterSeconds = try object.required("waited_after_seconds")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("group", group)
        writer.field("requests", requests)
        writer.field("granted_before", grantedBefore)
        writer.field("granted_after", grantedAfter)
        writer.field("granted_to_refused", grantedToRefused)
        writer.field("refused_to_granted", refusedToGranted)
        writer.field("waited_before_seconds", waitedBeforeSeconds)
        writer.field("waited_after_seconds", waitedAfterSeconds)
    }
}

/// The answer of `POST /v1/replay`.
package struct ReplayReport: WireObject {
    /// The first instant that counted: the journal may begin later than was asked.
    package var since: Timestamp
    package var until: Timestamp
    package var requests: Int
    package var groups: [ReplayCount]

    package init(since: Timestamp, until: Timestamp, requests: Int, groups: [ReplayCount]) {
        self.since = since
        self.until = until
        self.requests = requests
        self.groups = groups
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        since = try object.required("since")
        until = try object.required("until")
        requests = try object.required("requests")
        groups = try object.required("groups")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("since", since)
        writer.field("until", until)
        writer.field("requests", requests)
        writer.field("groups", groups)
    }
}
