import BrokerCore

/// The agents, gateways and admins of a simulated house, and the network between them and the broker:
/// the source of every step of a run.
struct Workload {
    /// What is asked for, in the order of `Swarm.weights`.
    enum Kind: Int, CaseIterable {
        case grant
        case renew
        case release
        case revoke
        case resize
        case poolMode
        case poolList
        case seatMode
        case group
        case site
        case broker

        static let ofAdmins = [
            resize, .poolMode, .poolList, .seatMode, .group, .site, .broker,
        ]

        /// How many runs in a hundred do without it.
        var absentPercent: Int {
            switch self {
            case .grant: 0
            case .renew, .release: 10
            case .revoke, .resize, .poolMode, .seatMode, .group: 35
            case .poolList, .site, .broker: 60
            }
        }

        var weights: ClosedRange<Int> {
            switch self {
            case .grant: 20...200
            case .renew: 5...100
            case .release: 5...120
            case .revoke: 1...20
            case .resize, .poolMode, .seatMode: 1...8
            case .group, .broker: 1...4
            case .poolList, .site: 1...2
            }
        }
    }

    /// What the next steps are for.
    private enum Phase {
        case ask(left: Int)
        case time
        case fault
        case round
    }

    /// A lease as its holder knows it, which may be over or forgotten.
    struct Known {
        var lease: LeaseID
        var person: Int
        var gateway: Int?
    }

    var swarm: Swarm
    let town: Town
    var random: Random
    private var phase = Phase.ask(left: 1)
    private var batchCount = 1
    var known: [Known] = []
    private var nextKnown = 0
    /// Requests under way, which may come late, again, or never.
    var network: [Question] = []
    /// The last request that each person sent with a key, to be sent again.
    var keyed: [GrantCommand?]
    var idCount: UInt64 = 0
    var wallMilliseconds: UInt64 = 1_764_000_000_000
    /// The instant as far as people know it, and instants at which something will be over.
    var now: Int64 = 0
    private var boundaries = Array(repeating: Int64(0), count: 8)
    private var nextBoundary = 0
    let weightSum: Int
    private var isFull = false
    private var hasBackup = false
    /// Requests that wait in the line, as far as their senders know.
    private var inLine: [GrantCommand] = []
    /// Who will be back, and when.
    var returning: [(at: Int64, question: Question)] = []
    /// The journal's revision of the last change of the site that an admin has seen.
    var seenRevision: UInt64 = 0

    private static let knownCountMax = 48
    static let networkCountMax = 64

    init(_ swarm: Swarm) {
        self.swarm = swarm
        random = Random(seed: swarm.seed)
        town = Town(swarm)
        keyed = Array(repeating: nil, count: swarm.personCount)
        weightSum = swarm.weights.reduce(0, +)
    }

    /// What a house begins with.
    mutating func opening() -> [Step] {
        let site = town.site(&random)
        return [.ask(Question(.applySite(site), by: town.admin)), .round]
    }

    /// Tells a person what came of a request; an answer may also get lost on its way.
    mutating func hear(_ question: Question, _ heard: World.Heard) {
        switch heard {
        case .lease(let lease, let now):
            leaveLine(question)
            hear(question, lease, at: now)
        case .noLease: heardOfNoLease(question)
        case .place(let view):
            guard case .grant(let grant) = question.command else { return }
            if inLine.count < Self.networkCountMax { inLine.append(grant) }
            noteBoundary(view.until)
        case .noPlace: leaveLine(question)
        case .lost:
            leaveLine(question)
            comesBack(question)
        case .refused(let earliest):
            guard swarm.turns != nil, let earliest else { return }
            noteBoundary(earliest)
        case .siteChanged(let revision): seenRevision = revision
        }
    }

    private mutating func noteBoundary(_ instant: Instant) {
        // Who has heard nothing yet does not know the time.
        guard now >= SimClock.firstWallMilliseconds else { return }
        boundaries[nextBoundary] = instant.milliseconds
        nextBoundary = (nextBoundary + 1) % boundaries.count
    }

    private mutating func leaveLine(_ question: Question) {
        guard !inLine.isEmpty, case .grant(let grant) = question.command,
            let index = inLine.firstIndex(where: { $0.id == grant.id })
        else { return }
        inLine.remove(at: index)
    }

    /// Some of those who lost their connection have a key, and come back with it: mostly soon, some
    /// at the very end of the time for which their place is kept, some too late.
    private mutating func comesBack(_ question: Question) {
        guard let line = swarm.line, case .grant(let grant) = question.command, grant.key != nil,
            random.chance(percent: line.returnPercent), returning.count < Self.networkCountMax
        else { return }
        let absence = WaitingLimits.absenceSeconds * 1_000
        let delay = random.pick([random.below(absence), absence - 1, absence, 2 * absence, 0])
        returning.append((now + Int64(delay), question))
    }

