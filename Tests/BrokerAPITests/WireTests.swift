import BrokerAPI
import BrokerText
import Testing

/// One value of every type that goes over the wire.
private enum Sample {
    static let instant = Timestamp(milliseconds: 1_795_507_083_120)
    static let seat = LeaseSeat(
        name: "vdi-0001", host: "vdi-0001.desk.example", port: 3389, seatProtocol: .rdp)
    static let lease = Lease(
        id: "x", token: 4711, state: .active, pool: "telework", group: "finance",
        holder: "jdupont", seat: seat, grantedAt: instant, expiresAt: instant)
    static let counts = PoolSeats(available: 1, leased: 2, cordoned: 3)
    static let rule = Rule(rule: .quotaExceeded, group: "finance", used: 300, limit: 300)
}

@Suite struct WireTests {
    private func text(_ value: some WireValue) -> String {
        String(decoding: WireJSON.encode(value), as: UTF8.self)
    }

    private func survives<Value: WireObject>(_ value: Value) throws -> Bool {
        try WireJSON.decode(Value.self, from: WireJSON.encode(value)) == value
    }

    /// A problem comes back in one language.
    private func rewrites(_ problem: Problem) throws -> Bool {
        let text = text(problem)
        return self.text(try WireJSON.decode(Problem.self, from: Array(text.utf8))) == text
    }

    @Test func aLeaseHasEveryKey() {
        #expect(
            text(Sample.lease)
                == #"{"id":"x","token":4711,"state":"active","pool":"telework","group":"finance","#
                + #""holder":"jdupont","seat":{"name":"vdi-0001","host":"vdi-0001.desk.example","#
                + #""port":3389,"protocol":"rdp","url":null},"granted_at":"2026-11-24T07:58:03.120Z","#
                + #""expires_at":"2026-11-24T07:58:03.120Z","window_ends_at":null,"ending_reason":null,"#
                + #""ended_at":null,"end_reason":null,"detail":null}"#)
    }

