import ArgumentParser
import Glibc

/// Which listener a command needs.
enum SocketNeed {
    /// The caller asks for itself.
    case agent
    /// The caller administers, or looks at what others have.
    case control
    /// The caller may mean its own lease or, as a gateway or an operator, another's: the agent
    /// socket is asked first, then the control socket if that one may be opened.
    case agentThenControl
    /// The control socket knows more, the agent socket knows something too.
    case controlThenAgent
}

/// The sockets that a command tries, in order.
enum SocketChoice {
    static let agentPath = "/run/brokerd/agent.sock"
    static let controlPath = "/run/brokerd/control.sock"

    static func paths(explicit: String?, need: SocketNeed) -> [String] {
        if let explicit { return [explicit] }
        if let path = Terminal.environment("BROKERD_SOCKET"), !path.isEmpty { return [path] }
        let mayControl = access(controlPath, W_OK) == 0
        return switch need {
        case .agent: [agentPath]
        case .control: [mayControl ? controlPath : agentPath]
        case .agentThenControl: mayControl ? [agentPath, controlPath] : [agentPath]
        case .controlThenAgent: mayControl ? [controlPath, agentPath] : [agentPath]
        }
    }
}

/// `--socket`, on every command.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: .text(.socket, valueName: "path"),
        completion: .file())
    var socket: String?

    func caller(_ need: SocketNeed) -> Caller {
        Caller(paths: SocketChoice.paths(explicit: socket, need: need))
    }
}
