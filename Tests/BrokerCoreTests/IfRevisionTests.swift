import Testing

@testable import BrokerCore

/// A change that rests on a forecast is refused when an admin has changed the site since.
@Suite struct IfRevisionTests {
    private func house() throws -> House {
        try House(
            [.plain("a", 3)], [.turning("g", ["a"]), .plain("h", ["a"])],
            windows: ["g": [0..<200]])
    }

    /// What comes between the forecast and the change.
    @Test func whatCounts() throws {
        let table: [(what: String, isChange: Bool, between: (House) throws -> Void)] = [
            ("nothing", false, { _ in }),
            ("a grant", false, { try $0.grant("ann", in: ["h"]) }),
            ("a refusal", false, { _ = try $0.refusedGrant("ann", in: ["h"], group: "g") }),
            ("a cordon", false, { try $0.decide(.cordonPool("a", reason: "paint")) }),
            ("a drain", false, { try $0.drain("a", deadline: 60) }),
            ("a seat's cordon", false, { try $0.decide(.cordonSeat("a-1", reason: "dust")) }),
            ("the same windows", false, { try $0.setWindows(["g": [0..<200]]) }),
            ("other windows", false, { try $0.setWindows(["g": [0..<300]], isNewRota: false) }),
            (
                "a turn", false,
                { house in
                    house.go(to: 200)
                    try house.decide(.passTime)
                }
            ),
            ("the same group", false, { try $0.decide(.putGroup(.plain("h", ["a"]))) }),
            ("the same site", false, { try $0.decide(.applySite($0.broker.siteSpec)) }),
            ("a resize", true, { try $0.resize("a", to: 4) }),
            ("a pool", true, { try $0.decide(.createPool(.plain("b", 1))) }),
            ("a group", true, { try $0.decide(.putGroup(.plain("h", ["a"], quota: 7))) }),
            ("a group that goes", true, { try $0.decide(.deleteGroup("h")) }),
            (
                "another rota", true,
                { house in
                    var site = house.broker.siteSpec
                    site.rota = House.rota(graceSeconds: 31)
                    try house.decide(.applySite(site))
                }
            ),
        ]
        for row in table {
            let house = try house()
            let seen = house.broker.revision
            let site = house.broker.siteRevision
            #expect(site <= seen)
            try row.between(house)
            #expect((house.broker.siteRevision > seen) == row.isChange, "\(row.what)")
            for command in [
                .putGroup(.plain("i", ["a"]), ifRevision: seen),
                .applySite(SiteSpec(pools: [.plain("a", 9)]), ifRevision: seen),
            ] as [Command] {
                let other = House(broker: house.broker, now: house.now)
                let before = other.broker.image
                let refusal = other.refusal(command)
                let actual = house.broker.siteRevision
                #expect(
                    refusal
                        == (row.isChange ? .revisionMismatch(expected: seen, actual: actual) : nil),
                    "\(row.what)")
                if row.isChange { #expect(other.broker.image == before, "\(row.what)") }
            }
        }
    }

    /// The revision that a change answers is the one to go on from.
    @Test func oneAfterTheOther() throws {
        let house = try house()
        guard
            case .group(let first) = try house.decide(
                .putGroup(.plain("h", ["a"], quota: 1), ifRevision: house.broker.revision))
        else { throw House.Unexpected() }
        #expect(first.revision == house.broker.revision)
        guard
            case .group(let second) = try house.decide(
                .putGroup(.plain("h", ["a"], quota: 2), ifRevision: first.revision))
        else { throw House.Unexpected() }
        #expect(second.revision > first.revision)
        #expect(
            house.refusal(.putGroup(.plain("h", ["a"], quota: 3), ifRevision: first.revision))
                == .revisionMismatch(expected: first.revision, actual: second.revision))
        // One before the last change is too early, the last change itself will do.
        let last = house.broker.siteRevision
        #expect(
            house.refusal(.putGroup(.plain("h", ["a"]), ifRevision: last - 1))
                == .revisionMismatch(expected: last - 1, actual: last))
        #expect(house.refusal(.putGroup(.plain("h", ["a"]), ifRevision: last)) == nil)
    }

    /// It is part of the state.
    @Test func itOutlivesARestart() throws {
        let house = try house()
        try house.grant("ann", in: ["h"])
        let again = try Broker(image: house.broker.image)
        #expect(again.siteRevision == house.broker.siteRevision && again.siteRevision > 0)
        #expect(again.siteRevision < again.revision)
    }
}
