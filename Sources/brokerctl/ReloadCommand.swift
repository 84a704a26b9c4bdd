import ArgumentParser
import BrokerAPI

struct ReloadCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let the daemon read its configuration again; a bad one changes nothing.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let document = try connection.caller(.control).document(
            HTTPRequest(.post, ["v1", "reload"]), .reload)
        if output.output == .table {
            let result = try Caller.decoded(ReloadResult.self, document.body)
            output.print(document) { Self.text(result) }
        } else {
            output.print(document)
        }
    }

    private static func text(_ result: ReloadResult) -> String {
        if result.changed.isEmpty, result.needsRestart.isEmpty { return "Nothing changed.\n" }
        let lines =
            result.changed.map { "\($0) changed." }
            + result.needsRestart.map { "\($0) changed, and counts after a restart." }
        return lines.map { TerminalText.escaped($0) + "\n" }.joined()
    }
}
