import Glibc
import NIOCore

/// The answers to refused connections, ready to be sent: made once a second and refusal, for their
/// date, and not once a connection.
struct RefusalNotes {
    private var notes: [DoorRefusal: ByteBuffer] = [:]
    private var date = DateField()
    private var second: time_t = -1

    /// The whole answer, to be sent as it is.
    mutating func note(for refusal: DoorRefusal) -> ByteBuffer {
        let now = time(nil)
        if now != second {
            second = now
            notes = [:]
        }
        if let note = notes[refusal] { return note }
        var note = ByteBuffer()
        _ = ResponseEncoder.write(
            refusal.response, to: &note, date: date.current(),
            connection: .init(closes: true, isHTTP11: true), isHead: false, bodyCopyMax: .max)
        notes[refusal] = note
        return note
    }
}
