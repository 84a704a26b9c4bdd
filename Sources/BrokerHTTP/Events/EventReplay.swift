import BrokerCore
import BrokerService
import BrokerStore
import Glibc
import NIOCore

/// Brings readers from where they are to where the live feed begins, out of the stored journal.
///
/// The state before the first of them comes from the newest base that the store keeps before it, and
/// the batches behind that. It runs on a thread of its own; of the writer's time it takes a
/// millisecond now and then.
struct EventReplay {
    /// Batches that are read in one go.
    private static let batchCount = 64
    /// How long all readers together are waited for with each of these: many times what a client
    /// that reads needs to take an eighth of a megabyte. Who needs longer is left behind, and has a
    /// replay of its own later; the others go on.
    private static let waitMillisecondsMax: Int64 = 200

    private let service: BrokerService
    private var readers: [EventReader]
    private var sentBytes = 0
    private var waitMillisecondsLeft = waitMillisecondsMax
    /// Gives back who cannot be waited for.
    private let park: (EventReader) -> Void

    init(
        _ service: BrokerService, _ readers: [EventReader],
        park: @escaping (EventReader) -> Void
    ) {
        self.service = service
        self.readers = readers
        self.park = park
        for reader in readers { reader.beginCatchingUp() }
    }

    /// Sends what lies behind; gives those who are to follow the feed from where they are now. When
    /// the daemon stops, the streams end where they are.
    ///
    /// - Parameter end: where the feed begins at present.
    mutating func run(until end: () -> UInt64) -> [EventReader] {
        guard let first = readers.map(\.cursor).min() else { return [] }
        do {
            guard let base = try service.journalBase(notAfter: first) else {
                dropAll("The journal does not go back to this revision any more.")
                return []
            }
            var maker = EventMaker(try Broker(image: base))
            while !readers.isEmpty {
                guard !service.isStopping else { break }
                waitMillisecondsLeft = Self.waitMillisecondsMax
                let batches = try service.journal(after: maker.revision, limit: Self.batchCount)
                if batches.isEmpty { break }
                for batch in batches {
                    guard batch.after == maker.revision else {
                        throw StoreError.failed("it was cut meanwhile")
                    }
                    try take(batch, &maker, first)
                }
                leaveDone()
                rest()
                if maker.revision >= end() { break }
            }
            return readers
        } catch {
            let why = (error as? StoreError)?.text ?? (error as? Broker.Misfit)?.message
            dropAll("The journal could not be read: \(why ?? "\(error)")")
            return []
        }
    }

    private mutating func take(
        _ batch: JournalBatch, _ maker: inout EventMaker, _ first: UInt64
    ) throws(Broker.Misfit) {
        guard batch.revision > first else { return try maker.skip(batch) }
        var ring = EventRing(after: batch.after, sizeMax: .max)
        ring.append(try maker.events(of: batch).map { EventFrame($0) }, through: batch.revision)
        var staying: [EventReader] = []
        for reader in readers where send(ring, to: reader) { staying.append(reader) }
        readers = staying
    }

    /// The past is sent no faster than the present; see `LiveEvents`.
    private mutating func rest() {
        usleep(UInt32(sentBytes / LiveEvents.bytesPerMillisecond) * 1_000)
        sentBytes = 0
    }

    /// False when it is not to be sent more here.
    private mutating func send(_ ring: EventRing, to reader: EventReader) -> Bool {
        let last = min(ring.end, reader.until ?? .max)
        while reader.cursor < last {
            let (bytes, reach) = ring.chunk(after: reader.cursor, through: last, reader.filter)
            sentBytes += bytes.readableBytes
            switch reader.send(bytes, through: reach) {
            case .open: continue
            case .full: guard reader.isDone || waitFor(reader) else { return false }
            case .ended: return false
            }
        }
        return true
    }

    /// False when it is not to be waited for longer.
    private mutating func waitFor(_ reader: EventReader) -> Bool {
        if waitMillisecondsLeft > 0 {
            waitMillisecondsLeft -= reader.waitUntilWritable(milliseconds: waitMillisecondsLeft)
        }
        switch reader.handle.status {
        case .open where !reader.isTooSlow: return true
        case .ended: return false
        case .open, .full:
            if reader.isTooSlow {
                reader.drop(EventReader.tooSlow)
            } else {
                reader.park(now: EventFeed.milliseconds())
                park(reader)
            }
            return false
        }
    }

    private mutating func leaveDone() {
        readers.removeAll { reader in
            if reader.isDone { reader.handle.finish() }
            return reader.isDone || reader.handle.status == .ended
        }
    }

    private mutating func dropAll(_ detail: String) {
        for reader in readers { reader.drop(detail) }
        readers = []
    }
}
