import BrokerCore
import BrokerEngine
import BrokerStore

/// A simulated machine: clocks, a disk, and the broker's process on it, with an auditor beside it that
/// sees what clients see.
///
/// `perform` does one step; a history is a list of steps, and the same list does the same.
final class World: WriterEvents {
    private let swarm: Swarm
    private let disk: SimDisk
    private(set) var clock = SimClock()
    private var store: SimStore
    var loop: WriterLoop!
    private(set) var auditor: Auditor
    private var backup: (bytes: [UInt8], auditor: Auditor)?

    /// Questions that are not answered yet, in the order in which they were submitted.
    private var outstanding: [Question] = []
    /// How many of them are answered.
    private var answeredCount = 0
    /// Tickets count from 1; 0 is the writer's own.
    private var lastTicket: UInt64 = 0
    private var mark = ClockMark.unset
    var roundNow = Instant.distantPast
    /// Instant of the time line minus the time that really passed.
    var timeLineStart: Int64?
    private var finding: Finding?
    private var shadow: Broker?
    /// As the writer has noted it.
    private(set) var isLowOnSpace = false
    /// The lease that was answered last.
    private(set) var lastLease: LeaseID?
    /// The latest instant at which a batch was written.
    var written = Instant.distantPast
    private var answers = TraceHash()
    /// What was answered and what was written, so far.
    var trace: TraceHash {
        var trace = answers
        trace.mix(store.trace.value)
        return trace
    }
    private(set) var counts = Counts()
    /// Hears of every lease that was answered; nil for one that is no more.
    var heard: ((Question, LeaseView?, Instant) -> Void)?

    init(_ swarm: Swarm, liesAboutSync: Bool) throws(Finding) {
        self.swarm = swarm
        auditor = Auditor(endedCountMax: swarm.endedCountMax)
        disk = SimDisk(instance: "sim-\(swarm.seed)", liesAboutSync: liesAboutSync)
        store = SimStore(disk: disk)
        try boot(inFlight: [], at: nil)
    }

    var broker: Broker { loop.broker }
    var now: Instant { loop.now(clock.reading) }
    var sleepMilliseconds: Int64 { loop.sleepMilliseconds(clock.reading) }

    func perform(_ step: Step) throws(Finding) {
        counts.steps += 1
        switch step {
        case .ask(let question): ask(question)
        case .round: try round()
        case .pass(let milliseconds): clock.pass(milliseconds: milliseconds)
        case .stepClock(let milliseconds):
            counts.clockSteps += 1
            clock.step(milliseconds: milliseconds)
        case .arm(let fault): disk.armed = fault
        case .kill: try crash(.kill, inFlight: [], at: nil, off: 0)
        case .powerCut(let off, let salt):
            disk.losePower(salt: salt)
            try crash(.powerCut, inFlight: [], at: nil, off: off)
        case .restart: try restart()
        case .fill(let left):
            counts.fills += 1
            disk.fill(leftBytes: left)
        case .free: disk.free()
        case .calm:
            disk.free()
            disk.armed = nil
        case .backUp: backup = (bytes: savedBytes(), auditor: auditor)
        case .restore: try restore()
        case .audit: try audit()
        }
    }

    // MARK: Asking

    private func ask(_ question: Question) {
        lastTicket += 1
        outstanding.append(question)
        loop.submit(
            WriterLoop.Submission(
                question.command, by: question.actor, ticket: Ticket(lastTicket)))
    }

    private func round() throws(Finding) {
        let reading = clock.reading
        roundNow = loop.now(reading)
        try checkTime(isSameBoot: true)
        if outstanding.count > Engine.batchCountMax { counts.crowds += 1 }
        auditor.mayLackSpace = disk.space != nil || loop.isLowOnSpace
        do throws(WriterFailure) {
            try loop.round(reading)
        } catch {
            if let finding { throw finding }
            return try died(error)
        }
        if let finding { throw finding }
        guard answeredCount == outstanding.count else {
            throw Finding(
                "answer-missing", "\(outstanding.count - answeredCount) wait after the round")
        }
        outstanding.removeAll(keepingCapacity: true)
        answeredCount = 0
        try checkMark(reading)
    }

    // MARK: Events of the writer

