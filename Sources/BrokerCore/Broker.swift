import DequeModule

/// The broker's whole state, and every decision about it.
///
/// A value without I/O, clock, randomness or hidden order: daemon, forecasts, `explain`, replay and
/// simulator run this same code. `decide` changes the state and leaves the records of the change
/// in `pending`; applying those records to a copy of the earlier state gives the later one.
///
/// Tables are changed through the setters of this file alone, which keep the indexes true and,
/// while `isUndoable` is set, remember how to take the change back.
package struct Broker: Sendable {
    /// Ended leases that are kept: a full day of a house of 1,700 seats that change twice a day.
    package static let endedCountMaxDefault = 4_096
    /// Idempotency keys that are kept a caller and holder; the oldest gives way.
    package static let keysPerScopeMax = 64
    /// How long an idempotency key is kept.
    package static let keyTTLSeconds = 86_400
    /// Remembered "last seat" pairs; beyond it the older half is forgotten.
    static let lastSeatCountMax = 65_536

    // MARK: Tables

    var pools: [Pool?] = []
    var groups: [Group?] = []
    var seats: [Seat?] = []
    var leases: [Lease?] = []
    var ended = Deque<EndedLease>()
    var keys: [KeyScope: [RememberedKey]] = [:]
    /// Every scope by the age of its oldest key, to find what is outdated.
    var keyAges = SortedRuns<KeyAge>()
    /// The seat that a holder had last in a pool, with the revision of that grant.
    var lastSeats: [HolderPool: LastSeat] = [:]
    /// The last token of every name whose seat is gone.
    var retiredTokens: [SeatName: UInt64] = [:]
    /// Places in the line, by their numbers.
    var waiters: [UInt64: Waiter] = [:]
    /// What people waited and were refused lately.
    var accounts: [AccountKey: Account] = [:]
    /// The unix groups that counted for a person the last time.
    var subjects: [HolderName: [UnixGroupName]] = [:]
    package internal(set) var rota: RotaSpec?
    /// How far the groups' windows reach; nil: there are none.
    package internal(set) var windowsReach: UnixTime?
    /// The release of the time zones that the windows come from.
    package internal(set) var zones = ""
    /// What no token given from now on may be at or below; raised by a restore.
    package internal(set) var tokenFloor: UInt64 = 0

    // MARK: Counters

    /// Records journaled so far.
    package internal(set) var revision: UInt64 = 0
    /// The latest instant that was journaled.
    package internal(set) var latest = Instant.distantPast
    package internal(set) var clock = ClockMark.unset
    /// Most seats of all pools together; nil: no limit.
    package internal(set) var seatLimit: Int?
    /// Whether pools or groups were ever set: the site file is for a state that had none.
    package internal(set) var hasSite = false

    /// The time in the newest id of an ended lease that was forgotten: an unknown id that is not
    /// newer is taken for that of a lease that has ended.
    var historyStart: UInt64 = 0

    /// The journal's revision of the last change of pools, groups or rota by an admin.
    package internal(set) var siteRevision: UInt64 = 0
    /// The journal's revisions of the last change of the rota or of a group's slots, and of that
    /// for which the windows were worked out.
    var slotsRevision: UInt64 = 0
    var windowsRevision: UInt64 = 0

    // MARK: Order and indexes

    var poolOrder: [Slot] = []
    var groupOrder: [Slot] = []
    var poolSlots: [PoolName: Slot] = [:]
    var groupSlots: [GroupName: Slot] = [:]
    var seatSlots: [SeatName: Slot] = [:]
    var leaseSlots: [LeaseID: Slot] = [:]
    /// Live leases of a holder, in the order of their grants.
    var holderLeases: [HolderName: [Slot]] = [:]
    var endedIDs: [LeaseID: Int] = [:]
    /// How many ended leases were dropped from the front of `ended` in all.
    var endedDropped = 0
    /// Groups that a user or a unix group is a member of.
    var memberships: [Member: [Slot]] = [:]
    /// The line in its order.
    var line = SortedRuns<LineKey>()
    /// Places by when their time is over, or nobody comes back to them any more.
    var waitDeadlines = SortedRuns<WaitDeadline>()
    /// Places of a person, in the order in which they came.
    var holderWaits: [HolderName: [UInt64]] = [:]
    /// Places that count for a group.
    var waitCounts: [GroupName: Int] = [:]
    /// Cordons and drains of seats that are to come.
    var cordonStarts = SortedRuns<CordonStart>()
    var freeSeatSlots: [Slot] = []
    var freeLeaseSlots: [Slot] = []
    package internal(set) var seatCount = 0
    package internal(set) var leaseCount = 0

    // MARK: Journal and undo

    /// Records of the changes since they were last taken.
    package internal(set) var pending: [Record] = []
    /// Whether changes remember how to be taken back.
    package var isUndoable = false
    var undoLog: [Undo] = []

    // MARK: What is to be looked at; no part of the state

    /// On a full disk: the line is not served, and refusals are not written down.
    package var isSparing = false
    /// The wall clock's milliseconds between which no window begins or ends.
    var turnsHold: Range<Int64> = 0..<0
    /// Whether a lease whose window is over may have found another group.
    var isChargeDue = true
    /// Whether somebody in the line may have a seat.
    var isLineDue = true
    /// Whether somebody in the line may wait no longer, or for something else.
    var isLineReviewDue = true
    /// The pairs of those who wait, until the site is another.
    var waiterPairs: [UInt64: [Pair]] = [:]
    /// What has become of places, to be told to who waits.
    var lineOutcomes: [(WaitTicket, LineOutcome)] = []
    /// The day up to which accounts were cleared.
    var accountsClearedDay: Int64 = 0

    /// Ended leases that are kept; no part of the state.
    let endedCountMax: Int

    /// - Parameter endedCountMax: how many ended leases are kept; a simulation keeps fewer.
    package init(endedCountMax: Int = Self.endedCountMaxDefault) {
        self.endedCountMax = endedCountMax
    }
}

