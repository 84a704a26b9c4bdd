import BrokerAPI
import BrokerCore
import BrokerService
import BrokerText
import Glibc
import Testing

@testable import BrokerHTTP

/// The rota as clients see it.
@Suite struct RotaCallTests {
    /// A day of the département's week in November 2026, in winter time.
    private static let paris = RotaSpec(
        timezone: "Europe/Paris", anchor: CivilDate(text: "2026-01-05")!, cycleWeeks: 1,
        slots: [
            RotaSlot(name: "pm", hours: "13:00-18:30"), RotaSlot(name: "am", hours: "08:00-13:00"),
        ],
        exceptions: [RotaException(date: CivilDate(text: "2026-11-11")!, table: .closed)])

    private static func group(
        _ name: String, slots: [String]?, quota: Int? = nil
    ) -> GroupSpec {
        GroupSpec(
            name: GroupName(name), members: [.unixGroup(UnixGroupName("staff"))],
            pools: [PoolName("desks")], quota: quota, slots: slots)
    }

    private static let table = House.site(
        size: 10,
        groups: [
            group("finance", slots: ["mon.am", "wed.pm"], quota: 6),
            group("social", slots: ["mon.pm", "wed.am"], quota: 6), group("always", slots: nil),
        ], rota: paris)

    /// A rota in UTC whose only slot is from `from` to `to` minutes after now, every day.
    private static func daily(from: Int, to: Int, grace: Int = 0, notices: [Int] = []) -> RotaSpec {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        let minute = Int(parts.tm_hour) * 60 + Int(parts.tm_min)
        func clock(_ offset: Int) -> String {
            String(
                clockText(secondOfDay: (minute + offset).floorRemainder(by: 1_440) * 60).prefix(5))
        }
        return RotaSpec(
            timezone: "Etc/UTC", anchor: CivilDate(text: "2026-01-05")!, graceSeconds: grace,
            noticeSeconds: notices,
            slots: [RotaSlot(name: "x", hours: "\(clock(from))-\(clock(to))")])
    }

    private static let everyDay = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .map { "\($0).x" }

    @Test func aWeekIsShown() throws {
        let house = try House(Self.table)
        let rota = try house.ask("GET", "/v1/rota?at=2026-11-09T10:00:00Z").json(RotaTable.self)
        #expect(rota.timezone == "Europe/Paris")
        #expect(!rota.tzdata.isEmpty)
        #expect(rota.from.text == "2026-11-08T23:00:00.000Z")
        #expect(rota.to.text == "2026-11-15T23:00:00.000Z")
        #expect(rota.noticeSeconds == [1_800, 600, 120])
        #expect(rota.slots.map(\.name) == ["am", "pm"])
        #expect(rota.days.map(\.date).first == "2026-11-09")
        #expect(rota.days.map(\.weekday) == WeekdayName.allCases)
        #expect(rota.days[0].slots.map(\.groups) == [["finance"], ["social"]])
        #expect(rota.days[0].slots[0].start?.text == "2026-11-09T07:00:00.000Z")
        #expect(rota.days[2].exception == .closed)
        #expect(rota.days[2].slots.map(\.groups) == [[], []])
        #expect(rota.groups.map(\.name) == ["finance", "social", "always"])
        #expect(rota.groups.map(\.open) == [true, false, true])
        #expect(rota.groups[0].closesAt?.text == "2026-11-09T12:00:00.000Z")
        #expect(rota.groups[0].opensAt?.text == "2026-11-16T07:00:00.000Z")
        #expect(rota.groups[0].windows.count == 1)
        #expect(rota.groups[1].opensAt?.text == "2026-11-09T12:00:00.000Z")
        #expect(rota.groups[2].slots == nil)
        #expect(rota.groups[2].opensAt == nil && rota.groups[2].closesAt == nil)
        #expect(rota.groups[2].windows == [RotaWindow(start: rota.from, end: rota.to)])
    }

