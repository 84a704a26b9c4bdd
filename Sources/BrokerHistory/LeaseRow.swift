package import BrokerCore

/// A lease as the history keeps it, live or ended.
///
/// Times of day are by the wall clock as it went then; lengths are to be taken on the time line,
/// which no step of the wall clock touches.
package struct LeaseRow: Equatable, Sendable {
    package var id: LeaseID
    package var token: UInt64
    package var pool: PoolName
    /// Whose quota it counts in, or counted in at the end.
    package var group: GroupName
    /// Whose quota it was granted from.
    package var firstGroup: GroupName
    package var holder: HolderName
    package var grantedBy: String?
    package var seat: SeatAddress
    package var granted: HistoryTime
    /// The journal's revision of the grant: the order of leases.
    package var grantRevision: UInt64
    /// nil while it is live.
    package var end: LeaseEnd?

    package init(
        id: LeaseID, token: UInt64, pool: PoolName, group: GroupName, firstGroup: GroupName,
        holder: HolderName, grantedBy: String?, seat: SeatAddress, granted: HistoryTime,
        grantRevision: UInt64, end: LeaseEnd? = nil
    ) {
        self.id = id
        self.token = token
        self.pool = pool
        self.group = group
        self.firstGroup = firstGroup
        self.holder = holder
        self.grantedBy = grantedBy
        self.seat = seat
        self.granted = granted
        self.grantRevision = grantRevision
        self.end = end
    }
}

/// An instant on the time line, and what the wall clock said then.
package struct HistoryTime: Equatable, Sendable {
    package var line: Instant
    /// Milliseconds since the Unix epoch.
    package var wall: Int64

    package init(line: Instant, wall: Int64) {
        self.line = line
        self.wall = wall
    }
}

/// How a lease ended.
package struct LeaseEnd: Equatable, Sendable {
    package var at: HistoryTime
    /// When it would have ended at the latest, by the wall clock of its end.
    package var expiresAt: Int64
    package var reason: EndReason
    package var detail: String?

    package init(at: HistoryTime, expiresAt: Int64, reason: EndReason, detail: String?) {
        self.at = at
        self.expiresAt = expiresAt
        self.reason = reason
        self.detail = detail
    }
}

/// What a record did to the leases of the history.
package enum LeaseChange: Equatable, Sendable {
    case granted(LeaseRow)
    /// From then on it counts in another group.
    case charged(LeaseID, GroupName, at: HistoryTime)
    /// Of a lease that the history may not know: its row begins with the state that it began with.
    case ended(LeaseID, LeaseEnd)
}

/// What some of the journal adds to the history.
package struct HistoryRows: Equatable, Sendable {
    package var items: [AuditDraft] = []
    package var leases: [LeaseChange] = []
    package var usage: [UsageEvent] = []

    package init() {}
}
