import BrokerAPI
import BrokerText
import Testing

/// The document against the types: what one of them says, the other says too.
@Suite struct OpenAPITests {
    private let document: JSONValue

    init() throws {
        let bytes = Array(OpenAPIDocument.json.utf8)
        document = try #require(try JSONParser.parse(bytes, depthMax: JSONParser.answerDepthMax))
    }

    private func schema(_ name: String) throws -> JSONValue {
        try #require(document["components"]?["schemas"]?[name], "there is no schema \(name)")
    }

    /// Every object in the document, from the outside in.
    private func walk(_ json: JSONValue, _ visit: ([JSONMember]) -> Void) {
        switch json {
        case .object(let members):
            visit(members)
            for member in members { walk(member.value, visit) }
        case .array(let elements):
            for element in elements { walk(element, visit) }
        case .null, .bool, .number, .string:
            break
        }
    }

    @Test func everyReferenceLeadsSomewhere() {
        var count = 0
        walk(document) { members in
            for member in members where member.name == "$ref" {
                count += 1
                guard case .string(let path) = member.value, path.hasPrefix("#/") else {
                    Issue.record("\(member.value) is no reference")
                    continue
                }
                let target = path.dropFirst(2).split(separator: "/")
                    .reduce(Optional(document)) { $0?[String($1)] }
                #expect(target != nil, "\(path)")
            }
        }
        #expect(count > 200)
    }

    @Test func everySchemaAndAnswerIsUsed() {
        var used: Set<String> = []
        walk(document) { members in
            for case .string(let path) in members.filter({ $0.name == "$ref" }).map(\.value) {
                used.insert(path)
            }
        }
        for kind in ["schemas", "responses", "parameters"] {
            for name in document["components"]?[kind]?.names ?? [] {
                #expect(used.contains("#/components/\(kind)/\(name)"), "\(kind) \(name)")
            }
        }
    }

    @Test func operationsHaveNamesOfTheirOwnAndNothingIsAnExtension() {
        var names: [String] = []
        walk(document) { members in
            for member in members {
                #expect(!member.name.hasPrefix("x-"))
                if member.name == "operationId", case .string(let name) = member.value {
                    names.append(name)
                }
            }
        }
        #expect(names.count > 30)
        #expect(Set(names).count == names.count)
    }

    @Test func everyProblemIsDescribed() {
        // Those that a call which the document knows cannot run into.
        let elsewhere: Set<ProblemSlug> = [.methodNotAllowed, .unsupportedMediaType]
        for slug in ProblemSlug.allCases where !elsewhere.contains(slug) {
            #expect(OpenAPIDocument.json.contains(slug.rawValue), "\(slug)")
        }
    }

    @Test func wordsAreThoseOfTheTypes() throws {
        func words(_ json: JSONValue?) -> [String] {
            guard case .array(let elements)? = json?["enum"] else { return [] }
            return elements.compactMap { element in
                guard case .string(let word) = element else { return nil }
                return word
            }
        }
        #expect(words(try schema("LeaseState")) == LeaseState.allCases.map(\.rawValue))
        #expect(words(try schema("LeaseEndReason")) == LeaseEndReason.allCases.map(\.rawValue))
        #expect(words(try schema("PoolState")) == PoolState.allCases.map(\.rawValue))
        #expect(words(try schema("SeatState")) == SeatState.allCases.map(\.rawValue))
        let explanation = try schema("Explanation")["properties"]?["outcome"]
        #expect(words(explanation) == ExplainOutcome.allCases.map(\.rawValue))
        let status = try schema("Status")["properties"]?["state"]
        #expect(words(status) == ServiceState.allCases.map(\.rawValue))
        let day = try schema("RotaDay")["properties"]
        #expect(words(day?["weekday"]) == WeekdayName.allCases.map(\.rawValue))
        #expect(words(day?["exception"]) == RotaExceptionKind.allCases.map(\.rawValue))
        for name in ["LeaseSeat", "Connection", "Pool", "Seat", "PoolCreateRequest"] {
            let word = try schema(name)["properties"]?["protocol"]
            #expect(words(word) == SeatProtocolName.allCases.map(\.rawValue), "\(name)")
        }
    }

