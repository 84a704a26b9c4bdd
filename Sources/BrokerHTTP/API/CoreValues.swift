import BrokerAPI
import BrokerCore

/// Values of the core in the API's words that need nothing but themselves: answers of a call, and
/// events of long ago, are made by the same functions.
extension BrokerAPI.Lease {
    /// - Parameter wallOffsetMilliseconds: wall clock minus time line.
    init(_ view: LeaseView, wallOffsetMilliseconds: Int64) {
        func timestamp(_ instant: Instant) -> Timestamp {
            Timestamp(milliseconds: instant.milliseconds + wallOffsetMilliseconds)
        }
        self.init(
            id: view.id.text, token: Int(view.token), state: LeaseState(view.state),
            pool: view.pool.value, group: view.group.value, holder: view.holder.value,
            seat: LeaseSeat(
                name: view.seat.name.value, host: view.seat.host, port: view.seat.port,
                seatProtocol: SeatProtocolName(view.seat.seatProtocol), url: view.seat.url),
            grantedAt: timestamp(view.grantedAt), expiresAt: timestamp(view.expiresAt),
            windowEndsAt: view.windowEnds.map { Timestamp($0) },
            endingReason: view.endingReason.map { LeaseEndReason($0) },
            endedAt: view.endedAt.map { timestamp($0) },
            endReason: view.endReason.map { LeaseEndReason($0) }, detail: view.detail)
    }
}

extension Timestamp {
    /// A second of the wall clock.
    init(_ time: UnixTime) { self.init(milliseconds: Int64(time.seconds) * 1_000) }
}

extension LeaseState {
    init(_ state: LeaseView.State) {
        self =
            switch state {
            case .active: .active
            case .ending: .ending
            case .ended: .ended
            }
    }
}

extension LeaseEndReason {
    init(_ reason: EndReason) {
        self =
            switch reason {
            case .released: .released
            case .expired: .expired
            case .revoked: .revoked
            case .windowClosed: .windowClosed
            case .drained: .drained
            case .seatFailed: .seatFailed
            }
    }
}

extension SeatProtocolName {
    init(_ seatProtocol: SeatProtocol) {
        self =
            switch seatProtocol {
            case .rdp: .rdp
            case .vnc: .vnc
            case .spice: .spice
            case .ssh: .ssh
            case .url: .url
            }
    }
}

extension ProblemSlug {
    init(_ rule: BrokerCore.Rule) {
        self =
            switch rule {
            case .notEntitled: .notEntitled
            case .outsideWindow: .outsideWindow
            case .poolCordoned: .poolCordoned
            case .poolDraining: .poolDraining
            case .quotaExceeded: .quotaExceeded
            case .poolExhausted: .poolExhausted
            case .lineFull: .lineFull
            case .waitExpired: .waitExpired
            }
    }

    /// What refused a change that an admin or operator tried.
    init(_ refusal: RefusalKind) {
        self =
            switch refusal {
            // Only requests for seats are refused so, and those have their rule.
            case .grant, .notEntitled: .notEntitled
            case .notFound: .notFound
            case .leaseEnded: .leaseEnded
            case .notYours: .forbidden
            case .revisionMismatch: .revisionMismatch
            case .seatLimit: .seatLimit
            case .conflict: .conflict
            case .invalid: .badRequest
            }
    }
}

extension EventRole {
    init(_ role: Actor.Role) {
        self =
            switch role {
            case .agent: .agent
            case .gateway: .gateway
            case .seats: .seats
            case .operator: .operator
            case .admin: .admin
            case .system: .system
            }
    }
}

extension WaitEnd {
    /// What became of a place in the line, in events and metrics.
    var word: String {
        switch self {
        case .granted: "granted"
        case .expired: "expired"
        case .refused: "refused"
        case .left: "left"
        }
    }
}
