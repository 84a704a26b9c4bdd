import BrokerText
import BrokerCore
import BrokerEngine
import Synchronization

/// The time zones of the simulated machine, which outlive its processes.
final class SimWindows: WindowSource {
    private struct State {
        var release = 0
        var first: WindowTable?
    }

    private let state = Mutex(State())

    init() {}

    var zones: String { SimRota.name(ofRelease: release) }

    var release: Int { state.withLock { $0.release } }

    /// The machine gets another release of the time zones.
    func update() { state.withLock { $0.release += 1 } }

    /// The first table since this was called the last time.
    func takeFirst() -> WindowTable? {
        state.withLock { state in
            defer { state.first = nil }
            return state.first
        }
    }

    func windows(
        of site: SiteSpec, at time: UnixTime, until: UnixTime
    ) throws(Refusal) -> WindowTable {
        guard let spec = site.rota, let rota = SimRota(spec, release: release) else {
            throw .invalid([
                SiteProblem(SitePlace(.rota(.timezone)), Text(verbatim: "there is no such zone"))
            ])
        }
        let table = rota.table(of: site.rotaGroups, at: time.seconds, until: until)
        state.withLock { $0.first = $0.first ?? table }
        return table
    }
}
