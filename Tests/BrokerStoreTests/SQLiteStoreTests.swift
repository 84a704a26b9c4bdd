import BrokerCore
import BrokerEngine
import BrokerStore
import GRDB
import Glibc
import Testing

@testable import BrokerStoreSQLite

/// What the SQLite store makes of files that are not as it left them.
@Suite struct SQLiteStoreTests {
    private func open(_ folder: TemporaryFolder) throws -> SQLiteStore {
        try SQLiteStore(directory: folder.path) { "name" }
    }

    /// Runs statements on a database that no store has open.
    private func edit(_ folder: TemporaryFolder, _ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func fetch<Value: DatabaseValueConvertible>(
        _ type: Value.Type, _ folder: TemporaryFolder, _ sql: String
    ) throws -> [Value] {
        let queue = try DatabaseQueue(path: folder.database)
        defer { try? queue.close() }
        return try queue.read { try Value.fetchAll($0, sql: sql) }
    }

    /// A closed store with a history: a snapshot and batches behind it.
    private func history(_ folder: TemporaryFolder, snapshot: Bool = true) throws -> BrokerImage {
        let store = try open(folder)
        let history = History(store: store)
        try history.live(1..<10)
        if snapshot {
            try store.save(history.engine.broker.image)
            try history.live(10..<20)
        }
        store.close()
        return history.engine.broker.image
    }

    /// The state that the folder's store gives, or the refusal.
    private func state(_ folder: TemporaryFolder) throws -> BrokerImage {
        let store = try open(folder)
        defer { store.close() }
        return try Engine.recover(try store.recover()).image
    }

    private func expectDamaged(
        _ folder: TemporaryFolder, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            _ = try state(folder)
            Issue.record("it was taken", sourceLocation: sourceLocation)
        } catch let error as StoreError {
            guard case .damaged = error else {
                Issue.record("\(error)", sourceLocation: sourceLocation)
                return
            }
        } catch {
            // A gap is found by who puts the batches together.
            #expect(error is Broker.Misfit, sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [true, false]) func aHistoryComesBack(snapshot: Bool) throws {
        let folder = TemporaryFolder()
        let image = try history(folder, snapshot: snapshot)
        #expect(try state(folder) == image)
        #expect(try state(folder) == image)
    }

    // MARK: One process

    @Test func aSecondOpenerIsRefused() throws {
        let folder = TemporaryFolder()
        let store = try open(folder)
        for _ in 0..<2 {
            do {
                _ = try open(folder)
                Issue.record("two have it")
            } catch StoreError.inUse(let who) {
                #expect(who.contains("process \(getpid())"))
            }
        }
        // The first one is none the worse for it.
        var samples = Samples(seed: 1)
        try store.append(samples.batch(after: 0))
        store.close()
        try open(folder).close()
    }

    @Test func createIsForAnEmptyFolder() throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 2)
        let image = samples.image(revision: 41)
        try SQLiteStore.create(directory: folder.path, state: image) { "made" }
        let store = try open(folder)
        #expect(store.instance == "made")
        #expect(try store.recover().snapshot == image)
        #expect(throws: StoreError.self) {
            try SQLiteStore.create(directory: folder.path, state: image) { "again" }
        }
        let batch = samples.batch(after: 41)
        try store.append(batch)
        store.close()
        #expect(throws: StoreError.self) {
            try SQLiteStore.create(directory: folder.path, state: image) { "again" }
        }
        let again = try open(folder)
        #expect(try again.recover().tail == [batch])
        again.close()
    }

    @Test func aFolderThatCannotBe() {
        #expect(throws: StoreError.self) {
            try SQLiteStore(directory: "/proc/brokerd") { "x" }
        }
    }

    // MARK: Damage

    /// One changed bit anywhere in a row's bytes.
    @Test(arguments: ["journal", "snapshot"]) func aFlippedByteIsFound(table: String) throws {
        let folder = TemporaryFolder()
        let image = try history(folder)
        let row = "revision = (SELECT max(revision) FROM \(table))"
        let whole = try #require(
            try fetch(String.self, folder, "SELECT hex(payload) FROM \(table) WHERE \(row)").first)
        let digits = Array("0123456789ABCDEF")
        for position in stride(from: 0, to: whole.count, by: max(1, whole.count / 12)) {
            var changed = Array(whole)
            let value = digits.firstIndex(of: changed[position])!
            changed[position] = digits[value ^ 1]
            try edit(folder, "UPDATE \(table) SET payload = x'\(String(changed))' WHERE \(row)")
            expectDamaged(folder)
        }
        try edit(folder, "UPDATE \(table) SET payload = x'\(whole)' WHERE \(row)")
        #expect(try state(folder) == image)
    }

    @Test(arguments: [
        "UPDATE journal SET crc = crc + 1 WHERE revision = (SELECT max(revision) FROM journal)",
        "UPDATE snapshot SET crc = crc + 1",
        "UPDATE snapshot SET revision = revision + 1",
        // A row in another row's place.
        "UPDATE journal SET revision = revision + 100000 WHERE revision = "
            + "(SELECT max(revision) FROM journal)",
        // The snapshot is gone, and what was before it was pruned.
        "DELETE FROM journal WHERE revision <= (SELECT revision FROM snapshot); "
            + "DELETE FROM snapshot",
        // Gaps: the first row behind the snapshot, and one in the middle.
        "DELETE FROM journal WHERE revision = (SELECT min(revision) FROM journal "
            + "WHERE revision > (SELECT revision FROM snapshot))",
        "DELETE FROM journal WHERE revision = (SELECT max(revision) FROM journal "
            + "WHERE revision < (SELECT max(revision) FROM journal))",
        "DELETE FROM meta",
        // A flipped letter in the schema.
        "ALTER TABLE journal RENAME COLUMN at TO au",
        "ALTER TABLE meta RENAME COLUMN value TO valug",
        "ALTER TABLE snapshot RENAME TO snapshou", "CREATE INDEX more ON journal (at)",
        "PRAGMA application_id = 1", "PRAGMA user_version = 0",
    ])
    func whatDoesNotFitIsRefused(sql: String) throws {
        let folder = TemporaryFolder()
        _ = try history(folder)
        try edit(folder, sql)
        expectDamaged(folder)
    }

    @Test func aFileThatIsNoDatabase() throws {
        let folder = TemporaryFolder()
        try write(Array(repeating: 0x41, count: 8_192), to: folder.database)
        expectDamaged(folder)
    }

    /// The header's write version, with a flipped bit: it can be read, and nothing can be written.
    @Test func aDatabaseThatTakesNothing() throws {
        let folder = TemporaryFolder()
        _ = try history(folder)
        let descriptor = Glibc.open(folder.database, O_WRONLY)
        #expect(pwrite(descriptor, [6 as UInt8], 1, 18) == 1)
        close(descriptor)
        expectDamaged(folder)
    }

    @Test func aDatabaseThatIsCutShort() throws {
        let folder = TemporaryFolder()
        _ = try history(folder)
        #expect(truncate(folder.database, 4_096) == 0)
        expectDamaged(folder)
    }

    /// It is refused, and nothing is made in it.
    @Test(arguments: [
        "CREATE TABLE notes (text)",
        "CREATE TABLE notes (text); PRAGMA user_version = 1",
        "CREATE TABLE notes (text); PRAGMA application_id = 77",
        "PRAGMA application_id = 77; PRAGMA user_version = 99",
    ])
    func anotherApplicationsDatabase(sql: String) throws {
        let folder = TemporaryFolder()
        try edit(folder, sql)
        expectDamaged(folder)
        let tables = try fetch(String.self, folder, "SELECT name FROM sqlite_schema")
        #expect(tables == (sql.contains("notes") ? ["notes"] : []))
    }

    @Test func aLaterVersionsDatabase() throws {
        let folder = TemporaryFolder()
        _ = try history(folder)
        try edit(folder, "PRAGMA user_version = 99")
        #expect(throws: StoreError.tooNew(found: 99, known: 2)) { try open(folder) }
    }

    /// The tables are the same, and what is in them is in another form.
    @Test(arguments: ["snapshot", "journal"]) func rowsOfOtherVersions(table: String) throws {
        let folder = TemporaryFolder()
        let image = try history(folder, snapshot: table == "snapshot")
        for (form, error) in [
            (1, StoreError.tooOld(found: 1, known: 3)), (4, .tooNew(found: 4, known: 3)),
        ] as [(UInt8, StoreError)] {
            try write(form: form, to: table, folder)
            #expect(throws: error) { try state(folder) }
        }
        // Nothing was changed by looking.
        try write(form: 3, to: table, folder)
        #expect(try state(folder) == image)
    }

    /// Makes the newest row of a table one of another form, with its checksum.
    private func write(form: UInt8, to table: String, _ folder: TemporaryFolder) throws {
        let queue = try DatabaseQueue(path: folder.database)
        try queue.writeWithoutTransaction { db in
            let newest = try Int64.fetchOne(db, sql: "SELECT max(revision) FROM \(table)")
            let revision = try #require(newest)
            let payload = try String.fetchOne(
                db, sql: "SELECT hex(payload) FROM \(table) WHERE revision = \(revision)")
            let digits = Array(try #require(payload))
            let bytes =
                [form]
                + stride(from: 2, to: digits.count, by: 2).map {
                    UInt8(String(digits[$0...$0 + 1]), radix: 16)!
                }
            let crc = CRC32C.of(bytes, number: UInt64(revision))
            let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try db.execute(
                sql: """
                    UPDATE \(table) SET crc = \(crc), payload = x'\(hex)'
                    WHERE revision = \(revision)
                    """)
        }
        try queue.close()
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        fclose(file)
    }

    // MARK: Cutting the journal

    /// The journal is cut at a base that is old enough, whatever else there is.
    @Test func theJournalIsCutAtABase() throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 3)
        let store = try open(folder)
        let week = Int64(JournalRetention.baseSeconds) * 1_000
        var bases: [BrokerImage] = []
        var batches: [JournalBatch] = []
        #expect(try store.base(notAfter: nil) == BrokerImage())
        // A base is due when the last one is a week old, to the millisecond.
        for at in [0, week - 1, week, week + 1, 2 * week] {
            let at = Instant(milliseconds: at)
            let batch = samples.batch(after: batches.last?.revision ?? 0, at: at)
            try store.append(batch)
            batches.append(batch)
            var image = samples.image(revision: batch.revision)
            image.latest = at
            try store.save(image)
            bases.append(image.asBase)
        }
        store.close()
        let found = try fetch(Int.self, folder, "SELECT revision FROM base ORDER BY revision")
        #expect(found.map { UInt64($0) } == [0, 2, 4].map { bases[$0].revision })
        let revisions = batches.map(\.revision)
        let reopened = try open(folder)
        #expect(try reopened.base(notAfter: nil) == BrokerImage())
        #expect(try reopened.base(notAfter: revisions[0] - 1) == BrokerImage())
        #expect(try reopened.base(notAfter: revisions[3]) == bases[2])
        #expect(try reopened.base(notAfter: .max) == bases[4])
        // Not what somebody still has to read, and not what is young.
        let old = Instant(milliseconds: week)
        #expect(try !reopened.trim(before: Instant(milliseconds: -1), through: .max, limit: 9))
        #expect(try !reopened.trim(before: old, through: revisions[0] - 1, limit: 9))
        #expect(try left(reopened) == batches)
        // At most so many in one go.
        #expect(try reopened.trim(before: old, through: .max, limit: 2))
        #expect(try reopened.base(notAfter: nil) == bases[2])
        #expect(try !reopened.trim(before: old, through: .max, limit: 2))
        #expect(try left(reopened) == Array(batches[3...]))
        #expect(try reopened.base(notAfter: revisions[1]) == nil)
        #expect(try reopened.base(notAfter: revisions[3]) == bases[2])
        #expect(try !reopened.trim(before: old, through: .max, limit: 2))
        reopened.close()
    }

    /// What no base follows has one in time, also where nothing happens any more.
    @Test func aQuietJournalIsCutToo() throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 3)
        let store = try open(folder)
        let day: Int64 = 86_400_000
        #expect(try !store.isBaseDue(at: Instant(milliseconds: 100 * day)))
        var last: BrokerImage?
        for at in [0, 1, 2 * day] {
            let batch = samples.batch(
                after: last?.revision ?? 0, at: Instant(milliseconds: at))
            try store.append(batch)
            var image = samples.image(revision: batch.revision)
            image.latest = Instant(milliseconds: at)
            // The first is a base; for the others it is too early.
            try store.save(image)
            last = image
        }
        let image = try #require(last)
        let cut = Instant(milliseconds: 2 * day)
        #expect(try !store.trim(before: cut, through: .max, limit: 100))
        #expect(try left(store).count == 2)
        #expect(try !store.isBaseDue(at: Instant(milliseconds: 6 * day)))
        #expect(try store.isBaseDue(at: Instant(milliseconds: 6 * day + 1)))
        try store.keepBase(image)
        #expect(try !store.isBaseDue(at: Instant(milliseconds: 100 * day)))
        #expect(try !store.trim(before: cut, through: .max, limit: 100))
        #expect(try left(store).isEmpty)
        #expect(try store.base(notAfter: nil) == image.asBase)
        store.close()
    }

    private func left(_ store: SQLiteStore) throws -> [JournalBatch] {
        try store.history(after: 0, from: .distantPast, limit: 100)
    }

    /// What is deleted is overwritten, and states that are saved let the log grow no further than
    /// batches do.
    @Test func theLogStaysShortHoweverOftenTheStateIsSaved() throws {
        let folder = TemporaryFolder()
        let store = try open(folder)
        let on = try store.queue.read { try Int.fetchOne($0, sql: "PRAGMA secure_delete") }
        #expect(on == 1)
        let history = History(store: store)
        try history.live(1..<30)
        var image = history.engine.broker.image
        image.keys = []
        let pages = ImageCoding.encode(image).count / 4_096 + 4
        // Some 40 MB of pages, one by one.
        for _ in 0..<(10_000 / pages) { try store.save(image) }
        var file = stat()
        #expect(stat(folder.database + "-wal", &file) == 0)
        #expect(file.st_size < 6 << 20)
        store.close()
    }

    /// A young journal is kept whole, however often the state is saved.
    @Test func youngRowsAreKept() throws {
        let folder = TemporaryFolder()
        let store = try open(folder)
        let history = History(store: store)
        try history.live(1..<30)
        let before = try store.recover().tail.count
        for _ in 0..<3 { try store.save(history.engine.broker.image) }
        store.close()
        #expect(try fetch(Int.self, folder, "SELECT count(*) FROM journal") == [before])
    }
}
