import BrokerHistory
import BrokerHistorySQLite
import BrokerService

/// The files of the history in the state directory.
enum HistoryFiles {
    private static let name = "history.db"

    static func source(in directory: String) -> HistorySource {
        let path = "\(directory)/\(name)"
        return HistorySource(
            open: { () throws(HistoryError) in try HistoryDatabase(path: path) },
            moveAside: { () throws(HistoryError) in try HistoryDatabase.moveAside(path) })
    }
}