    @Test func everythingSurvivesTheWire() throws {
        #expect(try survives(LeaseList(leases: [Sample.lease], next: "n")))
        #expect(try survives(Connection(Sample.lease)))
        let pool = Pool(
            name: "p", size: 6, targetSize: 6, state: .draining, reason: "r",
            deadlineAt: Sample.instant, revision: 7, seats: Sample.counts, seatProtocol: .url,
            leaseTTLSeconds: 1, leaseTTLSecondsMax: 2, seatsListed: [ListedSeatSpec(name: "s")])
        #expect(try survives(PoolList(pools: [pool])))
        #expect(
            try survives(
                ResizePlan(
                    size: 1, targetSize: 2, retired: 3, displaced: [Sample.lease], completeBy: nil))
        )
        #expect(
            try survives(
                DrainForecast(
                    deadlineAt: nil, leases: 1, ends: [DrainEnd(at: Sample.instant, count: 1)],
                    cutAtDeadline: 0, waitsForEver: true)))
        let seat = Seat(
            name: "s", pool: "p", state: .leased, cordoned: true, host: nil, port: nil,
            seatProtocol: .url, url: "https://x", token: 1, lease: "x", holder: "h", reason: "r")
        #expect(try survives(SeatList(seats: [seat])))
        #expect(
            try survives(
                SiteApplyResult(diff: "+a", displaced: [], changed: true, revision: 1)))
        #expect(try survives(ReloadResult(changed: ["a.b"], needsRestart: [])))
        #expect(
            try rewrites(Problem(.waitExpired, detail: nil, ahead: 2, estimatedAt: Sample.instant)))
        #expect(
            try survives(
                Explanation(
                    agent: "a", pool: nil, at: Sample.instant, outcome: .held,
                    rules: [Sample.rule], earliestAt: nil)))
        #expect(
            try rewrites(
                Problem(
                    .quotaExceeded, detail: Text("d", "e"), reasons: [Sample.rule], line: 1)))
        #expect(
            try survives(
                Status(
                    version: "1", instance: "i", now: Sample.instant, startedAt: Sample.instant,
                    state: .readOnly,
                    seats: StatusSeats(limit: nil, total: 6, counts: Sample.counts),
                    pools: [StatusPool(name: "p", state: .open, size: 6, leased: 2, available: 1)],
                    groups: [StatusGroup(name: "g", used: 1, quota: nil)],
                    store: StatusStore(kind: "sqlite", revision: 1, lowSpace: true))))
    }

    @Test func requestsSurviveStrictly() throws {
        func check<Body: WireObject>(_ body: Body) throws {
            #expect(try StrictJSON.decode(Body.self, from: WireJSON.encode(body)) == body)
        }
        try check(
            GrantRequest(
                pool: "p", group: "g", ttlSeconds: 1, waitSeconds: 43_200, holder: "h",
                holderGroups: ["a", "b"]))
        try check(RenewRequest(ttlSeconds: 60))
        try check(RevokeRequest(reason: "r", graceSeconds: 5))
        try check(ResizeRequest(size: 5, dryRun: true, ifRevision: 0))
        try check(DrainRequest(reason: "r", deadlineSeconds: nil, dryRun: true))
        try check(DrainRequest(reason: "r", at: .windowEnd, ifRevision: 7))
        try check(SeatDrainRequest(reason: "r", deadlineSeconds: 0, at: .instant(Sample.instant)))
        try check(CordonRequest(reason: "é"))
        try check(UncordonRequest())
        try check(
            PoolCreateRequest(
                name: "p", size: 1, driver: SeatDriverName.none, seatName: "a-%d", port: 1,
                seatProtocol: .vnc, seats: [ListedSeatSpec(name: "s", agent: "a")]))
        try check(
            GroupPutRequest(
                members: ["@a"], pools: ["p", "q"], quota: 0,
                reserve: [PoolReserve(pool: "q", seats: 2)], slots: ["mon.am", "2.tue.pm"]))
        try check(GroupPutRequest(slots: []))
    }

    @Test func whatIsForeseenSurvivesTheWire() throws {
        let shortfall = Shortfall(
            from: Sample.instant, to: nil, pool: "p", quotas: 1_800, seats: 1_700, groups: ["g"],
            text: "t")
        let group = Group(
            name: "g", members: [], pools: ["p"], quota: 1, reserve: [], slots: ["mon.am"],
            used: 1, waiting: 2, open: false, opensAt: Sample.instant)
        #expect(
            try survives(
                GroupPlan(
                    group: group, displaced: [Sample.lease], shortfalls: [shortfall],
                    revision: 7)))
        #expect(
            try survives(
                DrainForecast(
                    startsAt: Sample.instant, deadlineAt: Sample.instant, leases: 1, ends: [],
                    cutAtDeadline: 1, displaced: [Sample.lease], shortfalls: [shortfall],
                    waitsForEver: false)))
        #expect(
            try survives(
                ResizePlan(
                    size: 1, targetSize: 1, retired: 0, displaced: [], completeBy: nil,
                    shortfalls: [shortfall])))
        #expect(
            try survives(
                SiteApplyResult(
                    diff: "", displaced: [], shortfalls: [shortfall], changed: false,
                    revision: 1)))
    }

    @Test func theLineAndTheRotaSurviveTheWire() throws {
        #expect(
            try survives(
                QueueList(
                    waiting: [
                        QueuePlace(
                            place: 3, holder: "h", pool: "p", group: "g", since: Sample.instant,
                            expiresAt: Sample.instant, connected: false, ahead: 2,
                            estimatedAt: Sample.instant)
                    ], next: "9")))
        let notice = QueueNotice(
            place: 3, ahead: 2, estimatedAt: nil, expiresAt: Sample.instant)
        #expect(try survives(notice))
        #expect(
            text(notice)
                == #"{"place":3,"ahead":2,"estimated_at":null,"#
                + #""expires_at":"2026-11-24T07:58:03.120Z"}"#)
        let warning = LeaseNotice(
            lease: "x", endsAt: Sample.instant, remainingSeconds: 600, reason: .windowClosed)
        #expect(try survives(warning))
        #expect(
            text(warning)
                == #"{"lease":"x","ends_at":"2026-11-24T07:58:03.120Z","remaining_seconds":600,"#
                + #""reason":"window-closed"}"#)
        let window = RotaWindow(start: Sample.instant, end: Sample.instant)
        #expect(
            try survives(
                RotaTable(
                    timezone: "Europe/Paris", tzdata: "2026a", anchor: "2026-01-05",
                    cycleWeeks: 2, graceSeconds: 600, noticeSeconds: [600, 120],
                    at: Sample.instant, from: Sample.instant, to: Sample.instant,
                    slots: [RotaSlot(name: "am", hours: "08:00-13:00")],
                    groups: [
                        RotaGroup(
                            name: "g", slots: ["1.mon.am"], open: false, opensAt: Sample.instant,
                            closesAt: nil, windows: [window])
                    ],
                    days: [
                        RotaDay(
                            date: "2026-11-23", weekday: .mon, cycleWeek: 2, exception: .closed,
                            slots: [RotaDaySlot(name: "am", start: nil, end: nil, groups: [])])
                    ])))
    }

    @Test(arguments: ["\"\"", "\"window end\"", "\"2026-11-24\"", "1", "true"])
    func aDrainBeginsAtAnInstantOrAtAWindowsEnd(at: String) {
        #expect(throws: JSONError.self) {
            try StrictJSON.decode(
                DrainRequest.self, from: Array(#"{"reason":"r","at":\#(at)}"#.utf8))
        }
    }

    @Test(arguments: [(-1, false), (0, true), (43_200, true), (43_201, false)])
    func nobodyWaitsForLongerThanHalfADay(seconds: Int, isTaken: Bool) {
        let body = Array(#"{"wait_seconds":\#(seconds)}"#.utf8)
        let request = try? StrictJSON.decode(GrantRequest.self, from: body)
        #expect((request?.waitSeconds == seconds) == isTaken)
    }

    @Test func aNewerDaemonMaySayMore() throws {
        let body = Array(text(Sample.lease).dropLast().utf8) + Array(#","newer":{"a":1}}"#.utf8)
        #expect(try WireJSON.decode(Lease.self, from: body) == Sample.lease)
        #expect(throws: JSONError.self) { try StrictJSON.decode(Lease.self, from: body) }
    }
}

@Suite struct GroupTests {
    private func put(_ text: String) throws(JSONError) -> GroupPutRequest {
        try StrictJSON.decode(GroupPutRequest.self, from: Array(text.utf8))
    }

    private func reserve(pools: [String], _ reserve: [PoolReserve]) throws -> JSONValue? {
        let group = Group(
            name: "g", members: [], pools: pools, quota: nil, reserve: reserve, used: 0)
        return try JSONParser.parse(WireJSON.encode(group))?["reserve"]
    }

    @Test func reserveIsANumberForOnePool() throws {
        #expect(try reserve(pools: ["p"], []) == .number("0"))
        #expect(try reserve(pools: ["p"], [PoolReserve(pool: "p", seats: 3)]) == .number("3"))
        #expect(
            try reserve(pools: ["p", "q"], [PoolReserve(pool: "q", seats: 3)])
                == .object([JSONMember(name: "q", value: .number("3"))]))
        #expect(try reserve(pools: [], []) == .object([]))
    }

    @Test func bothFormsOfReserveAreRead() throws {
        let three = [PoolReserve(pool: "p", seats: 3)]
        #expect(try put(#"{"pools":["p"],"reserve":3}"#).reserve == three)
        #expect(try put(#"{"pools":["p"],"reserve":{"p":3}}"#).reserve == three)
        #expect(try put(#"{"pools":["p","q"],"reserve":0}"#).reserve == [])
        for text in [
            #"{"pools":["p","q"],"reserve":1}"#, #"{"reserve":1}"#,
            #"{"pools":["p"],"reserve":{"q":1}}"#, #"{"pools":["p"],"reserve":-1}"#,
            #"{"pools":["p"],"reserve":"1"}"#,
        ] {
            #expect(throws: JSONError.self) { try put(text) }
        }
    }

    @Test func anAnswerCanBeSentBack() throws {
        let group = Group(
            name: "g", members: ["@a"], pools: ["p"], quota: 3, reserve: [], slots: ["mon.am"],
            used: 2, waiting: 1)
        let put = try StrictJSON.decode(GroupPutRequest.self, from: WireJSON.encode(group))
        #expect(
            put == GroupPutRequest(members: ["@a"], pools: ["p"], quota: 3, slots: ["mon.am"]))
        #expect(try self.put(#"{"slots":null}"#).slots == nil)
        #expect(try self.put(#"{"slots":[]}"#).slots == [])
    }
}

