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
    /// A writer that sleeps for longer would not feed its watchdog.
    private static let sleepMillisecondsMax: Int64 = 500

    let town: Town
    private var random: Random
    private var idCount: UInt64 = 0

    init(town: Town, seed: UInt64) {
        self.town = town
        random = Random(seed: seed ^ 0x4C49_5645)
    }

    mutating func run(_ world: World) throws(Finding) {
        // Half of the runs go on with the process that met the faults.
        if random.chance(percent: 50) {
            try world.perform(.calm)
            try world.perform(.restart)
            try world.perform(.kill)
        } else {
            try world.perform(.fill(leftBytes: 0))
            try order(world, .setSeatLimit(1_000_000 + random.below(1_000)))
            try world.perform(.calm)
        }
        try wait(world, milliseconds: Self.recoveryMilliseconds)
        guard !world.isLowOnSpace else {
            throw Finding("stays-low-on-space", "ten seconds after there is space")
        }
        try openHouse(world)
        try everybodyGetsASeat(world)
        try everythingEnds(world)
        try world.audit()
    }

    /// Lets time pass as the writer sleeps and wakes: nobody else wakes it.
    private func wait(_ world: World, milliseconds: Int64) throws(Finding) {
        var left = milliseconds
        while left > 0 {
            let sleep = world.sleepMilliseconds
            guard sleep <= Self.sleepMillisecondsMax else {
                throw Finding("oversleeps", "for \(sleep) ms: the watchdog would end it")
            }
            let slept = min(left, max(1, sleep))
            try world.perform(.pass(milliseconds: slept))
            left -= slept
            // The last sleep is not over.
            guard slept >= sleep else { return }
            // What the auditor knows to be due, before the broker gets to it.
            let late = world.now.milliseconds - world.auditor.soonestDeadline()
            guard late <= Self.lateMillisecondsMax else {
                throw Finding("outlives-its-deadline", "by \(late) ms")
            }
            try world.perform(.round)
        }
    }

    private func order(_ world: World, _ command: Command) throws(Finding) {
        try world.perform(.ask(Question(command, by: town.admin)))
        try world.perform(.round)
    }

    /// The admin makes room: one open pool with a seat for everybody.
    private func openHouse(_ world: World) throws(Finding) {
        try order(world, .setSeatLimit(nil))
        let pools = world.broker.poolViews.map(\.spec.name)
        // All are closed before one opens: else whoever waits takes a seat of it.
        for pool in pools {
            try order(world, .drainPool(pool, reason: "anew", deadlineSeconds: 0))
        }
        for pool in pools { try order(world, .uncordonPool(pool)) }
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
        // There is a seat for everybody in the line who may have one; the others are refused.
        let line = world.broker.waitViews(
            pool: nil, group: nil, after: nil, limit: .max, at: world.now
        ).waiters
        if let waiter = line.first(where: \.isConnected) {
            throw Finding("waits-beside-a-free-seat", "\(waiter) waits on")
        }
    }

    private mutating func everybodyGetsASeat(_ world: World) throws(Finding) {
        let people = random.shuffled(Array(town.holders.indices))
        for person in people {
            idCount += 1
            // Who waited has a seat already.
            var own = Broker.LeaseFilter()
            own.holder = town.holders[person]
            let held = world.broker.leases(own, limit: 1).first?.id
            let grant = GrantCommand(
                id: LeaseID(
                    high: UInt64(world.clock.reading.wallMilliseconds) << 16 | 1,
                    low: 1 << 63 | idCount),
                subject: town.subjects[person], ttlSeconds: random.within(1...60))
            try world.perform(.ask(Question(.grant(grant), by: town.agents[person])))
            if random.chance(percent: 30) { try wait(world, milliseconds: 20) }
            try world.perform(.round)
            let lease =
                held.flatMap { world.broker.lease($0)?.state == .active ? $0 : nil } ?? grant.id
            guard world.broker.lease(lease)?.state == .active, world.lastLease == lease else {
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
