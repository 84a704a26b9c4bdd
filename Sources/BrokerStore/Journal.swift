package import BrokerCore

/// What one command changed.
package struct JournalEntry: Equatable, Sendable {
    package var at: Instant
    package var actor: Actor
    /// What was asked for; nil in what a version before form 3 has written.
    package var verb: Verb?
    package var records: [Record]

    package init(at: Instant, actor: Actor, verb: Verb?, records: [Record]) {
        self.at = at
        self.actor = actor
        self.verb = verb
        self.records = records
    }
}

/// The entries that one transaction makes durable: one row of the journal.
package struct JournalBatch: Equatable, Sendable {
    /// The journal's revision before it: records so far.
    package var after: UInt64
    package var entries: [JournalEntry]

    package init(after: UInt64, entries: [JournalEntry]) {
        self.after = after
        self.entries = entries
    }

    /// The journal's revision once it is written.
    package var revision: UInt64 {
        after + entries.reduce(0) { $0 + UInt64($1.records.count) }
    }
}

/// Where a broker keeps its state over restarts: a snapshot and the journal behind it.
///
/// One writer calls these functions, from one thread at a time. Every store passes the same
/// conformance suite.
package protocol Store: AnyObject {
    /// Names this state among all others; drawn when the store was made.
    var instance: String { get }

    /// The latest snapshot, if there is one, and every batch after it, in order.
    ///
    /// - Throws: `damaged` for anything that is not as it was written; nothing is mended by guessing.
    func recover() throws(StoreError) -> Recovery

    /// Writes one batch; when this returns, it is on disk.
    ///
    /// - Throws: `outOfOrder` if the batch does not follow the last one; `full` with nothing
    ///   written; `failed` when what is on disk is no longer known: end the process and recover.
    func append(_ batch: JournalBatch) throws(StoreError)

    /// Replaces the snapshot by that of the state at the last batch's revision. Once in
    /// `JournalRetention.baseSeconds` it also becomes a base.
    ///
    /// - Throws: `full` and `failed`, as `append`.
    func save(_ snapshot: BrokerImage) throws(StoreError)

    /// Whether the oldest batch behind the newest base has waited for another for as long as
    /// `JournalRetention.baseWaitSeconds`.
    ///
    /// - Throws: `damaged`, `failed`.
    func isBaseDue(at now: Instant) throws(StoreError) -> Bool

    /// Keeps the state at the last batch's revision as a base.
    ///
    /// - Throws: `full` and `failed`, as `append`.
    func keepBase(_ state: BrokerImage) throws(StoreError)

    /// A state from which the journal leads to the present without a gap: the newest that is kept
    /// of those up to a revision, or, where none is given, the oldest of all. An image of revision 0
    /// is the beginning; nil: there is none so early.
    ///
    /// Ended leases and what else no record rests on are not in it.
    ///
    /// - Throws: `damaged`, `failed`.
    func base(notAfter revision: UInt64?) throws(StoreError) -> BrokerImage?

    /// Drops some of the journal's oldest batches, up to the newest base that is as old as
    /// `before` and not beyond `revision`, and the bases before that one.
    ///
    /// - Returns: whether there is more to drop.
    /// - Throws: `full` and `failed`, as `append`.
    func trim(before: Instant, through revision: UInt64, limit: Int) throws(StoreError) -> Bool

    /// Batches of the journal, oldest first, as far back as it is kept: those after a revision and
    /// from an instant on, at most so many.
    ///
    /// - Throws: `damaged`, `failed`.
    func history(after revision: UInt64, from: Instant, limit: Int) throws(StoreError)
        -> [JournalBatch]

    /// Gives back the space that is kept for ending leases on a full disk.
    func releaseReserve()

    /// Takes that space again; false while there is none.
    func restoreReserve() -> Bool

    /// How much has been written and is taken of the disk; nil where there is none, or where the
    /// system does not say.
    var figures: StoreFigures? { get }

    /// Ends the use of the store; everything appended is on disk already.
    func close()
}

/// How long the journal keeps batches, which are full of names of people.
package struct JournalRetention: Equatable, Sendable {
    /// A base is kept so often: the journal is only cut at one, and may be cut so much too early.
    package static let baseSeconds = 7 * 86_400
    /// A batch waits no longer for a base behind it, a day between two looks aside, also where
    /// nothing follows it: without one it would not be cut.
    package static let baseWaitSeconds = baseSeconds - 86_400
    /// Batches that are dropped in one go: a bound on how long it keeps the writer.
    package static let trimCount = 512

    /// The age at which batches are dropped at the latest.
    package var keepSeconds: Int
    /// Later ones are needed whatever their age: the history has not read them yet.
    package var through: UInt64

    package init(keepSeconds: Int, through: UInt64) {
        self.keepSeconds = keepSeconds
        self.through = through
    }
}

extension BrokerImage {
    /// Without what later records do not rest on, and what is full of names.
    package var asBase: BrokerImage {
        var base = self
        base.ended = []
        base.keys = []
        base.lastSeats = []
        base.subjects = []
        base.accounts = []
        return base
    }
}

/// What a store gives back at the start.
package struct Recovery: Sendable {
    package var snapshot: BrokerImage?
    package var tail: [JournalBatch]

    package init(snapshot: BrokerImage?, tail: [JournalBatch]) {
        self.snapshot = snapshot
        self.tail = tail
    }
}

/// Why a store cannot do what it is asked.
package enum StoreError: Error, Equatable, Sendable {
    /// No space; nothing was written.
    case full
    /// What is on disk is not known any more.
    case failed(String)
    /// What is on disk is not what was written.
    case damaged(String)
    /// Another process has the store.
    case inUse(String)
    /// A later version of the program wrote the store.
    case tooNew(found: Int, known: Int)
    /// An earlier version wrote it, in a form that is not read any more.
    case tooOld(found: Int, known: Int)
    /// The batch does not follow the last one: another writer was here.
    case outOfOrder(expected: UInt64, found: UInt64)
}

extension StoreError {
    /// What was read is not as it was written, or another version wrote it.
    ///
    /// - Parameter what: begins the sentence about damage, and ends in a blank.
    package init(_ malformed: ByteReader.Malformed, reading what: String = "") {
        self =
            switch malformed.form {
            case let form? where form.found < form.known:
                .tooOld(found: Int(form.found), known: Int(form.known))
            case let form?: .tooNew(found: Int(form.found), known: Int(form.known))
            case nil: .damaged(what + malformed.message)
            }
    }

    /// In a sentence, for the log and the operator.
    package var text: String {
        switch self {
        case .full: "there is no space left on the disk"
        case .failed(let what): what
        case .damaged(let what): "the state is damaged: \(what)"
        case .inUse(let who): "another process has the state: \(who)"
        case .tooNew(let found, let known):
            "a later version wrote the state (its form is \(found), this program knows \(known))"
        case .tooOld(let found, let known):
            "an earlier version wrote the state (its form is \(found), this program knows \(known))"
        case .outOfOrder(let expected, let found):
            "another writer was here (revision \(found) instead of \(expected))"
        }
    }
}
