import BrokerCore

/// Groups that take turns: when their windows begin and are over, and what that does to leases.
///
/// All of it follows from the windows and the instant: whoever sleeps over a boundary finds
/// everything as if nobody had slept.
extension Auditor {
    // MARK: The wall clock

    /// The second that the wall clock shows.
    func second(at now: Int64) -> Int {
        Int(now + world.clock.wallOffsetMilliseconds).floorDivided(by: 1_000)
    }

    /// When the wall clock will show a second.
    func instant(ofSecond second: Int) -> Int64 {
        Int64(second) * 1_000 - world.clock.wallOffsetMilliseconds
    }

    var graceSeconds: Int { world.rota?.graceSeconds ?? RotaSpec.graceSecondsDefault }

    /// Whether a group may enter, by its windows.
    func mayEnter(_ group: Int32) -> Bool {
        guard world.hasCalendars else { return true }
        return world.calendars[Int(group)]?.isOpen ?? true
    }

    // MARK: Turns

    /// Brings every group to where it stands at an instant.
    mutating func advanceTurns(at now: Int64) throws(Finding) {
        let second = second(at: now)
        guard !world.quiet.contains(second) else { return }
        for group in world.calendars.indices where world.calendars[group] != nil {
            advanceTurn(Int32(group), to: second, at: now)
        }
        noteQuiet(from: second)
        if world.calendars.contains(where: { $0?.isStuck ?? false }) { disturbTurns() }
        world.soonest = min(world.soonest, soonestDeadline())
    }

    private mutating func noteQuiet(from second: Int) {
        var until = Int.max
        for calendar in world.calendars {
            if let calendar {
                until = min(until, calendar.boundary(after: second, isUsed: true))
            }
        }
        world.quiet = second..<until
    }

    /// Windows changed, or the clock: everybody's place is looked at again.
    mutating func disturbTurns() {
        world.quiet = 0..<0
    }

    private mutating func advanceTurn(_ group: Int32, to second: Int, at now: Int64) {
        guard var calendar = world.calendars[Int(group)] else { return }
        calendar.isStuck = false
        // One window after the other, as if somebody had been awake at each boundary.
        while let ends = calendar.ends, ends <= second {
            guard
                let next = calendar.windows.first(where: { $0.end > ends && $0.start <= second })
            else { break }
            // The grace was over before the next window began: what is left ends first.
            if next.start >= ends + graceSeconds, world.used[Int(group)] > 0 {
                calendar.isOpen = false
                calendar.isEarly = false
                calendar.isStuck = true
                world.calendars[Int(group)] = calendar
                return
            }
            calendar.ends = next.end
        }
        if let window = calendar.window(at: second) {
            calendar.ends = window.end
            calendar.isOpen = true
            calendar.isEarly = false
        } else {
            calendar.ends = calendar.ends ?? calendar.windows.last { $0.end <= second }?.end
            calendar.isOpen = false
            // The clock was set back before the window: its leases go on.
            calendar.isEarly = calendar.ends.map { $0 > second } ?? false
        }
        world.calendars[Int(group)] = calendar
    }

    /// A deleted group is forgotten once its last lease is over.
    mutating func forgetCalendar(_ group: Int32) {
        guard world.hasCalendars, world.used[Int(group)] == 0,
            world.calendars[Int(group)]?.isGone == true
        else { return }
        world.calendars[Int(group)] = nil
    }

    // MARK: Charging

    /// A lease whose group's time is over counts in another group of its holder, where one may
    /// enter, has the pool and has room.
    mutating func chargeLeases(at now: Int64) {
        // Groups in the site's order, then those that are gone (pinned).
        for position in world.groups.indices { chargeLeases(of: world.groups[position].name, now) }
        for group in world.calendars.indices where world.calendars[group]?.isGone == true {
            chargeLeases(of: Int32(group), now)
        }
    }

    private mutating func chargeLeases(of group: Int32, _ now: Int64) {
        guard world.calendars[Int(group)]?.isOver == true, world.used[Int(group)] > 0,
            world.calendars[Int(group)]?.isStuck == false
        else { return }
        let leases = world.leases.indices.filter {
            world.leases[$0].isThere && world.leases[$0].group == group
        }.sorted { world.leases[$0].number < world.leases[$1].number }
        for place in leases
        where min(ownDeadline(ofLease: place), drainDeadline(ofPool: world.leases[place].pool))
            > now
        {
            // It is tried as long as the grace lasts: whoever finds it over has to end the lease.
            guard windowDeadline(ofLease: place) > now else { continue }
            guard let position = otherGroup(ofLease: place) else { continue }
            let other = world.groups[position].name
            let pool = world.leases[place].pool
            world.leases[place].group = other
            world.used[Int(group)] -= 1
            world.usedIn[Int(group)][pool] -= 1
            world.used[Int(other)] += 1
            world.usedIn[Int(other)][pool] += 1
            noteDeadline(deadline(ofLease: place))
        }
        forgetCalendar(group)
    }

