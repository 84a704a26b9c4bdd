import ArgumentParser
import BrokerAPI
import BrokerText

struct UsageCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: Text.aboutUsage.here, discussion: Text.moreUsage.here)

    @Option(help: .text(.usageFrom, valueName: "time|date"), transform: InstantArgument.bound)
    var from: String?

    @Option(help: .text(.usageTo, valueName: "time|date"), transform: InstantArgument.bound)
    var to: String?

    @Option(help: .text(.usageBy, valueName: "group|pool|hour|day|month"))
    var by: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// Each of them, however they were given: once a word, or with commas between.
    private var dimensions: [String] {
        by.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    func validate() throws {
        let found = dimensions.compactMap { UsageDimension(rawValue: $0) }
        guard found.count == dimensions.count, Set(found).count == found.count,
            found.count(where: \.isPeriod) <= 1
        else { throw ValidationError(.usageByForm) }
    }

    func execute() throws {
        let by = dimensions
        let request = HTTPRequest(
            .get, ["v1", "usage"],
            query: [
                ("from", from), ("to", to), ("by", by.isEmpty ? nil : by.joined(separator: ",")),
            ])
        let found = by.compactMap { UsageDimension(rawValue: $0) }
        let document = try connection.caller(.control).document(request, .usage(by: found))
        output.print(document) { Self.head(document.json) + Table.list(document) }
    }

    /// `From 2026-11-01 00:00:00 to 2026-12-01 00:00:00; periods by the clock of Europe/Paris.`
    private static func head(_ json: JSONValue) -> String {
        func instant(_ name: String) -> String {
            guard let text = json[name]?.stringValue, let instant = Timestamp(text: text) else {
                return "?"
            }
            return LocalTime.text(instant)
        }
        let zone = TerminalText.escaped(json["timezone"]?.stringValue ?? "?")
        return Text.usageHead(from: instant("from"), to: instant("to"), zone).here + "\n\n"
    }
}

extension Resource {
    /// Its columns are what the figures are given by, and then the figures.
    static func usage(by: [UsageDimension]) -> Resource {
        var columns: [Column] = []
        if by.contains(where: \.isPeriod) {
            columns += [
                Column("FROM", "from", .instant), Column("TO", "to", .instant, .sheet),
            ]
        }
        if by.contains(.group) { columns.append(Column("GROUP", "group")) }
        if by.contains(.pool) { columns.append(Column("POOL", "pool")) }
        columns += [
            Column("SEAT SECONDS", "seat_seconds", .number),
            Column("PEAK", "peak", .number),
            Column("MEAN", "mean", .number),
            Column("GRANTS", "grants", .number),
            Column("WAITERS", "waiters", .number),
            Column("WAITING SECONDS", "waiting_seconds", .number, .wide),
            Column("REFUSALS", "refusals"),
        ]
        return Resource(listKey: "rows", nameKey: "group", columns: columns)
    }
}
