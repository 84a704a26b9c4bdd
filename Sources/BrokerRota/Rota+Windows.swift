package import BrokerCore

/// The windows of one group.
package struct GroupWindows: Equatable, Sendable {
    package let group: GroupName
    /// Apart from each other, in the order of time.
    package let windows: [UTCWindow]
}

/// The time in which a group is open without a break.
package struct OpenPeriod: Hashable, Sendable {
    /// Nil: it has been open for longer than `Rota.horizonDays`, or always.
    package let start: UnixTime?
    /// Nil: it stays open for longer than `Rota.horizonDays`, or for ever.
    package let end: UnixTime?
}

extension Rota {
    /// How far openings and ends of windows are looked for: three rounds of the longest cycle, so
    /// that exceptions may close two of them.
    package static let horizonDays = 3 * 7 * RotaLimits.cycleWeeksMax + 8

    /// When a group may enter between two instants: its open time inside `[from, to)`, so what
    /// begins before or ends after is cut there.
    ///
    /// Slots that overlap or touch make one window, and a slot that a gap of the clock swallows
    /// makes none. A group without slots has one window, all of the time; a group that is not known
    /// has none.
    ///
    /// It takes time and memory in proportion to the days asked for: whoever passes on what a user
    /// asks for refuses more than `RotaLimits.expansionDaysMax`.
    package func windows(
        for group: GroupName, from: UnixTime, to: UnixTime
    ) -> [UTCWindow] {
        guard let position = position(of: group) else { return [] }
        guard groups[position].slots != nil else {
            return UTCWindow(start: from, end: to).map { [$0] } ?? []
        }
        return windows(of: position, in: Expansion(of: self, from: from, to: to))
    }

    /// The same for every group that has slots, in the order of the groups. Groups without slots are
    /// left out.
    package func windows(from: UnixTime, to: UnixTime) -> [GroupWindows] {
        var expansion = Expansion(of: self, from: from, to: to)
        expansion.prepare()
        return groups.indices.filter { groups[$0].slots != nil }.map { position in
            GroupWindows(
                group: groups[position].name, windows: windows(of: position, in: expansion))
        }
    }

    private func windows(of group: Int, in expansion: Expansion) -> [UTCWindow] {
        var found: [UTCWindow] = []
        for (offset, table) in expansion.tables.enumerated() {
            for slot in slots(ofGroup: group, in: table) {
                if let window = expansion.window(dayOffset: offset, slot: slot) {
                    found.appendMerging(window)
                }
            }
        }
        return found
    }

    /// Whether a group may enter in an instant; a group that is not known may not.
    package func isOpen(_ group: GroupName, at time: UnixTime) -> Bool {
        !windows(for: group, from: time, to: time.adding(seconds: 1)).isEmpty
    }

    /// The window of a group in which an instant lies, with its true ends; nil when it is in none.
    package func window(for group: GroupName, containing time: UnixTime) -> OpenPeriod? {
        guard isOpen(group, at: time) else { return nil }
        var period = OpenPeriod(start: nil, end: nil)
        // Nearly every window lies within days; the long look is for those that do not.
        for days in [3, Self.horizonDays] {
            let from = time.adding(seconds: -days * 86_400)
            let to = time.adding(seconds: days * 86_400)
            guard
                let window = windows(for: group, from: from, to: to).first(where: {
                    $0.contains(time)
                })
            else { return nil }
            period = OpenPeriod(
                start: window.start > from ? window.start : nil,
                end: window.end < to ? window.end : nil)
            if period.start != nil, period.end != nil { break }
        }
        return period
    }

    /// When a group's next window begins, after the instant and after the window it may lie in; nil
    /// when none does within `horizonDays`.
    package func nextOpening(for group: GroupName, after time: UnixTime) -> UnixTime? {
        for days in [15, Self.horizonDays] {
            let found = windows(for: group, from: time, to: time.adding(seconds: days * 86_400))
            if let next = found.first(where: { $0.start > time }) { return next.start }
        }
        return nil
    }

    /// When a slot of a day is, by the clock of the zone; nil when a gap swallows it.
    ///
    /// A boundary in a gap is the first instant after it; in a repeated hour the start takes the
    /// first pass and the end the second.
    package func window(ofSlot slot: Int, on date: CivilDate) -> UTCWindow? {
        let noon = UnixTime(seconds: date.dayNumber * 86_400 + 43_200)
        let expansion = Expansion(of: self, from: noon, to: noon)
        return expansion.uncutWindow(day: date.dayNumber, slot: slot)
    }
}

/// The slots between two instants, as windows in UTC.
private struct Expansion {
    private let slots: [Rota.Slot]
    private let span: ZoneSpan
    private let from: UnixTime
    private let to: UnixTime
    /// The first day whose slots can reach into the time asked for.
    private let firstDay: Int
    /// What holds on each of these days.
    let tables: [Rota.DayTable]
    /// All windows of these days, slot by slot; empty until they are prepared.
    private var prepared: [UTCWindow?] = []

    init(of rota: Rota, from: UnixTime, to: UnixTime) {
        slots = rota.slots
        self.from = from
        self.to = to
        // A slot ends within two days of its day's midnight, and local time is up to 26 hours ahead
        // of UTC or 25 behind.
        firstDay = from.seconds.floorDivided(by: 86_400) - 4
        let end = max(firstDay, to.seconds.floorDivided(by: 86_400) + 3)
        tables = (firstDay..<end).map { rota.table(ofDay: $0) }
        // Two days more on both sides, for the offsets of the first and the last day.
        span = rota.zone.span(
            from: from.adding(seconds: -6 * 86_400), to: to.adding(seconds: 6 * 86_400))
    }

    /// Works out every slot once, which pays when more than one group asks.
    mutating func prepare() {
        var all: [UTCWindow?] = []
        all.reserveCapacity(tables.count * slots.count)
        for offset in tables.indices {
            for slot in slots.indices { all.append(window(dayOffset: offset, slot: slot)) }
        }
        prepared = all
    }

    /// The part of a slot that lies in the time asked for; nil when there is none.
    func window(dayOffset: Int, slot: Int) -> UTCWindow? {
        guard prepared.isEmpty else { return prepared[dayOffset * slots.count + slot] }
        return uncutWindow(day: firstDay + dayOffset, slot: slot)?.clipped(from: from, to: to)
    }

    func uncutWindow(day: Int, slot: Int) -> UTCWindow? {
        let midnight = day * 86_400
        let hours = slots[slot].hours
        return UTCWindow(
            start: UnixTime(seconds: span.first(local: midnight + hours.startMinute * 60)),
            end: UnixTime(seconds: span.last(local: midnight + hours.endMinute * 60)))
    }
}
