import Synchronization

/// Why the transport itself refused a connection or a request, or cut one off.
package enum RefusalCause: String, Sendable, CaseIterable {
    /// Over the connections of one user.
    case userConnections = "user-connections"
    /// Over the new connections a second of one user.
    case userArrivals = "user-arrivals"
    /// Over the requests a second of one user.
    case userRequests = "user-requests"
    /// Over the connections of the listener.
    case listenerConnections = "listener-connections"
    /// The kernel's word about the peer was not to be had, or not usable.
    case credentials
    /// Not HTTP, or not HTTP that we take.
    case malformed
    case headerTooLarge = "header-too-large"
    case bodyTooLarge = "body-too-large"
    case headerDeadline = "header-deadline"
    case bodyDeadline = "body-deadline"
    /// The client did not read our answer.
    case writeStall = "write-stall"
}

/// The first digit of an answer's status.
package enum StatusClass: Int, Sendable, CaseIterable {
    case success = 2
    case redirection = 3
    case clientError = 4
    case serverError = 5

    init(status: Int) { self = StatusClass(rawValue: status / 100) ?? .serverError }

    /// `2xx` and so on, as monitoring systems write it.
    package var text: String { "\(rawValue)xx" }
}

/// What the listeners of a kind have seen since the start; a copy as of one moment.
package struct TransportCounters: Sendable {
    /// Connections open now, refused ones aside.
    package var connectionsOpen = 0
    /// Connections accepted, refused ones included.
    package var connectionsAccepted = 0
    /// Requests handed to the handler.
    package var requests = 0
    /// Answers by their status, in the order of `StatusClass`; those of the transport included.
    fileprivate var answerCounts = [Int](repeating: 0, count: StatusClass.allCases.count)
    /// Times that accepting paused, for want of descriptors or memory.
    package var acceptPauses = 0
    private var refusalCounts = [Int](repeating: 0, count: RefusalCause.allCases.count)

    package init() {}

    /// How often something was refused for this cause.
    package func refusals(_ cause: RefusalCause) -> Int { refusalCounts[Self.index(of: cause)] }

    /// How many answers had such a status.
    package func answers(_ statusClass: StatusClass) -> Int {
        answerCounts[statusClass.rawValue - 2]
    }

    /// Adds those of another listener of the same kind.
    mutating func add(_ other: TransportCounters) {
        for index in answerCounts.indices { answerCounts[index] += other.answerCounts[index] }
        connectionsOpen += other.connectionsOpen
        connectionsAccepted += other.connectionsAccepted
        requests += other.requests
        acceptPauses += other.acceptPauses
        for index in refusalCounts.indices { refusalCounts[index] += other.refusalCounts[index] }
    }

    mutating func count(_ cause: RefusalCause) { refusalCounts[Self.index(of: cause)] += 1 }

    private static func index(of cause: RefusalCause) -> Int {
        switch cause {
        case .userConnections: 0
        case .userArrivals: 1
        case .userRequests: 2
        case .listenerConnections: 3
        case .credentials: 4
        case .malformed: 5
        case .headerTooLarge: 6
        case .bodyTooLarge: 7
        case .headerDeadline: 8
        case .bodyDeadline: 9
        case .writeStall: 10
        }
    }
}

/// The live counters behind `TransportCounters`: written by the listener's two threads, read by any.
final class CounterCell: Sendable {
    // What moves with every request, and so has no lock.
    private let requests = Atomic<Int>(0)
    private let successes = Atomic<Int>(0)
    private let redirections = Atomic<Int>(0)
    private let clientErrors = Atomic<Int>(0)
    private let serverErrors = Atomic<Int>(0)
    private let others = Mutex(TransportCounters())

    func countRequest() { requests.wrappingAdd(1, ordering: .relaxed) }

    func countAnswer(status: Int) {
        switch StatusClass(status: status) {
        case .success: successes.wrappingAdd(1, ordering: .relaxed)
        case .redirection: redirections.wrappingAdd(1, ordering: .relaxed)
        case .clientError: clientErrors.wrappingAdd(1, ordering: .relaxed)
        case .serverError: serverErrors.wrappingAdd(1, ordering: .relaxed)
        }
    }

    func update(_ change: (inout TransportCounters) -> Void) { others.withLock { change(&$0) } }

    var snapshot: TransportCounters {
        var copy = others.withLock { $0 }
        copy.requests = requests.load(ordering: .relaxed)
        copy.answerCounts = [
            successes.load(ordering: .relaxed), redirections.load(ordering: .relaxed),
            clientErrors.load(ordering: .relaxed), serverErrors.load(ordering: .relaxed),
        ]
        return copy
    }
}
