import ArgumentParser
import BrokerAPI
import BrokerText

/// Checks for Centreon, Icinga, Nagios and their kin: one line, figures, and their exit codes.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: Text.aboutCheck.here, discussion: Text.checkCodes.here,
        subcommands: [
            CheckSeats.self, CheckQuota.self, CheckQueue.self, CheckStore.self, CheckDrain.self,
            CheckAll.self,
        ],
        // A service that is defined without a verb must not be green for what is a help text.
        defaultSubcommand: CheckAll.self)

    /// Whether a command line is one of these, whose mistakes have an exit code of their own.
    static func isMeant(by arguments: [String]) -> Bool { arguments.dropFirst().first == "check" }

    /// The exit code of a command line that ended before any check was made. A monitoring system
    /// that runs one of help or version must not take it for OK: the guidelines for plugins have
    /// UNKNOWN for both.
    static func statusWithoutCheck(_ status: ExitCode, _ error: any Error) -> ExitCode {
        // A check that was made has its own code, and 0 among them.
        status.isSuccess && !(error is ExitCode) ? ExitCode(CheckState.unknown.rawValue) : status
    }

    /// Says that a command line is wrong, in the form of a check: a monitoring system shows nothing
    /// else.
    static func rejectUsage(_ message: String) -> ExitCode {
        let line = message.split(separator: "\n").first.map(String.init) ?? "wrong usage"
        Terminal.output("CHECK UNKNOWN - \(CheckReport.plain(line))\n")
        return ExitCode(CheckState.unknown.rawValue)
    }

    /// What is said of an error in place of a status. A daemon that only says that it does not
    /// serve (503) is as far away as one that says nothing.
    static func finding(
        _ error: CommandError, unreachable: CheckOptions.Unreachable
    ) -> CheckReport.Finding {
        var state = CheckState.unknown
        let text: Text
        switch error {
        case .unreachable(let socket, let why):
            text = .unreachable(socket, why)
            state = unreachable.state
        case .noAccess(let socket): text = .noAccess(socket)
        case .problem(let problem, _):
            text = problem.detail ?? problem.title
            if problem.slug == .unavailable { state = unreachable.state }
        case .usage(let what), .failed(let what), .ended(_, let what): text = what
        case .declined: text = .nothingDone
        }
        return CheckReport.Finding(state: state, text: text.english)
    }
}

/// What all checks take.
struct CheckOptions: ParsableArguments {
    @Option(help: .text(.checkURL, valueName: "url"))
    var url: String?

    @Option(help: .text(.checkUnreachable, valueName: "state"))
    var unreachable = Unreachable.unknown

    @Option(
        name: .shortAndLong, help: .text(.checkTimeout, valueName: "duration"),
        transform: CheckOptions.seconds)
    var timeout: Int = 10

    @OptionGroup var connection: ConnectionOptions

    /// What a daemon that does not answer, or says that it does not serve, counts as.
    enum Unreachable: String, CaseIterable, ExpressibleByArgument {
        case unknown
        case critical

        var state: CheckState {
            switch self {
            case .unknown: .unknown
            case .critical: .critical
            }
        }
    }

    func validate() throws {
        guard (1...86_400).contains(timeout) else { throw ValidationError(Text.checkTimeoutRange) }
        if let url, LoopbackAddress(url: url) == nil {
            throw ValidationError(Text.checkBadURL(url))
        }
    }

    /// As plugins take it, in bare seconds, or as all other commands do.
    @Sendable static func seconds(_ text: String) throws -> Int {
        try Int(text) ?? DurationArgument.seconds(text)
    }
}

/// `--warning` and `--critical`.
struct CheckLimitOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: .text(.checkWarning, valueName: "range"), transform: CheckLimitOptions.threshold)
    var warning: CheckThreshold?

    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: .text(.checkCritical, valueName: "range"), transform: CheckLimitOptions.threshold)
    var critical: CheckThreshold?

    /// Those of the command line, and for each that is not given the one that is usual.
    func limits(_ usual: CheckLimits) -> CheckLimits {
        CheckLimits(warning: warning ?? usual.warning, critical: critical ?? usual.critical)
    }

    /// - Throws: where a range is in percent, for what has no whole to be a part of.
    func refusePercent() throws {
        for threshold in [warning, critical] where threshold?.isPercent == true {
            throw ValidationError(Text.checkNoPercent)
        }
    }

    @Sendable static func threshold(_ text: String) throws -> CheckThreshold {
        do {
            return try CheckThreshold(text)
        } catch {
            throw ValidationError(error.text)
        }
    }
}

/// A check: it makes a report of the daemon's status, and its state is the exit code.
protocol CheckVerb: ParsableCommand {
    var check: CheckOptions { get }
    /// What the first line begins with where there is no status.
    static var title: String { get }
    func report(_ status: Status) -> CheckReport
}

extension CheckVerb {
    func run() throws {
        let report = report()
        Terminal.output(report.text)
        throw ExitCode(report.state.rawValue)
    }

    private func report() -> CheckReport {
        // Everybody may see the status, so no socket is better than another that answers.
        let caller =
            check.url.map { Caller(paths: [$0]) } ?? check.connection.caller(.agentThenControl)
        // Monitoring systems read it: English, whatever the locale.
        var request = HTTPRequest(.get, ["v1", "status"])
        request.language = .standard
        do throws(CommandError) {
            let response = try caller.answer(
                to: request, timeoutMilliseconds: Int64(check.timeout) * 1_000)
            return report(try Caller.decoded(Status.self, response.body))
        } catch {
            return CheckReport(
                title: Self.title,
                findings: [CheckCommand.finding(error, unreachable: check.unreachable)],
                summary: "")
        }
    }
}
