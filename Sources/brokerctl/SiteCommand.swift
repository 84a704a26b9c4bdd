import ArgumentParser
import BrokerAPI

struct SiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "Apply and export the whole site as a file.",
        subcommands: [SiteApply.self, SiteExport.self])
}

struct SiteApply: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make the site as a file says, all of it or nothing.")

    @Option(
        name: .shortAndLong, help: "The site file; - for standard input.",
        completion: .file(extensions: ["toml"]))
    var file: String

    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let text = try Files.read(file)
        let caller = connection.caller(.control)
        if !confirmation.yes {
            let document = try request(caller, text, dryRun: true)
            if confirmation.dryRun { return output.print(document) { Self.text(document) } }
            let change = try Caller.decoded(SiteApplyResult.self, document.body)
            if !change.displaced.isEmpty {
                if Terminal.canAsk { Self.lines(change.diff).forEach(Terminal.hint) }
                try Terminal.confirm(
                    "Leases (\(change.displaced.count)) end for good when their time is up. Go on?")
            }
        }
        let document = try request(caller, text, dryRun: false)
        output.print(document) { Self.text(document) }
    }

    private func request(
        _ caller: Caller, _ text: [UInt8], dryRun: Bool
    ) throws(CommandError) -> Document {
        let request = HTTPRequest(
            .put, ["v1", "site"], query: [("dry_run", dryRun ? "true" : nil)], body: text,
            contentType: tomlContentType)
        let response = try caller.response(to: request)
        guard response.isSuccess else {
            var problem = response.problem
            // The daemon sees the text alone; the person wants file:line:column.
            if problem.line != nil, problem.file == nil { problem.file = file }
            throw .problem(problem, about: nil)
        }
        return try Document(body: response.body, resource: .siteChange)
    }

    private static func text(_ document: Document) -> String {
        guard document.json["changed"] == .bool(true) else { return "Nothing changes.\n" }
        let diff = document.json["diff"]?.stringValue ?? ""
        let lines = Self.lines(diff).map { line in
            let text = TerminalText.escaped(line)
            return switch line.unicodeScalars.first {
            case "+": Colour.good.applied(to: text)
            case "-": Colour.bad.applied(to: text)
            default: text
            }
        }
        return lines.map { $0 + "\n" }.joined() + displacedTable(document)
    }

    /// A diff's lines, each still to be escaped: its own line feeds are no part of what a site says.
    static func lines(_ diff: String) -> [String] {
        diff.unicodeScalars.split(separator: "\n").map { String($0) }
    }
}

struct SiteExport: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the site as the file that would make it.")

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
