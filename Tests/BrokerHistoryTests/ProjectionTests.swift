import BrokerCore
import BrokerEngine
import BrokerHistory
import BrokerStore
import Testing

/// What the journal becomes.
@Suite struct ProjectionTests {
    /// An item in a line.
    private func line(_ draft: AuditDraft) -> String {
        let names = draft.names
        let who = "\(names.actor)/\(draft.channel)"
        let people = names.people.map { "\($0.what)=\($0.names.joined(separator: "+"))" }
        return
            ([
                who, draft.verb.rawValue, draft.target.kind.rawValue,
                names.holder ?? "-", names.why ?? "-", draft.outcome,
            ] + people).joined(separator: " ")
    }

    @Test func aDayBecomesItsItems() throws {
        let house = House()
        try house.live()
        let items = try house.rows().items
        #expect(
            items.map(line) == [
                "root/control pool-create pool - - done",
                "root/control group-set group - - done members_added=ann",
                "root/control seats-add pool - - done",
                "root/control site-apply site - - done",
                "ann/agent grant lease ann - done",
                "bob/agent grant lease bob - done",
                "cyd/agent grant group cyd - quota-exceeded",
                "cyd/agent wait group cyd - done",
                "ann/agent release lease ann - done",
                "cyd/agent grant lease cyd - done",
                "olga/control pool-cordon pool - new image done",
                "olga/control pool-uncordon pool - tested done",
                "olga/control pool-resize pool - - revision-mismatch",
                "olga/control revoke lease bob bob left done",
                "brokerd/none end lease bob bob left done",
                "olga/control seat-cordon seat - screen done",
                "olga/control seat-uncordon seat - mended done",
                "brokerd/none clock-set broker - - done",
                "root/control reload broker - - done",
                "root/control pool-set pool - - done",
                "root/control group-set group - - done members_added=dan members_removed=ann",
                "root/control seats-add pool - - done",
                "root/control site-apply site - - done",
                "brokerd/none expire lease cyd - done",
            ])
        let verbs = Set(items.map(\.verb))
        #expect(items.allSatisfy { $0.revision > 0 && $0.revision <= house.revision })
        #expect(verbs.count > 15)
        #expect(zip(items, items.dropFirst()).allSatisfy { $0.revision <= $1.revision })
        // By the wall clock, which is set ahead by an hour.
        #expect(
            items.map { ($0.at - House.start) / 1_000 } == [
                0, 0, 0, 0, 0, 0, 60, 60, 90, 90, 90, 90, 90, 90, 151, 151, 151, 151,
                3_751, 3_751, 3_751, 3_751, 3_751, 43_751,
            ])
        let pool = try #require(items.first { $0.verb == .poolSet })
        #expect(pool.details == #"{"size":{"from":2,"to":3}}"#)
        let served = try #require(items.last { $0.verb == .grant && $0.outcome == "done" })
        #expect(served.details.contains(#""waited_seconds":30"#))
        let step = try #require(items.first { $0.verb == .clockSet })
        #expect(step.details == #"{"milliseconds":3600000}"#)
    }

    @Test func leasesHaveTheirLengthAndTheirTimes() throws {
        let house = House()
        try house.live()
        let changes = try house.rows().leases
        let granted = changes.compactMap { change -> LeaseRow? in
            if case .granted(let row) = change { row } else { nil }
        }
        let ends = changes.compactMap { change -> LeaseEnd? in
            if case .ended(_, let end) = change { end } else { nil }
        }
        #expect(granted.map(\.holder.value) == ["ann", "bob", "cyd"])
        #expect(granted.allSatisfy { $0.pool == PoolName("desks") && $0.seat.port == 3_389 })
        #expect(ends.map(\.reason) == [.released, .revoked, .expired])
        #expect(ends[0].at.line.milliseconds - granted[0].granted.line.milliseconds == 90_000)
        // The clock was an hour on at the last one, and the lease no longer for it.
        let last = ends[2].at
        #expect(last.wall - last.line.milliseconds == 3_600_000)
        #expect(ends[1].detail == "bob left")
    }

    /// Whatever the pieces, and wherever it goes on from a base, the same comes out.
    @Test func piecesMakeTheWhole() throws {
        let house = House()
        try house.live()
        let whole = try house.rows()
        #expect(whole.items.count == 24 && whole.leases.count == 6 && whole.usage.count > 6)
        for cut in house.batches.indices {
            var first = try HistoryProjector(from: BrokerImage())
            var before = HistoryRows()
            for batch in house.batches[..<cut] { try first.project(batch, into: &before) }
            var second = try HistoryProjector(from: first.broker.image.asBase)
            var behind = HistoryRows()
            for batch in house.batches[cut...] { try second.project(batch, into: &behind) }
            #expect(before.items + behind.items == whole.items, "cut at \(cut)")
            #expect(before.leases + behind.leases == whole.leases, "cut at \(cut)")
            #expect(before.usage + behind.usage == whole.usage, "cut at \(cut)")
            // Following makes nothing, and leads to the same.
            var third = try HistoryProjector(from: BrokerImage())
            for batch in house.batches[..<cut] { try third.follow(batch) }
            var rest = HistoryRows()
            for batch in house.batches[cut...] { try third.project(batch, into: &rest) }
            #expect(rest == behind, "cut at \(cut)")
        }
    }

    /// Windows from the start on, whatever the rota says.
    private struct OneWindow: WindowSource {
        let zones = "2025b"

        func windows(
            of site: SiteSpec, at time: UnixTime, until: UnixTime
        ) throws(Refusal) -> WindowTable {
            let window = UTCWindow(start: time, end: time.adding(seconds: 600))
            return WindowTable(
                groups: site.groups.map {
                    WindowTable.Entry(group: $0.name, windows: window.map { [$0] } ?? [])
                }, until: until, zones: zones, isNewRota: true)
        }
    }

    /// Ends of windows are instants like all others.
    @Test func aRotaBecomesItsItems() throws {
        let house = House(windows: OneWindow())
        var site = House.site
        site.rota = RotaSpec(
            timezone: "Etc/UTC", anchor: try #require(CivilDate(text: "2026-01-05")),
            slots: [RotaSlot(name: "am", hours: "08:00-13:00")])
        site.groups[0].slots = ["mon.am"]
        try house.ask(.applySite(site))
        try house.pass(seconds: 1)
        let items = try house.rows().items
        let reach = UnixTime(seconds: Int(House.start / 1_000) + Broker.windowsAheadSeconds)
        let windows = try #require(items.first { $0.verb == .windowsSet })
        let until = InstantText.text(Int64(reach.seconds) * 1_000)
        #expect(windows.details == #"{"until":"\#(until)","zones":"2025b"}"#)
        let open = try #require(items.first { $0.verb == .windowOpen })
        #expect(open.details == #"{"window_ends_at":"2026-01-01T00:10:00.000Z"}"#)
    }

    @Test func aGapIsRefused() throws {
        let house = House()
        try house.live()
        var projector = try HistoryProjector(from: BrokerImage())
        var rows = HistoryRows()
        try projector.project(house.batches[0], into: &rows)
        #expect(throws: Broker.Misfit.self) { try projector.project(house.batches[2], into: &rows) }
        #expect(throws: Broker.Misfit.self) { try projector.follow(house.batches[0]) }
    }

    /// What the version before has written names no verbs; items are made of the records.
    @Test func entriesWithoutVerbs() throws {
        let house = House()
        try house.live()
        var projector = try HistoryProjector(from: BrokerImage())
        var rows = HistoryRows()
        for var batch in house.batches {
            for index in batch.entries.indices {
                batch.entries[index].verb = nil
                batch.entries[index].actor.channel = .none
            }
            try projector.project(batch, into: &rows)
        }
        let verbs = rows.items.map(\.verb)
        #expect(verbs.contains(.poolCreate) && verbs.contains(.groupSet))
        #expect(verbs.contains(.revoke) && verbs.contains(.release))
        #expect(rows.leases == (try house.rows().leases))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_001, "2026-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (86_399_999, "1970-01-01T23:59:59.999Z"),
        ] as [(Int64, String)])
    func instants(milliseconds: Int64, text: String) {
        #expect(InstantText.text(milliseconds) == text)
    }

    /// Nothing that somebody sent can leave its string.
    @Test func texts() {
        var text = JSONText()
        text.add("a", "\"\\\n\u{1B}[2J\u{7F}é")
        text.add("b", ["x", "\t"])
        text.add("c", Int?.none)
        text.addChange("d", 1, 1)
        #expect(
            text.object
                == #"{"a":"\"\\\u000a\u001b[2J\u007fé","b":["x","\u0009"],"c":null}"#)
    }
}
