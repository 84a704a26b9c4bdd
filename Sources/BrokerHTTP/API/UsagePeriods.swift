import BrokerCore
import BrokerRota

/// Where hours, days and months begin by the clock of the house.
struct UsagePeriods {
    enum Length {
        case hour
        case day
        case month

        /// No period is longer, in seconds: into an hour or a day a step of the clock may fall, which
        /// is an hour almost everywhere and a day at the date line.
        var secondsMax: Int {
            switch self {
            case .hour: 7_200
            case .day: 2 * 86_400
            case .month: 32 * 86_400
            }
        }
    }

    /// Nil: UTC.
    let zone: Zone?

    /// The bounds of periods, of which the first and the last are as long as the question lets them
    /// be.
    ///
    /// - Parameters:
    ///   - from: in milliseconds since the Unix epoch, as all here.
    ///   - to: after `from`.
    ///   - length: nil: one period for all.
    ///   - countMax: of periods.
    /// - Returns: nil when there would be more periods.
    func bounds(from: Int64, to: Int64, _ length: Length?, countMax: Int) -> [Int64]? {
        var bounds = [from]
        if let length {
            // So that nobody has the hours of centuries counted.
            guard (to - from) / 1_000 / Int64(length.secondsMax) <= countMax else { return nil }
            var at = UnixTime(seconds: Int(from).floorDivided(by: 1_000))
            while true {
                let next = border(after: at, length)
                // The calendar's end.
                guard next > at, Int64(next.seconds) * 1_000 < to else { break }
                guard bounds.count < countMax else { return nil }
                bounds.append(Int64(next.seconds) * 1_000)
                at = next
            }
        }
        bounds.append(to)
        return bounds
    }

    /// The first instant after this one in which a period begins.
    private func border(after time: UnixTime, _ length: Length) -> UnixTime {
        switch length {
        case .hour: return hour(after: time)
        case .day: return start(of: date(of: time).adding(days: 1))
        case .month:
            let date = date(of: time)
            let (year, month) = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1)
            return CivilDate(year: year, month: month, day: 1).map { start(of: $0) } ?? time
        }
    }

    /// When the clock shows a full hour next. Where it is set by whole hours, each hour is as long as
    /// any other; an hour into which another step falls is as long as the clock shows it.
    private func hour(after time: UnixTime) -> UnixTime {
        var time = time
        while true {
            let offset = offset(at: time)
            let past = (time.seconds + offset).floorRemainder(by: 3_600)
            let next = time.adding(seconds: 3_600 - past)
            guard let zone, zone.offsetSeconds(at: next) != offset,
                let step = zone.transitions(after: time, through: next).first
            else { return next }
            let shown = step.time.seconds + step.offsetSeconds
            let before = (step.time.seconds - 1 + offset).floorDivided(by: 3_600)
            if shown.floorRemainder(by: 3_600) == 0 || shown.floorDivided(by: 3_600) != before {
                return step.time
            }
            time = step.time
        }
    }

    private func offset(at time: UnixTime) -> Int { zone?.offsetSeconds(at: time) ?? 0 }

    func date(of time: UnixTime) -> CivilDate {
        zone?.local(at: time).date
            ?? CivilDate(dayNumber: time.seconds.floorDivided(by: 86_400))
    }

    func start(of date: CivilDate) -> UnixTime {
        zone?.start(of: date) ?? UnixTime(seconds: date.dayNumber * 86_400)
    }
}