    /// Dates begin at midnight in the zone, on the days when the clock is set too.
    @Test(arguments: [
        (
            "from=2026-10-25&to=2026-10-26", 1, "2026-10-24T22:00:00.000Z",
            "2026-10-25T23:00:00.000Z"
        ),
        (
            "from=2026-03-29&to=2026-03-30", 1, "2026-03-28T23:00:00.000Z",
            "2026-03-29T22:00:00.000Z"
        ),
        ("from=2026-11-23", 7, "2026-11-22T23:00:00.000Z", "2026-11-29T23:00:00.000Z"),
        ("to=2026-11-30", 7, "2026-11-22T23:00:00.000Z", "2026-11-29T23:00:00.000Z"),
        (
            "from=2026-11-23T11:00:00Z&to=2026-11-23T13:00:00Z", 1, "2026-11-23T11:00:00.000Z",
            "2026-11-23T13:00:00.000Z"
        ),
    ])
    func boundsAreTaken(query: String, days: Int, from: String, to: String) throws {
        let house = try House(Self.table)
        let rota = try house.ask("GET", "/v1/rota?\(query)").json(RotaTable.self)
        #expect(rota.days.count == days)
        #expect(rota.from.text == from)
        #expect(rota.to.text == to)
    }

    @Test func tenYearsAreTheMost() throws {
        let house = try House(Self.table)
        let long = try house.ask("GET", "/v1/rota?from=2026-01-01&to=2036-01-01")
        #expect(try long.json(RotaTable.self).days.count == 3_652)
        for query in [
            "from=2026-01-01&to=2037-01-01", "from=2026-01-02&to=2026-01-01", "from=today",
            "from=2026-02-30", "from=2026-01-01&to=2026-01-01", "until=2026-01-01",
            "from=0001-01-01&to=9999-12-31",
        ] {
            #expect(try house.ask("GET", "/v1/rota?\(query)").status == 400, "\(query)")
        }
        #expect(try house.ask("GET", "/v1/rota?from=9999-12-25&to=9999-12-31").status == 200)
        #expect(try house.ask("GET", "/v1/rota?to=0001-01-08").status == 200)
    }

    @Test func withoutARotaThereIsNone() throws {
        let house = try House(House.site(size: 1))
        let answer = try house.ask("GET", "/v1/rota")
        #expect(answer.status == 404)
        #expect(answer.slug == .notFound)
        #expect(try house.ask("GET", "/v1/status").json(Status.self).rota == nil)
    }

    // MARK: Windows

