package import BrokerCore

extension Zone {
    /// The first instant of a date by the clock of the zone: midnight, or, where a gap swallows
    /// midnight, the first instant after the gap.
    package func start(of date: CivilDate) -> UnixTime {
        let midnight = UnixTime(seconds: date.dayNumber * 86_400)
        // Local time is up to 26 hours ahead of UTC or 25 behind.
        let span = span(
            from: midnight.adding(seconds: -2 * 86_400), to: midnight.adding(seconds: 2 * 86_400))
        return UnixTime(seconds: span.first(local: midnight.seconds))
    }
}
