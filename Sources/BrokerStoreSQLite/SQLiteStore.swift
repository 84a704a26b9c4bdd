package import BrokerCore
package import BrokerStore
import Foundation
import GRDB
import GRDBSQLite
import Glibc

/// The embedded store: one SQLite file, one connection, one writer.
///
/// - WAL with `synchronous=FULL`: a commit that returned survives a power cut; with NORMAL the last
///   ones may not.
/// - One connection with exclusive locking: SQLite before 3.51.3 can damage a database when a WAL is
///   reset under a second one. Backups and reports go through the daemon.
/// - One journal row a batch, so that a commit touches one page.
package final class SQLiteStore: Store {
    /// Kept free for ending leases when the disk is full. A commit of one release takes two pages of
    /// WAL, and a checkpoint gives them back every thousand: enough for any number of releases one
    /// by one as long as the database itself grows by no more than half of it.
    package static let reserveBytes = 8 << 20
    /// What a commit takes of the write-ahead log beside its payload: two pages.
    private static let commitBytes = 8 << 10
    /// SQLite's own.
    private static let pageBytes = 4 << 10
    /// The log is moved into the database whenever it has grown by so much: SQLite's own measure.
    private static let checkpointBytes = 4 << 20

    /// A new, empty state would give tokens a second time.
    private static let wayOut =
        "Without a backup, begin with what is left: brokerd restore --accept-loss DIRECTORY"

    package let instance: String
    /// What was odd about the tip; for the log.
    package private(set) var tipNotice: TipNotice?
    let paths: StorePaths
    let queue: DatabaseQueue
    private let lock: StoreLock
    private var tip: Tip?
    private(set) var revision: UInt64
    private var bytesSinceCheckpoint = 0
    /// Of the batches that this process has appended.
    private(set) var journalWrittenBytes = 0

    /// Opens the store in a directory, or makes one there.
    ///
    /// - Parameter drawInstance: called for the name of a new store.
    /// - Throws: `inUse` when another process has it, `tooNew`, `damaged`, and `full` or `failed`
    ///   when it cannot be made.
    package convenience init(
        directory: String, drawInstance: () -> String
    ) throws(StoreError) {
        let paths = StorePaths(directory: directory)
        try paths.makeDirectory()
        try self.init(paths, lock: StoreLock(path: paths.lock), drawInstance: drawInstance)
    }

    /// - Parameter founding: the revision of the state that is about to be saved into a new store;
    ///   the tip has it already.
    private init(
        _ paths: StorePaths, lock: StoreLock, founding: UInt64? = nil, drawInstance: () -> String
    ) throws(StoreError) {
        let found = Tip.read(paths.tip)
        if founding == nil, paths.isDatabaseEmpty, case .slot(let slot, _) = found,
            slot.revision > 0
        {
            throw .damaged(
                """
                \(paths.database) is gone or empty, though \(slot.revision) records were \
                acknowledged. \(Self.wayOut)
                """)
        }
        var isNew = false
        let opened = try Self.open(paths) {
            isNew = true
            return drawInstance()
        }
        self.paths = paths
        self.lock = lock
        queue = opened.queue
        instance = opened.instance
        revision = opened.revision
        // What a process that was killed left in it counts too.
        bytesSinceCheckpoint = paths.logBytes
        if founding == nil { try adopt(found, isNew: isNew) }
        try paths.syncDirectory()
    }

    /// Makes a store in a directory that has none, with a state to begin with.
    ///
    /// The tip comes first: if this is interrupted, it is ahead of whatever database there is, and
    /// no daemon takes that for a new state with tokens from one.
    ///
    /// - Throws: `inUse` when a process has the directory; `failed` when there is a database in it.
    package static func create(
        directory: String, state: BrokerImage, drawInstance: () -> String
    ) throws(StoreError) {
        let paths = StorePaths(directory: directory)
        try paths.makeDirectory()
        let lock = try StoreLock(path: paths.lock)
        guard !paths.hasDatabase else {
            throw .failed(
                "there is a state in \(directory) already; move the directory aside first")
        }
        let instance = drawInstance()
        let tip = try Tip.make(paths.tip, instance: instance, revision: state.revision)
        try paths.syncDirectory()
        let store = try SQLiteStore(paths, lock: lock, founding: state.revision) { instance }
        defer { store.close() }
        store.tip = tip
        store.revision = state.revision
        try store.save(state)
    }

    /// The database of a directory, brought to the present version; made when it is not there.
    private static func open(
        _ paths: StorePaths, drawInstance: () -> String
    ) throws(StoreError) -> (queue: DatabaseQueue, instance: String, revision: UInt64) {
        try run(at: paths.database) {
            let queue = try DatabaseQueue(path: paths.database, configuration: configuration())
            let instance = try queue.writeWithoutTransaction { db in
                try Schema.migrate(db, drawInstance: drawInstance)
            }
            let revision = try queue.read { try readRevision($0) }
            try queue.inTransaction(.immediate) { db in
                // What a batch will need, and nothing of it kept: a database that can be read and not
                // written would end the first process that has something to write, and the next.
                try db.execute(
                    sql: "INSERT INTO journal (revision, at, crc, payload) VALUES (?, 0, 0, x'')",
                    arguments: [Int64(revision) + 1])
                return .rollback
            }
            return (queue, instance, revision)
        }
    }

    // MARK: The tip

    /// Compares the tip with the database, and goes on with it or makes another.
    ///
    /// - Throws: `damaged` when the database ends before what was acknowledged.
    private func adopt(_ found: Tip.Found, isNew: Bool) throws(StoreError) {
        if case .slot(let slot, _) = found, slot.mark == Tip.mark(of: instance),
            slot.revision > revision
        {
            throw .damaged(
                """
                the last \(slot.revision - revision) acknowledged records are missing: the \
                journal ends at revision \(revision) and should end at \(slot.revision). \
                \(Self.wayOut)
                """)
        }
        try secureLog()
        switch found {
        case .slot(let slot, let position) where slot.mark == Tip.mark(of: instance):
            tip = Tip.resume(paths.tip, slot: slot, position: position)
            // The last batch of a process that was killed between its commit and its note.
            if let tip, tip.revision < revision { tip.advance(to: revision) }
            if tip == nil { makeTip(because: .unusable) }
        case .slot: makeTip(because: .foreign)
        case .unusable: makeTip(because: .unusable)
        case .missing: makeTip(because: isNew ? nil : .missing)
        }
    }

    /// Brings to the disk what can be read of it, before anybody is answered from it.
    ///
    /// A process that was killed between a write and its sync leaves frames in the log that can be
    /// read and may still go with the power; after a failed sync they can be read and were never
    /// written. Moving them into the database syncs the log, then writes and syncs them anew.
    private func secureLog() throws(StoreError) {
        guard paths.logBytes > 0 else { return }
        if try !checkpoint() { try paths.syncLog() }
    }

    private func makeTip(because notice: TipNotice?) {
        do throws(StoreError) {
            tip = try Tip.make(paths.tip, instance: instance, revision: revision)
            try paths.syncDirectory()
            tipNotice = notice
        } catch {
            tipNotice = .unwritable(error.text)
        }
    }

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "brokerd.store"
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cell_size_check = ON;
                    """)
            keepLog(db, true)
        }
        return configuration
    }

    /// Whether SQLite leaves the write-ahead log behind when the connection ends.
    ///
    /// It does until the store is closed in order: the log of a state that was refused may hold, past
    /// the frame at which SQLite stopped, what somebody can still use.
    private static func keepLog(_ db: Database, _ isKept: Bool) {
        var value: CInt = isKept ? 1 : 0
        sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &value)
    }

    // MARK: Store

    package func recover() throws(StoreError) -> Recovery {
        try Self.run(at: paths.database) { [queue] in
            try queue.read { db in
                let image = try Self.readSnapshot(db)
                var tail: [JournalBatch] = []
                try Self.readJournal(db, after: image?.revision ?? 0) { tail.append($0) }
                return Recovery(snapshot: image, tail: tail)
            }
        }
    }

    /// The revision of the last batch, or of the snapshot that stands for it.
    static func readRevision(_ db: Database) throws -> UInt64 {
        try UInt64.fetchOne(
            db,
            sql: """
                SELECT max(coalesce((SELECT max(revision) FROM journal), 0),
                           coalesce((SELECT max(revision) FROM snapshot), 0))
                """) ?? 0
    }

    static func readSnapshot(_ db: Database) throws -> BrokerImage? {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT revision, crc, payload FROM snapshot ORDER BY revision DESC")
        else { return nil }
        let payload = try checked(row, what: "the snapshot")
        let image = try ImageCoding.decode(payload.bytes)
        guard image.revision == payload.revision else {
            throw StoreError.damaged("the snapshot is not of its revision")
        }
        return image
    }

    /// Gives every batch after a revision, in order, up to the first that is not as it was written.
    static func readJournal(
        _ db: Database, after revision: UInt64, limit: Int = -1, _ body: (JournalBatch) -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT revision, crc, payload FROM journal WHERE revision > ?
                ORDER BY revision LIMIT ?
                """,
            arguments: [Int64(revision), limit])
        while let row = try rows.next() {
            let payload = try checked(row, what: "a journal row")
            body(try JournalCoding.decode(payload.bytes, revision: payload.revision))
        }
    }

    /// A row's bytes, if they are what was written there.
    static func checked(
        _ row: Row, what: String
    ) throws -> (revision: UInt64, bytes: [UInt8]) {
        // As what they are, for a damaged row may hold anything.
        guard let number = Int64.fromDatabaseValue(row["revision"]),
            let revision = UInt64(exactly: number),
            let crc = Int64.fromDatabaseValue(row["crc"]),
            let data = Data.fromDatabaseValue(row["payload"])
        else { throw StoreError.damaged("\(what) is not of its form") }
        let bytes = [UInt8](data)
        guard Int64(CRC32C.of(bytes, number: revision)) == crc else {
            throw StoreError.damaged("\(what) at revision \(revision) fails its checksum")
        }
        return (revision, bytes)
    }

    package func append(_ batch: JournalBatch) throws(StoreError) {
        guard batch.after == revision else {
            throw .outOfOrder(expected: batch.after, found: revision)
        }
        let bytes = JournalCoding.encode(batch)
        let crc = CRC32C.of(bytes, number: batch.revision)
        let at = batch.entries.last?.at.milliseconds ?? 0
        let arguments: StatementArguments = [Int64(batch.revision), at, Int64(crc), Data(bytes)]
        do throws(StoreError) {
            try insert(arguments)
        } catch .full where bytesSinceCheckpoint > 0 {
            // The log has no room to grow. Most of it are versions of the same few pages: once they
            // are in the database, the log begins anew in the room that it has.
            try checkpoint()
            try insert(arguments)
        }
        revision = batch.revision
        tip?.advance(to: revision)
        journalWrittenBytes += bytes.count
        bytesSinceCheckpoint += Self.commitBytes + bytes.count
        if bytesSinceCheckpoint >= Self.checkpointBytes { try checkpoint() }
    }

    private func insert(_ arguments: StatementArguments) throws(StoreError) {
        try Self.run(at: paths.database) { [queue] in
            // One statement outside a transaction is a transaction of its own.
            try queue.writeWithoutTransaction { db in
                try db.cachedStatement(
                    sql: "INSERT INTO journal (revision, at, crc, payload) VALUES (?, ?, ?, ?)"
                ).execute(arguments: arguments)
            }
        }
    }

    /// Moves the write-ahead log into the database. SQLite would do it by itself but keep silent
    /// about a failing sync, and then go on as if the pages were on disk.
    ///
    /// - Returns: false where there is no space for it, and the log goes on to grow.
    @discardableResult
    private func checkpoint() throws(StoreError) -> Bool {
        bytesSinceCheckpoint = 0
        do throws(StoreError) {
            try Self.run(at: paths.database) { [queue] in
                try queue.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
            }
            return true
        } catch .full {
            // The log holds all of it.
            return false
        } catch .inUse {
            // There is nobody else; SQLite says so of a statement that is still open.
            return false
        }
    }

    package func save(_ snapshot: BrokerImage) throws(StoreError) {
        guard snapshot.revision == revision else {
            throw .outOfOrder(expected: snapshot.revision, found: revision)
        }
        let bytes = ImageCoding.encode(snapshot)
        let crc = CRC32C.of(bytes, number: snapshot.revision)
        try writeCounted { db in
            try db.execute(sql: "DELETE FROM snapshot")
            try db.execute(
                sql: "INSERT INTO snapshot (revision, crc, payload) VALUES (?, ?, ?)",
                arguments: [Int64(snapshot.revision), Int64(crc), Data(bytes)])
            try Self.keepBase(snapshot, db)
        }
    }

    /// Writes what is not a batch. Its pages count too, so that the log never grows far beyond what
    /// the reserve was measured for.
    func writeCounted<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        let value = try Self.run(at: paths.database) { [queue] in
            let before = queue.unsafeReentrantRead { Self.pagesWritten($0) }
            defer {
                let pages = queue.unsafeReentrantRead { Self.pagesWritten($0) } - before
                bytesSinceCheckpoint += max(0, pages) * Self.pageBytes
            }
            return try queue.write(body)
        }
        if bytesSinceCheckpoint >= Self.checkpointBytes { try checkpoint() }
        return value
    }

    private static func pagesWritten(_ db: Database) -> Int {
        var (count, most): (CInt, CInt) = (0, 0)
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &count, &most, 0)
        return Int(count)
    }

    package func releaseReserve() { paths.releaseReserve() }

    package func restoreReserve() -> Bool {
        guard paths.restoreReserve(bytes: Self.reserveBytes) else { return false }
        // There was no room for it either.
        if tip == nil { makeTip(because: nil) }
        return true
    }

    package func close() {
        queue.writeWithoutTransaction { Self.keepLog($0, false) }
        // Everything is on disk; a failing close loses nothing.
        try? queue.close()
        lock.release()
    }
}
