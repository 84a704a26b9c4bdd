import BrokerAPI
import Synchronization

/// Why a connection is not let in, with the limit that it has met.
enum DoorRefusal: Hashable {
    case listenerFull(ListenerKind)
    case unknownPeer
    case connectionsOfUser(limit: Int)
    case arrivalsOfUser(perSecond: Int)

    var cause: RefusalCause {
        switch self {
        case .listenerFull: .listenerConnections
        case .unknownPeer: .credentials
        case .connectionsOfUser: .userConnections
        case .arrivalsOfUser: .userArrivals
        }
    }

    var response: HTTPResponse {
        switch self {
        case .listenerFull(let kind):
            TransportProblem.response(
                .unavailable, "The \(kind.rawValue) listener has no room for more connections.",
                retryAfterSeconds: 1)
        case .unknownPeer:
            TransportProblem.response(.forbidden, "The kernel does not say which user you are.")
        case .connectionsOfUser(let limit):
            TransportProblem.response(
                .tooManyRequests,
                "You have \(limit) connections, as many as one user may have.",
                retryAfterSeconds: 1)
        case .arrivalsOfUser(let perSecond):
            TransportProblem.response(
                .tooManyRequests, "You may open \(perSecond) connections a second.",
                retryAfterSeconds: 1)
        }
    }
}

/// Who may come in at one listener.
///
/// The thread that accepts asks it, and the event loop tells it of requests and of who has left; so
/// all of it is behind one lock, which is never held for as long as a system call takes.
///
/// Refusing is never done by not accepting: that would let whoever is over a limit shut the door
/// for everybody else.
final class Door: Sendable {
    /// Refusals a second of one user that are told why. Who is refused more often than that does
    /// not listen, and costs the least when it is hung up on.
    static let explanationsPerSecond = 16

    enum Verdict: Equatable {
        case admitted
        /// Refused; and if not `explained`, without a word.
        case refused(DoorRefusal, explained: Bool)
    }

    fileprivate struct State {
        var limits: TransportLimits
        var users = UserAccounts()
        var admitted = 0
    }

    private let kind: ListenerKind
    private let counters: CounterCell
    private let state: Mutex<State>

    init(kind: ListenerKind, limits: TransportLimits, counters: CounterCell) {
        self.kind = kind
        self.counters = counters
        state = Mutex(State(limits: limits))
    }

    func update(limits: TransportLimits) { state.withLock { $0.limits = limits } }

    /// Connections that have been let in and have not left.
    var admitted: Int { state.withLock { $0.admitted } }

    /// Decides about a connection that has just been accepted.
    ///
    /// - Parameter account: the user whom it is charged to; `nil` where no limits per user hold.
    func arrive(account: UInt32?, nowNanoseconds now: UInt64) -> Verdict {
        state.withLock { state in
            let verdict = state.decide(kind: kind, account: account, now: now)
            if case .admitted = verdict {
                state.admitted += 1
                if let account { state.users[account].connections += 1 }
            }
            count(verdict, open: state.admitted)
            return verdict
        }
    }

    /// Refuses a connection whose user the kernel does not tell.
    func refuseUnknown() -> Verdict {
        let verdict = Verdict.refused(.unknownPeer, explained: true)
        state.withLock { count(verdict, open: $0.admitted) }
        return verdict
    }

    /// Refuses one that was let in when the rest of what the kernel tells turned out unusable.
    func takeBack(account: UInt32?) -> Verdict {
        leave(account: account)
        counters.update { $0.count(.credentials) }
        return .refused(.unknownPeer, explained: true)
    }

    /// An admitted connection has gone.
    func leave(account: UInt32?) {
        state.withLock { state in
            state.admitted -= 1
            if let account { state.users[account].connections -= 1 }
            let open = state.admitted
            counters.update { $0.connectionsOpen = open }
        }
    }

    /// Takes one request out of a user's share.
    ///
    /// - Returns: `nil`, or how many nanoseconds to wait.
    func takeRequest(account: UInt32, nowNanoseconds now: UInt64) -> UInt64? {
        state.withLock { state in
            let perSecond = state.limits.requestsPerSecondPerUser
            return state.users[account].requests.take(nowNanoseconds: now, perSecond: perSecond)
        }
    }

    /// Under the lock, so that the number of open ones is never an older one's.
    private func count(_ verdict: Verdict, open: Int) {
        counters.update {
            $0.connectionsAccepted += 1
            $0.connectionsOpen = open
            if case .refused(let refusal, _) = verdict { $0.count(refusal.cause) }
        }
    }
}

fileprivate extension Door.State {
    mutating func decide(
        kind: ListenerKind, account: UInt32?, now: UInt64
    ) -> Door.Verdict {
        if let account, let refusal = refuse(account, now) {
            let wait = users[account].explanations.take(
                nowNanoseconds: now, perSecond: Door.explanationsPerSecond)
            return .refused(refusal, explained: wait == nil)
        }
        guard admitted < limits.connectionsMax(of: kind) else {
            return .refused(.listenerFull(kind), explained: true)
        }
        return .admitted
    }

    /// A user's limits.
    private mutating func refuse(_ account: UInt32, _ now: UInt64) -> DoorRefusal? {
        users.pruneIfGrown(nowNanoseconds: now)
        let limit = limits.connectionsPerUser
        guard users[account].connections < limit else { return .connectionsOfUser(limit: limit) }
        // A connection without a request is charged like a request: so nobody who keeps to the
        // other two limits meets this one, and opening and closing costs us no more than asking.
        let perSecond = limits.requestsPerSecondPerUser
        let wait = users[account].arrivals.take(
            nowNanoseconds: now, perSecond: perSecond, burst: perSecond + limit)
        return wait == nil ? nil : .arrivalsOfUser(perSecond: perSecond)
    }
}
