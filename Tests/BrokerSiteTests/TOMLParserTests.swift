import Testing

@testable import BrokerSite

/// A tree in one line: `{key=value}`, with strings quoted and places left out.
private func dump(_ node: TOMLNode) -> String {
    switch node.value {
    case .string(let text): text.debugDescription
    case .integer(let number): "\(number)"
    case .float: "float"
    case .boolean(let value): "\(value)"
    case .date(let date): "\(date)"
    case .dateTime: "time"
    case .array(let elements): "[" + elements.map(dump).joined(separator: ",") + "]"
    case .table(let table): dump(table)
    }
}

private func dump(_ table: TOMLTable) -> String {
    "{" + table.entries.map { "\($0.key)=\(dump($0.node))" }.joined(separator: ",") + "}"
}

@Suite struct TOMLParserTests {
    @Test(arguments: [
        ("", "{}"),
        ("\u{FEFF}a=1", "{a=1}"),
        ("# only a comment", "{}"),
        ("a=1 # one\r\nb=2\r\n", "{a=1,b=2}"),
        ("a = [1, # one\n 2,\n\n]\n", "{a=[1,2]}"),
        ("a.b.c = 1\na.d = 2", "{a={b={c=1},d=2}}"),
        ("\"a.b\" . 'c' = 1", "{a.b={c=1}}"),
        ("1.2 = 3", "{1={2=3}}"),
        ("a = { b = 1, c.d = [ {}, { e = 2 } ], c.f = 3 }", "{a={b=1,c={d=[{},{e=2}],f=3}}}"),
        ("x.a = 1\ny = { b.c = 1 }\nx.d = 2", "{x={a=1,d=2},y={b={c=1}}}"),
        ("[a.b]\nx=1\n[a]\ny=2\n[a.c]\nz=3", "{a={b={x=1},y=2,c={z=3}}}"),
        ("[a]\nb.c=1\n[a.b.d]\ne=1", "{a={b={c=1,d={e=1}}}}"),
        ("[[p]]\n[[p.s]]\nn=1\n[[p.s]]\nn=2\n[[p]]\n[p.t]\n", "{p=[{s=[{n=1},{n=2}]},{t={}}]}"),
        ("a = \"x\\t\\u00e9\\U0001F600\\\"\"", "{a=\"x\\té😀\\\"\"}"),
        ("a = 'C:\\path'", "{a=\"C:\\\\path\"}"),
        ("a = \"\"\"\nx\r\ny \\\n\n   z\"\"\"", "{a=\"x\\ny z\"}"),
        ("a = \"\"\"\"q\"\"\"\"\"", "{a=\"\\\"q\\\"\\\"\"}"),
        ("a = '''\n# no 'comment' ]\n'''", "{a=\"# no \\'comment\\' ]\\n\"}"),
        ("a = [\"]\", '}', \"#\"] # ]", "{a=[\"]\",\"}\",\"#\"]}"),
        ("a = [0x1F, 0o17, 0b11, +1_0, -0]", "{a=[31,15,3,10,0]}"),
        ("a = 9223372036854775807", "{a=9223372036854775807}"),
        ("a = [1.0, 1e3, -1.5e-3, inf, nan, 1_0.0_1]", "{a=[float,float,float,float,float,float]}"),
        ("a = [2026-01-05, 08:00:00, 2026-01-05 08:00:00.5+01:00]", "{a=[2026-01-05,time,time]}"),
        ("a = [2028-02-29, 0000-01-01, 0001-01-01]", "{a=[2028-02-29,time,0001-01-01]}"),
        ("true = true\nfalse = false", "{true=true,false=false}"),
    ])
    func reads(text: String, tree: String) {
        let (root, mistakes) = TOMLParser.parse(Array(text.utf8))
        #expect(mistakes.isEmpty)
        #expect(dump(root) == tree)
    }

