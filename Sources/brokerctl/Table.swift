import BrokerAPI
import BrokerText

/// Tables for people: aligned, escaped, coloured where it helps, and fitted to the terminal.
enum Table {
    /// One cell: its text, escaped already, and what its colour says.
    struct Cell {
        var text: String
        var colour: Colour?
    }

    /// A column as it is laid out.
    struct Layout {
        var title: String
        var isNumber = false
        /// May be left out where the terminal is narrow.
        var isOptional = false

        /// - Parameter title: As `Headings` knows it, or one that is not words.
        init(title: String, isNumber: Bool = false, isOptional: Bool = false) {
            self.title = Headings.here(title)
            self.isNumber = isNumber
            self.isOptional = isOptional
        }
    }

    /// Narrowest that a column of text is cut to before optional columns go.
    private static let columnCellsMin = 8

    /// The elements of a list, one a line.
    static func list(_ document: Document, now: Timestamp = LocalTime.now) -> String {
        let columns = document.resource.columns.filter { $0.place != .sheet }
        let layout = columns.map {
            Layout(title: $0.title, isNumber: $0.kind == .number, isOptional: $0.place == .wide)
        }
        let rows = document.items.map { item in
            columns.map { cell($0, in: item, now: now) }
        }
        return text(layout, rows, columns: Terminal.columns)
    }

    /// One element, a member a line; what has no value is left out.
    static func sheet(_ document: Document, now: Timestamp = LocalTime.now) -> String {
        document.items.map { item in
            let lines = document.resource.columns.compactMap { column -> (String, Cell)? in
                let cell = cell(column, in: item, now: now)
                return cell.text.isEmpty || isNothing(column.value(in: item), column.kind)
                    ? nil : (Self.label(column.title), cell)
            }
            let width = lines.map { TerminalText.width($0.0) }.max() ?? 0
            return lines.map { title, cell in
                let padding = String(repeating: " ", count: width + 1 - TerminalText.width(title))
                return title + padding + coloured(cell.text, cell.colour) + "\n"
            }.joined()
        }.joined(separator: "\n")
    }

    /// `State:`, of a column's title.
    private static func label(_ title: String) -> String {
        let title = Headings.here(title)
        let lowered = title.prefix(1) + title.dropFirst().lowercased()
        return Text.label(Text(verbatim: String(lowered))).here
    }

    private static func isNothing(_ value: JSONValue, _ kind: Column.Kind) -> Bool {
        value == .null || (kind == .amount && (value == .number("0") || value == .object([])))
    }

    private static func cell(_ column: Column, in item: JSONValue, now: Timestamp) -> Cell {
        let value = column.value(in: item)
        if isNothing(value, column.kind) { return Cell(text: "-", colour: .faint) }
        let plain = TerminalText.escaped(PlainText.text(value))
        switch column.kind {
        case .text, .number, .list, .amount: return Cell(text: plain)
        case .flag: return Cell(text: (value == .bool(true) ? Text.yesWord : .noWord).here)
        case .state: return Cell(text: plain, colour: colour(ofState: plain))
        case .instant, .deadline:
            guard let instant = Timestamp(text: plain) else { return Cell(text: plain) }
            let clock = LocalTime.text(instant, now: now)
            let seconds = Int((instant.milliseconds - now.milliseconds) / 1000)
            // What has ended has nothing left to count down to.
            let isOver = item["state"] == .string("ended")
            guard column.kind == .deadline, seconds > 0, !isOver else { return Cell(text: clock) }
            return Cell(text: Text.inTime(clock, DurationText.text(seconds: seconds)).here)
        }
    }

    /// Green for what runs as it should, yellow for what somebody chose, red for what is broken.
    static func colour(ofState state: String) -> Colour? {
        switch state {
        case "open", "active", "available", "serving", "granted", "held": .good
        case "cordoned", "draining", "drained", "ending", "cleaning", "starting", "stopping":
            .warning
        case "offline", "quarantined", "read-only", "refused": .bad
        default: nil
        }
    }

    private static func coloured(_ text: String, _ colour: Colour?) -> String {
        colour?.applied(to: text) ?? text
    }

    /// Lays a table out. With a number of columns, text is cut, widest first, until it fits. Before
    /// any is cut to almost nothing, optional columns go, the last first, and then all others but
    /// the first two: a name, and what there is to say of it.
    static func text(_ layout: [Layout], _ rows: [[Cell]], columns: Int?) -> String {
        var shown = Array(layout.indices)
        var widths = layout.indices.map { column in
            rows.reduce(TerminalText.width(layout[column].title)) {
                max($0, TerminalText.width($1[column].text))
            }
        }
        if let columns {
            var cellsMin = columnCellsMin
            func least(_ column: Int) -> Int {
                layout[column].isNumber ? widths[column] : min(widths[column], cellsMin)
            }
            func total(_ width: (Int) -> Int) -> Int {
                shown.reduce(2 * max(0, shown.count - 1)) { $0 + width($1) }
            }
            let dispensable =
                shown.reversed().filter { layout[$0].isOptional }
                + shown.dropFirst(2).reversed().filter { !layout[$0].isOptional }
            for column in dispensable where total(least) > columns {
                shown.removeAll { $0 == column }
            }
            if total(least) > columns { cellsMin = 1 }
            var excess = total { widths[$0] } - columns
            while excess > 0,
                let widest = shown.filter({ widths[$0] > least($0) })
                    .max(by: { widths[$0] < widths[$1] })
            {
                widths[widest] -= 1
                excess -= 1
            }
        }
        let header = shown.map { Cell(text: layout[$0].title, colour: .strong) }
        let lines = [header] + rows.map { row in shown.map { row[$0] } }
        return lines.map { cells in
            line(cells, layout: shown.map { layout[$0] }, widths: shown.map { widths[$0] })
        }.joined()
    }

    private static func line(_ cells: [Cell], layout: [Layout], widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let text = TerminalText.truncated(cell.text, to: widths[index])
            let padding = String(repeating: " ", count: widths[index] - TerminalText.width(text))
            let isLast = index == cells.count - 1
            let coloured = coloured(text, cell.colour)
            line += layout[index].isNumber ? padding + coloured : coloured
            if !isLast { line += (layout[index].isNumber ? "" : padding) + "  " }
        }
        return line + "\n"
    }
}
