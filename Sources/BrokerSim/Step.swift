package import BrokerCore

/// One event of a simulated history. A list of steps is a whole run: performing it again does the
/// same, without any random number, which is what makes a history that can be shortened.
package enum Step: Sendable {
    /// A request reaches the broker.
    case ask(Question)
    /// The writer goes round.
    case round
    /// Time passes; the process may be suspended meanwhile, for nothing of it runs.
    case pass(milliseconds: Int64)
    /// Somebody sets the wall clock.
    case stepClock(milliseconds: Int64)
    /// The next time the store comes to this point, this happens.
    case arm(DiskFault)
    /// Between two rounds the process is killed, and started again.
    case kill
    /// Between two rounds the machine loses power, and is off for so long.
    case powerCut(offMilliseconds: Int64, salt: UInt64)
    /// An orderly stop and a start.
    case restart
    /// Others take all of the disk's space but so much.
    case fill(leftBytes: Int)
    /// They give it back.
    case free
    /// No fault is armed any more, and there is space.
    case calm
    /// A backup is taken of what is on disk.
    case backUp
    /// The state is replaced by the last backup.
    case restore
    /// The connection goes of a request for this lease, which waits in the line.
    case hangUp(LeaseID)
    /// The machine gets another release of the time zones.
    case updateZones
    /// The auditor looks at all of the state.
    case audit
}

/// Where in the store's work a fault strikes.
package enum DiskPoint: UInt8, CaseIterable, Sendable {
    case beforeWrite
    /// Only a part of the row gets to the file.
    case tornWrite
    case beforeSync
    case afterSync
    case beforeSnapshot
    case tornSnapshot
    case beforeSnapshotSync
    /// The new snapshot is on disk, but the old one counts.
    case beforeSwitch
    /// The new one counts, and the rows that it stands for are still there.
    case afterSwitch
    case afterSnapshot
}

/// What strikes there.
package struct DiskFault: Equatable, Sendable {
    /// How the process ends there.
    package enum Kind: UInt8, CaseIterable, Sendable {
        /// kill -9: what was written stays, synced or not.
        case kill
        /// What was not synced stays by chance, sector by sector.
        case powerCut
        /// The call fails; pages that it should have synced are lost by chance.
        case error
    }

    package var point: DiskPoint
    package var kind: Kind
    /// Decides by chance what stays.
    package var salt: UInt64
    /// How long the machine is off, for a power cut.
    package var offMilliseconds: Int64
}
