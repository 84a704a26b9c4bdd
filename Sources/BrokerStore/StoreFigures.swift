/// How much a store has written and takes of its disk, as of one look.
package struct StoreFigures: Equatable, Sendable {
    /// Bytes of batches that this process has appended to the journal.
    package var journalWrittenBytes: Int
    /// The database's file.
    package var databaseBytes: Int
    /// The write-ahead log beside it.
    package var logBytes: Int
    /// What the file system of the state still gives the daemon, and what it holds at all.
    package var freeBytes: Int
    package var capacityBytes: Int

    package init(
        journalWrittenBytes: Int, databaseBytes: Int, logBytes: Int, freeBytes: Int,
        capacityBytes: Int
    ) {
        self.journalWrittenBytes = journalWrittenBytes
        self.databaseBytes = databaseBytes
        self.logBytes = logBytes
        self.freeBytes = freeBytes
        self.capacityBytes = capacityBytes
    }
}

extension Store {
    /// A store without a disk has none.
    package var figures: StoreFigures? { nil }
}
