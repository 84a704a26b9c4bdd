package import BrokerCore

/// Where the history is kept: items of the audit and leases, behind the journal and made of it.
///
/// One thread calls these functions. What is written may be lost with the power; it is then made of
/// the journal once more.
package protocol HistoryStore: AnyObject {
    /// How far it goes; nil: it is new, and `begin` comes first.
    var position: HistoryPosition? { get }

    /// Begins with a state.
    ///
    /// - Parameters:
    ///   - instance: of the journal's store.
    ///   - revision: of that state.
    ///   - leases: those that are live in it.
    ///   - usage: the same and the places in the line, for the figures.
    func begin(
        instance: String, revision: UInt64, leases: [LeaseRow], usage: [UsageEvent]
    ) throws(HistoryError)

    /// Adds rows, all or nothing; the history then goes up to `revision`.
    func write(_ rows: HistoryRows, through revision: UInt64) throws(HistoryError)

    /// Items by time, then sequence, that a filter lets through, without those that cannot be read.
    func items(_ filter: AuditFilter, limit: Int) throws(HistoryError) -> [AuditItem]

    /// Items in their sequence behind a number, up to one that cannot be read.
    func chain(after sequence: UInt64, limit: Int) throws(HistoryError) -> ChainPiece

    /// A lease by its id.
    func lease(_ id: LeaseID) throws(HistoryError) -> LeaseRow?

    /// Ended leases in the order of their grants, without those that cannot be read.
    func endedLeases(_ filter: EndedLeaseFilter, limit: Int) throws(HistoryError) -> [LeaseRow]

    /// Figures of usage; nil: there would be more rows than `UsageQuestion.rowCountMax`.
    func usage(_ question: UsageQuestion) throws(HistoryError) -> [UsageFigures]?

    /// Replaces names that are too old and drops what is too old, some of it.
    ///
    /// - Parameter now: milliseconds since the Unix epoch.
    /// - Returns: whether there is more to do.
    func retire(_ retention: HistoryRetention, now: Int64, limit: Int) throws(HistoryError) -> Bool

    /// Ends its use.
    func close()
}

/// Items as they follow each other.
package struct ChainPiece: Equatable, Sendable {
    /// In their sequence; those before one that cannot be read.
    package var items: [AuditItem]
    /// The number of the next one, which cannot be read: somebody has changed it. Nil: as many were
    /// read as were wanted, or as there are.
    package var unreadable: UInt64?

    package init(items: [AuditItem] = [], unreadable: UInt64? = nil) {
        self.items = items
        self.unreadable = unreadable
    }
}

/// How far a history goes.
package struct HistoryPosition: Equatable, Sendable {
    /// Of which journal it is.
    package var instance: String
    /// Up to which revision of the journal.
    package var revision: UInt64
    /// The journal's revision at which it began.
    package var beganRevision: UInt64
    /// The last item.
    package var head: ChainHead
    /// What was before the first item that is still there.
    package var anchor: ChainHead
    /// The last item whose names were replaced.
    package var namesThrough: UInt64

    package init(
        instance: String, revision: UInt64, beganRevision: UInt64, head: ChainHead,
        anchor: ChainHead, namesThrough: UInt64
    ) {
        self.instance = instance
        self.revision = revision
        self.beganRevision = beganRevision
        self.head = head
        self.anchor = anchor
        self.namesThrough = namesThrough
    }
}

/// Why the history cannot do what it is asked.
package enum HistoryError: Error, Equatable, Sendable {
    /// No space; nothing was written.
    case full
    /// What is there is not what was written, or of another form: it is to be made anew.
    case damaged(String)
    /// A row is such as no broker has written: somebody has changed it. The number is an item's
    /// sequence, or the revision of a lease's grant.
    case edited(number: UInt64, column: String)
    /// Something else, which may be gone the next time.
    case failed(String)

    /// In a sentence, for the log and the status.
    package var text: String {
        switch self {
        case .full: "there is no space left on the disk"
        case .damaged(let what): "it is damaged: \(what)"
        case .edited(let number, let column):
            "row \(number) was changed: its \(column) is not of its form"
        case .failed(let what): what
        }
    }
}

/// Which items of the audit are wanted.
package struct AuditFilter: Equatable, Sendable {
    /// Where to go on: behind this item.
    package struct Cursor: Equatable, Sendable {
        package var at: Int64
        package var sequence: UInt64

        package init(at: Int64, sequence: UInt64) {
            self.at = at
            self.sequence = sequence
        }
    }

    /// Whose name, or number, the one who did it has.
    package enum Who: Equatable, Sendable {
        case name(String)
        case uid(UInt32)
    }

    /// What was done something to.
    package enum What: Equatable, Sendable {
        case target(AuditTarget)
        /// Of any kind.
        case named(String)
        /// Whose lease or place it was.
        case holder(String)
    }

    /// Milliseconds since the Unix epoch: from this instant on, and before that one.
    package var from: Int64?
    package var to: Int64?
    package var actor: Who?
    package var verb: AuditVerb?
    package var target: What?
    package var outcome: String?
    package var after: Cursor?

    package init() {}
}

/// Which ended leases are wanted.
package struct EndedLeaseFilter: Equatable, Sendable {
    package var pool: PoolName?
    package var group: GroupName?
    package var holder: HolderName?
    package var grantedBy: String?
    /// Those granted after this revision of the journal.
    package var after: UInt64 = 0

    package init() {}
}
