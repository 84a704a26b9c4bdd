import BrokerCore
import BrokerEngine

/// The part of a run in which nothing fails any more: what should happen, happens in time.
///
/// The writer is only woken as it asks to be, or by a request, as on a real machine.
struct Liveness {
    /// Ten seconds after faults stop, an entitled request with a free seat is granted.
    private static let recoveryMilliseconds: Int64 = 10_000
    /// No lease outlives its deadline by more.
    private static let lateMillisecondsMax: Int64 = 1_000

    let town: Town
    private var random: Random
    private var idCount: UInt64 = 0

    init(town: Town, seed: UInt64) {
        self.town = town
        random = Random(seed: seed ^ 0x4C49_5645)
    }

    mutating func run(_ world: World) throws(Finding) {
        // Faults stop: there is space, nothing is armed, and the process runs.
        try world.perform(.calm)
        try world.perform(.restart)
        try world.perform(.kill)
        try wait(world, milliseconds: Self.recoveryMilliseconds)
        guard !world.isLowOnSpace else {
            throw Finding("stays-low-on-space", "ten seconds after there is space")
        }
        try openHouse(world)
        try everybodyGetsASeat(world)
        try everythingEnds(world)
    }

    /// Lets time pass as the writer sleeps and wakes.
    private func wait(_ world: World, milliseconds: Int64) throws(Finding) {
        var left = milliseconds
        while left > 0 {
            let sleep = max(1, min(left, world.sleepMilliseconds))
            try world.perform(.pass(milliseconds: sleep))
            left -= sleep
            try world.perform(.round)
            let now = world.now
            if let next = world.broker.nextDeadline,
                now.milliseconds - next.milliseconds > Self.lateMillisecondsMax
            {
                throw Finding(
                    "outlives-its-deadline",
                    "by \(now.milliseconds - next.milliseconds) ms")
            }
        }
    }

    private func order(_ world: World, _ command: Command) throws(Finding) {
        try world.perform(.ask(Question(command, by: town.admin)))
        try world.perform(.round)
    }

    /// The admin makes room: one open pool with a seat for everybody.
    private func openHouse(_ world: World) throws(Finding) {
        try order(world, .setSeatLimit(nil))
        for pool in world.broker.poolViews.map(\.spec.name) {
            try order(world, .drainPool(pool, reason: "anew", deadlineSeconds: 0))
            try order(world, .uncordonPool(pool))
        }
        let hall = PoolName("hall")
        let spec = SiteSpec(
            pools: [
                PoolSpec(
                    name: hall, size: town.holders.count, seatName: "hall-%d",
                    leaseTTLSeconds: 30, leaseTTLSecondsMax: 60)
            ],
            groups: [
                GroupSpec(
                    name: GroupName("all"), members: town.holders.map { .user($0) }, pools: [hall])
            ])
        try order(world, .applySite(spec))
        guard world.broker.poolViews.map(\.spec.name) == [hall] else {
            throw Finding("no-way-back", "the site cannot be applied")
        }
    }

    private mutating func everybodyGetsASeat(_ world: World) throws(Finding) {
        let people = random.shuffled(Array(town.holders.indices))
        for person in people {
            idCount += 1
            let grant = GrantCommand(
                id: LeaseID(
                    high: UInt64(world.clock.reading.wallMilliseconds) << 16 | 1,
                    low: 1 << 63 | idCount),
                subject: town.subjects[person], ttlSeconds: random.within(1...60))
            try world.perform(.ask(Question(.grant(grant), by: town.agents[person])))
            if random.chance(percent: 30) { try wait(world, milliseconds: 20) }
            try world.perform(.round)
            guard world.broker.lease(grant.id)?.state == .active else {
                throw Finding(
                    "entitled-and-refused",
                    "\(town.holders[person].value) has a free seat and gets none")
            }
        }
    }

    private func everythingEnds(_ world: World) throws(Finding) {
        try wait(world, milliseconds: 62_000)
        guard world.broker.leaseCount == 0 else {
            throw Finding(
                "outlives-its-deadline", "\(world.broker.leaseCount) leases are left"
            )
        }
    }
}
