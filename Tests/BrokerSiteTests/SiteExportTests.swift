import BrokerCore
import BrokerSite
import Testing

/// Sites of all shapes, each of them valid.
private struct SiteGenerator {
    var random: Random

    mutating func site() -> SiteSpec {
        let pools = (0..<Int.random(in: 0...4, using: &random)).map { pool($0) }
        var groups = (0..<Int.random(in: 0...4, using: &random)).map { group($0, pools: pools) }
        guard random.chance(70) else { return SiteSpec(pools: pools, groups: groups) }
        let rota = rota(groups.map(\.name))
        for index in groups.indices where random.chance(70) { groups[index].slots = slots(rota) }
        return SiteSpec(pools: pools, groups: groups, rota: rota)
    }

    private mutating func rota(_ groups: [GroupName]) -> RotaSpec {
        let slots = zip(
            ["am", "pm", "1", "night-shift_x", "A"],
            ["08:00-13:00", "13:00-18:30", "18:30-18:45", "22:00-06:00", "07:00-08:00"]
        ).filter { _ in random.chance(70) }
        let exceptions = (0..<number(0...3)).map { index in
            RotaException(
                date: CivilDate(dayNumber: 20_000 + index * number(1...700)), table: table())
        }
        func table() -> RotaException.Table {
            guard random.chance(50) else { return .closed }
            return .slots(
                slots.filter { _ in random.chance(70) }.map { slot in
                    RotaException.Assignment(
                        slot: slot.0, groups: groups.filter { _ in random.chance(70) })
                })
        }
        return RotaSpec(
            timezone: random.pick(["Europe/Paris", "Zone \"with\" \\"]),
            anchor: CivilDate(dayNumber: 20_458 + 7 * number(-300...300)),
            cycleWeeks: number(1...3), graceSeconds: random.pick([0, 600, 86_400]),
            noticeSeconds: random.pick([[], [60], [1_800, 600, 120], [120, 600, 1_800]]),
            slots: slots.map { RotaSlot(name: $0.0, hours: $0.1) }, exceptions: exceptions)
    }

    private mutating func slots(_ rota: RotaSpec) -> [String] {
        (1...rota.cycleWeeks).flatMap { week in
            Weekday.allCases.flatMap { day in
                rota.slots.filter { _ in random.chance(30) }.map { slot in
                    "\(rota.cycleWeeks > 1 ? "\(week)." : "")\(day.text).\(slot.name)"
                }
            }
        }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func pool(_ index: Int) -> PoolSpec {
        let seatProtocol = random.pick(SeatProtocol.allCases)
        let listed = (0..<number(0...3)).map { seat("l\(index)-\($0)", seatProtocol) }
        let most = random.pick([1, 600, 43_200, 31 * 86_400])
        return PoolSpec(
            name: PoolName("p\(index)" + random.pick(["", ".x", "-y", "_z"])),
            size: listed.count + number(0...50),
            seatName: random.chance(50) ? "s\(index)-%0\(number(1...9))d" : nil,
            seatHost: random.chance(50) ? random.pick(["h%d.example", "\"é'\\#%d"]) : nil,
            seatURL: seatProtocol == .url ? "https://meet.example/\(index)/%d?a=\"b\"" : nil,
            port: seatProtocol != .url && random.chance(30) ? number(1...65_535) : nil,
            seatProtocol: seatProtocol,
            leaseTTLSeconds: random.chance(50)
                ? SiteFile.leaseTTLSecondsDefault(most: most) : number(1...most),
            leaseTTLSecondsMax: most, listed: listed)
    }

    private mutating func seat(_ name: String, _ seatProtocol: SeatProtocol) -> ListedSeat {
        ListedSeat(
            name: SeatName(name), host: random.chance(30) ? "cad.example" : nil,
            port: seatProtocol != .url && random.chance(30) ? number(1...65_535) : nil,
            url: seatProtocol == .url ? "sip:a%20\\b" : nil,
            keptFor: random.chance(30) ? HolderName("Jean \"d'Arc\" #1") : nil)
    }

    private mutating func group(_ index: Int, pools: [PoolSpec]) -> GroupSpec {
        let mine = pools.filter { _ in random.chance(60) }
        let names = ["ann", "bob \\ 'b'", "@", "AD+é\"x\"", "日本", "#c", "[d]", "e=f"]
        let members: [Member] = (0..<number(0...12)).map { number in
            let name = "\(random.pick(names.filter { $0 != "@" }))\(number)"
            return random.chance(50)
                ? .unixGroup(UnixGroupName(random.pick(["", "@"]) + name)) : .user(HolderName(name))
        }
        // Two groups at most take from a pool of at least four seats.
        let reserve = mine.filter { $0.size >= 4 }.compactMap { pool in
            random.chance(50)
                ? GroupSpec.Reserve(pool: pool.name, seats: number(0...(pool.size / 4))) : nil
        }
        return GroupSpec(
            name: GroupName("g\(index)"), members: members, pools: mine.map(\.name),
            quota: random.chance(50) ? number(0...2_000_000) : nil, reserve: reserve)
    }
}

@Suite struct SiteExportTests {
    @Test func anExportedSiteIsReadBackTheSame() throws {
        var generator = SiteGenerator(random: Random(seed: 42))
        for _ in 0..<1_500 {
            let site = generator.site()
            try #require(site.problems() == [])
            let text = SiteFile.export(site)
            #expect(try SiteFile.parse(text) == site, "\(text)")
            // One form for one site.
            #expect(SiteFile.export(try SiteFile.parse(text)) == text)
        }
    }

