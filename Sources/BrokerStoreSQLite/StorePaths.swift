import BrokerStore
import Glibc

/// The files of a state directory.
struct StorePaths: Sendable {
    let directory: String

    var database: String { directory + "/broker.sqlite" }
    var lock: String { directory + "/lock" }
    var reserve: String { directory + "/reserve" }
    var tip: String { directory + "/tip" }

    var hasDatabase: Bool { access(database, F_OK) == 0 }

    /// Whether SQLite would make a new database there. A damaged one is not empty.
    var isDatabaseEmpty: Bool {
        var file = stat()
        return stat(database, &file) != 0 ? errno == ENOENT : file.st_size == 0
    }

    /// The length of the write-ahead log; 0 without one.
    var logBytes: Int {
        var file = stat()
        return stat(database + "-wal", &file) == 0 ? Int(file.st_size) : 0
    }

    /// Makes the directory, open to its owner alone, if it is not there.
    func makeDirectory() throws(StoreError) {
        guard mkdir(directory, 0o700) != 0, errno != EEXIST else { return }
        throw Self.error("cannot make the directory \(directory)", errno)
    }

    /// Makes the names of new files durable.
    func syncDirectory() throws(StoreError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error("cannot open \(directory)", errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.error("cannot sync \(directory)", errno) }
    }

    /// Makes what is in the write-ahead log durable.
    func syncLog() throws(StoreError) {
        let descriptor = open(database + "-wal", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error("cannot open \(database)-wal", errno) }
        defer { Glibc.close(descriptor) }
        guard fdatasync(descriptor) == 0 else {
            throw Self.error("cannot sync \(database)-wal", errno)
        }
    }

    func releaseReserve() { unlink(reserve) }

    /// Allocates the reserve; it is all there or not at all.
    ///
    /// A new one is made only where as much again stays free: on a disk that is as good as full, what
    /// was just given back would be taken again at once, and given back again.
    func restoreReserve(bytes: Int) -> Bool {
        if hasReserve(bytes: bytes) { return true }
        var disk = statvfs()
        guard statvfs(directory, &disk) == 0,
            disk.f_bavail * disk.f_frsize >= UInt(2 * bytes)
        else { return false }
        let descriptor = open(reserve, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        guard posix_fallocate(descriptor, 0, off_t(bytes)) == 0 else {
            unlink(reserve)
            return false
        }
        return true
    }

    private func hasReserve(bytes: Int) -> Bool {
        var file = stat()
        return stat(reserve, &file) == 0 && file.st_size == off_t(bytes)
            && file.st_blocks * 512 >= bytes
    }

    static func error(_ what: String, _ number: Int32) -> StoreError {
        if number == ENOSPC || number == EDQUOT { return .full }
        return .failed("\(what): \(String(cString: strerror(number)))")
    }
}

/// Holds a state directory for one process, until it is released or let go.
final class StoreLock {
    private var descriptor: Int32

    /// - Throws: `inUse` with the process that has it.
    init(path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorePaths.error("cannot open \(path)", errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.text(descriptor)
            Glibc.close(descriptor)
            throw .inUse(holder.isEmpty ? path : "\(path), process \(holder)")
        }
        // Only a hint for the message above; the lock itself is what counts.
        _ = ftruncate(descriptor, 0)
        let pid = "\(getpid())"
        _ = pid.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    private static func text(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return "" }
        return String(decoding: buffer[..<count].filter { (48...57).contains($0) }, as: UTF8.self)
    }

    func release() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    deinit { release() }
}
