import ArgumentParser
import BrokerAPI

struct QueueCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "List who waits for a seat, in order.")

    @Option(help: "Only who waits for this pool.", completion: Completion.pools)
    var pool: String?

    @Option(help: "Only who waits as this group.", completion: Completion.groups)
    var group: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(
            try connection.caller(.control).list(
                ["v1", "queue"], query: [("pool", pool), ("group", group)], .queue))
    }
}
