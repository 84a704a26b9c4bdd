import BrokerText

extension SiteSpec {
    /// Everything that is wrong with the site, in its order; empty when it may be applied.
    package func problems() -> [SiteProblem] {
        var found: [SiteProblem] = []
        // Beyond these counts the comparisons below are no longer quick.
        if pools.count > SiteLimits.poolsMax {
            found.append(
                SiteProblem(
                    SitePlace(.pool(SiteLimits.poolsMax)),
                    .tooManyPools(SiteLimits.poolsMax)))
        }
        if groups.count > SiteLimits.groupsMax {
            found.append(
                SiteProblem(
                    SitePlace(.group(SiteLimits.groupsMax)),
                    .tooManyGroups(SiteLimits.groupsMax)))
        }
        guard found.isEmpty else { return found }

        for (position, pool) in pools.enumerated() {
            pool.findProblems(at: position, into: &found)
        }
        findRepeatedPools(into: &found)
        findTooManySeats(into: &found)
        findSharedSeatNames(into: &found)

        let known = Set(pools.map(\.name))
        for (position, group) in groups.enumerated() {
            group.findProblems(at: position, pools: known, into: &found)
        }
        findRepeatedGroups(into: &found)
        findReservesBeyondSize(into: &found)
        let ofRota =
            rota?.problems(groups: rotaGroups)
            ?? RotaSpec.problemsWithoutRota(groups: rotaGroups)
        found += ofRota.map { SiteProblem($0) }
        return found
    }

    private func findRepeatedPools(into found: inout [SiteProblem]) {
        var seen: Set<PoolName> = []
        for (position, pool) in pools.enumerated() where !seen.insert(pool.name).inserted {
            found.append(
                SiteProblem(
                    SitePlace(.pool(position), .name),
                    .repeatedPool(pool.name.value.quotedVisibly())))
        }
    }

    private func findRepeatedGroups(into found: inout [SiteProblem]) {
        var seen: Set<GroupName> = []
        for (position, group) in groups.enumerated() where !seen.insert(group.name).inserted {
            found.append(
                SiteProblem(
                    SitePlace(.group(position), .name),
                    .repeatedGroup(group.name.value.quotedVisibly())))
        }
    }

    private func findTooManySeats(into found: inout [SiteProblem]) {
        var total = 0
        for (position, pool) in pools.enumerated() {
            let before = total
            total += pool.size.clamped(to: 0...SiteLimits.seatsMax)
            if before <= SiteLimits.seatsMax, total > SiteLimits.seatsMax, before > 0 {
                found.append(
                    SiteProblem(
                        SitePlace(.pool(position), .size),
                        .tooManySeats(SiteLimits.seatsMax)))
            }
        }
    }

    /// Names of seats are unique over all pools, listed and patterned alike.
    fileprivate func findSharedSeatNames(into found: inout [SiteProblem]) {
        let patterned = pools.map(\.patternedNames)
        var listed: [SeatName: Int] = [:]
        for (position, pool) in pools.enumerated() {
            for (seat, spec) in pool.listed.enumerated() {
                let owner =
                    listed.updateValue(position, forKey: spec.name)
                    ?? patterned.firstIndex { $0?.contains(spec.name.value) == true }
                guard let owner else { continue }
                found.append(
                    SiteProblem(
                        SitePlace(.seat(pool: position, seat), .name),
                        .sharedSeat(
                            spec.name.value.quotedVisibly(),
                            pool: pools[owner].name.value.quotedVisibly())))
            }
        }
        for (position, names) in patterned.enumerated() {
            guard let names else { continue }
            for earlier in 0..<position {
                guard let shared = patterned[earlier]?.sharedName(with: names) else { continue }
                found.append(
                    SiteProblem(
                        SitePlace(.pool(position), .seatName),
                        .sharedPattern(
                            shared.quotedVisibly(),
                            pool: pools[earlier].name.value.quotedVisibly())))
                break
            }
        }
    }

