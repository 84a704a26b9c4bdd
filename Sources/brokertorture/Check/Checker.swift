/// All checks of a history, in four or five readings of it.
///
/// 1. `SurveyReading`: processes, admin changes, calls without an answer, the wall clock.
/// 2. `Observer`: each answer against its question; what it says of leases and keys.
/// 3. `DeadlineCheck`, where an answer did not fit a deadline; `DrainCheck`, without reading.
/// 4. `SeatOrder`, without reading: every lease's end and cause, every seat's order, holders.
/// 5. `CountCheck`: grants, refusals and audits against what groups and pools can have been.
/// 6. The records of what was found, to be shown.
///
/// It holds one entry of some 160 bytes a lease, and no calls: ten million calls take about a minute
/// and 1 GB.
struct Checker {
    private let stream: HistoryStream
    private let graceMicroseconds: Int64
    private let turningAway: TurningAway
    private(set) var findings = Findings()
    private(set) var figures: [(name: String, value: Int)] = []

    init(
        paths: [String], graceMilliseconds: Int, turningAway: TurningAway = TurningAway()
    ) throws {
        self.turningAway = turningAway
        stream = try HistoryStream(paths: paths)
        graceMicroseconds = Int64(graceMilliseconds) * 1_000
    }

    mutating func run() throws {
        let survey = try SurveyReading.read(stream, &findings)
        var observer = Observer(
            survey, stream.words, graceMicroseconds: graceMicroseconds,
            turningAway: turningAway, findings)
        try stream.forEach { place, event in observer.note(event, place) }
        observer.endRepeated()
        findings = observer.findings
        try DeadlineCheck.judge(observer, stream, &findings)
        let drainCount = DrainCheck.judge(observer, &findings)
        var keys = KeyCheck(observer.table)
        keys.judge(observer.keys, &findings)
        let seats = SeatOrder(observer, &findings)
        var counts = CountCheck(observer, seats, stream.words)
        var found = findings
        try stream.forEach { place, event in counts.note(event, place, &found) }
        counts.checkTotals(&found)
        findings = found
        figures = [
            ("calls", survey.callCount), ("acknowledged", survey.doneCount),
            ("refused", survey.callCount - survey.doneCount - survey.unknownCount),
            ("unknown", survey.unknownCount), ("audits", counts.auditCount),
            ("processes", survey.processes.count),
            ("clock_steps", max(0, survey.clocks.count - stream.fileCount)),
            ("leases", observer.table.leases.count), ("seats", seats.bySeat.count),
            ("grants", counts.grantCount), ("grant_refusals", counts.refusalCount),
            ("repeated_keys", keys.keyCount), ("drains", drainCount),
        ]
    }

    /// What was checked and found, to be printed.
    func report() throws -> String {
        var text = "check:"
        for figure in figures { text += " \(figure.name)=\(figure.value)" }
        text += " lost=\(findings.lost) violations=\(findings.total)\n"
        for kind in ViolationKind.allCases {
            guard let count = findings.counts[kind] else { continue }
            text += "\(kind.rawValue): \(count)\n"
        }
        guard !findings.shown.isEmpty else { return text }
        let described = try Descriptions.of(findings.shown.flatMap(\.records), in: stream)
        for violation in findings.shown {
            text += "\n\(violation.kind.rawValue): \(violation.text)\n"
            for record in violation.records { text += "    \(described[record] ?? "?")\n" }
        }
        return text
    }
}
