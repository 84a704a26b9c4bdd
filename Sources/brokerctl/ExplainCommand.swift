import ArgumentParser
import BrokerAPI
import BrokerText

struct ExplainCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: Text.aboutExplain.here)

    @Argument(help: .text(.explainAgent))
    var agent: String?

    @Option(
        help: .text(.explainPool),
        completion: Completion.pools)
    var pool: String?

    @Option(
        help: .text(
            .when,
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
        let outcome = explanation.outcome
        let word = Text(
            verbatim: Table.colour(ofState: outcome.rawValue)?.applied(to: outcome.text.here)
                ?? outcome.text.here)
        let agent = TerminalText.escaped(explanation.agent)
        let pool =
            explanation.pool.map { Text.ofPool(TerminalText.escaped($0)) } ?? Text(verbatim: "")
        let what: Text =
            switch outcome {
            case .granted: .explainGranted + pool
            case .refused: .explainRefused + pool
            case .held: .explainHeld(pool)
            }
        var lines = [.explained(word, agent, what) + Text.atInstant(LocalTime.text(explanation.at))]
        if outcome == .refused {
            lines.append(
                explanation.earliestAt.map { .earliest(LocalTime.text($0)) } ?? .earliestUnknown)
        }
        if explanation.ahead > 0 { lines.append(.waitBefore(explanation.ahead)) }
        if explanation.accountMinutes > 0 {
            lines.append(.accountMinutes(explanation.accountMinutes))
        }
        let text = lines.map { $0.here + "\n" }.joined()
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
                    text: (rule.passed == true ? Text.yesWord : .noWord).here,
                    colour: rule.passed == true ? .good : .bad),
                Table.Cell(text: TerminalText.escaped(rule.group ?? "-")),
                Table.Cell(text: TerminalText.escaped(rule.pool ?? "-")),
                Table.Cell(text: TerminalText.escaped(rule.numbers.joined(separator: ", ").here)),
            ]
        }
        return text + "\n" + Table.text(layout, rows, columns: Terminal.columns)
    }
}
