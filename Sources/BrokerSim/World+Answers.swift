import BrokerCore
import BrokerEngine
import BrokerStore

/// What the writer says: of batches, to those who asked, and to those in the line.
extension World {
    /// A request that waits in the line.
    struct Parked {
        var id: LeaseID
        var question: Question
        var ticket: WaitTicket
    }

    /// What people hear of what they asked for.
    enum Heard {
        case lease(LeaseView, Instant)
        case noLease
        /// A place in the line.
        case place(WaitView)
        /// The place is no more, by whatever way.
        case noPlace
        /// The connection was lost, and with it whatever the answer was to be.
        case lost
        /// When it would pass.
        case refused(earliest: Instant?)
        /// The journal's revision after a change of the site.
        case siteChanged(UInt64)
    }

    // MARK: Batches

    func appended(_ batch: JournalBatch) {
        counts.batches += 1
        written = max(written, roundNow)
        journaled = batch
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

    // MARK: Answers

    func answer(_ answers: [(Addressee, EngineAnswer)]) {
        defer {
            store.batchIsAnswered()
            journaled = nil
        }
        guard finding == nil else { return }
        do throws(Finding) {
            try hear(answers)
        } catch {
            finding = error
        }
    }

    private func hear(_ answers: [(Addressee, EngineAnswer)]) throws(Finding) {
        var questions: [Question] = []
        questions.reserveCapacity(answers.count)
        var said: [EngineAnswer] = []
        said.reserveCapacity(answers.count)
        var told: [(WaitTicket, EngineAnswer)] = []
        var late = departures
        departures = []
        for (addressee, answer) in answers {
            switch addressee {
            case .place(let ticket):
                told.append((ticket, answer))
                try hear(ticket, answer)
            case .ticket(WriterLoop.ownTicket):
                said.append(answer)
                questions.append(
                    late.isEmpty
                        ? Question(ownCommand(answer), by: .system) : late.removeFirst())
            case .ticket(let ticket):
                said.append(answer)
                let question = try question(ticket)
                questions.append(question)
                count(question, answer)
                park(question, answer)
            }
        }
        if store.appended == .full { departures = questions.filter(\.command.leavesLine) }
        let notes = journaled.map { AuditNotes($0) }
        try auditor.answered(
            questions, said, told: told, notes: notes, at: roundNow,
            isWritten: store.appended != .full)
    }

    /// The next question that is not answered yet, which has to be that of the ticket.
    private func question(_ ticket: Ticket) throws(Finding) -> Question {
        let waiting = UInt64(outstanding.count - answeredCount)
        guard waiting > 0, ticket.number == lastTicket - waiting + 1 else {
            throw Finding(
                "answer-to-another", "ticket \(ticket.number) is answered, \(waiting) wait")
        }
        answeredCount += 1
        return outstanding[answeredCount - 1]
    }

    /// What the loop has asked of itself: first of all to drop the connections of the process before
    /// it. To keep the time is to set the clock as it is.
    private func ownCommand(_ answer: EngineAnswer) -> Command {
        if dropsConnections {
            dropsConnections = false
            return .dropConnections
        }
        switch answer {
        // Of its own commands that one alone needs space.
        case .decided(.windowsSet), .refused, .noSpace:
            return windows.takeFirst().map { .setWindows($0) } ?? .setClock(mark)
        case .decided: return .setClock(mark)
        }
    }

    func clockSet(_ mark: ClockMark) { self.mark = mark }

    private func count(_ question: Question, _ answer: EngineAnswer) {
        counts.operations += 1
        switch answer {
        case .decided(let decision): count(question, decision)
        case .refused(let refusal):
            if case .grant(let refusal) = refusal {
                counts.refusedByRule[Int(refusal.rule.rawValue)] += 1
                self.answers.mix(UInt64(2 + refusal.rule.rawValue))
                self.answers.mix(refusal.earliest?.milliseconds ?? 0)
                heard?(question, .refused(earliest: refusal.earliest))
            } else {
                counts.refused += 1
                heard?(question, .noLease)
                self.answers.mix(UInt64(32 + refusal.kind))
            }
        case .noSpace:
            counts.noSpace += 1
            if question.command.endsLeases && disk.holdsReserve {
                finding = Finding(
                    "reserve-kept", "\(question.command) finds no space, and there is a reserve")
            }
            self.answers.mix(UInt64(4))
        }
    }

    private func count(_ question: Question, _ decision: Decision) {
        if isLowOnSpace, case .granted = decision {
            finding = Finding("reserve-spent", "a grant is written from the reserve")
        }
        guard let lease = decision.lease else {
            switch decision {
            case .waiting: counts.waiting += 1
            case .group(let change):
                counts.changed += 1
                heard?(question, .siteChanged(change.revision))
            case .site(let change):
                counts.changed += 1
                heard?(question, .siteChanged(change.revision))
            case .draining(let forecast) where forecast.startsAt != nil: counts.drainsToCome += 1
            default: counts.changed += 1
            }
            return self.answers.mix(decision)
        }
        lastLease = lease.id
        self.answers.mix(lease)
        switch decision {
        case .granted: counts.granted += 1
        case .held, .replayed: counts.held += 1
        default: counts.changed += 1
        }
        heard?(question, .lease(lease, roundNow))
    }

    // MARK: The line

    /// Who has a place in the line hears of it again.
    private func park(_ question: Question, _ answer: EngineAnswer) {
        guard case .decided(.waiting(let view)) = answer, case .grant(let grant) = question.command
        else {
            if case .leaveLine(let ticket) = question.command,
                parked[ticket.number]?.ticket == ticket, case .decided = answer
            {
                parked[ticket.number] = nil
            }
            return
        }
        parked[view.ticket.number] = Parked(id: grant.id, question: question, ticket: view.ticket)
        heard?(question, .place(view))
    }

    /// What became of a place in the line.
    private func hear(_ ticket: WaitTicket, _ answer: EngineAnswer) throws(Finding) {
        guard let place = parked[ticket.number], place.ticket == ticket else {
            throw Finding("answer-to-another", "nobody is connected to \(ticket)")
        }
        parked[ticket.number] = nil
        switch answer {
        case .decided(let decision):
            guard let lease = decision.lease else {
                throw Finding("answer-to-another", "\(ticket) is answered \(decision)")
            }
            if isLowOnSpace {
                throw Finding("reserve-spent", "the line is served from the reserve")
            }
            lastLease = lease.id
            counts.granted += 1
            counts.served += 1
            self.answers.mix(lease)
            heard?(place.question, .lease(lease, roundNow))
        case .refused(let refusal):
            if case .placeTaken = refusal { counts.takenOver += 1 }
            if case .grant(let refusal) = refusal {
                counts.refusedByRule[Int(refusal.rule.rawValue)] += 1
            }
            self.answers.mix(UInt64(64 + refusal.kind))
            heard?(place.question, .noPlace)
        case .noSpace:
            throw Finding("answer-to-another", "\(ticket) finds no space")
        }
    }

    /// No connection outlives the process.
    func loseConnections() {
        for number in parked.keys.sorted() {
            if let place = parked[number] { heard?(place.question, .lost) }
        }
        parked.removeAll()
    }
}
