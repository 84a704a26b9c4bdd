import Glibc
import NIOCore

/// Refused connections that have been told why and are closed on our side, and that stay for a
/// moment, so that a client which is still sending gets to read it instead of a broken pipe.
///
/// There are so many and no more: in a flood the oldest makes room for the newest.
struct LingeringSockets {
    static let countMax = 256
    /// How long the client of a refusal may take to read it.
    static let milliseconds: Int64 = 1_000

    private struct Entry {
        var descriptor: CInt
        var due: NIODeadline
    }

    /// A ring; all linger equally long, so the oldest is always the next to go.
    private var entries: [Entry] = []
    private var oldest = 0

    /// When the next one is to be closed.
    var nextDue: NIODeadline? { entries.isEmpty ? nil : entries[oldest].due }

    mutating func add(_ descriptor: CInt, now: NIODeadline) {
        let entry = Entry(descriptor: descriptor, due: now + .milliseconds(Self.milliseconds))
        if entries.count < Self.countMax {
            // Not full means not wrapped, for closing starts the ring anew.
            entries.append(entry)
        } else {
            close(entries[oldest].descriptor)
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.countMax
        }
    }

    /// Closes those that have had their time.
    mutating func closeDue(now: NIODeadline) {
        guard let due = nextDue, due <= now else { return }
        let inOrder = entries[oldest...] + entries[..<oldest]
        for entry in inOrder where entry.due <= now { close(entry.descriptor) }
        entries = inOrder.filter { $0.due > now }
        oldest = 0
    }

    mutating func closeAll() {
        for entry in entries { close(entry.descriptor) }
        entries = []
        oldest = 0
    }
}
