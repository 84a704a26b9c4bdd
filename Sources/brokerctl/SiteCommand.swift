import ArgumentParser
import BrokerAPI
import BrokerText

struct SiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: Text.aboutSite.here,
        subcommands: [SiteApply.self, SiteExport.self])
}

struct SiteApply: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: Text.aboutSiteApply.here)

    @Option(
        name: .shortAndLong, help: .text(.siteFile),
        completion: .file(extensions: ["toml"]))
    var file: String

    @OptionGroup var revision: SiteRevisionOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let text = try Files.read(file)
        let caller = connection.caller(.control)
        var ifRevision = revision.ifRevision
        if !confirmation.yes {
            let (document, change) = try request(caller, text, ifRevision, dryRun: true)
            if confirmation.dryRun { return show(document, change) }
            if !change.displaced.isEmpty {
                if Terminal.canAsk {
                    Self.lines(change.diff).forEach { Terminal.hint(Text(verbatim: $0)) }
                    ShortfallText.lines(change.shortfalls).forEach(Terminal.hint)
                }
                try Terminal.confirm(
                    .siteDisplaces(change.displaced.count))
                ifRevision = ifRevision ?? change.revision
            }
        }
        let (document, change) = try request(caller, text, ifRevision, dryRun: false)
        show(document, change)
    }

    private func request(
        _ caller: Caller, _ text: [UInt8], _ ifRevision: Int?, dryRun: Bool
    ) throws(CommandError) -> (Document, SiteApplyResult) {
        let request = HTTPRequest(
            .put, ["v1", "site"],
            query: [
                ("dry_run", dryRun ? "true" : nil), ("if_revision", ifRevision.map(String.init)),
            ], body: text, contentType: tomlContentType)
        let response = try caller.response(to: request.written(for: output.output))
        guard response.isSuccess else {
            throw .problem(Self.placed(response.problem, in: file), about: nil)
        }
        let document = try Document(body: response.body, resource: .siteChange)
        return (document, try Caller.decoded(SiteApplyResult.self, response.body))
    }

    /// The daemon sees a site's text alone; the person wants file:line:column.
    static func placed(_ problem: Problem, in file: String) -> Problem {
        var problem = problem
        if problem.line != nil, problem.file == nil { problem.file = file }
        return problem
    }

    private func show(_ document: Document, _ change: SiteApplyResult) {
        output.print(document) {
            Self.diff(document) + ShortfallText.block(change.shortfalls)
                + displacedTable(document)
        }
    }

    private static func diff(_ document: Document) -> String {
        guard document.json["changed"] == .bool(true) else {
            return Text.nothingChanges.here + "\n"
        }
        let diff = document.json["diff"]?.stringValue ?? ""
        let lines = Self.lines(diff).map { line in
            let text = TerminalText.escaped(line)
            return switch line.unicodeScalars.first {
            case "+": Colour.good.applied(to: text)
            case "-": Colour.bad.applied(to: text)
            default: text
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A diff's lines, each still to be escaped: its own line feeds are no part of what a site says.
    static func lines(_ diff: String) -> [String] {
        diff.unicodeScalars.split(separator: "\n").map { String($0) }
    }
}

struct SiteExport: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: Text.aboutSiteExport.here)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.control)
        let response = try caller.answer(to: HTTPRequest(.get, ["v1", "site"]))
        switch output.output {
        // The API's body is TOML; it is passed on as it is in every format that could hold it.
        case .table, .json: Terminal.output(response.body)
        case .jsonl, .csv, .yaml:
            let text = String(decoding: response.body, as: UTF8.self)
            let json = JSONValue.object([JSONMember(name: "site", value: .string(text))])
            let resource = Resource(
                listKey: nil, nameKey: "site", columns: [Column("SITE", "site")])
            output.print(Document(json: json, resource: resource))
        case .name:
            // What the site names: its pools and groups.
            for (path, resource) in [("pools", Resource.pools), ("groups", .groups)] {
                output.print(try caller.list(["v1", path], query: [], resource))
            }
        }
    }
}
