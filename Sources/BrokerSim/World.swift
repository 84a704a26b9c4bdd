import BrokerCore
import BrokerEngine
import BrokerStore

/// A simulated machine: clocks, a disk, and the broker's process on it, with an auditor beside it that
/// sees what clients see.
///
/// `perform` does one step; a history is a list of steps, and the same list does the same.
final class World: WriterEvents {
    let swarm: Swarm
    let disk: SimDisk
    private(set) var clock = SimClock()
    var store: SimStore
    var loop: WriterLoop!
    var auditor: Auditor
    private var backup: (bytes: [UInt8], auditor: Auditor)?
    let windows = SimWindows()
    /// Requests that wait in the line, by the number of their place.
    var parked: [UInt64: Parked] = [:]
    /// Who has left the line while that could not be written: it is said again.
    var departures: [Question] = []
    /// Connections to the line are to be dropped, by a start.
    var dropsConnections = false

    /// Questions that are not answered yet, in the order in which they were submitted.
    var outstanding: [Question] = []
    /// How many of them are answered.
    var answeredCount = 0
    /// Tickets count from 1; 0 is the writer's own.
    var lastTicket: UInt64 = 0
    var mark = ClockMark.unset
    var roundNow = Instant.distantPast
    /// Instant of the time line minus the time that really passed.
    var timeLineStart: Int64?
    var finding: Finding?
    var shadow: Broker?
    /// The batch that was written last, until it is answered.
    var journaled: JournalBatch?
    /// As the writer has noted it.
    private(set) var isLowOnSpace = false
    /// The lease that was answered last.
    var lastLease: LeaseID?
    /// The latest instant at which a batch was written.
    var written = Instant.distantPast
    var answers = TraceHash()
    /// What was answered and what was written, so far.
    var trace: TraceHash {
        var trace = answers
        trace.mix(store.trace.value)
        return trace
    }
    var counts = Counts()
    /// Hears what people hear.
    var heard: ((Question, Heard) -> Void)?

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
        case .hangUp(let id): hangUp(id)
        case .updateZones:
            counts.zoneUpdates += 1
            windows.update()
            auditor.zones = windows.release
        }
    }

    // MARK: Asking

    /// The connection of a request that waits is gone.
    private func hangUp(_ id: LeaseID) {
        guard let place = parked.values.first(where: { $0.id == id }) else { return }
        counts.hangUps += 1
        ask(Question(.leaveLine(place.ticket), by: .system))
    }

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
        _ = windows.takeFirst()
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

    // MARK: Notes

    func note(_ note: WriterNote) {
        switch note {
        case .lowOnSpace:
            counts.lowOnSpace += 1
            isLowOnSpace = true
        case .spaceRestored:
            counts.spaceRestored += 1
            isLowOnSpace = false
        case .windowsFailed: counts.windowsFailed += 1
        case .clockStepped, .snapshotFailed: break
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
            inFlight = departures
            if dropsConnections { inFlight.append(Question(.dropConnections, by: .system)) }
            inFlight += outstanding[answeredCount...]
            if lost.setsWindows, let table = windows.takeFirst() {
                let place = inFlight.firstIndex { !$0.command.leavesLine } ?? inFlight.count
                inFlight.insert(Question(.setWindows(table), by: .system), at: place)
            }
            if lost.setsClock { inFlight.append(Question(.setClock(mark), by: .system)) }
            inFlight = Array(inFlight.prefix(Engine.batchCountMax))
            journaled = lost
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
        // What nobody was answered is lost with the process, and so is every connection.
        loseConnections()
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
        loseConnections()
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
            timeLine: timeLine, events: self, windows: windows,
            snapshotRecordCount: swarm.snapshotRecordCount)
        isLowOnSpace = false
        dropsConnections = broker.hasWaiters
        departures = []
        loop.start()
        // Every eighth run has a second broker that knows the journal alone.
        shadow = swarm.seed % 8 == 3 ? broker : nil
        answers.mix(broker.revision)
        try auditor.recovered(
            broker, inFlight: inFlight, notes: journaled.map { AuditNotes($0) }, at: at)
        journaled = nil
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
        loseConnections()
        outstanding.removeAll(keepingCapacity: true)
        answeredCount = 0
        // No machine does it in less.
        clock.pass(milliseconds: 1)
        // Whoever restores has looked at the clock before.
        let wall = UInt64(clock.reading.wallMilliseconds - clock.steppedMilliseconds)
        do {
            let saved = try Backup(decoding: backup.bytes)
            let floor = saved.tokenFloor(now: wall)
            let broker = try saved.state(tokensAbove: floor)
            // It goes into a new directory, and there is room for it.
            disk.erase()
            disk.free()
            answers.mix(store.trace.value)
            store = SimStore(disk: disk)
            try store.create(broker.image)
            auditor.restored(to: backup.auditor, tokensAbove: floor)
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
