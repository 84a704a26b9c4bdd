import ArgumentParser
import BrokerAPI

struct QueryCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "GET any path of the API, and print the answer.",
        discussion: "For example: brokerctl query '/v1/leases?pool=telework&limit=5'")

    @Argument(help: "Path and query, as /v1/status.")
    var path: String

    @Option(name: .shortAndLong, help: "How to print the answer; json is the body, unchanged.")
    var output: OutputFormat = .json

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError(
                "a path begins with / and is percent-encoded: /v1/leases?holder=jdupont")
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
