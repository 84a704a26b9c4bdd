import BrokerCore
import BrokerEngine
import BrokerStore
import BrokerStoreSQLite
import GRDB
import Glibc
import Testing

/// The note of the newest revision, against databases that have and have not lost something.
@Suite struct TipTests {
    /// A closed store of some batches.
    private struct House {
        let folder = TemporaryFolder()
        private(set) var batches: [JournalBatch] = []

        /// - Parameter smallCount: so many batches of one record come last.
        init(batchCount: Int = 5, smallCount: Int = 0, instance: String = "name") throws {
            var samples = Samples(seed: 1)
            let store = try SQLiteStore(directory: folder.path) { instance }
            #expect(store.tipNotice == nil)
            for _ in 0..<batchCount {
                batches.append(samples.batch(after: batches.last?.revision ?? 0))
                try store.append(batches.last!)
            }
            for _ in 0..<smallCount {
                let entry = JournalEntry(
                    at: Instant(milliseconds: 1), actor: .system, verb: .setSeatLimit,
                    records: [.seatLimitSet(1)])
                batches.append(
                    JournalBatch(after: batches.last?.revision ?? 0, entries: [entry]))
                try store.append(batches.last!)
            }
            store.close()
        }

        var tip: String { "\(folder.path)/tip" }

        var revision: UInt64 { batches.last?.revision ?? 0 }

        func open() throws -> SQLiteStore {
            try SQLiteStore(directory: folder.path) { "drawn anew" }
        }

        /// Takes rows out, as a log that ends too early does.
        func dropRows(after revision: UInt64) throws {
            let queue = try DatabaseQueue(path: folder.database)
            try queue.writeWithoutTransaction {
                try $0.execute(
                    sql: "DELETE FROM journal WHERE revision > ?", arguments: [Int64(revision)])
            }
            try queue.close()
        }

        func edit(_ sql: String) throws {
            let queue = try DatabaseQueue(path: folder.database)
            try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
            try queue.close()
        }

        /// What opening says, after which the store is closed again.
        func finding() throws -> Finding {
            do {
                let store = try open()
                defer { store.close() }
                let tail = try store.recover().tail
                #expect(tail == Array(batches.prefix(tail.count)))
                return .opened(tail.count, store.tipNotice)
            } catch StoreError.damaged(let why) {
                return .damaged(why)
            } catch StoreError.tooNew {
                return .tooNew
            }
        }

        func write(_ bytes: [UInt8], at offset: Int) {
            let descriptor = Glibc.open(tip, O_WRONLY)
            #expect(pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count)
            close(descriptor)
        }
    }

    private enum Finding: Equatable {
        case opened(_ batchCount: Int, TipNotice?)
        case damaged(String)
        case tooNew

        var isRefused: Bool { isDamaged || self == .tooNew }

        var isDamaged: Bool { if case .damaged = self { true } else { false } }
    }

    /// Where the newest of so many batches is noted: they take turns, from the second slot on.
    private func slot(of batch: Int) -> Int { batch % 2 * 4_096 }

    @Test func oneLostRecordIsNoticed() throws {
        let house = try House(smallCount: 2)
        try house.dropRows(after: house.revision - 1)
        #expect(try house.finding().isDamaged)
    }

    @Test func theTipIsOfTheSizeItWillAlwaysHave() throws {
        var file = stat()
        for count in 0..<4 {
            let house = try House(batchCount: count)
            #expect(stat(house.tip, &file) == 0)
            #expect(file.st_size == 8_192 && file.st_mode & 0o777 == 0o600)
            #expect(try house.finding() == .opened(count, nil))
        }
    }

    /// Equal is taken; one batch less is refused with what is missing, at every start until somebody
    /// has decided.
    @Test func aDatabaseThatHasLostItsEnd() throws {
        let house = try House()
        try house.dropRows(after: house.revision)
        #expect(try house.finding() == .opened(5, nil))
        for kept in [4, 2, 0] {
            let end = kept == 0 ? 0 : house.batches[kept - 1].revision
            try house.dropRows(after: end)
            for _ in 0..<2 {
                guard case .damaged(let why) = try house.finding() else {
                    Issue.record("\(kept) of 5 batches were taken for all")
                    return
                }
                #expect(why.contains("the last \(house.revision - end) acknowledged records"))
                #expect(why.contains("brokerd restore --accept-loss"))
            }
        }
    }

    /// A process that was killed between its commit and its note: any number of batches ahead.
    @Test(arguments: [1, 2, 5]) func aDatabaseThatIsAhead(count: Int) throws {
        let house = try House()
        let old = try #require(readFile(house.tip))
        var samples = Samples(seed: 9)
        let store = try house.open()
        var revision = house.revision
        for _ in 0..<count {
            let batch = samples.batch(after: revision)
            try store.append(batch)
            revision = batch.revision
        }
        store.close()
        house.write(old, at: 0)
        let again = try house.open()
        #expect(again.tipNotice == nil)
        #expect(try again.recover().tail.count == 5 + count)
        again.close()
        // And what was made good counts from then on.
        try house.dropRows(after: revision - 1)
        #expect(try house.finding().isDamaged)
    }