@Suite struct ProblemTests {
    @Test func everySlugIsFoundByItsType() {
        for slug in ProblemSlug.allCases {
            #expect(ProblemSlug(type: slug.type) == slug)
            #expect((400...599).contains(slug.status))
            #expect(slug.exitCode != .done)
        }
        #expect(ProblemSlug(type: "/v1/problems/from-the-future") == nil)
        #expect(ProblemSlug(type: "") == nil)
    }

    /// What scripts rely on.
    @Test(arguments: [
        (ProblemSlug.notEntitled, 403, BrokerAPI.ExitStatus.notAllowed),
        (.quotaExceeded, 429, .notNow),
        (.poolExhausted, 503, .notNow), (.poolCordoned, 503, .notNow),
        (.poolDraining, 503, .notNow), (.outsideWindow, 403, .notNow),
        (.lineFull, 503, .notNow), (.waitExpired, 503, .waitPassed),
        (.notFound, 404, .noSuchThing),
        (.leaseEnded, 410, .noSuchThing), (.revisionMismatch, 412, .dataRefused),
        (.seatLimit, 409, .dataRefused), (.forbidden, 403, .notAllowed),
        (.badRequest, 400, .dataRefused), (.conflict, 409, .failed),
        (.tooManyRequests, 429, .notNow), (.storage, 507, .failed),
        (.unavailable, 503, .notNow), (.methodNotAllowed, 405, .failed),
        (.contentTooLarge, 413, .dataRefused), (.headersTooLarge, 431, .failed),
        (.requestTimeout, 408, .failed), (.unsupportedMediaType, 415, .failed),
        (.notAcceptable, 406, .failed),
    ])
    func everySlugHasItsCodes(slug: ProblemSlug, status: Int, exit: BrokerAPI.ExitStatus) {
        #expect(slug.status == status)
        #expect(slug.exitCode == exit)
    }

