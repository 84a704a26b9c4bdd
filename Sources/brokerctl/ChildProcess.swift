import BrokerText
import CSpawn
import Glibc

/// The command that `run` runs.
struct ChildProcess {
    let id: pid_t

    /// Why a command cannot be run: what a shell would exit with, and the reason.
    struct Failure: Error {
        let status: Int32
        let reason: Text
    }

    /// Starts a command, found along PATH, without a shell.
    ///
    /// It stays in this process's group, so the terminal's keys reach it as they would without us.
    static func start(
        _ command: [String], environment: [(name: String, value: String)], mask: sigset_t
    ) throws(Failure) -> ChildProcess {
        let path = try find(command[0])
        var arguments = command.map { strdup($0) } + [nil]
        let names = Set(environment.map(\.name))
        var variables = inherited(without: names)
        variables += environment.map { strdup("\($0.name)=\($0.value)") }
        variables.append(nil)
        defer {
            for pointer in arguments + variables { free(pointer) }
        }
        var mask = mask
        let id = cspawn_start(path, &arguments, &variables, &mask, SIGTERM)
        guard id > 0 else {
            let status: Int32 = -id == ENOENT ? 127 : 126
            throw Failure(status: status, reason: Text(verbatim: String(cString: strerror(-id))))
        }
        return ChildProcess(id: id)
    }

    private static func inherited(without names: Set<String>) -> [UnsafeMutablePointer<CChar>?] {
        var result: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let entry = next.pointee {
            // Split as bytes, since "=" with a combining mark behind it is another `Character`, and
            // copied as bytes, since the environment need not be UTF-8.
            let name = String(cString: entry).utf8.prefix { $0 != UInt8(ascii: "=") }
            if !names.contains(String(Substring(name))) { result.append(strdup(entry)) }
            next += 1
        }
        return result
    }

    /// As execvp searches, but never falling back on a shell.
    private static func find(_ name: String) throws(Failure) -> String {
        guard !name.isEmpty else { throw Failure(status: 127, reason: .commandUnnamed) }
        if name.contains("/") { return name }
        var found = false
        let path = Terminal.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = folder.isEmpty ? "./\(name)" : "\(folder)/\(name)"
            var status = stat()
            guard stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                continue
            }
            if access(candidate, X_OK) == 0 { return candidate }
            found = true
        }
        throw found
            ? Failure(status: 126, reason: Text(verbatim: String(cString: strerror(EACCES))))
            : Failure(status: 127, reason: .commandNotFound)
    }

    func send(_ signal: Int32) { kill(id, signal) }

    /// What a shell would report, once it has ended: its code, or 128 and the signal's number.
    func exitStatus() -> Int32? {
        var status: Int32 = 0
        guard waitpid(id, &status, WNOHANG) == id else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