    /// The log's last frames are gone: what SQLite itself takes for an orderly end.
    @Test(arguments: [1, 4_000, 5_000, 12_000]) func aLogThatWasCutShort(byteCount: Int) throws {
        let folder = TemporaryFolder()
        try withoutClosing(folder) {
            let log = "\(folder.path)/broker.sqlite-wal"
            var file = stat()
            #expect(stat(log, &file) == 0 && file.st_size > 20_000)
            #expect(truncate(log, file.st_size - off_t(byteCount)) == 0)
            let size = file.st_size - off_t(byteCount)
            for _ in 0..<2 {
                #expect(throws: StoreError.self) {
                    try SQLiteStore(directory: folder.path) { "x" }
                }
                // It was left as it was, for whoever can make something of it.
                #expect(stat(log, &file) == 0 && file.st_size == size)
            }
        }
    }

    /// One bit in the last page of the log.
    @Test func aFlippedBitInTheLog() throws {
        let folder = TemporaryFolder()
        try withoutClosing(folder) {
            let log = "\(folder.path)/broker.sqlite-wal"
            var bytes = try #require(readFile(log))
            bytes[bytes.count - 100] ^= 4
            try writeFile(bytes, to: log)
            #expect(throws: StoreError.self) { try SQLiteStore(directory: folder.path) { "x" } }
            bytes[bytes.count - 100] ^= 4
            try writeFile(bytes, to: log)
            let store = try SQLiteStore(directory: folder.path) { "x" }
            #expect(try store.recover().tail.count == 5)
            store.close()
            #expect(access(log, F_OK) != 0)
        }
    }

    /// Copies the files of a store that has five batches and was not closed into a folder.
    private func withoutClosing(_ folder: TemporaryFolder, _ body: () throws -> Void) throws {
        let live = TemporaryFolder()
        let store = try SQLiteStore(directory: live.path) { "name" }
        var samples = Samples(seed: 1)
        var revision: UInt64 = 0
        for _ in 0..<5 {
            let batch = samples.batch(after: revision)
            try store.append(batch)
            revision = batch.revision
        }
        for name in ["broker.sqlite", "broker.sqlite-wal", "tip"] {
            let bytes = try #require(readFile("\(live.path)/\(name)"))
            try writeFile(bytes, to: "\(folder.path)/\(name)")
        }
        store.close()
        try body()
    }

    // MARK: The file itself

    @Test func aMissingTipIsMade() throws {
        let house = try House()
        unlink(house.tip)
        #expect(try house.finding() == .opened(5, .missing))
        #expect(try house.finding() == .opened(5, nil))
        try house.dropRows(after: house.batches[3].revision)
        #expect(try house.finding().isDamaged)
    }

    /// One bad slot is a torn write: the other says a little less, and says it.
    @Test(arguments: [0, 8, 16, 24, 27]) func aTornSlot(byte: Int) throws {
        for slots in [[5], [4], [4, 5]] {
            let house = try House()
            for batch in slots { house.write([0xA5], at: slot(of: batch) + byte) }
            let notice: TipNotice? = slots.count == 2 ? .unusable : nil
            #expect(try house.finding() == .opened(5, notice), "\(slots)")
        }
        // The newest note is torn: what the older one says still counts.
        let house = try House()
        house.write([0xA5], at: slot(of: 5) + byte)
        try house.dropRows(after: house.batches[2].revision)
        #expect(try house.finding().isDamaged)
    }

    @Test(arguments: [0, 10, 27, 28, 4_096]) func aTipThatIsCutShort(size: Int) throws {
        let house = try House()
        #expect(truncate(house.tip, off_t(size)) == 0)
        // The whole of the first slot is batch four's, which the database has.
        #expect(try house.finding() == .opened(5, size < 28 ? .unusable : nil))
        #expect(try house.finding() == .opened(5, nil))
    }

    @Test func anotherStoresTip() throws {
        let house = try House()
        let other = try House(batchCount: 40, instance: "other")
        try writeFile(try #require(readFile(other.tip)), to: house.tip)
        #expect(try house.finding() == .opened(5, .foreign))
        #expect(try house.finding() == .opened(5, nil))
    }

    @Test func aTipThatCannotBeWritten() throws {
        let house = try House()
        unlink(house.tip)
        #expect(mkdir(house.tip, 0o700) == 0 && mkdir("\(house.tip)/x", 0o700) == 0)
        defer {
            rmdir("\(house.tip)/x")
            rmdir(house.tip)
        }
        let store = try house.open()
        guard case .unwritable = store.tipNotice else {
            Issue.record("\(String(describing: store.tipNotice))")
            return
        }
        var samples = Samples(seed: 3)
        try store.append(samples.batch(after: house.revision))
        rmdir("\(house.tip)/x")
        rmdir(house.tip)
        // It comes with the reserve.
        #expect(store.restoreReserve())
        #expect(access(house.tip, F_OK) == 0)
        store.close()
    }

    /// The database's file is gone, or has nothing in it: not a new state.
    @Test(arguments: [true, false]) func aDatabaseThatIsGone(isEmpty: Bool) throws {
        let house = try House()
        unlink(house.folder.database)
        if isEmpty { try writeFile([], to: house.folder.database) }
        for _ in 0..<2 { #expect(try house.finding().isDamaged) }
        // A state that never acknowledged anything has nothing to lose.
        let fresh = try House(batchCount: 0)
        unlink(fresh.folder.database)
        #expect(try fresh.finding() == .opened(0, .foreign))
    }

    // MARK: Made of a backup, or of what is left

    @Test func aStoreThatWasMadeOfAnImage() throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 2)
        try SQLiteStore.create(directory: folder.path, state: samples.image(revision: 41)) { "n" }
        var store = try SQLiteStore(directory: folder.path) { "x" }
        #expect(store.tipNotice == nil)
        store.close()
        // The making was interrupted before the state was in.
        let queue = try DatabaseQueue(path: folder.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM snapshot") }
        try queue.close()
        #expect(throws: StoreError.self) { try SQLiteStore(directory: folder.path) { "x" } }
        unlink(folder.database)
        #expect(throws: StoreError.self) { try SQLiteStore(directory: folder.path) { "x" } }
        // It can be done again.
        try SQLiteStore.create(directory: folder.path, state: samples.image(revision: 7)) { "m" }
        store = try SQLiteStore(directory: folder.path) { "x" }
        #expect(store.tipNotice == nil && store.instance == "m")
        store.close()
    }

    @Test func whatIsLeft() throws {
        let house = try House()
        func salvage() throws -> Salvage { try SQLiteStore.salvage(directory: house.folder.path) }
        #expect(try salvage().recovery.tail == house.batches)
        #expect(try salvage().acknowledged == house.revision)
        try house.dropRows(after: house.batches[3].revision)
        #expect(try salvage().recovery.tail == Array(house.batches[..<4]))
        #expect(try salvage().acknowledged == house.revision)
        // A bad row ends it, and so does what is behind it.
        let queue = try DatabaseQueue(path: house.folder.database)
        try queue.writeWithoutTransaction {
            try $0.execute(
                sql: "UPDATE journal SET crc = crc + 1 WHERE revision = ?",
                arguments: [Int64(house.batches[1].revision)])
        }
        try queue.close()
        #expect(try salvage().recovery.tail == Array(house.batches[..<1]))
        // Nor do these keep anything from being read.
        for sql in ["PRAGMA user_version = 99", "CREATE TABLE notes (text)", "DELETE FROM meta"] {
            try house.edit(sql)
            #expect(try house.finding().isRefused)
            #expect(try salvage().recovery.tail == Array(house.batches[..<1]))
        }
        try writeFile(Array(repeating: 0x41, count: 8_192), to: house.folder.database)
        #expect(try salvage().recovery.tail.isEmpty)
        #expect(try salvage().acknowledged == house.revision)
        unlink(house.folder.database)
        #expect(try salvage().recovery.tail.isEmpty)
        #expect(access(house.folder.database, F_OK) != 0)
        unlink(house.tip)
        #expect(throws: StoreError.self) { try salvage() }
    }

    /// What a killed process left in the log is in the database before anybody is answered from it:
    /// the log alone may not be on disk.
    @Test func whatWasReadIsSecured() throws {
        let folder = TemporaryFolder()
        let store = try SQLiteStore(directory: folder.path) { "name" }
        let history = History(store: store)
        try history.live(1..<10)
        // As after a kill: the files, with a log that was never moved.
        let killed = TemporaryFolder()
        #expect(mkdir(killed.path, 0o700) == 0 || errno == EEXIST)
        for name in ["broker.sqlite", "broker.sqlite-wal", "tip"] {
            let bytes = try #require(readFile("\(folder.path)/\(name)"))
            try writeFile(bytes, to: "\(killed.path)/\(name)")
        }
        let again = try SQLiteStore(directory: killed.path) { "name" }
        // The database without its log, as it is on disk now.
        let bare = TemporaryFolder()
        #expect(mkdir(bare.path, 0o700) == 0 || errno == EEXIST)
        try writeFile(try #require(readFile(killed.database)), to: bare.database)
        let queue = try DatabaseQueue(path: bare.database)
        let revision = try queue.read {
            try Int64.fetchOne($0, sql: "SELECT max(revision) FROM journal")
        }
        #expect(revision == Int64(history.engine.broker.revision))
        #expect(
            try Engine.recover(try again.recover()).image == history.engine.broker.image)
        again.close()
        store.close()
    }

    private func readFile(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    private func writeFile(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        fclose(file)
    }
}
