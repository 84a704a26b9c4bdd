import BrokerCore
import BrokerStore
import NIOCore

/// The ring of the latest events and who follows it; the feed's thread alone has it.
struct LiveEvents {
    /// So often a reader whose filter lets nothing pass is told how far it is.
    private static let positionMilliseconds: Int64 = 15_000

    private var maker: EventMaker
    private var ring: EventRing
    private let ringSizeMax: Int
    private var readers: [EventReader] = []
    private var isSomebodyBehind = false
    private var positionsToldAt: Int64 = 0

    /// - Parameter broker: the state before the first batch.
    init(_ broker: Broker, ringSizeMax: Int) {
        maker = EventMaker(broker)
        ring = EventRing(after: maker.revision, sizeMax: ringSizeMax)
        self.ringSizeMax = ringSizeMax
    }

    /// Begins anew with a later state; readers stay where they are.
    mutating func restart(_ broker: Broker) {
        maker = EventMaker(broker)
        ring = EventRing(after: maker.revision, sizeMax: ringSizeMax)
    }

    /// Everything after this revision is in the ring.
    var start: UInt64 { ring.start }

    var hasReaders: Bool { !readers.isEmpty }

    /// How long to wait for something to happen.
    var pauseMilliseconds: Int64 { isSomebodyBehind ? restMilliseconds : 1_000 }

    /// How long to gather before the next round of writes: half a millisecond a reader, so that many
    /// readers cost no more than a few of them do.
    var restMilliseconds: Int64 { min(100, max(10, Int64(readers.count) / 2)) }

    mutating func take(_ batch: JournalBatch) {
        // What was under way when the stream was followed anew is in the state already.
        guard batch.after >= maker.revision else { return }
        do throws(Broker.Misfit) {
            ring.append(
                try maker.events(of: batch).map { EventFrame($0) }, through: batch.revision)
        } catch {
            // The writer applied it to the same state a moment ago.
            preconditionFailure(error.message)
        }
    }

    mutating func add(_ reader: EventReader) { readers.append(reader) }

    /// Sends everybody what is new to them.
    ///
    /// - Returns: those who are to be brought to the ring's start first; they follow no longer.
    mutating func feed(now: Int64) -> [EventReader] {
        var behind: [EventReader] = []
        var staying: [EventReader] = []
        var chunks: [UInt64: (bytes: ByteBuffer, reach: UInt64)] = [:]
        isSomebodyBehind = false
        let isTimeForPositions = now - positionsToldAt >= Self.positionMilliseconds
        if isTimeForPositions { positionsToldAt = now }
        for reader in readers where reader.handle.status != .ended {
            let isBehind = reader.cursor < ring.start
            if reader.isStuck(now: now) || isBehind && reader.handle.status == .full {
                reader.drop(EventReader.tooSlow)
                continue
            }
            guard !isBehind else {
                behind.append(reader)
                continue
            }
            send(to: reader, &chunks)
            guard !reader.isDone else {
                reader.handle.finish()
                continue
            }
            if isTimeForPositions, reader.handle.status == .open { reader.tellPosition() }
            staying.append(reader)
        }
        readers = staying
        return behind
    }

    private mutating func send(
        to reader: EventReader, _ chunks: inout [UInt64: (bytes: ByteBuffer, reach: UInt64)]
    ) {
        let last = min(ring.end, reader.until ?? .max)
        while reader.cursor < last {
            guard reader.handle.status == .open else {
                isSomebodyBehind = true
                return
            }
            let chunk: (bytes: ByteBuffer, reach: UInt64)
            if reader.filter.isOpen, reader.until == nil {
                // Readers that are equally far share the same bytes.
                chunk =
                    chunks[reader.cursor]
                    ?? ring.chunk(after: reader.cursor, through: last, reader.filter)
                chunks[reader.cursor] = chunk
            } else {
                chunk = ring.chunk(after: reader.cursor, through: last, reader.filter)
            }
            reader.send(chunk.bytes, through: chunk.reach)
        }
        // What is under way may be too much for it already.
        if reader.handle.status == .full { isSomebodyBehind = true }
    }
}
