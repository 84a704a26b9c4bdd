import BrokerAPI
import BrokerCore
import BrokerText

/// The line, and what changes would do, in the API's words.
extension Wire {
    // MARK: The line

    func place(_ view: WaitView) -> QueuePlace {
        QueuePlace(
            place: view.ahead + 1, holder: view.holder.value, pool: view.pool?.value,
            group: view.group.value, since: timestamp(view.since),
            expiresAt: timestamp(view.until), connected: view.isConnected, ahead: view.ahead,
            estimatedAt: view.estimate.map { timestamp($0) })
    }

    func notice(_ view: WaitView) -> QueueNotice {
        QueueNotice(
            place: view.ahead + 1, ahead: view.ahead,
            estimatedAt: view.estimate.map { timestamp($0) }, expiresAt: timestamp(view.until))
    }

    // MARK: Forecasts

    func plan(_ plan: BrokerCore.ResizePlan) -> BrokerAPI.ResizePlan {
        BrokerAPI.ResizePlan(
            size: plan.size, targetSize: plan.targetSize, retired: plan.retired,
            displaced: plan.displaced.map { lease($0) },
            completeBy: plan.completeBy.map { timestamp($0) },
            shortfalls: shortfalls(plan.shortfalls, localTimes))
    }

    func forecast(_ forecast: BrokerCore.DrainForecast) -> BrokerAPI.DrainForecast {
        BrokerAPI.DrainForecast(
            startsAt: forecast.startsAt.map { timestamp($0) },
            deadlineAt: forecast.deadline.map { timestamp($0) }, leases: forecast.leases,
            ends: forecast.ends.map { DrainEnd(at: timestamp($0.at), count: $0.count) },
            cutAtDeadline: forecast.cutAtDeadline,
            displaced: forecast.displaced.map { lease($0) },
            shortfalls: shortfalls(forecast.shortfalls, localTimes),
            waitsForEver: forecast.waitsForEver)
    }

    /// What a change of a group would do.
    func plan(_ change: GroupChange) -> GroupPlan {
        GroupPlan(
            group: group(change.group), displaced: change.displaced.map { lease($0) },
            shortfalls: shortfalls(change.shortfalls, localTimes), revision: Int(change.revision))
    }

    /// - Parameter times: by the clock of the rota that is forecast.
    func shortfalls(
        _ shortfalls: [BrokerCore.Shortfall], _ times: LocalTimes
    ) -> [BrokerAPI.Shortfall] {
        shortfalls.map { shortfall in
            BrokerAPI.Shortfall(
                from: shortfall.start.map { timestamp($0) },
                to: shortfall.end.map { timestamp($0) }, pool: shortfall.pool?.value,
                quotas: shortfall.quotas, seats: shortfall.seats,
                groups: shortfall.groups.map(\.value),
                text: Self.text(shortfall, claims: .quotas, times)[language])
        }
    }

    /// What goes beyond the seats.
    enum Claims {
        case quotas
        case reserves
    }

    /// `Mon 2026-11-30 13:00-13:10 Europe/Paris: quotas 1,800, seats 1,700`.
    static func text(
        _ shortfall: BrokerCore.Shortfall, claims: Claims, _ times: LocalTimes
    ) -> Text {
        let when = times.text(from: shortfall.start, to: shortfall.end)
        let (claimed, seats) = (Text.grouped(shortfall.quotas), Text.grouped(shortfall.seats))
        var text =
            switch claims {
            case .quotas: Text.shortfallQuotas(when: when, quotas: claimed, seats: seats)
            case .reserves: Text.shortfallReserves(when: when, reserves: claimed, seats: seats)
            }
        if let pool = shortfall.pool { text = text + .shortfallPool(pool.value) }
        if shortfall.repeats > 0 { text = text + .shortfallRepeats(.grouped(shortfall.repeats)) }
        return text
    }
}
