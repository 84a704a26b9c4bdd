import ArgumentParser
import Glibc

/// Durable grants and releases over the control socket of a daemon of its own.
struct GrantBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants",
        abstract: "Starts a daemon of 1,700 seats and lets clients grant and release for a while.",
        discussion: """
            Every answer of the daemon is on disk before it is sent. Beside it stands how many \
            fdatasync calls of 4 KiB the same folder takes a second.
            """)

    @Option(help: "The daemon's program.")
    var brokerd: String

    @Option(help: "Connections at once, one run each, with commas between.")
    var connections = "1,16,64"

    @Option(help: "How long each run takes, in seconds.")
    var seconds = 5

    @Option(help: "Where the state goes during the run: a folder on the disk to be measured.")
    var folder = "/var/tmp"

    func validate() throws {
        guard !counts.isEmpty, counts.allSatisfy({ (1...1_700).contains($0) }) else {
            throw ValidationError("--connections takes numbers from 1 to 1700, as in 1,16,64.")
        }
        guard (1...3_600).contains(seconds) else {
            throw ValidationError("--seconds is from 1 to 3600.")
        }
    }

    private var counts: [Int] { connections.split(separator: ",").compactMap { Int($0) } }

    func run() throws {
        let syncs = try SyncProbe.perSecond(folder: folder)
        print("fdatasync of 4 KiB\t\(syncs)/s")
        let daemon = try Daemon(program: brokerd, folder: folder)
        defer { daemon.stop() }
        print(Figures.header)
        for count in counts {
            let before = daemon.usage()
            let load = try Load(socket: daemon.control, connections: count)
            let figures = try load.run(seconds: seconds)
            let after = daemon.usage()
            print(figures.row(connections: count, before: before, after: after))
        }
        let full = try Load(socket: daemon.control, connections: 1)
        try full.hold(leases: 1_700)
        print("resident with 1,700 leases\t\(daemon.usage().residentKiB / 1_024) MiB")
    }
}

/// What one run gave.
struct Figures {
    var answers: Int
    var seconds: Double
    /// Ascending.
    var latenciesMicroseconds: [Int]

    static let header =
        "connections\tanswers/s\tp50 us\tp99 us\tp99.9 us\tdaemon CPU us\twritten B\tRSS MiB"

    private func percentile(_ share: Double) -> Int {
        guard !latenciesMicroseconds.isEmpty else { return 0 }
        let index = Int(share * Double(latenciesMicroseconds.count))
        return latenciesMicroseconds[min(index, latenciesMicroseconds.count - 1)]
    }

    /// A line of tab-separated figures; CPU and bytes are those of one answer.
    func row(connections: Int, before: Daemon.Usage, after: Daemon.Usage) -> String {
        let cpu = Double(after.cpuMicroseconds - before.cpuMicroseconds) / Double(max(1, answers))
        let written = (after.writtenBytes - before.writtenBytes) / max(1, answers)
        return [
            "\(connections)", "\(Int(Double(answers) / seconds))", "\(percentile(0.5))",
            "\(percentile(0.99))", "\(percentile(0.999))", "\(Int(cpu.rounded()))", "\(written)",
            "\(after.residentKiB / 1_024)",
        ].joined(separator: "\t")
    }
}

/// How fast the disk itself is: the limit of one durable answer after another.
enum SyncProbe {
    static func perSecond(folder: String) throws -> Int {
        let path = "\(folder)/brokerbench-sync.\(getpid())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BenchError("cannot write to \(folder)") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x5A, count: 4_096)
        let start = Ticks.now()
        var count = 0
        while Ticks.now() - start < 1_000_000 {
            // Rewritten in place, as a reused write-ahead log is.
            guard pwrite(descriptor, block, block.count, off_t(count % 256 * 4_096)) == 4_096,
                fdatasync(descriptor) == 0
            else { throw BenchError("cannot write to \(folder)") }
            count += 1
        }
        return count
    }
}

/// Something that keeps a measurement from being one.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The monotonic clock in microseconds.
enum Ticks {
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1_000
    }
}
