import BrokerAPI
import Testing

@testable import brokerctl

/// The ranges of plugins, as the guidelines of Nagios have them.
@Suite struct CheckThresholdTests {
    struct Case: Sendable {
        var text: String
        var quiet: [Double]
        var alerting: [Double]
    }

    @Test(arguments: [
        Case(text: "10", quiet: [0, 10, 9.999], alerting: [-0.001, 10.001]),
        Case(text: "10:", quiet: [10, 1e12], alerting: [9.999, -1]),
        Case(text: "~:10", quiet: [-1e12, 10], alerting: [10.001]),
        Case(text: ":10", quiet: [0, 10], alerting: [-1, 11]),
        Case(text: "10:20", quiet: [10, 20], alerting: [9.999, 20.001]),
        Case(text: "@10:20", quiet: [9.999, 20.001], alerting: [10, 15, 20]),
        Case(text: "@10", quiet: [-1, 10.001], alerting: [0, 10]),
        Case(text: "@~:0", quiet: [1], alerting: [0, -5]),
        Case(text: "-5:-1", quiet: [-5, -1], alerting: [-5.001, 0]),
        Case(text: "0.5:1.25", quiet: [0.5, 1.25], alerting: [0.49, 1.26]),
        Case(text: "0", quiet: [0], alerting: [1, -1]),
        Case(text: "~:", quiet: [-1e12, 1e12], alerting: []),
        Case(text: "7:7", quiet: [7], alerting: [6.999, 7.001]),
    ])
    func rangesAlertWhereTheyShould(range: Case) throws {
        let threshold = try CheckThreshold(range.text)
        #expect(!threshold.isPercent)
        for value in range.quiet { #expect(!threshold.range.alerts(on: value), "\(value)") }
        for value in range.alerting { #expect(threshold.range.alerts(on: value), "\(value)") }
    }

    @Test(arguments: [
        "", ":", "@", "@:", "x", "10:5", "1:2:3", "10,5", "1e3", "inf", "nan", "0x10", "+5", "5.",
        ".5", "--5", "~", "~10:", "10:~", "10%:20", "10:20%", "%", "1 0", "１０", "@@1", "10%%",
    ])
    func othersAreMistakes(text: String) {
        #expect(throws: CheckThreshold.Mistake.self) { try CheckThreshold(text) }
    }

    @Test(
        arguments: [
            ("90%", 1_700, "1530"), ("98%", 17, "16.66"), ("10%:", 200, "20:"),
            ("~:7%", 100, "~:7"),
            ("@10%:20%", 50, "@5:10"), ("0%", 10, "0"), ("33.3%", 10, "3.33"), ("100%", 0, nil),
            ("5", 0, "5"),
        ] as [(String, Int, String?)])
    func percentIsOfWhatThereIs(text: String, most: Int, range: String?) throws {
        #expect(try CheckThreshold(text).range(of: most)?.text == range)
    }

    @Test(arguments: [
        ("10", "10"), ("0:10", "10"), ("10:", "10:"), ("~:10", "~:10"), ("@1:2", "@1:2"),
        ("~:", "~:"), ("0:", "0:"), ("1.50:2.250", "1.5:2.25"), ("-1.005:", "-1.005:"),
    ])
    func rangesAreWrittenShort(text: String, written: String) throws {
        #expect(try CheckThreshold(text).range.text == written)
    }

    @Test(arguments: [
        (0, "0"), (-0.0004, "0"), (1.5, "1.5"), (-1.25, "-1.25"), (0.001, "0.001"), (0.05, "0.05"),
        (1e12, "1000000000000"), (2.9996, "3"), (12.34, "12.34"),
    ])
    func numbersHaveNoLocale(value: Double, text: String) {
        #expect(CheckNumber.text(value) == text)
    }
}

@Suite struct CheckReportTests {
    @Test(arguments: [
        ("plain_1.a-b", "plain_1.a-b"), ("a b", "'a b'"), ("it's", "'it''s'"), ("a=b", "'a_b'"),
        ("a|b", "'a_b'"), ("é", "'é'"), ("", "''"), ("a\nb", "'a\\u{a}b'"),
    ])
    func labelsAreQuoted(label: String, quoted: String) {
        #expect(CheckFigure.quoted(label) == quoted)
    }

    @Test func figuresHaveAllTheirParts() throws {
        var figure = CheckFigure(label: "free", value: 12, unit: .bytes, most: 100)
        #expect(figure.text == "free=12B;;;0;100")
        figure.warning = try CheckThreshold("10%:").range(of: 100)
        figure.critical = try CheckThreshold("@5").range
        figure.most = nil
        #expect(figure.text == "free=12B;10:;@5;0;")
    }

    @Test(arguments: [
        ([], CheckState.ok), ([CheckState.ok, .ok], .ok), ([.ok, .unknown], .unknown),
        ([.unknown, .warning], .warning), ([.critical, .unknown, .warning], .critical),
    ])
    func theWorstCounts(states: [CheckState], worst: CheckState) {
        #expect(CheckState.worst(states) == worst)
    }

    @Test func nothingInATextEndsIt() {
        let report = CheckReport(
            title: "X", findings: [.init(state: .critical, text: "a|b\nc\u{1B}[31m")], summary: "")
        #expect(
            report.text == "X CRITICAL - a/b\\u{a}c\\u{1b}[31m\n"
                + "[CRITICAL] a/b\\u{a}c\\u{1b}[31m\n")
    }
}

/// Each check on a status that stands at its bounds.
@Suite struct StatusCheckTests {
    private static let now = Timestamp(milliseconds: 1_795_507_200_000)

