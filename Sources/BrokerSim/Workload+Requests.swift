import BrokerCore

/// What people ask for, and how it comes over the network.
extension Workload {
    // MARK: The network

    /// A request that arrives now: a new one, or one that was under way.
    mutating func request() -> Question {
        if !returning.isEmpty, let index = returning.firstIndex(where: { $0.at <= now }) {
            return again(returning.remove(at: index).question)
        }
        if !network.isEmpty, random.chance(percent: 30) {
            let index = random.below(network.count)
            let late = network[index]
            // It may come a third time.
            if !random.chance(percent: swarm.repeatPercent) {
                network.swapAt(index, network.count - 1)
                network.removeLast()
            }
            return again(late)
        }
        for _ in 0..<3 where network.count < Self.networkCountMax {
            let new = compose()
            if random.chance(percent: swarm.deferPercent) {
                network.append(new)
                continue
            }
            if random.chance(percent: swarm.repeatPercent) { network.append(new) }
            return new
        }
        return compose()
    }

    /// The same request, under the new id that the edge draws for each that it gets.
    private mutating func again(_ question: Question) -> Question {
        guard case .grant(var grant) = question.command else { return question }
        grant.id = nextID()
        return Question(.grant(grant), by: question.actor)
    }

    private mutating func nextID() -> LeaseID {
        idCount += 1
        return LeaseID(high: wallMilliseconds << 16 | idCount >> 32, low: idCount << 20 | 0xB)
    }

    // MARK: Requests

    private mutating func compose() -> Question {
        let kind = Kind.allCases[random.weighted(swarm.weights, sum: weightSum)]
        switch kind {
        case .grant: return grant()
        case .renew, .release, .revoke:
            guard !known.isEmpty else { return grant() }
            let index = random.below(known.count)
            let lease = known[index]
            // Whoever has released a lease mostly knows it.
            if kind == .release, random.chance(percent: 80) {
                forget(index)
            }
            return ofALease(kind, lease)
        case .resize, .poolMode, .poolList, .seatMode, .group, .site, .broker:
            return Question(
                town.command(
                    kind, &random, wall: Int64(wallMilliseconds), seen: seenRevision),
                by: town.admin)
        }
    }

    private mutating func grant() -> Question {
        let person = random.below(swarm.personCount)
        if let last = keyed[person], random.chance(percent: swarm.repeatPercent) {
            var grant = last
            grant.id = nextID()
            // Somebody else's word for the same key.
            if random.once(in: 12) { grant.key?.fingerprint ^= 1 }
            return Question(.grant(grant), by: town.agents[person])
        }
        let byGateway = random.chance(percent: 30)
        var grant = GrantCommand(
            id: nextID(), subject: town.subjects[person],
            isVouched: byGateway && random.chance(percent: 50))
        if random.chance(percent: 25) { grant.pool = town.anyPool(&random) }
        if random.chance(percent: 8) { grant.group = town.anyGroup(&random) }
        if random.chance(percent: 60) { grant.ttlSeconds = anyTTL() }
        if random.chance(percent: swarm.keyPercent) {
            let isNew = random.chance(percent: 85)
            grant.key = GrantCommand.Key(
                text: isNew ? "n\(idCount)" : random.pick(town.keys),
                fingerprint: Self.fingerprint(of: grant) | UInt64(random.below(40) / 39))
            if !byGateway { keyed[person] = grant }
        }
        if let line = swarm.line, random.chance(percent: line.waitPercent) {
            grant.wait = GrantCommand.Wait(
                seconds: random.within(1...line.waitSecondsMax), countMax: line.countMax,
                groupCountMax: line.groupCountMax)
        }
        let actor = byGateway ? random.pick(town.gateways) : town.agents[person]
        return Question(.grant(grant), by: actor)
    }

    /// Bodies that name another pool or group have another fingerprint; the last bit is free.
    private static func fingerprint(of grant: GrantCommand) -> UInt64 {
        guard grant.pool != nil || grant.group != nil else { return 0 }
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in "\(grant.pool?.value ?? "") \(grant.group?.value ?? "")".utf8 {
            hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
        }
        return hash << 1
    }

    /// What a person may ask for; some ask for more than a pool gives.
    private mutating func anyTTL() -> Int {
        random.within(1...(random.once(in: 5) ? 3 : 1) * swarm.ttlSecondsMax)
    }

    private mutating func ofALease(_ kind: Kind, _ known: Known) -> Question {
        let lease =
            random.once(in: 60)
            ? LeaseID(high: random.next(), low: random.next()) : known.lease
        let claim: Claim
        let actor: Actor
        // Whose groups count: the edge looks them up for the lease's holder.
        var subject = town.subjects[known.person]
        if let gateway = known.gateway, random.chance(percent: 60) {
            actor = town.gateways[random.once(in: 10) ? 1 - gateway : gateway]
            claim = .gateway(actor.name)
        } else if random.once(in: 15) {
            actor = town.admin
            claim = .anyone
        } else {
            let person = random.once(in: 20) ? random.below(swarm.personCount) : known.person
            subject = town.subjects[person]
            actor = town.agents[person]
            claim = .holder(subject.holder)
        }
        switch kind {
        case .renew:
            let ttl = random.chance(percent: 70) ? anyTTL() : nil
            return Question(
                .renew(lease, claim: claim, subject: subject, ttlSeconds: ttl), by: actor)
        case .release: return Question(.release(lease, claim: claim), by: actor)
        default:
            let grace = random.chance(percent: 40) ? 0 : random.within(1...swarm.ttlSecondsMax)
            return Question(
                .revoke(lease, reason: random.pick(town.reasons), graceSeconds: grace),
                by: town.admin)
        }
    }
}
