import ArgumentParser
import BrokerAPI

/// The command line of the broker: one file a family of verbs.
@main
struct Brokerctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brokerctl",
        abstract: "Request, watch and administer the seats that brokerd grants.",
        discussion: """
            Exit codes: 0 done; 1 failed; 64 wrong usage; 65 the data was refused; 66 no such pool, \
            seat, group or lease; 69 the daemon cannot be reached; 75 not now, try again later; \
            77 not allowed; 79 run lost its lease; 124 the time of --wait has passed.
            """,
        version: BrokerVersion.text,
        subcommands: [
            StatusCommand.self, LeaseCommand.self, RunCommand.self, PoolCommand.self,
            SeatCommand.self, GroupCommand.self, RotaCommand.self, QueueCommand.self,
            SiteCommand.self, ExplainCommand.self, ReplayCommand.self, QueryCommand.self,
            ReloadCommand.self, BackupCommand.self,
        ])
}

/// A verb: it does its work in `execute`, and every failure leaves through one door.
protocol BrokerCommand: ParsableCommand {
    func execute() throws
}

extension BrokerCommand {
    func run() throws {
        do {
            try execute()
        } catch let error as CommandError {
            error.report()
            throw ExitCode(error.status.rawValue)
        }
    }
}
