package import BrokerCore
package import BrokerStore

/// A simulated disk with the store's files on it, which outlives the process that writes them.
///
/// It knows what the process has written and what of it was synced, and can lose the difference.
package final class SimDisk {
    /// What a sector loses or keeps as one.
    static let sectorBytes = 512
    private static let reserveBytes = 1 << 16

    /// Rows of the journal, as the process has written them.
    var journal: [UInt8] = []
    /// How much of it survives a power cut for certain.
    var journalSynced = 0
    /// Two places for a snapshot; the one that counts is never written to.
    var snapshots: [[UInt8]] = [[], []]
    var snapshotSynced = [0, 0]
    /// Which of them counts, as written and as synced; nil before the first.
    var current: Int?
    var currentSynced: Int?

    /// Bytes that may still be written; nil: without end.
    private(set) var space: Int?
    private(set) var holdsReserve = true
    var armed: DiskFault?
    /// Whether it says "synced" and does nothing: a control, which must be found.
    let liesAboutSync: Bool
    let instance: String

    package init(instance: String, liesAboutSync: Bool = false) {
        self.instance = instance
        self.liesAboutSync = liesAboutSync
    }

    func fill(leftBytes: Int) { space = leftBytes }

    func free() { space = nil }

    /// Whether so much more can be written.
    func take(_ bytes: Int) -> Bool {
        guard let space else { return true }
        guard bytes <= space else { return false }
        self.space = space - bytes
        return true
    }

    func releaseReserve() {
        guard holdsReserve else { return }
        holdsReserve = false
        if let space { self.space = space + Self.reserveBytes }
    }

    func restoreReserve() -> Bool {
        if holdsReserve { return true }
        if let space {
            guard space >= 2 * Self.reserveBytes else { return false }
            self.space = space - Self.reserveBytes
        }
        holdsReserve = true
        return true
    }

    /// The power goes: of what was not synced, each sector is there or not, by chance.
    func losePower(salt: UInt64) {
        var random = Random(seed: salt)
        Self.lose(&journal, synced: journalSynced, &random)
        for place in snapshots.indices {
            Self.lose(&snapshots[place], synced: snapshotSynced[place], &random)
        }
        if current != currentSynced, random.chance(percent: 50) { current = currentSynced }
        sync()
    }

    /// Everything that is written is on disk.
    func sync() {
        journalSynced = journal.count
        for place in snapshots.indices { snapshotSynced[place] = snapshots[place].count }
        currentSynced = current
    }

    private static func lose(_ bytes: inout [UInt8], synced: Int, _ random: inout Random) {
        guard bytes.count > synced else { return }
        // The length of the file is one of the things that may not have got there.
        if random.chance(percent: 40) {
            bytes.removeLast(random.below(bytes.count - synced + 1))
        }
        var start = synced
        while start < bytes.count {
            let end = min(bytes.count, (start / sectorBytes + 1) * sectorBytes)
            if random.chance(percent: 40) {
                for index in start..<end { bytes[index] = 0 }
            }
            start = end
        }
    }

    /// Forgets everything, as a new directory: what a restore starts from.
    func erase() {
        journal = []
        journalSynced = 0
        snapshots = [[], []]
        snapshotSynced = [0, 0]
        current = nil
        currentSynced = nil
        armed = nil
    }
}

