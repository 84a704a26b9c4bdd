import BrokerCore
import BrokerEngine

/// Growth and shrinking, and what a pool's new specification does to its seats.
extension Auditor {
    /// What became of a pool's seats.
    struct Reshaped {
        /// The event at which all seats come that come.
        var came: Int
        /// By pool: the first index of each run of indexes that come.
        var runs: [Int: [Int]] = [:]
        var retired = 0
        /// Leases whose seats go when they end, soonest first.
        var displaced: [Int] = []
        /// Why it may not be.
        var refusals: [Refusal] = []

        mutating func noteRuns(_ place: Int, _ indexes: [Int]) {
            let known = Set(indexes)
            runs[place] = indexes.filter { !known.contains($0 - 1) }
        }

        /// How early an index comes: runs one after the other, all of a run at once (pinned).
        func came(_ place: Int, _ index: Int) -> Int {
            came + AuditSeat.patternBase + (runs[place]?.last { $0 <= index } ?? index)
        }

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
        // A site that is not valid any more, since a group went that an exception names.
        if case .answer(let index) = said, case .refused(.invalid) = told[index],
            !siteSpec.problems().isEmpty
        {
            return
        }
        guard changes else {
            _ = try proceeds(said, changes: false)
            return try expectPlan(said, place, Reshaped(came: 0))
        }
        var result = Reshaped(came: world.nextEvent())
        var site = siteSpec
        site.pools[world.poolOrder.firstIndex(of: place)!] = spec
        result.note(problems: problems(of: site, said))
        if world.hasCalendars, reservesCollide(in: site, at: now) {
            guard case .answer(let index) = said else { return }
            guard case .refused(let refusal) = told[index] else {
                throw wrong(told[index], "refusal", "refused: reserves collide")
            }
            switch refusal {
            case .reservesCollide, .invalid, .seatLimit, .seatNameTaken: return
            default: throw wrong(told[index], "refusal", "refused: reserves collide")
            }
        }
        // What was told is right or a finding: only what is not done needs the state before it.
        var before: AuditWorld?
        if !isDone(said) { before = world }
        if size <= SiteLimits.seatsMax {
            let seatCount = world.seatCount
            world.pools[place].revision += 1
            clear(place, spec, &result)
            fill(place, spec, &result)
            noteLimit(from: seatCount, &result)
        }
        guard result.refusals.isEmpty else {
            if let before { world = before }
            return try refused(said, any: result.refusals)
        }
        guard try proceeds(said, changes: true) else {
            if let before { world = before }
            return
        }
        noteSiteChange(nil)
        try expectPlan(said, place, result)
    }

    /// Whether the answer says that the command was done.
    func isDone(_ said: Said) -> Bool {
        guard case .answer(let index) = said, case .decided = told[index] else { return false }
        return true
    }

    /// What is wrong with a site that was asked for. Where it was accepted, reserves are added up
    /// each time, and all the rest is looked at now and then only, as that takes long; names that
    /// two seats would bear are found when the seats come.
    func problems(of site: SiteSpec, _ said: Said) -> [SiteProblem] {
        if isDone(said), operationCount % 16 != 0, !reservesTooMuch(site) { return [] }
        return site.problems()
    }

    private func reservesTooMuch(_ site: SiteSpec) -> Bool {
        for pool in site.pools {
            var left = pool.size
            for group in site.groups where group.slots == nil {
                for reserve in group.reserve where reserve.pool == pool.name {
                    left -= reserve.seats
                }
            }
            if left < 0 { return true }
        }
        return false
    }

