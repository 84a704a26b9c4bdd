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

/// `--reason`, which is journaled and shown to the people concerned.
struct ReasonOptions: ParsableArguments {
    @Option(help: "Why; the people it concerns see it.")
    var reason: String
}
