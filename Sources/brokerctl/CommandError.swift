import BrokerAPI
import BrokerText

/// Why a command did not do what it was asked.
enum CommandError: Error {
    /// The daemon said no. `about` names what the request was for, where one command makes several.
    case problem(Problem, about: String?)
    /// Nothing answers at the socket, or what answers stopped in the middle.
    case unreachable(socket: String, why: Text)
    /// The socket is there, and its mode keeps the caller out.
    case noAccess(socket: String)
    /// Wrong usage that only shows while running.
    case usage(Text)
    /// Anything else.
    case failed(Text)
    /// As above, with an exit code of its own.
    case ended(ExitStatus, Text)
    /// The person at the terminal said no.
    case declined

    /// The one place where an error becomes an exit code.
    var status: ExitStatus {
        switch self {
        case .problem(let problem, _): problem.exitCode
        case .unreachable: .unreachable
        case .noAccess: .notAllowed
        case .usage: .wrongUsage
        case .failed, .declined: .failed
        case .ended(let status, _): status
        }
    }

    /// Says on stderr what happened.
    func report() {
        switch self {
        case .problem(let problem, let about):
            Self.report(problem, about: about)
        case .unreachable(let socket, let why):
            Terminal.message(.unreachable(socket, why))
            Terminal.hint(.isItRunning)
        case .noAccess(let socket):
            Terminal.message(.noAccess(socket))
            Terminal.hint(.askWhoRuns)
        case .usage(let text), .failed(let text), .ended(_, let text):
            Terminal.message(text)
        case .declined:
            Terminal.message(.nothingDone)
        }
    }

    private static func report(_ problem: Problem, about: String?) {
        let place = place(of: problem) ?? Text(verbatim: "")
        let about = Text(verbatim: about.map { "\($0): " } ?? "")
        Terminal.message(about + place + (problem.detail ?? problem.title))
        for rule in problem.reasons { Terminal.hint(Text(verbatim: "- ") + rule.sentence) }
        if let ahead = problem.ahead {
            let before: Text =
                switch ahead {
                case 0: .wereFirst
                case 1: .wasOneBefore
                default: .wereBefore(ahead)
                }
            Terminal.hint(
                problem.estimatedAt.map { .wasExpected(before, at: LocalTime.text($0)) }
                    ?? before + Text(verbatim: "."))
        }
        if let seconds = problem.retryAfterSeconds {
            // Rounded up to the last unit that is shown: a try before its time is refused again.
            let shown = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1
            let rounded = (seconds + shown - 1) / shown * shown
            Terminal.hint(.tryAgain(in: DurationText.text(seconds: rounded)))
        }
    }

    /// Where in a file the mistake is: `file:line:column: `, as editors read it.
    private static func place(of problem: Problem) -> Text? {
        if let file = problem.file {
            let numbers = [problem.line, problem.column].compactMap(\.self).map { ":\($0)" }
            return Text(verbatim: "\(file)\(numbers.joined()): ")
        }
        return problem.line.map { line in
            problem.column.map { .mistakeAt(line: line, column: $0) } ?? .mistakeAt(line: line)
        }
    }
}

extension Rule {
    /// The rule and its numbers in a line: `quota-exceeded: group finance, 300 of 300 used`.
    var sentence: Text {
        var facts: [Text] = []
        if let group { facts.append(.factGroup(group)) }
        if let pool { facts.append(.factPool(pool)) }
        facts += numbers
        return facts.isEmpty
            ? Text(verbatim: rule) : .ruleFacts(rule, facts.joined(separator: ", "))
    }

    /// The numbers that the rule was decided by, as phrases.
    var numbers: [Text] {
        var facts: [Text] = []
        if let used {
            facts.append(limit.map { .factUsed(used, of: $0) } ?? .factUsed(used))
        }
        if let available { facts.append(.factAvailable(available)) }
        if let reserved, reserved > 0 { facts.append(.factReserved(reserved)) }
        if let waiting {
            facts.append(limit.map { .factWaiting(waiting, of: $0) } ?? .factWaiting(waiting))
        }
        if let closesAt { facts.append(.factOpenUntil(LocalTime.text(closesAt))) }
        if let opensAt { facts.append(.factOpens(LocalTime.text(opensAt))) }
        if let reason { facts.append(Text(verbatim: reason)) }
        if let earliestAt, earliestAt != opensAt {
            facts.append(.factEarliest(LocalTime.text(earliestAt)))
        }
        return facts
    }
}
