import BrokerCore

/// What a run met: a run that meets nothing proves nothing.
package struct Counts: Equatable, Sendable {
    package var steps = 0
    /// Requests that were answered.
    package var operations = 0
    package var granted = 0
    /// Renewed, released, revoked, resized and whatever else was done.
    package var changed = 0
    /// Answered with a lease that was there.
    package var held = 0
    /// Refused grants, by `Rule`.
    package var refusedByRule = Array(repeating: 0, count: Rule.allCases.count)
    /// Refused otherwise.
    package var refused = 0
    package var noSpace = 0
    package var batches = 0
    package var crashes = 0
    /// Faults that struck in the store's work, by `DiskPoint`.
    package var faults = Array(repeating: 0, count: DiskPoint.allCases.count)
    package var fills = 0
    package var lowOnSpace = 0
    package var spaceRestored = 0
    package var clockSteps = 0
    package var powerCuts = 0
    /// Rounds of more requests than one batch takes.
    package var crowds = 0
    package var restores = 0
    package var audits = 0
    /// Places in the line, and what became of them.
    package var waiting = 0
    package var served = 0
    package var takenOver = 0
    package var hangUps = 0
    package var zoneUpdates = 0
    package var drainsToCome = 0
    /// Windows that could not be worked out further.
    package var windowsFailed = 0

    package init() {}

    /// Adds what another run met.
    package mutating func add(_ other: Counts) {
        steps += other.steps
        operations += other.operations
        granted += other.granted
        changed += other.changed
        held += other.held
        for rule in refusedByRule.indices { refusedByRule[rule] += other.refusedByRule[rule] }
        refused += other.refused
        noSpace += other.noSpace
        batches += other.batches
        crashes += other.crashes
        for point in faults.indices { faults[point] += other.faults[point] }
        fills += other.fills
        lowOnSpace += other.lowOnSpace
        spaceRestored += other.spaceRestored
        clockSteps += other.clockSteps
        powerCuts += other.powerCuts
        crowds += other.crowds
        restores += other.restores
        audits += other.audits
        waiting += other.waiting
        served += other.served
        takenOver += other.takenOver
        hangUps += other.hangUps
        zoneUpdates += other.zoneUpdates
        drainsToCome += other.drainsToCome
        windowsFailed += other.windowsFailed
    }
}

extension Counts {
    /// What has not come up, in words.
    ///
    /// - Parameter hasHalfDays: whether there are rotas, a line and drains to come.
    package func neverMet(hasHalfDays: Bool = true) -> [String] {
        var kinds = [
            ("a grant", granted), ("a lease that is held", held), ("a change", changed),
            ("a request refused for want of space", noSpace), ("a crash", crashes),
            ("a full disk", fills), ("space that ran out", lowOnSpace),
            ("space that came back", spaceRestored), ("a step of the clock", clockSteps),
            ("a restore", restores), ("a power cut", powerCuts),
            ("more requests than a batch takes", crowds), ("an audit of everything", audits),
        ]
        if hasHalfDays {
            kinds += [
                ("a place in the line", waiting), ("a seat for somebody in the line", served),
                ("a place that is taken over", takenOver), ("a connection that goes", hangUps),
                ("other time zones", zoneUpdates), ("a drain that is to come", drainsToCome),
            ]
        }
        let ofHalfDays = [Rule.outsideWindow, .lineFull, .waitExpired]
        for rule in Rule.allCases where hasHalfDays || !ofHalfDays.contains(rule) {
            kinds.append(("a grant refused by \(rule)", refusedByRule[Int(rule.rawValue)]))
        }
        for point in DiskPoint.allCases {
            kinds.append(("a fault at \(point)", faults[Int(point.rawValue)]))
        }
        return kinds.filter { $0.1 == 0 }.map(\.0)
    }
}

/// What came of a run.
package struct Outcome: Sendable {
    package var counts: Counts
    package var trace: TraceHash
    /// The first rule that did not hold; nil: all held.
    package var finding: Finding?
    /// The history up to the finding, if it was asked for.
    package var steps: [Step]
}

/// One run of the simulator.
package struct Simulation: Sendable {
    /// What a run is for.
    package enum Mode: String, CaseIterable, Sendable {
        /// Nothing wrong ever happens.
        case safety
        /// Then faults stop, and what should happen happens.
        case liveness
    }

    package var swarm: Swarm
    package var mode: Mode
    /// A disk that says it has synced and has not: the control, which must be found.
    package var liesAboutSync: Bool

    package init(swarm: Swarm, mode: Mode = .safety, liesAboutSync: Bool = false) {
        self.swarm = swarm
        self.mode = mode
        self.liesAboutSync = liesAboutSync
    }

    /// Everything is audited after so many requests, beside what follows each recovery.
    private static let auditOperationCount = 2_000

    /// Runs until a rule does not hold, or to the end.
    ///
    /// - Parameter recording: keep the steps, to show or to shorten them.
    package func run(recording: Bool = false) -> Outcome {
        var steps: [Step] = []
        let world: World
        do throws(Finding) {
            world = try World(swarm, liesAboutSync: liesAboutSync)
        } catch {
            return Outcome(counts: Counts(), trace: TraceHash(), finding: error, steps: [])
        }
        let people = People(Workload(swarm))
        world.heard = { question, heard in people.workload.hear(question, heard) }
        do throws(Finding) {
            for step in people.workload.opening() {
                if recording { steps.append(step) }
                try world.perform(step)
            }
            var auditAt = Self.auditOperationCount
            while world.counts.operations < swarm.operationCount {
                let step = people.workload.next()
                if recording { steps.append(step) }
                try world.perform(step)
                guard case .round = step else { continue }
                if world.counts.operations >= auditAt {
                    auditAt = world.counts.operations + Self.auditOperationCount
                    if recording { steps.append(.audit) }
                    try world.audit()
                }
            }
            if recording { steps.append(.audit) }
            try world.audit()
            if mode == .liveness {
                var liveness = Liveness(town: people.workload.town, seed: swarm.seed)
                try liveness.run(world)
            }
        } catch {
            return Outcome(
                counts: world.counts, trace: world.trace, finding: error, steps: steps)
        }
        return Outcome(counts: world.counts, trace: world.trace, finding: nil, steps: steps)
    }

    /// Performs a history.
    package func replay(_ steps: [Step]) -> Outcome {
        var counts = Counts()
        var trace = TraceHash()
        do throws(Finding) {
            let world = try World(swarm, liesAboutSync: liesAboutSync)
            defer {
                counts = world.counts
                trace = world.trace
            }
            for step in steps { try world.perform(step) }
            try world.audit()
            if mode == .liveness {
                var liveness = Liveness(town: Town(swarm), seed: swarm.seed)
                try liveness.run(world)
            }
        } catch {
            return Outcome(counts: counts, trace: trace, finding: error, steps: steps)
        }
        return Outcome(counts: counts, trace: trace, finding: nil, steps: steps)
    }
}

/// The workload, where the world can reach it.
private final class People {
    var workload: Workload
    init(_ workload: Workload) { self.workload = workload }
}
