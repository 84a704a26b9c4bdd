import BrokerLoad
import Glibc

/// A daemon with a state of its own, for the length of a measurement.
final class Daemon {
    /// What the kernel counts of the process.
    struct Usage {
        var cpuMicroseconds: Int
        var writtenBytes: Int
        var residentKiB: Int
    }

    private let folder: String
    private let pid: pid_t

    var control: String { "\(folder)/control.sock" }

    init(program: String, folder parent: String) throws {
        folder = "\(parent)/brokerbench.\(getpid())"
        guard mkdir(folder, 0o755) == 0 else { throw BenchError("cannot make \(folder)") }
        try Self.write(Self.site, to: "\(folder)/site.toml")
        try Self.write(
            """
            [broker]
            state_dir = "\(folder)/state"
            site_file = "\(folder)/site.toml"
            [listen]
            agent = "\(folder)/agent.sock"
            control = "\(folder)/control.sock"
            """, to: "\(folder)/brokerd.toml")
        pid = try Self.spawn([program, "--config", "\(folder)/brokerd.toml"], log: "\(folder)/log")
        let deadline = Ticks.now() + 10_000_000
        while (try? UnixConnection(socket: control)) == nil {
            guard Ticks.now() < deadline else {
                throw BenchError("the daemon did not start; see \(folder)/log")
            }
            usleep(10_000)
        }
    }

    private static let site = """
        [[pool]]
        name = "telework"
        size = 1700
        seat_name = "vdi-%04d"
        seat_host = "vdi-%04d.desk.example"
        [[group]]
        name = "bench"
        members = ["@bench"]
        pools = ["telework"]
        quota = 1700
        """

    private static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BenchError("cannot write \(path)") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw BenchError("cannot write \(path)")
        }
    }

    private static func spawn(_ arguments: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT, 0o644)
        var pid = pid_t()
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        guard posix_spawn(&pid, arguments[0], &actions, nil, pointers, environ) == 0 else {
            throw BenchError("cannot run \(arguments[0])")
        }
        return pid
    }

    func usage() -> Usage {
        func field(_ name: String, in file: String) -> Int {
            for line in Self.text("/proc/\(pid)/\(file)").split(separator: "\n")
            where line.hasPrefix(name) {
                return Int(line.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
            }
            return 0
        }
        // User and system time are the 14th and 15th field; the name before may hold blanks.
        let stat = Self.text("/proc/\(pid)/stat")
        let fields = stat.drop { $0 != ")" }.split(separator: " ").dropFirst(12)
        let ticks = fields.prefix(2).reduce(0) { $0 + (Int($1) ?? 0) }
        return Usage(
            cpuMicroseconds: ticks * 1_000_000 / sysconf(Int32(_SC_CLK_TCK)),
            writtenBytes: field("write_bytes:", in: "io"),
            residentKiB: field("VmRSS:", in: "status"))
    }

    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Removes a folder and the files in it.
    private static func removeFolder(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                unlink("\(path)/\(name)")
            }
            closedir(folder)
        }
        rmdir(path)
    }

    /// Ends the daemon in order and removes what it left.
    func stop() {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        Self.removeFolder("\(folder)/state")
        Self.removeFolder(folder)
    }
}
