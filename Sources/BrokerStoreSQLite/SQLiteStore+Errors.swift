import BrokerStore
import GRDB
import Glibc

/// What SQLite says, in the store's words.
extension SQLiteStore {
    /// Runs a piece of database work and says in the store's words what went wrong.
    static func run<Value>(
        at path: String, _ body: () throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as ByteReader.Malformed {
            throw StoreError(error)
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
        // The statements are constant: the tables are not what they were made as.
        case .SQLITE_ERROR: return .damaged("\(path): \(message)")
        case .SQLITE_READONLY where access(path, W_OK) == 0: return .damaged("\(path): \(message)")
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .inUse(path)
        default:
            return .failed("\(path): \(message) (\(error.extendedResultCode.rawValue))")
        }
    }
}