    private mutating func hear(_ question: Question, _ lease: LeaseView, at now: Instant) {
        self.now = now.milliseconds
        boundaries[nextBoundary] = lease.expiresAt.milliseconds
        if case .grant(let grant) = question.command, grant.key != nil {
            // When the key is over.
            boundaries[(nextBoundary + 1) % boundaries.count] =
                now.milliseconds + Int64(Broker.keyTTLSeconds) * 1_000
        }
        nextBoundary = (nextBoundary + 1) % boundaries.count
        guard case .grant(let grant) = question.command,
            !random.chance(percent: swarm.vanishPercent)
        else { return }
        let new = Known(
            lease: lease.id, person: town.person(grant.subject.holder),
            gateway: town.gateways.firstIndex(of: question.actor))
        if known.count < Self.knownCountMax {
            known.append(new)
        } else {
            known[nextKnown] = new
            nextKnown = (nextKnown + 1) % Self.knownCountMax
        }
    }

    /// Tells a person that a lease is over; not everybody listens.
    private mutating func heardOfNoLease(_ question: Question) {
        let id: LeaseID
        switch question.command {
        case .renew(let lease, _, _, _), .release(let lease, _), .revoke(let lease, _, _):
            id = lease
        default: return
        }
        guard random.chance(percent: 70), let index = known.firstIndex(where: { $0.lease == id })
        else { return }
        forget(index)
    }

    mutating func forget(_ index: Int) {
        known.swapAt(index, known.count - 1)
        known.removeLast()
        nextKnown = 0
    }

    mutating func next() -> Step {
        while true {
            switch phase {
            case .ask(let left):
                phase = left > 1 ? .ask(left: left - 1) : .time
                return .ask(request())
            case .time:
                phase = .fault
                if let step = timePasses() { return step }
            case .fault:
                guard let step = fault() else {
                    phase = .round
                    continue
                }
                // Now and then two things happen before the writer has gone round.
                if !random.chance(percent: 25) { phase = .round }
                return step
            case .round:
                batchCount = 1 + random.below(swarm.batchMax)
                phase = .ask(left: batchCount)
                return .round
            }
        }
    }

    // MARK: Time and faults

    private mutating func timePasses() -> Step? {
        if random.once(in: swarm.nightOnceIn) {
            return pass(Int64(random.within(20_000...60_000)) * 1_000)
        }
        if strikes(swarm.suspendOnceIn) {
            return pass(Int64(random.within(1_000...40_000)))
        }
        if random.once(in: 12), let boundary = boundaries.filter({ $0 > now }).min() {
            // To the very instant at which something is over, or just before it.
            return pass(max(0, boundary - now - (random.chance(percent: 30) ? 1 : 0)))
        }
        return random.chance(percent: 70)
            ? pass(Int64(random.below(swarm.stepMillisecondsMax + 1))) : nil
    }

    private mutating func pass(_ milliseconds: Int64) -> Step {
        wallMilliseconds += UInt64(milliseconds)
        now += milliseconds
        return .pass(milliseconds: milliseconds)
    }

    /// Faults come by the number of requests, not of rounds.
    private mutating func strikes(_ onceIn: Int) -> Bool {
        onceIn > 0 && random.once(in: max(1, onceIn / batchCount))
    }

    private mutating func fault() -> Step? {
        if strikes(swarm.diskFaultOnceIn) { return .arm(diskFault()) }
        if strikes(swarm.killOnceIn) { return .kill }
        if strikes(swarm.powerCutOnceIn) {
            return .powerCut(offMilliseconds: off(), salt: random.next())
        }
        if strikes(swarm.restartOnceIn) { return .restart }
        if strikes(swarm.fillOnceIn) {
            isFull.toggle()
            return isFull ? .fill(leftBytes: random.below(3_000)) : .free
        }
        // What is full is not full for long.
        if isFull, random.once(in: 40) {
            isFull = false
            return .free
        }
        if strikes(swarm.clockStepOnceIn) {
            let hour = 3_600_000
            if let turns = swarm.turns, random.chance(percent: 60) {
                let part = turns.daySeconds * 300
                return .stepClock(milliseconds: Int64(random.within(-part...part)))
            }
            return .stepClock(milliseconds: Int64(random.within(-hour...hour)))
        }
        if strikes(swarm.restoreOnceIn) {
            hasBackup.toggle()
            return hasBackup ? .backUp : .restore
        }
        if let turns = swarm.turns, strikes(turns.zonesOnceIn) { return .updateZones }
        if let line = swarm.line, !inLine.isEmpty, strikes(line.hangUpOnceIn) {
            let grant = inLine.remove(at: random.below(inLine.count))
            comesBack(Question(.grant(grant), by: town.agents[town.person(grant.subject.holder)]))
            return .hangUp(grant.id)
        }
        return nil
    }

    private mutating func off() -> Int64 { Int64(random.pick([200, 5_000, 90_000, 7_200_000])) }

    private mutating func diskFault() -> DiskFault {
        DiskFault(
            point: random.pick(DiskPoint.allCases), kind: random.pick(DiskFault.Kind.allCases),
            salt: random.next(), offMilliseconds: off())
    }
}