    @Test func answersHaveTheFieldsOfTheTypes() throws {
        let instant = Timestamp(milliseconds: 1_795_507_083_120)
        let lease = Lease(
            id: "x", token: 1, state: .active, pool: "p", group: "g", holder: "h",
            seat: LeaseSeat(name: "s", host: "h", port: 1, seatProtocol: .rdp),
            grantedAt: instant, expiresAt: instant)
        let counts = PoolSeats(available: 1, leased: 2)
        try compare("Lease", lease)
        try compare("LeaseSeat", lease.seat)
        try compare("LeaseList", LeaseList(leases: []))
        try compare("Connection", Connection(lease))
        try compare("SeatCounts", counts)
        try compare("ListedSeat", ListedSeatSpec(name: "s"))
        try compare(
            "Pool",
            Pool(
                name: "p", size: 1, targetSize: 1, state: .open, revision: 1, seats: counts,
                seatProtocol: .rdp, leaseTTLSeconds: 1, leaseTTLSecondsMax: 1))
        try compare("PoolList", PoolList(pools: []))
        try compare(
            "ResizePlan",
            ResizePlan(size: 1, targetSize: 1, retired: 0, displaced: [], completeBy: nil))
        try compare(
            "DrainForecast",
            DrainForecast(
                deadlineAt: nil, leases: 0, ends: [], cutAtDeadline: 0, waitsForEver: true))
        try compare(
            "Shortfall",
            Shortfall(from: nil, to: nil, pool: nil, quotas: 2, seats: 1, groups: [], text: ""))
        try compare(
            "Seat",
            Seat(
                name: "s", pool: "p", state: .available, cordoned: false, host: nil, port: nil,
                seatProtocol: .url, token: 0))
        try compare("SeatList", SeatList(seats: []))
        let group = Group(name: "g", members: [], pools: [], quota: nil, reserve: [], used: 0)
        try compare("Group", group)
        try compare("GroupList", GroupList(groups: []))
        try compare(
            "GroupPlan", GroupPlan(group: group, displaced: [], shortfalls: [], revision: 1))
        try compare(
            "SiteApplyResult",
            SiteApplyResult(diff: "", displaced: [], changed: false, revision: 1))
        try compare("ReloadResult", ReloadResult(changed: [], needsRestart: []))
        try compare(
            "Explanation",
            Explanation(
                agent: "a", pool: nil, at: instant, outcome: .granted, rules: [], earliestAt: nil))
        try compare(
            "Status",
            Status(
                version: "1", instance: "i", now: instant, startedAt: instant, state: .serving,
                seats: StatusSeats(limit: nil, total: 0, counts: counts), pools: [], groups: [],
                store: StatusStore(kind: "sqlite", revision: 1)))
    }

    @Test func theLineAndTheRotaHaveTheFieldsOfTheTypes() throws {
        let instant = Timestamp(milliseconds: 0)
        let place = QueuePlace(
            place: 1, holder: "h", pool: nil, group: "g", since: instant, expiresAt: instant,
            connected: true, ahead: 0, estimatedAt: nil)
        try compare("QueuePlace", place)
        try compare("QueueList", QueueList(waiting: [place]))
        try compare(
            "StatusHistory", StatusHistory(state: .current, revision: 1, reason: nil))
        let entry = AuditEntry(
            sequence: 1, revision: 2, at: Timestamp(milliseconds: 0), uid: 0, name: "root",
            role: "admin", channel: "control", verb: "pool-drain", target: "pool/p", holder: "h",
            people: .object([]), details: .object([]), why: "w", outcome: "done",
            digest: String(repeating: "0", count: 64))
        try compare("AuditEntry", entry)
        try compare("AuditList", AuditList(audit: [entry]))
        let finding = AuditFinding(what: "edited", sequence: 1, revision: 2)
        try compare("AuditFinding", finding)
        try compare(
            "AuditVerification",
            AuditVerification(
                whole: false, items: 1, head: "1:00", anchor: "0:00", journalFrom: 0,
                findings: [finding]))
        try compare(
            "Usage",
            Usage(from: instant, to: instant, timezone: "UTC", by: [.group, .day], rows: []))
        let slot = RotaDaySlot(name: "am", start: nil, end: nil, groups: [])
        let day = RotaDay(
            date: "2026-11-23", weekday: .mon, cycleWeek: 1, exception: nil, slots: [slot])
        let window = RotaWindow(start: instant, end: instant)
        let group = RotaGroup(
            name: "g", slots: nil, open: true, opensAt: nil, closesAt: nil, windows: [window])
        let hours = RotaSlot(name: "am", hours: "08:00-13:00")
        try compare("RotaDaySlot", slot)
        try compare("RotaDay", day)
        try compare("RotaWindow", window)
        try compare("RotaGroup", group)
        try compare("RotaSlot", hours)
        try compare(
            "RotaTable",
            RotaTable(
                timezone: "Europe/Paris", tzdata: "2026a", anchor: "2026-01-05", cycleWeeks: 1,
                graceSeconds: 600, noticeSeconds: [], at: instant, from: instant, to: instant,
                slots: [hours], groups: [group], days: [day]))
        try compare(
            "StatusRota", StatusRota(timezone: "Europe/Paris", tzdata: "", reachesUntil: nil))
    }