    @Test func outsideOfItsWindowAGroupIsRefused() throws {
        let rota = Self.daily(from: 120, to: 180)
        let house = try House(
            House.site(
                size: 1, groups: [Self.group("later", slots: Self.everyDay)], rota: rota))
        let answer = try house.grant("anna")
        #expect(answer.status == 403)
        let problem = try answer.json(Problem.self)
        #expect(problem.slug == .outsideWindow)
        let reason = try #require(problem.reasons.first)
        #expect(reason.rule == "outside-window")
        let opens = try #require(reason.opensAt)
        let group = try house.ask("GET", "/v1/groups/later").json(Group.self)
        #expect(group.opensAt == opens && !group.open && group.slots == Self.everyDay)
        let status = try house.ask("GET", "/v1/status").json(Status.self)
        #expect(status.groups[0].opensAt == opens && !status.groups[0].open)
        #expect(status.rota?.timezone == "Etc/UTC")
        #expect(status.rota?.reachesUntil != nil)
        // Nobody is to come before it opens, and not all in one second.
        let wait = try #require(problem.retryAfterSeconds)
        #expect(answer.fields["retry-after"] == "\(wait)")
        let seconds = Int(opens.milliseconds - status.now.milliseconds) / 1_000
        #expect((seconds - 1...seconds + 31).contains(wait))
        let spread = Wire.spreadSeconds(HolderName("anna")) - Wire.spreadSeconds(HolderName("ben"))
        let other = try #require(try house.grant("ben").json(Problem.self).retryAfterSeconds)
        #expect(abs(wait - other - spread) <= 1)
        // It opens after the wait would be over.
        #expect(try house.grant("anna", #""wait_seconds":60"#).status == 403)
        let client = try house.startGrant("anna", #""wait_seconds":43200"#)
        #expect(eventually { house.lineCount() == 1 })
        withExtendedLifetime(client) {}
    }

    @Test func aLeaseEndsWithItsWindow() throws {
        let rota = Self.daily(from: -60, to: 60, grace: 600, notices: [5_000, 3_000, 60])
        let house = try House(
            House.site(size: 2, groups: [Self.group("now", slots: Self.everyDay)], rota: rota))
        let lease = try house.grant("anna").json(Lease.self)
        let group = try house.ask("GET", "/v1/groups/now").json(Group.self)
        #expect(group.open && group.closesAt == lease.windowEndsAt)
        let ends = try #require(lease.windowEndsAt)
        #expect(lease.expiresAt.milliseconds == ends.milliseconds + 600_000)
        // One warning at once, for 4,200 seconds at most are left and 5,000 have passed.
        let client = try house.connect()
        client.send(
            request("GET", "/v1/leases/\(lease.id)", "", "Accept: text/event-stream\r\n"))
        usleep(300_000)
        // Revoked with a grace, it has an end that comes sooner, and that is warned of.
        let revoke = #"{"reason":"fire drill","grace_seconds":30}"#
        #expect(try house.ask("POST", "/v1/leases/\(lease.id)/revoke", revoke).status == 200)
        usleep(300_000)
        #expect(try house.ask("DELETE", "/v1/leases/\(lease.id)").status == 204)
        let events = try client.answer().events
        #expect(events.map(\.name) == ["lease", "notice", "lease", "notice", "lease"])
        let notices = try events.filter { $0.name == "notice" }.map {
            try WireJSON.decode(LeaseNotice.self, from: Array($0.data.utf8))
        }
        #expect(notices.map(\.reason) == [.windowClosed, .revoked])
        #expect(notices[0].endsAt == lease.expiresAt)
        #expect((1...4_200).contains(notices[0].remainingSeconds))
        #expect((28...30).contains(notices[1].remainingSeconds))
    }

    @Test func aLeaseThatIsRenewedNeedsNoWarning() throws {
        let house = try House(House.site(size: 1))
        let lease = try house.grant("anna", #""ttl_seconds":100"#).json(Lease.self)
        let client = try house.connect()
        client.send(
            request("GET", "/v1/leases/\(lease.id)", "", "Accept: text/event-stream\r\n"))
        usleep(300_000)
        #expect(try house.ask("DELETE", "/v1/leases/\(lease.id)").status == 204)
        #expect(try client.answer().events.map(\.name) == ["lease", "lease"])
    }

    // MARK: Foresight

    @Test func aGroupIsForeseen() throws {
        let house = try House(Self.table)
        let body = #"{"members":["@staff"],"pools":["desks"],"quota":8,"slots":["mon.pm"]}"#
        let plan = try house.ask("PUT", "/v1/groups/finance?dry_run=true", body)
            .json(GroupPlan.self)
        #expect(plan.group.slots == ["mon.pm"])
        let first = try #require(plan.shortfalls.first)
        #expect(first.quotas == 14 && first.seats == 10)
        #expect(first.groups == ["finance", "social"])
        #expect(first.text.hasPrefix("Mon ") && first.text.contains("Europe/Paris: quotas 14"))
        // Nothing has changed, and nobody else has changed anything.
        let group = try house.ask("GET", "/v1/groups/finance").json(Group.self)
        #expect(group.slots == ["mon.am", "wed.pm"])
        let path = "/v1/groups/finance?if_revision=\(plan.revision)"
        #expect(try house.ask("PUT", path, body).status == 200)
        #expect(try house.ask("PUT", path, body).slug == .revisionMismatch)
        #expect(try house.ask("PUT", "/v1/groups/finance?if_revision=x", body).status == 400)
        let unknown = body.replacing("mon.pm", with: "mon.noon")
        #expect(try house.ask("PUT", "/v1/groups/finance", unknown).status == 400)
    }

    @Test func aSiteIsForeseen() throws {
        let house = try House(Self.table)
        let toml = """
            [[pool]]
            name = "desks"
            size = 10
            [[group]]
            name = "finance"
            members = ["@staff"]
            pools = ["desks"]
            quota = 8
            reserve = 2
            slots = ["mon.am"]
            [[group]]
            name = "social"
            members = ["@staff"]
            pools = ["desks"]
            quota = 8
            reserve = 2
            slots = ["mon.am"]
            [rota]
            timezone = "America/St_Johns"
            anchor = 2026-01-05
            [rota.slots]
            am = "08:00-13:00"
            """
        let plan = try house.ask("PUT", "/v1/site?dry_run=true", toml).json(SiteApplyResult.self)
        #expect(plan.changed)
        #expect(
            plan.shortfalls.first?.text.contains("America/St_Johns: quotas 16, seats 10") == true)
        let large = toml.replacing("reserve = 2", with: "reserve = 6")
        let collision = try house.ask("PUT", "/v1/site", large).json(Problem.self)
        #expect(collision.slug == .badRequest && collision.line == 16 && collision.column != nil)
        #expect(collision.detail?.english.contains("reserves 12, seats 10") == true)
        let lost = toml.replacing("America/St_Johns", with: "Mars/Olympus")
        let zone = try house.ask("PUT", "/v1/site", lost).json(Problem.self)
        #expect(zone.slug == .badRequest && zone.line == 19)
        let path = "/v1/site?if_revision=\(plan.revision)"
        #expect(try house.ask("PUT", path, toml).status == 200)
        #expect(try house.ask("PUT", path, toml).slug == .revisionMismatch)
    }

    @Test func aDrainToComeIsShown() throws {
        let house = try House(House.site(size: 2))
        let lease = try house.grant("anna").json(Lease.self)
        let now = try house.ask("GET", "/v1/status").json(Status.self).now
        let start = Timestamp(milliseconds: now.milliseconds + 3_600_000)
        let body =
            #"{"reason":"new image","deadline_seconds":60,"at":"\#(start.text)","if_revision":"#
        let revision = try house.ask("GET", "/v1/pools/desks").json(Pool.self).revision
        let path = "/v1/pools/desks/drain"
        #expect(try house.ask("POST", path, "\(body)\(revision + 1)}").slug == .revisionMismatch)
        let forecast = try house.ask("POST", path, "\(body)\(revision)}")
            .json(BrokerAPI.DrainForecast.self)
        #expect(forecast.startsAt == start)
        #expect(forecast.deadlineAt?.milliseconds == start.milliseconds + 60_000)
        #expect(forecast.displaced.map(\.id) == [lease.id])
        #expect(forecast.cutAtDeadline == 1)
        let pool = try house.ask("GET", "/v1/pools/desks").json(Pool.self)
        #expect(pool.state == .open && pool.drainStartsAt == start)
        #expect(pool.reason == "new image" && pool.by == "root")
        let status = try house.ask("GET", "/v1/status").json(Status.self).pools[0]
        #expect(status.drainStartsAt == start && status.by == "root")
        #expect(status.deadlineAt == forecast.deadlineAt)
        #expect(try house.ask("POST", "/v1/pools/desks/uncordon").status == 200)
        #expect(
            try house.ask("GET", "/v1/pools/desks").json(Pool.self).drainStartsAt == nil)
        let windowEnd = #"{"reason":"r","at":"window-end"}"#
        #expect(try house.ask("POST", path, windowEnd).slug == .conflict)
    }

    @Test func aSeatMayBeDrainedLater() throws {
        let house = try House(House.site(size: 2))
        let now = try house.ask("GET", "/v1/status").json(Status.self).now
        let start = Timestamp(milliseconds: now.milliseconds + 3_600_000)
        let path = "/v1/seats/desks-0001/drain"
        let body = #"{"reason":"r","deadline_seconds":0,"at":"\#(start.text)"}"#
        #expect(try house.ask("POST", path, body).status == 200)
        let seat = try house.ask("GET", "/v1/seats/desks-0001").json(Seat.self)
        #expect(!seat.cordoned && seat.drainStartsAt == start && seat.deadlineAt == start)
        #expect(try house.ask("POST", path, #"{"reason":"r","if_revision":1}"#).status == 400)
    }
}
