/// Data of the event `notice` of a lease's stream: its end comes near.
package struct LeaseNotice: WireObject {
    /// The lease's id.
    package var lease: String
    package var endsAt: Timestamp
    package var secondsLeft: Int

    package init(lease: String, endsAt: Timestamp, secondsLeft: Int) {
        self.lease = lease
        self.endsAt = endsAt
        self.secondsLeft = secondsLeft
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        lease = try object.required("lease")
        endsAt = try object.required("ends_at")
        secondsLeft = try object.required("seconds_left")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("lease", lease)
        writer.field("ends_at", endsAt)
        writer.field("seconds_left", secondsLeft)
    }
}
