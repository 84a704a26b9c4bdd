import BrokerCore
import BrokerEngine
import BrokerStore
import Testing

@testable import BrokerSim

/// The auditor and the core, two readings of the same rules, agree on everything.
@Suite struct AuditorTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func longRuns(seed: UInt64) throws {
        var house = AuditedHouse(seed: seed)
        for step in 0..<1_500 {
            do {
                try house.step()
            } catch let finding as Finding {
                let last = house.history.suffix(60).map { "\($0)" }.joined(separator: "\n")
                Issue.record("seed \(seed), step \(step): \(finding)\n\(last)")
                return
            }
        }
        #expect(house.auditor.operationCount > 1_500)
    }
}
