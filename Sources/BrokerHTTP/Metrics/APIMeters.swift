import BrokerAPI
import BrokerService
import NIOCore
import Synchronization

/// What became of requests for seats since this process began, and where to find the transport's
/// own counters.
package final class APIMeters: Sendable {
    /// What a request for a seat is answered with, but for refusals.
    enum GrantOutcome: Int, CaseIterable {
        /// A new lease.
        case granted
        /// The one that the holder had.
        case held
        /// What an earlier request with the same key was answered.
        case replayed

        var label: String {
            switch self {
            case .granted: "granted"
            case .held: "held"
            case .replayed: "replayed"
            }
        }
    }

    struct Counts: Sendable {
        var outcomes = [Int](repeating: 0, count: GrantOutcome.allCases.count)
        var refusals: [ProblemSlug: Int] = [:]
    }

    private struct Transport: Sendable {
        weak var server: HTTPServer?
    }

    /// From the arrival of a request for a seat to its answer, the line left out.
    let grantSeconds = Histogram(bounds: Histogram.latencySeconds)
    /// How long those waited in the line who were given a seat there.
    let waitSeconds = Histogram(bounds: Histogram.waitSeconds)
    private let counted = Mutex(Counts())
    private let transport = Mutex(Transport())

    package init() {}

    /// Where connections and requests are counted from now on.
    package func connect(_ server: HTTPServer) { transport.withLock { $0.server = server } }

    /// What the listeners of a kind have seen; all zero before there is a server.
    func transport(_ kind: ListenerKind) -> TransportCounters {
        transport.withLock { $0.server }?.counters(of: kind) ?? TransportCounters()
    }

    /// As they are now.
    var counts: Counts { counted.withLock { $0 } }

    // MARK: For whoever answers

    func count(_ outcome: GrantOutcome) { counted.withLock { $0.outcomes[outcome.rawValue] += 1 } }

    /// - Parameter slug: nil for one that is not of this version, which no answer of it has.
    func countRefusal(_ slug: ProblemSlug?) {
        guard let slug else { return }
        counted.withLock { $0.refusals[slug, default: 0] += 1 }
    }
}
