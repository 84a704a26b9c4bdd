import BrokerCore
import BrokerHistory
import Foundation
import GRDB

/// Leases as rows.
enum LeaseTable {
    private static let columns = """
        grant_revision, id, token, pool, grp, first_grp, holder, granted_by, seat, host, port, \
        protocol, url, granted_at, granted_line
        """

    static func insert(_ lease: LeaseRow, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO lease (\(columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(clamping: lease.grantRevision), lease.id.data, Int64(clamping: lease.token),
            lease.pool.value, lease.group.value, lease.firstGroup.value, lease.holder.value,
            lease.grantedBy, lease.seat.name.value, lease.seat.host, lease.seat.port,
            lease.seat.seatProtocol.rawValue, lease.seat.url, lease.granted.wall,
            lease.granted.line.milliseconds,
        ])
    }

    static func apply(_ change: LeaseChange, _ db: Database) throws {
        switch change {
        case .granted(let lease): try insert(lease, db)
        case .charged(let id, let group, let at):
            try db.cachedStatement(
                sql: """
                    INSERT INTO charge (lease, at, line, grp)
                    SELECT grant_revision, ?, ?, ? FROM lease WHERE id = ?
                    """
            ).execute(arguments: [at.wall, at.line.milliseconds, group.value, id.data])
            try db.cachedStatement(sql: "UPDATE lease SET grp = ? WHERE id = ?")
                .execute(arguments: [group.value, id.data])
        case .ended(let id, let end):
            try db.cachedStatement(
                sql: """
                    UPDATE lease SET ended_at = ?, ended_line = ?, expires_at = ?, end_reason = ?,
                        detail = ?
                    WHERE id = ?
                    """
            ).execute(arguments: [
                end.at.wall, end.at.line.milliseconds, end.expiresAt, end.reason.rawValue,
                end.detail, id.data,
            ])
        }
    }

    static func fetchOne(_ id: LeaseID, _ db: Database) throws -> LeaseRow? {
        let rows = try rows(db, "WHERE id = ?", [id.data])
        // The row is that of its cursor.
        return try withExtendedLifetime(rows) { try rows.next().map { try lease($0) } }
    }

    /// Leases, without those that cannot be read.
    static func readable(
        _ db: Database, _ rest: String, _ arguments: StatementArguments, limit: Int
    ) throws -> [LeaseRow] {
        let rows = try rows(db, rest, arguments)
        var leases: [LeaseRow] = []
        while leases.count < limit, let row = try rows.next() {
            if let lease = try? lease(row) { leases.append(lease) }
        }
        return leases
    }

    private static func rows(
        _ db: Database, _ rest: String, _ arguments: StatementArguments
    ) throws -> RowCursor {
        try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(columns), ended_at, ended_line, expires_at, end_reason, detail
                    FROM lease \(rest)
                    """), arguments: arguments)
    }

    private static func lease(_ row: Row) throws(ForeignRow) -> LeaseRow {
        let row = RowReader(row, key: "grant_revision")
        guard let id = LeaseID(data: try row.value("id")) else { throw row.foreign("id") }
        var lease = LeaseRow(
            id: id, token: UInt64(bitPattern: try row.value("token", Int64.self)),
            pool: PoolName(try row.value("pool")), group: GroupName(try row.value("grp")),
            firstGroup: GroupName(try row.value("first_grp")),
            holder: HolderName(try row.value("holder")),
            grantedBy: try row.optional("granted_by"),
            seat: SeatAddress(
                name: SeatName(try row.value("seat")), host: try row.optional("host"),
                port: try row.optional("port"), seatProtocol: try row.raw("protocol"),
                url: try row.optional("url")),
            granted: HistoryTime(
                line: Instant(milliseconds: try row.value("granted_line")),
                wall: try row.value("granted_at")),
            grantRevision: row.number)
        guard let endedAt: Int64 = try row.optional("ended_at") else { return lease }
        lease.end = LeaseEnd(
            at: HistoryTime(
                line: Instant(milliseconds: try row.value("ended_line")), wall: endedAt),
            expiresAt: try row.value("expires_at"), reason: try row.raw("end_reason"),
            detail: try row.optional("detail"))
        return lease
    }
}

extension LeaseID {
    /// As 16 bytes, the highest first.
    var data: Data {
        var data = Data(capacity: 16)
        for half in [high, low] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                data.append(UInt8(truncatingIfNeeded: half >> shift))
            }
        }
        return data
    }

    init?(data: Data) {
        guard data.count == 16 else { return nil }
        let bytes = [UInt8](data)
        self.init(
            high: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) },
            low: bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
    }
}
