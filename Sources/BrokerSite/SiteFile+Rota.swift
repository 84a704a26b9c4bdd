import BrokerCore

/// Turns the table `[rota]` into a rota, and keeps it to tell the places of problems.
struct RotaDecoder {
    private let table: TOMLTable
    private(set) var mistakes: [Mistake] = []
    private var slots: TOMLTable?
    private var exceptions: [TOMLTable] = []

    init(_ table: TOMLTable) { self.table = table }

    /// The rota, which may still break its rules; nil after a mistake of keys or types.
    mutating func decode() -> RotaSpec? {
        var reader = TableReader(table, path: "rota.")
        reader.require("timezone", .giveTimezone)
        reader.require(
            "anchor", .giveAnchor)
        let timezone = reader.string("timezone")
        let anchor = reader.date("anchor", example: "2026-01-05")
        let cycleWeeks = reader.integer("cycle_weeks")
        let graceSeconds = reader.integer("grace_seconds")
        let noticeSeconds = reader.integers("notice_seconds")
        slots = reader.table("slots")
        exceptions = reader.tables("exception")
        reader.finish()
        mistakes += reader.mistakes
        let slots = self.slots.map { hours($0) } ?? []
        let exceptions = self.exceptions.compactMap { exception($0) }
        guard mistakes.isEmpty, let timezone, let anchor else { return nil }
        return RotaSpec(
            timezone: timezone, anchor: anchor, cycleWeeks: cycleWeeks ?? 1,
            graceSeconds: graceSeconds ?? RotaSpec.graceSecondsDefault,
            noticeSeconds: noticeSeconds ?? RotaSpec.noticeSecondsDefault, slots: slots,
            exceptions: exceptions)
    }

    /// `[rota.slots]`: any name, and its hours.
    private mutating func hours(_ table: TOMLTable) -> [RotaSlot] {
        var slots: [RotaSlot] = []
        for entry in table.entries {
            if case .string(let hours) = entry.node.value {
                slots.append(RotaSlot(name: entry.key, hours: hours))
            } else {
                mistakes.append(
                    Mistake(
                        entry.node.position,
                        .slotKind(entry.key.quotedVisibly(), entry.node.kind)))
            }
        }
        return slots
    }

    // MARK: Exceptions

    private mutating func exception(_ table: TOMLTable) -> RotaException? {
        var reader = TableReader(table, path: "rota.exception.")
        reader.require("date", .giveDate)
        let date = reader.date("date", example: "2026-11-11")
        let closed = reader.boolean("closed")
        let slots = reader.table("slots")
        if closed == false {
            reader.note("closed", .closedTrue)
        } else if table["closed"] != nil, table["slots"] != nil {
            reader.note(
                max(reader.position("closed"), reader.position("slots")),
                .closedOrSlots)
        } else if !table.entries.contains(where: { $0.key != "date" }) {
            // Any other key is one of the two, or unknown and most likely meant to be.
            reader.require(
                "closed", .exceptionEmpty)
        }
        reader.finish()
        let assignments = slots.map { self.assignments($0, &reader) }
        mistakes += reader.mistakes
        guard let date, reader.mistakes.isEmpty else { return nil }
        return RotaException(date: date, table: assignments.map { .slots($0) } ?? .closed)
    }

    private func assignments(
        _ table: TOMLTable, _ reader: inout TableReader
    ) -> [RotaException.Assignment] {
        var inner = TableReader(table)
        let assignments = table.entries.compactMap { entry in
            inner.strings(entry.key).map {
                RotaException.Assignment(
                    slot: entry.key, groups: $0.map { GroupName($0) })
            }
        }
        reader.note(contentsOf: inner.mistakes)
        return assignments
    }

    // MARK: Places

    /// The offending value or, where its name is what is wrong, the name; where there is neither, the
    /// table in which it should stand.
    func position(_ place: RotaPlace) -> SourcePosition {
        switch place {
        case .timezone: value("timezone")
        case .anchor: value("anchor")
        case .cycleWeeks: value("cycle_weeks")
        case .graceSeconds: value("grace_seconds")
        case .noticeSeconds(let element): value("notice_seconds", element: element)
        case .slots: value("slots")
        case .slot(let position): slot(position)
        case .exceptions: table["exception"]?.keyPosition ?? table.position
        case .exception(let position): exception(position)
        case .exceptionSlot(let exception, let assignment):
            assignments(of: exception)?.element(assignment)?.keyPosition
                ?? self.exception(exception)
        case .exceptionGroup(let exception, let assignment, let element):
            assignments(of: exception)?.element(assignment)?.node.position(ofElement: element)
                ?? self.exception(exception)
        // A group's place is not in this table.
        case .groupSlot: table.position
        }
    }

    private func value(_ key: String, element: Int? = nil) -> SourcePosition {
        table[key]?.node.position(ofElement: element) ?? table.position
    }

    /// Its hours, unless its name is none.
    private func slot(_ position: Int) -> SourcePosition {
        guard let entry = slots?.entries.element(position) else { return value("slots") }
        return isSlotName(entry.key) ? entry.node.position : entry.keyPosition
    }

    private func exception(_ position: Int) -> SourcePosition {
        guard let table = exceptions.element(position) else { return value("exception") }
        return table["date"]?.node.position ?? table.position
    }

    private func assignments(of exception: Int) -> [TOMLTable.Entry]? {
        guard case .table(let slots)? = exceptions.element(exception)?["slots"]?.node.value else {
            return nil
        }
        return slots.entries
    }
}

extension TOMLNode {
    /// Where an element of a list stands; the whole value for nil, and where there is no such element.
    func position(ofElement element: Int?) -> SourcePosition {
        guard let element, case .array(let elements) = value else { return position }
        return elements.element(element)?.position ?? position
    }
}

extension Array {
    /// Nil where there is none.
    func element(_ position: Int) -> Element? {
        indices.contains(position) ? self[position] : nil
    }
}
