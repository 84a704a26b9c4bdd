import ArgumentParser
import BrokerAPI
import BrokerText
import Glibc

/// The daemon: reads its configuration, serves, and ends with a code that says how it went.
@main
struct Brokerd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brokerd",
        abstract: Text.aboutDaemon.here,
        discussion: Text.moreDaemon.here,
        version: "brokerd \(BrokerVersion.text)",
        subcommands: [Restore.self])

    @Option(help: ArgumentHelp(stringLiteral: Text.configOption.here))
    var config: String?

    @Flag(help: ArgumentHelp(stringLiteral: Text.checkOption.here))
    var check = false

    func run() throws {
        if check {
            try Checking.run(config: config)
        } else {
            try Serving.run(config: config)
        }
    }
}

extension Brokerd {
    /// As the parser's own, in the language of whoever started the program.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let status = exitCode(for: error)
            let text = ParserWords.written(fullMessage(for: error), in: .here)
            if status.isSuccess, !text.isEmpty { print(text) }
            if !status.isSuccess, !text.isEmpty { StandardError.write(text) }
            Glibc.exit(status.rawValue)
        }
    }
}

/// How the daemon ends; the numbers are those of sysexits.h that systemd and scripts know.
enum ExitStatus {
    /// Something went wrong that another start may mend.
    static let failed = ExitCode(1)
    /// Another process has the state or a socket: try again later.
    static let busy = ExitCode(75)
    /// The configuration or the state is refused: a person must look.
    static let refused = ExitCode(78)
}
