package import BrokerCore
package import BrokerStore

/// What the writer's loop tells whoever runs it, as it happens and in this order.
package protocol WriterEvents: AnyObject {
    /// A batch is about to be written: for whoever measures how long that takes.
    func appending()
    /// A batch is on disk; its answers follow.
    func appended(_ batch: JournalBatch)
    /// Answers, of one batch, in the order in which its commands were submitted.
    func answer(_ answers: [(Addressee, EngineAnswer)])
    /// How the time line stands to the clocks from now on.
    func clockSet(_ mark: ClockMark)
    /// A snapshot of this revision is on disk.
    func snapshotTaken(at revision: UInt64)
    /// Something worth a line in the log.
    func note(_ note: WriterNote)
}

extension WriterEvents {
    /// Nothing is measured unless somebody does it.
    package func appending() {}
    /// Nobody has to know.
    package func snapshotTaken(at revision: UInt64) {}
}

/// What the log should know of the writer.
package enum WriterNote: Equatable, Sendable {
    /// The disk is full: only what ends leases is written.
    case lowOnSpace
    case spaceRestored
    /// The wall clock was set, by so many milliseconds; leases keep their length.
    case clockStepped(milliseconds: Int64)
    case snapshotFailed(String)
    /// The rota's windows could not be worked out further; those that are known hold.
    case windowsFailed(String)
}

/// A store failed in a way that is not a full disk: what it holds is not known any more. The process
/// ends without an answer, and the next start reads it.
package struct WriterFailure: Error, Equatable, Sendable {
    /// What was being done, as a sentence without its end.
    package var what: String
    package var error: StoreError
}

