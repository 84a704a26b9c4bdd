import BrokerAPI
import Glibc

/// Instants as people read them: in the zone of the machine, as TZ or /etc/localtime says.
enum LocalTime {
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `13:00:00` today, `2026-11-25 13:00:00` on any other day.
    static func text(_ instant: Timestamp, now: Timestamp = now) -> String {
        let then = fields(instant)
        let today = fields(now)
        let clock = "\(two(then.tm_hour)):\(two(then.tm_min)):\(two(then.tm_sec))"
        if then.tm_year == today.tm_year, then.tm_yday == today.tm_yday { return clock }
        return "\(then.tm_year + 1900)-\(two(then.tm_mon + 1))-\(two(then.tm_mday)) \(clock)"
    }

    private static func fields(_ instant: Timestamp) -> tm {
        var seconds = time_t(instant.milliseconds / 1000)
        var result = tm()
        localtime_r(&seconds, &result)
        return result
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
