import ArgumentParser
import BrokerSim

/// `brokersim`: the broker's core, engine and store interface in a simulated world.
@main
struct BrokerSimProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brokersim",
        abstract: "Runs the broker in a simulated world where everything fails, and audits it.",
        discussion: """
            A seed decides everything: the house, its people, the network, the faults. The same seed \
            gives the same trace hash on every run and machine.
            """,
        subcommands: [RunCommand.self, SweepCommand.self])
}

/// What a run is, on the command line.
struct RunOptions: ParsableArguments {
    @Option(help: "Requests of a run; by default the seed decides.")
    var operations: Int?

    @Flag(help: "A control that must fail: a disk that says that it has synced and has not.")
    var lyingDisk = false

    @Flag(help: "Leaves rotas, the waiting line and drains to come out.")
    var withoutHalfDays = false

    func simulation(seed: UInt64, mode: Simulation.Mode) -> Simulation {
        Simulation(
            swarm: Swarm(
                seed: seed, operationCount: operations, hasHalfDays: !withoutHalfDays),
            mode: mode,
            liesAboutSync: lyingDisk)
    }

    /// The command that does the same again.
    func command(seed: UInt64, mode: Simulation.Mode) -> String {
        "brokersim run --seed \(seed) --mode \(mode.rawValue)"
            + (operations.map { " --operations \($0)" } ?? "")
            + (lyingDisk ? " --lying-disk" : "") + (withoutHalfDays ? " --without-half-days" : "")
    }

    func validate() throws {
        if let operations, operations < 1 {
            throw ValidationError("--operations is at least 1")
        }
    }
}

extension Simulation.Mode: ExpressibleByArgument {}
