import BrokerCore
import BrokerSite
import Testing

/// `[rota]` and the slots of groups, as the site file has them.
@Suite struct SiteRotaTests {
    private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text: text)) }

    // MARK: What is read

    /// Every key that there is.
    @Test func aWholeSite() throws {
        let site = try SiteFile.parse(
            """
            [[pool]]
            name      = "telework"
            size      = 1700
            driver    = "none"                   # none: seats are taken to be up
            seat_name = "vdi-%04d"               # 1-based index; names are unique over all pools
            seat_host = "vdi-%04d.desk.example"
            port      = 3389
            protocol  = "rdp"                    # rdp | vnc | spice | ssh | url
            # seat_url = "https://meet.example/room-%03d"
            lease_ttl_seconds = 28800
            lease_ttl_max_seconds = 43200
            # seats = [ { name = "cad-01", host = "cad-01.desk.example", agent = "jdupont" } ]

            [[group]]
            name    = "finance"
            members = ["@finance", "jdupont"]    # unix groups with @, or user names
            pools   = ["telework"]
            quota   = 300
            reserve = 0                          # seats that others may not take (optional)
            slots   = ["mon.am", "tue.pm"]       # without it the group may enter at any time

            [rota]
            timezone    = "Europe/Paris"
            anchor      = 2026-01-05             # a Monday: first day of week 1 of the cycle
            cycle_weeks = 1                      # with 2: slots are written "1.mon.am", "2.mon.am"
            grace_seconds = 600                  # how long a lease may outlive its window
            notice_seconds = [1800, 600, 120]    # warnings before the end
            [rota.slots]
            am = "08:00-13:00"
            pm = "13:00-18:30"
            [[rota.exception]]
            date = 2026-11-11
            closed = true                        # or: slots = { am = ["finance"] }
            """)
        let telework = PoolName("telework")
        let expected = SiteSpec(
            pools: [
                PoolSpec(
                    name: telework, size: 1_700, seatName: "vdi-%04d",
                    seatHost: "vdi-%04d.desk.example", port: 3_389)
            ],
            groups: [
                GroupSpec(
                    name: GroupName("finance"),
                    members: [.unixGroup(UnixGroupName("finance")), .user(HolderName("jdupont"))],
                    pools: [telework], quota: 300, reserve: [.init(pool: telework, seats: 0)],
                    slots: ["mon.am", "tue.pm"])
            ],
            rota: RotaSpec(
                timezone: "Europe/Paris", anchor: try date("2026-01-05"),
                slots: [
                    RotaSlot(name: "am", hours: "08:00-13:00"),
                    RotaSlot(name: "pm", hours: "13:00-18:30"),
                ],
                exceptions: [RotaException(date: try date("2026-11-11"), table: .closed)]))
        #expect(site == expected)
        #expect(try SiteFile.parse(SiteFile.export(site)) == site)
    }

    @Test func defaults() throws {
        let rota = try SiteFile.parse("[rota]\ntimezone = \"UTC\"\nanchor = 2026-01-05").rota
        #expect(rota == RotaSpec(timezone: "UTC", anchor: try date("2026-01-05")))
        #expect(rota?.cycleWeeks == 1)
        #expect(rota?.graceSeconds == 600)
        #expect(rota?.noticeSeconds == [1_800, 600, 120])
    }

    /// The many ways of TOML to write one thing.
    @Test(arguments: [
        """
        [rota]
        timezone = "UTC"
        anchor = 2026-01-05
        notice_seconds = []
        slots = { am = "08:00-13:00" }
        exception = [
            { date = 2026-11-11, slots = { am = ["g"] } },
            { date = 2026-12-25, closed = true },
            { date = 2026-12-26, slots = {} },
        ]
        """,
        """
        [[rota.exception]]
        date = 2026-11-11
        [rota.exception.slots]
        am = ["g"]
        [[rota.exception]]
        closed = true
        date = 2026-12-25
        [[rota.exception]]
        date = 2026-12-26
        [rota.exception.slots]
        [rota.slots]
        "am" = '08:00-13:00'
        [rota]
        notice_seconds = []
        anchor = 2026-01-05
        timezone = "UTC"
        """,
        """
        rota.slots.am = "08:00-13:00"
        rota.notice_seconds = []
        rota.timezone = "UTC"
        rota.anchor = 2026-01-05
        rota.exception = [
            { date = 2026-11-11, slots.am = ["g"] }, { date = 2026-12-25, closed = true },
            { date = 2026-12-26, slots = {} }
        ]
        """,
    ])
    func oneRota(text: String) throws {
        let group = "group = [{ name = \"g\", members = [], pools = [], slots = [] }]\n"
        let site = try SiteFile.parse(group + text)
        #expect(
            site.rota
                == RotaSpec(
                    timezone: "UTC", anchor: try date("2026-01-05"), noticeSeconds: [],
                    slots: [RotaSlot(name: "am", hours: "08:00-13:00")],
                    exceptions: [
                        RotaException(
                            date: try date("2026-11-11"),
                            table: .slots([.init(slot: "am", groups: [GroupName("g")])])),
                        RotaException(date: try date("2026-12-25"), table: .closed),
                        RotaException(date: try date("2026-12-26"), table: .slots([])),
                    ]))
        #expect(try SiteFile.parse(SiteFile.export(site)) == site)
    }

    /// No slots and no `slots` are two things: never, and at any time.
    @Test func slotsOfAGroup() throws {
        let rota =
            "[rota]\ntimezone = \"UTC\"\nanchor = 2026-01-05\n[rota.slots]\nam = \"08:00-09:00\"\n"
        for (line, slots) in [
            ("", nil), ("slots = []", []), ("slots = [\"sun.am\"]", ["sun.am"]),
        ] as [(String, [String]?)] {
            let site = try SiteFile.parse(
                rota + "[[group]]\nname = \"g\"\nmembers = []\npools = []\n" + line)
            #expect(site.groups[0].slots == slots)
            #expect(try SiteFile.parse(SiteFile.export(site)).groups[0].slots == slots)
        }
    }

    @Test func aChangeIsSeenInTheDifference() throws {
        func text(_ hours: String, _ exception: String) throws -> String {
            SiteFile.export(
                try SiteFile.parse(
                    """
                    rota = { timezone = "UTC", anchor = 2026-01-05, slots = { am = "\(hours)" }, \
                    exception = [{ date = 2026-11-11, closed = true }, \(exception)] }
                    """))
        }
        let old = try text("08:00-13:00", "{ date = 2026-12-25, closed = true }")
        let new = try text("08:00-12:00", "{ date = 2026-12-25, slots = {} }")
        #expect(
            SiteDiff.unified(old: old, new: new) == """
                --- site (now)
                +++ site (new)
                @@ -3,7 +3,7 @@
                 anchor = 2026-01-05
                 
                 [rota.slots]
                -am = "08:00-13:00"
                +am = "08:00-12:00"
                 
                 [[rota.exception]]
                 date = 2026-11-11
                @@ -11,4 +11,4 @@
                 
                 [[rota.exception]]
                 date = 2026-12-25
                -closed = true
                +slots = {}

                """)
    }
}
