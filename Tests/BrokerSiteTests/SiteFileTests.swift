import BrokerCore
import Testing

@testable import BrokerSite

@Suite struct SiteFileTests {
    private func mistakes(_ text: String) -> [String] {
        do {
            _ = try SiteFile.parse(text)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test func everyKeyIsRead() throws {
        let spec = try SiteFile.parse(
            """
            [[pool]]
            name      = "telework"
            size      = 1700
            driver    = "none"
            seat_name = "vdi-%04d"
            seat_host = "vdi-%04d.desk.example"
            port      = 3390
            protocol  = "rdp"
            lease_ttl_seconds = 3600
            lease_ttl_max_seconds = 7200
            seats = [ { name = "cad-01", host = "cad.desk.example", port = 22, agent = "jdupont" } ]

            [[pool]]
            name = "visio"
            size = 3
            protocol = "url"
            seat_url = "https://meet.example/room-%03d"

            [[group]]
            name    = "finance"
            members = ["@finance", "jdupont"]
            pools   = ["telework", "visio"]
            quota   = 300
            reserve = { telework = 10, visio = 1 }
            """)
        #expect(
            spec
                == SiteSpec(
                    pools: [
                        PoolSpec(
                            name: PoolName("telework"), size: 1700, seatName: "vdi-%04d",
                            seatHost: "vdi-%04d.desk.example", port: 3390, leaseTTLSeconds: 3600,
                            leaseTTLSecondsMax: 7200,
                            listed: [
                                ListedSeat(
                                    name: SeatName("cad-01"), host: "cad.desk.example", port: 22,
                                    keptFor: HolderName("jdupont"))
                            ]),
                        PoolSpec(
                            name: PoolName("visio"), size: 3,
                            seatURL: "https://meet.example/room-%03d", seatProtocol: .url),
                    ],
                    groups: [
                        GroupSpec(
                            name: GroupName("finance"),
                            members: [
                                .unixGroup(UnixGroupName("finance")), .user(HolderName("jdupont")),
                            ],
                            pools: [PoolName("telework"), PoolName("visio")], quota: 300,
                            reserve: [
                                .init(pool: PoolName("telework"), seats: 10),
                                .init(pool: PoolName("visio"), seats: 1),
                            ])
                    ]))
    }

    @Test func defaults() throws {
        #expect(try SiteFile.parse("") == SiteSpec())
        let spec = try SiteFile.parse(
            """
            [[pool]]
            name = "a"
            seats = [{ name = "x" }, { name = "y" }]
            lease_ttl_max_seconds = 600
            [[group]]
            name = "g"
            members = []
            pools = ["a"]
            reserve = 2
            """)
        #expect(spec.pools[0].size == 2)
        #expect(spec.pools[0].seatProtocol == .rdp)
        // A lower maximum takes the default along.
        #expect(spec.pools[0].leaseTTLSeconds == 600)
        #expect(spec.groups[0].quota == nil)
        #expect(spec.groups[0].reserve == [.init(pool: PoolName("a"), seats: 2)])
    }

    @Test(arguments: [
        ("pool = 1", "1:8: \"pool\" is a list of tables: write [[pool]]"),
        ("[pool]\nname = \"a\"", "1:1: \"pool\" is a list of tables"),
        ("pool = [1]", "1:9: \"pool\" lists tables, not a number"),
        ("[rotation]", "1:2: unknown key \"rotation\": known here: group, pool, rota"),
        ("[[pools]]", "1:3: unknown key \"pools\": did you mean \"pool\"?"),
        ("[[pool]]\nsize = 1", "1:1: \"name\" is missing: every pool has one"),
        ("[[pool]]\nname = \"a\"", "1:1: \"size\" is missing: give the number of seats"),
        ("[[pool]]\nname = \"a\"\nsice = 1", "3:1: unknown key \"sice\": did you mean \"size\"?"),
        (
            "[[pool]]\nname = \"a\"\nsize = 1.0",
            "3:8: \"size\" takes a whole number, not a fraction"
        ),
        (
            "[[pool]]\nname = \"a\"\nsize = \"1\"",
            "3:8: \"size\" takes a whole number, not a string"
        ),
        ("[[pool]]\nname = 1\nsize = 1", "2:8: \"name\" takes text in quotes, not a number"),
        ("[[pool]]\nname = \"a\"\nsize = 1\nsize = 2", "4:1: \"size\" has been given already"),
        ("[[pool]]\nname = \"a\"\nsize = -1", "3:8: a pool has 0 to 2000000 seats"),
        ("[[pool]]\nname = \"a\"\nsize = 2000001", "3:8: a pool has 0 to 2000000 seats"),
        ("[[pool]]\nname = \"a b\"\nsize = 1", "2:8: a name consists of"),
        (
            "[[pool]]\nname = \"a\"\nsize = 1\ndriver = \"seats\"",
            "4:10: the seat driver is not part of this version: write \"none\""
        ),
        ("[[pool]]\nname = \"a\"\nsize = 1\ndriver = \"x\"", "4:10: there is no driver \"x\""),
        (
            "[[pool]]\nname = \"a\"\nsize = 1\nprotocol = \"RDP\"",
            "4:12: there is no protocol \"RDP\""
        ),
        ("[[pool]]\nname = \"a\"\nsize = 1\nseat_name = \"x\"", "4:13: \"x\" has to contain %d"),
        ("[[pool]]\nname = \"a\"\nsize = 1\nport = 0", "4:8: a port is 1 to 65535"),
        (
            "[[pool]]\nname = \"a\"\nsize = 1\nseats = [{ name = \"s\" },\n { name = \"t\", hots = \"h\" }]",
            "5:16: unknown key \"hots\": did you mean \"host\"?"
        ),
        (
            "[[pool]]\nname = \"a\"\nsize = 1\nseats = [{ name = \"s\" }, { name = \"t\" }]",
            "3:8: 2 seats are listed"
        ),
        (
            "[[pool]]\nname = \"a\"\nsize = 1\nprotocol = \"url\"",
            "1:1: protocol \"url\" needs seat_url"
        ),
        ("[[group]]\nname = \"g\"\npools = []", "1:1: \"members\" is missing: list users"),
        ("[[group]]\nname = \"g\"\nmembers = []", "1:1: \"pools\" is missing: list the pools"),
        (
            "[[group]]\nname = \"g\"\nmembers = [\"@\"]\npools = []",
            "3:12: a name is missing: give a user"
        ),
        (
            "[[group]]\nname = \"g\"\nmembers = [\"u\",\n \"u\"]\npools = []",
            "4:2: \"u\" is named twice"
        ),
        ("[[group]]\nname = \"g\"\nmembers = \"u\"\npools = []", "3:11: \"members\" takes a list"),
        (
            "[[group]]\nname = \"g\"\nmembers = []\npools = [\"p\"]",
            "4:10: there is no pool \"p\""
        ),
        (
            "[[group]]\nname = \"g\"\nmembers = []\npools = []\nreserve = 1",
            "5:11: the group has 0 pools"
        ),
        (
            "[[pool]]\nname = \"a\"\nsize = 1\n[[group]]\nname = \"g\"\nmembers = []\n"
                + "pools = [\"a\"]\nreserve = { \"\\u001b[2J\" = \"x\" }",
            "8:27: \"\\u{1b}[2J\" takes a whole number, not a string"
        ),
        ("[[group]]\nname = \"g\"\nmembers = []\npools = []\nquota = -1", "5:9: a quota is 0 to"),
    ])
    func oneMistake(text: String, message: String) {
        let found = mistakes(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(message) == true, "\(found)")
    }

    @Test func allMistakesComeInTheOrderOfTheFile() {
        let text = """
            [[group]]
            name = 7
            pools = []
            [[pool]]
            name = "a"
            size = 1
            port = 70000
            [[pool]]
            size = "x"
            colour = "red"
            """
        #expect(
            mistakes(text).map { $0.prefix { $0 != " " } } == [
                "1:1:", "2:8:", "7:8:", "8:1:", "9:8:", "10:1:",
            ])
    }

