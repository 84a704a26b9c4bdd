import BrokerHTTP
import BrokerService
import BrokerSystemd
import Glibc
import Synchronization

/// What the service manager hears of the writer: that it is alive, and the numbers that matter.
final class Supervision: Sendable {
    private struct State {
        weak var service: BrokerService?
        weak var server: HTTPServer?
        var pingedAt: UInt64 = 0
        var toldAt: UInt64 = 0
        var trimmedAt: UInt64 = 0
        var line = ""
    }

    /// The status line is looked at so often, and sent when it has changed.
    private static let tellMicroseconds: UInt64 = 1_000_000
    /// Free memory goes back so often: a crowd is over within seconds.
    private static let trimMicroseconds: UInt64 = 30_000_000

    private let log: BrokerLog
    private let pingMicroseconds: UInt64?
    private let state = Mutex(State())

    init(_ log: BrokerLog) {
        self.log = log
        // Half the interval is what sd_watchdog_enabled(3) asks for; a third is safer.
        pingMicroseconds = ServiceManager.watchdogIntervalMicroseconds().map { $0 / 3 }
    }

    var service: BrokerService? {
        get { state.withLock { $0.service } }
        set { state.withLock { $0.service = newValue } }
    }

    var server: HTTPServer? {
        get { state.withLock { $0.server } }
        set { state.withLock { $0.server = newValue } }
    }

    var hooks: ServiceHooks {
        var hooks = ServiceHooks()
        hooks.writerIsAlive = { [weak self] in self?.writerIsAlive() }
        hooks.note = { [log] in log.note($0) }
        hooks.fail = { [log] message in
            log.storeFailed(message)
            // Nothing that is still in memory may be believed or answered: no handlers, no flushing.
            _exit(1)
        }
        return hooks
    }

    /// Sends the status line, if it has changed.
    func tell() {
        guard let service else { return }
        let line = StatusReport.line(of: service)
        let isNew = state.withLock { state in
            defer { state.line = line }
            return state.line != line
        }
        if isNew { ServiceManager.status(line) }
    }

    /// From the writer's own thread, so that a writer that is stuck goes silent.
    private func writerIsAlive() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
        let (ping, tell, trim) = state.withLock { state in
            var due = (ping: false, tell: false, trim: false)
            if let interval = pingMicroseconds, now - state.pingedAt >= interval {
                state.pingedAt = now
                due.ping = true
            }
            if now - state.toldAt >= Self.tellMicroseconds {
                state.toldAt = now
                due.tell = true
            }
            if now - state.trimmedAt >= Self.trimMicroseconds {
                state.trimmedAt = now
                due.trim = true
            }
            return due
        }
        if ping { ServiceManager.watchdogPing() }
        if tell { self.tell() }
        if trim { service?.background { ProcessMemory.giveBack() } }
    }
}
