package import BrokerHistory
import GRDB
import Glibc

/// Files that are not whole.
extension HistoryDatabase {
    /// Puts a history's files under another name, to be looked at. One is kept, that which begins
    /// earliest: what is made anew holds no more than the journal did.
    ///
    /// - Parameter path: of a history that nobody has open.
    /// - Returns: where the kept one lies.
    /// - Throws: `failed`; what was not renamed is where it was.
    package static func moveAside(_ path: String) throws(HistoryError) -> String {
        let aside = "\(path).damaged"
        if let kept = beginning(of: aside), beginning(of: path).map({ kept <= $0 }) ?? true {
            // Of a log without its database nothing is left to read.
            for suffix in suffixes { try remove(path + suffix) }
            return aside
        }
        for suffix in suffixes { try remove(aside + suffix) }
        // The database last: without it there is no history, and another's log is not taken for its.
        for suffix in suffixes.reversed() {
            guard rename(path + suffix, aside + suffix) != 0, errno != ENOENT else { continue }
            throw .failed("\(path)\(suffix) could not be renamed: errno \(errno)")
        }
        return aside
    }

    private static func remove(_ path: String) throws(HistoryError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw .failed("\(path) could not be removed: errno \(errno)")
    }

    /// When its first item was written; nil: there is none that can be read.
    private static func beginning(of path: String) -> Int64? {
        guard access(path, F_OK) == 0 else { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        return try? DatabaseQueue(path: path, configuration: configuration).read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT at FROM audit WHERE typeof(at) = 'integer' ORDER BY sequence LIMIT 1
                    """)
        }
    }
}
