import Glibc

/// What the kernel says of this process; a figure that it does not give is nil.
struct ProcessFigures: Equatable, Sendable {
    var cpuSeconds: Double?
    var residentBytes: Int?
    var virtualBytes: Int?
    var openDescriptors: Int?
    var mostDescriptors: Int?

    /// Now. Reads files of `/proc`, which is memory: no disk can hold it up.
    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
            let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
            figures.cpuSeconds = Double(seconds) + Double(microseconds) / 1e6
        }
        let pages = text(of: "/proc/self/statm").split(separator: " ").prefix(2).map { Int($0) }
        if pages.count == 2 {
            let pageBytes = sysconf(Int32(_SC_PAGESIZE))
            figures.virtualBytes = pages[0].map { $0 * pageBytes }
            figures.residentBytes = pages[1].map { $0 * pageBytes }
        }
        figures.openDescriptors = openDescriptorCount()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur != .max
        {
            figures.mostDescriptors = Int(limit.rlim_cur)
        }
        return figures
    }

    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Two thousand take a millisecond.
    private static func openDescriptorCount() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // `.` and `..`
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // That of the folder itself.
        return count - 1
    }
}
