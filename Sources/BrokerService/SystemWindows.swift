package import BrokerCore
import BrokerEngine
package import BrokerRota

/// Works windows out with the system's time zones.
package struct SystemWindows: WindowSource {
    private let directory: ZoneDirectory
    /// How far back: what a lease's present window needs, and a clock that is set back.
    private static let pastSeconds = 3 * 86_400

    package init(_ directory: ZoneDirectory = .system()) { self.directory = directory }

    package var zones: String { directory.version ?? "unknown" }

    package func windows(
        of site: SiteSpec, at time: UnixTime, until: UnixTime
    ) throws(Refusal) -> WindowTable {
        let zones = zones
        let rota = try rota(of: site)
        let found = rota.windows(from: time.adding(seconds: -Self.pastSeconds), to: until)
        return WindowTable(
            groups: found.map { WindowTable.Entry(group: $0.group, windows: $0.windows) },
            until: until, zones: zones, isNewRota: true)
    }

    /// The rota of a site that has one.
    ///
    /// - Throws: `invalid`.
    package func rota(of site: SiteSpec) throws(Refusal) -> Rota {
        guard let spec = site.rota else {
            throw .invalid([
                SiteProblem(SitePlace(.rota(.slots)), RotaFault.noRota.text)
            ])
        }
        do throws(RotaInvalid) {
            return try Rota(spec, groups: site.rotaGroups, zones: directory)
        } catch {
            throw .invalid(error.problems.map { SiteProblem($0) })
        }
    }
}
