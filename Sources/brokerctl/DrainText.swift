import ArgumentParser
import BrokerAPI

/// `--reason`, `--deadline` and `--at`, of a pool's and a seat's drain.
struct DrainOptions: ParsableArguments {
    @OptionGroup var reason: ReasonOptions

    @Option(
        help: ArgumentHelp(
            "So long after the start, what is left is ended, as 30m (default: never, leases run out).",
            valueName: "duration"), transform: DurationArgument.seconds)
    var deadline: Int?

    @Option(
        help: ArgumentHelp(
            "When to start: 13:00, 'today 13:00', 'tomorrow 08:00' or '2026-11-30 13:00' by this "
                + "terminal's clock, an instant with its zone, or window-end, when the next window "
                + "of a group that may use it ends (default: at once).", valueName: "time"),
        completion: .list(["window-end"]), transform: InstantArgument.drainTime)
    var at: DrainTime?
}

/// What a drain will do, in words.
enum DrainText {
    static func question(_ subject: String, _ forecasts: [DrainForecast]) -> String {
        let leases = forecasts.reduce(0) { $0 + $1.leases }
        let cut = forecasts.reduce(0) { $0 + $1.cutAtDeadline }
        let end =
            forecasts.compactMap(\.deadlineAt).max().map {
                "at \(LocalTime.text($0)) at the latest, which cuts \(cut) off"
            } ?? "whenever their holders let them"
        let start = forecasts.compactMap(\.startsAt).min()
        let begin =
            start.map { "Drain \(subject) from \(LocalTime.text($0)): no new leases then" }
            ?? "Drain \(subject): no new leases"
        return "\(begin); those there are (\(leases)) end \(end). Go on?"
    }

    static func text(_ forecast: DrainForecast, _ document: Document) -> String {
        var lines: [String] = []
        if let start = forecast.startsAt {
            lines.append("It starts at \(LocalTime.text(start)); until then nothing changes.")
        }
        lines.append(
            forecast.leases == 1 ? "1 lease is live." : "\(forecast.leases) leases are live.")
        for end in forecast.ends {
            let verb = end.count == 1 ? "ends" : "end"
            lines.append("  \(end.count) \(verb) by \(LocalTime.text(end.at))")
        }
        if let deadline = forecast.deadlineAt {
            let verb = forecast.cutAtDeadline == 1 ? "is" : "are"
            lines.append(
                "\(forecast.cutAtDeadline) \(verb) revoked at the deadline, "
                    + "\(LocalTime.text(deadline)).")
        }
        if forecast.waitsForEver {
            lines.append("There is no deadline: who renews stays, for ever if need be.")
        }
        return lines.map { $0 + "\n" }.joined() + ShortfallText.block(forecast.shortfalls)
            + displacedTable(document)
    }
}
