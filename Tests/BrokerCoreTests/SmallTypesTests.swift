import Testing

@testable import BrokerCore

/// Ids, patterns, instants and sorted runs.
@Suite struct SmallTypesTests {
    // MARK: LeaseID

    @Test func leaseIDsAsText() {
        let table: [(high: UInt64, low: UInt64, text: String)] = [
            (0, 0, "00000000000000000000000000"), (0, 31, "0000000000000000000000000z"),
            (0, 32, "00000000000000000000000010"), (.max, .max, "7zzzzzzzzzzzzzzzzzzzzzzzzz"),
            (1 << 63, 0, "40000000000000000000000000"),
            (0, 1 << 63, "00000000000008000000000000"),
        ]
        for row in table {
            let id = LeaseID(high: row.high, low: row.low)
            #expect(id.text.count == 26)
            #expect(id.text == row.text)
            #expect(LeaseID(text: id.text) == id)
        }
        var random = Random(seed: 1)
        for _ in 0..<10_000 {
            let id = LeaseID(high: random.next(), low: random.next())
            #expect(LeaseID(text: id.text) == id)
        }
    }

    /// Texts are in the order of the ids, so that they sort by their time.
    @Test func leaseIDsSortAsTexts() {
        var random = Random(seed: 2)
        for _ in 0..<1_000 {
            let a = LeaseID(high: random.next(), low: random.next())
            let b = LeaseID(high: a.high, low: random.next())
            #expect((a.text < b.text) == (a.low < b.low))
        }
    }

    @Test(arguments: [
        "", "0", "0000000000000000000000000", "000000000000000000000000000",
        "80000000000000000000000000", "zzzzzzzzzzzzzzzzzzzzzzzzzz", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "0000000000000000000000000i", "0000000000000000000000000l", "0000000000000000000000000o",
        "0000000000000000000000000u", "0000000000000000000000000 ", "0000000000000000000000000é",
        "-000000000000000000000000 0",
    ])
    func whatIsNoLeaseID(text: String) { #expect(LeaseID(text: text) == nil) }

    // MARK: SeatPattern

    @Test func patternsWriteIndexes() throws {
        let table: [(pattern: String, index: Int, text: String)] = [
            ("vdi-%04d", 1, "vdi-0001"), ("vdi-%04d", 9_999, "vdi-9999"),
            ("vdi-%04d", 10_000, "vdi-10000"), ("%d", 7, "7"), ("%01d", 7, "7"),
            ("a%02d.example", 10, "a10.example"), ("%09d", 1, "000000001"), ("é%de", 3, "é3e"),
        ]
        for row in table {
            #expect(try #require(SeatPattern(row.pattern)).text(row.index) == row.text)
        }
    }

    @Test(arguments: [
        "", "vdi", "%", "%%", "%s", "%0d", "%00d", "%010d", "%4d", "%d%d", "%d%", "100%d%%",
        "%٣d", "%0٣d", "% d", "%+d", "%1$d", "%D",
    ])
    func whatIsNoPattern(text: String) { #expect(SeatPattern(text) == nil) }

    // MARK: Instant

    @Test func secondsAreRoundedUp() {
        let table: [(milliseconds: Int64, seconds: Int)] = [
            (-5_000, 0), (0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (60_000, 60),
        ]
        for row in table {
            let later = House.start.adding(milliseconds: row.milliseconds)
            #expect(House.start.secondsUntil(later) == row.seconds)
        }
        #expect(House.start.adding(seconds: -2) == House.start.adding(milliseconds: -2_000))
    }

    // MARK: SortedRuns

    /// Against a sorted array: random, ascending, descending, and emptied again.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func sortedRunsAreSorted(seed: UInt64) {
        var random = Random(seed: seed)
        var runs = SortedRuns<Int>()
        var model: [Int] = []
        for step in 0..<6_000 {
            // It grows to some thousands, so that runs are cut, and shrinks to nothing.
            let growing = step < 3_500
            if model.isEmpty || random.chance(growing ? 80 : 20) {
                let value =
                    switch seed {
                    case 1: Int.random(in: 0..<1_000_000, using: &random)
                    case 2: step
                    default: -step
                    }
                let position = model.firstIndex { $0 >= value } ?? model.count
                guard position == model.count || model[position] != value else { continue }
                model.insert(value, at: position)
                runs.insert(value)
            } else {
                let position =
                    random.chance(50) ? 0 : Int.random(in: 0..<model.count, using: &random)
                runs.remove(model.remove(at: position))
            }
            if runs.first != model.first || runs.count != model.count || step % 100 == 0 {
                #expect(runs.first == model.first)
                #expect(runs.count == model.count && runs.isEmpty == model.isEmpty)
                #expect(Array(runs) == model)
            }
        }
        while let value = model.popLast() { runs.remove(value) }
        #expect(runs.isEmpty && runs.first == nil && Array(runs) == [])
    }
}
