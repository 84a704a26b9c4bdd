import BrokerCore
import BrokerEngine

/// When a request would pass, if every lease ends by itself and nobody does anything.
extension Auditor {
    /// When the rules of a pair will pass as things stand; `never`: no instant is known.
    struct Outlook {
        var quota = never
        var seats = never
        var both = never
    }

    /// Something that the calendar does to a pair.
    private enum Turning {
        /// The pair's own group may enter, or may not any more.
        case own(Bool)
        /// The group of this one of the pool's reserves.
        case reserve(Int, Bool)
        /// The drain of a free seat begins.
        case seatCloses(keptForHolder: Bool)
    }

    /// Free seats of the pool that are kept for the person.
    func keptSeats(_ place: Int, _ holder: Int32) -> Int {
        guard world.pools[place].keptFree > 0 else { return 0 }
        return world.pools[place].seats.count {
            world.seats[$0].keptFor == holder && world.seats[$0].lease == absent
                && !world.seats[$0].isCordoned
        }
    }

    /// Live leases with the instants at which they end, soonest first.
    func leasesByEnd() -> [(end: Int64, place: Int)] {
        var leases: [(end: Int64, place: Int)] = []
        leases.reserveCapacity(world.leaseCount)
        for place in world.leases.indices where world.leases[place].isThere {
            leases.append((deadline(ofLease: place), place))
        }
        leases.sort { ($0.end, $0.place) < ($1.end, $1.place) }
        return leases
    }

    /// Lets leases end and windows begin and end, one after the other, and looks after each instant
    /// at which something does whether the group may enter and has room in its quota, and the pool a
    /// seat.
    func outlook(
        _ byEnd: [(end: Int64, place: Int)], _ position: Int, _ place: Int, _ holder: Int32,
        at now: Int64
    ) -> Outlook {
        let group = world.groups[position].name
        let quota = world.groups[position].spec.quota ?? .max
        let closing = world.pools[place].upcoming?.start ?? never
        var used = world.used[Int(group)]
        var seats = Seats(self, place, holder, charging: group)
        var isOpen = mayEnter(group)
        let turnings = turnings(group, place, holder, at: now)
        var outlook = Outlook()
        var (end, turning) = (0, 0)
        while end < byEnd.count || turning < turnings.count {
            let at = min(
                end < byEnd.count ? byEnd[end].end : never,
                turning < turnings.count ? turnings[turning].at : never)
            // All that is to happen at one instant has happened then.
            while end < byEnd.count, byEnd[end].end == at {
                let lease = world.leases[byEnd[end].place]
                if lease.group == group { used -= 1 }
                if lease.pool == place { seats.end(lease, self, at: at) }
                end += 1
            }
            while turning < turnings.count, turnings[turning].at == at {
                switch turnings[turning].what {
                case .own(let opens): isOpen = opens
                case .reserve(let index, let opens): seats.turn(index, opens: opens)
                case .seatCloses(let isKept): if isKept { seats.kept -= 1 } else { seats.free -= 1 }
                }
                turning += 1
            }
            let hasRoom = used < quota
            let hasSeat = seats.hasOne && at < closing
            if hasRoom && outlook.quota == never { outlook.quota = at }
            if hasSeat && outlook.seats == never { outlook.seats = at }
            if hasRoom && hasSeat && isOpen {
                outlook.both = at
                break
            }
        }
        return outlook
    }

    /// What is free in a pool for one group, and what others have reserved.
    private struct Seats {
        let group: Int32
        let holder: Int32
        var free: Int
        /// Kept for the person.
        var kept: Int
        private var unmet = 0
        private var reserves: [(group: Int32, seats: Int, used: Int, isOpen: Bool)] = []

        init(_ auditor: Auditor, _ place: Int, _ holder: Int32, charging group: Int32) {
            self.group = group
            self.holder = holder
            free = auditor.world.pools[place].free
            kept = auditor.keptSeats(place, holder)
            for reserve in auditor.world.pools[place].reserves {
                reserves.append(
                    (
                        reserve.group, reserve.seats,
                        auditor.world.usedIn[Int(reserve.group)][place],
                        auditor.mayEnter(reserve.group)
                    ))
            }
            countUnmet()
        }

        var hasOne: Bool { kept > 0 || free > unmet }

        private mutating func countUnmet() {
            unmet = 0
            for reserve in reserves where reserve.group != group && reserve.isOpen {
                unmet += max(0, reserve.seats - reserve.used)
            }
        }

        /// What the lease's group uses less, it has reserved again.
        mutating func end(_ lease: AuditLease, _ auditor: Auditor, at: Int64) {
            for index in reserves.indices where reserves[index].group == lease.group {
                reserves[index].used -= 1
                if reserves[index].isOpen, lease.group != group,
                    reserves[index].used < reserves[index].seats
                {
                    unmet += 1
                }
            }
            let seat = auditor.world.seats[lease.seat]
            guard !seat.isRetiring, !seat.isCordoned, seat.cordonStart.map({ at < $0 }) ?? true
            else { return }
            if seat.keptFor == absent { free += 1 }
            if seat.keptFor == holder { kept += 1 }
        }

        mutating func turn(_ index: Int, opens: Bool) {
            reserves[index].isOpen = opens
            countUnmet()
        }
    }

    /// What the calendar does to a pair from now on, in the order of time.
    private func turnings(
        _ group: Int32, _ place: Int, _ holder: Int32, at now: Int64
    ) -> [(at: Int64, what: Turning)] {
        var found: [(at: Int64, what: Turning)] = []
        if world.hasCalendars {
            let second = second(at: now)
            func add(_ group: Int32, _ what: (Bool) -> Turning) {
                for window in world.calendars[Int(group)]?.windows ?? [] {
                    if window.start > second {
                        found.append((instant(ofSecond: window.start), what(true)))
                    }
                    if window.end > second {
                        found.append((instant(ofSecond: window.end), what(false)))
                    }
                }
            }
            add(group) { .own($0) }
            for (index, reserve) in world.pools[place].reserves.enumerated()
            where reserve.group != group {
                add(reserve.group) { .reserve(index, $0) }
            }
        }
        if world.soonestStart != never {
            for seat in world.pools[place].seats {
                guard let start = world.seats[seat].cordonStart else { continue }
                let item = world.seats[seat]
                guard item.keptFor == absent || item.keptFor == holder,
                    item.lease == absent
                        || !item.isRetiring && deadline(ofLease: Int(item.lease)) < start
                else { continue }
                found.append((start, .seatCloses(keptForHolder: item.keptFor == holder)))
            }
        }
        return found.sorted { $0.at < $1.at }
    }
}
