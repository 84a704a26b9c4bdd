import BrokerAPI
import BrokerText
import Glibc

/// Instants as people read them: in the zone of the machine, as TZ or /etc/localtime says.
enum LocalTime {
    /// The terminal's own zone.
    static let zone = LocalZone { seconds in Int64(fields(seconds: seconds).tm_gmtoff) }

    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `13:00:00` today, `2026-11-25 13:00:00` on any other day.
    static func text(_ instant: Timestamp, now: Timestamp = now) -> String {
        let then = fields(instant)
        let today = fields(now)
        if then.tm_year == today.tm_year, then.tm_yday == today.tm_yday { return clock(then) }
        return "\(date(then)) \(clock(then))"
    }

    /// `Mon 2026-11-30 13:00`, whatever today is; the seconds only where there are any.
    static func withWeekday(_ instant: Timestamp) -> String {
        let then = fields(instant)
        let weekday = Text.weekdaysFromSunday[Int(then.tm_wday)].here
        let clock = clock(then)
        return "\(weekday) \(date(then)) \(then.tm_sec == 0 ? String(clock.dropLast(3)) : clock)"
    }

    private static func clock(_ time: tm) -> String {
        "\(two(time.tm_hour)):\(two(time.tm_min)):\(two(time.tm_sec))"
    }

    private static func date(_ time: tm) -> String {
        "\(time.tm_year + 1900)-\(two(time.tm_mon + 1))-\(two(time.tm_mday))"
    }

    private static func fields(_ instant: Timestamp) -> tm {
        fields(seconds: instant.milliseconds / 1000)
    }

    private static func fields(seconds: Int64) -> tm {
        var seconds = time_t(seconds)
        var result = tm()
        localtime_r(&seconds, &result)
        return result
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
