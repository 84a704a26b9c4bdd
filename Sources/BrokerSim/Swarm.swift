import BrokerCore

/// What one run is like. All of it is drawn from the seed, and each run leaves most things out: a
/// swarm of lopsided runs meets more than a thousand alike.
package struct Swarm: Sendable {
    package var seed: UInt64
    package var operationCount: Int

    // MARK: The house

    var poolCount: Int
    /// Most patterned seats that a pool is given.
    var seatCountMax: Int
    var groupCount: Int
    var personCount: Int
    /// Times to live are drawn up to this.
    var ttlSecondsMax: Int
    /// Whether groups have quotas, and reserves, and pools listed seats.
    var hasQuotas: Bool
    var hasReserves: Bool
    var hasListedSeats: Bool

    // MARK: What is asked

    /// How often each kind of request comes, in the order of `Workload.Kind`.
    var weights: [Int]
    /// Requests of one round: up to so many.
    var batchMax: Int
    /// Time between rounds: up to so many milliseconds.
    var stepMillisecondsMax: Int
    /// Once in so many rounds a night passes; 0: never.
    var nightOnceIn: Int

    // MARK: The network, in percent of requests

    var vanishPercent: Int
    var deferPercent: Int
    var repeatPercent: Int
    var keyPercent: Int

    // MARK: Faults, once in so many requests; 0: never

    var diskFaultOnceIn: Int
    var killOnceIn: Int
    var powerCutOnceIn: Int
    var restartOnceIn: Int
    var fillOnceIn: Int
    var clockStepOnceIn: Int
    var suspendOnceIn: Int
    var restoreOnceIn: Int
    /// Ended leases that the broker remembers.
    var endedCountMax: Int

    /// Groups that take turns; nil: there is no rota.
    var turns: Turns?
    /// The waiting line; nil: nobody waits.
    var line: Line?
    /// Drains that begin later, in percent.
    var laterDrainPercent: Int
    /// The store takes a snapshot every so many records.
    package var snapshotRecordCount: UInt64

    /// - Parameter hasHalfDays: false leaves rotas, the line and drains to come out, and all else as
    ///   the seed has it.
    package init(seed: UInt64, operationCount: Int? = nil, hasHalfDays: Bool = true) {
        var random = Random(seed: seed ^ 0x5357_4152_4D00_0001)
        self.seed = seed
        // Few seats make many collisions; now and then a house as large as they come.
        let isLarge = random.once(in: 200)
        poolCount = random.within(1...4)
        seatCountMax = isLarge ? random.within(100...600) : random.pick([1, 3, 6, 12, 30])
        groupCount = random.within(1...6)
        personCount = isLarge ? random.within(100...800) : random.pick([3, 8, 14, 40])
        ttlSecondsMax = random.pick([5, 120, 3_600, 43_200])
        hasQuotas = random.chance(percent: 70)
        hasReserves = random.chance(percent: 50)
        hasListedSeats = random.chance(percent: 50)
        weights = Workload.Kind.allCases.map { kind in
            random.chance(percent: kind.absentPercent) ? 0 : random.within(kind.weights)
        }
        // Admins of a large house are as many as those of a small one.
        if isLarge { for kind in Workload.Kind.ofAdmins { weights[kind.rawValue] = 1 } }
        // Without grants nothing happens.
        weights[0] = max(weights[0], 30)
        batchMax = random.pick([1, 2, 4, 16, 64, isLarge || random.once(in: 4) ? 700 : 200])
        stepMillisecondsMax = random.pick([3, 400, 5_000, 60_000, 900_000])
        nightOnceIn = random.pick([0, 0, 300, 3_000])
        vanishPercent = random.pick([0, 0, 5, 30])
        deferPercent = random.pick([0, 10, 40])
        repeatPercent = random.pick([0, 5, 25])
        keyPercent = random.pick([0, 20, 90])
        func rate(_ random: inout Random, _ choices: [Int]) -> Int {
            random.chance(percent: 50) ? 0 : random.pick(choices)
        }
        diskFaultOnceIn = rate(&random, [800, 4_000, 10_000])
        killOnceIn = rate(&random, [3_000, 12_000])
        powerCutOnceIn = rate(&random, [3_000, 12_000])
        restartOnceIn = rate(&random, [4_000, 12_000])
        fillOnceIn = rate(&random, [800, 6_000])
        clockStepOnceIn = rate(&random, [300, 3_000])
        suspendOnceIn = rate(&random, [300, 3_000])
        restoreOnceIn = rate(&random, [3_000, 12_000])
        snapshotRecordCount = UInt64(random.pick([200, 1_000, 3_000, 10_000]))
        endedCountMax = random.pick([16, 100, 100, 400, Broker.endedCountMaxDefault])
        self.operationCount = operationCount ?? (isLarge ? 10_000 : 20_000)

        // What came later is drawn from numbers of its own: a seed stays what it was without it.
        var others = Random(seed: seed ^ 0x524F_5441_0000_0005)
        turns = others.chance(percent: 50) ? Turns(&others) : nil
        line = others.chance(percent: 50) ? Line(&others) : nil
        laterDrainPercent = others.chance(percent: 40) ? others.pick([10, 50]) : 0
        guard !hasHalfDays else { return }
        turns = nil
        line = nil
        laterDrainPercent = 0
    }

    /// How groups take turns.
    struct Turns {
        /// How long a day of the rota is.
        var daySeconds: Int
        var cycleWeeks: Int
        var slotCount: Int
        var graceSecondsMax: Int
        /// Groups without slots, in percent.
        var alwaysPercent: Int
        /// How much of its time a group is in turn, in percent.
        var slotPercent: Int
        var exceptionCountMax: Int
        /// Once in so many requests there are other time zones; 0: never.
        var zonesOnceIn: Int

        init(_ random: inout Random) {
            daySeconds = random.pick([120, 600, 600, 3_600, 86_400])
            cycleWeeks = random.pick([1, 1, 2, 3])
            slotCount = random.within(1...5)
            graceSecondsMax = random.pick([0, daySeconds / 40, daySeconds / 5])
            alwaysPercent = random.pick([0, 20, 60])
            slotPercent = random.pick([20, 50, 80])
            exceptionCountMax = random.pick([0, 3, 12])
            zonesOnceIn = random.pick([0, 500, 4_000])
        }
    }

    /// How people wait.
    struct Line {
        /// Requests that wait, in percent.
        var waitPercent: Int
        var waitSecondsMax: Int
        /// Most places in all, and of a group.
        var countMax: Int
        var groupCountMax: Int
        /// Once in so many requests a connection goes; 0: never.
        var hangUpOnceIn: Int
        /// How many of those with a key come back, in percent.
        var returnPercent: Int

        init(_ random: inout Random) {
            waitPercent = random.pick([10, 40, 90])
            waitSecondsMax = random.pick([5, 60, 600, 43_200])
            countMax = random.pick([2, 12, 5_000])
            groupCountMax = random.pick([1, 6, 1_000])
            hangUpOnceIn = random.pick([0, 20, 200])
            returnPercent = random.pick([20, 70, 95])
        }
    }
}