/// The writer without its thread: engine, store, clock and upkeep, one round at a time. One owner calls
/// it, from one thread at a time.
///
/// The daemon runs it on a thread with the machine's clocks, the simulator with its own; neither
/// has a rule of its own about when something is durable, answered or tried again.
package final class WriterLoop {
    /// What the engine takes.
    package typealias Submission = Engine.Submission

    /// A snapshot every so many records: reading that many back takes some 50 ms, writing a snapshot
    /// some 10, so neither a start nor a busy writer feels it.
    package static let snapshotRecordCountDefault: UInt64 = 50_000
    /// The longest sleep: the watchdog and the wall clock are looked after at least so often.
    package static let roundMillisecondsMax: Int64 = 500
    /// How often space is looked for once it ran out.
    private static let reserveRetryMilliseconds: Int64 = 1_000
    /// How often it is looked whether there are other time zones, or windows are short.
    private static let windowsReviewMilliseconds: Int64 = 3_600_000
    /// How often it is looked whether batches are too old, and how long to rest between two goes.
    private static let trimMilliseconds: Int64 = 3_600_000
    private static let trimRestMilliseconds: Int64 = 1_000
    /// Where the journal is cut, a snapshot is taken so often even of a house where little happens:
    /// it can only be cut at one.
    private static let snapshotMilliseconds: Int64 = 86_400_000

    /// For what the loop asks of itself; its answers are told as any other.
    package static let ownTicket = Engine.ownTicket

    private var engine: Engine
    private let store: any Store
    private var timeLine: TimeLine
    // The driver outlives its loop, and mostly owns it.
    private unowned let events: any WriterEvents
    private let snapshotRecordCount: UInt64
    private var snapshotRevision: UInt64
    private var reserveTriedAt: Int64 = 0
    private let windows: any WindowSource
    private var windowsTriedAt: Int64?
    /// How long the journal keeps batches; nil: for ever. The driver keeps it up to date.
    package var retention: JournalRetention?
    private var trimmedAt: Int64?
    private var isTrimDue = false
    private var snapshotAt: Int64?
    private var baseTriedAt: Int64?

    /// - Parameters:
    ///   - broker: as the store's recovery gives it.
    ///   - snapshotRevision: that of the recovery's snapshot; 0 where there is none.
    ///   - snapshotRecordCount: a snapshot is taken whenever so many records came since the last.
    package init(
        broker: Broker, snapshotRevision: UInt64, store: any Store, timeLine: TimeLine,
        events: any WriterEvents, windows: any WindowSource,
        snapshotRecordCount: UInt64 = WriterLoop.snapshotRecordCountDefault
    ) {
        engine = Engine(broker: broker, windows: windows)
        self.windows = windows
        self.snapshotRevision = snapshotRevision
        self.store = store
        self.timeLine = timeLine
        self.events = events
        self.snapshotRecordCount = snapshotRecordCount
    }

    /// The state as decided, which may be ahead of the disk while a batch is being written.
    package var broker: Broker { engine.broker }
    package var hasWork: Bool { engine.hasWork }
    package var isLowOnSpace: Bool { engine.isLowOnSpace }
    /// The present instant on the broker's time line.
    package func now(_ reading: ClockReading) -> Instant { timeLine.now(reading) }

    /// To be called once, before the first round.
    package func start() {
        events.clockSet(timeLine.mark)
        if engine.broker.hasWaiters { ask(.dropConnections) }
        guard !store.restoreReserve() else { return }
        // Without a reserve a full disk could stop releases: begin as if it were full.
        engine.reserveMissing()
        events.note(.lowOnSpace)
    }

    /// A command came in; the next round decides it.
    package func submit(_ submission: Submission) { engine.submit(submission) }

    /// How long the next round may wait if nobody asks for anything, in milliseconds.
    package func sleepMilliseconds(_ reading: ClockReading) -> Int64 {
        if engine.hasWork { return 0 }
        // What is due could not be written a moment ago: do not try without a pause.
        if engine.isOutOfSpace { return Self.roundMillisecondsMax }
        let now = timeLine.now(reading)
        guard let next = engine.broker.nextDeadline(after: now) else {
            return Self.roundMillisecondsMax
        }
        return max(0, min(Self.roundMillisecondsMax, next.milliseconds - now.milliseconds))
    }

    /// Adopts a step of the clock, ends what is due, decides and writes what was submitted, and
    /// takes a snapshot when it is time.
    ///
    /// - Throws: `WriterFailure`; nothing of the batch that was being written is answered then.
    package func round(_ reading: ClockReading) throws(WriterFailure) {
        let before = timeLine.mark.wallOffsetMilliseconds
        if timeLine.adopt(reading) {
            events.note(
                .clockStepped(milliseconds: timeLine.mark.wallOffsetMilliseconds - before))
            events.clockSet(timeLine.mark)
        }
        // Also again, where it could not be written for want of space.
        if engine.broker.clock != timeLine.mark { ask(.setClock(timeLine.mark)) }
        let now = timeLine.now(reading)
        if engine.isLowOnSpace { retryReserve(reading) }
        reviewWindows(reading)
        let isDue = engine.broker.nextDeadline(after: now).map { $0 <= now } ?? false
        let isLeft =
            engine.broker.mayServeLine || engine.broker.mayCharge || engine.hasDepartures
        if isDue || isLeft, !engine.hasWork { ask(.passTime) }
        while engine.hasWork { try perform(engine.begin(at: now), reading) }
        try takeSnapshot(after: isSnapshotOld(reading) ? 1 : snapshotRecordCount)
        try keepBase(reading)
        try trimJournal(reading)
    }

    /// Takes the last snapshot, so that the next start reads one row instead of many, and closes the
    /// store.
    ///
    /// - Throws: `WriterFailure` if that fails; the journal holds everything.
    package func stop() throws(WriterFailure) {
        try takeSnapshot(after: 1)
        store.close()
    }

    /// A state from which the journal's history leads on; see `Store.base`.
    ///
    /// - Throws: `StoreError`; the store stays as it is.
    package func base(notAfter revision: UInt64?) throws(StoreError) -> BrokerImage? {
        try store.base(notAfter: revision)
    }

    /// Some batches of the journal's history, between two rounds.
    ///
    /// - Throws: `StoreError`; the store stays as it is.
    package func history(
        after revision: UInt64, from: Instant, limit: Int
    ) throws(StoreError) -> [JournalBatch] {
        try store.history(after: revision, from: from, limit: limit)
    }

    private func ask(_ command: Command) {
        engine.submit(Submission(command, by: .system, ticket: Self.ownTicket))
    }

    // MARK: Batches

    private func perform(
        _ first: Engine.Action, _ reading: ClockReading
    ) throws(WriterFailure) {
        var action = first
        while true {
            switch action {
            case .none: return
            case .answer(let answers):
                // The site's own commands were accepted by their callers; only windows can fail.
                for case (.ticket(Self.ownTicket), .refused(let refusal)) in answers {
                    events.note(.windowsFailed(refusal.windowsText))
                }
                events.answer(answers)
                return
            case .releaseReserve:
                store.releaseReserve()
                reserveTriedAt = reading.bootMilliseconds
                events.note(.lowOnSpace)
                return
            case .append(let batch): action = try append(batch)
            }
        }
    }

    private func append(
        _ batch: JournalBatch
    ) throws(WriterFailure) -> Engine.Action {
        events.appending()
        do throws(StoreError) {
            try store.append(batch)
        } catch .full {
            return engine.appendFailedForSpace()
        } catch {
            throw WriterFailure(what: "the journal could not be written", error: error)
        }
        events.appended(batch)
        return engine.appended()
    }

    // MARK: Upkeep

    /// Once an hour and at the start: windows that reach further, or another release of the zones.
    private func reviewWindows(_ reading: ClockReading) {
        guard
            windowsTriedAt.map({
                reading.bootMilliseconds - $0 >= Self.windowsReviewMilliseconds
            }) ?? true, !engine.isLowOnSpace
        else { return }
        windowsTriedAt = reading.bootMilliseconds
        do throws(Refusal) {
            let command = try engine.broker.windowsCommand(
                from: windows, at: timeLine.now(reading))
            guard let command else { return }
            // Before any change of the slots that is to be decided in this round.
            engine.submitFirst(Submission(command, by: .system, ticket: Self.ownTicket))
        } catch {
            events.note(.windowsFailed(error.windowsText))
        }
    }

    private func retryReserve(_ reading: ClockReading) {
        guard reading.bootMilliseconds - reserveTriedAt >= Self.reserveRetryMilliseconds else {
            return
        }
        reserveTriedAt = reading.bootMilliseconds
        guard store.restoreReserve() else { return }
        engine.spaceRestored()
        events.note(.spaceRestored)
    }

    private func isSnapshotOld(_ reading: ClockReading) -> Bool {
        guard retention != nil else { return false }
        let since = snapshotAt ?? reading.bootMilliseconds
        let isOld = reading.bootMilliseconds - since >= Self.snapshotMilliseconds
        if isOld || snapshotAt == nil { snapshotAt = reading.bootMilliseconds }
        return isOld
    }

    /// At the start and once a day: a house where nothing happens has its journal cut all the same.
    private func keepBase(_ reading: ClockReading) throws(WriterFailure) {
        guard retention != nil, !engine.isLowOnSpace else { return }
        guard
            baseTriedAt.map({ reading.bootMilliseconds - $0 >= Self.snapshotMilliseconds }) ?? true
        else { return }
        baseTriedAt = reading.bootMilliseconds
        do throws(StoreError) {
            guard try store.isBaseDue(at: timeLine.now(reading)) else { return }
            try store.keepBase(engine.broker.image)
        } catch .full {
            // Another time.
        } catch {
            throw WriterFailure(what: "a base could not be kept", error: error)
        }
    }

    private func trimJournal(_ reading: ClockReading) throws(WriterFailure) {
        guard let retention, !engine.isLowOnSpace else { return }
        let rest = isTrimDue ? Self.trimRestMilliseconds : Self.trimMilliseconds
        guard trimmedAt.map({ reading.bootMilliseconds - $0 >= rest }) ?? true else { return }
        trimmedAt = reading.bootMilliseconds
        // The next base comes by the time at which what follows this one is too old.
        let age = max(0, retention.keepSeconds - JournalRetention.baseSeconds)
        do throws(StoreError) {
            isTrimDue = try store.trim(
                before: timeLine.now(reading).adding(seconds: -age), through: retention.through,
                limit: JournalRetention.trimCount)
        } catch .full {
            // Another time.
        } catch {
            throw WriterFailure(what: "the journal could not be cut", error: error)
        }
    }

    private func takeSnapshot(after count: UInt64) throws(WriterFailure) {
        guard engine.broker.revision >= snapshotRevision + count, !engine.isLowOnSpace else {
            return
        }
        do throws(StoreError) {
            try store.save(engine.broker.image)
            snapshotRevision = engine.broker.revision
            events.snapshotTaken(at: snapshotRevision)
        } catch .full {
            // It is a convenience; the journal stands. The next try comes as many records later.
            snapshotRevision = engine.broker.revision
            events.note(.snapshotFailed("there is no space for it"))
        } catch {
            throw WriterFailure(what: "the snapshot could not be written", error: error)
        }
    }
}
