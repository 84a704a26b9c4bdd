import ArgumentParser
import BrokerSim
import Glibc
import Synchronization

/// Run after run, of one seed after another.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Runs seed after seed, for a time or a number of requests.",
        discussion: "One seed in eight is run in liveness mode. Ends with 1 at the first finding.")

    @Option(
        name: .customLong("for"), help: "How long: 60s, 30m, 2h.",
        transform: { text in
            guard let seconds = Duration.seconds(text: text) else {
                throw ValidationError("a duration is a number and s, m or h: 60s, 30m, 2h")
            }
            return seconds
        })
    var seconds: Int = 60

    @Option(help: "Ends after so many requests, if they come before the time is over.")
    var total: Int?

    @Option(help: "The first seed; by default the present time, so that every sweep is another.")
    var firstSeed: UInt64?

    @Option(help: "Runs beside each other.")
    var jobs: Int = sysconf(Int32(_SC_NPROCESSORS_ONLN))

    @OptionGroup var options: RunOptions

    @Flag(help: "Go on after a finding; each rule is shown once.")
    var keepGoing = false

    @Flag(help: "Do not shorten the history of a failure.")
    var noShrink = false

    func validate() throws {
        guard jobs >= 1 && jobs <= 256 else { throw ValidationError("--jobs is 1 to 256") }
    }

    func run() async throws {
        let sweep = Sweep(self, firstSeed: firstSeed ?? UInt64(time(nil)) * 1_000_000)
        CrashNote.install()
        await withTaskGroup(of: Void.self) { group in
            for job in 0..<jobs { group.addTask { sweep.work(job: job) } }
        }
        sweep.show(isEnd: true)
        if sweep.hasFailed || !sweep.hasMetEverything { throw ExitCode.failure }
    }
}

/// What the jobs of a sweep share.
private final class Sweep: Sendable {
    private struct State {
        var counts = Counts()
        var runs = 0
        var rules: [String] = []
        var shownAt = 0
    }

    /// Progress is shown every so often.
    private static let showSeconds = 60
    /// So many requests meet everything, as a rule within the first tenth of them.
    private static let enoughOperations = 5_000_000

    private let command: SweepCommand
    private let firstSeed: UInt64
    private let start = ContinuousClock.now
    private let nextSeed: Atomic<UInt64>
    private let state = Mutex(State())

    init(_ command: SweepCommand, firstSeed: UInt64) {
        self.command = command
        self.firstSeed = firstSeed
        nextSeed = Atomic(firstSeed)
        print("first seed \(firstSeed), \(command.jobs) jobs")
        fflush(nil)
    }

    /// A long sweep that never met something is no proof for it.
    var hasMetEverything: Bool {
        let counts = state.withLock { $0.counts }
        let missing = counts.neverMet(hasHalfDays: !command.options.withoutHalfDays)
        guard counts.operations >= Self.enoughOperations, !missing.isEmpty else { return true }
        print("NEVER MET: \(missing.joined(separator: ", "))")
        return false
    }

    var hasFailed: Bool { state.withLock { !$0.rules.isEmpty } }

    private var elapsedSeconds: Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }

    private var isOver: Bool {
        if elapsedSeconds >= Double(command.seconds) { return true }
        return state.withLock { state in
            if let total = command.total, state.counts.operations >= total { return true }
            return !state.rules.isEmpty && !command.keepGoing
        }
    }

    func work(job: Int) {
        while !isOver {
            let seed = nextSeed.wrappingAdd(1, ordering: .relaxed).oldValue
            let mode = seed % 8 == 7 ? Simulation.Mode.liveness : .safety
            CrashNote.enter(job: job, seed: seed)
            let outcome = command.options.simulation(seed: seed, mode: mode).run()
            let isNew = state.withLock { state in
                state.counts.add(outcome.counts)
                state.runs += 1
                guard let rule = outcome.finding?.rule, !state.rules.contains(rule) else {
                    return false
                }
                state.rules.append(rule)
                return true
            }
            if isNew, let finding = outcome.finding {
                Report.show(
                    finding, options: command.options, seed: seed, mode: mode,
                    shrinking: !command.noShrink)
            }
            let isTime = state.withLock { state in
                guard Int(elapsedSeconds) - state.shownAt >= Self.showSeconds else { return false }
                state.shownAt = Int(elapsedSeconds)
                return true
            }
            if isTime { show(isEnd: false) }
        }
    }

    func show(isEnd: Bool) {
        let (counts, runs, rules) = state.withLock { ($0.counts, $0.runs, $0.rules) }
        let seconds = elapsedSeconds
        let rate = Int(Double(counts.operations) / max(seconds, 0.001))
        print(
            """
            \(Int(seconds)) s: \(counts.operations) operations in \(runs) runs, \(rate) a second, \
            \(rules.count) rules broken
            """)
        if isEnd {
            print(
                """
                  granted \(counts.granted), held \(counts.held), changed \(counts.changed)
                  grants refused by rule \(counts.refusedByRule), others \(counts.refused), \
                no space \(counts.noSpace), batches \(counts.batches)
                  crashes \(counts.crashes), by point \(counts.faults), full disks \(counts.fills) \
                (low \(counts.lowOnSpace), restored \(counts.spaceRestored))
                  clock steps \(counts.clockSteps), restores \(counts.restores), \
                audits of everything \(counts.audits)
                """)
        }
        fflush(nil)
    }
}

/// Says which seeds were running when the process dies of a trap, which no code survives to tell.
private enum CrashNote {
    private static let seedsMax = 256
    nonisolated(unsafe) private static let seeds = {
        let seeds = UnsafeMutablePointer<UInt64>.allocate(capacity: seedsMax)
        seeds.initialize(repeating: 0, count: seedsMax)
        return seeds
    }()

    static func enter(job: Int, seed: UInt64) { seeds[job] = seed }

    static func install() {
        _ = seeds
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT] {
            signal(number) { number in
                CrashNote.tell()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    private static func tell() {
        write("FOUND a trap; seeds that were running:")
        for job in 0..<seedsMax where seeds[job] != 0 {
            write(" ")
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
                var rest = seeds[job]
                var start = 20
                while rest > 0 {
                    start -= 1
                    digits[start] = UInt8(48 + rest % 10)
                    rest /= 10
                }
                _ = Glibc.write(2, digits.baseAddress! + start, 20 - start)
            }
        }
        write("\n")
    }

    private static func write(_ text: StaticString) {
        _ = Glibc.write(2, text.utf8Start, text.utf8CodeUnitCount)
    }
}

extension Duration {
    /// `90s`, `30m`, `2h` in seconds; nil for anything else.
    fileprivate static func seconds(text: String) -> Int? {
        guard let unit = text.last, let number = Int(text.dropLast()), number > 0 else {
            return nil
        }
        switch unit {
        case "s": return number
        case "m": return number * 60
        case "h": return number * 3_600
        default: return nil
        }
    }
}
