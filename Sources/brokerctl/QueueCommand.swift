import ArgumentParser
import BrokerAPI
import BrokerText

struct QueueCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: Text.aboutQueue.here)

    @Option(help: .text(.queuePool), completion: Completion.pools)
    var pool: String?

    @Option(help: .text(.queueGroup), completion: Completion.groups)
    var group: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(
            try connection.caller(.control).list(
                ["v1", "queue"], query: [("pool", pool), ("group", group)], .queue))
    }
}
