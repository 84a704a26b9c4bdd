import BrokerAPI
import BrokerText

/// The rota as people read it.
enum RotaText {
    /// Narrowest that a column of groups is wrapped to.
    private static let groupCellsMin = 12

    /// What all of it goes by: `Europe/Paris (tzdata 2026b), week 1 of 2, grace 10m`.
    static func head(_ rota: RotaTable, ofWeek: Bool) -> String {
        var parts = [
            TerminalText.escaped(rota.timezone)
                + (rota.tzdata.isEmpty ? "" : " (tzdata \(TerminalText.escaped(rota.tzdata)))")
        ]
        if ofWeek, rota.cycleWeeks > 1, let day = rota.days.first {
            parts.append(Text.weekOf(day.cycleWeek, rota.cycleWeeks).here)
        }
        parts.append(Text.grace(DurationText.text(seconds: rota.graceSeconds)).here)
        let free = rota.groups.filter { $0.slots == nil }.map { TerminalText.escaped($0.name) }
        let anyTime =
            free.isEmpty ? "" : Text.atAnyTime(free.joined(separator: ", ")).here + "\n"
        return parts.joined(separator: ", ") + "\n" + anyTime + "\n"
    }

    /// Days in rows, slots in columns, groups in the cells; the slot that runs is green.
    static func grid(_ rota: RotaTable, columns: Int? = Terminal.columns) -> String {
        let hasExceptions = rota.days.contains { $0.exception != nil }
        var layout = [Table.Layout(title: "DAY")]
        layout += rota.slots.map { slot in
            Table.Layout(title: TerminalText.escaped("\(slot.name.uppercased()) \(slot.hours)"))
        }
        if hasExceptions { layout.append(Table.Layout(title: "EXCEPTION")) }
        let cells = groupCells(rota, columns: columns, hasExceptions: hasExceptions)
        let rows = rota.days.flatMap { day -> [[Table.Cell]] in
            let columns = day.slots.map { slot in
                (lines: wrapped(slot.groups, cells: cells), isRunning: isRunning(slot, rota.at))
            }
            let height = columns.map(\.lines.count).max() ?? 1
            return (0..<height).map { line in
                var row = [Table.Cell(text: line == 0 ? title(day) : "")]
                row += columns.map { column in
                    Table.Cell(
                        text: line < column.lines.count ? column.lines[line] : "",
                        colour: column.isRunning ? .good : nil)
                }
                if hasExceptions {
                    let word = line == 0 ? Self.word(day.exception) : ""
                    row.append(Table.Cell(text: word, colour: .warning))
                }
                return row
            }
        }
        return Table.text(layout, rows, columns: columns)
    }

    private static func isRunning(_ slot: RotaDaySlot, _ at: Timestamp) -> Bool {
        guard let start = slot.start, let end = slot.end else { return false }
        return start <= at && at < end
    }

    private static func title(_ day: RotaDay) -> String {
        // Monday is the first of the cases, and Sunday of the texts.
        let index = (WeekdayName.allCases.firstIndex(of: day.weekday) ?? 0) + 1
        return TerminalText.escaped("\(Text.weekdaysFromSunday[index % 7].here) \(day.date)")
    }

    private static func word(_ exception: RotaExceptionKind?) -> String {
        switch exception {
        case nil: ""
        case .closed?: Text.exceptionClosed.here
        case .slots?: Text.exceptionSlots.here
        }
    }

    /// How wide a cell of groups may be; nil: as wide as it needs.
    private static func groupCells(
        _ rota: RotaTable, columns: Int?, hasExceptions: Bool
    ) -> Int? {
        guard let columns, !rota.slots.isEmpty else { return nil }
        let others = 14 + (hasExceptions ? 11 : 0)
        return max(groupCellsMin, (columns - others) / rota.slots.count - 2)
    }

