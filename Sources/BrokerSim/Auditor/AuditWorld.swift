import BrokerCore

/// What the rules say that the broker's state is: plain tables, no cleverness.
///
/// Instants are milliseconds. Pools, seats and leases have places that they keep; a place that is
/// not `isThere` may be used again. Everything else is a number of `AuditNames`.
struct AuditWorld: Sendable {
    var pools: [AuditPool] = []
    /// Places of `pools`, in the site's order.
    var poolOrder: [Int] = []
    /// In the site's order.
    var groups: [AuditGroup] = []
    var seats: [AuditSeat] = []
    var leases: [AuditLease] = []
    /// By the place of a lease: the unix groups that a gateway vouched for.
    var vouched: [[Int32]?] = []
    /// Places of `leases` that may be used again.
    var vacantLeases: [Int] = []
    /// By the number of a seat's name: its place, or `absent`.
    var seatPlaces: [Int32] = []
    /// By the number of a seat's name: the last token that was given. It outlives the seat.
    var tokens: [UInt64] = []
    var tokenFloor: UInt64 = 0
    /// By the number of a holder: the place of the oldest live lease, or `absent`.
    var firstLeases: [Int32] = []
    /// By the number of a group's name: how many live leases are charged to it.
    var used: [Int] = []
    /// The same by the place of the pool.
    var usedIn: [[Int]] = []
    /// By holder and name of the pool: the name of the seat that the holder had last there.
    var lastSeats: [UInt64: Int32] = [:]
    /// Live leases by their place; ended ones by `~` of their number.
    var known: [LeaseID: Int] = [:]
    var ended = AuditHistory()
    var keys = AuditKeys()
    var seatLimit: Int?
    var clock = ClockMark.unset
    var hasSite = false
    /// The journal's revision of the last change of the site lies between these.
    var siteRevision: (least: UInt64, most: UInt64) = (0, 0)

    var rota: RotaSpec?
    /// By the number of a group's name: of those that have slots, deleted ones too.
    var calendars: [AuditCalendar?] = []
    var hasCalendars = false
    /// The seconds of the wall clock in which nothing about windows changes.
    var quiet = 0..<0
    /// No drain that is to come begins before it.
    var soonestStart = never
    /// In the order in which they are served.
    var waiters: [AuditWaiter] = []
    /// By holder and group.
    var accounts: [UInt64: AuditAccount] = [:]
    /// By holder and group: the last minute of the wall clock for which a refusal was written; by
    /// holder and `absent`: for any group.
    var refusedMinutes: [UInt64: Int64] = [:]
    /// By the number of a holder: the unix groups that counted the last time.
    var subjects: [[UnixGroupName]] = []

    /// The order of events: grants, and seats that become free. The lower half of the bits is room
    /// for the order of what happens at once.
    private var lastEvent = 0
    var seatCount = 0
    var leaseCount = 0
    /// No deadline is before it.
    var soonest = never

    mutating func nextEvent() -> Int {
        lastEvent += 1 << 32
        return lastEvent
    }
}

struct AuditPool: Sendable {
    var isThere = true
    var name: Int32
    var spec: PoolSpec
    var pattern: AuditPattern
    var revision: UInt64 = 1
    var kind = PoolMode.Kind.open
    var reason = absent
    var by = absent
    var since: Int64
    var drainEnd = never
    /// A drain that is to come.
    var upcoming: AuditDrain?
    /// Places of its seats, in its order.
    var seats: [Int] = []
    /// Seats that anybody may have now.
    var free = 0
    /// Free seats that are kept for somebody.
    var keptFree = 0
    var leased = 0
    var cordonedFree = 0
    /// Groups that reserve seats here, and how many.
    var reserves: [(group: Int32, seats: Int)] = []
}

struct AuditDrain: Sendable {
    var start: Int64
    var end: Int64
    var reason: Int32
    var by: Int32
}

struct AuditGroup: Sendable {
    var name: Int32
    var spec: GroupSpec
    var users: [Int32]
    var unixGroups: [Int32]
    /// Places of pools.
    var pools: [Int]
}

struct AuditSeat: Sendable {
    var isThere = true
    var name: Int32
    var pool: Int
    /// Listed ones by position, then patterned ones by index, then those that nothing names.
    var rank: Int
    var address: Int32
    var keptFor = absent
    var lease: Int32 = absent
    /// The event that made it free.
    var freeSince: Int
    var cordon = absent
    /// When a drain of the seat ends what is on it.
    var cordonEnd = never
    /// When the cordon begins; nil: it holds.
    var cordonStart: Int64?
    var isRetiring = false
    /// What the lease was good for when the seat was told to go.
    var retireEnd = never
    /// Nothing in the pool's specification names it any more.
    var isOrphan = false

    var isCordoned: Bool { cordon != absent && cordonStart == nil }

    static let patternBase = 1 << 24
    static let orphanBase = 1 << 40

    /// The index of a patterned seat.
    var index: Int? {
        rank >= Self.patternBase && rank < Self.orphanBase ? rank - Self.patternBase : nil
    }
}

struct AuditLease: Sendable {
    var isThere = true
    var id: LeaseID
    var token: UInt64
    /// The order of grants.
    var number: Int
    /// The journal's revision of the grant, as the broker tells it; 0: not told yet.
    var revision: UInt64
    var pool: Int
    var seat: Int
    var group: Int32
    var holder: Int32
    var grantedBy: Int32
    var grantedAt: Int64
    var ttlEnd: Int64
    var revokeEnd = never
    var revokeReason = absent
    /// The holder's next younger lease.
    var next = absent
}

struct AuditEnd: Sendable {
    var id: LeaseID
    var token: UInt64
    var revision: UInt64
    var grantedAt: Int64
    var expiresAt: Int64
    var endedAt: Int64
    var pool: Int32
    var group: Int32
    var holder: Int32
    var address: Int32
    var detail: Int32
    var grantedBy: Int32
    var reason: EndReason
}

/// The leases that ended lately.
struct AuditHistory: Sendable {
    private var items: [AuditEnd] = []
    private var head = 0
    /// The number of `items[0]`.
    private var base = 0
    /// The newest time in the id of a lease that was forgotten.
    private(set) var forgottenUpTo: UInt64?

    var count: Int { items.count - head }
    /// Numbers of those that are kept.
    var numbers: Range<Int> { (base + head)..<(base + items.count) }

    subscript(number: Int) -> AuditEnd {
        get { items[number - base] }
        set { items[number - base] = newValue }
    }

    mutating func append(_ end: AuditEnd) -> Int {
        items.append(end)
        return base + items.count - 1
    }

    /// The oldest is forgotten.
    mutating func forgetFirst() -> LeaseID {
        let id = items[head].id
        forgottenUpTo = max(forgottenUpTo ?? 0, Self.time(of: id))
        head += 1
        // Not one by one, so that forgetting costs next to nothing.
        if head == 256 {
            items.removeFirst(head)
            base += head
            head = 0
        }
        return id
    }

    /// An id that nobody knows any more, and that may be of a lease that was.
    func mayHaveForgotten(_ id: LeaseID) -> Bool {
        forgottenUpTo.map { Self.time(of: id) <= $0 } ?? false
    }

    /// The milliseconds since 1970 with which an id begins.
    private static func time(of id: LeaseID) -> UInt64 { id.high >> 16 }
}
