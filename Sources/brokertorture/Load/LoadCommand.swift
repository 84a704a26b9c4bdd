import ArgumentParser

/// Concurrent clients on the control socket, and the history of what they were answered.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Asks a daemon for leases and all else, through its deaths, and records it.",
        discussion: """
            The clients play a gateway and an admin on the control socket, so they have to run as \
            one of these. The daemon may be killed, stopped and started again meanwhile; a \
            call without an answer is recorded as unknown, and its client finds out. The site is \
            taken as it is found, and put back to that in the end; leases are released.
            """)

    @Option(help: ArgumentHelp("The daemon's control socket.", valueName: "path"))
    var socket: String

    @Option(help: "How long to go on.")
    var seconds: Int?

    @Option(help: "How many calls to make.")
    var operations: Int?

    @Option(help: "Clients with one call under way each; an admin and an auditor come on top.")
    var connections = 16

    @Option(help: "People, dealt out to the groups in turn.")
    var holders = 1_000

    @Option(help: "Makes the choices: the same seed makes the same.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Where the history goes.", valueName: "file"))
    var history: String

    @Option(
        help: ArgumentHelp(
            "Pools to use and to look at, with commas between; all.", valueName: "names"))
    var pools: String?

    @Option(
        help: ArgumentHelp(
            "Groups to use, with commas between; all that have a unix group.", valueName: "names"))
    var groups: String?

    @Option(help: "Most calls a second, of all clients together.")
    var rate: Int?

    @Option(help: ArgumentHelp("Ends as soon as this file exists.", valueName: "path"))
    var stopFile: String?

    @Option(help: "Seconds to wait for the daemon, at the start and in the end.")
    var patience = 30

    @Flag(help: "Leave the leases that are held in the end.")
    var keepLeases = false

    @Flag(help: "Leave pools, groups and seats as they are.")
    var noAdmin = false

    func validate() throws {
        guard (seconds == nil) != (operations == nil) else {
            throw ValidationError("Say one of --seconds and --operations.")
        }
        guard (1...86_400).contains(seconds ?? 1), (1...1_000_000_000).contains(operations ?? 1)
        else { throw ValidationError("--seconds or --operations is out of bounds.") }
        guard (1...4_000).contains(connections) else {
            throw ValidationError("--connections is from 1 to 4000.")
        }
        guard (1...1_000_000).contains(holders) else {
            throw ValidationError("--holders is from 1 to 1000000.")
        }
        guard (1...1_000_000).contains(rate ?? 1) else {
            throw ValidationError("--rate is from 1 to 1000000.")
        }
        guard (0...3_600).contains(patience) else {
            throw ValidationError("--patience is from 0 to 3600.")
        }
    }

    func run() throws {
        let load = try LoadRun(self)
        try load.run()
        print(load.summary)
    }

    static func names(_ list: String?) -> [String] {
        list?.split(separator: ",").map(String.init) ?? []
    }
}
