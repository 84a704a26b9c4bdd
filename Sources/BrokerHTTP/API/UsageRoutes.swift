import BrokerAPI
import BrokerCore
import BrokerHistory
import BrokerRota
import BrokerService
import BrokerText

extension APIServer {
    static let usageRoutes: [Route] = [
        Route(.get, "/v1/usage", .observer, query: ["from", "to", "by"], usage)
    ]

    @Sendable private static func usage(_ call: Call) throws(Problem) {
        let zone: Zone?
        do throws(Refusal) {
            zone = try call.service.rota()?.zone
        } catch {
            let why = call.wire.problem(error).detail ?? Text(verbatim: "")
            throw Problem(.unavailable, detail: .rotaFailed(why))
        }
        // A year has thousands of hours, which are worked out off the loop, as are the rows.
        call.inBackground { () throws(Problem) in
            let wanted = try WantedUsage(call, zone)
            call.service.usage(wanted.question) { result in
                call.inBackground { () throws(Problem) in
                    switch result {
                    case .failure(let error): throw Problem(error)
                    case .success(nil): throw Problem(.badRequest, detail: .usageTooLong)
                    case .success(let rows?): call.send(wanted.answer(rows))
                    }
                }
            }
        }
    }
}

/// What figures a call wants.
private struct WantedUsage: Sendable {
    let question: UsageQuestion
    private let by: [UsageDimension]
    private let timezone: String

    init(_ call: Call, _ zone: Zone?) throws(Problem) {
        by = try Self.by(call)
        timezone = zone?.name ?? "UTC"
        let periods = UsagePeriods(zone: zone)
        let now = Wire(call.service).nowTimestamp.milliseconds
        let to = try Self.time("to", call, periods) ?? now
        let from: Int64
        if let asked = try Self.time("from", call, periods) {
            from = asked
        } else {
            let last = UnixTime(seconds: Int(to - 1).floorDivided(by: 1_000))
            from = Int64(periods.start(of: periods.date(of: last)).seconds) * 1_000
        }
        guard from < to else { throw Problem(.badRequest, detail: .fromAfterTo) }
        let length = by.lazy.compactMap(\.length).first
        guard
            let bounds = periods.bounds(
                from: from, to: to, length, countMax: UsageQuestion.rowCountMax)
        else { throw Problem(.badRequest, detail: .usageTooLong) }
        question = UsageQuestion(
            bounds: bounds, byGroup: by.contains(.group), byPool: by.contains(.pool), now: now)
    }

    private static func by(_ call: Call) throws(Problem) -> [UsageDimension] {
        guard let text = call.query["by"] else { return [] }
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        let by = words.compactMap { UsageDimension(rawValue: String($0)) }
        guard by.count == words.count, Set(by).count == by.count,
            by.count(where: \.isPeriod) <= 1
        else { throw Problem(.badRequest, detail: .usageBy) }
        return by
    }

    /// An instant, or the midnight at which a date begins, in milliseconds.
    private static func time(
        _ parameter: String, _ call: Call, _ periods: UsagePeriods
    ) throws(Problem) -> Int64? {
        guard let text = call.query[parameter] else { return nil }
        if let timestamp = Timestamp(text: text) { return timestamp.milliseconds }
        guard let date = CivilDate(text: text) else {
            throw Problem(.badRequest, detail: .parameterInstantOrDate(parameter))
        }
        return Int64(periods.start(of: date).seconds) * 1_000
    }

    // MARK: The answer

    func answer(_ rows: [UsageFigures]) -> Usage {
        Usage(
            from: Timestamp(milliseconds: question.bounds[0]),
            to: Timestamp(milliseconds: question.bounds[question.bounds.count - 1]),
            timezone: timezone, by: by, rows: rows.map(row))
    }

    private func row(_ figures: UsageFigures) -> UsageRow {
        let start = question.bounds[figures.period]
        let end = question.bounds[figures.period + 1]
        let isPeriodic = by.contains(where: \.isPeriod)
        let passed = min(end, question.now) - start
        return UsageRow(
            group: figures.whose.group?.value, isByPool: question.byPool,
            pool: figures.whose.pool?.value,
            from: isPeriodic ? Timestamp(milliseconds: start) : nil,
            to: isPeriodic ? Timestamp(milliseconds: end) : nil,
            seatSeconds: Int(figures.seatMilliseconds / 1_000), peak: figures.peak,
            mean: Thousandths(
                passed > 0 ? Int(Double(figures.seatMilliseconds) * 1_000 / Double(passed)) : 0),
            grants: figures.grants,
            refusals: .object(
                Rule.allCases.compactMap { rule in
                    let count = figures.refusals[Int(rule.rawValue)]
                    return count == 0
                        ? nil : JSONMember(name: rule.slug, value: .number("\(count)"))
                }),
            waitingSeconds: Int(figures.waitMilliseconds / 1_000), waiters: figures.waiters)
    }
}

extension UsageDimension {
    fileprivate var length: UsagePeriods.Length? {
        switch self {
        case .group, .pool: nil
        case .hour: .hour
        case .day: .day
        case .month: .month
        }
    }
}
