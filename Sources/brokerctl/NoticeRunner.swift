import BrokerAPI
import BrokerText
import Glibc

/// Runs the command of `--on-notice` beside that of `run`, whenever the lease's end is announced.
///
/// What becomes of it matters to nothing else: it is never waited for, and ends with `run`.
struct NoticeRunner {
    private let command: String
    private let mask: sigset_t
    private var running: [ChildProcess] = []
    private var hasFailed = false

    /// - Parameter mask: The signal mask that the command gets.
    init(command: String, mask: sigset_t) {
        self.command = command
        self.mask = mask
    }

    mutating func run(_ notice: EndNotice, _ lease: Lease) {
        let environment =
            LeaseEnvironment.variables(lease) + [
                (name: "BROKER_NOTICE_SECONDS", value: String(notice.secondsLeft)),
                (name: "BROKER_NOTICE_REASON", value: notice.reason.rawValue),
                (name: "BROKER_ENDS_AT", value: notice.endsAt.text),
            ]
        // The terminal's keys and the output belong to the command of `run`.
        let script = "exec </dev/null >&2\n" + command
        do {
            running.append(
                try ChildProcess.start(
                    ["/bin/sh", "-c", script], environment: environment, mask: mask))
        } catch {
            sayOnce(Text(verbatim: "/bin/sh: ") + error.reason)
        }
    }

    /// Takes notice of those that have ended; after each SIGCHLD.
    mutating func reap() {
        var left: [ChildProcess] = []
        for child in running {
            guard let status = child.exitStatus() else {
                left.append(child)
                continue
            }
            if status != 0 { sayOnce(.noticeEnded(status)) }
        }
        running = left
    }

    private mutating func sayOnce(_ why: Text) {
        if hasFailed { return }
        hasFailed = true
        Terminal.message(.noticeFailed(why))
    }
}