    private func expectPlan(_ said: Said, _ place: Int, _ result: Reshaped) throws(Finding) {
        guard case .answer(let index) = said else { return }
        guard case .decided(.resized(let plan)) = told[index] else {
            throw wrong(told[index], "answer", "the plan of a resize")
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
            pools: world.poolOrder.map { world.pools[$0].spec }, groups: world.groups.map(\.spec),
            rota: world.rota)
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
    ///
    /// Listed seats are those of the list. Seats of the pattern that was stay, as far as the size
    /// goes. Whatever else is there stays only if it bears the name of a seat that would have to
    /// come (pinned: it displaces nobody where it can).
    mutating func clear(_ place: Int, _ spec: PoolSpec, _ result: inout Reshaped) {
        let pattern = AuditPattern(spec.seatName ?? "\(spec.name.value)-%04d")
        let isSamePattern = pattern == world.pools[place].pattern
        world.pools[place].spec = spec
        world.pools[place].pattern = pattern
        var others: [Int] = []
        for seat in world.pools[place].seats {
            let name = names.seats[world.seats[seat].name]
            if let position = spec.listed.firstIndex(where: { $0.name.value == name }) {
                let kept = spec.listed[position].keptFor.map { number(ofHolder: $0) } ?? absent
                // From another pattern to the list a seat comes anew (pinned, as below: it shows in
                // what is free for longest).
                let wasOfOther = !isSamePattern && world.seats[seat].index != nil
                settle(seat, rank: position, kept: kept, wasOfOther ? result.came + position : nil)
            } else if isSamePattern, let index = world.seats[seat].index {
                world.seats[seat].address = address(spec, nil, index, name)
            } else {
                if !world.seats[seat].isOrphan { world.seats[seat].rank = AuditSeat.orphanBase }
                others.append(seat)
            }
        }
        shrink(place, spec, &result)
        takeBack(place, spec)
        let missing = missingIndexes(place, spec)
        let named = missing.map { index in
            let text = pattern.text(index)
            return others.first { names.seats[world.seats[$0].name] == text }
        }
        result.noteRuns(
            place,
            zip(missing, named).filter { $1.map { world.seats[$0].lease == absent } ?? true }
                .map(\.0))
        for case (let index, let seat?) in zip(missing, named) {
            let came = result.came(place, index)
            settle(seat, rank: AuditSeat.patternBase + index, kept: absent, came)
            others.removeAll { $0 == seat }
        }
        for seat in others { letGo(seat, &result) }
        let seats = world.seats
        world.pools[place].seats.sort { seats[$0].rank < seats[$1].rank }
    }

    /// A seat that is there already has this place in the specification from now on.
    private mutating func settle(_ seat: Int, rank: Int, kept: Int32, _ came: Int?) {
        tally(seat, -1)
        world.seats[seat].rank = rank
        world.seats[seat].keptFor = kept
        reclaim(seat)
        tally(seat, 1)
        if let came { world.seats[seat].freeSince = came }
        let spec = world.pools[world.seats[seat].pool].spec
        let text = names.seats[world.seats[seat].name]
        let isListed = rank < AuditSeat.patternBase
        world.seats[seat].address = address(
            spec, isListed ? rank : nil, world.seats[seat].index, text)
    }

    /// A seat that nothing names goes, with its lease if it has one.
    private mutating func letGo(_ seat: Int, _ result: inout Reshaped) {
        guard world.seats[seat].lease != absent else {
            removeSeat(seat)
            result.retired += 1
            return
        }
        guard !world.seats[seat].isOrphan else { return }
        world.seats[seat].isOrphan = true
        world.seats[seat].rank = AuditSeat.orphanBase + world.nextEvent()
        if world.seats[seat].isRetiring {
            // Growth would have taken it back, and does not any more: that is told (pinned).
            result.displaced.append(Int(world.seats[seat].lease))
        } else {
            retire(seat, &result)
        }
    }

    /// Growth takes retiring seats back first, the lowest index first (pinned).
    private mutating func takeBack(_ place: Int, _ spec: PoolSpec) {
        var missing = spec.size - spec.listed.count - stayingCount(place)
        for seat in world.pools[place].seats
        where missing > 0 && world.seats[seat].index != nil && world.seats[seat].isRetiring {
            reclaim(seat)
            missing -= 1
        }
    }

    /// Seats of the pattern that are not told to go.
    private func stayingCount(_ place: Int) -> Int {
        world.pools[place].seats.count {
            world.seats[$0].index != nil && !world.seats[$0].isRetiring
        }
    }

    /// The lowest indexes of the pattern that have no seat, as many as are missing.
    private func missingIndexes(_ place: Int, _ spec: PoolSpec) -> [Int] {
        var missing = spec.size - spec.listed.count - stayingCount(place)
        guard missing > 0 else { return [] }
        let taken = Set(
            world.pools[place].seats.compactMap {
                world.seats[$0].index != nil ? world.seats[$0].index : nil
            })
        var indexes: [Int] = []
        var index = 1
        while missing > 0 {
            if !taken.contains(index) {
                indexes.append(index)
                missing -= 1
            }
            index += 1
        }
        return indexes
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
        for seat in patterned where world.seats[seat].isThere {
            let item = world.seats[seat]
            leased.append((deadline(ofLease: Int(item.lease)), item.rank, seat))
        }
        leased.sort { ($0.end, $1.rank) < ($1.end, $0.rank) }
        for item in leased.prefix(tooMany) { retire(item.seat, &result) }
    }

    /// The second half: what is missing comes, first of the list, then of the pattern the lowest
    /// indexes.
    mutating func fill(_ place: Int, _ spec: PoolSpec, _ result: inout Reshaped) {
        for (position, listed) in spec.listed.enumerated() {
            let name = number(ofSeat: listed.name.value)
            let isThere =
                world.seatPlaces[Int(name)] != absent
                && world.seats[Int(world.seatPlaces[Int(name)])].pool == place
            guard !isThere else { continue }
            let kept = listed.keptFor.map { number(ofHolder: $0) } ?? absent
            add(name, place, position, kept, result.came + position, &result)
        }
        let missing = missingIndexes(place, spec)
        if result.runs[place] == nil { result.noteRuns(place, missing) }
        for index in missing {
            let name = number(ofSeat: world.pools[place].pattern.text(index))
            let came = result.came(place, index)
            add(name, place, AuditSeat.patternBase + index, absent, came, &result)
        }
    }

    private mutating func add(
        _ name: Int32, _ place: Int, _ rank: Int, _ kept: Int32, _ came: Int,
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
        var seat = AuditSeat(name: name, pool: place, rank: rank, address: 0, freeSince: came)
        seat.address = address(spec, seat.index == nil ? rank : nil, seat.index, text)
        seat.keptFor = kept
        // A cordon is the desktop's, not the site's: it stays with the name while pools change.
        if let cordon = movingCordons[name] {
            seat.cordon = cordon.reason
            seat.cordonEnd = cordon.end
            seat.cordonStart = cordon.start
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
