import BrokerAPI

/// Why a command did not do what it was asked.
enum CommandError: Error {
    /// The daemon said no. `about` names what the request was for, where one command makes several.
    case problem(Problem, about: String?)
    /// Nothing answers at the socket, or what answers stopped in the middle.
    case unreachable(socket: String, why: String)
    /// The socket is there, and its mode keeps the caller out.
    case noAccess(socket: String)
    /// Wrong usage that only shows while running.
    case usage(String)
    /// Anything else.
    case failed(String)
    /// As above, with an exit code of its own.
    case ended(ExitStatus, String)
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
            Terminal.message("cannot reach the broker at \(socket): \(why).")
            Terminal.hint(
                "Is brokerd running (systemctl status brokerd)? "
                    + "--socket or BROKERD_SOCKET names another socket.")
        case .noAccess(let socket):
            Terminal.message("you may not open \(socket).")
            Terminal.hint("It is for members of its group; ask who runs the broker.")
        case .usage(let text), .failed(let text), .ended(_, let text):
            Terminal.message(text)
        case .declined:
            Terminal.message("nothing was done.")
        }
    }

    private static func report(_ problem: Problem, about: String?) {
        var text = about.map { "\($0): " } ?? ""
        if let file = problem.file {
            text += file
            if let line = problem.line { text += ":\(line)" }
            if let column = problem.column { text += ":\(column)" }
            text += ": "
        } else if let line = problem.line {
            text += "line \(line)"
            if let column = problem.column { text += ", column \(column)" }
            text += ": "
        }
        text += (problem.detail ?? problem.title).here
        Terminal.message(text)
        for rule in problem.reasons { Terminal.hint("- \(rule.sentence)") }
        if let ahead = problem.ahead {
            let expected =
                problem.estimatedAt.map { "; a seat was expected at \(LocalTime.text($0))" } ?? ""
            let before =
                switch ahead {
                case 0: "You were the first in line"
                case 1: "One was still before you"
                default: "\(ahead) were still before you"
                }
            Terminal.hint("\(before)\(expected).")
        }
        if let seconds = problem.retryAfterSeconds {
            // Rounded up to the last unit that is shown: a try before its time is refused again.
            let shown = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1
            let rounded = (seconds + shown - 1) / shown * shown
            Terminal.hint("Try again in \(DurationText.text(seconds: rounded)).")
        }
    }
}

extension Rule {
    /// The rule and its numbers in a line: `quota-exceeded: group finance, 300 of 300 used`.
    var sentence: String {
        var facts: [String] = []
        if let group { facts.append("group \(group)") }
        if let pool { facts.append("pool \(pool)") }
        facts += numbers
        return facts.isEmpty ? rule : "\(rule): \(facts.joined(separator: ", "))"
    }

    /// The numbers that the rule was decided by, as phrases.
    var numbers: [String] {
        var facts: [String] = []
        if let used {
            facts.append(limit.map { "\(used) of \($0) used" } ?? "\(used) used, no limit")
        }
        if let available { facts.append("\(available) available") }
        if let reserved, reserved > 0 { facts.append("\(reserved) reserved for others") }
        if let waiting { facts.append("\(waiting)\(limit.map { " of \($0)" } ?? "") waiting") }
        if let closesAt { facts.append("open until \(LocalTime.text(closesAt))") }
        if let opensAt { facts.append("opens \(LocalTime.text(opensAt))") }
        if let reason { facts.append(reason) }
        if let earliestAt, earliestAt != opensAt {
            facts.append("earliest \(LocalTime.text(earliestAt))")
        }
        return facts
    }
}
