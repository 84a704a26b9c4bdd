import BrokerAPI
import Testing

@testable import brokerctl

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("plain é 漢 😀", "plain é 漢 😀"), ("a\nb\t", "a\\u{a}b\\u{9}"),
        ("\u{1B}[31m", "\\u{1b}[31m"), ("\u{9B}31m", "\\u{9b}31m"), ("\u{7F}", "\\u{7f}"),
        ("a\u{202E}b", "a\\u{202e}b"), ("\u{2066}", "\\u{2066}"), ("\u{200B}", "\\u{200b}"),
        ("\u{2028}", "\\u{2028}"), ("\r\n", "\\u{d}\\u{a}"),
    ])
    func whatSteersATerminalIsShown(text: String, shown: String) {
        #expect(TerminalText.escaped(text) == shown)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("😀", 2), ("ﾊ", 1),
    ])
    func cellsAreCounted(text: String, cells: Int) {
        #expect(TerminalText.width(text) == cells)
    }

    @Test(arguments: [
        ("abcd", 4, "abcd"), ("abcde", 4, "abc…"), ("漢字漢", 5, "漢字…"), ("漢字漢", 4, "漢…"),
        ("ab", 1, "…"), ("ab", 0, ""),
    ])
    func textIsCutToCells(text: String, cells: Int, cut: String) {
        #expect(TerminalText.truncated(text, to: cells) == cut)
        #expect(TerminalText.width(cut) <= cells)
    }

    @Test(arguments: [
        ("vdi-0001.desk.example", "vdi-0001.desk.example"), ("", ""), ("a b", "'a b'"),
        ("$(id)", "'$(id)'"), ("it's", #"'it'\''s'"#), ("a\nb", "'a\nb'"), ("~", "'~'"),
        ("`x`", "'`x`'"), ("*", "'*'"), ("é", "'é'"), ("'", #"''\'''"#),
        // A quote with a mark behind it is no `Character` of its own, but ends a shell's word.
        ("'\u{301};id;'", "''\\''\u{301};id;'\\'''"), ("a'\u{20E3}", "'a'\\''\u{20E3}'"),
        ("'\u{FE0F}$(id)", "''\\''\u{FE0F}$(id)'"),
    ])
    func aShellReadsItBack(text: String, quoted: String) {
        #expect(Array(ShellText.quoted(text).utf8) == Array(quoted.utf8))
    }
}

@Suite struct NameRangeTests {
    @Test(arguments: [
        ("vdi-0001", ["vdi-0001"]), ("vdi-[0009-0011]", ["vdi-0009", "vdi-0010", "vdi-0011"]),
        ("a[9-11]b", ["a9b", "a10b", "a11b"]), ("a[1-2,7]", ["a1", "a2", "a7"]), ("[3]", ["3"]),
        ("a[99-101]", ["a99", "a100", "a101"]),
    ])
    func rangesAreExpanded(pattern: String, names: [String]) throws {
        #expect(try NameRange.expand(pattern) == names)
    }

    @Test(arguments: [
        "a[", "a]", "a[]", "a[1-]", "a[-1]", "a[2-1]", "a[x]", "a[1-2-3]", "a[1][2]", "a[[1]]",
        "a[1,]", "a[0-100000]", "a[1-999999999]", "a[1234567890]", "a[１-２]",
    ])
    func othersAreUsageErrors(pattern: String) {
        #expect(throws: CommandError.self) { try NameRange.expand(pattern) }
    }

    @Test func theLargestRangeFits() throws {
        #expect(try NameRange.expand("a[1-100000]").count == 100_000)
    }

    @Test func namesCountOnce() throws {
        #expect(try NameRange.expand(["a[1-2]", "a2", "b"]) == ["a1", "a2", "b"])
    }
}

@Suite struct FormatTests {
    private func document(_ text: String, _ resource: Resource) throws -> Document {
        try Document(body: Array(text.utf8), resource: resource)
    }

    @Test func csvQuotesWhatItMust() throws {
        let resource = Resource(
            listKey: "x", nameKey: "a", columns: [Column("A", "a"), Column("B", "b.c", .list)])
        let list = try document(
            #"{"x":[{"a":"p,\"q\"","b":{"c":["@x","y"]}},{"a":null}]}"#, resource)
        #expect(CSV.text(list) == "a,b.c\n\"p,\"\"q\"\"\",@x y\n,\n")
    }

    @Test func csvDoublesAQuoteBeforeACombiningMark() throws {
        let resource = Resource(listKey: "x", nameKey: "a", columns: [Column("A", "a")])
        let list = try document("{\"x\":[{\"a\":\"p\\\"\u{301},q\"}]}", resource)
        #expect(Array(CSV.text(list).utf8) == Array("a\n\"p\"\"\u{301},q\"\n".utf8))
    }

    @Test func nothingReservedIsShownAlike() throws {
        for (reserve, shown) in [
            ("0", "-"), ("{}", "-"), ("3", "3"), (#"{"cad":2,"gis":1}"#, "cad=2 gis=1"),
        ] {
            let list = try document(#"{"groups":[{"reserve":\#(reserve)}]}"#, .groups)
            let row = Table.list(list).split(separator: "\n")[1]
            #expect(row.split(separator: "  ", maxSplits: 3).last?.hasPrefix(shown) == true)
            let sheet = Table.sheet(try document(#"{"reserve":\#(reserve)}"#, .groups))
            #expect(sheet.contains("Reserve:") == (shown != "-"))
        }
    }

    @Test func aDiffIsShownLineByLine() {
        #expect(SiteApply.lines("+a\n\n-b\r\n c\n") == ["+a", "-b\r", " c"])
        #expect(SiteApply.lines("") == [])
    }

    @Test(arguments: [
        (
            #"{"a":"yes","b":"plain","c":"2026-01-01","d":null,"e":[]}"#,
            "a: \"yes\"\nb: plain\nc: \"2026-01-01\"\nd: null\ne: []\n"
        ),
        (
            #"{"a":[{"b":1,"c":{"d":2}},[1,2]]}"#,
            "a:\n  - b: 1\n    c:\n      d: 2\n  -\n    - 1\n    - 2\n"
        ),
        (#"{"a":"x\n\"y\u009b: #"}"#, "a: \"x\\n\\\"y\\U0000009b: #\"\n"),
        ("[]", "[]\n"), (#"{"":"-"}"#, "\"\": \"-\"\n"),
    ])
    func yamlSaysTheSame(json: String, yaml: String) throws {
        #expect(YAML.text(try JSONParser.parse(Array(json.utf8))!) == yaml)
    }

    @Test func tablesFitTheTerminal() {
        let layout = [
            Table.Layout(title: "NAME"), Table.Layout(title: "N", isNumber: true),
            Table.Layout(title: "NOTE", isOptional: true), Table.Layout(title: "WHY"),
        ]
        let rows = [
            [
                Table.Cell(text: "vdi-0001"), Table.Cell(text: "10"), Table.Cell(text: "some note"),
                Table.Cell(text: "a rather long reason"),
            ]
        ]
        let wide = Table.text(layout, rows, columns: nil)
        #expect(wide.hasSuffix("vdi-0001  10  some note  a rather long reason\n"))
        for columns in [8, 16, 24, 30, 40, 44] {
            for line in Table.text(layout, rows, columns: columns).split(separator: "\n") {
                #expect(TerminalText.width(String(line)) <= columns)
            }
        }
        #expect(!Table.text(layout, rows, columns: 24).contains("NOTE"))
    }
}

@Suite struct EventStreamTests {
    @Test func eventsComeWholeHoweverTheyAreCut() {
        let text =
            ": hello\r\nevent: lease\r\ndata: {\"a\":1}\r\n\r\nid: 3\ndata: x\ndata:y\n\n:\n\ndata: z"
        let expected = [
            EventStreamParser.Event(name: "lease", data: "{\"a\":1}"),
            EventStreamParser.Event(name: "message", data: "x\ny"),
        ]
        for size in [1, 2, 3, 7, 1000] {
            var parser = EventStreamParser()
            var events: [EventStreamParser.Event] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += parser.receive(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(events == expected)
        }
    }
}