    /// A pool cannot keep back more seats than it has.
    private func findReservesBeyondSize(into found: inout [SiteProblem]) {
        var left: [PoolName: Int] = [:]
        for pool in pools {
            left[pool.name] = pool.size
        }
        for (position, group) in groups.enumerated() where group.slots == nil {
            group.findReservesBeyond(&left, at: position, into: &found)
        }
        // A group with slots shares the seats with those of its own time, which only the windows
        // tell; by itself it has to fit beside those that may always enter.
        for (position, group) in groups.enumerated() where group.slots != nil {
            var left = left
            group.findReservesBeyond(&left, at: position, into: &found)
        }
    }
}

extension PoolSpec {
    /// Everything that is wrong with the pool by itself, its place being pool 0. Whether its seats'
    /// names are free in the site, only `SiteSpec.problems()` can say.
    package func problems() -> [SiteProblem] {
        var found: [SiteProblem] = []
        findProblems(at: 0, into: &found)
        SiteSpec(pools: [self]).findSharedSeatNames(into: &found)
        return found
    }

    /// How many seats the pattern names, after the listed ones.
    fileprivate var patternedCount: Int {
        size.clamped(to: 0...SiteLimits.seatsMax) - min(listed.count, max(size, 0))
    }

    fileprivate var seatNamePattern: String { seatName ?? "\(name.value)-%04d" }

    fileprivate var patternedNames: PatternedNames? {
        PatternedNames(seatNamePattern, count: patternedCount)
    }

    fileprivate func findProblems(at position: Int, into found: inout [SiteProblem]) {
        func problem(_ key: SiteKey, _ message: Text) {
            found.append(SiteProblem(SitePlace(.pool(position), key), message))
        }

        if let message = nameProblem(name.value) { problem(.name, message) }
        if !(0...SiteLimits.seatsMax).contains(size) {
            problem(.size, .poolSize(SiteLimits.seatsMax))
        } else if size < listed.count {
            problem(
                .size,
                .moreListed(listed.count))
        }
        if let message = seatNameProblem { problem(.seatName, message) }
        if let message = patternedHostProblem { problem(.seatHost, message) }
        if let message = patternedURLProblem { problem(.seatURL, message) }
        if let port, let message = portProblem(port) { problem(.port, message) }

        let ttlMost = SiteLimits.leaseTTLSecondsMax
        if !(1...ttlMost).contains(leaseTTLSecondsMax) {
            problem(
                .leaseTTLSecondsMax,
                .ttlRange(ttlMost))
        } else if leaseTTLSeconds < 1 {
            problem(.leaseTTLSeconds, .ttlLeast)
        } else if leaseTTLSeconds > leaseTTLSecondsMax {
            problem(
                .leaseTTLSeconds,
                .ttlAboveMax(leaseTTLSecondsMax)
            )
        }
        for (seat, spec) in listed.enumerated() {
            findProblems(of: spec, at: .seat(pool: position, seat), into: &found)
        }
    }

    private var seatNameProblem: Text? {
        // Without a pattern of its own there is nothing to say that the pool's name has not shown.
        guard seatName != nil || patternedCount > 0 && nameProblem(name.value) == nil else {
            return nil
        }
        guard let pattern = SeatPattern(seatNamePattern) else {
            return patternProblem(seatNamePattern)
        }
        let longest = pattern.text(max(patternedCount, 1))
        guard let message = nameProblem(longest) else { return nil }
        return .ofSeat(longest.quotedVisibly(), message)
    }

    private var patternedHostProblem: Text? {
        guard let seatHost else { return nil }
        guard let pattern = SeatPattern(seatHost) else { return patternProblem(seatHost) }
        return hostProblem(pattern.text(max(patternedCount, 1)))
    }

    private var patternedURLProblem: Text? {
        switch seatProtocol {
        case .url:
            guard let seatURL else {
                return patternedCount == 0
                    ? nil
                    : .urlNeedsSeatURL
            }
            guard let pattern = SeatPattern(seatURL) else { return patternProblem(seatURL) }
            return urlProblem(pattern.text(max(patternedCount, 1)))
        case .rdp, .vnc, .spice, .ssh:
            return seatURL == nil
                ? nil : .urlOnly
        }
    }

    private func portProblem(_ port: Int) -> Text? {
        switch seatProtocol {
        case .url:
            .urlNoPort
        case .rdp, .vnc, .spice, .ssh:
            SiteLimits.ports.contains(port)
                ? nil
                : .portRange(SiteLimits.ports.lowerBound, SiteLimits.ports.upperBound)
        }
    }

