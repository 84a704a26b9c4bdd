import BrokerSite
import Testing

@Suite struct SiteDiffTests {
    @Test func equalTextsHaveNoDifference() {
        #expect(SiteDiff.unified(old: "a\n", new: "a\n") == "")
        #expect(SiteDiff.unified(old: "", new: "") == "")
    }

    @Test(arguments: [
        ("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"),
        ("a\n", "", "@@ -1 +0,0 @@\n-a\n"),
        ("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"),
        (
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nx\n",
            "@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+x\n"
        ),
        (
            "x\n1\n2\n3\n4\n5\n6\ny\n", "1\n2\n3\n4\n5\n6\n",
            "@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n"
        ),
        (
            "x\n1\n2\n3\n4\n5\n6\n7\ny\n", "1\n2\n3\n4\n5\n6\n7\n",
            "@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-y\n"
        ),
        ("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
        ("a\r\n", "a\n", "@@ -1 +1 @@\n-a\r\n+a\n"),
    ])
    func hunks(old: String, new: String, expected: String) {
        #expect(
            SiteDiff.unified(old: old, new: new)
                == "--- site (now)\n+++ site (new)\n" + expected)
    }

    @Test func blocksWithANameMoveAsOne() {
        let blocks = ["a", "b", "c"].map { "[[group]]\nname = \"\($0)\"\nquota = 1\n" }
        let old = blocks.joined(separator: "\n")
        let new = [blocks[0], "[[group]]\nname = \"n\"\nquota = 1\n", blocks[1], blocks[2]]
            .joined(separator: "\n")
        let added = SiteDiff.unified(old: old, new: new).split(separator: "\n").dropFirst(2)
            .filter { $0.hasPrefix("+") }
        #expect(added.count == 4)
        #expect(added.contains("+name = \"n\""))
        #expect(!SiteDiff.unified(old: old, new: new).dropFirst(20).contains("\n-"))
    }

    /// Whoever applies the difference to the old text gets the new one.
    @Test func applyingGivesTheNewText() {
        var random = Random(seed: 11)
        for round in 0..<1_500 {
            let alphabet = round % 2 == 0 ? 6 : 60
            func lines(_ random: inout Random) -> [String] {
                (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    "\(Int.random(in: 0..<alphabet, using: &random))"
                }
            }
            let old = lines(&random)
            var new = round % 3 == 0 ? lines(&random) : old
            for _ in 0..<Int.random(in: 0...4, using: &random) where !new.isEmpty {
                let place = Int.random(in: 0..<new.count, using: &random)
                if random.chance(50) { new.remove(at: place) } else { new.insert("n", at: place) }
            }
            let text = { (lines: [String]) in lines.map { $0 + "\n" }.joined() }
            let diff = SiteDiff.unified(old: text(old), new: text(new))
            #expect(applied(diff, to: old) == new)
        }
    }

    private func applied(_ diff: String, to old: [String]) -> [String]? {
        var result: [String] = []
        var next = 0
        for line in diff.split(separator: "\n").dropFirst(2) {
            if line.hasPrefix("@@") {
                let range = line.split(separator: " ")[1].dropFirst().split(separator: ",")
                let count = range.count > 1 ? Int(range[1])! : 1
                let start = count == 0 ? Int(range[0])! : Int(range[0])! - 1
                guard start >= next else { return nil }
                result += old[next..<start]
                next = start
                continue
            }
            if line.first != "+" {
                guard next < old.count, old[next] == line.dropFirst() else { return nil }
                next += 1
            }
            if line.first != "-" { result.append(String(line.dropFirst())) }
        }
        return result + old[next...]
    }

    @Test func largeTextsThatShareNothingAreCompared() {
        let old = (0..<30_000).map { "old \($0 / 2)\n" }.joined()
        let new = (0..<30_000).map { "new \($0 / 2)\n" }.joined()
        let started = ContinuousClock.now
        let diff = SiteDiff.unified(old: old, new: new)
        #expect(diff.split(separator: "\n").count == 60_003)
        #expect(ContinuousClock.now - started < .seconds(20))
    }
}
