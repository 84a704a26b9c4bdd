import BrokerCore
import BrokerRota
import Testing

/// Comparisons with an oracle that shares no code. `Tests/rota/run` makes longer ones.
///
/// One after the other: a test that waits for the oracle keeps a thread from all others.
@Suite(.serialized) struct OracleTests {
    /// Ten years of random rotas, every boundary; two oracles at a time, as machines have two cores.
    @Test func windowsMinuteByMinute() throws {
        let first = Oracle.number("ROTA_ORACLE_FIRST", default: 0)
        let count = Oracle.number("ROTA_ORACLE_COUNT", default: 2)
        let half = (count + 1) / 2
        var oracles = try [
            Oracle("rotas \(first) \(half)"), Oracle("rotas \(first + half) \(count - half)"),
        ]
        var compared = 0
        while !oracles.isEmpty {
            // In turns, so that neither waits for long with its pipe full.
            oracles = try oracles.filter { oracle in
                guard let read = try oracle.nextCase() else { return false }
                try compare(read)
                compared += 1
                return true
            }
        }
        #expect(compared == count)
    }

    private func compare(_ expected: OracleCase) throws {
        let rota = try Rota(expected.spec, groups: expected.groups, zones: zones)
        var windows = 0
        for found in rota.windows(from: expected.from, to: expected.to) {
            let wanted = expected.windows[found.group] ?? []
            windows += wanted.count
            let alone = rota.windows(for: found.group, from: expected.from, to: expected.to)
            #expect(alone == found.windows)
            if found.windows != wanted {
                let extra = found.windows.first { !wanted.contains($0) }
                let missing = wanted.first { !found.windows.contains($0) }
                Issue.record(
                    """
                    seed \(expected.seed), \(expected.spec.timezone), \(found.group.value): \
                    \(extra.map { "\($0) is not the oracle's" } ?? "nothing too much"), \
                    \(missing.map { "\($0) is missing" } ?? "nothing missing")
                    """)
            }
        }
        try askAround(rota, expected)
        print("seed \(expected.seed), \(expected.spec.timezone): \(windows) windows compared")
    }

    /// Single questions, at the edges of windows that the oracle names and at random.
    private func askAround(_ rota: Rota, _ expected: OracleCase) throws {
        var random = Random(seed: 1)
        for name in expected.groups.map(\.name) {
            let windows = expected.windows[name] ?? []
            for _ in 0..<20 {
                guard let window = windows.dropFirst().dropLast().randomElement(using: &random)
                else { break }
                let nexts = windows.firstIndex(of: window).map { windows[$0 + 1] }
                for (time, isOpen) in [
                    (window.start.adding(seconds: -1), false), (window.start, true),
                    (window.end.adding(seconds: -1), true), (window.end, false),
                ] {
                    #expect(rota.isOpen(name, at: time) == isOpen)
                    let period = rota.window(for: name, containing: time)
                    #expect((period != nil) == isOpen)
                    if let start = period?.start { #expect(start == window.start) }
                    if let end = period?.end { #expect(end == window.end) }
                    let next = rota.nextOpening(for: name, after: time)
                    let wanted = time < window.start ? window.start : nexts?.start
                    if let next { #expect(next == wanted) }
                }
            }
        }
    }

    /// The offsets of zones, table and rule, around their transitions and at random.
    @Test func offsetsOfZones() throws {
        let share = Oracle.number("ROTA_ORACLE_ZONES_SHARE", default: 10)
        var zone: Zone?
        var compared = 0
        var isDone = false
        let oracle = try Oracle(
            "offsets \(Oracle.number("ROTA_ORACLE_FIRST", default: 0)) \(share)")
        while let words = oracle.nextLine() {
            switch words[0] {
            case "zone": zone = try zones.zone(named: String(words[1]))
            case "offset":
                let time = UnixTime(seconds: Int(words[1])!)
                let expected = Int(words[2])!
                compared += 1
                if zone?.offsetSeconds(at: time) != expected {
                    Issue.record("\(zone?.name ?? "?") at \(time): \(expected) expected")
                }
            default: isDone = words[0] == "done"
            }
        }
        #expect(isDone && compared > 1_000)
    }
}
