import BrokerCore

/// The rotas that the admins of a simulated house think of.
struct TownCalendar {
    /// The day of the simulated world's first start.
    private static let anchor = CivilDate(year: 2025, month: 11, day: 24)!
    private static let unknownZone = "nowhere/here"
    /// Exceptions fall on one of so many days from the first start on.
    private static let exceptionDays = 60

    private let slots: [RotaSlot]

    init(_ swarm: Swarm) {
        guard let turns = swarm.turns else {
            slots = []
            return
        }
        var random = Random(seed: swarm.seed ^ 0x534C_4F54)
        // Cuts of a day, so that no two slots overlap; the last slot may go on to the first.
        let cuts = Array(random.shuffled(Array(0..<48)).prefix(turns.slotCount + 1)).sorted()
            .map { $0 * 30 + random.below(30) }
        var slots: [RotaSlot] = []
        for index in 0..<turns.slotCount {
            // Most meet, some leave a gap.
            let end = cuts[index + 1] - (random.once(in: 3) ? 1 : 0)
            guard cuts[index] < end else { continue }
            slots.append(
                RotaSlot(
                    name: "s\(index)", hours: Self.text(cuts[index], end)))
        }
        if random.chance(percent: 40) {
            slots.append(RotaSlot(name: "night", hours: Self.text(cuts[turns.slotCount], cuts[0])))
        }
        self.slots = slots
    }

    private static func text(_ start: Int, _ end: Int) -> String {
        "\(start / 60, digits: 2):\(start % 60, digits: 2)-"
            + "\(end / 60, digits: 2):\(end % 60, digits: 2)"
    }

    func rota(
        _ turns: Swarm.Turns, _ random: inout Random, groups: [GroupName]
    ) -> RotaSpec {
        let dates = random.shuffled(Array(0..<Self.exceptionDays))
            .prefix(turns.exceptionCountMax > 0 ? random.within(0...turns.exceptionCountMax) : 0)
        return RotaSpec(
            timezone: random.once(in: 40)
                ? Self.unknownZone : SimRota.zone(daySeconds: turns.daySeconds),
            anchor: Self.anchor, cycleWeeks: turns.cycleWeeks,
            graceSeconds: random.within(0...turns.graceSecondsMax),
            slots: slots,
            exceptions: dates.sorted().map { day in
                RotaException(
                    date: Self.anchor.adding(days: day),
                    table: random.chance(percent: 40)
                        ? .closed
                        : .slots(
                            slots.map { slot in
                                RotaException.Assignment(
                                    slot: slot.name,
                                    groups: groups.filter { _ in random.chance(percent: 40) })
                            }))
            })
    }

    /// Slots of a group; nil: it may enter at any time.
    func slots(_ turns: Swarm.Turns, _ random: inout Random) -> [String]? {
        guard !random.chance(percent: turns.alwaysPercent) else { return nil }
        var found: [String] = []
        for week in 1...turns.cycleWeeks {
            for day in Weekday.allCases {
                for slot in slots where random.chance(percent: turns.slotPercent) {
                    found.append(
                        (turns.cycleWeeks > 1 ? "\(week)." : "") + "\(day.text).\(slot.name)")
                }
            }
        }
        return found
    }
}
