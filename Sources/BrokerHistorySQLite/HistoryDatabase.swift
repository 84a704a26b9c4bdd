package import BrokerHistory
import Foundation
import GRDB

/// The history in a SQLite file of its own, with one connection.
///
/// `synchronous=NORMAL` is enough: what a power cut takes is made of the journal again. What is
/// deleted or replaced is overwritten, since it is names of people.
package final class HistoryDatabase: HistoryStore {
    /// What stands beside the database while it is open.
    package static let suffixes = ["", "-wal", "-shm"]

    package private(set) var position: HistoryPosition?
    private var usageLog: UsageLog
    let path: String
    let queue: DatabaseQueue

    /// Opens the history at a path, or makes one there.
    ///
    /// - Throws: `HistoryError`.
    package init(path: String) throws(HistoryError) {
        self.path = path
        (queue, position, usageLog) = try Self.run(path) {
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration())
            try queue.writeWithoutTransaction { try HistorySchema.migrate($0) }
            return try queue.read { db in
                (queue, try Self.readPosition(db), try UsageLog(db))
            }
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "brokerd.history"
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = NORMAL;
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cell_size_check = ON;
                    """)
        }
        return configuration
    }

    static func run<Value>(
        _ path: String, _ body: () throws -> Value
    ) throws(HistoryError) -> Value {
        do {
            return try body()
        } catch let error as HistoryError {
            throw error
        } catch let row as ForeignRow {
            throw .edited(number: row.number, column: row.column)
        } catch let error as DatabaseError {
            let message = error.message ?? "\(error.resultCode)"
            switch error.resultCode {
            case .SQLITE_FULL: throw .full
            // The statements are constant: the tables are not what they were made as.
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT:
                throw .damaged("\(path): \(message)")
            default: throw .failed("\(path): \(message) (\(error.extendedResultCode.rawValue))")
            }
        } catch {
            throw .failed("\(path): \(error)")
        }
    }

    // MARK: Position

    private static func readPosition(_ db: Database) throws -> HistoryPosition? {
        var meta: [String: String] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT key, value FROM meta") {
            meta[row["key"]] = row["value"]
        }
        guard !meta.isEmpty else { return nil }
        func count(_ text: String?) -> UInt64? {
            text.flatMap { UInt64($0) }.flatMap { $0 <= ItemRow.countMax ? $0 : nil }
        }
        guard let instance = meta["instance"], let revision = count(meta["revision"]),
            let began = count(meta["began"]),
            var anchor = meta["anchor"].flatMap(ChainHead.init(text:)),
            anchor.sequence <= ItemRow.countMax,
            let anchorRevision = count(meta["anchor_revision"]),
            let namesThrough = count(meta["names_through"])
        else { throw HistoryError.damaged("it does not say how far it goes") }
        anchor.revision = anchorRevision
        let head: ChainHead?
        do {
            head = try ItemRow.last(db)
        } catch is ForeignRow {
            throw HistoryError.damaged("its last item is not of its form")
        }
        return HistoryPosition(
            instance: instance, revision: revision, beganRevision: began, head: head ?? anchor,
            anchor: anchor, namesThrough: namesThrough)
    }

    private static func write(_ position: HistoryPosition, _ db: Database) throws {
        for (key, value) in [
            ("instance", position.instance), ("revision", "\(position.revision)"),
            ("began", "\(position.beganRevision)"), ("anchor", position.anchor.text),
            ("anchor_revision", "\(position.anchor.revision)"),
            ("names_through", "\(position.namesThrough)"),
        ] {
            try db.cachedStatement(
                sql: """
                    INSERT INTO meta (key, value) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value
                        WHERE value <> excluded.value
                    """
            ).execute(arguments: [key, value])
        }
    }

    /// Changes the tables and the position, both or neither.
    func change(
        _ body: (Database, inout HistoryPosition) throws -> Void
    ) throws(HistoryError) {
        guard let position else { throw .failed("\(path): the history has not begun") }
        let changed = try Self.run(path) {
            try queue.write { db in
                var changed = position
                try body(db, &changed)
                try Self.write(changed, db)
                return changed
            }
        }
        self.position = changed
    }

    // MARK: Writing

    package func begin(
        instance: String, revision: UInt64, leases: [LeaseRow], usage: [UsageEvent]
    ) throws(HistoryError) {
        var beginning = ChainHead.beginning
        beginning.revision = revision
        let position = HistoryPosition(
            instance: instance, revision: revision, beganRevision: revision, head: beginning,
            anchor: beginning, namesThrough: 0)
        var log = usageLog
        try Self.run(path) {
            try queue.write { db in
                for lease in leases { try LeaseTable.insert(lease, db) }
                try log.append(usage, db)
                try Self.write(position, db)
            }
        }
        usageLog = log
        self.position = position
    }

    package func write(_ rows: HistoryRows, through revision: UInt64) throws(HistoryError) {
        var log = usageLog
        try change { db, position in
            for draft in rows.items {
                let item = AuditChain.append(
                    draft, salt: AuditChain.drawSalt(), to: &position.head)
                try ItemRow.insert(item, db)
            }
            for change in rows.leases { try LeaseTable.apply(change, db) }
            try log.append(rows.usage, db)
            position.revision = revision
        }
        // What was undone in the tables is not in it either.
        usageLog = log
    }

    package func close() {
        // What is not in it is made of the journal again.
        try? queue.close()
    }
}
