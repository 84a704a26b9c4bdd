/// What a client that plays the gateway asks for next.
///
/// Every client has people of its own, so that most leases have one client; now and then it
/// asks for another's. Most of it is the daily case, and a tenth what clients do that lost an
/// answer, were too late, or are broken.
struct Traffic {
    /// So many calls with a key can be repeated: well below what the daemon keeps for a holder.
    private static let recentCountMax = 8

    private let client: Int
    private let clientCount: Int
    /// Calls with a key that were answered or lost, the newest last.
    private var recent: [Call] = []
    /// Leases that are over, or another's.
    private var stale: [(id: LeaseKey, holder: Name)] = []
    /// What has to be found out first.
    private var followUps: [Call] = []

    init(client: Int, of clientCount: Int) {
        self.client = client
        self.clientCount = clientCount
    }

    var hasFollowUp: Bool { !followUps.isEmpty }

    /// What lost answers leave to be found out.
    mutating func nextFollowUp() -> Call? { followUps.isEmpty ? nil : followUps.removeFirst() }

    /// - Parameters:
    ///   - key: the number that a new key would get.
    ///   - progress: how much of the load is over, from 0 to 1.
    mutating func next(
        in world: World, key: UInt64, progress: Double, _ random: inout SeededRandom
    ) -> Call {
        let holder = holder(in: world, &random)
        switch random.below(100) {
        case 0..<2:
            guard let call = recent.randomElement(using: &random) else { break }
            return call
        case 2:
            guard var call = recent.randomElement(using: &random) else { break }
            call.amount = call.amount == 900 ? 901 : 900
            return call
        case 3..<6:
            guard let lease = stale.randomElement(using: &random) else { break }
            let kind: CallKind =
                random.percent(50)
                ? .release : random.percent(50) ? .renew : random.percent(50) ? .show : .revoke
            return call(kind, lease.id, of: lease.holder, &random)
        case 6:
            var call = Call(.list)
            call.holder = world.holders[holder].name
            return call
        default: break
        }
        if let lease = world.holders[holder].leases.randomElement(using: &random) {
            let name = world.holders[holder].name
            switch random.below(100) {
            case 0..<52: return call(.release, lease.id, of: name, &random)
            case 52..<76: return call(.renew, lease.id, of: name, &random)
            case 76..<82: return call(.show, lease.id, of: name, &random)
            case 82..<85: return call(.revoke, lease.id, of: name, &random)
            default: break
            }
        }
        let isKeyed = random.percent(60) && world.mayUseKey(holder, progress: progress)
        return grant(for: holder, in: world, key: isKeyed ? key : 0, &random)
    }

    private func holder(in world: World, _ random: inout SeededRandom) -> Int {
        let count = world.holders.count
        if count < clientCount || random.percent(3) { return random.below(count) }
        let mine = (count - client + clientCount - 1) / clientCount
        return client + random.below(mine) * clientCount
    }

    private func call(
        _ kind: CallKind, _ lease: LeaseKey, of holder: Name, _ random: inout SeededRandom
    ) -> Call {
        var call = Call(kind)
        call.lease = lease
        call.holder = holder
        if kind == .renew && random.percent(60) {
            call.amount = random.percent(90) ? random.from(600...14_400) : random.from(1...3)
        }
        if kind == .revoke { call.amount = random.percent(60) ? 0 : random.from(1...3) }
        return call
    }

    private func grant(
        for holder: Int, in world: World, key: UInt64, _ random: inout SeededRandom
    ) -> Call {
        var call = Call(.grant)
        let group = world.groups[world.holders[holder].group]
        call.holder = world.holders[holder].name
        // Left out, it may be any pool of the group, and some may be somebody else's.
        if !group.isWhole || random.percent(60) {
            call.pool = group.pools[random.below(group.pools.count)]
        }
        if random.percent(30) { call.group = group.name }
        switch random.below(10) {
        case 0: call.amount = random.from(1...3)
        case 1..<4: call.amount = random.from(600...14_400)
        default: break
        }
        call.key = key
        return call
    }

    /// The release of a lease of this client's people, as long as there is one.
    func nextRelease(in world: World) -> Call? {
        for holder in stride(from: client, to: world.holders.count, by: clientCount) {
            guard let lease = world.holders[holder].leases.first else { continue }
            var call = Call(.release)
            call.lease = lease.id
            call.holder = world.holders[holder].name
            return call
        }
        return nil
    }

    /// Remembers an answer, or the want of one.
    mutating func finished(
        _ call: Call, in world: inout World, _ random: inout SeededRandom
    ) {
        if call.kind == .grant && call.key != 0 && call.amount != 900 && call.amount != 901 {
            if !recent.contains(where: { $0.key == call.key }) {
                recent.append(Self.again(call))
                if recent.count > Self.recentCountMax { recent.removeFirst() }
            }
        }
        if call.isUnknown && call.kind.isChange { follow(call, &random) }
        for lease in call.listed { world.hold(lease) }
        if let lease = call.found {
            if lease.stage == .ended {
                world.forget(lease.id, of: lease.holder)
                remember(lease.id, of: lease.holder)
            } else {
                world.hold(lease)
                if random.percent(2) { remember(lease.id, of: lease.holder) }
            }
        }
        guard let lease = call.lease else { return }
        let isOver =
            call.kind == .release && call.isDone || call.status == 410 || call.status == 404
        if isOver {
            world.forget(lease, of: call.holder)
            remember(lease, of: call.holder)
        }
    }

    private mutating func remember(_ lease: LeaseKey, of holder: Name) {
        stale.append((lease, holder))
        if stale.count > 32 { stale.removeFirst() }
    }

    /// What a user does whose answer was lost: the same again, or a look.
    private mutating func follow(_ call: Call, _ random: inout SeededRandom) {
        if call.kind == .grant {
            if call.key != 0 && random.percent(80) {
                followUps.append(Self.again(call))
            } else {
                var look = Call(.list)
                look.holder = call.holder
                followUps.append(look)
            }
        } else if random.percent(50) {
            followUps.append(Self.again(call))
        } else {
            var look = Call(.show)
            look.lease = call.lease
            look.holder = call.holder
            followUps.append(look)
        }
    }

    /// The same question without its answer.
    static func again(_ call: Call) -> Call {
        var again = Call(call.kind)
        again.lease = call.lease
        again.holder = call.holder
        again.group = call.group
        again.pool = call.pool
        again.seat = call.seat
        again.key = call.key
        again.amount = call.amount
        return again
    }
}
