import Testing

@testable import BrokerCore

@Suite struct PatternedNamesTests {
    private func names(_ pattern: String, _ count: Int) -> Set<String> {
        guard let parsed = SeatPattern(pattern), count > 0 else { return [] }
        return Set((1...count).map { parsed.text($0) })
    }

    private func pattern(_ random: inout Random) -> String {
        let all = random.chance(40)
        let prefix = random.pick(
            ["a", "a1", "a10", "a0"] + (all ? ["", "1", "10", "a1b", "a1b2"] : []))
        let suffix = random.pick(
            ["", "0", "1", "10"] + (all ? ["b", "1b", "b2", "0b", "1b2"] : []))
        let index = random.pick(["%d", "%01d", "%02d", "%03d", "%04d"])
        return prefix + index + suffix
    }

    /// Arithmetic against enumeration, where prefixes and suffixes that end in digits are many.
    @Test func sharedNamesAreThoseOfTheEnumeration() throws {
        var random = Random(seed: 7)
        var shared = 0
        for _ in 0..<12_000 {
            let (a, b) = (pattern(&random), pattern(&random))
            let counts = [0, 1, 5, 9, 10, 11, 60, 99, 100, 101, 250]
            let (m, n) = (random.pick(counts), random.pick(counts))
            let common = names(a, m).intersection(names(b, n))
            let found = PatternedNames(a, count: m).flatMap { mine in
                PatternedNames(b, count: n).flatMap { mine.sharedName(with: $0) }
            }
            if let found {
                #expect(common.contains(found), "\(a) \(m) \(b) \(n)")
                shared += 1
            } else {
                #expect(common.isEmpty, "\(a) \(m) \(b) \(n): \(common.sorted().prefix(3))")
            }
        }
        #expect(shared > 400)
    }

    @Test func containsWhatTheEnumerationHas() throws {
        var random = Random(seed: 8)
        for _ in 0..<2_000 {
            let (a, b) = (pattern(&random), pattern(&random))
            let mine = names(a, 120)
            let compared = try #require(PatternedNames(a, count: 120))
            for name in names(b, 25) {
                #expect(compared.contains(name) == mine.contains(name), "\(a) \(name)")
            }
        }
    }

    @Test func millionsCostNothing() throws {
        let a = try #require(PatternedNames("a%d", count: 2_000_000))
        let b = try #require(PatternedNames("a19999%d0", count: 2_000_000))
        let c = try #require(PatternedNames("a%07d", count: 999_999))
        #expect(a.sharedName(with: b) == "a1999910")
        #expect(a.sharedName(with: c) == nil)
    }
}
