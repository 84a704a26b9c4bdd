/// Makes a failing history short: leaves out whatever the failure does not need.
package struct Shrinker: Sendable {
    /// Enough to bring some ten thousand steps down to some ten.
    private static let replayCountMax = 4_000

    private let simulation: Simulation
    private var replayCount = 0

    package init(_ simulation: Simulation) { self.simulation = simulation }

    /// The shortest history found in which the same rule does not hold, and what is found there.
    ///
    /// - Parameter steps: a history in which a rule does not hold.
    package mutating func shorten(
        _ steps: [Step], failing finding: Finding
    ) -> (steps: [Step], finding: Finding) {
        var best = (steps: steps, finding: finding)
        var chunk = max(1, steps.count / 2)
        while replayCount < Self.replayCountMax {
            let before = best.steps.count
            var start = 0
            while start < best.steps.count, replayCount < Self.replayCountMax {
                var candidate = best.steps
                candidate.removeSubrange(start..<min(start + chunk, candidate.count))
                if let found = failure(candidate, rule: finding.rule) {
                    best = (candidate, found)
                } else {
                    start += chunk
                }
            }
            if chunk == 1 && best.steps.count == before { break }
            chunk = max(1, chunk / 2)
        }
        return best
    }

    private mutating func failure(_ steps: [Step], rule: String) -> Finding? {
        replayCount += 1
        guard let found = simulation.replay(steps).finding, found.rule == rule else { return nil }
        return found
    }
}
