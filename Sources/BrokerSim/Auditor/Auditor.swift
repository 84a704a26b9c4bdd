package import BrokerCore
package import BrokerEngine

/// A command that was asked, and by whom.
package struct Question: Sendable {
    package var command: Command
    package var actor: Actor

    package init(_ command: Command, by actor: Actor) {
        self.command = command
        self.actor = actor
    }
}

/// Something that the rules do not allow.
package struct Finding: Error, Equatable, Sendable {
    /// Short and stable, to tell one kind of finding from another.
    package var rule: String
    package var message: String

    package init(_ rule: String, _ message: String) {
        self.rule = rule
        self.message = message
    }
}

/// The rules of the broker once more, written from its manual and not from its code: what it has to
/// answer to each command, and what its state is after it.
///
/// A value: a copy is a backup. What the manual leaves open and the core's tests or habits pin down
/// is marked "pinned" where it is used. Nothing that the broker says is adopted, and these things
/// alone are not determined:
/// - the journal's revision of a grant, but each is above all earlier ones;
/// - which of several refusals is told where several are true (a name that is taken, the seat
///   limit, a site that is not valid), and the words and places of what is not valid;
/// - in which order a change of the whole site names those whom it displaces;
/// - which of two pools' leases that end in one moment comes first among those that ended;
/// - for how long an idempotency key that is out of date takes up memory.
package struct Auditor: Sendable {
    var names = AuditNames()
    var world = AuditWorld()
    /// By the number of a seat's name: the highest token that anybody was ever told, over all
    /// restores.
    var seenTokens: [UInt64] = []
    /// The highest journal revision of a grant in the present life of the state.
    var lastGrantRevision: UInt64 = 0
    /// The answers of the batch, then what those in the line were told.
    var told: [EngineAnswer] = []
    /// Whose each of the latter is, and whether it was expected.
    var outcomes: [(ticket: WaitTicket, index: Int, isExpected: Bool)] = []
    /// What the journal says of the batch.
    var notes = AuditNotes([], revision: 0)
    /// The journal's revision before the batch.
    var revisionBefore: UInt64 = 0
    /// Whether this batch is decided on a full disk; nil while no answer has shown it.
    var isBatchLow: Bool?
    /// Cordons by the name of the seat, while the site is replaced.
    var movingCordons: [Int32: (reason: Int32, end: Int64, start: Int64?)] = [:]
    /// The instant up to which time has done what it does by itself.
    var settledAt: Int64 = 0
    /// What is supposed of a batch in flight, and how many suppositions it took so far.
    var guess = (stale: 0, count: 0)
    /// Most places in the line during this batch.
    var servedCount = 0
    /// Scratch space.
    var candidates: [Int] = []
    /// By holder: the unix groups of the last request.
    var lastGroups: [(names: [UnixGroupName], numbers: [Int32])] = []

    /// Whether the disk is or was full, so that commands may be refused for want of space.
    package var mayLackSpace = false
    /// The release of the time zones that there are.
    package var zones = 0
    /// Commands audited.
    package private(set) var operationCount = 0

    /// Ended leases that the broker remembers.
    private let endedCountMax: Int

    /// A new store: nothing in it.
    package init(endedCountMax: Int = Broker.endedCountMaxDefault) {
        self.endedCountMax = endedCountMax
    }

    /// What became of a command.
    enum Said {
        /// The answer of this place in `told`.
        case answer(Int)
        /// Nobody knows: it was on its way when the broker died, while its disk was full or not.
        case nothing(isLow: Bool)

        /// How the line is served after it.
        var line: Serving {
            switch self {
            case .answer: .told
            case .nothing(let isLow): isLow ? .nobody : .supposed
            }
        }
    }

    /// How it is known who in the line was served.
    enum Serving {
        /// Everybody was told.
        case told
        /// Whoever could be served was.
        case supposed
        /// The disk was full.
        case nobody
    }

    /// A batch was decided at `at` and its answers were given.
    ///
    /// - Parameters:
    ///   - told: what those were told who waited in the line.
    ///   - notes: what the journal says of it; nil: nothing was written.
    ///   - isWritten: false where the last append failed for want of space, so that nothing of it
    ///     happened, what was due included; true where there was nothing to write.
    package mutating func answered(
        _ questions: [Question], _ answers: [EngineAnswer],
        told waiting: [(WaitTicket, EngineAnswer)] = [], notes: AuditNotes? = nil,
        at now: Instant, isWritten: Bool
    ) throws(Finding) {
        operationCount += questions.count
        guard questions.count == answers.count else {
            throw Finding(
                "answer-missing", "\(questions.count) commands got \(answers.count) answers")
        }
        guard isWritten else {
            guard waiting.isEmpty else {
                throw Finding("not-on-disk", "told \(waiting), but nothing was written")
            }
            for answer in answers {
                guard case .noSpace = answer, mayLackSpace else {
                    throw Finding("not-on-disk", "answered \(answer), but nothing was written")
                }
            }
            return
        }
        isBatchLow = nil
        told = answers
        outcomes.removeAll(keepingCapacity: true)
        for (ticket, answer) in waiting {
            outcomes.append((ticket, told.count, false))
            told.append(answer)
        }
        servedCount = world.waiters.count
        take(notes)
        let now = now.milliseconds
        // Nobody is served whose connection is gone.
        let first = questions.firstIndex { !$0.command.leavesLine } ?? questions.count
        try settleTime(at: now)
        for index in 0..<first { try decide(questions[index], .answer(index), at: now) }
        try settleTime(at: now)
        try serveLine(.told, at: now)
        for index in first..<questions.count {
            try audit(questions[index], .answer(index), at: now)
        }
        try checkOutcomes()
        try checkNotes()
        told = []
        settle()
    }

    private mutating func take(_ notes: AuditNotes?) {
        revisionBefore = self.notes.revision
        self.notes = notes ?? AuditNotes([], revision: revisionBefore)
    }

    /// The broker died with these commands in flight, decided at `at` as one batch, or with none;
    /// this is what it recovered. The batch is there whole or not at all, all else as answered.
    package mutating func recovered(
        _ broker: Broker, inFlight: [Question], notes: AuditNotes? = nil, at now: Instant?
    ) throws(Finding) {
        let without: Finding
        do {
            try check(broker)
            learn(broker)
            return
        } catch {
            without = error
        }
        guard let now else { throw without }
        var with = without
        for isLow in mayLackSpace ? [false, true] : [false] {
            var stale = 0
            var count = 0
            repeat {
                var other = self
                other.guess = (stale, 0)
                do {
                    other.take(notes)
                    try other.suppose(inFlight, at: now.milliseconds, isLow: isLow)
                    other.learnRevisions(broker)
                    try other.check(broker)
                    other.learn(broker)
                    self = other
                    return
                } catch {
                    count = max(count, other.guess.count)
                    with = error
                }
                stale += 1
            } while stale < 1 << min(count, Self.guessesMax)
        }
        throw Finding(
            without.rule,
            "recovered neither without the batch in flight: \(without.message); "
                + "nor with it: \(with.rule): \(with.message)")
    }

    /// Changes of the site in one batch in flight of which both ways are tried.
    private static let guessesMax = 6

    private mutating func suppose(
        _ questions: [Question], at now: Int64, isLow: Bool
    ) throws(Finding) {
        told = []
        outcomes = []
        let first = questions.firstIndex { !$0.command.leavesLine } ?? questions.count
        let said = Said.nothing(isLow: isLow)
        try settleTime(at: now)
        for question in questions[..<first] { try decide(question, said, at: now) }
        try settleTime(at: now)
        try serveLine(said.line, at: now)
        for question in questions[first...] { try audit(question, said, at: now) }
        settle()
    }

    /// A backup, an earlier copy of the auditor, was restored: the state is that of the backup, but
    /// what was ever seen stays known. Nobody decides anything about it but that tokens begin above
    /// all that were given.
    package mutating func restored(to backup: Auditor, tokensAbove floor: UInt64 = 0) {
        world = backup.world
        world.tokenFloor = max(floor, world.tokenFloor)
        lastGrantRevision = backup.lastGrantRevision
        notes.revision = backup.notes.revision
    }

    /// What memory need not keep is forgotten once the batch is on disk.
    private mutating func settle() {
        while world.ended.count > endedCountMax {
            let id = world.ended.forgetFirst()
            world.known[id] = nil
        }
    }

    // MARK: One command

    private mutating func audit(
        _ question: Question, _ said: Said, at now: Int64
    ) throws(Finding) {
        // A deadline may have been set to this very instant by the command before.
        try settleTime(at: now)
        try decide(question, said, at: now)
        // What it did to windows and seats shows at once, and those in the line have their turn.
        if world.hasCalendars { try settleTime(at: now) }
        try serveLine(said.line, at: now)
    }

    private mutating func decide(
        _ question: Question, _ said: Said, at now: Int64
    ) throws(Finding) {
        let by = question.actor
        switch question.command {
        case .grant(let command): try grant(command, by: by, said, at: now)
        case .renew(let id, let claim, let subject, let ttlSeconds):
            try renew(id, claim, subject, ttlSeconds, said, at: now)
        case .release(let id, let claim): try release(id, claim, said, at: now)
        case .revoke(let id, let reason, let graceSeconds):
            try revoke(id, reason, graceSeconds, said, at: now)
        case .createPool(let spec): try createPool(spec, by: by, said, at: now)
        case .deletePool(let name): try deletePool(name, said)
        case .resizePool(let name, let size, let ifRevision):
            try resizePool(name, size, ifRevision, said, at: now)
        case .cordonPool(let name, let reason):
            try cordonPool(name, reason, by: by, said, at: now)
        case .uncordonPool(let name, let reason):
            try uncordonPool(name, reason, by: by, said, at: now)
        case .drainPool(let name, let reason, let deadline, let start, let ifRevision):
            try drainPool(
                name, Drain(reason: reason, deadlineSeconds: deadline, start: start), ifRevision,
                by: by, said, at: now)
        case .cordonSeat(let name, let reason): try cordonSeat(name, reason, said)
        case .uncordonSeat(let name, _): try uncordonSeat(name, said)
        case .drainSeat(let name, let reason, let deadline, let start):
            try drainSeat(
                name, Drain(reason: reason, deadlineSeconds: deadline, start: start), said, at: now)
        case .putGroup(let spec, let ifRevision): try putGroup(spec, ifRevision, said, at: now)
        case .deleteGroup(let name): try deleteGroup(name, said, at: now)
        case .applySite(let site, let ifRevision):
            try applySite(site, ifRevision, by: by, said, at: now)
        case .setWindows: try setWindows(said, at: now)
        case .leaveLine(let ticket): try leaveLine(ticket, said, at: now)
        case .dropConnections: try dropConnections(said, at: now)
        case .setSeatLimit(let limit): try setSeatLimit(limit, said)
        case .setClock(let mark): try setClock(mark, said)
        case .raiseTokenFloor(let floor): try raiseTokenFloor(floor, said)
        case .passTime, .noteReload: try done(said)
        }
    }
}
