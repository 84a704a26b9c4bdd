package import BrokerCore

/// Seven days of a rota as a grid, Monday to Sunday: which groups hold which slot.
package struct RotaWeek: Equatable, Sendable {
    /// Of the cycle, from 1.
    package let cycleWeek: Int
    /// The columns of every day, in the order in which they begin.
    package let slots: [Rota.Slot]
    /// Monday first.
    package let days: [Day]

    /// One row of the grid.
    package struct Day: Equatable, Sendable {
        package let date: CivilDate
        /// What replaces the weekly table on this date; nil: nothing.
        package let exception: RotaException.Table?
        /// One for each slot.
        package let cells: [Cell]
    }

    /// A slot of one day.
    package struct Cell: Equatable, Sendable {
        /// In the order of the site; groups without slots, which may enter at any time, are in none.
        package let groups: [GroupName]
        /// Nil when a gap of the clock swallows the slot.
        package let window: UTCWindow?
    }
}

extension Rota {
    /// The week in which a date lies.
    package func week(of date: CivilDate) -> RotaWeek {
        let monday = date.monday
        let days = (0..<7).map { offset in
            let date = monday.adding(days: offset)
            let table = table(ofDay: date.dayNumber)
            let held = groups.indices.map { slots(ofGroup: $0, in: table) }
            return RotaWeek.Day(
                date: date, exception: exception(on: date)?.table,
                cells: slots.indices.map { slot in
                    RotaWeek.Cell(
                        groups: groups.indices.filter { held[$0].contains(slot) }
                            .map { groups[$0].name },
                        window: window(ofSlot: slot, on: date))
                })
        }
        return RotaWeek(cycleWeek: cycleWeek(of: monday), slots: slots, days: days)
    }
}