    private func status(
        pools: [StatusPool] = [], groups: [StatusGroup] = [], queue: StatusQueue = StatusQueue(),
        state: ServiceState = .serving,
        store: StatusStore = StatusStore(kind: "sqlite", revision: 7)
    ) -> Status {
        Status(
            version: "1", instance: "i", now: Self.now, startedAt: Self.now, state: state,
            seats: StatusSeats(limit: nil, total: 0, counts: PoolSeats(available: 0, leased: 0)),
            pools: pools, groups: groups, queue: queue, store: store)
    }

    private func limits(_ warning: String?, _ critical: String?) throws -> CheckLimits {
        CheckLimits(
            warning: try warning.map { try CheckThreshold($0) },
            critical: try critical.map { try CheckThreshold($0) })
    }

    @Test(arguments: [
        (89, PoolState.open, CheckState.ok), (90, .open, .ok), (91, .open, .warning),
        (98, .open, .warning), (99, .open, .critical), (100, .draining, .ok), (100, .cordoned, .ok),
    ])
    func seats(leased: Int, state: PoolState, wanted: CheckState) throws {
        let pool = StatusPool(
            name: "p", state: state, size: 100, leased: leased, available: 100 - leased)
        let report = StatusCheck.seats(
            status(pools: [pool]), pool: nil, try limits("90%", "98%"))
        #expect(report.state == wanted)
        #expect(report.text.hasPrefix("SEATS \(wanted.word) - "))
    }

    @Test func seatsThatNobodyCanHaveCount() throws {
        let pool = StatusPool(name: "p", state: .open, size: 100, leased: 5, available: 1)
        let report = StatusCheck.seats(status(pools: [pool]), pool: "p", try limits("90%", "98%"))
        #expect(report.state == .critical)
        #expect(report.figures.map(\.text) == ["seats_p=99;90;98;0;100"])
    }

    @Test(
        arguments: [
            (95, 100, CheckState.ok), (96, 100, .warning), (100, 100, .warning), (0, 0, .ok),
            (500, nil, .ok),
        ] as [(Int, Int?, CheckState)])
    func quota(used: Int, quota: Int?, wanted: CheckState) throws {
        let group = StatusGroup(name: "g", used: used, quota: quota)
        let report = StatusCheck.quota(status(groups: [group]), group: nil, try limits("95%", nil))
        #expect(report.state == wanted)
    }

    @Test(arguments: [
        (50, 900, CheckState.ok), (51, 0, .warning), (0, 901, .warning), (501, 0, .critical),
        (1, 3_601, .critical),
    ])
    func queue(waiting: Int, oldest: Int, wanted: CheckState) throws {
        let report = StatusCheck.queue(
            status(queue: StatusQueue(waiting: waiting, oldestSeconds: oldest)), group: nil,
            try limits("50", "500"), oldest: try limits("900", "3600"))
        #expect(report.state == wanted)
    }

    @Test func aGroupsQueueIsItsOwn() throws {
        let groups = [
            StatusGroup(name: "a", used: 0, quota: nil, waiting: 3),
            StatusGroup(name: "b", used: 0, quota: nil, waiting: 4),
        ]
        let report = StatusCheck.queue(
            status(groups: groups, queue: StatusQueue(waiting: 7, oldestSeconds: 99)), group: "b",
            try limits("3", "4"), oldest: try limits("1", "1"))
        #expect(
            report.text == "QUEUE WARNING - 4 requests wait | waiting_b=4;3;4;0;\n"
                + "[WARNING] 4 requests wait\n")
    }

