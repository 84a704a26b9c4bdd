package import BrokerCore
package import BrokerEngine

/// What the service has to tell the program around it: for the log, for the service manager.
package struct ServiceHooks: Sendable {
    /// The writer has just gone round: it is alive. Called several times within a watchdog's
    /// interval, from the writer's thread.
    package var writerIsAlive: @Sendable () -> Void = {}
    /// Something worth a line in the log. Called from any thread.
    package var note: @Sendable (ServiceNote) -> Void = { _ in }
    /// What is on disk is not known any more. Must not return: the process ends without an answer.
    package var fail: @Sendable (String) -> Never = { fatalError($0) }

    package init() {}
}

/// What the log should know.
package enum ServiceNote: Equatable, Sendable {
    /// The state was read: its revision, live leases, and how long it took.
    case recovered(revision: UInt64, leases: Int, milliseconds: Int64)
    /// An admin, an operator or the broker itself changed something; grants, renewals and releases
    /// are not noted one by one.
    case changed(actor: Actor, verb: String, what: String)
    /// What the writer met.
    case writer(WriterNote)
    /// What the history met.
    case history(HistoryNote)
}
