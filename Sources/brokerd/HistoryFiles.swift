import BrokerHistory
import BrokerHistorySQLite
import BrokerService
import Glibc

/// The files of the history in the state directory.
enum HistoryFiles {
    private static let name = "history.db"

    static func source(in directory: String) -> HistorySource {
        let path = "\(directory)/\(name)"
        return HistorySource(
            open: { () throws(HistoryError) in try HistoryDatabase(path: path) },
            moveAside: { () throws(HistoryError) in try moveAside(path) })
    }

    /// One is kept, the newest: it is there to be looked at, not to fill the disk.
    private static func moveAside(_ path: String) throws(HistoryError) -> String {
        let aside = "\(path).damaged"
        for suffix in HistoryDatabase.suffixes {
            if rename(path + suffix, aside + suffix) != 0 {
                guard errno == ENOENT else {
                    throw .failed("\(path)\(suffix) could not be renamed: errno \(errno)")
                }
                // None of an earlier one beside it.
                unlink(aside + suffix)
            }
        }
        return aside
    }
}
