import ArgumentParser
import BrokerAPI

/// A duration on the command line.
enum DurationArgument {
    /// Whole seconds; what is wrong with anything else is part of the usage error.
    @Sendable static func seconds(_ text: String) throws -> Int {
        do {
            return try DurationText.seconds(text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// A time to wait in the line.
    @Sendable static func waitSeconds(_ text: String) throws -> Int {
        let seconds = try seconds(text)
        guard seconds <= WireLimits.waitSecondsMax else {
            let most = DurationText.text(seconds: WireLimits.waitSecondsMax)
            throw ValidationError("\(text) is too long to wait: \(most) is the most.")
        }
        return seconds
    }
}

/// An instant on the command line, by the terminal's clock unless it names a zone.
enum InstantArgument {
    /// What is wrong with anything that is no instant is part of the usage error.
    @Sendable static func instant(_ text: String) throws -> Timestamp {
        do {
            return try InstantText.instant(text, now: LocalTime.now, zone: LocalTime.zone)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// A date, which the house's clock reads, or an instant: as the API takes bounds of the rota.
    @Sendable static func bound(_ text: String) throws -> String {
        let date = InstantText.date(text, now: LocalTime.now, zone: LocalTime.zone)
        if let date { return date }
        return try instant(text).text
    }

    /// When a drain begins: an instant that is still to come, or `window-end`.
    @Sendable static func drainTime(_ text: String) throws -> DrainTime {
        if text == "window-end" { return .windowEnd }
        let now = LocalTime.now
        let instant = try instant(text)
        guard instant.milliseconds > now.milliseconds - passedMillisecondsMax else {
            throw ValidationError(
                "\(text) has passed (\(LocalTime.text(instant, now: now))): name an instant to come, "
                    + "or leave --at out to drain at once.")
        }
        return .instant(instant)
    }

    /// The present minute may be named: it was still to come when the typing began.
    private static let passedMillisecondsMax: Int64 = 60_000
}

/// `--yes` and `--dry-run`, on what displaces people.
struct ConfirmOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do it without asking.")
    var yes = false

    @Flag(help: "Show what would happen, and do nothing.")
    var dryRun = false

    func validate() throws {
        if yes, dryRun { throw ValidationError("--yes and --dry-run exclude each other.") }
    }
}

/// `--if-revision`, on changes that rest on what was seen before.
struct SiteRevisionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only if no admin has changed the site since this revision, which a dry run tells.",
            valueName: "n"))
    var ifRevision: Int?

    func validate() throws {
        if let ifRevision, ifRevision < 0 {
            throw ValidationError("a revision is 0 or more.")
        }
    }
}

/// `--reason`, which is journaled and shown to the people concerned.
struct ReasonOptions: ParsableArguments {
    @Option(help: "Why; the people it concerns see it.")
    var reason: String
}