    /// Names in as many lines as they need; `-` for none.
    static func wrapped(_ names: [String], cells: Int?) -> [String] {
        guard !names.isEmpty else { return ["-"] }
        var lines = [""]
        for (index, name) in names.enumerated() {
            let word = TerminalText.escaped(name) + (index + 1 < names.count ? "," : "")
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = word
            } else if let cells, TerminalText.width(last) + 1 + TerminalText.width(word) > cells {
                lines.append(word)
            } else {
                lines[lines.count - 1] = "\(last) \(word)"
            }
        }
        return lines
    }

    /// Every slot between the bounds with its instants, in the order of time.
    static func list(_ rota: RotaTable) -> String {
        let hasExceptions = rota.days.contains { $0.exception != nil }
        let titles = ["DAY", "SLOT", "STARTS", "ENDS", "GROUPS"]
        let layout = (titles + (hasExceptions ? ["EXCEPTION"] : [])).map { Table.Layout(title: $0) }
        let rows = rota.days.flatMap { day in
            day.slots.compactMap { slot -> [Table.Cell]? in
                guard let start = slot.start, let end = slot.end, end > rota.from, start < rota.to
                else { return nil }
                let row = [
                    Table.Cell(text: title(day)), Table.Cell(text: TerminalText.escaped(slot.name)),
                    Table.Cell(text: LocalTime.withWeekday(start)),
                    Table.Cell(text: LocalTime.withWeekday(end)),
                    Table.Cell(text: wrapped(slot.groups, cells: nil)[0]),
                ]
                guard hasExceptions else { return row }
                return row + [Table.Cell(text: word(day.exception), colour: .warning)]
            }
        }
        return Table.text(layout, rows, columns: Terminal.columns)
    }

    /// The same as a list of its own, for CSV.
    static func rows(_ rota: RotaTable) -> Document {
        let resource = Resource(
            listKey: "slots", nameKey: "slot",
            columns: [
                "date", "weekday", "cycle_week", "exception", "slot", "start", "end", "groups",
            ].map { Column($0, $0) })
        let rows = rota.days.flatMap { day in
            day.slots.map { slot in
                JSONValue.object([
                    JSONMember(name: "date", value: .string(day.date)),
                    JSONMember(name: "weekday", value: .string(day.weekday.rawValue)),
                    JSONMember(name: "cycle_week", value: .number(String(day.cycleWeek))),
                    JSONMember(name: "exception", value: text(day.exception?.rawValue)),
                    JSONMember(name: "slot", value: .string(slot.name)),
                    JSONMember(name: "start", value: text(slot.start?.text)),
                    JSONMember(name: "end", value: text(slot.end?.text)),
                    JSONMember(name: "groups", value: .array(slot.groups.map { .string($0) })),
                ])
            }
        }
        return Document(
            json: .object([JSONMember(name: "slots", value: .array(rows))]), resource: resource)
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// The next window of each group that has slots, the soonest first, those without one last.
    static func next(_ rota: RotaTable) -> String {
        let groups = rota.groups.filter { $0.slots != nil }.enumerated().sorted { a, b in
            let (left, right) = (a.element.opensAt ?? .latest, b.element.opensAt ?? .latest)
            return left == right ? a.offset < b.offset : left < right
        }.map(\.element)
        let layout = [
            Table.Layout(title: "GROUP"), Table.Layout(title: "OPENS"),
            Table.Layout(title: "CLOSES"), Table.Layout(title: "OPEN NOW UNTIL"),
        ]
        let rows = groups.map { group in
            let window = group.windows.first { $0.start == group.opensAt && $0.end < rota.to }
            return [
                Table.Cell(text: TerminalText.escaped(group.name)),
                instant(group.opensAt), instant(window?.end), instant(group.closesAt),
            ]
        }
        return Table.text(layout, rows, columns: Terminal.columns)
    }

    private static func instant(_ instant: Timestamp?) -> Table.Cell {
        guard let instant else { return Table.Cell(text: "-", colour: .faint) }
        return Table.Cell(text: LocalTime.withWeekday(instant))
    }

    /// The slots that a group may be given, as `mon.am`, or `2.mon.am` in a cycle of several weeks:
    /// for completion behind what is typed, of which all but the last slot stays as it is.
    static func slotNames(_ rota: RotaTable, after typed: String) -> [String] {
        let begun = typed.split(separator: ",", omittingEmptySubsequences: false)
        let kept = begun.dropLast().map { "\($0)," }.joined()
        let weeks = rota.cycleWeeks > 1 ? (1...rota.cycleWeeks).map { "\($0)." } : [""]
        let names = weeks.flatMap { week in
            WeekdayName.allCases.flatMap { day in
                rota.slots.map { "\(week)\(day.rawValue).\($0.name)" }
            }
        }
        return names.map { kept + $0 }.filter {
            $0.hasPrefix(typed) && TerminalText.escaped($0) == $0
        }
    }
}
