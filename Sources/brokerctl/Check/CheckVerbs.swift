import ArgumentParser
import BrokerAPI
import BrokerText

/// The thresholds of each check where none are given, with the reason for each.
private enum Usual {
    /// A tenth of the seats is what a half-day's change of groups needs; with the last fiftieth people
    /// are refused at any moment.
    static let seats = limits("90%", "98%")
    /// A group at its quota is what quotas are for: worth knowing, and never an emergency.
    static let quota = limits("95%", nil)
    /// A crowd at the change of groups is over in minutes; an hour is not what anybody waits.
    static let queue = limits("50", "500")
    static let oldest = limits("900", "3600")
    /// With 5 % a log or a backup can fill the rest while somebody is on the way.
    static let store = limits("10%:", "5%:")
    /// Leases end within a second of a deadline: half a minute is the patience of two checks.
    static let drain = limits("30", "300")

    private static func limits(_ warning: String, _ critical: String?) -> CheckLimits {
        func threshold(_ text: String) -> CheckThreshold {
            do throws(CheckThreshold.Mistake) {
                return try CheckThreshold(text)
            } catch {
                preconditionFailure(error.text)
            }
        }
        return CheckLimits(warning: threshold(warning), critical: critical.map(threshold))
    }
}

struct CheckSeats: CheckVerb {
    static let title = "SEATS"
    static let configuration = CommandConfiguration(
        commandName: "seats", abstract: Text.aboutCheckSeats.here)

    @Option(help: .text(.checkPool), completion: Completion.pools)
    var pool: String?

    @OptionGroup var limits: CheckLimitOptions
    @OptionGroup var check: CheckOptions

    func report(_ status: Status) -> CheckReport {
        StatusCheck.seats(status, pool: pool, limits.limits(Usual.seats))
    }
}

struct CheckQuota: CheckVerb {
    static let title = "QUOTA"
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: Text.aboutCheckQuota.here)

    @Option(help: .text(.checkGroup), completion: Completion.groups)
    var group: String?

    @OptionGroup var limits: CheckLimitOptions
    @OptionGroup var check: CheckOptions

    func report(_ status: Status) -> CheckReport {
        StatusCheck.quota(status, group: group, limits.limits(Usual.quota))
    }
}

struct CheckQueue: CheckVerb {
    static let title = "QUEUE"
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: Text.aboutCheckQueue.here)

    @Option(help: .text(.checkGroup), completion: Completion.groups)
    var group: String?

    @Option(
        parsing: .unconditional, help: .text(.checkOldestWarning, valueName: "range"),
        transform: CheckLimitOptions.threshold)
    var oldestWarning: CheckThreshold?

    @Option(
        parsing: .unconditional, help: .text(.checkOldestCritical, valueName: "range"),
        transform: CheckLimitOptions.threshold)
    var oldestCritical: CheckThreshold?

    @OptionGroup var limits: CheckLimitOptions
    @OptionGroup var check: CheckOptions

    func validate() throws {
        guard group == nil || (oldestWarning == nil && oldestCritical == nil) else {
            throw ValidationError(Text.checkOldestOfAll)
        }
        try limits.refusePercent()
        for threshold in [oldestWarning, oldestCritical] where threshold?.isPercent == true {
            throw ValidationError(Text.checkNoPercent)
        }
    }

    func report(_ status: Status) -> CheckReport {
        StatusCheck.queue(
            status, group: group, limits.limits(Usual.queue),
            oldest: CheckLimits(
                warning: oldestWarning ?? Usual.oldest.warning,
                critical: oldestCritical ?? Usual.oldest.critical))
    }
}

struct CheckStore: CheckVerb {
    static let title = "STORE"
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: Text.aboutCheckStore.here)

    @OptionGroup var limits: CheckLimitOptions
    @OptionGroup var check: CheckOptions

    func report(_ status: Status) -> CheckReport {
        StatusCheck.store(status, limits.limits(Usual.store))
    }
}

struct CheckDrain: CheckVerb {
    static let title = "DRAIN"
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: Text.aboutCheckDrain.here)

    @Option(help: .text(.checkPool), completion: Completion.pools)
    var pool: String?

    @OptionGroup var limits: CheckLimitOptions
    @OptionGroup var check: CheckOptions

    func validate() throws { try limits.refusePercent() }

    func report(_ status: Status) -> CheckReport {
        StatusCheck.drain(status, pool: pool, limits.limits(Usual.drain))
    }
}

struct CheckAll: CheckVerb {
    static let title = "BROKERD"
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: Text.aboutCheckAll.here)

    @OptionGroup var check: CheckOptions

    func report(_ status: Status) -> CheckReport {
        StatusCheck.all([
            StatusCheck.seats(status, pool: nil, Usual.seats),
            StatusCheck.quota(status, group: nil, Usual.quota),
            StatusCheck.queue(status, group: nil, Usual.queue, oldest: Usual.oldest),
            StatusCheck.store(status, Usual.store),
            StatusCheck.drain(status, pool: nil, Usual.drain),
        ])
    }
}
