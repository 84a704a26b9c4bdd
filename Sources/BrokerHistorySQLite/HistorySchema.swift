import BrokerHistory
import GRDB

/// The tables of the history, version by version. A step is never changed once it was released.
///
/// Whoever adds tables of their own adds a step, and fills them in `HistoryDatabase.write`.
enum HistorySchema {
    /// "brkh": tells a history from any other SQLite file.
    private static let applicationID: Int32 = 0x6272_6B68

    private static let steps = [
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE pseudonym_key (year INTEGER PRIMARY KEY, key BLOB NOT NULL);
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            revision INTEGER NOT NULL,
            at INTEGER NOT NULL,
            uid INTEGER,
            name TEXT NOT NULL,
            role INTEGER NOT NULL,
            channel INTEGER NOT NULL,
            verb TEXT NOT NULL,
            target_kind TEXT NOT NULL,
            target TEXT NOT NULL,
            details TEXT NOT NULL,
            holder TEXT,
            people TEXT,
            why TEXT,
            outcome TEXT NOT NULL,
            salt BLOB,
            sealed BLOB,
            digest BLOB NOT NULL);
        CREATE INDEX audit_at ON audit (at);
        CREATE INDEX audit_name ON audit (name, at);
        CREATE INDEX audit_holder ON audit (holder, at) WHERE holder IS NOT NULL;
        CREATE INDEX audit_target ON audit (target, at);
        CREATE TABLE lease (
            grant_revision INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            token INTEGER NOT NULL,
            pool TEXT NOT NULL,
            grp TEXT NOT NULL,
            first_grp TEXT NOT NULL,
            holder TEXT NOT NULL,
            granted_by TEXT,
            seat TEXT NOT NULL,
            host TEXT,
            port INTEGER,
            protocol TEXT NOT NULL,
            url TEXT,
            granted_at INTEGER NOT NULL,
            granted_line INTEGER NOT NULL,
            ended_at INTEGER,
            ended_line INTEGER,
            expires_at INTEGER,
            end_reason INTEGER,
            detail TEXT,
            is_named INTEGER NOT NULL DEFAULT 1);
        CREATE INDEX lease_holder ON lease (holder);
        CREATE INDEX lease_ended ON lease (ended_at);
        CREATE INDEX lease_named ON lease (ended_at, granted_at) WHERE is_named = 1;
        CREATE TABLE charge (
            lease INTEGER NOT NULL,
            at INTEGER NOT NULL,
            line INTEGER NOT NULL,
            grp TEXT NOT NULL);
        CREATE INDEX charge_lease ON charge (lease);
        CREATE TABLE usage_party (
            id INTEGER PRIMARY KEY,
            grp TEXT,
            pool TEXT);
        CREATE TABLE usage_chunk (
            id INTEGER PRIMARY KEY,
            opened_at INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            opening BLOB NOT NULL,
            events BLOB NOT NULL);
        CREATE INDEX usage_chunk_times ON usage_chunk (last_at, first_at);
        """
    ]

    /// Brings a database to the present version.
    static func migrate(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let found = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard found == applicationID || found == 0 && version == 0 && tables == 0 else {
            throw HistoryError.damaged("it is not a history of a broker")
        }
        guard version <= steps.count else {
            throw HistoryError.damaged("a later version has written it")
        }
        guard version < steps.count else { return }
        try db.inTransaction(.immediate) {
            for step in steps[version...] { try db.execute(sql: step) }
            try db.execute(
                sql: """
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = \(steps.count);
                    """)
            return .commit
        }
    }
}
