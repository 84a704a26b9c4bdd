package import BrokerCore
package import BrokerStore

/// What the recorded requests would have met with another site.
///
/// The same core decides them again, in their order and at their instants: requests, renewals,
/// releases, revocations, cordons and drains. Whoever was refused then and has a seat now keeps it for
/// the time asked for, or the pool's usual one; whoever was granted and is refused now does not ask
/// again.
package struct Replay: Sendable {
    /// How requests of one group went.
    package struct GroupCount: Equatable, Sendable {
        package var group: GroupName
        package var requests = 0
        package var grantedBefore = 0
        package var grantedAfter = 0
        package var grantedToRefused = 0
        package var refusedToGranted = 0
        package var waitedBeforeSeconds = 0
        package var waitedAfterSeconds = 0

        package init(group: GroupName) { self.group = group }
    }

    /// How one request stands in one of the two houses.
    private enum Outcome {
        case waiting(since: Instant)
        case granted(waitedMilliseconds: Int64)
        case refused
    }

    private struct Request {
        var group: GroupName
        var isCounted: Bool
        var before: Outcome
        var after: Outcome
    }

    /// Earlier requests are decided too, so that the house is as full as it was, but not counted.
    package static let warmUpSeconds = 86_400

    private var broker: Broker
    private let windows: any WindowSource
    private let since: Instant
    private var now: Instant
    private var subjects: [HolderName: [UnixGroupName]]
    private var requests: [Request] = []
    /// Requests that wait: in the record by the lease they asked for, and here by their place.
    private var waitingBefore: [LeaseID: Int] = [:]
    private var leaseOfPlace: [UInt64: LeaseID] = [:]
    private var waitingAfter: [UInt64: Int] = [:]
    private var places: [UInt64: WaitTicket] = [:]
    private var idCount: UInt64 = 0

    /// - Parameters:
    ///   - site: that the requests meet.
    ///   - state: the present one, for the clock and the unix groups of people.
    ///   - start: where the record begins, `warmUpSeconds` before `since` at best.
    ///   - since: from where on requests are counted.
    /// - Throws: what is wrong with the site.
    package init(
        site: SiteSpec, state: borrowing Broker, from start: Instant, since: Instant,
        windows: any WindowSource
    ) throws(Refusal) {
        self.windows = windows
        self.since = since
        now = start
        subjects = state.knownSubjects
        broker = Broker()
        _ = try broker.decide(.setClock(state.clock), by: .system, at: start)
        _ = try broker.decide(.setSeatLimit(state.seatLimit), by: .system, at: start)
        _ = try broker.decide(.applySite(site), by: .system, at: start, windows: windows)
        _ = broker.takePending()
    }

    /// The next entry of the journal; in their order.
    package mutating func feed(_ entry: JournalEntry) {
        advance(to: entry.at)
        for record in entry.records { feed(record, by: entry.actor) }
    }

    /// How it went, by the group that a request was charged to, refused or waited for at the time; in
    /// the order of names.
    package mutating func finish(at end: Instant) -> [GroupCount] {
        advance(to: end)
        var counts: [GroupName: GroupCount] = [:]
        for request in requests where request.isCounted {
            var count = counts[request.group] ?? GroupCount(group: request.group)
            count.requests += 1
            let before = Self.result(of: request.before, at: end)
            let after = Self.result(of: request.after, at: end)
            count.grantedBefore += before.isGranted ? 1 : 0
            count.grantedAfter += after.isGranted ? 1 : 0
            count.grantedToRefused += before.isGranted && !after.isGranted ? 1 : 0
            count.refusedToGranted += !before.isGranted && after.isGranted ? 1 : 0
            count.waitedBeforeSeconds += before.seconds
            count.waitedAfterSeconds += after.seconds
            counts[request.group] = count
        }
        return counts.values.sorted { $0.group < $1.group }
    }

    /// Who still waits at the end has no seat.
    private static func result(
        of outcome: Outcome, at end: Instant
    ) -> (isGranted: Bool, seconds: Int) {
        switch outcome {
        case .waiting(let since): (false, since.secondsUntil(end))
        case .granted(let milliseconds): (true, Int(milliseconds / 1_000))
        case .refused: (false, 0)
        }
    }

    // MARK: Time

    /// Lets pass what is due by itself, each at its instant.
    private mutating func advance(to instant: Instant) {
        while let due = broker.nextDeadline(after: now), due <= instant, due > now {
            pass(to: due)
        }
        pass(to: max(now, instant))
    }

    private mutating func pass(to instant: Instant) {
        now = instant
        decide(.passTime, by: .system)
    }

    @discardableResult
    private mutating func decide(_ command: Command, by actor: Actor) -> Decision? {
        let decision = try? broker.decide(command, by: actor, at: now, windows: windows)
        takeOutcomes()
        if broker.mayServeLine {
            _ = try? broker.decide(.passTime, by: .system, at: now)
            takeOutcomes()
        }
        _ = broker.takePending()
        broker.settle()
        return decision
    }

    private mutating func takeOutcomes() {
        for (place, outcome) in broker.takeLineOutcomes() {
            guard let request = waitingAfter[place.number],
                case .waiting(let since) = requests[request].after
            else { continue }
            switch outcome {
            case .granted, .held:
                requests[request].after = .granted(
                    waitedMilliseconds: now.milliseconds - since.milliseconds)
            case .refused(.placeTaken): continue
            case .refused: requests[request].after = .refused
            }
            waitingAfter[place.number] = nil
        }
    }

    // MARK: Records

    private mutating func feed(_ record: Record, by actor: Actor) {
        switch record {
        case .leaseGranted(let grant): feed(grant, by: actor)
        case .waitStarted(let waiter): feed(waiter)
        case .refused(let refused): feed(refused, by: actor)
        case .waitAbsent(let place, _): leave(place)
        case .waitResumed(let place, let wait): resume(place, wait)
        case .waitEnded(let place, let end, _): feed(place, end)
        case .leaseRenewed(let id, let deadline):
            guard let holder = broker.lease(id)?.holder else { return }
            let seconds = now.secondsUntil(deadline)
            decide(
                .renew(id, claim: .anyone, subject: subject(holder), ttlSeconds: seconds),
                by: actor)
        case .leaseEnded(let id, .released, _): decide(.release(id, claim: .anyone), by: actor)
        case .leaseEnded(let id, .revoked, let reason):
            decide(.revoke(id, reason: reason ?? "", graceSeconds: 0), by: actor)
        case .leaseRevocationSet(let id, let deadline, let reason):
            decide(
                .revoke(id, reason: reason, graceSeconds: now.secondsUntil(deadline)), by: actor)
        case .subjectSeen(let holder, let unixGroups): subjects[holder] = unixGroups
        case .poolModeSet(let pool, let mode, _): feed(pool, mode, by: actor)
        case .seatCordonSet(let seat, let cordon?):
            let start = cordon.start ?? now
            let seconds = cordon.deadline.map { start.secondsUntil($0) }
            let drain = Command.drainSeat(
                seat, reason: cordon.reason, deadlineSeconds: seconds, start: drainStart(start))
            decide(
                seconds == nil && cordon.start == nil
                    ? .cordonSeat(seat, reason: cordon.reason) : drain, by: actor)
        case .seatCordonSet(let seat, nil), .seatOpened(let seat, _):
            decide(.uncordonSeat(seat), by: actor)
        case .clockSet(let mark): decide(.setClock(mark), by: .system)
        case .seatLimitSet(let limit): decide(.setSeatLimit(limit), by: .system)
        case .tokenFloorSet, .poolPut, .poolRemoved, .groupPut, .groupRemoved, .siteOrdered,
            .seatsAdded, .seatListed, .seatRemoved, .seatRetiring, .seatReclaimed, .leaseEnded,
            .keyRemembered, .rotaSet, .windowsSet, .windowsReach, .turnSet, .leaseCharged,
            .changeRefused, .configurationRead:
            // The site is another, and what follows by itself follows by itself.
            return
        }
    }

    private func subject(_ holder: HolderName, _ vouched: [UnixGroupName]? = nil) -> Subject {
        Subject(holder: holder, unixGroups: vouched ?? subjects[holder] ?? [])
    }

    private mutating func feed(_ grant: GrantedLease, by actor: Actor) {
        if let request = waitingBefore.removeValue(forKey: grant.id) {
            guard case .waiting(let since) = requests[request].before else { return }
            requests[request].before = .granted(
                waitedMilliseconds: now.milliseconds - since.milliseconds)
            return
        }
        let command = GrantCommand(
            id: grant.id, subject: subject(grant.holder, grant.vouched),
            isVouched: grant.vouched != nil, pool: grant.asked.pool, group: grant.asked.group,
            ttlSeconds: grant.asked.ttlSeconds)
        ask(command, by: actor, group: grant.group, before: .granted(waitedMilliseconds: 0))
    }

    private mutating func feed(_ waiter: Waiter) {
        var command = waiter.request
        command.wait = GrantCommand.Wait(seconds: now.secondsUntil(waiter.until))
        waitingBefore[command.id] = requests.count
        leaseOfPlace[waiter.ticket.number] = command.id
        let place = ask(
            command, by: waiter.actor, group: waiter.group, before: .waiting(since: now))
        if let place { places[waiter.ticket.number] = place }
    }

    private mutating func feed(_ refused: RefusedRequest, by actor: Actor) {
        guard let group = refused.group else { return }
        idCount += 1
        let command = GrantCommand(
            id: LeaseID(high: UInt64(clamping: now.milliseconds) << 16, low: idCount),
            subject: subject(refused.holder), pool: refused.pool, ttlSeconds: refused.ttlSeconds,
            wait: refused.waitSeconds.map { GrantCommand.Wait(seconds: $0) })
        ask(command, by: actor, group: group, before: .refused)
    }

    /// Asks again; gives the place where the request waits.
    @discardableResult
    private mutating func ask(
        _ command: GrantCommand, by actor: Actor, group: GroupName, before: Outcome
    ) -> WaitTicket? {
        let index = requests.count
        requests.append(
            Request(group: group, isCounted: now >= since, before: before, after: .refused))
        switch decide(.grant(command), by: actor) {
        case .granted?, .held?, .replayed?:
            requests[index].after = .granted(waitedMilliseconds: 0)
            return nil
        case .waiting(let view)?:
            requests[index].after = .waiting(since: now)
            waitingAfter[view.ticket.number] = index
            return view.ticket
        default: return nil
        }
    }

    private mutating func leave(_ place: WaitTicket) {
        guard let own = places[place.number] else { return }
        decide(.leaveLine(own), by: .system)
    }

    private mutating func resume(_ place: WaitTicket, _ wait: ResumedWait) {
        guard places[place.number] != nil else { return }
        var command = wait.request
        command.wait = GrantCommand.Wait(seconds: now.secondsUntil(wait.until))
        if let known = leaseOfPlace[place.number], let request = waitingBefore[known] {
            waitingBefore[known] = nil
            waitingBefore[command.id] = request
            leaseOfPlace[place.number] = command.id
        }
        if case .waiting(let view)? = decide(.grant(command), by: wait.actor) {
            places[place.number] = view.ticket
        }
    }

    private mutating func feed(_ place: WaitTicket, _ end: WaitEnd) {
        if let id = leaseOfPlace.removeValue(forKey: place.number),
            let request = waitingBefore.removeValue(forKey: id)
        {
            var before = Outcome.refused
            // A lease that was there already came without a grant.
            if end == .granted, case .waiting(let since) = requests[request].before {
                before = .granted(waitedMilliseconds: now.milliseconds - since.milliseconds)
            }
            requests[request].before = before
        }
        if end == .left {
            leave(place)
            if let own = places[place.number], let request = waitingAfter[own.number] {
                requests[request].after = .refused
            }
        }
        places[place.number] = nil
    }

    private mutating func feed(_ pool: PoolName, _ mode: PoolMode, by actor: Actor) {
        let reason = mode.reason ?? ""
        switch mode.kind {
        case .open: decide(.uncordonPool(pool), by: actor)
        case .cordoned: decide(.cordonPool(pool, reason: reason), by: actor)
        case .draining:
            decide(
                .drainPool(
                    pool, reason: reason,
                    deadlineSeconds: mode.deadline.map { now.secondsUntil($0) }),
                by: actor)
        }
        guard let upcoming = mode.upcoming else { return }
        decide(
            .drainPool(
                pool, reason: upcoming.reason,
                deadlineSeconds: upcoming.deadline.map { upcoming.start.secondsUntil($0) },
                start: drainStart(upcoming.start)),
            by: actor)
    }

    private func drainStart(_ start: Instant) -> DrainStart {
        start <= now ? .now : .at(wallMilliseconds: broker.wallMilliseconds(start))
    }
}