/// How the broker's time line stands to the machine's clocks.
package struct ClockMark: Equatable, Sendable {
    /// Wall clock minus time line, in milliseconds.
    package var wallOffsetMilliseconds: Int64
    /// The machine's boot during which the next field counts, as its 128 bits.
    package var bootHigh: UInt64
    package var bootLow: UInt64
    /// Time line minus boot-time clock, in milliseconds, during that boot.
    package var bootOffsetMilliseconds: Int64

    package init(
        wallOffsetMilliseconds: Int64, bootHigh: UInt64, bootLow: UInt64,
        bootOffsetMilliseconds: Int64
    ) {
        self.wallOffsetMilliseconds = wallOffsetMilliseconds
        self.bootHigh = bootHigh
        self.bootLow = bootLow
        self.bootOffsetMilliseconds = bootOffsetMilliseconds
    }

    /// Before the first start.
    package static let unset = ClockMark(
        wallOffsetMilliseconds: 0, bootHigh: 0, bootLow: 0, bootOffsetMilliseconds: 0)
}

struct HolderPool: Hashable, Sendable {
    var holder: HolderName
    var pool: PoolName
}

struct LastSeat: Equatable, Sendable {
    var seat: SeatName
    var revision: UInt64
}

// MARK: - Setters

extension Broker {
    /// One step back.
    indirect enum Undo: Sendable {
        case counters(revision: UInt64, latest: Instant, clock: ClockMark)
        case seat(Slot, Seat?)
        case lease(Slot, Lease?)
        case ended
        case keys(KeyScope, [RememberedKey])
        case lastSeat(HolderPool, LastSeat?)
        case retiredToken(SeatName, UInt64?)
        case group(Slot, Group)
        case turn(Slot, Turn?)
        case waiter(UInt64, Waiter?)
        case account(AccountKey, Account?)
        case subject(HolderName, [UnixGroupName]?)
        /// A rare change, taken back by the copy that it started from.
        case whole(Saved)

        final class Saved: Sendable {
            let broker: Broker
            init(_ broker: Broker) { self.broker = broker }
        }
    }

    /// How much there is to take back: a place for `undo(downTo:)`.
    package var undoCount: Int { undoLog.count }

    /// Takes back everything since undo was last forgotten, or since there was so much, newest
    /// first.
    package mutating func undo(downTo count: Int = 0) {
        let undoable = isUndoable
        isUndoable = false
        // The oldest copy is the state before all that came after it; the steps since then may not
        // even fit any more, as those of seats whose pool went with them.
        let oldest = undoLog.dropFirst(count).firstIndex { step in
            if case .whole = step { true } else { false }
        }
        if let oldest { undoLog.removeSubrange((oldest + 1)...) }
        while undoLog.count > count, let step = undoLog.popLast() {
            switch step {
            case .counters(let revision, let latest, let clock):
                self.revision = revision
                self.latest = latest
                self.clock = clock
            case .seat(let slot, let seat): setSeat(slot, seat)
            case .lease(let slot, let lease): setLease(slot, lease)
            case .ended:
                let lease = ended.removeLast()
                endedIDs[lease.id] = nil
            case .keys(let scope, let keys): setKeys(scope, keys)
            case .lastSeat(let key, let seat): lastSeats[key] = seat
            case .retiredToken(let name, let token): retiredTokens[name] = token
            case .group(let slot, let group):
                groups[Int(slot)] = group
                groupSlots[group.name] = slot
            case .turn(let slot, let turn): groups[Int(slot)]!.turn = turn
            case .waiter(let number, let waiter): setWaiter(number, waiter)
            case .account(let key, let account): accounts[key] = account
            case .subject(let holder, let unixGroups): subjects[holder] = unixGroups
            case .whole(let saved):
                let rest = undoLog
                self = saved.broker
                undoLog = rest
                isUndoable = false
            }
        }
        pending.removeAll(keepingCapacity: true)
        lineOutcomes.removeAll()
        lookAgain()
        isUndoable = undoable
    }

