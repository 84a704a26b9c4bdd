/// What a check comes to, worst last; the raw values are the exit codes that monitoring systems know.
enum CheckState: Int32, CaseIterable {
    case ok = 0
    case warning = 1
    case critical = 2
    case unknown = 3

    /// As the first line names it.
    var word: String {
        switch self {
        case .ok: "OK"
        case .warning: "WARNING"
        case .critical: "CRITICAL"
        case .unknown: "UNKNOWN"
        }
    }

    /// How much it counts beside others: what is known to be bad over what is not known.
    private var weight: Int {
        switch self {
        case .ok: 0
        case .unknown: 1
        case .warning: 2
        case .critical: 3
        }
    }

    /// Of several; all is well where there are none.
    static func worst(_ states: [CheckState]) -> CheckState {
        states.max { $0.weight < $1.weight } ?? .ok
    }
}

/// A value for graphs, as `label=value[unit];[warn];[crit];[min];[max]`.
struct CheckFigure: Equatable {
    /// The units that the guidelines for plugins have.
    enum Unit: String {
        case none = ""
        case seconds = "s"
        case bytes = "B"
    }

    var label: String
    var value: Int
    var unit = Unit.none
    var warning: CheckRange?
    var critical: CheckRange?
    var most: Int?

    var text: String {
        let parts = [
            "\(value)\(unit.rawValue)", warning?.text ?? "", critical?.text ?? "", "0",
            most.map { "\($0)" } ?? "",
        ]
        return "\(Self.quoted(label))=\(parts.joined(separator: ";"))"
    }

    /// A label with anything but plain characters is quoted; `=` ends a label, quoted or not.
    static func quoted(_ label: String) -> String {
        let isPlain = label.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        guard !isPlain || label.isEmpty else { return label }
        var result = "'"
        for scalar in label.unicodeScalars {
            switch scalar {
            case "'": result += "''"
            case "=", "|": result += "_"
            default: result += CheckReport.plain(String(scalar))
            }
        }
        return result + "'"
    }
}

/// What a check says: one line, details after it, and figures.
struct CheckReport: Equatable {
    /// What was checked: `SEATS`.
    var title: String
    /// How each thing stands that was looked at.
    var findings: [Finding] = []
    var figures: [CheckFigure] = []
    /// What the first line says where no finding is worth it.
    var summary: String

    struct Finding: Equatable {
        var state: CheckState
        var text: String
    }

    var state: CheckState { CheckState.worst(findings.map(\.state)) }

    /// Both of value and thresholds: what is to be said of a value, and its figure.
    mutating func add(
        _ text: String, _ figure: CheckFigure, warning: CheckThreshold?,
        critical: CheckThreshold?
    ) {
        var figure = figure
        figure.warning = warning?.range(of: figure.most)
        figure.critical = critical?.range(of: figure.most)
        let value = Double(figure.value)
        var state = CheckState.ok
        if figure.critical?.alerts(on: value) ?? false {
            state = .critical
        } else if figure.warning?.alerts(on: value) ?? false {
            state = .warning
        }
        findings.append(Finding(state: state, text: text))
        figures.append(figure)
    }

    /// One line with the figures behind a bar, then a line for each finding.
    var text: String {
        let alerts = findings.filter { $0.state != .ok && $0.state == state }.map(\.text)
        let said = alerts.isEmpty ? summary : alerts.joined(separator: ", ")
        var lines = "\(title) \(state.word) - \(Self.plain(said))"
        if !figures.isEmpty {
            lines += " | \(figures.map(\.text).joined(separator: " "))"
        }
        lines += "\n"
        for finding in findings {
            lines += "[\(finding.state.word)] \(Self.plain(finding.text))\n"
        }
        return lines
    }

    /// Without what ends the text or steers a terminal.
    static func plain(_ text: String) -> String {
        TerminalText.escaped(text).replacingScalar("|", with: "/")
    }
}
