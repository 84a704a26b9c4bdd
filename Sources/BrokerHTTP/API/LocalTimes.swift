import BrokerCore
import BrokerRota

/// Instants as the people of the house read them: by the clock of the rota's zone.
struct LocalTimes: Sendable {
    /// Nil: there is no rota, and UTC serves.
    let zone: Zone?

    /// `Mon 2026-11-30 13:00 Europe/Paris`.
    func text(_ time: UnixTime) -> String { "\(date(time)) \(clock(time)) \(zoneName)" }

    /// `Mon 2026-11-30 13:00-13:10 Europe/Paris`, with the second date where it is another one.
    ///
    /// - Parameters:
    ///   - start: nil: from now on.
    ///   - end: nil: for as long as is known.
    func text(from start: UnixTime?, to end: UnixTime?) -> String {
        switch (start, end) {
        case (let start?, let end?):
            let last =
                date(start) == date(end) ? clock(end) : "\(date(end)) \(clock(end))"
            return "\(date(start)) \(clock(start))-\(last) \(zoneName)"
        case (let start?, nil): return "from \(text(start)) on"
        case (nil, let end?): return "until \(text(end))"
        case (nil, nil): return "at any time"
        }
    }

    private var zoneName: String { zone?.name ?? "UTC" }

    private func local(_ time: UnixTime) -> (date: CivilDate, secondOfDay: Int) {
        zone?.local(at: time) ?? (
            CivilDate(dayNumber: time.seconds.floorDivided(by: 86_400)),
            time.seconds.floorRemainder(by: 86_400)
        )
    }

    private func date(_ time: UnixTime) -> String {
        let date = local(time).date
        let day = date.weekday.text
        return "\(day.prefix(1).uppercased())\(day.dropFirst()) \(date)"
    }

    /// Seconds are shown where there are any.
    private func clock(_ time: UnixTime) -> String {
        let text = clockText(secondOfDay: local(time).secondOfDay)
        return text.hasSuffix(":00") ? String(text.dropLast(3)) : text
    }
}