    @Test func theForm() {
        let site = SiteSpec(
            pools: [
                PoolSpec(name: PoolName("a"), size: 2),
                PoolSpec(
                    name: PoolName("b.c"), size: 3, seatName: "b-%d", port: 23, seatProtocol: .ssh,
                    leaseTTLSeconds: 60, leaseTTLSecondsMax: 3_600,
                    listed: [
                        ListedSeat(
                            name: SeatName("x"), host: "h\"\\\u{1}", port: 22,
                            keptFor: HolderName("u"))
                    ]),
            ],
            groups: [
                GroupSpec(
                    name: GroupName("g"), members: [.unixGroup(UnixGroupName("staff"))],
                    pools: [PoolName("a"), PoolName("b.c")], quota: 5,
                    reserve: [.init(pool: PoolName("b.c"), seats: 1)])
            ])
        #expect(
            SiteFile.export(site) == """
                [[pool]]
                name = "a"
                size = 2
                driver = "none"

                [[pool]]
                name = "b.c"
                size = 3
                driver = "none"
                seat_name = "b-%d"
                port = 23
                protocol = "ssh"
                lease_ttl_seconds = 60
                lease_ttl_max_seconds = 3600
                seats = [
                    { name = "x", host = "h\\"\\\\\\u0001", port = 22, agent = "u" },
                ]

                [[group]]
                name = "g"
                members = ["@staff"]
                pools = ["a", "b.c"]
                quota = 5
                reserve = { "b.c" = 1 }

                """)
        #expect(SiteFile.export(SiteSpec()) == "")
    }

    private static let exceptionGroups = (0..<9).map { GroupName("a-group-of-people-\($0)") }

    /// Groups with and without slots, and exceptions of every kind.
    private static func rotaSite() -> SiteSpec {
        func group(_ name: String, _ slots: [String]?) -> GroupSpec {
            GroupSpec(name: GroupName(name), members: [], pools: [], slots: slots)
        }
        return SiteSpec(
            groups: [group("a", nil), group("b", []), group("c", ["1.mon.am", "2.tue.p-m"])],
            rota: RotaSpec(
                timezone: "Europe/Paris", anchor: CivilDate(year: 2026, month: 1, day: 5)!,
                cycleWeeks: 2, graceSeconds: 0, noticeSeconds: [60, 5],
                slots: [
                    RotaSlot(name: "p-m", hours: "13:00-18:30"),
                    RotaSlot(name: "am", hours: "08:00-13:00"),
                ],
                exceptions: [
                    RotaException(
                        date: CivilDate(year: 2026, month: 12, day: 24)!,
                        table: .slots([
                            .init(slot: "am", groups: [GroupName("b"), GroupName("c")]),
                            .init(slot: "p-m", groups: []),
                        ])),
                    RotaException(
                        date: CivilDate(year: 2026, month: 11, day: 11)!, table: .closed),
                    RotaException(
                        date: CivilDate(year: 2026, month: 12, day: 28)!, table: .slots([])),
                    RotaException(
                        date: CivilDate(year: 2026, month: 12, day: 29)!,
                        table: .slots([
                            .init(slot: "am", groups: exceptionGroups),
                            .init(slot: "p-m", groups: [exceptionGroups[0]]),
                        ])),
                ]))
    }

    @Test func theFormOfARota() {
        let site = Self.rotaSite()
        let many = Self.exceptionGroups
        #expect(
            SiteFile.export(site) == """
                [[group]]
                name = "a"
                members = []
                pools = []

                [[group]]
                name = "b"
                members = []
                pools = []
                slots = []

                [[group]]
                name = "c"
                members = []
                pools = []
                slots = ["1.mon.am", "2.tue.p-m"]

                [rota]
                timezone = "Europe/Paris"
                anchor = 2026-01-05
                cycle_weeks = 2
                grace_seconds = 0
                notice_seconds = [60, 5]

                [rota.slots]
                p-m = "13:00-18:30"
                am = "08:00-13:00"

                [[rota.exception]]
                date = 2026-12-24
                slots = { am = ["b", "c"], p-m = [] }

                [[rota.exception]]
                date = 2026-11-11
                closed = true

                [[rota.exception]]
                date = 2026-12-28
                slots = {}

                [[rota.exception]]
                date = 2026-12-29
                [rota.exception.slots]
                am = [
                \(many.map { "    \"\($0.value)\"," }.joined(separator: "\n"))
                ]
                p-m = ["a-group-of-people-0"]

                """)
        // All that may be left out is.
        let least = RotaSpec(
            timezone: "UTC", anchor: CivilDate(year: 2026, month: 1, day: 5)!)
        #expect(
            SiteFile.export(SiteSpec(rota: least))
                == "[rota]\ntimezone = \"UTC\"\nanchor = 2026-01-05\n")
    }
}
