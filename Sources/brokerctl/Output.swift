import ArgumentParser
import BrokerAPI
import BrokerText
import BrokerText

/// `--output`, on every command that prints data.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table
    case json
    case jsonl
    case csv
    case yaml
    case name
}

struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: .text(.outputForm))
    var output: OutputFormat = .table

    /// Prints a document; as a table, the way the resource's columns say.
    func print(_ document: Document) {
        output.print(document) { document.isList ? Table.list(document) : Table.sheet(document) }
    }

    /// Prints a document; `table` makes the text for people.
    func print(_ document: Document, table: () -> String) {
        output.print(document, table: table)
    }

    /// Prints what came of a call that has no answer, by the names of what it was about.
    func done(_ names: [String], _ message: Text) {
        switch output {
        case .table: Terminal.message(message)
        case .name: for name in names { Terminal.output(TerminalText.escaped(name) + "\n") }
        // The API's answer has no body, and so neither have these.
        case .json, .jsonl, .csv, .yaml: break
        }
    }
}

extension OutputFormat {
    func print(_ document: Document, table: () -> String) {
        switch self {
        case .table: Terminal.output(table())
        case .json: Terminal.output(document.body + [UInt8(ascii: "\n")])
        case .jsonl:
            for item in document.items {
                Terminal.output(WireJSON.encode(item) + [UInt8(ascii: "\n")])
            }
        case .csv: Terminal.output(CSV.text(document))
        case .yaml: Terminal.output(YAML.text(document.json))
        case .name:
            for item in document.items {
                let value = item[document.resource.nameKey] ?? .null
                for name in (value.arrayValue ?? [value]).map(PlainText.element)
                where !name.isEmpty {
                    Terminal.output(TerminalText.escaped(name) + "\n")
                }
            }
        }
    }
}

/// A value as one piece of text.
enum PlainText {
    /// Without units and without colour: for machines, and the ground of what people see.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): text
        case .array(let elements): elements.map(element).joined(separator: " ")
        case .object(let members):
            members.map { "\($0.name)=\(text($0.value))" }.joined(separator: " ")
        }
    }

    /// What stands for an element of an array: its name where it has one, or what it says of itself.
    static func element(_ value: JSONValue) -> String {
        if let name = value["name"] ?? value["id"] ?? value["text"] { return text(name) }
        if case .object(let members) = value {
            return members.map { text($0.value) }.joined(separator: "=")
        }
        return text(value)
    }
}

/// Comma-separated values as RFC 4180 has them, with a bare line feed at the end of a line, as
/// everything on Unix reads it.
enum CSV {
    static func text(_ document: Document) -> String {
        let columns = document.resource.columns
        var lines = [columns.map { field($0.path) }.joined(separator: ",")]
        for item in document.items {
            lines.append(
                columns.map { field(PlainText.text($0.value(in: item))) }.joined(separator: ","))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        let text = Terminal.isOutput ? TerminalText.escaped(text) : text
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
        }
        guard needsQuotes else { return text }
        return "\"" + text.replacingScalar("\"", with: "\"\"") + "\""
    }
}

/// YAML 1.2: block style, strings that could be taken for something else in quotes.
enum YAML {
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .array(let elements) where !elements.isEmpty: sequence(elements, indent: "")
        case .object(let members) where !members.isEmpty: mapping(members, indent: "")
        default: scalar(value) + "\n"
        }
    }

    private static func mapping(_ members: [JSONMember], indent: String) -> String {
        members.map { member in
            indent + string(member.name) + ":" + nested(member.value, indent: indent)
        }.joined()
    }

    private static func sequence(_ elements: [JSONValue], indent: String) -> String {
        elements.map { element in
            switch element {
            case .object(let members) where !members.isEmpty:
                // The first member stands beside the dash.
                indent + "- " + mapping(members, indent: indent + "  ").dropFirst(indent.count + 2)
            case .array(let inner) where !inner.isEmpty:
                indent + "-\n" + sequence(inner, indent: indent + "  ")
            default: indent + "- " + scalar(element) + "\n"
            }
        }.joined()
    }

    private static func nested(_ value: JSONValue, indent: String) -> String {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            "\n" + sequence(elements, indent: indent + "  ")
        case .object(let members) where !members.isEmpty:
            "\n" + mapping(members, indent: indent + "  ")
        default: " " + scalar(value) + "\n"
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): string(text)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// Plain where no reader, not even one of YAML 1.1, can take it for anything else.
    private static func string(_ text: String) -> String {
        let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        let first = text.utf8.first ?? 0
        let beginsWithLetter =
            first | 0x20 >= UInt8(ascii: "a") && first | 0x20 <= UInt8(ascii: "z")
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "/"):
                true
            default: false
            }
        }
        if isPlain, beginsWithLetter, !words.contains(text.lowercased()) { return text }
        return quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if TerminalText.escaped(String(scalar)).unicodeScalars.count == 1 {
                    result.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                }
            }
        }
        return result + "\""
    }
}
