import BrokerCore
import BrokerService
import BrokerSite
import BrokerStore
import NIOCore

/// The ring of the latest events and who follows it; the feed's thread alone has it.
struct LiveEvents {
    /// So often a reader whose filter lets nothing pass is told how far it is.
    private static let positionMilliseconds: Int64 = 15_000

    /// What is sent to all readers together in one round, and in one second. Each megabyte costs the
    /// machine some two milliseconds, the readers' side included: 6 % of a core, whatever happens.
    /// Who follows a busy house with two hundred others is some seconds behind.
    private static let roundBytes = 4 << 20
    static let bytesPerMillisecond = 32_000

    private var maker: EventMaker
    private var ring: EventRing
    private let ringSizeMax: Int
    /// Batches of which no events were made yet; those before `nextBatch` are done.
    private var batches: [JournalBatch] = []
    private var nextBatch = 0
    private var readers: [EventReader] = []
    private var isSomebodyBehind = false
    private var sentBytes = 0
    private var positionsToldAt: Int64 = 0

    /// - Parameter broker: the state before the first batch.
    init(_ broker: Broker, ringSizeMax: Int) {
        maker = EventMaker(broker)
        ring = EventRing(after: maker.revision, sizeMax: ringSizeMax)
        self.ringSizeMax = ringSizeMax
    }

    /// Begins anew with a later state; readers stay where they are.
    ///
    /// - Returns: how many records were left of which no events were made.
    mutating func restart(_ broker: Broker) -> Int {
        let left = batches[nextBatch...].reduce(0) { $0 + $1.recordCount }
        maker = EventMaker(broker)
        ring = EventRing(after: maker.revision, sizeMax: ringSizeMax)
        batches = []
        nextBatch = 0
        return left
    }

    /// Everything after this revision is in the ring.
    var start: UInt64 { ring.start }

    var hasReaders: Bool { !readers.isEmpty }

    /// How long to wait for something to happen.
    var pauseMilliseconds: Int64 {
        nextBatch < batches.count ? 0 : isSomebodyBehind ? gatherMilliseconds : 1_000
    }

    /// How long to rest after a round; 0 where nothing was sent.
    var restMilliseconds: Int64 {
        guard sentBytes > 0 else { return 0 }
        let paid = Int64(sentBytes / Self.bytesPerMillisecond) + 1
        return isSomebodyBehind || nextBatch < batches.count
            ? paid : max(paid, gatherMilliseconds)
    }

    /// How long to gather before the next round of writes: half a millisecond a reader, of which each
    /// write takes a twentieth, so that many readers cost no more than some do.
    private var gatherMilliseconds: Int64 { min(128, max(10, Int64(readers.count) / 2)) }

    /// What one reader gets in a round, at the most.
    private var chunkBytes: Int {
        min(EventRing.chunkBytesMax, Self.roundBytes / max(1, readers.count))
    }

    /// Takes a batch, of which events are made when there is time for them.
    mutating func take(_ batch: JournalBatch) { batches.append(batch) }

    /// Makes the events that a round can send, and a few more.
    ///
    /// - Returns: the records that are done with.
    mutating func makeEvents() -> Int {
        var size = 0
        var recordCount = 0
        while nextBatch < batches.count, size < 2 * chunkBytes {
            recordCount += batches[nextBatch].recordCount
            size += makeEvents(of: batches[nextBatch])
            nextBatch += 1
        }
        if nextBatch == batches.count {
            batches.removeAll(keepingCapacity: batches.count <= 1_024)
            nextBatch = 0
        } else if nextBatch > 1_024 {
            // While the house is busy there is no end of them.
            batches.removeFirst(nextBatch)
            nextBatch = 0
        }
        return recordCount
    }

    /// - Returns: their size.
    private mutating func makeEvents(of batch: JournalBatch) -> Int {
        // What was under way when the stream was followed anew is in the state already.
        guard batch.after >= maker.revision else { return 0 }
        do throws(Broker.Misfit) {
            let frames = try maker.events(of: batch).map { EventFrame($0) }
            ring.append(frames, through: batch.revision)
            return frames.reduce(0) { $0 + $1.bytes.count }
        } catch {
            // The writer applied it to the same state a moment ago.
            preconditionFailure(error.message)
        }
    }

    mutating func add(_ reader: EventReader) { readers.append(reader) }

    /// Ends the streams of those who may not read any more.
    mutating func admit(_ roles: DaemonConfiguration.Roles) {
        readers.removeAll { reader in
            let isOut = !reader.isAdmitted(roles)
            if isOut { reader.cutOff() }
            return isOut
        }
    }

    /// Ends all streams where they are.
    mutating func cutOff() {
        for reader in readers { reader.cutOff() }
        readers = []
    }

    /// Sends everybody some of what is new to them.
    ///
    /// - Returns: those who are to be brought to the ring's start first; they follow no longer.
    mutating func feed(now: Int64) -> [EventReader] {
        var behind: [EventReader] = []
        var staying: [EventReader] = []
        var chunks: [UInt64: (bytes: ByteBuffer, reach: UInt64)] = [:]
        isSomebodyBehind = false
        sentBytes = 0
        let isTimeForPositions = now - positionsToldAt >= Self.positionMilliseconds
        if isTimeForPositions { positionsToldAt = now }
        for reader in readers where reader.handle.status != .ended {
            let isBehind = reader.cursor < ring.start
            // Who has left the ring does not read; who never was in it may be on its way.
            let hasLeft = isBehind && reader.handle.status == .full && !reader.isCatchingUp
            if reader.isStuck(now: now) || hasLeft || isBehind && reader.isTooSlow {
                reader.drop(EventReader.tooSlow)
                continue
            }
            guard !isBehind else {
                if reader.isParked(now: now) {
                    staying.append(reader)
                } else {
                    behind.append(reader)
                }
                continue
            }
            reader.endCatchingUp()
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
        if reader.cursor < last, reader.handle.status == .open {
            let chunk: (bytes: ByteBuffer, reach: UInt64)
            if reader.filter.isOpen, reader.until == nil {
                // Readers that are equally far share the same bytes.
                chunk =
                    chunks[reader.cursor]
                    ?? ring.chunk(
                        after: reader.cursor, through: last, reader.filter, bytesMax: chunkBytes)
                chunks[reader.cursor] = chunk
            } else {
                chunk = ring.chunk(
                    after: reader.cursor, through: last, reader.filter, bytesMax: chunkBytes)
            }
            sentBytes += chunk.bytes.readableBytes
            reader.send(chunk.bytes, through: chunk.reach)
        }
        // Or what is under way may be too much for it.
        if reader.cursor < last || reader.handle.status == .full { isSomebodyBehind = true }
    }
}

extension JournalBatch {
    fileprivate var recordCount: Int { Int(revision - after) }
}