/// The store of one simulated process: rows and snapshots in their real encoding on a `SimDisk`.
///
/// A row is its length, revision and checksum, then its bytes; reading ends at the first row that
/// is not whole, as the write-ahead log of a database does.
package final class SimStore: Store {
    /// What became of the latest batch.
    enum Appended {
        case nothing
        case written
        case full
    }

    package var instance: String { disk.instance }
    let disk: SimDisk
    private(set) var appended = Appended.nothing
    /// The batch whose append ended this process.
    private(set) var lost: JournalBatch?
    /// The fault that ended this process.
    private(set) var struck: DiskFault?
    /// Checksums of all that was appended, in one number.
    var trace = TraceHash()
    fileprivate var revision: UInt64 = 0
    private static let headBytes = 16

    package init(disk: SimDisk) { self.disk = disk }

    // MARK: Store

    package func recover() throws(StoreError) -> Recovery {
        do throws(ByteReader.Malformed) {
            var image: BrokerImage?
            if let place = disk.current {
                let bytes = disk.snapshots[place]
                guard bytes.count > 4,
                    CRC32C.of(Array(bytes.dropFirst(4)), number: 0) == Self.number(bytes, at: 0)
                else { throw ByteReader.Malformed("the snapshot fails its checksum") }
                image = try ImageCoding.decode(Array(bytes.dropFirst(4)))
            }
            revision = image?.revision ?? 0
            var tail: [JournalBatch] = []
            var position = 0
            while let row = row(at: position) {
                position = row.end
                guard row.revision > image?.revision ?? 0 else { continue }
                tail.append(try JournalCoding.decode(row.bytes, revision: row.revision))
                revision = row.revision
            }
            // What follows was never acknowledged; new rows take its place.
            disk.journal.removeLast(disk.journal.count - position)
            // What a killed process wrote may be seen and yet not be on disk; whoever answers from it
            // has to make it so first.
            if !disk.liesAboutSync { disk.sync() }
            return Recovery(snapshot: image, tail: tail)
        } catch {
            throw .damaged(error.message)
        }
    }

    package func history(
        after revision: UInt64, from: Instant, limit: Int
    ) throws(StoreError) -> [JournalBatch] {
        var found: [JournalBatch] = []
        var position = 0
        do throws(ByteReader.Malformed) {
            while let row = row(at: position), found.count < limit {
                position = row.end
                guard row.revision > revision else { continue }
                let batch = try JournalCoding.decode(row.bytes, revision: row.revision)
                if batch.entries.last.map({ $0.at >= from }) ?? false { found.append(batch) }
            }
        } catch {
            throw .damaged(error.message)
        }
        return found
    }

    private func row(at position: Int) -> (revision: UInt64, bytes: [UInt8], end: Int)? {
        let journal = disk.journal
        guard position + Self.headBytes <= journal.count else { return nil }
        let count = Int(Self.number(journal, at: position))
        let start = position + Self.headBytes
        guard count > 0, start + count <= journal.count else { return nil }
        let revision =
            UInt64(Self.number(journal, at: position + 4)) << 32
            | UInt64(Self.number(journal, at: position + 8))
        let bytes = Array(journal[start..<start + count])
        guard CRC32C.of(bytes, number: revision) == Self.number(journal, at: position + 12) else {
            return nil
        }
        return (revision, bytes, start + count)
    }

    package func append(_ batch: JournalBatch) throws(StoreError) {
        guard batch.after == revision else {
            throw .outOfOrder(expected: batch.after, found: revision)
        }
        appended = .nothing
        lost = batch
        let bytes = JournalCoding.encode(batch)
        let crc = CRC32C.of(bytes, number: batch.revision)
        try strike(.beforeWrite)
        guard disk.take(Self.headBytes + bytes.count) else {
            appended = .full
            lost = nil
            throw .full
        }
        if let fault = due(.tornWrite) {
            var random = Random(seed: fault.salt)
            writeRow(bytes, batch.revision, crc)
            disk.journal.removeLast(1 + random.below(Self.headBytes + bytes.count))
            throw end(fault)
        }
        writeRow(bytes, batch.revision, crc)
        try strike(.beforeSync)
        if !disk.liesAboutSync { disk.journalSynced = disk.journal.count }
        try strike(.afterSync)
        revision = batch.revision
        appended = .written
        lost = nil
        trace.mix(UInt64(crc) << 32 ^ batch.revision)
    }

    package func save(_ snapshot: BrokerImage) throws(StoreError) {
        guard snapshot.revision == revision else {
            throw .outOfOrder(expected: snapshot.revision, found: revision)
        }
        try strike(.beforeSnapshot)
        let image = ImageCoding.encode(snapshot)
        let crc = CRC32C.of(image, number: 0)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 + image.count)
        Self.append(crc, to: &bytes)
        bytes += image
        guard disk.take(bytes.count) else { throw .full }
        let place = disk.current == 0 ? 1 : 0
        disk.snapshotSynced[place] = 0
        if let fault = due(.tornSnapshot) {
            var random = Random(seed: fault.salt)
            disk.snapshots[place] = Array(bytes.prefix(random.below(bytes.count)))
            throw end(fault)
        }
        disk.snapshots[place] = bytes
        try strike(.beforeSnapshotSync)
        if !disk.liesAboutSync { disk.snapshotSynced[place] = bytes.count }
        try strike(.beforeSwitch)
        disk.current = place
        try strike(.afterSwitch)
        disk.currentSynced = place
        disk.journal.removeAll(keepingCapacity: true)
        disk.journalSynced = 0
        try strike(.afterSnapshot)
        trace.mix(UInt64(crc))
    }

    // A simulated journal ends at its snapshot, and has no readers.

    package func isBaseDue(at now: Instant) throws(StoreError) -> Bool { false }
    package func keepBase(_ state: BrokerImage) throws(StoreError) {}
    package func base(notAfter revision: UInt64?) throws(StoreError) -> BrokerImage? { nil }

    package func trim(
        before: Instant, through revision: UInt64, limit: Int
    ) throws(StoreError) -> Bool { false }

    package func releaseReserve() {
        appended = .nothing
        disk.releaseReserve()
    }

    /// The batch is answered: the next one may need no append at all.
    func batchIsAnswered() { appended = .nothing }

    package func restoreReserve() -> Bool { disk.restoreReserve() }

    package func close() {}

    // MARK: Faults

    private func due(_ point: DiskPoint) -> DiskFault? {
        guard let fault = disk.armed, fault.point == point else { return nil }
        return fault
    }

    private func strike(_ point: DiskPoint) throws(StoreError) {
        if let fault = due(point) { throw end(fault) }
    }

    /// The process ends here.
    private func end(_ fault: DiskFault) -> StoreError {
        disk.armed = nil
        struck = fault
        switch fault.kind {
        case .kill: break
        case .powerCut: disk.losePower(salt: fault.salt)
        case .error:
            // The pages may still be seen although they never got to the disk.
            if fault.salt & 1 == 0 { disk.losePower(salt: fault.salt) }
        }
        return .failed("the \(fault.kind) at \(fault.point) that was asked for")
    }

    // MARK: Bytes

    private func writeRow(_ bytes: [UInt8], _ revision: UInt64, _ crc: UInt32) {
        Self.append(UInt32(bytes.count), to: &disk.journal)
        Self.append(UInt32(revision >> 32), to: &disk.journal)
        Self.append(UInt32(truncatingIfNeeded: revision), to: &disk.journal)
        Self.append(crc, to: &disk.journal)
        disk.journal += bytes
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private static func number(_ bytes: [UInt8], at position: Int) -> UInt32 {
        bytes[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension SimStore {
    /// Puts a state into an empty store, as a restore does.
    ///
    /// - Throws: as `save`.
    func create(_ state: BrokerImage) throws(StoreError) {
        revision = state.revision
        try save(state)
    }
}
