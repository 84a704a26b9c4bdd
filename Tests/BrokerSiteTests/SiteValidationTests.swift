import BrokerCore
import Testing

@Suite struct SiteValidationTests {
    private func pool(
        _ name: String = "p", size: Int = 1, change: (inout PoolSpec) -> Void = { _ in }
    ) -> PoolSpec {
        var pool = PoolSpec(name: PoolName(name), size: size)
        change(&pool)
        return pool
    }

    private func keys(_ pool: PoolSpec) -> [SiteKey?] { pool.problems().map(\.place.key) }

    @Test func namesOfPools() {
        let longest = String(repeating: "n", count: 63)
        for (name, isGood) in [
            ("a", true), ("9", true), ("A.b_c-9", true), (longest, true), (longest + "n", false),
            ("", false), (".a", false), ("-a", false), ("_a", false), ("a b", false),
            ("a/b", false), ("é", false), ("a\n", false), ("a%d", false),
        ] {
            let pool = pool(name) { $0.seatName = "s-%d" }
            #expect(keys(pool) == (isGood ? [] : [.name]), "\(name)")
        }
        // The seats of a pool without a pattern are named after it, and may become too long.
        #expect(keys(pool(longest)) == [.seatName])
        #expect(keys(pool(longest, size: 0)) == [])
    }