    func appended(_ batch: JournalBatch) {
        counts.batches += 1
        written = max(written, roundNow)
        guard finding == nil else { return }
        do throws(Finding) {
            try checkJournal(batch)
        } catch {
            finding = error
        }
    }

    /// The journal says who did it, and when; and what it says is all that happened.
    private func checkJournal(_ batch: JournalBatch) throws(Finding) {
        var next = answeredCount
        for entry in batch.entries {
            guard entry.at == roundNow else {
                throw Finding("journal-instant", "\(entry) is written at \(roundNow)")
            }
            if entry.actor == .system, entry.records.allSatisfy(\.isOfTheBroker) { continue }
            // Commands that changed nothing left no entry.
            while next < outstanding.count, outstanding[next].actor != entry.actor { next += 1 }
            guard next < outstanding.count else {
                throw Finding("journal-actor", "nobody has asked for \(entry)")
            }
            next += 1
        }
        guard shadow != nil else { return }
        do throws(Broker.Misfit) {
            for entry in batch.entries {
                for record in entry.records { try shadow!.apply(record, at: entry.at) }
            }
        } catch {
            throw Finding("journal-misfit", error.message)
        }
        shadow!.settle()
    }

    func answer(_ answers: [(Ticket, EngineAnswer)]) {
        defer { store.batchIsAnswered() }
        guard finding == nil else { return }
        var questions: [Question] = []
        questions.reserveCapacity(answers.count)
        var said: [EngineAnswer] = []
        said.reserveCapacity(answers.count)
        let pending = outstanding.count - answeredCount
        for (ticket, answer) in answers {
            said.append(answer)
            guard ticket != WriterLoop.ownTicket else {
                questions.append(Question(.setClock(mark), by: .system))
                continue
            }
            let waiting = UInt64(outstanding.count - answeredCount)
            guard waiting > 0, ticket.number == lastTicket - waiting + 1 else {
                finding = Finding(
                    "answer-to-another",
                    "ticket \(ticket.number) is answered, \(pending) wait")
                return
            }
            let question = outstanding[answeredCount]
            answeredCount += 1
            questions.append(question)
            count(question, answer)
        }
        do throws(Finding) {
            try auditor.answered(
                questions, said, at: roundNow, isWritten: store.appended != .full)
        } catch {
            finding = error
        }
    }

    func clockSet(_ mark: ClockMark) { self.mark = mark }

    func note(_ note: WriterNote) {
        switch note {
        case .lowOnSpace:
            counts.lowOnSpace += 1
            isLowOnSpace = true
        case .spaceRestored:
            counts.spaceRestored += 1
            isLowOnSpace = false
        case .clockStepped, .snapshotFailed: break
        }
    }

    private func count(_ question: Question, _ answer: EngineAnswer) {
        counts.operations += 1
        switch answer {
        case .decided(let decision):
            if isLowOnSpace, case .granted = decision {
                finding = Finding("reserve-spent", "a grant is written from the reserve")
            }
            guard let lease = decision.lease else {
                counts.changed += 1
                return answers.mix(decision)
            }
            lastLease = lease.id
            answers.mix(lease.id.low ^ lease.token)
            answers.mix(lease.expiresAt.milliseconds)
            switch decision {
            case .granted: counts.granted += 1
            case .held, .replayed: counts.held += 1
            default: counts.changed += 1
            }
            heard?(question, lease, roundNow)
        case .refused(let refusal):
            if case .grant(let refusal) = refusal {
                counts.refusedByRule[Int(refusal.rule.rawValue)] += 1
                answers.mix(UInt64(2 + refusal.rule.rawValue))
                answers.mix(refusal.earliest?.milliseconds ?? 0)
            } else {
                counts.refused += 1
                heard?(question, nil, roundNow)
                answers.mix(UInt64(16 + refusal.kind))
            }
        case .noSpace:
            counts.noSpace += 1
            if question.command.endsLeases && disk.holdsReserve {
                finding = Finding(
                    "reserve-kept", "\(question.command) finds no space, and there is a reserve")
            }
            answers.mix(UInt64(4))
        }
    }

    // MARK: Deaths and starts

