import Testing

@testable import BrokerCore

/// Long random runs of a house in turns: the journal says everything, an image is the whole state,
/// undo leaves nothing behind, and some rules hold at every step.
@Suite struct TurnRunTests {
    private static let seeds: ClosedRange<UInt64> = 1...6
    private static let stepCount = 700

    /// What was met on the way, so that a run shows what it is for.
    private struct Met {
        var places = 0
        var served = 0
        var rules: Set<Rule> = []
        var charged = 0
        var ends: Set<EndReason> = []
        var phases: Set<Turn.Phase> = []
    }

    @Test func aHouseInTurns() throws {
        var met = Met()
        for seed in Self.seeds { try run(seed, &met) }
        expectAll(met)
    }

    private func run(_ seed: UInt64, _ met: inout Met) throws {
        var workload = TurnWorkload(seed: seed)
        var broker = Broker()
        _ = try broker.decide(.applySite(TurnWorkload.site), by: House.admin, at: workload.now)
        _ = try broker.decide(
            .setWindows(workload.table(isNewRota: true)), by: House.admin, at: workload.now)
        // Knows the journal alone.
        var replica = Broker()
        for record in broker.takePending() { try replica.apply(record, at: workload.now) }
        // Was made of an image lately, and decides beside the first.
        var twin: Broker?
        for step in 0..<Self.stepCount {
            let (command, actor) = workload.next()
            let table = workload.table(isNewRota: true)
            let outcome = broker.turned(command, by: actor, at: workload.now, table)
            if case .success(let decision) = outcome { workload.note(decision) }
            let outcomes = broker.takeLineOutcomes()
            let records = broker.takePending()
            let what = "seed \(seed), step \(step): \(command)"
            note(outcome, outcomes, records, &met)
            try check(broker, outcome, outcomes, at: workload.now, what)
            broker.settle()
            for record in records { try replica.apply(record, at: workload.now) }
            replica.settle()
            // What differs once stays so.
            if step % 4 == 0 { try #require(broker.image == replica.image, "\(what)") }

            if let other = twin?.turned(command, by: actor, at: workload.now, table) {
                try #require(twin?.takePending() == records, "\(what)")
                let told = twin?.takeLineOutcomes().map(\.1)
                try #require(told == outcomes.map(\.1), "\(what)")
                try #require(other.isRefused == outcome.isRefused, "\(what)")
                twin?.settle()
            }
            if step % 50 == 0 {
                twin = try Broker(image: broker.image)
                try #require(twin?.image == broker.image, "\(what)")
            }
            if step % 50 == 40 { twin = nil }
            if step % 10 == 0 { try undoABatch(&broker, workload, step) }
        }
    }

    // MARK: The rules

    /// What must hold after every step.
    private func check(
        _ broker: Broker, _ outcome: Result<Decision, Refusal>,
        _ outcomes: [(WaitTicket, LineOutcome)], at now: Instant, _ step: String
    ) throws {
        var granted = outcomes.compactMap {
            if case .granted(let lease) = $0.1 { lease } else { nil }
        }
        if case .success(.granted(let lease)) = outcome { granted.append(lease) }
        for lease in granted {
            let group = try #require(broker.group(lease.group, at: now))
            #expect(group.isOpen, "\(step): outside its window")
            #expect(group.spec.quota.map { group.used <= $0 } ?? true, "\(step): over its quota")
            #expect(broker.pool(lease.pool)?.mode.kind == .open, "\(step): of a closed pool")
        }
        // Whoever looks after time is not kept busy.
        var later = broker
        _ = try later.decide(.passTime, by: .system, at: now)
        #expect(later.nextDeadline(after: now).map { $0 > now } ?? true, "\(step): due for ever")
        #expect(!later.mayServeLine, "\(step): the line is never served")
        checkState(later, at: now, step)
        try checkLine(later, at: now, step)
    }

    private func checkState(_ broker: Broker, at now: Instant, _ step: String) {
        let leases = broker.leases(Broker.LeaseFilter(), limit: .max)
        #expect(Set(leases.map(\.seat.name)).count == leases.count, "\(step): a seat twice")
        #expect(leases.allSatisfy { $0.expiresAt > now }, "\(step): outlived")
        let owners = leases.map { "\($0.holder.value) \($0.pool.value)" }
        #expect(Set(owners).count == owners.count, "\(step): two leases of a person in a pool")
        for pool in broker.poolViews {
            let seats = pool.seats
            #expect(seats.available + seats.leased + seats.cordoned == pool.size, "\(step)")
        }
        // Where a group stands is a function of its windows and the instant.
        for row in broker.image.windows {
            let isIn = row.windows.contains { $0.contains(broker.wallTime(now)) }
            if let turn = row.turn {
                #expect((turn.phase == .open) == isIn, "\(step): \(row)")
            } else {
                #expect(!isIn, "\(step): \(row)")
            }
        }
    }

    /// Nobody is left waiting who may have a seat.
    private func checkLine(_ broker: Broker, at now: Instant, _ step: String) throws {
        for waiter in broker.image.waiters where waiter.absentUntil == nil {
            var other = broker
            let holder = waiter.request.subject.holder
            // The same request once more, from nobody in the line.
            let request = GrantCommand(
                id: LeaseID(high: 9 << 16, low: broker.revision), subject: waiter.request.subject,
                pool: waiter.request.pool, group: waiter.request.group)
            let decision = try? other.decide(.grant(request), by: .system, at: now)
            #expect(decision == nil, "\(step): \(holder.value) waits for nothing")
        }
    }

    // MARK: Undo

    /// Some commands are decided and taken back; the broker goes on with the rest of the run.
    private func undoABatch(_ broker: inout Broker, _ workload: TurnWorkload, _ step: Int) throws {
        let before = broker.image
        broker.isUndoable = true
        var other = workload
        other.random = Random(seed: UInt64(step) << 32 | 7)
        for _ in 0...Int(other.random.next() % 8) {
            let (command, actor) = other.next()
            let table = other.table(isNewRota: true)
            let outcome = broker.turned(command, by: actor, at: other.now, table)
            if case .success(let decision) = outcome { other.note(decision) }
            if other.random.chance(50) { _ = broker.takePending() }
        }
        broker.undo()
        broker.isUndoable = false
        try #require(broker.image == before, "step \(step): undo")
        try #require(broker.takePending() == [], "step \(step): undo")
        try #require(broker.takeLineOutcomes().isEmpty, "step \(step): undo")
    }

    // MARK: What was met

    private func note(
        _ outcome: Result<Decision, Refusal>, _ outcomes: [(WaitTicket, LineOutcome)],
        _ records: [Record], _ met: inout Met
    ) {
        if case .success(.waiting) = outcome { met.places += 1 }
        if case .failure(.grant(let refusal)) = outcome { met.rules.insert(refusal.rule) }
        for (_, outcome) in outcomes {
            if case .granted = outcome { met.served += 1 }
            if let refusal = outcome.refusal { met.rules.insert(refusal.rule) }
        }
        for record in records {
            switch record {
            case .leaseCharged: met.charged += 1
            case .leaseEnded(_, let reason, _): met.ends.insert(reason)
            case .turnSet(_, let turn?): met.phases.insert(turn.phase)
            default: break
            }
        }
    }

    private func expectAll(_ met: Met) {
        #expect(met.places > 100 && met.served > 20 && met.charged > 5)
        #expect(met.rules.isSuperset(of: Rule.allCases))
        #expect(met.ends.isSuperset(of: [.released, .expired, .revoked, .windowClosed, .drained]))
        #expect(met.phases.isSuperset(of: Turn.Phase.allCases))
    }
}

extension Broker {
    /// Decides a command, and sets windows where it asks for them: all of it or nothing.
    fileprivate mutating func turned(
        _ command: Command, by actor: Actor, at now: Instant, _ table: WindowTable
    ) -> Result<Decision, Refusal> {
        let before = self
        do throws(Refusal) {
            let decision = try decide(command, by: actor, at: now)
            if needsWindows { _ = try decide(.setWindows(table), by: actor, at: now) }
            return .success(decision)
        } catch {
            if needsWindows { self = before }
            return .failure(error)
        }
    }
}

extension Result {
    fileprivate var isRefused: Bool { if case .failure = self { true } else { false } }
}