    @Test func patterns() {
        for (pattern, size, isGood) in [
            ("s-%d", 1, true), ("s-%01d", 1, true), ("s-%09d", 1, true), ("%d", 1, true),
            ("s-%10d", 1, false), ("s-%0d", 1, false), ("s-%4d", 1, false), ("s", 1, false),
            ("s-%d-%d", 1, false), ("s-%%d", 1, false), ("-%d", 1, false), ("s %d", 1, false),
            (String(repeating: "s", count: 62) + "%d", 9, true),
            (String(repeating: "s", count: 62) + "%d", 10, false),
        ] {
            #expect(
                keys(pool(size: size) { $0.seatName = pattern }) == (isGood ? [] : [.seatName]),
                "\(pattern)")
        }
        #expect(keys(pool { $0.seatHost = "h-%d.example" }) == [])
        #expect(keys(pool { $0.seatHost = "h.example" }) == [.seatHost])
        #expect(keys(pool { $0.seatHost = "h %d" }) == [.seatHost])
        #expect(keys(pool { $0.seatHost = "h\u{7}%d" }) == [.seatHost])
        #expect(keys(pool { $0.seatHost = String(repeating: "h", count: 254) + "%d" }) == [])
        #expect(
            keys(pool { $0.seatHost = String(repeating: "h", count: 255) + "%d" }) == [.seatHost])
    }

    @Test func numbers() {
        for (size, isGood) in [(-1, false), (0, true), (2_000_000, true), (2_000_001, false)] {
            #expect(keys(pool(size: size)) == (isGood ? [] : [.size]))
        }
        for (port, isGood) in [(0, false), (1, true), (65_535, true), (65_536, false)] {
            #expect(keys(pool { $0.port = port }) == (isGood ? [] : [.port]))
        }
        let month = 31 * 86_400
        for (ttl, most, bad) in [
            (1, 1, nil), (0, 1, .leaseTTLSeconds), (2, 1, .leaseTTLSeconds), (month, month, nil),
            (1, month + 1, .leaseTTLSecondsMax), (1, month, nil),
        ] as [(Int, Int, SiteKey?)] {
            let pool = pool {
                $0.leaseTTLSeconds = ttl
                $0.leaseTTLSecondsMax = most
            }
            #expect(keys(pool) == (bad.map { [$0] } ?? []), "\(ttl) \(most)")
        }
    }

    @Test func addresses() {
        func visio(_ change: (inout PoolSpec) -> Void) -> [SiteKey?] {
            keys(
                pool {
                    $0.seatProtocol = .url
                    change(&$0)
                })
        }
        #expect(visio { $0.seatURL = "https://meet.example/%d" } == [])
        #expect(visio { $0.seatURL = "x-y.z+1:%d" } == [])
        #expect(visio { _ in } == [.seatURL])
        #expect(visio { $0.seatURL = "https://meet.example/" } == [.seatURL])
        #expect(visio { $0.seatURL = "HTTPS://meet.example/%d" } == [.seatURL])
        #expect(visio { $0.seatURL = "meet.example/%d" } == [.seatURL])
        #expect(visio { $0.seatURL = "https://meet.example/é%d" } == [.seatURL])
        #expect(visio { $0.seatURL = "https://meet.example/ %d" } == [.seatURL])
        #expect(
            visio {
                $0.seatURL = "https://meet.example/%d"
                $0.port = 443
            } == [.port])
        #expect(visio { $0.listed = [ListedSeat(name: SeatName("a"), url: "sip:a%20b")] } == [])
        #expect(visio { $0.listed = [ListedSeat(name: SeatName("a"))] } == [.url])
        #expect(visio { $0.listed = [ListedSeat(name: SeatName("a"), url: "sip:")] } == [.url])
        #expect(
            visio { $0.listed = [ListedSeat(name: SeatName("a"), port: 1, url: "sip:a")] }
                == [.port])
        #expect(keys(pool { $0.seatURL = "https://meet.example/%d" }) == [.seatURL])
        #expect(
            keys(pool { $0.listed = [ListedSeat(name: SeatName("a"), url: "sip:a")] }) == [.url])
    }

    @Test func listedSeats() {
        let places = pool(size: 5) {
            $0.listed = [
                ListedSeat(name: SeatName("good"), host: "h", port: 22, keptFor: HolderName("u")),
                ListedSeat(name: SeatName("bad name")),
                ListedSeat(name: SeatName("a"), host: ""),
                ListedSeat(name: SeatName("b"), keptFor: HolderName("@group")),
                ListedSeat(name: SeatName("a")),
            ]
        }.problems().map(\.place)
        #expect(
            places == [
                SitePlace(.seat(pool: 0, 1), .name), SitePlace(.seat(pool: 0, 2), .host),
                SitePlace(.seat(pool: 0, 3), .agent), SitePlace(.seat(pool: 0, 4), .name),
            ])
        #expect(keys(pool(size: 0) { $0.listed = [ListedSeat(name: SeatName("a"))] }) == [.size])
    }

    @Test func groups() {
        let pools = [pool("p", size: 10), pool("q", size: 5)]
        func problems(_ change: (inout GroupSpec) -> Void) -> [SitePlace] {
            var group = GroupSpec(name: GroupName("g"), members: [], pools: [PoolName("p")])
            change(&group)
            return group.problems(pools: pools).map(\.place)
        }
        func at(_ key: SiteKey, _ element: Int? = nil) -> [SitePlace] {
            [SitePlace(.group(0), key, element: element)]
        }
        let user = { Member.user(HolderName($0)) }
        #expect(problems { _ in } == [])
        #expect(problems { $0.name = GroupName("a b") } == at(.name))
        #expect(problems { $0.pools = [] } == [])
        #expect(problems { $0.pools.append(PoolName("x")) } == at(.pools, 1))
        #expect(problems { $0.pools.append(PoolName("p")) } == at(.pools, 1))
        #expect(problems { $0.members = [user("u"), .unixGroup(UnixGroupName("u"))] } == [])
        #expect(problems { $0.members = [user("u"), user("u")] } == at(.members, 1))
        #expect(problems { $0.members = [user("")] } == at(.members, 0))
        #expect(problems { $0.members = [user("@u")] } == at(.members, 0))
        #expect(problems { $0.members = [user("a\u{7}")] } == at(.members, 0))
        #expect(problems { $0.members = [user("Jean Dupont@AD.EXAMPLE")] } == [])
        let longest = String(repeating: "u", count: 256)
        #expect(problems { $0.members = [user(longest)] } == [])
        #expect(problems { $0.members = [user(longest + "u")] } == at(.members, 0))
        #expect(problems { $0.members = (0..<10_000).map { user("u\($0)") } } == [])
        #expect(problems { $0.members = (0...10_000).map { user("u\($0)") } } == at(.members))
        #expect(problems { $0.quota = 0 } == [])
        #expect(problems { $0.quota = -1 } == at(.quota))
        #expect(problems { $0.reserve = [.init(pool: PoolName("p"), seats: 10)] } == [])
        #expect(problems { $0.reserve = [.init(pool: PoolName("p"), seats: 11)] } == at(.reserve))
        #expect(problems { $0.reserve = [.init(pool: PoolName("p"), seats: -1)] } == at(.reserve))
        #expect(problems { $0.reserve = [.init(pool: PoolName("q"), seats: 1)] } == at(.reserve))
        let twice = GroupSpec.Reserve(pool: PoolName("p"), seats: 1)
        #expect(problems { $0.reserve = [twice, twice] } == at(.reserve))
    }

    @Test func acrossTheSite() {
        func group(_ name: String, reserve: Int) -> GroupSpec {
            GroupSpec(
                name: GroupName(name), members: [], pools: [PoolName("p")],
                reserve: [.init(pool: PoolName("p"), seats: reserve)])
        }
        func places(_ pools: [PoolSpec], _ groups: [GroupSpec] = []) -> [SitePlace] {
            SiteSpec(pools: pools, groups: groups).problems().map(\.place)
        }
        let ten = [pool("p", size: 10)]
        #expect(places(ten, [group("a", reserve: 4), group("b", reserve: 6)]) == [])
        #expect(
            places(ten, [group("a", reserve: 4), group("b", reserve: 7), group("c", reserve: 6)])
                == [SitePlace(.group(1), .reserve)])
        #expect(
            places(ten, [group("a", reserve: 0), group("a", reserve: 0)])
                == [SitePlace(.group(1), .name)])
        #expect(
            places([pool("p", size: 0), pool("p", size: 0)]) == [SitePlace(.pool(1), .name)])
        #expect(
            places([pool("p", size: 2_000_000), pool("q", size: 1), pool("r", size: 1)])
                == [SitePlace(.pool(1), .size)])
        #expect(places((0..<1_000).map { pool("p\($0)") }) == [])
        #expect(places((0...1_000).map { pool("p\($0)") }) == [SitePlace(.pool(1_000))])
        #expect(
            places(
                [], (0...1_000).map { GroupSpec(name: GroupName("g\($0)"), members: [], pools: []) }
            )
                == [SitePlace(.group(1_000))])
    }

    @Test func namesOfSeatsAreUniqueOverAllPools() {
        func named(_ name: String, _ pattern: String?, _ size: Int, listed: [String] = [])
            -> PoolSpec
        {
            pool(name, size: size) {
                $0.seatName = pattern
                $0.listed = listed.map { ListedSeat(name: SeatName($0)) }
            }
        }
        func places(_ pools: PoolSpec...) -> [SitePlace] {
            SiteSpec(pools: pools).problems().map(\.place)
        }
        #expect(places(named("a", "s-%d", 9), named("b", "t-%d", 9)) == [])
        #expect(places(named("a", "s-%d", 10), named("b", "s-%02d", 9)) == [])
        #expect(
            places(named("a", "s-%d", 10), named("b", "s-%02d", 10))
                == [SitePlace(.pool(1), .seatName)])
        #expect(places(named("a", "s-%d", 10), named("b", "s-1%d", 0)) == [])
        #expect(
            places(named("a", "s-%d", 11), named("b", "s-1%d", 1))
                == [SitePlace(.pool(1), .seatName)])
        // A pool's default pattern counts too, and listed seats against both kinds.
        #expect(
            places(named("a", nil, 3), named("b", "a-%04d", 1)) == [SitePlace(.pool(1), .seatName)])
        #expect(
            places(named("a", nil, 3), named("b", nil, 1, listed: ["a-0003"]))
                == [SitePlace(.seat(pool: 1, 0), .name)])
        #expect(places(named("a", nil, 3), named("b", nil, 1, listed: ["a-0004"])) == [])
        #expect(
            places(named("a", nil, 2, listed: ["a-0001"])) == [SitePlace(.seat(pool: 0, 0), .name)])
        #expect(
            places(named("a", nil, 1, listed: ["x"]), named("b", nil, 1, listed: ["x"]))
                == [SitePlace(.seat(pool: 1, 0), .name)])
    }

    /// A thousand pools, two million seats: the comparison does not enumerate them.
    @Test func largeSitesAreCheckedQuickly() {
        let pools = (0..<1_000).map { number in
            pool("p\(number)", size: 2_000) { $0.seatName = "s\(number)-%06d" }
        }
        let started = ContinuousClock.now
        #expect(SiteSpec(pools: pools).problems() == [])
        #expect(ContinuousClock.now - started < .seconds(10))
    }
}