    @Test func theFileIsNamed() {
        #expect(throws: SiteFileError.self) { try SiteFile.parse("x", file: "/etc/site.toml") }
        do throws(SiteFileError) {
            _ = try SiteFile.parse("x", file: "/etc/site.toml")
        } catch {
            #expect(error.description.hasPrefix("/etc/site.toml:1:2: "))
            #expect((error.line, error.column) == (1, 2))
        }
    }

    @Test func manyMistakesAreCut() throws {
        let text = (0..<50_000).map { "k\($0)=1\n" }.joined()
        do throws(SiteFileError) {
            _ = try SiteFile.parse(text)
            Issue.record("it was read")
        } catch {
            #expect(error.further.count == SiteFileError.mistakesMax - 1)
        }
    }

    @Test func bytes() {
        func mistake(_ bytes: [UInt8]) -> String? {
            do throws(SiteFileError) {
                _ = try SiteFile.parse(bytes: bytes)
                return nil
            } catch {
                return error.description
            }
        }
        let text = Array("# é\n# ".utf8)
        #expect(mistake(text) == nil)
        #expect(mistake([0xEF, 0xBB, 0xBF] + text) == nil)
        #expect(mistake(text + [0xE9, 0x0A])?.hasPrefix("2:3: this is not UTF-8") == true)
        #expect(mistake(text + [0xED, 0xA0, 0x80])?.hasPrefix("2:3: ") == true)
        #expect(mistake(text + [0])?.hasPrefix("2:3: a control character (U+0000)") == true)
        let long = Array(repeating: UInt8(ascii: "\n"), count: SiteFile.bytesMax)
        #expect(mistake(long) == nil)
        #expect(mistake(long + [0x0A])?.hasPrefix("1:1: the text has 1048577 bytes") == true)
        // What a user wrote never reaches a terminal raw.
        let message = mistake(Array("[[pool]]\n\"\\u001b[2J\\u202e\" = 1".utf8)) ?? ""
        #expect(message.contains(#""\u{1b}[2J\u{202e}""#))
        #expect(!message.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }
}