    @Test(arguments: [
        (10, ServiceState.serving, 0, CheckState.ok), (9, .serving, 2, .warning),
        (4, .serving, 0, .critical), (50, .readOnly, 0, .critical), (50, .stopping, 0, .warning),
        (50, .serving, 3, .warning), (50, .serving, 6, .critical),
    ])
    func store(free: Int, state: ServiceState, silence: Int, wanted: CheckState) throws {
        let store = StatusStore(
            kind: "sqlite", revision: 7, lowSpace: state == .readOnly, databaseBytes: 1,
            freeBytes: free << 20, capacityBytes: 100 << 20, writerSilenceSeconds: silence)
        let report = StatusCheck.store(
            status(state: state, store: store), try limits("10%:", "5%:"))
        #expect(report.state == wanted, "\(report.text)")
    }

    @Test(arguments: [
        (StatusHistory.State.current, CheckState.ok), (.behind, .ok), (.failed, .warning),
    ])
    func aHistoryThatTakesNothingIsSaid(state: StatusHistory.State, wanted: CheckState) throws {
        var status = status()
        status.history = StatusHistory(state: state, revision: 3, reason: "no space")
        let report = StatusCheck.store(status, try limits("10%:", "5%:"))
        #expect(report.state == wanted)
        #expect(report.text.contains("the history takes nothing: no space") == (state == .failed))
        #expect(StatusCheck.all([report]).state == wanted)
    }

    @Test(arguments: [
        (ProblemSlug.unavailable, CheckOptions.Unreachable.unknown, CheckState.unknown),
        (.unavailable, .critical, .critical), (.forbidden, .critical, .unknown),
    ])
    func aDaemonThatDoesNotServeIsAway(
        slug: ProblemSlug, unreachable: CheckOptions.Unreachable, wanted: CheckState
    ) {
        let error = CommandError.problem(Problem(slug, detail: nil), about: nil)
        #expect(CheckCommand.finding(error, unreachable: unreachable).state == wanted)
    }

    @Test(arguments: [
        (-60, CheckState.ok), (30, .ok), (31, .warning), (300, .warning), (301, .critical),
    ])
    func drain(overdue: Int, wanted: CheckState) throws {
        let deadline = Timestamp(milliseconds: Self.now.milliseconds - Int64(overdue) * 1_000)
        let pool = StatusPool(
            name: "p", state: .draining, size: 10, leased: 2, available: 8, deadlineAt: deadline)
        let report = StatusCheck.drain(status(pools: [pool]), pool: nil, try limits("30", "300"))
        #expect(report.state == wanted)
    }

    @Test func aDrainWithoutADeadlineIsNeverLate() throws {
        let pool = StatusPool(name: "p", state: .draining, size: 10, leased: 2, available: 8)
        let report = StatusCheck.drain(status(pools: [pool]), pool: nil, try limits("30", "300"))
        #expect(report.state == .ok)
        #expect(report.text.contains("drain_p=2;;;0;10"))
    }

    @Test func whatIsNotThereIsUnknown() throws {
        let none = try limits("1", "1")
        let status = status()
        #expect(StatusCheck.seats(status, pool: "p", none).state == .unknown)
        #expect(StatusCheck.quota(status, group: "g", none).state == .unknown)
        #expect(StatusCheck.queue(status, group: "g", none, oldest: none).state == .unknown)
        #expect(StatusCheck.drain(status, pool: "p", none).state == .unknown)
        // A house without any has nothing that could be wrong.
        #expect(StatusCheck.seats(status, pool: nil, none).state == .ok)
    }
}

@Suite struct LoopbackAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:9470", "127.0.0.1", 9470), ("http://[::1]:80/", "::1", 80),
        ("http://localhost:9470/", "127.0.0.1", 9470),
    ])
    func addressesAreRead(url: String, host: String, port: Int) throws {
        let address = try #require(LoopbackAddress(url: url))
        #expect(address.host == host && address.port == port)
    }

    @Test(arguments: [
        "/run/brokerd/agent.sock", "http://", "http://127.0.0.1", "http://127.0.0.1:0",
        "http://127.0.0.1:70000", "https://127.0.0.1:9470", "http://broker.example:9470",
        "http://127.0.0.1:9470/metrics",
    ])
    func othersAreNone(url: String) {
        #expect(LoopbackAddress(url: url) == nil)
    }
}
