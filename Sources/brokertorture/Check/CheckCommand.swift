import ArgumentParser

/// Decides whether a history can be that of a broker that keeps its promises.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks what a load recorded.",
        discussion: """
            The first line of the output has the figures. Exit codes: 0 nothing was found; 1 \
            something was, and is shown with the calls involved.
            """)

    @Argument(help: "Histories of one daemon's state, of loads one after another.")
    var files: [String]

    @Option(help: "How long a lease may be seen after its deadline while the daemon answers.")
    var graceMs = 1_000

    @Option(help: "How many signs of acknowledged changes that are lost are let pass.")
    var lostAllowed = 0

    @Flag(
        name: .customLong("no-507"),
        help: "The disk never filled: a refusal for want of space is a mistake.")
    var hasSpace = false

    @Flag(
        name: .customLong("no-unavailable"),
        help: "Nobody stopped the daemon or kept it from names: 503 `unavailable` is a mistake.")
    var isAlwaysThere = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name a history.") }
        guard (0...3_600_000).contains(graceMs), lostAllowed >= 0 else {
            throw ValidationError("--grace-ms and --lost-allowed are not negative.")
        }
    }

    func run() throws {
        var checker = try Checker(
            paths: files, graceMilliseconds: graceMs,
            turningAway: TurningAway(storage: !hasSpace, unavailable: !isAlwaysThere))
        try checker.run()
        print(try checker.report(), terminator: "")
        let findings = checker.findings
        let others = findings.total - findings.lost
        guard others == 0, findings.lost <= lostAllowed else { throw ExitCode.failure }
    }
}