    /// The first group in the site's order that takes over a lease.
    private func otherGroup(ofLease place: Int) -> Int? {
        let lease = world.leases[place]
        let unixGroups =
            world.vouched[place]
            ?? world.subjects[Int(lease.holder)].map { names.unixGroups.known($0.value) }
        return world.groups.indices.first { position in
            let other = world.groups[position]
            return other.name != lease.group && mayEnter(other.name)
                && other.pools.contains(lease.pool) && isMember(lease.holder, unixGroups, position)
                && !quotaIsUsedUp(position)
        }
    }

    /// The unix groups that count for a person from now on, unless they are a gateway's word for one
    /// lease.
    mutating func see(_ subject: Subject, unless isVouched: Bool = false) {
        guard !isVouched else { return }
        let holder = number(ofHolder: subject.holder)
        world.subjects[Int(holder)] = Self.kept(subject.unixGroups)
    }

    /// Whether a request shows other unix groups than those that count.
    mutating func isNews(_ subject: Subject) -> Bool {
        world.subjects[Int(number(ofHolder: subject.holder))] != Self.kept(subject.unixGroups)
    }

    private static func kept(_ groups: [UnixGroupName]) -> [UnixGroupName] {
        Array(groups.sorted().prefix(128))
    }

    // MARK: Windows that change

    /// The windows that follow from the rota, after it or the groups' slots have changed.
    ///
    /// A group that could enter, or has leases, and is outside its windows now has had its time: its
    /// leases are ending from this second on.
    ///
    /// - Returns: the leases that are ending by it.
    mutating func setCalendars(
        at now: Int64, from before: SiteSpec
    ) throws(Finding) -> [LeaseID] {
        guard changesWindows(from: before, to: siteSpec) else {
            keepCalendarsOfDeleted()
            return []
        }
        let cutOff = setCalendars(at: now)
        try settleTime(at: now)
        return cutOff
    }

    /// Whether windows are worked out again: for another rota, or other slots of a group that stays,
    /// comes, or comes back while its leases run out.
    func changesWindows(from before: SiteSpec, to after: SiteSpec) -> Bool {
        let old = before.rotaGroups
        return before.rota != after.rota
            || after.rotaGroups.contains { group in
                guard let known = old.first(where: { $0.name == group.name }) else {
                    return group.slots != nil || isStillThere(group.name)
                }
                return known.slots != group.slots
            }
    }

    /// Whether a group was deleted, and its leases still run out in its windows.
    private func isStillThere(_ name: GroupName) -> Bool {
        let number = names.groups.known(name.value)
        return number != absent && Int(number) < world.calendars.count
            && world.calendars[Int(number)] != nil
    }

    private mutating func setCalendars(at now: Int64) -> [LeaseID] {
        let second = second(at: now)
        let model = world.rota.flatMap { SimRota($0, release: zones) }
        var kept = Array<AuditCalendar?>(repeating: nil, count: world.calendars.count)
        var cutOff: [LeaseID] = []
        for position in world.groups.indices {
            let number = Int(world.groups[position].name)
            let spec = world.groups[position].spec
            guard spec.slots != nil, let model else { continue }
            let before = world.calendars[number]
            var calendar = before ?? AuditCalendar()
            calendar.isGone = false
            let ahead = model.windows(
                of: RotaGroup(name: spec.name, slots: spec.slots), at: second)
            calendar.replace(with: ahead, at: second)
            // A window that was to come again and is none any more is over as well; where an earlier
            // change has made it none, this one takes nothing away.
            let wasOpen =
                before.map { before in
                    before.isOpen
                        || before.isEarly && before.windows.contains { $0.end == before.ends }
                            && !calendar.windows.contains { $0.end == before.ends }
                } ?? true
            if calendar.window(at: second) == nil, wasOpen, world.used[number] > 0 {
                calendar.ends = second
                for place in world.leases.indices
                where world.leases[place].isThere && Int(world.leases[place].group) == number {
                    cutOff.append(world.leases[place].id)
                }
            }
            kept[number] = calendar
        }
        for group in world.groups {
            world.calendars[Int(group.name)] = kept[Int(group.name)]
        }
        keepCalendarsOfDeleted()
        return cutOff
    }

    /// A deleted group keeps its windows while its leases run out.
    private mutating func keepCalendarsOfDeleted() {
        let named = Set(world.groups.map { Int($0.name) })
        for number in world.calendars.indices
        where world.calendars[number] != nil && !named.contains(number) {
            if world.used[number] > 0 {
                world.calendars[number]?.isGone = true
            } else {
                world.calendars[number] = nil
            }
        }
        world.hasCalendars = world.calendars.contains { $0 != nil }
        disturbTurns()
    }
}
