import BrokerText
package import BrokerCore

/// Whoever knows time zones: works out when the groups of a site may enter.
package protocol WindowSource: Sendable {
    /// The windows of all groups that have slots.
    ///
    /// - Parameters:
    ///   - site: it has a rota.
    ///   - time: by the wall clock; windows that contain it are given whole.
    ///   - until: how far, at most `Broker.windowsAheadSeconds` from it.
    /// - Throws: `invalid` where the rota cannot be worked out, as for a zone that is not there.
    func windows(
        of site: SiteSpec, at time: UnixTime, until: UnixTime
    ) throws(Refusal) -> WindowTable

    /// The release of the time zones that there are now; any text that changes with them.
    var zones: String { get }
}

/// For a broker whose site has no rota.
package struct NoWindows: WindowSource {
    package init() {}

    package func windows(
        of site: SiteSpec, at time: UnixTime, until: UnixTime
    ) throws(Refusal) -> WindowTable {
        throw .invalid([
            SiteProblem(SitePlace(.rota(.timezone)), Text(verbatim: "there are no time zones here"))
        ])
    }

    package var zones: String { "" }
}

extension Refusal {
    /// Why windows are refused, in words.
    var windowsText: String {
        guard case .invalid(let problems) = self else { return "\(self)" }
        return problems.map(\.message).joined(separator: "; ")
    }
}

extension Broker {
    /// How far windows are worked out ahead.
    package static let windowsAheadSeconds = 400 * 86_400
    /// They are worked out again when they reach no further than this.
    private static let windowsAheadSecondsMin = 370 * 86_400

    /// Decides a command, and works the windows out anew where it changed the rota or the slots of
    /// a group: all of it or nothing.
    package mutating func decide(
        _ command: Command, by actor: Actor, at now: Instant, windows: any WindowSource
    ) throws(Refusal) -> Decision {
        let count = undoCount
        let decision = try decide(command, by: actor, at: now)
        guard needsWindows else { return decision }
        do throws(Refusal) {
            let table = try table(from: windows, at: now, isNewRota: true)
            let turned = try decide(.setWindows(table), by: actor, at: now)
            guard case .windowsSet(let displaced) = turned else { return decision }
            return completed(decision, with: displaced, at: now)
        } catch {
            undo(downTo: count)
            throw error
        }
    }

    /// The command that works out windows which are missing, reach no longer far enough, or come
    /// from an earlier release of the time zones; nil when all is well.
    package func windowsCommand(
        from windows: any WindowSource, at now: Instant
    ) throws(Refusal) -> Command? {
        guard rota != nil else { return nil }
        let isFar =
            windowsReach.map {
                $0 > wallTime(now).adding(seconds: Self.windowsAheadSecondsMin)
            } ?? false
        guard !isFar || zones != windows.zones else { return nil }
        return .setWindows(try table(from: windows, at: now, isNewRota: false))
    }

    private func table(
        from windows: any WindowSource, at now: Instant, isNewRota: Bool
    ) throws(Refusal) -> WindowTable {
        let time = wallTime(now)
        guard rota != nil else {
            return WindowTable(groups: [], until: time, zones: "", isNewRota: isNewRota)
        }
        // A change of one group leaves the others' windows as they are, as long as they reach far.
        var until = time.adding(seconds: Self.windowsAheadSeconds)
        if isNewRota, let reach = windowsReach, reach <= until,
            reach > time.adding(seconds: Self.windowsAheadSecondsMin)
        {
            until = reach
        }
        var table = try windows.windows(of: siteSpec, at: time, until: until)
        table.isNewRota = isNewRota
        return table
    }

    /// Adds what the windows did to what a change of the site did.
    private func completed(
        _ decision: Decision, with displaced: [LeaseView], at now: Instant
    ) -> Decision {
        switch decision {
        case .site(var change):
            let known = change.displaced.map(\.id)
            change.displaced = change.displaced.map { lease($0.id) ?? $0 }
            change.displaced += displaced.filter { !known.contains($0.id) }
            change.shortfalls = shortfalls(at: now)
            change.revision = revision
            return .site(change)
        case .group(var change):
            change.displaced = displaced
            change.shortfalls = shortfalls(at: now)
            change.group = group(change.group.spec.name, at: now) ?? change.group
            change.revision = revision
            return .group(change)
        case .granted, .held, .replayed, .waiting, .lease, .pool, .resized, .draining, .seat,
            .windowsSet, .done:
            return decision
        }
    }
}
