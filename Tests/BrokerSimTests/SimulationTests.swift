import Testing

@testable import BrokerSim

/// The simulator as a tool: a seed tells all, faults strike, and what is wrong is found and shown.
@Suite struct SimulationTests {
    private func simulation(
        _ seed: UInt64, _ mode: Simulation.Mode = .safety, liesAboutSync: Bool = false
    ) -> Simulation {
        Simulation(
            swarm: Swarm(seed: seed, operationCount: 800), mode: mode, liesAboutSync: liesAboutSync)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func theSameSeedDoesTheSame(seed: UInt64) {
        let first = simulation(seed).run()
        let second = simulation(seed).run()
        #expect(first.finding == nil)
        #expect(first.trace == second.trace && first.counts == second.counts)
        #expect(simulation(seed + 100).run().trace != first.trace)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func aHistoryPerformedAgainDoesTheSame(seed: UInt64) {
        let run = simulation(seed).run(recording: true)
        let again = simulation(seed).replay(run.steps)
        #expect(again.finding == nil)
        #expect(again.trace == run.trace)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func thingsMoveAgainAfterFaults(seed: UInt64) {
        #expect(simulation(seed, .liveness).run().finding == nil)
    }

    /// Runs that meet nothing prove nothing; what a long sweep never met is its own to say.
    @Test func theRunsMeetWhatTheyAreFor() {
        var counts = Counts()
        for seed in 1...10 as ClosedRange<UInt64> {
            // Everything fails often, for there is little time.
            var swarm = Swarm(seed: seed, operationCount: 800)
            swarm.diskFaultOnceIn = 25
            swarm.killOnceIn = 100
            swarm.powerCutOnceIn = 100
            swarm.fillOnceIn = 60
            swarm.clockStepOnceIn = 40
            swarm.restoreOnceIn = 100
            swarm.snapshotRecordCount = 40
            let outcome = Simulation(swarm: swarm).run()
            #expect(outcome.finding == nil, "seed \(seed)")
            counts.add(outcome.counts)
        }
        for point in DiskPoint.allCases {
            #expect(counts.faults[Int(point.rawValue)] > 0, "\(point)")
        }
        #expect(counts.granted > 50 && counts.held > 50 && counts.changed > 50)
        #expect(counts.crashes > 20 && counts.powerCuts > 5 && counts.clockSteps > 5)
        #expect(counts.lowOnSpace > 0 && counts.restores > 0)
        #expect(Counts().neverMet().contains("a grant"))
        #expect(Counts().neverMet().contains("a fault at tornWrite"))
    }

    /// A disk that lies must be found, and the history that shows it must be short and still show it.
    @Test func aLyingDiskIsFound() throws {
        for seed in 1...200 as ClosedRange<UInt64> {
            let lying = simulation(seed, liesAboutSync: true)
            let run = lying.run(recording: true)
            guard let finding = run.finding else { continue }
            var shrinker = Shrinker(lying)
            let short = shrinker.shorten(run.steps, failing: finding)
            #expect(short.finding.rule == finding.rule)
            #expect(short.steps.count < 30 && short.steps.count <= run.steps.count)
            #expect(lying.replay(short.steps).finding == short.finding)
            // On an honest disk the same history is in order.
            #expect(simulation(seed).replay(short.steps).finding == nil)
            return
        }
        Issue.record("no seed finds a disk that lies")
    }
}
