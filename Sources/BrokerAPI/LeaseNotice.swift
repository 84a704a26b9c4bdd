/// Data of the event `notice` of a lease's stream: its end comes near, and no renewal moves it.
package struct LeaseNotice: WireObject {
    /// The lease's id.
    package var lease: String
    package var endsAt: Timestamp
    package var remainingSeconds: Int
    /// What will end it.
    package var reason: LeaseEndReason

    package init(
        lease: String, endsAt: Timestamp, remainingSeconds: Int, reason: LeaseEndReason
    ) {
        self.lease = lease
        self.endsAt = endsAt
        self.remainingSeconds = remainingSeconds
        self.reason = reason
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        lease = try object.required("lease")
        endsAt = try object.required("ends_at")
        remainingSeconds = try object.required("remaining_seconds")
        reason = try object.required("reason")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("lease", lease)
        writer.field("ends_at", endsAt)
        writer.field("remaining_seconds", remainingSeconds)
        writer.field("reason", reason)
    }
}
