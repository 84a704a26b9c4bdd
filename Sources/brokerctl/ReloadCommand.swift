import ArgumentParser
import BrokerAPI
import BrokerText

struct ReloadCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: Text.aboutReload.here)

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
        if result.changed.isEmpty, result.needsRestart.isEmpty {
            return Text.nothingChanged.here + "\n"
        }
        let lines =
            result.changed.map { Text.settingChanged($0) }
            + result.needsRestart.map { Text.settingNeedsRestart($0) }
        return lines.map { TerminalText.escaped($0.here) + "\n" }.joined()
    }
}
