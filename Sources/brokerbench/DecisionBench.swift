import ArgumentParser
import BrokerCore

/// How long one decision takes in memory, by the number of seats.
struct DecisionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decisions",
        abstract: "Grants and releases in memory at 1,700 to 1,700,000 seats, half of them leased.")

    @Option(help: "Decisions measured at each size.")
    var count = 200_000

    func validate() throws {
        guard (1_000...100_000_000).contains(count) else {
            throw ValidationError("--count is from 1000 to 100000000.")
        }
    }

    func run() throws {
        print("seats\tns/decision\tratio")
        var first: Double?
        for size in [1_700, 17_000, 170_000, 1_700_000] {
            let nanoseconds = try measure(size: size)
            print("\(size)\t\(Int(nanoseconds))\t\(ratio(nanoseconds, to: first ?? nanoseconds))")
            first = first ?? nanoseconds
        }
    }

    private func ratio(_ value: Double, to base: Double) -> String {
        let hundredths = Int((value / base * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    private func measure(size: Int) throws -> Double {
        var house = try House(size: size)
        for _ in 0..<(size / 2) { try house.grant() }
        let start = Ticks.now()
        for _ in 0..<(count / 2) {
            try house.grant()
            try house.releaseOldest()
        }
        return Double(Ticks.now() - start) * 1_000 / Double(count / 2 * 2)
    }
}

/// A broker with one pool and people who come and go in turn.
private struct House {
    private var broker = Broker()
    private var clock: Int64 = 1_700_000_000_000
    private var came = 0
    private var left = 0
    private let people: Int

    init(size: Int) throws {
        // A third more people than seats: a holder comes back long after its last seat went on.
        people = size + size / 3
        let pool = PoolSpec(name: PoolName("telework"), size: size)
        let group = GroupSpec(
            name: GroupName("all"), members: [.unixGroup(UnixGroupName("all"))],
            pools: [pool.name], quota: size)
        _ = try decide(.applySite(SiteSpec(pools: [pool], groups: [group])))
    }

    private mutating func decide(_ command: Command) throws -> Decision {
        clock += 1
        let decision = try broker.decide(
            command, by: Actor(name: "bench", uid: 0, role: .admin),
            at: Instant(milliseconds: clock))
        _ = broker.takePending()
        broker.settle()
        return decision
    }

    private func id(_ number: Int) -> LeaseID { LeaseID(high: 1, low: UInt64(number)) }

    mutating func grant() throws {
        came += 1
        let subject = Subject(
            holder: HolderName("agent-\(came % people)"), unixGroups: [UnixGroupName("all")])
        _ = try decide(.grant(GrantCommand(id: id(came), subject: subject)))
    }

    mutating func releaseOldest() throws {
        left += 1
        _ = try decide(.release(id(left), claim: .anyone))
    }
}
