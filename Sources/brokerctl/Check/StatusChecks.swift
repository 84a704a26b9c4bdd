import BrokerAPI

/// Thresholds of one value; nil never alerts.
struct CheckLimits {
    var warning: CheckThreshold?
    var critical: CheckThreshold?
}

/// What can be checked of a status. The text is English whatever the language, as programs read it.
enum StatusCheck {
    /// Seats that nobody can have, leased or not, of each pool that takes new leases.
    static func seats(_ status: Status, pool wanted: String?, _ limits: CheckLimits) -> CheckReport
    {
        let pools = status.pools.filter { wanted == nil || $0.name == wanted }
        let leased = pools.reduce(0) { $0 + $1.leased }
        let size = pools.reduce(0) { $0 + $1.size }
        var report = CheckReport(
            title: "SEATS", summary: "\(leased) of \(size) seats leased\(percent(leased, of: size))"
        )
        for pool in pools {
            let taken = pool.size - pool.available
            var text =
                "\(pool.name): \(pool.leased) of \(pool.size) leased, \(pool.available) available"
            if pool.state != .open { text += ", \(pool.state.rawValue)" }
            let isOpen = pool.state == .open
            report.add(
                text, CheckFigure(label: "seats_\(pool.name)", value: taken, most: pool.size),
                warning: isOpen ? limits.warning : nil, critical: isOpen ? limits.critical : nil)
        }
        addMissing(wanted, "pool", pools.isEmpty, to: &report)
        return report
    }

    /// Leases of each group that has a quota.
    static func quota(
        _ status: Status, group wanted: String?, _ limits: CheckLimits
    ) -> CheckReport {
        let groups = status.groups.filter { wanted == nil || $0.name == wanted }
        let limited = groups.filter { $0.quota != nil }
        let full = limited.count { group in group.quota.map { group.used >= $0 } ?? false }
        var report = CheckReport(
            title: "QUOTA", summary: "\(full) of \(limited.count) groups at their quota")
        for group in groups {
            let figure = CheckFigure(
                label: "quota_\(group.name)", value: group.used, most: group.quota)
            let text =
                group.quota.map { quota in
                    "\(group.name): \(group.used) of \(quota)\(percent(group.used, of: quota))"
                } ?? "\(group.name): \(group.used), no quota"
            report.add(text, figure, warning: limits.warning, critical: limits.critical)
        }
        addMissing(wanted, "group", groups.isEmpty, to: &report)
        return report
    }

    /// How many wait, and how long the first of all does.
    static func queue(
        _ status: Status, group wanted: String?, _ limits: CheckLimits, oldest: CheckLimits
    ) -> CheckReport {
        let groups = status.groups.filter { wanted == nil || $0.name == wanted }
        let waiting = wanted == nil ? status.queue.waiting : groups.reduce(0) { $0 + $1.waiting }
        let line = waiting == 1 ? "1 request waits" : "\(waiting) requests wait"
        var report = CheckReport(title: "QUEUE", summary: line)
        let label = wanted.map { "waiting_\($0)" } ?? "waiting"
        report.add(
            line, CheckFigure(label: label, value: waiting), warning: limits.warning,
            critical: limits.critical)
        if wanted == nil {
            let seconds = status.queue.oldestSeconds
            let text =
                waiting == 0
                ? "nobody waits" : "the first for \(DurationText.text(seconds: seconds))"
            report.add(
                text, CheckFigure(label: "oldest", value: seconds, unit: .seconds),
                warning: oldest.warning, critical: oldest.critical)
        }
        addMissing(wanted, "group", groups.isEmpty, to: &report)
        return report
    }

    /// After so long without a round the writer is slow, and the daemon says of itself that it is
    /// not well.
    private static let silenceWarning = CheckRange(low: 0, high: 2)
    private static let silenceCritical = CheckRange(low: 0, high: 5)

