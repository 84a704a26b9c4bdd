package import BrokerCore
package import BrokerStore

/// What the engine says to a command.
package enum EngineAnswer: Sendable {
    case decided(Decision)
    case refused(Refusal)
    /// There is no space to write it down; nothing was done.
    case noSpace
}

/// To whom an answer goes.
package enum Addressee: Hashable, Sendable {
    /// Whoever submitted a command. `.waiting` is not its last answer: that comes to the place.
    case ticket(Ticket)
    /// Whoever is connected to a place in the line.
    case place(WaitTicket)
}

/// Whoever waits for the answer to a command, as a number that the driver gives.
package struct Ticket: Hashable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }
}

/// The writer's state machine: which commands form a batch, when it may be answered, and what a
/// failed append means.
///
/// It has no threads, no clock and no disk: events go in, actions come out, and who drives it
/// performs them.
package struct Engine: Sendable {
    /// A command that waits for its batch.
    package struct Submission: Sendable {
        package var command: Command
        package var actor: Actor
        package var ticket: Ticket

        package init(_ command: Command, by actor: Actor, ticket: Ticket) {
            self.command = command
            self.actor = actor
            self.ticket = ticket
        }
    }

    /// What the driver does next.
    package enum Action: Sendable {
        case none
        /// Make this batch durable, then say `appended` or `appendFailed`.
        case append(JournalBatch)
        /// Give the store's reserve back, then call `begin` again.
        case releaseReserve
        /// Say these, in this order.
        case answer([(Addressee, EngineAnswer)])
    }

    /// What is left to do on a full disk.
    private enum Space: Sendable {
        case enough
        /// Only what ends leases is decided, from reserved space.
        case low
        /// Not even that could be written; it is tried again with every batch.
        case exhausted
    }

    /// For what the broker asks of itself; its answers are told as any other.
    package static let ownTicket = Ticket(0)

    /// Most commands of one batch: it bounds the work that one failed append takes back, and how
    /// long the first of them waits for the last to be decided.
    package static let batchCountMax = 512

    package private(set) var broker: Broker
    private var waiting: [Submission] = []
    /// Connections that went while not even that could be written.
    private var departures: [Submission] = []
    private var batch: [Submission] = []
    private var answers: [(Addressee, EngineAnswer)] = []
    private let windows: any WindowSource
    private var space = Space.enough {
        didSet { broker.isSparing = space != .enough }
    }

    package init(broker: Broker, windows: any WindowSource) {
        self.windows = windows
        self.broker = broker
        self.broker.isUndoable = true
    }

    /// Whether grants and changes are refused for want of space.
    package var isLowOnSpace: Bool { space != .enough }

    /// Whether not even what ends leases could be written the last time.
    package var isOutOfSpace: Bool { space == .exhausted }

    package var hasWork: Bool { !waiting.isEmpty }

    /// Whether something is left to write once there is space.
    package var hasDepartures: Bool { !departures.isEmpty }

    /// The state of a store that was just opened.
    ///
    /// - Throws: `Misfit` where a record does not fit the state before it.
    package static func recover(
        _ recovery: Recovery, endedCountMax: Int = Broker.endedCountMaxDefault
    ) throws(Broker.Misfit) -> Broker {
        var broker =
            try recovery.snapshot.map { image throws(Broker.Misfit) in
                try Broker(image: image, endedCountMax: endedCountMax)
            } ?? Broker(endedCountMax: endedCountMax)
        for batch in recovery.tail {
            guard batch.after == broker.revision else {
                throw Broker.Misfit(
                    message: "revision \(broker.revision) is followed by \(batch.after)")
            }
            for entry in batch.entries {
                for record in entry.records { try broker.apply(record, at: entry.at) }
            }
            broker.settle()
        }
        return broker
    }

    // MARK: Events

    /// A command came in.
    package mutating func submit(_ submission: Submission) {
        waiting.append(submission)
    }

    /// As `submit`, before all that waits, connections of the line that are gone aside: for what was
    /// worked out from the state as it is now.
    package mutating func submitFirst(_ submission: Submission) {
        let place = waiting.firstIndex { !$0.command.leavesLine } ?? waiting.count
        waiting.insert(submission, at: place)
    }

    /// The writer is free: decide what has gathered.
    ///
    /// - Parameter now: not before an earlier one.
    package mutating func begin(at now: Instant) -> Action {
        precondition(batch.isEmpty, "a batch is being written")
        if !departures.isEmpty {
            waiting.insert(contentsOf: departures, at: 0)
            departures = []
        }
        guard !waiting.isEmpty else { return .none }
        if waiting.count <= Self.batchCountMax {
            // The two arrays take turns, so that neither is made anew.
            swap(&batch, &waiting)
        } else {
            batch.append(contentsOf: waiting.prefix(Self.batchCountMax))
            waiting.removeFirst(Self.batchCountMax)
        }
        return decideBatch(at: now)
    }

    /// The batch is on disk.
    package mutating func appended() -> Action {
        broker.settle()
        if space == .exhausted { space = .low }
        return finish()
    }

    /// The batch could not be written for want of space, and nothing of it was.
    ///
    /// The first time, what ends leases is tried again from reserved space. Any other failure of a
    /// store is not for the engine: the process ends without an answer.
    package mutating func appendFailedForSpace() -> Action {
        broker.undo()
        answers.removeAll(keepingCapacity: true)
        guard space == .enough else {
            space = .exhausted
            answers = batch.map { (.ticket($0.ticket), .noSpace) }
            // Who has gone away has gone away: it is written down as soon as it can be.
            departures += batch.filter(\.command.leavesLine).map {
                Submission($0.command, by: $0.actor, ticket: Self.ownTicket)
            }
            return finish()
        }
        space = .low
        waiting.insert(contentsOf: batch, at: 0)
        batch.removeAll(keepingCapacity: true)
        return .releaseReserve
    }

    /// There is no reserve: go on as on a full disk until there is.
    package mutating func reserveMissing() {
        space = .low
    }

    /// The reserve is there again: everything is decided as usual.
    package mutating func spaceRestored() {
        space = .enough
    }

    // MARK: Batches

    private mutating func decideBatch(at now: Instant) -> Action {
        let after = broker.revision
        var entries: [JournalEntry] = []
        var isTimePassed = false
        for submission in batch {
            // What is due by now ends by itself, not by the hand of whoever asks first. But nobody is
            // served whose connection is gone.
            if !isTimePassed, !submission.command.leavesLine {
                passTime(at: now, into: &entries)
                isTimePassed = true
            }
            let undoCount = broker.undoCount
            let answer = decide(submission, at: now)
            let records = broker.takePending()
            guard space == .enough || submission.command.endsLeases || records.isEmpty else {
                broker.undo(downTo: undoCount)
                answers.append((.ticket(submission.ticket), .noSpace))
                continue
            }
            // An older connection to a place hears of it before the newer one has it.
            takeLineOutcomes()
            answers.append((.ticket(submission.ticket), answer))
            guard !records.isEmpty else { continue }
            entries.append(
                JournalEntry(
                    at: now, actor: submission.actor, verb: submission.command.verb,
                    records: records))
            // A seat that came free goes to the line before the next request sees it.
            if isTimePassed, broker.mayServeLine || broker.mayCharge {
                passTime(at: now, into: &entries)
            }
        }
        if !isTimePassed { passTime(at: now, into: &entries) }
        guard !entries.isEmpty else {
            // Nothing changed, and all that the answers rest on is on disk.
            broker.settle()
            return finish()
        }
        return .append(JournalBatch(after: after, entries: entries))
    }

    private mutating func decide(_ submission: Submission, at now: Instant) -> EngineAnswer {
        do throws(Refusal) {
            return .decided(
                try broker.decide(
                    submission.command, by: submission.actor, at: now, windows: windows))
        } catch {
            // On a full disk it is just refused.
            if space == .enough,
                let refused = submission.command.refused(with: error, by: submission.actor)
            {
                broker.note(refused, at: now)
            }
            return .refused(error)
        }
    }

    private mutating func passTime(at now: Instant, into entries: inout [JournalEntry]) {
        _ = try? broker.decide(.passTime, by: .system, at: now)
        let records = broker.takePending()
        if !records.isEmpty {
            entries.append(
                JournalEntry(at: now, actor: .system, verb: .passTime, records: records))
        }
        takeLineOutcomes()
    }

    private mutating func takeLineOutcomes() {
        for (place, outcome) in broker.takeLineOutcomes() {
            let answer: EngineAnswer =
                switch outcome {
                case .granted(let lease): .decided(.granted(lease))
                case .held(let lease): .decided(.held(lease))
                case .refused(let refusal): .refused(refusal)
                }
            answers.append((.place(place), answer))
        }
    }

    private mutating func finish() -> Action {
        let said = answers
        answers = []
        batch.removeAll(keepingCapacity: true)
        return .answer(said)
    }
}

extension Command {
    /// Whether it says that a connection of the line is gone.
    fileprivate var leavesLine: Bool {
        switch self {
        case .leaveLine, .dropConnections: true
        case .grant, .renew, .release, .revoke, .createPool, .deletePool, .resizePool, .cordonPool,
            .uncordonPool, .drainPool, .cordonSeat, .uncordonSeat, .drainSeat, .putGroup,
            .deleteGroup, .applySite, .setWindows, .setSeatLimit, .setClock, .raiseTokenFloor,
            .passTime, .noteReload:
            false
        }
    }

    /// Whether it does nothing but end leases or keep time: what a full disk must not stop.
    package var endsLeases: Bool {
        switch self {
        case .release, .passTime, .setClock, .leaveLine, .dropConnections: true
        case .revoke(_, _, let graceSeconds): graceSeconds == 0
        case .grant, .renew, .createPool, .deletePool, .resizePool, .cordonPool, .uncordonPool,
            .drainPool, .cordonSeat, .uncordonSeat, .drainSeat, .putGroup, .deleteGroup,
            .applySite, .setWindows, .setSeatLimit, .raiseTokenFloor, .noteReload:
            false
        }
    }
}
