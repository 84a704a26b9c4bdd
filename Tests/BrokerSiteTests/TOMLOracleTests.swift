import BrokerCore
import TOMLKit
import Testing

@testable import BrokerSite

/// The broker's reader against an independent one, toml++ in TOMLKit, on texts of all kinds: what
/// the broker accepts, the other accepts too and understands alike.
///
/// What the broker refuses is not shown to the other: an assertion in toml++ 3.4 ends the process at
/// some texts that are no TOML.
@Suite struct TOMLOracleTests {
    private static let pieces = [
        "[", "[[", "]", "]]", "a", "b", ".", "=", " ", "\n", "\"", "'", "\"\"\"", "'''", "{", "}",
        ",", "#", "1", "0", "0x", "_", "-", "+", "e", "true", "\\", "\\u00e9", "\\n", "\r\n", "\t",
        "inf", "1979-05-27", "T", "07:32:00", "Z", "a.b", "é", "\"a\"", "5e1", ".5", "\\\n",
    ]

    private static let lines = [
        "[a]", "[a.b]", "[[a]]", "[[a.b]]", "[a.b.c]", "a=1", "b=1", "a.b=1", "a.b.c=1", "b.c=1",
        "b.d=2", "c=3", "a={b=1}", "a={}", "a=[]", "a=[{}]", "[b]", "[b.c]", "c.d=1", "[[b.c]]",
        "d=1979-05-27", "d=2000-02-29", "x={a.b=1,a.c=2}", "x={a={},a.b=1}", "s='''x\n'y'''",
        "s=\"\"\"\\\n  z\"\"\"", "n=[1,\n2,]",
    ]

    private static let site = """
        [[pool]]
        name = "tele\\u00e9work" # c
        size = 1_700
        a.b.c = 0x1F
        x = { y = 1, z.w = 'lit', "q q" = [ { a = 1 }, {} ] }
        [[pool.seats]]
        t = \"\"\"
        multi ""line"" \\
           folded\"\"\"
        d = 1979-05-27 07:32:00.999
        """

    private static func text(_ random: inout Random) -> String {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return (0...Int.random(in: 0..<12, using: &random))
                .map { _ in random.pick(pieces) }.joined()
        case 1:
            return (0...Int.random(in: 0..<6, using: &random))
                .map { _ in random.pick(lines) }.joined(separator: "\n")
        default:
            var scalars = Array(site.unicodeScalars)
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<scalars.count, using: &random)
                let end = min(place + Int.random(in: 0..<4, using: &random), scalars.count)
                scalars.replaceSubrange(place..<end, with: random.pick(pieces).unicodeScalars)
            }
            return String(String.UnicodeScalarView(scalars))
        }
    }

    @Test func bothReadTheSame() throws {
        var random = Random(seed: 20_260_105)
        var readable = 0
        for _ in 0..<6_000 {
            let text = Self.text(&random)
            let (root, mistakes) = TOMLParser.parse(Array(text.utf8))
            guard mistakes.isEmpty else { continue }
            guard let other = try? TOMLKit.TOMLTable(string: text) else {
                Issue.record("toml++ refuses \(text.debugDescription)")
                continue
            }
            readable += 1
            #expect(same(root, other), "they differ in \(text.debugDescription)")
        }
        // The comparison is worth little unless many texts are good ones.
        #expect(readable > 600)
    }

    private func same(_ mine: BrokerSite.TOMLTable, _ other: TOMLKit.TOMLTable) -> Bool {
        mine.entries.map(\.key).sorted() == other.keys.sorted()
            && mine.entries.allSatisfy { same($0.node, other[$0.key]!) }
    }

    private func same(_ mine: TOMLNode, _ other: any TOMLValueConvertible) -> Bool {
        switch mine.value {
        case .string(let text): other.string == text
        case .integer(let number): other.int == Int(number)
        case .float: other.type == .double
        case .boolean(let value): other.bool == value
        case .date(let date):
            other.date.map { CivilDate(year: $0.year, month: $0.month, day: $0.day) } == date
        case .dateTime: [.date, .time, .dateTime].contains(other.type)
        case .table(let table): other.table.map { same(table, $0) } ?? false
        case .array(let elements):
            other.array.map { array in
                elements.count == array.count
                    && zip(elements, array).allSatisfy { same($0, $1) }
            } ?? false
        }
    }
}
