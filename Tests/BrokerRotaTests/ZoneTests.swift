import BrokerCore
import Testing

@testable import BrokerRota

/// A TZif file as RFC 9636 lays it out, with every part open to mistakes.
struct ZoneFile {
    var version: Character? = "2"
    var times: [Int] = []
    var indexes: [UInt8] = []
    var types: [(offset: Int32, isDaylight: UInt8, name: UInt8)] = [(3_600, 0, 0)]
    var names: [UInt8] = Array("CET\0".utf8)
    var leapSeconds: [UInt8] = []
    var indicators: (standard: Int, ut: Int) = (0, 0)
    var footer = "\nCET-1\n"

    var bytes: [UInt8] {
        guard version != nil else { return header + block(timeBytes: 4) }
        var empty = ZoneFile()
        empty.version = version
        return empty.header + empty.block(timeBytes: 4) + header + block(timeBytes: 8)
            + Array(footer.utf8)
    }

    private var header: [UInt8] {
        let counts = [
            indicators.ut, indicators.standard, leapSeconds.count / 12, times.count, types.count,
            names.count,
        ]
        return Array("TZif".utf8) + [version?.asciiValue ?? 0] + [UInt8](repeating: 0, count: 15)
            + counts.flatMap { Self.bigEndian($0, bytes: 4) }
    }

    private func block(timeBytes: Int) -> [UInt8] {
        var result = times.flatMap { Self.bigEndian($0, bytes: timeBytes) } + indexes
        for type in types {
            result += Self.bigEndian(Int(type.offset), bytes: 4) + [type.isDaylight, type.name]
        }
        result += names + leapSeconds
        return result + [UInt8](repeating: 0, count: indicators.standard + indicators.ut)
    }

