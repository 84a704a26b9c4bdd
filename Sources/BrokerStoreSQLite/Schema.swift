import BrokerStore
import GRDB

/// The tables, version by version. A step is never changed once it was released; the database's
/// `user_version` says how many were taken.
enum Schema {
    /// "brkr": tells a broker's database from any other SQLite file.
    private static let applicationID: Int32 = 0x6272_6B72

    private static let steps = [
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE journal (
            revision INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            payload BLOB NOT NULL);
        CREATE TABLE snapshot (
            revision INTEGER PRIMARY KEY,
            crc INTEGER NOT NULL,
            payload BLOB NOT NULL);
        """,
        // States that the journal can be cut at.
        """
        CREATE TABLE base (
            revision INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            payload BLOB NOT NULL);
        """,
    ]

    /// Brings a database to the present version and gives the store's name.
    static func migrate(_ db: Database, drawInstance: () -> String) throws -> String {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let found = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        // A new file is empty: without its own mark, one with tables in it is somebody else's.
        let isNew = try found == 0 && version == 0 && !db.hasTables
        guard isNew || found == applicationID && version > 0 else {
            throw StoreError.damaged("it is not the database of a broker")
        }
        guard version <= steps.count else {
            throw StoreError.tooNew(found: version, known: steps.count)
        }
        if version < steps.count {
            try db.inTransaction(.immediate) {
                for step in steps[version...] { try db.execute(sql: step) }
                if version == 0 {
                    try db.execute(
                        sql: "INSERT INTO meta (key, value) VALUES ('instance', ?)",
                        arguments: [drawInstance()])
                }
                try db.execute(
                    sql: """
                        PRAGMA application_id = \(applicationID);
                        PRAGMA user_version = \(steps.count);
                        """)
                return .commit
            }
        }
        // A table that lost a column in some flipped letter would be found at the first batch.
        guard try db.tableTexts == expectedTableTexts() else {
            throw StoreError.damaged("its tables are not those of a broker")
        }
        guard
            let instance = try String.fetchOne(
                db, sql: "SELECT value FROM meta WHERE key = 'instance'")
        else { throw StoreError.damaged("it has lost its name") }
        return instance
    }
}

extension Schema {
    /// What the tables of a new database are called and made of.
    private static func expectedTableTexts() throws -> [String] {
        try DatabaseQueue().write { db in
            for step in steps { try db.execute(sql: step) }
            return try db.tableTexts
        }
    }
}

extension Database {
    fileprivate var tableTexts: [String] {
        get throws {
            try String.fetchAll(
                self, sql: "SELECT type || ' ' || name || ' ' || sql FROM sqlite_schema ORDER BY 1")
        }
    }

    fileprivate var hasTables: Bool {
        get throws { try Int.fetchOne(self, sql: "SELECT count(*) FROM sqlite_schema") ?? 0 > 0 }
    }
}
