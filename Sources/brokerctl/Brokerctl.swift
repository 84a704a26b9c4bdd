import ArgumentParser
import BrokerAPI
import BrokerText
import Glibc

/// The command line of the broker: one file a family of verbs.
@main
struct Brokerctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brokerctl",
        abstract: Text.aboutRoot.here,
        discussion: Text.exitCodes.here,
        version: BrokerVersion.text,
        subcommands: [
            StatusCommand.self, LeaseCommand.self, RunCommand.self, PoolCommand.self,
            SeatCommand.self, GroupCommand.self, RotaCommand.self, QueueCommand.self,
            EventsCommand.self, AuditCommand.self, UsageCommand.self,
            SiteCommand.self, ExplainCommand.self, ReplayCommand.self, QueryCommand.self,
            ReloadCommand.self, BackupCommand.self, CheckCommand.self,
        ])
}

extension Brokerctl {
    /// As the parser's own, in the language of the person at the terminal.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            var status = exitCode(for: error)
            if status == .validationFailure, CheckCommand.isMeant(by: CommandLine.arguments) {
                Glibc.exit(CheckCommand.rejectUsage(message(for: error)).rawValue)
            }
            let text = ParserWords.written(fullMessage(for: error), in: .here)
            if !text.isEmpty {
                status.isSuccess ? Terminal.output(text + "\n") : Terminal.error(text + "\n")
            }
            if CheckCommand.isMeant(by: CommandLine.arguments) {
                status = CheckCommand.statusWithoutCheck(status, error)
            }
            Glibc.exit(status.rawValue)
        }
    }
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
