import ArgumentParser
import BrokerAPI
import BrokerText

struct RotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rota", abstract: Text.aboutRota.here,
        discussion: Text.moreRota.here,
        subcommands: [RotaShow.self, RotaNow.self, RotaNext.self])
}

/// `--at`, the instant that a look at the rota is about.
struct RotaTimeOptions: ParsableArguments {
    @Option(
        help: .text(
            .when,
            valueName: "time"), transform: InstantArgument.instant)
    var at: Timestamp?
}

extension Caller {
    /// The rota, as it came and decoded.
    fileprivate func rota(
        _ query: [(String, String?)], _ resource: Resource
    ) throws(CommandError) -> (document: Document, table: RotaTable) {
        let document = try document(HTTPRequest(.get, ["v1", "rota"], query: query), resource)
        return (document, try Self.decoded(RotaTable.self, document.body))
    }
}

struct RotaShow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Text.aboutRotaShow.here,
        discussion: Text.moreRotaShow.here)

    @Option(
        help: .text(
            .rotaFrom,
            valueName: "date|time"), transform: InstantArgument.bound)
    var from: String?

    @Option(
        help: .text(.rotaTo, valueName: "date|time"),
        transform: InstantArgument.bound)
    var to: String?

    @OptionGroup var time: RotaTimeOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if time.at != nil, from != nil || to != nil {
            throw ValidationError(.atOrBounds)
        }
    }

    func execute() throws {
        let (from, to) = bounds()
        let (document, rota) = try connection.caller(.agentThenControl).rota(
            [("from", from), ("to", to), ("at", time.at?.text)], .rotaDays)
        switch output.output {
        case .table:
            let isList = from != nil
            output.print(document) {
                RotaText.head(rota, ofWeek: !isList)
                    + (isList ? RotaText.list(rota) : RotaText.grid(rota))
            }
        // One slot of one day a line: a day is no row.
        case .csv: output.print(RotaText.rows(rota))
        case .json, .jsonl, .yaml, .name: output.print(document)
        }
    }

    /// Both bounds, or none.
    private func bounds() -> (from: String?, to: String?) {
        guard from != nil || to != nil else { return (nil, nil) }
        let from = from ?? LocalTime.now.text
        return (from, to ?? Self.weekAfter(from))
    }

    /// The same a week later, of a date or an instant.
    static func weekAfter(_ bound: String) -> String? {
        let week: Int64 = 7 * 86_400_000
        if let instant = Timestamp(text: bound) {
            return Timestamp(milliseconds: instant.milliseconds + week).text
        }
        return Timestamp(text: "\(bound)T00:00:00Z").map {
            String(Timestamp(milliseconds: $0.milliseconds + week).text.prefix(10))
        }
    }
}

struct RotaNow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "now", abstract: Text.aboutRotaNow.here)

    @OptionGroup var time: RotaTimeOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let (document, rota) = try connection.caller(.agentThenControl).rota(
            [("at", time.at?.text)], .rotaGroups)
        output.print(document) {
            RotaText.head(rota, ofWeek: true) + Table.list(document)
        }
    }
}

struct RotaNext: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: Text.aboutRotaNext.here)

    @OptionGroup var time: RotaTimeOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// Two rounds of a fortnight's cycle: windows beyond are shown without their end.
    private static let aheadMilliseconds: Int64 = 28 * 86_400_000

    func execute() throws {
        let at = time.at ?? LocalTime.now
        let until = Timestamp(milliseconds: at.milliseconds + Self.aheadMilliseconds)
        let (document, rota) = try connection.caller(.agentThenControl).rota(
            [("at", at.text), ("from", at.text), ("to", until.text)], .rotaGroups)
        output.print(document) {
            RotaText.head(rota, ofWeek: false) + RotaText.next(rota)
        }
    }
}