    @Test func eventsHaveTheFieldsOfTheTypes() throws {
        let instant = Timestamp(milliseconds: 0)
        var details = EventDetails()
        details.reason = "r"
        details.by = "b"
        details.deadlineAt = instant
        details.startsAt = instant
        details.poolRevision = 1
        details.targetSize = 1
        details.firstIndex = 1
        details.count = 1
        details.quota = 1
        details.members = []
        details.pools = []
        details.groups = []
        details.slots = []
        details.timezone = "t"
        details.endsAt = instant
        details.place = 1
        details.expiresAt = instant
        details.outcome = "left"
        details.waitedMinutes = 1
        details.rule = "r"
        details.change = "c"
        details.leaseID = "l"
        details.seatLimit = 1
        details.keys = []
        details.steppedMilliseconds = 1
        details.tokenFloor = 1
        let actor = EventActor(name: "a", role: .admin)
        let lease = Lease(
            id: "x", token: 1, state: .active, pool: "p", group: "g", holder: "h",
            seat: LeaseSeat(name: "s", host: "h", port: 1, seatProtocol: .rdp),
            grantedAt: instant, expiresAt: instant)
        let event = Event(
            revision: 1, type: .leaseGranted, at: instant, actor: actor, pool: "p", group: "g",
            seat: "s", holder: "h", lease: lease, details: details)
        for (name, value) in [("Event", event), ("EventDetails", details)]
            as [(String, any WireObject)]
        {
            #expect(
                try fields(value) == (try schema(name))["properties"]?.names.sorted(), "\(name)")
        }
        try compare("EventActor", actor)
        try compare("EventsDropped", EventsDropped(revision: 1, detail: "d"))
        let types = try schema("EventType")["enum"]?.arrayValue?.map(\.stringValue)
        #expect(types == EventType.allCases.map(\.rawValue))
        let read = try WireJSON.decode(Event.self, from: WireJSON.encode(event))
        #expect(read == event)
    }

    /// Bodies of requests: every field of the type may be sent, and nothing else.
    @Test func requestsHaveTheFieldsOfTheTypes() throws {
        let instant = Timestamp(milliseconds: 0)
        func compare(_ name: String, _ value: some WireObject) throws {
            let schema = try schema(name)["properties"]?.names.sorted()
            #expect(try fields(value) == schema, "\(name)")
        }
        try compare(
            "GrantRequest",
            GrantRequest(
                pool: "p", group: "g", ttlSeconds: 1, waitSeconds: 1, holder: "h",
                holderGroups: []))
        try compare(
            "DrainRequest",
            DrainRequest(
                reason: "r", deadlineSeconds: 1, at: .instant(instant), dryRun: true,
                ifRevision: 1))
        try compare(
            "SeatDrainRequest",
            SeatDrainRequest(reason: "r", deadlineSeconds: 1, at: .windowEnd, dryRun: true))
        try compare("RenewRequest", RenewRequest(ttlSeconds: 1))
        try compare("RevokeRequest", RevokeRequest(reason: "r"))
        try compare("ResizeRequest", ResizeRequest(size: 1, dryRun: true, ifRevision: 1))
        try compare("CordonRequest", CordonRequest(reason: "r"))
        try compare("UncordonRequest", UncordonRequest(reason: "r"))
    }

    @Test func partsThatMayBeAbsentAreKnown() throws {
        let instant = Timestamp(milliseconds: 0)
        let rule = Rule(
            rule: .quotaExceeded, group: "g", pool: "p", passed: false, used: 1, limit: 1,
            available: 1, reserved: 1, waiting: 1, opensAt: instant, closesAt: instant,
            reason: "r", earliestAt: instant)
        var problem = Problem(
            .quotaExceeded, detail: Text(verbatim: "d"), retryAfterSeconds: 1, reasons: [rule],
            ahead: 1,
            estimatedAt: instant, line: 1, column: 1, file: "f")
        problem.revision = 1
        #expect(try fields(rule) == (try schema("Rule"))["properties"]?.names.sorted())
        #expect(try fields(problem) == (try schema("Problem"))["properties"]?.names.sorted())
        let row = UsageRow(
            group: "g", isByPool: true, pool: nil, from: instant, to: instant, seatSeconds: 1,
            peak: 1, mean: Thousandths(1_500), grants: 1, refusals: .object([]),
            waitingSeconds: 0, waiters: 0)
        #expect(try fields(row) == (try schema("UsageRow"))["properties"]?.names.sorted())
        #expect(
            [0, 1, 1_500, 2_050].map { Thousandths($0).text } == ["0", "0.001", "1.5", "2.05"])
    }

    private func fields(_ value: some WireObject) throws -> [String]? {
        try JSONParser.parse(WireJSON.encode(value))?.names.sorted()
    }

    /// The type's fields are the schema's, and all of them are always there.
    private func compare(_ name: String, _ value: some WireObject) throws {
        let fields = try fields(value)
        let schema = try schema(name)
        #expect(fields == schema["properties"]?.names.sorted(), "\(name)")
        guard case .array(let required)? = schema["required"] else {
            Issue.record("\(name) requires nothing")
            return
        }
        let names = required.compactMap { element -> String? in
            guard case .string(let name) = element else { return nil }
            return name
        }
        #expect(fields == names.sorted(), "\(name)")
    }
}

extension JSONValue {
    fileprivate subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    fileprivate var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.name)
    }
}
