import BrokerSim
import Testing

/// Something that a broker may get wrong, and the rule by which the auditor calls it.
struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: String
    let tell: @Sendable (inout AuditorScene) throws -> Void

    init(
        _ description: String, _ rule: String,
        _ tell: @escaping @Sendable (inout AuditorScene) throws -> Void
    ) {
        testDescription = description
        self.rule = rule
        self.tell = tell
    }

    func expectFound(in scene: AuditorScene) throws {
        var scene = scene
        do {
            try tell(&scene)
            Issue.record("\(testDescription): nothing was found")
        } catch let finding as Finding {
            #expect(finding.rule == rule, "\(finding)")
        }
    }
}
