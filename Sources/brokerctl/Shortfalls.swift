import BrokerAPI
import BrokerText

/// What a change would leave short: seats for the people in turn.
enum ShortfallText {
    /// As many as a screen holds beside what else there is to read.
    private static let linesMax = 20

    /// A warning a line, for people; nothing where all quotas fit.
    static func lines(_ shortfalls: [Shortfall]) -> [Text] {
        var lines = shortfalls.prefix(linesMax).map { shortfall in
            let groups = shortfall.groups.joined(separator: ", ")
            return Text.warning(shortfall.text + (groups.isEmpty ? "" : " (\(groups))"))
        }
        if shortfalls.count > linesMax {
            lines.append(.warningMore(shortfalls.count - linesMax))
        }
        return lines
    }

    /// The same, to be printed below a change.
    static func block(_ shortfalls: [Shortfall]) -> String {
        lines(shortfalls).map {
            Colour.warning.applied(to: TerminalText.escaped($0.here)) + "\n"
        }.joined()
    }
}

/// The numbers of a change that is foreseen, with what falls short and who is displaced below.
func planText(_ document: Document, _ shortfalls: [Shortfall]) -> String {
    let columns = document.resource.columns.filter {
        $0.path != "shortfalls" && $0.path != "displaced"
    }
    let resource = Resource(listKey: nil, nameKey: document.resource.nameKey, columns: columns)
    return Table.sheet(Document(json: document.json, resource: resource))
        + ShortfallText.block(shortfalls) + displacedTable(document)
}

/// The leases that a change displaces, below its numbers.
func displacedTable(_ document: Document) -> String {
    guard let leases = document.json["displaced"], leases.arrayValue?.isEmpty == false else {
        return ""
    }
    let list = JSONValue.object([JSONMember(name: "leases", value: leases)])
    return "\nDisplaced:\n" + Table.list(Document(json: list, resource: .leases))
}