    @Test func anUnknownSlugGoesByItsStatus() throws {
        let text = #"{"type":"/v1/problems/seats-unknown","title":"Seats unknown","status":503}"#
        let problem = try WireJSON.decode(Problem.self, from: Array(text.utf8))
        #expect(problem.slug == nil)
        #expect(problem.exitCode == .notNow)
    }

    @Test func whatDoesNotApplyIsLeftOut() {
        let problem = Problem(
            .notFound, detail: Text("No pool \"x\".", "Pas de parc \"x\"."))
        #expect(
            String(decoding: WireJSON.encode(problem), as: UTF8.self)
                == #"{"type":"/v1/problems/not-found","title":"Not found","status":404,"#
                + #""detail":"No pool \"x\"."}"#)
        #expect(
            String(decoding: WireJSON.encode(problem.written(in: .french)), as: UTF8.self)
                == #"{"type":"/v1/problems/not-found","title":"Introuvable","status":404,"#
                + #""detail":"Pas de parc \"x\"."}"#)
    }
}

@Suite struct RDPFileTests {
    private func file(
        host: String?, port: Int? = 3389, seatProtocol: SeatProtocolName = .rdp
    ) throws(RDPFileError) -> String {
        try Connection(
            lease: "x", token: 1, seat: "s", host: host, port: port, seatProtocol: seatProtocol,
            url: nil, expiresAt: Timestamp(milliseconds: 0)
        ).rdpFile()
    }

    @Test(arguments: [
        ("vdi-1.desk.example", 3389, "vdi-1.desk.example:3389"), ("10.0.0.1", 1, "10.0.0.1:1"),
        ("fe80::1", 3390, "[fe80::1]:3390"), ("[::1]", 3389, "[::1]:3389"),
    ])
    func hostAndPortComeFirst(host: String, port: Int, address: String) throws {
        let text = try file(host: host, port: port)
        #expect(text.hasPrefix("full address:s:\(address)\r\n"))
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.last == "")
        #expect(lines.dropLast().allSatisfy { $0.split(separator: ":").count >= 2 })
        #expect(!text.contains("password") && !text.contains("username"))
    }

    @Test(arguments: [
        "", "a\r\nb", "a\nalternate shell:s:x", "a b", "a\u{85}b", "a\u{2028}b", "a\u{0}",
    ])
    func aHostThatWouldBeginAnotherLineIsRefused(host: String) {
        #expect(throws: RDPFileError.unusableHost) { try file(host: host) }
    }

    @Test func otherProtocolsHaveNone() {
        #expect(throws: RDPFileError.otherProtocol(.vnc)) {
            try file(host: "a", seatProtocol: .vnc)
        }
        #expect(throws: RDPFileError.unusableHost) { try file(host: nil) }
    }
}

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("0", 0), ("0s", 0), ("90s", 90), ("30m", 1800), ("4h", 14_400), ("1h30m", 5400),
        ("1d", 86_400), ("1d2h3m4s", 93_784), ("9007199254740991s", 9_007_199_254_740_991),
    ])
    func goodOnesAreRead(text: String, seconds: Int) throws {
        #expect(try DurationText.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "90", "00", "-1s", "1.5h", "h", "1x", "1h 30m", "30m1h", "1h1h", "1hm", "1h30", "H",
        "1H",
        "9007199254740992s", "99999999999999999999s", "9999999999999999d", "٣s",
    ])
    func othersAreNot(text: String) {
        #expect(throws: DurationText.Mistake.self) { try DurationText.seconds(text) }
    }

    @Test(arguments: [
        (-5, "0s"), (0, "0s"), (1, "1s"), (59, "59s"), (60, "1m"), (61, "1m01s"), (3599, "59m59s"),
        (3600, "1h"), (3659, "1h"), (11_220, "3h07m"), (86_400, "1d"), (100_800, "1d4h"),
    ])
    func theTwoLargestUnitsAreShown(seconds: Int, text: String) {
        #expect(DurationText.text(seconds: seconds) == text)
    }
}