    /// Makes everything so far final, and drops what memory need not keep.
    package mutating func settle() {
        while ended.count > endedCountMax {
            let lease = ended.removeFirst()
            endedDropped += 1
            historyStart = max(historyStart, lease.id.timeMilliseconds)
            endedIDs[lease.id] = nil
        }
        // Outdated as of the latest journaled instant.
        let outdated = latest.adding(seconds: -Self.keyTTLSeconds)
        while let age = keyAges.first, age.at <= outdated {
            setKeys(age.scope, keys[age.scope]!.filter { $0.at > outdated })
        }
        clearAccounts()
        if lastSeats.count > Self.lastSeatCountMax {
            let revisions = lastSeats.values.map(\.revision).sorted()
            let oldestKept = revisions[revisions.count / 2]
            lastSeats = lastSeats.filter { $0.value.revision >= oldestKept }
        }
        undoLog.removeAll(keepingCapacity: true)
    }

    /// Takes the records of all changes since the last call.
    package mutating func takePending() -> [Record] {
        let records = pending
        pending.removeAll(keepingCapacity: true)
        return records
    }

    mutating func remember(_ step: Undo) {
        if isUndoable { undoLog.append(step) }
    }

    /// Before a rare change of many tables, or of pools and groups.
    mutating func rememberWhole() {
        guard isUndoable else { return }
        var copy = self
        copy.undoLog = []
        undoLog.append(.whole(Undo.Saved(copy)))
    }

    mutating func setSeat(_ slot: Slot, _ seat: Seat?) {
        let old = seats[Int(slot)]
        remember(.seat(slot, old))
        if let old { detach(old, slot) }
        seats[Int(slot)] = seat
        if let seat { attach(seat, slot) }
        if old == nil && seat != nil {
            seatCount += 1
        } else if old != nil && seat == nil {
            seatCount -= 1
            freeSeatSlots.append(slot)
        }
    }

    mutating func newSeatSlot() -> Slot {
        // An undone insertion leaves its slot on the list twice; take only what is vacant.
        while let slot = freeSeatSlots.popLast() {
            if seats[Int(slot)] == nil { return slot }
        }
        seats.append(nil)
        return Slot(seats.count - 1)
    }

    mutating func newLeaseSlot() -> Slot {
        while let slot = freeLeaseSlots.popLast() {
            if leases[Int(slot)] == nil { return slot }
        }
        leases.append(nil)
        return Slot(leases.count - 1)
    }

    mutating func setLease(_ slot: Slot, _ lease: Lease?) {
        let old = leases[Int(slot)]
        remember(.lease(slot, old))
        if let old { detach(old, slot) }
        leases[Int(slot)] = lease
        if let lease { attach(lease, slot) }
        if old == nil && lease != nil {
            leaseCount += 1
        } else if old != nil && lease == nil {
            leaseCount -= 1
            freeLeaseSlots.append(slot)
        }
    }

    mutating func appendEnded(_ lease: EndedLease) {
        remember(.ended)
        endedIDs[lease.id] = endedDropped + ended.count
        ended.append(lease)
    }

    /// Oldest first.
    mutating func setKeys(_ scope: KeyScope, _ new: [RememberedKey]) {
        let old = keys[scope] ?? []
        remember(.keys(scope, old))
        if old.first?.at != new.first?.at {
            if let oldest = old.first { keyAges.remove(KeyAge(at: oldest.at, scope: scope)) }
            if let oldest = new.first { keyAges.insert(KeyAge(at: oldest.at, scope: scope)) }
        }
        keys[scope] = new.isEmpty ? nil : new
    }

    mutating func setLastSeat(_ key: HolderPool, _ seat: LastSeat) {
        remember(.lastSeat(key, lastSeats[key]))
        lastSeats[key] = seat
    }
}