    private func findProblems(
        of seat: ListedSeat, at item: SitePlace.Item, into found: inout [SiteProblem]
    ) {
        func problem(_ key: SiteKey, _ message: Text) {
            found.append(SiteProblem(SitePlace(item, key), message))
        }

        if let message = nameProblem(seat.name.value) { problem(.name, message) }
        if let host = seat.host, let message = hostProblem(host) { problem(.host, message) }
        if let port = seat.port, let message = portProblem(port) { problem(.port, message) }
        switch (seatProtocol, seat.url) {
        case (.url, nil):
            problem(.url, .listedNeedsURL)
        case (.url, let url?):
            if let message = urlProblem(url) { problem(.url, message) }
        case (_, _?):
            problem(.url, .urlOnlyOfPool)
        case (_, nil):
            break
        }
        if let person = seat.keptFor {
            if person.value.hasPrefix("@") {
                problem(.agent, .keptForOne)
            } else if let message = memberProblem(person.value) {
                problem(.agent, message)
            }
        }
    }
}

extension GroupSpec {
    /// Everything that is wrong with the group among these pools, its place being group 0. What
    /// other groups reserve, only `SiteSpec.problems()` counts.
    package func problems(pools: [PoolSpec]) -> [SiteProblem] {
        var found: [SiteProblem] = []
        findProblems(at: 0, pools: Set(pools.map(\.name)), into: &found)
        var left: [PoolName: Int] = [:]
        for pool in pools {
            left[pool.name] = pool.size
        }
        findReservesBeyond(&left, at: 0, into: &found)
        return found
    }

    fileprivate func findProblems(
        at position: Int, pools known: Set<PoolName>, into found: inout [SiteProblem]
    ) {
        func problem(_ key: SiteKey, at element: Int? = nil, _ message: Text) {
            found.append(SiteProblem(SitePlace(.group(position), key, element: element), message))
        }

        if let message = nameProblem(name.value) { problem(.name, message) }
        if members.count > SiteLimits.membersMax {
            problem(
                .members,
                .tooManyMembers(SiteLimits.membersMax))
        }
        var seenMembers: Set<Member> = []
        for (element, member) in members.enumerated() {
            if let message = memberProblem(member) {
                problem(.members, at: element, message)
            } else if !seenMembers.insert(member).inserted {
                problem(
                    .members, at: element,
                    .namedTwice(member.text.quotedVisibly()))
            }
        }
        var seenPools: Set<PoolName> = []
        for (element, pool) in pools.enumerated() {
            let quoted = pool.value.quotedVisibly()
            if !known.contains(pool) {
                problem(.pools, at: element, .unknownPool(quoted))
            } else if !seenPools.insert(pool).inserted {
                problem(.pools, at: element, .poolTwice(quoted))
            }
        }
        if let quota, !(0...SiteLimits.quotaMax).contains(quota) {
            problem(
                .quota,
                .quotaRange(SiteLimits.quotaMax))
        }
        var seenReserves: Set<PoolName> = []
        for reserve in reserve {
            let quoted = reserve.pool.value.quotedVisibly()
            if reserve.seats < 0 {
                problem(.reserve, .reserveLeast)
            }
            if !pools.contains(reserve.pool) {
                problem(
                    .reserve, .reserveElsewhere(quoted)
                )
            } else if !seenReserves.insert(reserve.pool).inserted {
                problem(.reserve, .poolTwice(quoted))
            }
        }
    }

    /// Takes what the group reserves out of what is left of each pool.
    fileprivate func findReservesBeyond(
        _ left: inout [PoolName: Int], at position: Int, into found: inout [SiteProblem]
    ) {
        for reserve in reserve where reserve.seats > 0 {
            guard let seats = left[reserve.pool] else { continue }
            if reserve.seats > seats {
                found.append(
                    SiteProblem(
                        SitePlace(.group(position), .reserve),
                        .reserveBeyond(
                            reserve.pool.value.quotedVisibly(), left: max(seats, 0),
                            reserve.seats))
                )
            } else {
                left[reserve.pool] = seats - reserve.seats
            }
        }
    }
}
