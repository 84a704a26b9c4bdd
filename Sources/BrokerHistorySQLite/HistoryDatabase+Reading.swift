package import BrokerCore
package import BrokerHistory
import GRDB

/// What is asked of the history.
extension HistoryDatabase {
    package func items(_ filter: AuditFilter, limit: Int) throws(HistoryError) -> [AuditItem] {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        func add(_ condition: String, _ values: (any DatabaseValueConvertible)?...) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        if let from = filter.from { add("at >= ?", from) }
        if let to = filter.to { add("at < ?", to) }
        switch filter.actor {
        case .name(let name)?: add("name = ?", name)
        case .uid(let uid)?: add("uid = ?", Int64(uid))
        case nil: break
        }
        if let verb = filter.verb { add("verb = ?", verb.rawValue) }
        switch filter.target {
        case .target(let target)?:
            add("target = ? AND target_kind = ?", target.name, target.kind.rawValue)
        case .named(let name)?: add("target = ?", name)
        case .holder(let name)?: add("holder = ?", name)
        case nil: break
        }
        if let outcome = filter.outcome { add("outcome = ?", outcome) }
        if let after = filter.after {
            add("(at, sequence) > (?, ?)", after.at, Int64(clamping: after.sequence))
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try read { db in
            try ItemRow.readable(
                db, "\(condition) ORDER BY at, sequence", arguments, limit: limit)
        }
    }

    package func chain(after sequence: UInt64, limit: Int) throws(HistoryError) -> ChainPiece {
        try read { db in
            try ItemRow.chain(
                db, "WHERE sequence > ? ORDER BY sequence LIMIT ?",
                [Int64(clamping: sequence), limit])
        }
    }

    package func lease(_ id: LeaseID) throws(HistoryError) -> LeaseRow? {
        try read { db in try LeaseTable.fetchOne(id, db) }
    }

    package func endedLeases(
        _ filter: EndedLeaseFilter, limit: Int
    ) throws(HistoryError) -> [LeaseRow] {
        var conditions = ["grant_revision > ?", "ended_at IS NOT NULL"]
        var arguments: StatementArguments = [Int64(clamping: filter.after)]
        func add(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("pool = ?", filter.pool?.value)
        add("grp = ?", filter.group?.value)
        add("holder = ?", filter.holder?.value)
        add("granted_by = ?", filter.grantedBy)
        let condition = conditions.joined(separator: " AND ")
        return try read { db in
            try LeaseTable.readable(
                db, "WHERE \(condition) ORDER BY grant_revision", arguments, limit: limit)
        }
    }

    /// Reads the tables, for tests.
    func reading<Value>(_ body: (Database) throws -> Value) throws(HistoryError) -> Value {
        try read(body)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(HistoryError) -> Value {
        try Self.run(path) { try queue.read { db in try body(db) } }
    }
}
