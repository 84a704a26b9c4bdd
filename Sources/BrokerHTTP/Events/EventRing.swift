import NIOCore

/// The latest events, ready to be sent: the one buffer of all who follow the stream.
struct EventRing {
    /// Some fifteen thousand events: the login of 1,700 people several times over. Who is behind by
    /// more than that does not read.
    static let sizeMaxDefault = 8 << 20
    /// Events that are sent in one write, at the most.
    static let chunkBytesMax = 64 << 10

    private let sizeMax: Int
    private var frames: [EventFrame] = []
    /// Frames before this index are gone.
    private var head = 0
    private var size = 0
    /// Everything after this revision is here.
    private(set) var start: UInt64
    /// Up to this revision.
    private(set) var end: UInt64

    init(after revision: UInt64, sizeMax: Int = sizeMaxDefault) {
        start = revision
        end = revision
        self.sizeMax = sizeMax
    }

    /// Adds the events of what has happened up to a revision.
    mutating func append(_ new: [EventFrame], through revision: UInt64) {
        for frame in new {
            frames.append(frame)
            size += frame.size
        }
        end = revision
        while size > sizeMax, head < frames.count {
            size -= frames[head].size
            start = frames[head].revision
            head += 1
        }
        // Each frame is moved once for every one that has gone.
        if head > 1_024, head > frames.count / 2 {
            frames.removeFirst(head)
            head = 0
        }
    }

    /// As many of the events after a revision and up to another as go into one write, and up to where
    /// they reach: every event until there that the filter admits is among them.
    func chunk(
        after revision: UInt64, through last: UInt64, _ filter: EventFilter,
        bytesMax: Int = chunkBytesMax
    ) -> (bytes: ByteBuffer, reach: UInt64) {
        var bytes = ByteBuffer()
        var index = firstIndex(after: revision)
        let last = min(last, end)
        while index < frames.count, frames[index].revision <= last {
            if filter.admits(frames[index]) { bytes.writeBytes(frames[index].bytes) }
            index += 1
            if bytes.readableBytes >= bytesMax { return (bytes, frames[index - 1].revision) }
        }
        return (bytes, max(revision, last))
    }

    private func firstIndex(after revision: UInt64) -> Int {
        var low = head
        var high = frames.count
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].revision > revision { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
