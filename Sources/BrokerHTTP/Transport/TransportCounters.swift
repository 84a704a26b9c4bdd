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

/// What the listeners of a kind have seen since the start; a copy as of one moment.
package struct TransportCounters: Sendable {
    /// Connections open now, refused ones aside.
    package var connectionsOpen = 0
    /// Connections accepted, refused ones included.
    package var connectionsAccepted = 0
    /// Requests handed to the handler.
    package var requests = 0
    /// Times that accepting paused, for want of descriptors or memory.
    package var acceptPauses = 0
    private var refusalCounts = [Int](repeating: 0, count: RefusalCause.allCases.count)

    package init() {}

    /// How often something was refused for this cause.
    package func refusals(_ cause: RefusalCause) -> Int { refusalCounts[Self.index(of: cause)] }

    /// Adds those of another listener of the same kind.
    mutating func add(_ other: TransportCounters) {
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
    /// The only one that moves with every request, and so the only one without a lock.
    private let requests = Atomic<Int>(0)
    private let others = Mutex(TransportCounters())

    func countRequest() { requests.wrappingAdd(1, ordering: .relaxed) }

    func update(_ change: (inout TransportCounters) -> Void) { others.withLock { change(&$0) } }

    var snapshot: TransportCounters {
        var copy = others.withLock { $0 }
        copy.requests = requests.load(ordering: .relaxed)
        return copy
    }
}