    /// Whether changes can be written, for how much more there is space, and whether the history
    /// takes them. A history that does not costs nobody a seat: it is caught up from the journal.
    static func store(_ status: Status, _ limits: CheckLimits) -> CheckReport {
        let store = status.store
        var report = CheckReport(
            title: "STORE", summary: "\(status.state.rawValue), revision \(store.revision)")
        let state: CheckState
        switch status.state {
        case .serving: state = .ok
        case .readOnly: state = .critical
        case .stopping: state = .warning
        }
        let full = store.lowSpace ? ", the disk is full and only releases are written" : ""
        report.findings.append(
            CheckReport.Finding(state: state, text: "\(status.state.rawValue)\(full)"))
        if let free = store.freeBytes {
            let share = store.capacityBytes.map { percent(free, of: $0) } ?? ""
            let text = "\(megabytes(free)) MiB free\(share)"
            report.summary += ", \(text)"
            report.add(
                text,
                CheckFigure(label: "free", value: free, unit: .bytes, most: store.capacityBytes),
                warning: limits.warning, critical: limits.critical)
        }
        let silence = store.writerSilenceSeconds
        report.figures.append(
            CheckFigure(
                label: "writer_silence", value: silence, unit: .seconds, warning: silenceWarning,
                critical: silenceCritical))
        if silenceWarning.alerts(on: Double(silence)) {
            report.findings.append(
                CheckReport.Finding(
                    state: silenceCritical.alerts(on: Double(silence)) ? .critical : .warning,
                    text: "the writer has been silent for \(silence) s"))
        }
        if let history = status.history, history.state == .failed {
            let why = history.reason.map { ": \($0)" } ?? ""
            report.findings.append(
                CheckReport.Finding(state: .warning, text: "the history takes nothing\(why)"))
        }
        if let size = store.databaseBytes {
            report.figures.append(CheckFigure(label: "database", value: size, unit: .bytes))
        }
        return report
    }

    /// Leases that are left in pools behind the deadline of their drain.
    ///
    /// - Parameter limits: of seconds since the deadline.
    static func drain(
        _ status: Status, pool wanted: String?, _ limits: CheckLimits
    ) -> CheckReport {
        let pools = status.pools.filter { wanted == nil || $0.name == wanted }
        let draining = pools.filter { $0.state == .draining }
        let left = draining.reduce(0) { $0 + $1.leased }
        var report = CheckReport(
            title: "DRAIN",
            summary: draining.isEmpty
                ? "no pool is being drained"
                : "\(draining.count) being drained, \(left) leases left")
        for pool in draining {
            var overdue = 0
            var text = "\(pool.name): \(pool.leased) left"
            if let deadline = pool.deadlineAt {
                let seconds = Int((status.now.milliseconds - deadline.milliseconds) / 1_000)
                overdue = max(0, seconds)
                text +=
                    seconds > 0
                    ? ", \(DurationText.text(seconds: seconds)) past the deadline"
                    : ", until \(deadline.text)"
            } else {
                text += ", no deadline"
            }
            report.add(
                text, CheckFigure(label: "overdue_\(pool.name)", value: overdue, unit: .seconds),
                warning: limits.warning, critical: limits.critical)
            report.figures.append(
                CheckFigure(label: "drain_\(pool.name)", value: pool.leased, most: pool.size))
        }
        addMissing(wanted, "pool", pools.isEmpty, to: &report)
        return report
    }

    /// All of them in one.
    static func all(_ reports: [CheckReport]) -> CheckReport {
        var report = CheckReport(
            title: "BROKERD", summary: reports.map(\.summary).joined(separator: ", "))
        for part in reports {
            report.findings += part.findings.map { finding in
                CheckReport.Finding(
                    state: finding.state, text: "\(part.title.lowercased()): \(finding.text)")
            }
            report.figures += part.figures
        }
        return report
    }

    private static func addMissing(
        _ wanted: String?, _ kind: String, _ isMissing: Bool, to report: inout CheckReport
    ) {
        guard let wanted, isMissing else { return }
        report.findings = [
            CheckReport.Finding(state: .unknown, text: "there is no \(kind) \(wanted)")
        ]
        report.figures = []
    }

    /// ` (83%)`, and nothing of nothing.
    private static func percent(_ part: Int, of whole: Int) -> String {
        whole > 0 ? " (\(Int((Double(part) / Double(whole) * 100).rounded()))%)" : ""
    }

    private static func megabytes(_ bytes: Int) -> Int { bytes >> 20 }
}
