import BrokerCore
import BrokerEngine

/// Changes of the site as the calendar sees them: revisions, feasibility, and windows that are worked
/// out again.
extension Auditor {
    // MARK: Revisions

    /// The site was changed, at a revision that is told or lies within the batch.
    mutating func noteSiteChange(_ told: UInt64?) {
        if let told {
            world.siteRevision.most = told
        } else {
            world.siteRevision = (revisionBefore + 1, max(notes.revision, revisionBefore + 1))
        }
    }

    /// Whether a change of the site is refused: for what is wrong with it, since the caller has not
    /// seen the last one, or since what groups reserve does not fit at some time.
    ///
    /// - Parameters:
    ///   - invalid: what is wrong with it by itself.
    ///   - others: what else it is refused for, with the seats as they are.
    mutating func isRefused(
        _ said: Said, _ site: SiteSpec, _ ifRevision: UInt64?, _ invalid: [Refusal],
        others: [Refusal] = [], at now: Int64
    ) throws(Finding) -> Bool {
        var refusals = invalid + others
        // What was told at one revision may be asked with any later one.
        if let ifRevision {
            if ifRevision < world.siteRevision.least {
                refusals.append(.revisionMismatch(expected: ifRevision, actual: 0))
            } else if ifRevision < world.siteRevision.most, isStale(said, ifRevision) {
                return true
            }
        }
        let isNewRota = changesWindows(from: siteSpec, to: site)
        let fit = invalid.isEmpty ? reserves(of: site, at: now, isNewRota: isNewRota) : .fit
        if fit == .exceed || fit == .unknown { refusals.append(.invalid([])) }
        guard refusals.isEmpty else {
            guard case .answer(let index) = said else { return true }
            guard case .refused(let given) = told[index] else {
                throw wrong(told[index], "refusal", "refused: \(refusals), reserves \(fit)")
            }
            let isTrue = refusals.contains { refusal in
                switch (refusal, given) {
                case (.revisionMismatch(let seen, _), .revisionMismatch(let given, let actual)):
                    seen == given && actual >= world.siteRevision.least
                case (.invalid(let expected), .invalid(let problems)):
                    !problems.isEmpty && (!expected.isEmpty || fit == .unknown)
                case (.invalid(let expected), .reservesCollide): expected.isEmpty && fit == .exceed
                default: refusal == given
                }
            }
            guard isTrue else { throw wrong(told[index], "refusal", "refused: \(refusals)") }
            return true
        }
        // Whether the grace after a window counts for a reserve is left open.
        if fit == .exceedInTheGrace, case .answer(let index) = said,
            case .refused(.reservesCollide) = told[index]
        {
            return true
        }
        return false
    }

    /// Whether a change was refused for a revision that may be the last one or not: what was told, or
    /// what is supposed, which tells something of the last one.
    private mutating func isStale(_ said: Said, _ ifRevision: UInt64) -> Bool {
        guard case .answer(let index) = said else {
            let isStale = guess.stale >> guess.count & 1 == 1
            guess.count += 1
            if isStale {
                world.siteRevision.least = ifRevision + 1
            } else {
                world.siteRevision.most = ifRevision
            }
            return isStale
        }
        guard case .refused(.revisionMismatch) = told[index] else { return false }
        return true
    }

    // MARK: Reserves

    enum Fit {
        case fit
        case exceedInTheGrace
        case exceed
        /// There is no such time zone.
        case unknown
    }

