package import BrokerCore
package import BrokerStore
import Foundation
import GRDB

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
    /// The log is moved into the database whenever it has grown by so much: SQLite's own measure.
    private static let checkpointBytes = 4 << 20
    /// How long batches stay in the journal once a snapshot stands for them: the current year of
    /// accounts, and the month after it.
    package static let journalKeepSeconds = 400 * 86_400
    /// Most outdated rows that go with one snapshot: a bound on how long it keeps the writer.
    private static let pruneCountMax = 512

    package let instance: String
    private let paths: StorePaths
    private let lock: StoreLock
    private let queue: DatabaseQueue
    private var revision: UInt64
    private var bytesSinceCheckpoint = 0

    /// Opens the store in a directory, or makes one there.
    ///
    /// - Parameter drawInstance: called for the name of a new store.
    /// - Throws: `inUse` when another process has it, `tooNew`, `damaged`, and `full` or `failed`
    ///   when it cannot be made.
    package init(
        directory: String, drawInstance: () -> String
    ) throws(StoreError) {
        let paths = StorePaths(directory: directory)
        try paths.makeDirectory()
        lock = try StoreLock(path: paths.lock)
        let opened = try Self.run(at: paths.database) {
            let queue = try DatabaseQueue(
                path: paths.database, configuration: Self.configuration())
            let instance = try queue.writeWithoutTransaction { db in
                try Schema.migrate(db, drawInstance: drawInstance)
            }
            let revision = try queue.read { db in
                try UInt64.fetchOne(
                    db,
                    sql: """
                        SELECT max(coalesce((SELECT max(revision) FROM journal), 0),
                                   coalesce((SELECT max(revision) FROM snapshot), 0))
                        """) ?? 0
            }
            return (queue: queue, instance: instance, revision: revision)
        }
        queue = opened.queue
        instance = opened.instance
        revision = opened.revision
        self.paths = paths
        try paths.syncDirectory()
    }

    /// Makes a store in a directory that has none, with a state to begin with.
    ///
    /// - Throws: `inUse` when a process has the directory; `failed` when there is a database in it.
    package static func create(
        directory: String, state: BrokerImage, drawInstance: () -> String
    ) throws(StoreError) {
        let paths = StorePaths(directory: directory)
        try paths.makeDirectory()
        try StoreLock(path: paths.lock).release()
        guard !paths.hasDatabase else {
            throw .failed(
                "there is a state in \(directory) already; move the directory aside first")
        }
        let store = try SQLiteStore(directory: directory, drawInstance: drawInstance)
        defer { store.close() }
        store.revision = state.revision
        try store.save(state)
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "brokerd.store"
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cell_size_check = ON;
                    """)
        }
        return configuration
    }

    // MARK: Store

    package func recover() throws(StoreError) -> Recovery {
        try Self.run(at: paths.database) { [queue] in
            try queue.read { db in
                var image: BrokerImage?
                if let row = try Row.fetchOne(
                    db, sql: "SELECT revision, crc, payload FROM snapshot ORDER BY revision DESC")
                {
                    let payload = try Self.checked(row, what: "the snapshot")
                    image = try ImageCoding.decode(payload.bytes)
                    guard image?.revision == payload.revision else {
                        throw StoreError.damaged("the snapshot is not of its revision")
                    }
                }
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT revision, crc, payload FROM journal WHERE revision > ?
                        ORDER BY revision
                        """,
                    arguments: [Int64(image?.revision ?? 0)])
                var tail: [JournalBatch] = []
                while let row = try rows.next() {
                    let payload = try Self.checked(row, what: "a journal row")
                    tail.append(
                        try JournalCoding.decode(payload.bytes, revision: payload.revision))
                }
                return Recovery(snapshot: image, tail: tail)
            }
        }
    }

    /// A row's bytes, if they are what was written there.
    private static func checked(
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
        try Self.run(at: paths.database) { [queue] in
            // One statement outside a transaction is a transaction of its own.
            try queue.writeWithoutTransaction { db in
                try db.cachedStatement(
                    sql: "INSERT INTO journal (revision, at, crc, payload) VALUES (?, ?, ?, ?)"
                ).execute(arguments: [Int64(batch.revision), at, Int64(crc), Data(bytes)])
            }
        }
        revision = batch.revision
        bytesSinceCheckpoint += Self.commitBytes + bytes.count
        if bytesSinceCheckpoint >= Self.checkpointBytes { try checkpoint() }
    }

    /// Moves the write-ahead log into the database. SQLite would do it by itself but keep silent
    /// about a failing sync, and then go on as if the pages were on disk.
    private func checkpoint() throws(StoreError) {
        bytesSinceCheckpoint = 0
        do throws(StoreError) {
            try Self.run(at: paths.database) { [queue] in
                try queue.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
            }
        } catch .full {
            // The log holds all of it, and goes on to grow.
        } catch .inUse {
            // There is nobody else; SQLite says so of a statement that is still open.
        }
    }

    package func save(_ snapshot: BrokerImage) throws(StoreError) {
        guard snapshot.revision == revision else {
            throw .outOfOrder(expected: snapshot.revision, found: revision)
        }
        let bytes = ImageCoding.encode(snapshot)
        let crc = CRC32C.of(bytes, number: snapshot.revision)
        let keepAfter = snapshot.latest.adding(seconds: -Self.journalKeepSeconds).milliseconds
        try Self.run(at: paths.database) { [queue] in
            try queue.write { db in
                try db.execute(sql: "DELETE FROM snapshot")
                try db.execute(
                    sql: "INSERT INTO snapshot (revision, crc, payload) VALUES (?, ?, ?)",
                    arguments: [Int64(snapshot.revision), Int64(crc), Data(bytes)])
                try db.execute(
                    sql: """
                        DELETE FROM journal WHERE at < ? AND revision IN
                            (SELECT revision FROM journal WHERE revision <= ?
                             ORDER BY revision LIMIT ?)
                        """,
                    arguments: [keepAfter, Int64(snapshot.revision), Self.pruneCountMax])
            }
        }
    }

    package func releaseReserve() { paths.releaseReserve() }

    package func restoreReserve() -> Bool { paths.restoreReserve(bytes: Self.reserveBytes) }

    package func close() {
        // Everything is on disk; a failing close loses nothing.
        try? queue.close()
        lock.release()
    }

    // MARK: Errors

    /// Runs a piece of database work and says in the store's words what went wrong.
    private static func run<Value>(
        at path: String, _ body: () throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as ByteReader.Malformed {
            throw .damaged(error.message)
        } catch let error as DatabaseError {
            throw storeError(error, path: path)
        } catch {
            throw .failed("\(path): \(error)")
        }
    }

    private static func storeError(_ error: DatabaseError, path: String) -> StoreError {
        let message = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL: return .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .damaged("\(path): \(message)")
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .inUse(path)
        default:
            return .failed("\(path): \(message) (\(error.extendedResultCode.rawValue))")
        }
    }
}
