import ArgumentParser

/// Drives a real daemon while others break it, and checks what was answered.
@main
struct Brokertorture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brokertorture",
        abstract: "Loads a daemon through its deaths, and checks the history of what it answered.",
        discussion: """
            load records every call with its interval; check decides whether the answers can be \
            those of a broker that loses nothing. Who kills the daemon is somebody else's business.
            """,
        subcommands: [LoadCommand.self, CheckCommand.self])
}

/// Something that keeps a command from doing its work.
struct TortureError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
