import BrokerAPI
import BrokerCore
import BrokerService
import Glibc
import Testing

@testable import BrokerHTTP

@Suite struct MetricsListTests {
    @Test func namesAreWellFormedAndUnique() {
        let names = MetricsList.all.map(\.name)
        #expect(Set(names).count == names.count)
        for metric in MetricsList.all {
            #expect(metric.name.hasPrefix("brokerd_") || metric.name.hasPrefix("process_"))
            #expect(metric.name.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) })
            #expect(!metric.name.hasSuffix("_total") && !metric.name.hasSuffix("_info"))
            if let unit = metric.unit {
                #expect(metric.name.hasSuffix("_\(unit.rawValue)"), "\(metric.name)")
            } else {
                #expect(!metric.name.hasSuffix("_seconds") && !metric.name.hasSuffix("_bytes"))
            }
            #expect(!metric.help.hasSuffix("."), "\(metric.name)")
            // In the table of a manual they would begin a cell.
            #expect(!metric.help.contains("|"), "\(metric.name)")
        }
    }

    /// A label has to be one of the few whose values no user can make up.
    @Test func labelsAreBounded() {
        let known: Set<String> = [
            "pool", "group", "state", "reason", "outcome", "listener", "cause", "code", "source",
            "version",
        ]
        for metric in MetricsList.all { #expect(known.isSuperset(of: metric.labels)) }
    }

    @Test func theManualHasTheList() throws {
        let page = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let text = try read("/\(page)/Docs/METRICS.md")
        let table = MetricsPage.table(of: MetricsList.all)
        // What to do when this fails: put what is printed between the two lines of the page.
        let start = "\(MetricsPage.start)\n\n"
        let found = text.split(separator: start, maxSplits: 1).last?
            .split(separator: "\n\(MetricsPage.end)", maxSplits: 1).first
        guard found.map(String.init) != table else { return }
        print(table)
        Issue.record("Docs/METRICS.md differs from the list of the code")
    }

    private func read(_ path: String) throws -> String {
        let file = try #require(fopen(path, "r"), "\(path)")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

@Suite struct MetricsFormatTests {
    @Test(arguments: [
        (["*/*"], false), ([], false), (["text/plain"], false),
        (["application/openmetrics-text"], true),
        (["application/openmetrics-text; version=1.0.0; charset=utf-8"], true),
        // As Prometheus 2.42 asks.
        (
            [
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                    + "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
            ], true
        ),
        (["application/openmetrics-text;version=0.0.1", "text/plain;q=0.5"], false),
        (["application/openmetrics-text;q=0.4, text/plain;q=0.5"], false),
        (["application/openmetrics-text;q=0"], false),
        (["application/openmetrics-text;q=x"], false),
        (["APPLICATION/OpenMetrics-Text;Q=0.9"], true),
    ])
    func theClientIsAsked(accept: [String], isOpenMetrics: Bool) {
        let format = MetricsFormat(accept: accept)
        #expect((format == .openMetrics) == isOpenMetrics)
    }

    @Test(arguments: [
        ("plain", "plain"), (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#),
        ("é", "é"),
    ])
    func labelsAreEscaped(text: String, escaped: String) {
        #expect(MetricsWriter.escaped(text) == escaped)
    }
}

@Suite struct HistogramTests {
    @Test func aBoundIsWithin() {
        let histogram = Histogram(bounds: [1, 2])
        for value in [0.5, 1, 1.001, 2, 2.001, 99] { histogram.record(value) }
        #expect(histogram.reading.counts == [2, 2, 2])
        #expect(histogram.reading.sum == 105.502)
    }
}

/// What a daemon's metrics say after something has happened.
@Suite struct MetricsCallTests {
    private func metrics(_ house: House) throws -> [String: String] {
        let answer = try house.ask("GET", "/metrics")
        #expect(answer.status == 200)
        var values: [String: String] = [:]
        for line in answer.body.split(separator: "\n") where !line.hasPrefix("#") {
            let cut = try #require(line.lastIndex(of: " "))
            let isNew =
                values.updateValue(
                    String(line[line.index(after: cut)...]),
                    forKey: String(line[..<cut])) == nil
            #expect(isNew, "\(line)")
        }
        return values
    }

    @Test func countsFollowWhatHappens() throws {
        let house = try House(House.site(size: 1))
        let lease = try house.grant("ann").json(Lease.self)
        _ = try house.grant("ann")
        _ = try house.grant("bob")
        var values = try metrics(house)
        #expect(values[#"brokerd_pool_seats{pool="desks",state="leased"}"#] == "1")
        #expect(values[#"brokerd_pool_seats{pool="desks",state="available"}"#] == "0")
        #expect(values[#"brokerd_group_leases{group="staff"}"#] == "1")
        #expect(values[#"brokerd_group_quota{group="staff"}"#] == nil)
        #expect(values[#"brokerd_lease_grants_total{group="staff"}"#] == "1")
        #expect(values[#"brokerd_grant_answers_total{outcome="granted"}"#] == "1")
        #expect(values[#"brokerd_grant_answers_total{outcome="held"}"#] == "1")
        #expect(values[#"brokerd_grant_refusals_total{reason="pool-exhausted"}"#] == "1")
        #expect(values["brokerd_grant_duration_seconds_count"] == "3")
        #expect(values[#"brokerd_grant_duration_seconds_bucket{le="+Inf"}"#] == "3")
        #expect(try house.ask("DELETE", "/v1/leases/\(lease.id)").status == 204)
        values = try metrics(house)
        #expect(values[#"brokerd_lease_ends_total{reason="released"}"#] == "1")
        #expect(values[#"brokerd_pool_seats{pool="desks",state="leased"}"#] == "0")
    }

    @Test func whoWaitedIsCountedApart() throws {
        let house = try House(House.site(size: 1))
        let lease = try house.grant("ann").json(Lease.self)
        let waiting = try house.startGrant("bob", #""wait_seconds":60"#)
        while house.lineCount() == 0 { usleep(1_000) }
        var values = try metrics(house)
        #expect(values[#"brokerd_line_waiting{group="staff"}"#] == "1")
        #expect(try house.ask("DELETE", "/v1/leases/\(lease.id)").status == 204)
        #expect(try waiting.answer().status == 201)
        values = try metrics(house)
        #expect(values["brokerd_line_wait_seconds_count"] == "1")
        #expect(values["brokerd_grant_duration_seconds_count"] == "1")
        #expect(values[#"brokerd_line_ends_total{reason="granted"}"#] == "1")
        #expect(values[#"brokerd_line_waiting{group="staff"}"#] == "0")
    }

    /// A group that is gone keeps its counter, which must not fall while the process lives.
    @Test func countersOfGroupsThatAreGoneStay() throws {
        let house = try House(House.site(size: 2))
        let lease = try house.grant("ann").json(Lease.self)
        #expect(try house.ask("DELETE", "/v1/leases/\(lease.id)").status == 204)
        #expect(try house.ask("DELETE", "/v1/groups/staff").status == 204)
        let values = try metrics(house)
        #expect(values[#"brokerd_lease_grants_total{group="staff"}"#] == "1")
        #expect(values[#"brokerd_group_leases{group="staff"}"#] == nil)
    }

    @Test func bothFormsAreWhole() throws {
        let house = try House(House.site(size: 1))
        let plain = try house.ask("GET", "/metrics")
        #expect(plain.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(!plain.body.contains("# EOF") && !plain.body.contains("# UNIT"))
        let open = try house.ask(
            "GET", "/metrics", "", "Accept: application/openmetrics-text\r\n")
        let type = "application/openmetrics-text; version=1.0.0; charset=utf-8"
        #expect(open.fields["content-type"] == type)
        #expect(open.body.hasSuffix("\n# EOF\n"))
        #expect(open.body.contains("# UNIT brokerd_grant_duration_seconds seconds\n"))
        #expect(open.body.contains("# TYPE brokerd_lease_renewals counter\n"))
        #expect(plain.body.contains("# TYPE brokerd_lease_renewals_total counter\n"))
        func names(_ body: String) -> Set<Substring> {
            Set(
                body.split(separator: "\n").filter { !$0.hasPrefix("#") }
                    .map { $0.prefix { $0 != " " } })
        }
        #expect(names(plain.body) == names(open.body))
    }
}
