import ArgumentParser
import BrokerSim

/// One run, of one seed.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs one seed; shortens the history of what is found.")

    @Option(help: "Decides everything.")
    var seed: UInt64

    @Option(
        help: "safety: nothing wrong happens; liveness: then faults stop, and things move again.")
    var mode = Simulation.Mode.safety

    @OptionGroup var options: RunOptions

    @Flag(help: "Do not shorten the history of a failure.")
    var noShrink = false

    func run() throws {
        let outcome = options.simulation(seed: seed, mode: mode).run()
        print(
            """
            seed \(seed): \(outcome.counts.operations) operations, \
            \(outcome.counts.crashes) crashes, trace \(outcome.trace.text)
            """)
        guard let finding = outcome.finding else { return }
        Report.show(finding, options: options, seed: seed, mode: mode, shrinking: !noShrink)
        throw ExitCode.failure
    }
}

/// What is said of a failure.
enum Report {
    /// Prints what was found, how to see it again, and the shortest history that shows it.
    static func show(
        _ finding: Finding, options: RunOptions, seed: UInt64, mode: Simulation.Mode,
        shrinking: Bool
    ) {
        print("FOUND \(finding.rule): \(finding.message)")
        print("  again: \(options.command(seed: seed, mode: mode))")
        guard shrinking else { return }
        let simulation = options.simulation(seed: seed, mode: mode)
        let recorded = simulation.run(recording: true)
        guard recorded.finding == finding else {
            print("  NOT THE SAME when run again: \(String(describing: recorded.finding))")
            return
        }
        var shrinker = Shrinker(simulation)
        let short = shrinker.shorten(recorded.steps, failing: finding)
        print("  \(recorded.steps.count) steps, shortened to \(short.steps.count):")
        for step in short.steps { print("    \(step)") }
        print("  then \(short.finding.rule): \(short.finding.message)")
    }
}

extension TraceHash {
    /// 16 hexadecimal digits.
    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
