import GRDB

/// A row that no broker has written.
struct ForeignRow: Error {
    /// The number that it stands under.
    var number: UInt64
    var column: String
}

/// Reads a row as what it is: somebody may have written anything there.
struct RowReader {
    let row: Row
    let number: UInt64

    /// - Parameter key: the column of the row's number.
    init(_ row: Row, key: String) {
        self.row = row
        number = UInt64(bitPattern: Int64.fromDatabaseValue(row[key]) ?? 0)
    }

    func foreign(_ column: String) -> ForeignRow { ForeignRow(number: number, column: column) }

    func value<Value: DatabaseValueConvertible>(
        _ column: String, _ type: Value.Type = Value.self
    ) throws(ForeignRow) -> Value {
        guard let value = Value.fromDatabaseValue(row[column]) else { throw foreign(column) }
        return value
    }

    func optional<Value: DatabaseValueConvertible>(
        _ column: String, _ type: Value.Type = Value.self
    ) throws(ForeignRow) -> Value? {
        let found: DatabaseValue = row[column]
        return found.isNull ? nil : try value(column, type)
    }

    func raw<Raw: RawRepresentable>(
        _ column: String, _ type: Raw.Type = Raw.self
    ) throws(ForeignRow) -> Raw where Raw.RawValue: DatabaseValueConvertible {
        guard let raw = Raw(rawValue: try value(column)) else { throw foreign(column) }
        return raw
    }
}
