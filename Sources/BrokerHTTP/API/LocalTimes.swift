import BrokerCore
import BrokerRota
import BrokerText

/// Instants as the people of the house read them: by the clock of the rota's zone.
struct LocalTimes: Sendable {
    /// Nil: there is no rota, and UTC serves.
    let zone: Zone?

    /// `Mon 2026-11-30 13:00 Europe/Paris`.
    func text(_ time: UnixTime) -> Text {
        date(time) + Text(verbatim: " \(clock(time)) \(zoneName)")
    }

    /// `Mon 2026-11-30 13:00-13:10 Europe/Paris`, with the second date where it is another one.
    ///
    /// - Parameters:
    ///   - start: nil: from now on.
    ///   - end: nil: for as long as is known.
    func text(from start: UnixTime?, to end: UnixTime?) -> Text {
        switch (start, end) {
        case (let start?, let end?):
            let between = Text(verbatim: " \(clock(start))-")
            let last = Text(verbatim: "\(clock(end)) \(zoneName)")
            guard date(start) != date(end) else { return date(start) + between + last }
            return date(start) + between + date(end) + Text(verbatim: " ") + last
        case (let start?, nil): return .fromOn(text(start))
        case (nil, let end?): return .until(text(end))
        case (nil, nil): return .atAnyTime
        }
    }

    private var zoneName: String { zone?.name ?? "UTC" }

    private func local(_ time: UnixTime) -> (date: CivilDate, secondOfDay: Int) {
        zone?.local(at: time) ?? (
            CivilDate(dayNumber: time.seconds.floorDivided(by: 86_400)),
            time.seconds.floorRemainder(by: 86_400)
        )
    }

    private func date(_ time: UnixTime) -> Text {
        let date = local(time).date
        return .weekdays[date.weekday.rawValue] + Text(verbatim: " \(date)")
    }

    /// Seconds are shown where there are any.
    private func clock(_ time: UnixTime) -> String {
        let text = clockText(secondOfDay: local(time).secondOfDay)
        return text.hasSuffix(":00") ? String(text.dropLast(3)) : text
    }
}
