package import BrokerStore
import Glibc

extension SQLiteStore {
    /// What the kernel says of the files and their file system; nil where it does not say. Some
    /// microseconds, unless the disk hangs: for the thread that writes to it anyway.
    package var figures: StoreFigures? {
        var status = stat()
        guard stat(paths.database, &status) == 0 else { return nil }
        let databaseBytes = Int(status.st_size)
        var space = statvfs()
        guard statvfs(paths.database, &space) == 0 else { return nil }
        // Space that only root may use is not the daemon's.
        let unit = Int(space.f_frsize)
        return StoreFigures(
            journalWrittenBytes: journalWrittenBytes, databaseBytes: databaseBytes,
            logBytes: paths.logBytes, freeBytes: Int(space.f_bavail) * unit,
            capacityBytes: Int(space.f_blocks) * unit)
    }
}