    /// Whether at each instant from now on all that groups in turn reserve is there.
    ///
    /// - Parameter isNewRota: windows are worked out for it; else those that are known hold.
    private func reserves(of site: SiteSpec, at now: Int64, isNewRota: Bool) -> Fit {
        guard let rota = site.rota else { return .fit }
        let model = SimRota(rota, release: zones)
        guard model != nil || !isNewRota else { return .unknown }
        guard site.groups.contains(where: { $0.slots != nil }) else { return .fit }
        let second = second(at: now)
        var fit = Fit.fit
        for pool in site.pools {
            var changes: [(at: Int, seats: Int)] = []
            var graceful: [(at: Int, seats: Int)] = []
            var always = 0
            for group in site.groups {
                guard let seats = group.reserve.first(where: { $0.pool == pool.name })?.seats else {
                    continue
                }
                guard group.slots != nil else {
                    always += seats
                    continue
                }
                let windows =
                    isNewRota
                    ? model?.windows(
                        of: RotaGroup(name: group.name, slots: group.slots), at: second)
                    : world.calendars[Int(names.groups.known(group.name.value))]?.windows
                for window in windows ?? [] where window.end > second {
                    changes += [(window.start, seats), (window.end, -seats)]
                    graceful += [(window.start, seats), (window.end + rota.graceSeconds, -seats)]
                }
            }
            if Self.peak(changes) + always > pool.size { return .exceed }
            if Self.peak(graceful) + always > pool.size { fit = .exceedInTheGrace }
        }
        return fit
    }

    /// Whether the seats of a site are too few for what groups in turn reserve, by the windows that
    /// are known.
    func reservesCollide(in site: SiteSpec, at now: Int64) -> Bool {
        reserves(of: site, at: now, isNewRota: false) == .exceed
    }

    private static func peak(_ changes: [(at: Int, seats: Int)]) -> Int {
        var (sum, peak) = (0, 0)
        // What ends at an instant is over in it.
        for change in changes.sorted(by: { ($0.at, $0.seats) < ($1.at, $1.seats) }) {
            sum += change.seats
            peak = max(peak, sum)
        }
        return peak
    }

    // MARK: Windows

    /// Windows are worked out further, or with other time zones: the present stays as it is.
    mutating func setWindows(
        _ said: Said, at now: Int64
    ) throws(Finding) {
        if case .answer(let index) = said, case .refused(.reservesCollide) = told[index] { return }
        guard try proceeds(said, changes: true) else { return }
        // Whatever slots groups had when the table was made, those that they have now count.
        let second = second(at: now)
        let model = world.rota.flatMap { SimRota($0, release: zones) }
        for group in world.groups where group.spec.slots != nil {
            let windows = model?.windows(
                of: RotaGroup(name: group.spec.name, slots: group.spec.slots), at: second)
            world.calendars[Int(group.name)]?.replaceFuture(with: windows ?? [], at: second)
        }
        disturbTurns()
        guard case .answer(let index) = said else { return }
        guard case .decided(.windowsSet(let displaced)) = told[index], displaced.isEmpty else {
            throw wrong(told[index], "answer", "windows, and nobody who is cut off")
        }
    }

    /// Whom a change takes out of their window. Who is charged to another group at once may be left
    /// out.
    ///
    /// - Parameter retired: places of leases whose seats go, which have to be told all the same.
    func expectCutOff(
        _ views: [LeaseView], _ expected: [LeaseID], retired: [Int] = []
    ) throws(Finding) {
        let retiredIDs = Set(retired.map { world.leases[$0].id })
        var left = retiredIDs.union(expected)
        for view in views {
            guard let place = world.known[view.id], left.remove(view.id) != nil else {
                throw Finding("wrong-displaced", "told \(view), which is not cut off")
            }
            // Without a grace it is over at once.
            let field =
                place >= 0
                ? difference(view, live: place) : difference(view, world.ended[~place])
            if let field {
                throw Finding("lease-\(field)", "told \(view) of what is displaced")
            }
        }
        let missing = left.filter { id in
            guard let place = world.known[id], place >= 0 else { return false }
            return retiredIDs.contains(id)
                || world.calendars[Int(world.leases[place].group)]?.isOver ?? false
        }
        guard missing.isEmpty else {
            throw Finding("wrong-displaced", "told \(views), where the rules say \(missing)")
        }
    }
}
