import BrokerCore
import BrokerEngine

/// Growth and shrinking, and what a pool's new specification does to its seats.
extension Auditor {
    /// What became of a pool's seats.
    struct Reshaped {
        /// The event at which all seats come that come.
        var came: Int
        var retired = 0
        /// Leases whose seats go when they end, soonest first.
        var displaced: [Int] = []
        /// Why it may not be.
        var refusals: [Refusal] = []

        mutating func note(problems: [SiteProblem]) {
            if !problems.isEmpty { refusals.append(.invalid(problems)) }
        }
    }

    mutating func resizePool(
        _ name: PoolName, _ size: Int, _ ifRevision: UInt64?, _ said: Said, at now: Int64
    ) throws(Finding) {
        guard let place = pool(name) else { return try refused(said, .noSuchPool(name)) }
        let revision = world.pools[place].revision
        if let ifRevision, ifRevision != revision {
            return try refused(said, .revisionMismatch(expected: ifRevision, actual: revision))
        }
        var spec = world.pools[place].spec
        guard size >= spec.listed.count else {
            return try refused(said, .belowListed(name, listed: spec.listed.count))
        }
        let changes = size != spec.size
        spec.size = size
        let before = world
        var result = Reshaped(came: world.nextEvent())
        if changes {
            var site = siteSpec
            site.pools[world.poolOrder.firstIndex(of: place)!] = spec
            result.note(problems: site.problems())
            if size <= SiteLimits.seatsMax {
                world.pools[place].revision += 1
                clear(place, spec, &result)
                fill(place, spec, &result)
                noteLimit(from: before.seatCount, &result)
            }
            guard result.refusals.isEmpty else {
                world = before
                return try refused(said, any: result.refusals)
            }
        }
        let after = world
        world = before
        guard try proceeds(said, changes: changes) else { return }
        world = after
        guard case .answer(let answer) = said else { return }
        guard case .decided(.resized(let plan)) = answer else {
            throw wrong(answer, "answer", "the plan of a resize")
        }
        try expect(plan, place, result)
    }

    private func expect(_ plan: ResizePlan, _ place: Int, _ result: Reshaped) throws(Finding) {
        let completeBy = result.displaced.map { deadline(ofLease: $0) }.max()
        guard plan.size == world.pools[place].seats.count,
            plan.targetSize == world.pools[place].spec.size, plan.retired == result.retired,
            plan.completeBy?.milliseconds == completeBy
        else {
            throw Finding(
                "wrong-plan",
                "told \(plan), where the rules say size \(world.pools[place].seats.count), target "
                    + "\(world.pools[place].spec.size), retired \(result.retired), complete by "
                    + "\(String(describing: completeBy))")
        }
        try expectDisplaced(plan.displaced, result.displaced, isOrdered: true)
    }

    /// Soonest first within a pool that shrinks; over several pools the order is not determined.
    func expectDisplaced(
        _ views: [LeaseView], _ expected: [Int], isOrdered: Bool
    ) throws(Finding) {
        guard views.count == expected.count else {
            throw Finding(
                "wrong-displaced",
                "told \(views), where the rules say \(expected.map { world.leases[$0] })")
        }
        var left = expected
        for view in views {
            let position = isOrdered ? 0 : left.firstIndex { world.leases[$0].id == view.id }
            guard let position else {
                throw Finding("wrong-displaced", "told \(view), which is not displaced")
            }
            try expect(view, live: left.remove(at: position))
        }
    }

    /// The site as it is wanted now.
    var siteSpec: SiteSpec {
        SiteSpec(
            pools: world.poolOrder.map { world.pools[$0].spec }, groups: world.groups.map(\.spec))
    }

    /// The limit only stops growth; retiring seats count.
    func noteLimit(from before: Int, _ result: inout Reshaped) {
        guard let limit = world.seatLimit, world.seatCount > limit, world.seatCount > before else {
            return
        }
        result.refusals.append(.seatLimit(limit: limit, total: world.seatCount))
    }

    // MARK: Reshaping

    /// The first half: a pool's seats take the places that its new specification has for them, and
    /// those that it does not name go, at once if they are free.
    mutating func clear(_ place: Int, _ spec: PoolSpec, _ result: inout Reshaped) {
        let pattern = AuditPattern(spec.seatName ?? "\(spec.name.value)-%04d")
        let isSamePattern = pattern == world.pools[place].pattern
        let patternedCount = spec.size - spec.listed.count
        world.pools[place].spec = spec
        world.pools[place].pattern = pattern
        for seat in world.pools[place].seats {
            let name = names.seats[world.seats[seat].name]
            let wasPatterned = world.seats[seat].index != nil
            tally(seat, -1)
            let position = spec.listed.firstIndex { $0.name.value == name }
            var index = position == nil ? pattern.index(of: name) : nil
            // The pattern names indexes from 1; one beyond them stays only where it was before.
            if let made = index, made > patternedCount {
                if !isSamePattern || world.seats[seat].index == nil { index = nil }
            }
            if let position {
                world.seats[seat].rank = position
                world.seats[seat].keptFor =
                    spec.listed[position].keptFor.map { number(ofHolder: $0) } ?? absent
                reclaim(seat)
            } else if let index {
                world.seats[seat].rank = AuditSeat.patternBase + index
                world.seats[seat].keptFor = absent
                world.seats[seat].isOrphan = false
            } else if !world.seats[seat].isOrphan && world.seats[seat].lease != absent {
                world.seats[seat].isOrphan = true
                world.seats[seat].rank = AuditSeat.orphanBase + world.nextEvent()
                if world.seats[seat].isRetiring {
                    // Growth would have taken it back, and does not any more: that is told (pinned).
                    result.displaced.append(Int(world.seats[seat].lease))
                } else {
                    retire(seat, &result)
                }
            }
            tally(seat, 1)
            if wasPatterned && position != nil || !wasPatterned && index != nil {
                // Named in another way, it comes anew (pinned).
                world.seats[seat].freeSince = result.came
            }
            if position != nil || index != nil {
                world.seats[seat].address = address(spec, position, index, name)
            } else if world.seats[seat].lease == absent {
                removeSeat(seat)
                result.retired += 1
            }
        }
        let seats = world.seats
        world.pools[place].seats.sort { seats[$0].rank < seats[$1].rank }
        shrink(place, spec, &result)
    }

