import ArgumentParser
import BrokerAPI
import BrokerText

/// A duration on the command line.
enum DurationArgument {
    /// Whole seconds; what is wrong with anything else is part of the usage error.
    @Sendable static func seconds(_ text: String) throws -> Int {
        do {
            return try DurationText.seconds(text)
        } catch {
            throw ValidationError(error.text)
        }
    }

    /// A time to wait in the line.
    @Sendable static func waitSeconds(_ text: String) throws -> Int {
        let seconds = try seconds(text)
        guard seconds <= WireLimits.waitSecondsMax else {
            let most = DurationText.text(seconds: WireLimits.waitSecondsMax)
            throw ValidationError(.tooLongToWait(text, most: most))
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
            throw ValidationError(error.text)
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
            throw ValidationError(.hasPassed(text, LocalTime.text(instant, now: now)))
        }
        return .instant(instant)
    }

    /// The present minute may be named: it was still to come when the typing began.
    private static let passedMillisecondsMax: Int64 = 60_000
}

/// `--yes` and `--dry-run`, on what displaces people.
struct ConfirmOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: .text(.yes))
    var yes = false

    @Flag(help: .text(.dryRun))
    var dryRun = false

    func validate() throws {
        if yes, dryRun { throw ValidationError(.yesAndDryRun) }
    }
}

/// `--if-revision`, on changes that rest on what was seen before.
struct SiteRevisionOptions: ParsableArguments {
    @Option(
        help: .text(
            .siteRevision,
            valueName: "n"))
    var ifRevision: Int?

    func validate() throws {
        if let ifRevision, ifRevision < 0 {
            throw ValidationError(.revisionNumber)
        }
    }
}

/// `--reason`, which is journaled and shown to the people concerned.
struct ReasonOptions: ParsableArguments {
    @Option(help: .text(.reason))
    var reason: String
}