    private static func bigEndian(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

@Suite struct ZoneTests {
    private func error(_ change: (inout ZoneFile) -> Void) -> TZifError? {
        var file = ZoneFile()
        change(&file)
        do throws(TZifError) {
            _ = try Zone(name: "Test", tzif: file.bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func wellFormedFiles() {
        for version: Character? in [nil, "2", "3", "4"] {
            #expect(error { $0.version = version } == nil)
            #expect(error { ($0.version, $0.indicators) = (version, (1, 1)) } == nil)
        }
        #expect(error { $0.footer = "\n\n" } == nil)
        #expect(error { ($0.times, $0.indexes) = ([-(1 << 59), 1 << 59], [0, 0]) } == nil)
    }

    @Test func malformedFiles() {
        #expect(error { $0.version = "1" } == .version(UInt8(ascii: "1")))
        #expect(error { $0.version = "5" } == .version(UInt8(ascii: "5")))
        #expect(error { $0.types = [] } == .counts)
        #expect(error { $0.names = [] } == .counts)
        #expect(error { $0.indicators = (2, 0) } == .counts)
        #expect(error { $0.indicators = (0, 2) } == .counts)
        #expect(error { $0.leapSeconds = [UInt8](repeating: 0, count: 12) } == .leapSeconds)
        #expect(error { ($0.times, $0.indexes) = ([5, 5], [0, 0]) } == .transitions)
        #expect(error { ($0.times, $0.indexes) = ([5, 4], [0, 0]) } == .transitions)
        #expect(error { ($0.times, $0.indexes) = ([.min], [0]) } == .transitions)
        #expect(error { ($0.times, $0.indexes) = ([.max], [0]) } == .transitions)
        #expect(error { ($0.times, $0.indexes) = ([5], [1]) } == .localTimeType)
        #expect(error { $0.types[0].isDaylight = 2 } == .localTimeType)
        #expect(error { $0.types[0].name = 4 } == .localTimeType)
        #expect(error { $0.names = Array("CET".utf8) } == .localTimeType)
        #expect(error { $0.types[0].offset = 93_600 } == .localTimeType)
        #expect(error { $0.types[0].offset = -90_000 } == .localTimeType)
        #expect(error { $0.types[0].offset = .min } == .localTimeType)
        #expect(
            error { ($0.times, $0.indexes, $0.footer) = ([5], [0], "\nEET-2\n") }
                == .footerDisagrees)
        #expect(error { $0.footer = "\nCET-1\n\n" } == .length)
        #expect(error { $0.footer = "\nCET-1" } == .footer)
        #expect(error { $0.footer = "" } == .footer)
    }

    @Test func notAZone() {
        for text in ["", "TZ", "TZif", "# version 2025b\n", "TZig2"] {
            #expect(throws: TZifError.self) { try Zone(name: "Test", tzif: Array(text.utf8)) }
        }
    }

    /// No prefix of a file is a file, and none is read beyond its end.
    @Test(arguments: ["Europe/Paris", "Etc/UTC", "America/Santiago"])
    func truncatedFiles(name: String) throws {
        let bytes = try #require(readFile("\(zones.path)/\(name)"))
        #expect(throws: Never.self) { try Zone(name: name, tzif: bytes) }
        for count in 0..<bytes.count {
            #expect(throws: TZifError.self) {
                try Zone(name: name, tzif: Array(bytes.prefix(count)))
            }
        }
    }

    /// Whatever damaged bytes become, an error or another zone, they can be asked without a trap.
    @Test func damagedFiles() throws {
        var random = Random(seed: 3)
        let files = try ["Europe/Paris", "Africa/Casablanca", "Etc/UTC", "America/Nuuk"].map {
            try #require(readFile("\(zones.path)/\($0)"))
        }
        var accepted = 0
        for round in 0..<3_000 {
            var bytes = files[round % files.count]
            // The second header and the footer decide most: half of all damage goes there.
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let near = Int.random(in: 0..<min(60, bytes.count), using: &random)
                let place =
                    Bool.random(using: &random)
                    ? bytes.count - 1 - near : Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            guard let zone = try? Zone(name: "Test", tzif: bytes) else { continue }
            accepted += 1
            let span = zone.span(from: utc("2026-01-01T00:00Z"), to: utc("2060-01-01T00:00Z"))
            for day in stride(from: 20_000, to: 33_000, by: 1_000) {
                #expect(span.first(local: day * 86_400) <= span.last(local: day * 86_400))
            }
            _ = zone.offsetSeconds(at: .earliest)
            _ = zone.offsetSeconds(at: .latest)
        }
        #expect(accepted > 100)
    }

    // MARK: The rule in the footer

    /// The transitions of 2026, and the offsets they lead to.
    @Test(arguments: [
        ("UTC0", ""), ("<+0545>-5:45", ""), ("CET-1", ""),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z 7200 2026-10-25T01:00:00Z 3600"),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-03-29T01:00:00Z 3600 2026-10-25T01:00:00Z 0"),
        (
            "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
            "2026-04-04T15:00:00Z 37800 2026-10-03T15:30:00Z 39600"
        ),
        ("NST3:30NDT,M3.2.0,M11.1.0", "2026-03-08T05:30:00Z -9000 2026-11-01T04:30:00Z -12600"),
        (
            "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
            "2026-03-29T01:00:00Z -3600 2026-10-25T01:00:00Z -7200"
        ),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z 10800 2026-10-23T23:00:00Z 7200"),
        ("A+1:02:03B+0:02:03,J60/0,J365", ""),
        ("AAA0BBB,J60/0,60/0", "2026-03-01T00:00:00Z 3600 2026-03-01T23:00:00Z 0"),
        ("AAA0BBB,0/-167,364/167", "2026-01-06T22:00:00Z 0 2026-12-25T01:00:00Z 3600"),
    ])
    func rules(text: String, expected: String) {
        guard let rule = PosixRule(Array(text.utf8)[...]) else {
            #expect(text.hasPrefix("A+"), "names have three letters")
            return
        }
        let year = utc("2026-01-01T00:00Z").seconds..<utc("2027-01-01T00:00Z").seconds
        let found = rule.transitions(years: 2025...2027).filter { year.contains($0.time) }
            .map { "\(UnixTime(seconds: $0.time)) \($0.offset)" }
        #expect(found.joined(separator: " ") == expected)
    }

    @Test(arguments: [
        "", "UTC", "UT0", "<UT>0", "<UTC0", "UTC0x", "UTC25", "UTC0:60", "UTC-", "CET-1CEST",
        "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M3.5.0,M10.5.0/3,", "CET-1CE,M3.5.0,J1",
        "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J366",
        "CET-1CEST,J1,366", "CET-1CEST,J1/168,J2", "CET-1CEST,J1/-168,J2", "CET-1CEST25,J1,J2",
        "CET-1CEST,M3.5,M10.5.0", "CET-9999999999", "ÉTÉ-1", "CET-24:59:59CEST-27,J1,J2",
    ])
    func noRules(text: String) {
        #expect(PosixRule(Array(text.utf8)[...]) == nil)
    }

    /// RFC 9636, section 3.3.1: daylight-saving time that ends when it begins again.
    @Test func daylightSavingAllYear() {
        let rule = PosixRule(Array("EST5EDT,0/0,J365/25".utf8)[...])
        for month in 1...12 {
            let day = CivilDate(year: 2026, month: month, day: 1)!.dayNumber
            #expect(rule?.offset(at: day * 86_400 + 4 * 3_600) == -14_400)
            #expect(rule?.offset(at: day * 86_400 + 5 * 3_600) == -14_400)
        }
    }

    @Test func leapDaysInRules() {
        let days: [(PosixRule.Day, String, String)] = [
            (.ofCommonYear(59), "2024-02-28", "2026-02-28"),
            (.ofCommonYear(60), "2024-03-01", "2026-03-01"),
            (.ofCommonYear(365), "2024-12-31", "2026-12-31"),
            (.afterNewYear(59), "2024-02-29", "2026-03-01"),
            (.afterNewYear(365), "2024-12-31", "2027-01-01"),
            (.weekday(month: 2, week: 5, day: 4), "2024-02-29", "2026-02-26"),
            (.weekday(month: 2, week: 5, day: 0), "2024-02-25", "2026-02-22"),
            (.weekday(month: 11, week: 1, day: 0), "2024-11-03", "2026-11-01"),
        ]
        for (day, leap, common) in days {
            #expect(CivilDate(dayNumber: day.dayNumber(in: 2024)).description == leap)
            #expect(CivilDate(dayNumber: day.dayNumber(in: 2026)).description == common)
        }
    }

    @Test func withoutFooterTheLastOffsetHolds() throws {
        var file = ZoneFile()
        file.version = nil
        file.types = [(0, 0, 0), (3_600, 1, 0)]
        (file.times, file.indexes) = ([0, 1_000], [1, 0])
        let zone = try Zone(name: "Test", tzif: file.bytes)
        for (instant, offset) in [(-1, 0), (0, 3_600), (999, 3_600), (1_000, 0), (1 << 40, 0)] {
            #expect(zone.offsetSeconds(at: UnixTime(seconds: instant)) == offset)
        }
        #expect(
            zone.transitions(after: .earliest, through: .latest).map(\.offsetSeconds) == [3_600, 0])
        #expect(zone.transitions(after: UnixTime(seconds: 0), through: .latest).count == 1)
        #expect(zone.transitions(after: .earliest, through: UnixTime(seconds: 999)).count == 1)
    }

    @Test func localTime() throws {
        let paris = try zones.zone(named: "Europe/Paris")
        for (instant, text, second) in [
            ("2026-10-24T21:59:59Z", "2026-10-24", 86_399),
            ("2026-10-24T22:00:00Z", "2026-10-25", 0),
            ("2026-10-25T00:59:59Z", "2026-10-25", 10_799),
            ("2026-10-25T01:00:00Z", "2026-10-25", 7_200),
            ("2060-07-14T10:00:00Z", "2060-07-14", 43_200),
        ] {
            let local = paris.local(at: utc(instant))
            #expect(local.date == date(text) && local.secondOfDay == second)
        }
    }
}
