package import BrokerCore

/// A rota that is free of mistakes, with the time zone it is in: who may enter when.
///
/// A pure function of its specification and its zone. Instants are the wall clock's.
package struct Rota: Sendable {
    package let spec: RotaSpec
    package let groups: [RotaGroup]
    package let zone: Zone
    /// In the order in which they begin in a day, then in which they end, then of their names.
    package let slots: [Slot]
    /// Before the end of a lease, the earliest warning first.
    package let noticeSeconds: [Int]

    /// A named part of any day.
    package struct Slot: Hashable, Sendable {
        package let name: String
        package let hours: SlotHours
    }

    private let positions: [GroupName: Int]
    /// The slots of a group's day: by the group's position, then the day of the cycle.
    private let weekly: [[[Int]]]
    /// The dates that have a table of their own, by day number.
    private let exceptions: [Int: ExceptionalDay]

    struct ExceptionalDay: Sendable {
        /// The exception's position in the specification.
        var position: Int
        /// By the group's position. A date that is closed has nobody.
        var slots: [Int: [Int]]
    }

    /// What holds on a day.
    enum DayTable: Sendable {
        case weekly(dayOfCycle: Int)
        case exceptional(ExceptionalDay)
    }

    /// - Throws: `RotaInvalid` with all that is wrong.
    package init(
        _ spec: RotaSpec, groups: [RotaGroup], zone: Zone
    ) throws(RotaInvalid) {
        let problems = spec.problems(groups: groups)
        guard problems.isEmpty else { throw RotaInvalid(problems: problems) }
        self.spec = spec
        self.groups = groups
        self.zone = zone
        noticeSeconds = spec.noticeSeconds.sorted(by: >)
        slots =
            spec.slots.compactMap { slot in
                (try? SlotHours(text: slot.hours)).map { Slot(name: slot.name, hours: $0) }
            }.sorted {
                ($0.hours.startMinute, $0.hours.endMinute, $0.name)
                    < ($1.hours.startMinute, $1.hours.endMinute, $1.name)
            }
        positions = Dictionary(
            zip(groups.map(\.name), 0...), uniquingKeysWith: { first, _ in first })
        let indexes = Dictionary(uniqueKeysWithValues: zip(slots.map(\.name), 0...))
        weekly = groups.map { Self.week(of: $0, cycleWeeks: spec.cycleWeeks, slots: indexes) }
        exceptions = Self.exceptions(of: spec, groups: positions, slots: indexes)
    }

    /// Reads the zone from the system's files, and reports its mistakes with all others.
    ///
    /// - Throws: `RotaInvalid`.
    package init(
        _ spec: RotaSpec, groups: [RotaGroup], zones: ZoneDirectory
    ) throws(RotaInvalid) {
        let zone: Zone
        do throws(ZoneError) {
            zone = try zones.zone(named: spec.timezone)
        } catch {
            throw RotaInvalid(
                problems: [RotaProblem(.timezone, .zone(error.text))]
                    + spec.problems(groups: groups))
        }
        try self.init(spec, groups: groups, zone: zone)
    }

    private static func week(
        of group: RotaGroup, cycleWeeks: Int, slots: [String: Int]
    ) -> [[Int]] {
        var days = [[Int]](repeating: [], count: cycleWeeks * 7)
        for slot in (group.slots ?? []).compactMap(WeeklySlot.init(text:)) {
            if let index = slots[slot.slot] { days[slot.dayOfCycle].append(index) }
        }
        return days.map { $0.sorted() }
    }

    private static func exceptions(
        of spec: RotaSpec, groups: [GroupName: Int], slots: [String: Int]
    ) -> [Int: ExceptionalDay] {
        var days: [Int: ExceptionalDay] = [:]
        for (position, exception) in spec.exceptions.enumerated() {
            var day: [Int: [Int]] = [:]
            switch exception.table {
            case .closed: break
            case .slots(let assignments):
                for assignment in assignments {
                    guard let slot = slots[assignment.slot] else { continue }
                    for group in assignment.groups.compactMap({ groups[$0] }) {
                        day[group, default: []].append(slot)
                    }
                }
            }
            days[exception.date.dayNumber] = ExceptionalDay(
                position: position, slots: day.mapValues { $0.sorted() })
        }
        return days
    }

    // MARK: What is on a day

    /// The week of the cycle in which a date lies, from 1. The cycle is counted from the anchor, in
    /// both directions, and knows nothing of the calendar's weeks.
    package func cycleWeek(of date: CivilDate) -> Int { dayOfCycle(date.dayNumber) / 7 + 1 }

    /// The exception that a date has; nil: the weekly table holds on it.
    package func exception(on date: CivilDate) -> RotaException? {
        exceptions[date.dayNumber].map { spec.exceptions[$0.position] }
    }

    /// Whether the rota binds the group: one without slots may enter at any time. False for a group
    /// that is not known.
    package func binds(_ group: GroupName) -> Bool {
        positions[group].map { groups[$0].slots != nil } ?? false
    }

    func position(of group: GroupName) -> Int? { positions[group] }

    func table(ofDay dayNumber: Int) -> DayTable {
        exceptions[dayNumber].map(DayTable.exceptional)
            ?? .weekly(dayOfCycle: dayOfCycle(dayNumber))
    }

    /// The slots that a group with slots holds on a day, in the order in which they begin; as
    /// indexes into `slots`.
    func slots(ofGroup group: Int, in table: DayTable) -> [Int] {
        switch table {
        case .weekly(let day): weekly[group][day]
        case .exceptional(let day): groups[group].slots == nil ? [] : day.slots[group] ?? []
        }
    }

    private func dayOfCycle(_ dayNumber: Int) -> Int {
        (dayNumber - spec.anchor.dayNumber).floorRemainder(by: spec.cycleWeeks * 7)
    }
}
