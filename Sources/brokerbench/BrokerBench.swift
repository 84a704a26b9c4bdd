import ArgumentParser

/// Measures the broker from outside, over its socket, and from inside, decision by decision.
@main
struct BrokerBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brokerbench",
        abstract: "Measures grants over the socket, and decisions in memory.",
        discussion: """
            Each figure is from one run on this machine, with client and daemon on the same cores. \
            Only ratios of figures from one run carry over to another machine.
            """,
        subcommands: [GrantBench.self, WaveBench.self, DecisionBench.self])
}
