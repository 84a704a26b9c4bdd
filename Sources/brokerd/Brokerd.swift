import ArgumentParser
import BrokerAPI

/// The daemon: reads its configuration, serves, and ends with a code that says how it went.
@main
struct Brokerd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brokerd",
        abstract: "Keeps pools of virtual desktops and grants leases on their seats.",
        discussion: """
            Runs in the foreground; systemd starts it (brokerd.service). SIGHUP reads the \
            configuration again, SIGTERM ends it in order.
            """,
        version: "brokerd \(BrokerVersion.text)",
        subcommands: [Restore.self])

    @Option(help: "The configuration file; without it, defaults are in force.")
    var config: String?

    @Flag(help: "Check the configuration, and the site file that it names, and end.")
    var check = false

    func run() throws {
        if check {
            try Checking.run(config: config)
        } else {
            try Serving.run(config: config)
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
