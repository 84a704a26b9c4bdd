import BrokerCore
import BrokerEngine
import BrokerStore
import BrokerText
import Synchronization

/// Windows as a test wants them, in place of a calendar with its zones: each group with slots has
/// those that belong to its first slot, in seconds from `History.start`.
final class HalfDays: WindowSource {
    private struct State {
        var zones = "2025b"
        var windows: [String: [Range<Int>]] = [
            "mon.am": [100..<200, 1_000..<1_100], "mon.pm": [200..<300, 1_100..<1_200],
            "tue.am": [500..<600],
        ]
        var isBroken = false
        var askedCount = 0
    }

    private let state = Mutex(State())

    var zones: String { state.withLock { $0.zones } }
    /// How often windows were asked for.
    var askedCount: Int { state.withLock { $0.askedCount } }

    /// Another release of the zones, in which a slot lies elsewhere.
    func release(_ zones: String, _ slot: String, _ windows: [Range<Int>]) {
        state.withLock {
            $0.zones = zones
            $0.windows[slot] = windows
        }
    }

    func setBroken(_ isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }

    static let brokenZone: Refusal = .invalid([
        SiteProblem(SitePlace(.rota(.timezone)), Text(verbatim: "there is no such time zone"))
    ])

    func windows(
        of site: SiteSpec, at time: UnixTime, until: UnixTime
    ) throws(Refusal) -> WindowTable {
        let known = state.withLock { state in
            state.askedCount += 1
            return state
        }
        guard !known.isBroken, site.rota?.timezone == "Etc/UTC" else { throw Self.brokenZone }
        let start = UnixTime(seconds: Int(History.start.milliseconds / 1_000))
        let groups = site.groups.compactMap { group -> WindowTable.Entry? in
            guard let slots = group.slots else { return nil }
            let windows = (slots.first.flatMap { known.windows[$0] } ?? []).compactMap { seconds in
                UTCWindow(
                    start: start.adding(seconds: seconds.lowerBound),
                    end: start.adding(seconds: seconds.upperBound))
            }
            return WindowTable.Entry(group: group.name, windows: windows)
        }
        return WindowTable(groups: groups, until: until, zones: known.zones, isNewRota: true)
    }
}

extension History {
    static func rota(timezone: String = "Etc/UTC", graceSeconds: Int = 30) -> RotaSpec {
        RotaSpec(
            timezone: timezone, anchor: CivilDate(text: "2026-01-05")!,
            graceSeconds: graceSeconds,
            slots: [
                RotaSlot(name: "am", hours: "08:00-13:00"),
                RotaSlot(name: "pm", hours: "13:00-18:30"),
            ])
    }

    static func group(
        _ name: String, slots: [String]? = nil, quota: Int? = nil, reserve: Int = 0
    ) -> GroupSpec {
        GroupSpec(
            name: GroupName(name), members: [.unixGroup(UnixGroupName(name))],
            pools: [PoolName("a")], quota: quota,
            reserve: reserve == 0 ? [] : [.init(pool: PoolName("a"), seats: reserve)],
            slots: slots)
    }

    /// One pool of so many seats.
    static func site(
        _ size: Int, _ groups: [GroupSpec], rota: RotaSpec? = History.rota()
    ) -> SiteSpec {
        SiteSpec(
            pools: [PoolSpec(name: PoolName("a"), size: size, seatName: "a-%d")], groups: groups,
            rota: rota)
    }

    func at(_ seconds: Int) -> Instant { History.start.adding(seconds: seconds) }
}
