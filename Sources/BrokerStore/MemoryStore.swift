package import BrokerCore

/// A store without a disk, for tests and simulations: what it was given is gone with it.
///
/// It keeps bytes, not values, so that encoding is exercised as it is on disk.
package final class MemoryStore: Store {
    package let instance: String
    private var snapshot: [UInt8]?
    /// Oldest first.
    private var bases: [(revision: UInt64, at: Instant, bytes: [UInt8])] = []
    private var rows: [(revision: UInt64, bytes: [UInt8])] = []
    private var revision: UInt64 = 0
    /// Bytes that may still be written; nil: without end.
    package var space: Int?

    package init(instance: String = "memory") { self.instance = instance }

    package func recover() throws(StoreError) -> Recovery {
        do {
            let image = try snapshot.map { bytes throws(ByteReader.Malformed) in
                try ImageCoding.decode(bytes)
            }
            var tail: [JournalBatch] = []
            for row in rows where row.revision > image?.revision ?? 0 {
                tail.append(try JournalCoding.decode(row.bytes, revision: row.revision))
            }
            return Recovery(snapshot: image, tail: tail)
        } catch {
            throw StoreError(error)
        }
    }

    package func append(_ batch: JournalBatch) throws(StoreError) {
        guard batch.after == revision else {
            throw .outOfOrder(expected: batch.after, found: revision)
        }
        let bytes = JournalCoding.encode(batch)
        if let space {
            guard bytes.count <= space else { throw .full }
            self.space = space - bytes.count
        }
        rows.append((revision: batch.revision, bytes: bytes))
        revision = batch.revision
    }

    package func save(_ snapshot: BrokerImage) throws(StoreError) {
        guard snapshot.revision == revision else {
            throw .outOfOrder(expected: snapshot.revision, found: revision)
        }
        self.snapshot = ImageCoding.encode(snapshot)
        let isDue =
            bases.last.map {
                $0.at <= snapshot.latest.adding(seconds: -JournalRetention.baseSeconds)
            } ?? true
        guard isDue, bases.last?.revision != snapshot.revision else { return }
        bases.append((snapshot.revision, snapshot.latest, ImageCoding.encode(snapshot.asBase)))
    }

    package func isBaseDue(at now: Instant) throws(StoreError) -> Bool {
        let base = bases.last?.revision ?? 0
        guard let row = rows.first(where: { $0.revision > base }) else { return false }
        do {
            let batch = try JournalCoding.decode(row.bytes, revision: row.revision)
            let due = now.adding(seconds: -JournalRetention.baseWaitSeconds)
            return batch.entries.last.map { $0.at <= due } ?? false
        } catch {
            throw StoreError(error)
        }
    }

    package func keepBase(_ state: BrokerImage) throws(StoreError) {
        guard state.revision == revision else {
            throw .outOfOrder(expected: state.revision, found: revision)
        }
        guard bases.last?.revision != state.revision else { return }
        bases.append((state.revision, state.latest, ImageCoding.encode(state.asBase)))
    }

    package func base(notAfter revision: UInt64?) throws(StoreError) -> BrokerImage? {
        do {
            var found: [BrokerImage] = []
            let first = try rows.first.map { row throws(ByteReader.Malformed) in
                try JournalCoding.decode(row.bytes, revision: row.revision).after
            }
            if first == 0 || first == nil && snapshot == nil { found.append(BrokerImage()) }
            for base in bases { found.append(try ImageCoding.decode(base.bytes)) }
            if let snapshot { found.append(try ImageCoding.decode(snapshot).asBase) }
            guard let revision else { return found.first }
            return found.last { $0.revision <= revision }
        } catch {
            throw StoreError(error)
        }
    }

    package func trim(
        before: Instant, through revision: UInt64, limit: Int
    ) throws(StoreError) -> Bool {
        guard let cut = bases.last(where: { $0.at <= before && $0.revision <= revision }) else {
            return false
        }
        bases.removeAll { $0.revision < cut.revision }
        let count = min(limit, rows.prefix { $0.revision <= cut.revision }.count)
        rows.removeFirst(count)
        return count == limit
    }

    package func history(
        after revision: UInt64, from: Instant, limit: Int
    ) throws(StoreError) -> [JournalBatch] {
        var found: [JournalBatch] = []
        do {
            for row in rows where row.revision > revision && found.count < limit {
                let batch = try JournalCoding.decode(row.bytes, revision: row.revision)
                if batch.entries.last.map({ $0.at >= from }) ?? false { found.append(batch) }
            }
        } catch {
            throw StoreError(error)
        }
        return found
    }

    package func releaseReserve() {}
    package func restoreReserve() -> Bool { space.map { $0 > 0 } ?? true }
    package func close() {}
}