    /// Free seats first, the highest index first; then those whose leases end soonest, among equals
    /// the highest index first.
    private mutating func shrink(_ place: Int, _ spec: PoolSpec, _ result: inout Reshaped) {
        let patterned = world.pools[place].seats.filter {
            world.seats[$0].index != nil && !world.seats[$0].isRetiring
        }
        var tooMany = patterned.count - (spec.size - spec.listed.count)
        guard tooMany > 0 else { return }
        for seat in patterned.reversed() where tooMany > 0 && world.seats[seat].lease == absent {
            removeSeat(seat)
            result.retired += 1
            tooMany -= 1
        }
        guard tooMany > 0 else { return }
        var leased: [(end: Int64, rank: Int, seat: Int)] = []
        for seat in world.pools[place].seats {
            let item = world.seats[seat]
            guard item.index != nil, !item.isRetiring, item.lease != absent else { continue }
            leased.append((deadline(ofLease: Int(item.lease)), item.rank, seat))
        }
        leased.sort { ($0.end, $1.rank) < ($1.end, $0.rank) }
        for item in leased.prefix(tooMany) { retire(item.seat, &result) }
    }

    /// The second half: what is missing comes; retiring seats are taken back first, then the lowest
    /// missing indexes are filled.
    mutating func fill(_ place: Int, _ spec: PoolSpec, _ result: inout Reshaped) {
        for (position, listed) in spec.listed.enumerated() {
            let name = number(ofSeat: listed.name.value)
            let isThere =
                world.seatPlaces[Int(name)] != absent
                && world.seats[Int(world.seatPlaces[Int(name)])].pool == place
            guard !isThere else { continue }
            let kept = listed.keptFor.map { number(ofHolder: $0) } ?? absent
            add(name, place, position, kept, &result)
        }
        var missing = spec.size - spec.listed.count
        for seat in world.pools[place].seats
        where world.seats[seat].index != nil && !world.seats[seat].isRetiring {
            missing -= 1
        }
        for seat in world.pools[place].seats
        where missing > 0 && world.seats[seat].index != nil && world.seats[seat].isRetiring {
            reclaim(seat)
            missing -= 1
        }
        let pattern = world.pools[place].pattern
        var index = 1
        while missing > 0 {
            let name = number(ofSeat: pattern.text(index))
            let seat = world.seatPlaces[Int(name)]
            if seat == absent || world.seats[Int(seat)].pool != place {
                add(name, place, AuditSeat.patternBase + index, absent, &result)
                missing -= 1
            }
            index += 1
        }
    }

    private mutating func add(
        _ name: Int32, _ place: Int, _ rank: Int, _ kept: Int32,
        _ result: inout Reshaped
    ) {
        let other = world.seatPlaces[Int(name)]
        guard other == absent else {
            let pool = world.pools[world.seats[Int(other)].pool].spec.name
            result.refusals.append(.seatNameTaken(SeatName(names.seats[name]), by: pool))
            return
        }
        let spec = world.pools[place].spec
        let text = names.seats[name]
        var seat = AuditSeat(name: name, pool: place, rank: rank, address: 0, freeSince: result.came)
        seat.address = address(spec, seat.index == nil ? rank : nil, seat.index, text)
        seat.keptFor = kept
        // A cordon is the desktop's, not the site's: it stays with the name while pools change.
        if let cordon = movingCordons[name] {
            seat.cordon = cordon.reason
            seat.cordonEnd = cordon.end
        }
        addSeat(seat)
    }

    /// A seat goes when its lease ends, which keeps its end and cannot be extended.
    private mutating func retire(_ seat: Int, _ result: inout Reshaped) {
        let lease = Int(world.seats[seat].lease)
        world.seats[seat].retireEnd = deadline(ofLease: lease)
        world.seats[seat].isRetiring = true
        result.displaced.append(lease)
    }

    private mutating func reclaim(_ seat: Int) {
        world.seats[seat].isRetiring = false
        world.seats[seat].isOrphan = false
        world.seats[seat].retireEnd = never
    }

    /// Where a seat is reached.
    private mutating func address(
        _ spec: PoolSpec, _ position: Int?, _ index: Int?, _ name: String
    ) -> Int32 {
        let listed = position.map { spec.listed[$0] }
        let isURL = spec.seatProtocol == .url
        func text(_ pattern: String?) -> String? {
            guard let pattern, let number = index ?? position.map({ $0 + 1 }) else { return nil }
            return AuditPattern(pattern).text(number)
        }
        let address = SeatAddress(
            name: SeatName(name),
            host: isURL ? nil : listed == nil ? text(spec.seatHost) ?? name : listed?.host ?? name,
            port: isURL ? nil : listed?.port ?? spec.port ?? spec.seatProtocol.defaultPort,
            seatProtocol: spec.seatProtocol,
            url: isURL ? listed?.url ?? text(spec.seatURL) : nil)
        return names.address(address, seat: number(ofSeat: name))
    }
}
