import BrokerCore

/// The calendar of the simulated world: what a rota's slots are in seconds of the wall clock.
///
/// A day is as long as the name of its time zone says, `sim/600` for ten minutes, so that a run of
/// some hours meets many boundaries. Its hours are parts of that length. Every few days the zone
/// moves its clocks by an hour of such a day, and each release of the zones by another bit.
struct SimRota: Sendable {
    /// How far windows are worked out at least: they are looked after once an hour.
    private static let secondsAhead = 2 * 3_600
    private static let daysAheadMin = 8
    /// Days that are worked out though they are over.
    private static let daysBack = 2
    /// Days after which the zone goes over to its other time.
    private static let daysOfAZoneTime = 9
    private static let zonePrefix = "sim/"
    private static let minutesOfADay = 1_440

    let spec: RotaSpec
    let release: Int
    private let daySeconds: Int
    private let firstDay: Int
    private let hours: [String: SlotHours]

    /// Nil when there is no such zone.
    init?(_ spec: RotaSpec, release: Int) {
        guard spec.timezone.hasPrefix(Self.zonePrefix),
            let seconds = Int(spec.timezone.dropFirst(Self.zonePrefix.count)), seconds >= 24
        else { return nil }
        self.spec = spec
        self.release = release
        daySeconds = seconds
        firstDay = Int(SimClock.firstWallMilliseconds / 1_000) / seconds
        hours = Dictionary(
            spec.slots.compactMap { slot in
                (try? SlotHours(text: slot.hours)).map { (slot.name, $0) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The name of the zone whose days have so many seconds.
    static func zone(daySeconds: Int) -> String { "\(zonePrefix)\(daySeconds)" }

    /// How the release of the zones is called.
    static func name(ofRelease release: Int) -> String { "sim-\(release)" }

    private var daysAhead: Int { max(Self.daysAheadMin, Self.secondsAhead / daySeconds + 2) }

    private func day(of second: Int) -> Int { second.floorDivided(by: daySeconds) }

    /// When a group may enter, some days back and ahead.
    func windows(of group: RotaGroup, at second: Int) -> [AuditWindow] {
        let today = day(of: second)
        var found: [AuditWindow] = []
        for day in (today - Self.daysBack)..<(today + daysAhead) {
            for slot in slots(of: group, on: day) {
                guard let hours = hours[slot] else { continue }
                found.append(
                    AuditWindow(
                        start: self.second(hours.startMinute, on: day),
                        end: self.second(hours.endMinute, on: day)))
            }
        }
        return AuditCalendar.merged(found)
    }

    private func slots(of group: RotaGroup, on day: Int) -> [String] {
        let date = CivilDate(dayNumber: spec.anchor.dayNumber + day - firstDay)
        if let exception = spec.exceptions.first(where: { $0.date == date }) {
            switch exception.table {
            case .closed: return []
            case .slots(let assignments):
                return assignments.filter { $0.groups.contains(group.name) }.map(\.slot)
            }
        }
        let dayOfCycle = (day - firstDay).floorRemainder(by: spec.cycleWeeks * 7)
        return (group.slots ?? []).compactMap(WeeklySlot.init(text:))
            .filter { $0.dayOfCycle == dayOfCycle }.map(\.slot)
    }

    private func second(_ minute: Int, on day: Int) -> Int {
        let hour = daySeconds / 24
        let isSummer = (day - firstDay).floorDivided(by: Self.daysOfAZoneTime) & 1 == 1
        return day * daySeconds + minute * daySeconds / Self.minutesOfADay
            - (isSummer ? hour : 0) + release % 4 * hour / 2
    }

    /// As the broker is given it: as if the windows reached as far as it asks for, so that it does not
    /// ask again before that hour.
    func table(
        of groups: [RotaGroup], at second: Int, until: UnixTime
    ) -> WindowTable {
        WindowTable(
            groups: groups.filter { $0.slots != nil }.map { group in
                WindowTable.Entry(
                    group: group.name,
                    windows: windows(of: group, at: second).compactMap {
                        UTCWindow(
                            start: UnixTime(seconds: $0.start), end: UnixTime(seconds: $0.end))
                    })
            },
            until: until, zones: Self.name(ofRelease: release), isNewRota: true)
    }
}
