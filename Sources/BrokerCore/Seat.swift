/// Where a seat is reached.
package struct SeatAddress: Equatable, Sendable {
    package var name: SeatName
    /// nil for `url`.
    package var host: String?
    /// nil for `url`.
    package var port: Int?
    package var seatProtocol: SeatProtocol
    /// Only for `url`.
    package var url: String?

    package init(
        name: SeatName, host: String?, port: Int?, seatProtocol: SeatProtocol, url: String?
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.seatProtocol = seatProtocol
        self.url = url
    }
}

/// An operator's word that a seat takes no new lease.
package struct SeatCordon: Equatable, Sendable {
    package var reason: String
    /// When a lease on it ends at the latest; nil: it runs out.
    package var deadline: Instant?
    /// When it begins; nil: it holds already.
    package var start: Instant?

    package init(reason: String, deadline: Instant?, start: Instant? = nil) {
        self.reason = reason
        self.deadline = deadline
        self.start = start
    }
}

/// One desktop, the unit of leasing.
struct Seat: Equatable, Sendable {
    var name: SeatName
    var pool: Slot
    var rank: SeatRank
    /// The fencing token of the last grant; 0 before the first. It only grows.
    var token: UInt64
    /// The journal's revision at which it last became free: the lowest is free for longest.
    var freeRevision: UInt64
    var lease: Slot?
    /// The only person who may have it.
    var keptFor: HolderName?
    var cordon: SeatCordon?
    /// It goes when its lease ends.
    var retiring = false
    /// Retiring, and no longer in the pool's specification: growth does not take it back.
    var orphaned = false
    /// Its own address; nil: the pool's pattern gives it.
    var address: SeatAddress?

    /// Whether it takes no new lease; a cordon that is to come does not count.
    var isCordoned: Bool { cordon.map { $0.start == nil } ?? false }

    /// Free, and not cordoned.
    var isAvailable: Bool { lease == nil && !isCordoned }
}

/// The order of seats in a pool: listed ones by their position, then patterned ones by their index.
struct SeatRank: Comparable, Hashable, Sendable {
    let value: UInt32

    private static let patternedBase: UInt32 = 0x4000_0000
    private static let orphanedBase: UInt32 = 0x8000_0000

    init(value: UInt32) { self.value = value }

    /// `position` counts from 0.
    static func listed(_ position: Int) -> SeatRank { SeatRank(value: UInt32(position)) }
    /// `index` counts from 1.
    static func patterned(_ index: Int) -> SeatRank {
        SeatRank(value: patternedBase + UInt32(index))
    }
    /// Behind all others; the revision of the record that orphaned it keeps two apart.
    static func orphaned(revision: UInt64) -> SeatRank {
        SeatRank(value: orphanedBase | UInt32(truncatingIfNeeded: revision & 0x7FFF_FFFF))
    }

    /// The index of a patterned seat.
    var index: Int? {
        value >= Self.patternedBase && value < Self.orphanedBase
            ? Int(value - Self.patternedBase) : nil
    }

    static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// A free seat: the one that is free for longest first, among equals in the pool's order.
struct FreeKey: Comparable, Sendable {
    var freeRevision: UInt64
    var rank: SeatRank
    var seat: Slot

    static func < (a: Self, b: Self) -> Bool {
        a.freeRevision == b.freeRevision ? a.rank < b.rank : a.freeRevision < b.freeRevision
    }
}

/// A cordon of a seat that is to come: soonest first, then by name.
struct CordonStart: Comparable, Sendable {
    var at: Instant
    var seat: SeatName

    static func < (a: Self, b: Self) -> Bool {
        a.at == b.at ? a.seat < b.seat : a.at < b.at
    }
}
