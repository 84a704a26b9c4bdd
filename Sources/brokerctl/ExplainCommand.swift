import ArgumentParser
import BrokerAPI

struct ExplainCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say whether somebody would get a seat, and by which rules.")

    @Argument(help: "The person (default: yourself).")
    var agent: String?

    @Option(
        help: "The pool (default: all that the person's groups may use).",
        completion: Completion.pools)
    var pool: String?

    @Option(
        help: ArgumentHelp(
            "When: 13:00, 'tomorrow 08:00' or '2026-11-30 13:00' by this terminal's clock, or an "
                + "instant with its zone, as 2026-11-30T12:00:00Z (default: now).",
            valueName: "time"), transform: InstantArgument.instant)
    var at: Timestamp?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(agent == nil ? .agent : .controlThenAgent)
        let document = try caller.document(
            HTTPRequest(
                .get, ["v1", "explain"],
                query: [("agent", agent), ("pool", pool), ("at", at?.text)]), .rules)
        switch output.output {
        case .table:
            let explanation = try Caller.decoded(Explanation.self, document.body)
            output.print(document) { Self.text(explanation, document) }
        case .name:
            Terminal.output(
                TerminalText.escaped(PlainText.text(document.json["outcome"] ?? .null)) + "\n")
        case .json, .csv, .yaml: output.print(document)
        // One object a line: the explanation is one, its rules are parts of it.
        case .jsonl: Terminal.output(document.body + [UInt8(ascii: "\n")])
        }
    }

    private static func text(_ explanation: Explanation, _ document: Document) -> String {
        let outcome = explanation.outcome.rawValue
        let word = Table.colour(ofState: outcome)?.applied(to: outcome) ?? outcome
        let agent = TerminalText.escaped(explanation.agent)
        let pool = explanation.pool.map { " of \(TerminalText.escaped($0))" } ?? ""
        var text =
            switch explanation.outcome {
            case .granted: "\(word): \(agent) would get a seat\(pool)"
            case .refused: "\(word): \(agent) would get no seat\(pool)"
            case .held: "\(word): \(agent) has a seat\(pool), and would get it back"
            }
        text += " at \(LocalTime.text(explanation.at)).\n"
        if explanation.outcome == .refused {
            let earliest = explanation.earliestAt.map { "at \(LocalTime.text($0))" }
            text += "Earliest: \(earliest ?? "none in sight").\n"
        }
        if explanation.ahead > 0 { text += "\(explanation.ahead) wait before.\n" }
        if explanation.accountMinutes > 0 {
            text +=
                "Waited or refused in the last 14 days: \(explanation.accountMinutes) min, which "
                + "counts between those who come in the same second.\n"
        }
        if explanation.rules.isEmpty { return text }
        let layout = [
            Table.Layout(title: "RULE"), Table.Layout(title: "PASSED"),
            Table.Layout(title: "GROUP"), Table.Layout(title: "POOL"),
            Table.Layout(title: "NUMBERS"),
        ]
        let rows = explanation.rules.map { rule in
            [
                Table.Cell(text: TerminalText.escaped(rule.rule)),
                Table.Cell(
                    text: rule.passed == true ? "yes" : "no",
                    colour: rule.passed == true ? .good : .bad),
                Table.Cell(text: TerminalText.escaped(rule.group ?? "-")),
                Table.Cell(text: TerminalText.escaped(rule.pool ?? "-")),
                Table.Cell(text: TerminalText.escaped(rule.numbers.joined(separator: ", "))),
            ]
        }
        return text + "\n" + Table.text(layout, rows, columns: Terminal.columns)
    }
}