    /// The writer gave up: it must have been a fault that was asked for.
    private func died(_ failure: WriterFailure) throws(Finding) {
        guard let fault = store.struck else {
            throw Finding("store-failed", "\(failure.what): \(failure.error.text)")
        }
        var inFlight: [Question] = []
        if let lost = store.lost {
            let most = answeredCount + Engine.batchCountMax
            inFlight = Array(outstanding[answeredCount..<min(outstanding.count, most)])
            if lost.setsClock { inFlight.append(Question(.setClock(mark), by: .system)) }
        }
        counts.faults[Int(fault.point.rawValue)] += 1
        try crash(
            fault.kind, inFlight: inFlight, at: store.lost == nil ? nil : roundNow,
            off: fault.kind == .powerCut ? fault.offMilliseconds : 0)
    }

    private func crash(
        _ kind: DiskFault.Kind, inFlight: [Question], at: Instant?, off: Int64
    ) throws(Finding) {
        counts.crashes += 1
        if kind == .powerCut { counts.powerCuts += 1 }
        if kind == .powerCut { clock.reboot(offMilliseconds: off) }
        // What nobody was answered is lost with the process.
        outstanding.removeAll(keepingCapacity: true)
        answeredCount = 0
        clock.pass(milliseconds: 40)
        try boot(inFlight: inFlight, at: at)
    }

    private func restart() throws(Finding) {
        // What came in is decided before the process ends.
        try round()
        do throws(WriterFailure) {
            try loop.stop()
        } catch {
            return try died(error)
        }
        clock.pass(milliseconds: 40)
        try boot(inFlight: [], at: nil)
    }

    /// Starts a process on what is on the disk.
    private func boot(inFlight: [Question], at: Instant?) throws(Finding) {
        answers.mix(store.trace.value)
        store = SimStore(disk: disk)
        let recovery: Recovery
        let broker: Broker
        do {
            recovery = try store.recover()
            broker = try Engine.recover(recovery, endedCountMax: swarm.endedCountMax)
        } catch {
            throw Finding("unreadable", "\(error)")
        }
        let reading = clock.reading
        let timeLine = TimeLine(known: broker.clock, latest: broker.latest, reading: reading)
        loop = WriterLoop(
            broker: broker, snapshotRevision: recovery.snapshot?.revision ?? 0, store: store,
            timeLine: timeLine, events: self,
            snapshotRecordCount: swarm.snapshotRecordCount)
        isLowOnSpace = false
        loop.start()
        // Every eighth run has a second broker that knows the journal alone.
        shadow = swarm.seed % 8 == 3 ? broker : nil
        answers.mix(broker.revision)
        try auditor.recovered(broker, inFlight: inFlight, at: at)
        try checkTime(
            isSameBoot: broker.clock.bootHigh == reading.bootHigh, known: broker.clock,
            latest: broker.latest)
    }

    // MARK: Backups

    private func savedBytes() -> [UInt8] {
        Backup(instance: disk.instance, image: loop.broker.image).encoded
    }

    private func restore() throws(Finding) {
        guard let backup else { return }
        counts.restores += 1
        outstanding.removeAll(keepingCapacity: true)
        answeredCount = 0
        // Whoever restores has looked at the clock before.
        let wall = UInt64(clock.reading.wallMilliseconds - clock.steppedMilliseconds)
        do {
            let broker = try Backup(decoding: backup.bytes).state(tokensAbove: wall)
            // It goes into a new directory, and there is room for it.
            disk.erase()
            disk.free()
            answers.mix(store.trace.value)
            store = SimStore(disk: disk)
            try store.create(broker.image)
            auditor.restored(to: backup.auditor)
            try auditor.answered(
                [Question(.raiseTokenFloor(wall), by: .system)], [.decided(.done)],
                at: broker.latest, isWritten: true)
        } catch let error as Finding {
            throw error
        } catch {
            throw Finding("unreadable", "\(error)")
        }
        // The line of time is that of the backup.
        timeLineStart = nil
        written = .distantPast
        try boot(inFlight: [], at: nil)
    }

    // MARK: Checks

    func audit() throws(Finding) {
        // Questions that wait were not decided yet, so the state is what was answered.
        counts.audits += 1
        let broker = loop.broker
        try auditor.check(broker)
        guard let shadow, broker.undoCount == 0 else { return }
        guard shadow.image == broker.image else {
            throw Finding("journal-lacks", "a state made of the journal alone is another")
        }
    }
}
