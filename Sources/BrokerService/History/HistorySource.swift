package import BrokerHistory

/// Where the history of a daemon is kept, for the thread that keeps it.
package struct HistorySource: Sendable {
    /// Opens what is there, or makes it.
    package var open: @Sendable () throws(HistoryError) -> any HistoryStore
    /// Moves what is there out of the way, so that it can be looked at, and gives the new name.
    package var moveAside: @Sendable () throws(HistoryError) -> String

    package init(
        open: @escaping @Sendable () throws(HistoryError) -> any HistoryStore,
        moveAside: @escaping @Sendable () throws(HistoryError) -> String
    ) {
        self.open = open
        self.moveAside = moveAside
    }
}

/// How the history stands to the journal.
package struct HistoryStatus: Equatable, Sendable {
    /// What it does.
    package enum State: String, Sendable {
        /// It holds what the journal holds, but for what came in the last moments.
        case current
        /// It is being made of the journal.
        case behind
        /// It takes nothing, for a reason.
        case failed
    }

    package var state: State
    /// The revision of the journal up to which it goes.
    package var revision: UInt64
    /// Why it takes nothing, or why it was made anew.
    package var reason: String?
}

/// What the log should know of the history.
package enum HistoryNote: Equatable, Sendable {
    /// It takes nothing for now; the broker serves on.
    case failed(String)
    /// It goes on.
    case recovered
    /// It was not whole, and is made of the journal again; what begins earliest of what was not
    /// whole lies under another name.
    case rebuilding(reason: String, aside: String)
    /// The last item and its digest: what an edit of anything before it cannot meet.
    case head(String)
    /// Names or items that are too old could not be taken away.
    case retentionFailed(String)
}
