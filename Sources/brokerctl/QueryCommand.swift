import ArgumentParser
import BrokerAPI
import BrokerText

struct QueryCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: Text.aboutQuery.here,
        discussion: Text.moreQuery.here)

    @Argument(help: .text(.queryPath))
    var path: String

    @Option(name: .shortAndLong, help: .text(.queryOutput))
    var output: OutputFormat = .json

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError(.pathForm)
        }
    }

    func execute() throws {
        let caller = connection.caller(.controlThenAgent)
        let response = try caller.answer(to: HTTPRequest(target: path))
        guard response.contentType.hasPrefix("application/json") else {
            return Terminal.output(response.body)
        }
        let json = try Caller.decoded(JSONValue.self, response.body)
        let document = try Document(body: response.body, resource: .guessed(json))
        output.print(document) { document.isList ? Table.list(document) : Table.sheet(document) }
    }
}
