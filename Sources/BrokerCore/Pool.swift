/// Whether a pool takes new leases.
package struct PoolMode: Equatable, Sendable {
    /// The three ways of a pool; `draining` counts as drained once no lease is left.
    package enum Kind: UInt8, CaseIterable, Sendable {
        case open = 1
        case cordoned = 2
        case draining = 3
    }

    package var kind: Kind
    /// In the words of who closed it, or opened it again.
    package var reason: String?
    /// Who closed it, or opened it again.
    package var by: String?
    package var since: Instant
    /// While draining: when the leases that are left are ended; nil waits for them to run out.
    package var deadline: Instant?
    /// A drain that is to come; only while it is not draining.
    package var upcoming: UpcomingDrain?

    package init(
        kind: Kind, reason: String? = nil, by: String? = nil, since: Instant,
        deadline: Instant? = nil, upcoming: UpcomingDrain? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.by = by
        self.since = since
        self.deadline = deadline
        self.upcoming = upcoming
    }
}

/// A drain that begins later; leases that are granted until then know its deadline.
package struct UpcomingDrain: Equatable, Sendable {
    package var start: Instant
    package var reason: String
    package var by: String
    /// When the leases that are left are ended; nil waits for them to run out.
    package var deadline: Instant?

    package init(start: Instant, reason: String, by: String, deadline: Instant?) {
        self.start = start
        self.reason = reason
        self.by = by
        self.deadline = deadline
    }
}

/// A pool with its seats and what follows from them.
struct Pool: Sendable {
    var spec: PoolSpec
    /// Moves with admin changes, never with grants.
    var revision: UInt64
    var mode: PoolMode
    let namePattern: SeatPattern
    let hostPattern: SeatPattern?
    let urlPattern: SeatPattern?

    /// All seats, in the pool's order, retiring ones included.
    var seats: [SeatRank: Slot] = [:]
    /// Seats that may be had by anybody now, longest free first.
    var free = SortedRuns<FreeKey>()
    /// Available seats that are kept for a person.
    var keptFree: [HolderName: [Slot]] = [:]
    var keptFreeCount = 0
    var leasedCount = 0
    var cordonedFreeCount = 0
    var retiringCount = 0
    /// Live leases by their own deadline, which leaves the pool's drain out.
    var deadlines = SortedRuns<DeadlineKey>()
    /// The groups with a reserve here, and by how much each falls short of it.
    var reserves: [(group: Slot, seats: Int)] = []

    init(spec: PoolSpec, revision: UInt64, mode: PoolMode) {
        self.spec = spec
        self.revision = revision
        self.mode = mode
        // A specification is validated before it gets here.
        namePattern = SeatPattern(spec.seatName ?? Self.defaultSeatName(spec.name))!
        hostPattern = spec.seatHost.map { SeatPattern($0)! }
        urlPattern = spec.seatURL.map { SeatPattern($0)! }
    }

    static func defaultSeatName(_ pool: PoolName) -> String { "\(pool.value)-%04d" }

    var size: Int { seats.count }
    var availableCount: Int { free.count + keptFreeCount }

    /// The address of the patterned seat with this index.
    func patternedAddress(index: Int, name: SeatName) -> SeatAddress {
        let url = spec.seatProtocol == .url
        return SeatAddress(
            name: name,
            host: url ? nil : (hostPattern?.text(index) ?? name.value),
            port: url ? nil : (spec.port ?? spec.seatProtocol.defaultPort),
            seatProtocol: spec.seatProtocol,
            url: url ? urlPattern?.text(index) : nil)
    }

    /// The address of a listed seat.
    func listedAddress(_ seat: ListedSeat, position: Int) -> SeatAddress {
        let url = spec.seatProtocol == .url
        return SeatAddress(
            name: seat.name,
            host: url ? nil : (seat.host ?? seat.name.value),
            port: url ? nil : (seat.port ?? spec.port ?? spec.seatProtocol.defaultPort),
            seatProtocol: spec.seatProtocol,
            url: url ? (seat.url ?? urlPattern?.text(position + 1)) : nil)
    }
}
