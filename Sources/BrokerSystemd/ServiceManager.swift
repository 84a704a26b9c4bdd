import CSystemd
import Glibc

/// What the daemon tells systemd about itself (sd_notify(3)), and what systemd asks of it.
///
/// Every function does nothing when no service manager listens, so the daemon runs the same in a
/// terminal. Safe from any thread.
package enum ServiceManager {
    /// The daemon serves: units that are ordered after it may start. Also ends a reload.
    package static func ready() { notify("READY=1") }

    /// The one line that `systemctl status` shows.
    ///
    /// - Parameter line: what matters now; a line break would start another assignment and becomes
    ///   a space.
    package static func status(_ line: String) {
        let safe = String(line.map { $0.isNewline || $0 == "\0" ? " " : $0 })
        notify("STATUS=\(safe)")
    }

    /// A reload has begun; `ready()` ends it. systemd takes the time stamp to tell this reload from
    /// an earlier one that ends just now.
    package static func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
        notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The daemon is on its way out.
    package static func stopping() { notify("STOPPING=1") }

    /// How long the daemon may be silent before systemd takes it for stuck and kills it.
    ///
    /// - Returns: `nil` when there is no watchdog for this process. Ping at half the interval.
    package static func watchdogIntervalMicroseconds() -> UInt64? {
        var microseconds: UInt64 = 0
        return sd_watchdog_enabled(0, &microseconds) > 0 ? microseconds : nil
    }

    /// A sign of life.
    package static func watchdogPing() { notify("WATCHDOG=1") }

    private static func notify(_ state: String) {
        // A manager that cannot be told is no reason to stop serving.
        _ = sd_notify(0, state)
    }
}
