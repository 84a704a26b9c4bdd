/// What all answers together say of one lease: bounds of the instants at which it began and ended.
///
/// Instants are microseconds of the boot-time clock; `.min` and `.max` say that there is no bound.
/// Deadlines are whole milliseconds, as the daemon's are.
struct LeaseTrack {
    let id: LeaseKey
    let token: Int64
    let seat: Name
    let group: Name
    let pool: Name
    let holder: Name

    /// When it was granted, at the earliest and at the latest.
    var grantLo = Int64.min
    var grantHi = Int64.max
    var grantRecord: UInt32 = 0
    var hasGrant = false

    /// The latest start of a call whose answer shows it live.
    var liveLo = Int64.min
    var liveRecord: UInt32 = 0
    /// The earliest end of a call whose answer shows that it is over.
    var endHi = Int64.max
    var endRecord: UInt32 = 0
    /// The earliest answer that says why it ended.
    var reason = LeaseEnd.none
    var reasonHi = Int64.max
    var reasonRecord: UInt32 = 0

    /// The least instant at which somebody's release can have ended it; a revocation; its own time
    /// to live, as far as acknowledged; and the same at the last answer that shows it without a
    /// deadline of the broker's.
    var releaseLo = Int64.max
    var revokeLo = Int64.max
    var ttlLo = Int64.min
    var activeTTLLo = Int64.min
    /// The greatest instant at which its time to live can be over.
    var ttlHi = Int64.min
    /// When an acknowledged revocation has ended it.
    var revokeHi = Int64.max

    init(_ facts: LeaseFacts) {
        id = facts.id
        token = facts.token
        seat = facts.seat
        group = facts.group
        pool = facts.pool
        holder = facts.holder
    }

    func agrees(with facts: LeaseFacts) -> Bool {
        token == facts.token && seat == facts.seat && group == facts.group && pool == facts.pool
            && holder == facts.holder
    }
}

/// Every lease of a history.
struct LeaseTable {
    private(set) var indexes: [LeaseKey: Int32] = [:]
    var leases: [LeaseTrack] = []

    init(capacity: Int) {
        indexes.reserveCapacity(capacity)
        leases.reserveCapacity(capacity)
    }

    func index(of id: LeaseKey) -> Int? { indexes[id].map { Int($0) } }

    /// Takes a lease up that was not known.
    mutating func add(_ lease: LeaseTrack) -> Int {
        indexes[lease.id] = Int32(leases.count)
        leases.append(lease)
        return leases.count - 1
    }
}

/// Cuts microseconds down to the milliseconds in which the daemon reckons.
func wholeMilliseconds(_ instant: Int64) -> Int64 { instant - instant % 1_000 }
