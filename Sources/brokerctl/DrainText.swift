import ArgumentParser
import BrokerAPI
import BrokerText

/// `--reason`, `--deadline` and `--at`, of a pool's and a seat's drain.
struct DrainOptions: ParsableArguments {
    @OptionGroup var reason: ReasonOptions

    @Option(
        help: .text(
            .drainDeadline,
            valueName: "duration"), transform: DurationArgument.seconds)
    var deadline: Int?

    @Option(
        help: .text(.drainAt, valueName: "time"),
        completion: .list(["window-end"]), transform: InstantArgument.drainTime)
    var at: DrainTime?
}

/// What a drain will do, in words.
enum DrainText {
    static func question(_ subject: Text, _ forecasts: [DrainForecast]) -> Text {
        let leases = forecasts.reduce(0) { $0 + $1.leases }
        let cut = forecasts.reduce(0) { $0 + $1.cutAtDeadline }
        let end: Text =
            forecasts.compactMap(\.deadlineAt).max()
            .map { .drainDeadline(LocalTime.text($0), cut: cut) } ?? .drainWhenever
        let begin: Text =
            forecasts.compactMap(\.startsAt).min()
            .map { .drainFrom(subject, LocalTime.text($0)) } ?? .drainNow(subject)
        return begin + .drainEnds(leases, end)
    }

    static func text(_ forecast: DrainForecast, _ document: Document) -> String {
        var lines: [Text] = []
        if let start = forecast.startsAt { lines.append(.drainStarts(LocalTime.text(start))) }
        lines.append(forecast.leases == 1 ? .oneLeaseLive : .leasesLive(forecast.leases))
        for end in forecast.ends {
            let instant = LocalTime.text(end.at)
            lines.append(end.count == 1 ? .oneEndsBy(instant) : .endBy(end.count, instant))
        }
        if let deadline = forecast.deadlineAt {
            let instant = LocalTime.text(deadline)
            let cut = forecast.cutAtDeadline
            lines.append(cut == 1 ? .oneRevoked(instant) : .revoked(cut, instant))
        }
        if forecast.waitsForEver { lines.append(.waitsForEver) }
        return lines.map { $0.here + "\n" }.joined() + ShortfallText.block(forecast.shortfalls)
            + displacedTable(document)
    }
}
