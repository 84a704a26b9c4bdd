import ArgumentParser
import BrokerAPI
import BrokerText

struct ReplayCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: Text.aboutReplay.here,
        discussion: Text.moreReplay.here)

    @Option(
        name: .customLong("site"),
        help: .text(.replaySite, valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var file: String

    @Option(
        help: .text(.replaySince, valueName: "duration|time"),
        transform: ReplayCommand.since)
    var since: Timestamp

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// A week of a large house takes seconds; nobody waits for longer than this.
    private static let timeoutMilliseconds: Int64 = 600_000

    @Sendable static func since(_ text: String) throws -> Timestamp {
        let now = LocalTime.now
        if let seconds = try? DurationText.seconds(text) {
            return Timestamp(milliseconds: now.milliseconds - Int64(seconds) * 1000)
        }
        let instant = try InstantArgument.instant(text)
        guard instant < now else { throw ValidationError(.notInThePast(text)) }
        return instant
    }

    func execute() throws {
        let text = try Files.read(file)
        let response = try connection.caller(.control).response(
            to: HTTPRequest(
                .post, ["v1", "replay"], query: [("since", since.text)], body: text,
                contentType: tomlContentType), timeoutMilliseconds: Self.timeoutMilliseconds)
        guard response.isSuccess else {
            throw CommandError.problem(SiteApply.placed(response.problem, in: file), about: nil)
        }
        let document = try Document(body: response.body, resource: .replay)
        output.print(document) { Self.head(document.json) + Table.list(document) }
    }

    /// `4711 requests from 2026-11-17 08:00:00 to 2026-11-24 08:00:00`.
    private static func head(_ json: JSONValue) -> String {
        func instant(_ name: String) -> String {
            guard let text = json[name]?.stringValue, let instant = Timestamp(text: text) else {
                return "?"
            }
            return LocalTime.text(instant)
        }
        let count = json["requests"]?.intValue ?? 0
        return Text.replayed(count, from: instant("since"), to: instant("until")).here + "\n\n"
    }
}