    @Test(arguments: [
        ("a", 1, 2), ("a =", 1, 4), ("a = b", 1, 5), ("= 1", 1, 1), ("a = 1 b = 2", 1, 7),
        ("[a", 1, 3), ("[[a]", 1, 4), ("[]", 1, 2), ("[a]]", 1, 4), ("[a] b = 1", 1, 5),
        ("a = [1 2]", 1, 8), ("a = [1,,2]", 1, 8), ("a = [1", 1, 7),
        ("a = { b = 1, }", 1, 14), ("a = { b = 1\n}", 1, 12), ("a = {", 1, 6),
        ("a = \"x", 1, 5), ("a = \"x\ny\"", 1, 5), ("a = \"\"\"x\"\"", 1, 5),
        ("a = \"\\x\"", 1, 6), ("a = \"\\uD800\"", 1, 6), ("a = \"é\\q\"", 1, 7),
        ("a = \"\u{1}\"", 1, 6), ("a = 1 # \u{7}", 1, 9), ("a = 1\rb = 2", 1, 6),
        ("a = 01", 1, 5), ("a = 1_", 1, 5), ("a = 1__0", 1, 5), ("a = +0x1", 1, 5),
        ("a = 9223372036854775808", 1, 5), ("a = 1.", 1, 5), ("a = .5", 1, 5),
        ("a = 2026-13-01", 1, 5), ("a = 2026-02-29", 1, 5), ("a = 24:00:00", 1, 5),
        ("a = 1\na = 2", 2, 1), ("a.b = 1\na = 2", 2, 1), ("a = 1\na.b = 2", 2, 1),
        ("[a]\n[a]", 2, 2), ("[a]\n[[a]]", 2, 3), ("[[a]]\n[a]", 2, 2), ("a = []\n[[a]]", 2, 3),
        ("[a.b]\n[a]\nb.c = 1", 3, 1), ("[a]\nb.c = 1\n[a.b]", 3, 4),
        ("a = {}\na.b = 1", 2, 1), ("a = {}\n[a.b]", 2, 2), ("a = { b = {}, b.c = 1 }", 1, 15),
        ("\"\"\"a\"\"\" = 1", 1, 1),
        (String(repeating: "a.", count: 17) + "a = 1", 1, 33),
        ("a = " + String(repeating: "[", count: 17), 1, 21),
    ])
    func refusesAtThePlace(text: String, line: Int, column: Int) {
        let mistakes = TOMLParser.parse(Array(text.utf8)).mistakes
        #expect(mistakes.first?.position == SourcePosition(line: line, column: column))
    }

    @Test func readsOnAfterANameThatWasGivenTwice() {
        let text = "a = 1\na = 2\n[b]\n[b]\nc = 1\n[d]\nc = 1\nc = 2\n"
        let mistakes = TOMLParser.parse(Array(text.utf8)).mistakes
        #expect(mistakes.map(\.position.line) == [2, 4, 8])
    }

    @Test func knowsThePlaceOfEveryValue() throws {
        let text = """
            [[pool]] # "[[" in a comment
            name = \"\"\"
              two
              lines\"\"\"
            "a.b" = { c = 'é', "d]" = [ 1,
              2 ] }
            é = 1
            """.replacing("é = 1", with: "e.f   =   1")
        let root = TOMLParser.parse(Array(text.utf8)).root
        guard case .array(let pools) = root["pool"]?.node.value,
            case .table(let pool) = pools[0].value,
            case .table(let inline) = pool["a.b"]?.node.value,
            case .array(let numbers) = inline["d]"]?.node.value,
            case .table(let dotted) = pool["e"]?.node.value
        else {
            Issue.record("the tree has another shape")
            return
        }
        func place(_ line: Int, _ column: Int) -> SourcePosition {
            SourcePosition(line: line, column: column)
        }
        #expect(pools[0].position == place(1, 1))
        #expect(pool["name"]?.node.position == place(2, 8))
        #expect(pool["a.b"]?.keyPosition == place(5, 1))
        #expect(pool["a.b"]?.node.position == place(5, 9))
        // A scalar of two bytes is one column.
        #expect(inline["c"]?.node.position == place(5, 15))
        #expect(inline["d]"]?.keyPosition == place(5, 20))
        #expect(numbers.map(\.position) == [place(5, 29), place(6, 3)])
        #expect(dotted["f"]?.keyPosition == place(7, 3))
        #expect(dotted["f"]?.node.position == place(7, 11))
    }
}
