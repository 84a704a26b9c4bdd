import BrokerCore
import BrokerEngine
import BrokerStore

@testable import BrokerSim

/// An engine on a store in memory, a workload, and the auditor that watches them.
struct AuditedHouse {
    var workload: AuditorWorkload
    var auditor = Auditor()
    var engine = Engine(broker: Broker(), windows: SimWindows())
    /// What was done, for a message.
    var history: [String] = []
    private var random: Random
    /// The store: an image and the batches since.
    private var image = BrokerImage()
    private var tail: [JournalBatch] = []
    private var backup: (image: BrokerImage, auditor: Auditor)?
    private var isFull = false

    init(seed: UInt64) {
        workload = AuditorWorkload(seed: seed)
        random = Random(seed: ~seed)
    }

    var now: Instant { Instant(milliseconds: workload.now) }

    /// A batch, answered or not, and now and then a misfortune.
    mutating func step() throws {
        workload.pass()
        if random.below(150) == 0 {
            isFull.toggle()
            history.append("full: \(isFull)")
            if isFull { auditor.mayLackSpace = true } else { engine.spaceRestored() }
        }
        if random.below(400) == 0 { backup = (engine.broker.image, auditor) }
        if random.below(400) == 0, let backup { try restore(backup.image, backup.auditor) }
        var questions: [Question] = []
        for _ in 0..<random.within(1...4) { questions.append(workload.next()) }
        try run(questions, diesWhileWriting: random.below(40) == 0)
        if random.below(60) == 0 { try recover([], nil) }
        try auditor.check(engine.broker)
    }

    mutating func run(_ questions: [Question], diesWhileWriting: Bool = false) throws {
        for (number, question) in questions.enumerated() {
            history.append("\(workload.now): \(question.command) by \(question.actor.name)")
            engine.submit(
                Engine.Submission(
                    question.command, by: question.actor, ticket: Ticket(UInt64(number))))
        }
        while true {
            switch engine.begin(at: now) {
            case .none, .releaseReserve: return
            case .answer(let answers): return try tell(questions, answers, nil, true)
            case .append(let batch):
                if diesWhileWriting {
                    if random.chance(percent: 50) { tail.append(batch) }
                    return try recover(questions, now, AuditNotes(batch))
                }
                // On a full disk the reserve takes some batches, and not others.
                let isWritten = !isFull || engine.isLowOnSpace && random.chance(percent: 60)
                let action: Engine.Action
                if isWritten {
                    tail.append(batch)
                    action = engine.appended()
                } else {
                    action = engine.appendFailedForSpace()
                }
                if case .answer(let answers) = action {
                    return try tell(questions, answers, AuditNotes(batch), isWritten)
                }
            }
        }
    }

    private mutating func tell(
        _ questions: [Question], _ answers: [(Addressee, EngineAnswer)], _ notes: AuditNotes?,
        _ isWritten: Bool
    ) throws {
        var said: [EngineAnswer] = []
        var told: [(WaitTicket, EngineAnswer)] = []
        for (addressee, answer) in answers {
            history.append("    -> \(answer)")
            switch addressee {
            case .ticket: said.append(answer)
            case .place(let place): told.append((place, answer))
            }
        }
        try auditor.answered(
            questions, said, told: told, notes: isWritten ? notes : nil, at: now,
            isWritten: isWritten)
    }

    private mutating func recover(
        _ inFlight: [Question], _ at: Instant?, _ notes: AuditNotes? = nil
    ) throws {
        history.append("recovered, in flight: \(inFlight.count)")
        let broker = try Engine.recover(Recovery(snapshot: image, tail: tail))
        try auditor.recovered(broker, inFlight: inFlight, notes: notes, at: at)
        engine = Engine(broker: broker, windows: SimWindows())
        if isFull { engine.reserveMissing() }
        image = broker.image
        tail = []
    }

    private mutating func restore(_ image: BrokerImage, _ backup: Auditor) throws {
        history.append("restored")
        auditor.restored(to: backup)
        self.image = image
        tail = []
        try recover([], nil)
        isFull = false
        engine.spaceRestored()
        // What a restore does: every token from now on is above all that were given.
        let floor = auditor.seenTokens.max() ?? 0
        try run([Question(.raiseTokenFloor(floor), by: .system)])
    }
}
