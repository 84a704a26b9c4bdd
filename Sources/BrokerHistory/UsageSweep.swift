import BrokerCore

/// Which figures of usage are wanted.
package struct UsageQuestion: Equatable, Sendable {
    /// Where periods begin and the last one ends, in milliseconds since the Unix epoch; it grows,
    /// and has two elements at least. A period is half-open.
    package var bounds: [Int64]
    /// Figures of each group, of each pool, or of each group in each pool.
    package var byGroup = false
    package var byPool = false
    /// The present: what is live counts up to here.
    package var now: Int64

    package init(bounds: [Int64], byGroup: Bool = false, byPool: Bool = false, now: Int64) {
        self.bounds = bounds
        self.byGroup = byGroup
        self.byPool = byPool
        self.now = now
    }

    /// Most rows that there may be: a month's hours of a house of a hundred groups, some ten
    /// megabytes.
    package static let rowCountMax = 100_000
}

/// The figures of a period, of a group or pool where that was asked for.
package struct UsageFigures: Equatable, Sendable {
    /// Which period it is, counted from 0.
    package var period: Int
    /// Whose figures they are; what was not asked by is nil.
    package var whose: UsageParty
    /// How long leases were live, all lengths added up.
    package var seatMilliseconds: Int64 = 0
    /// Most leases that were live at once.
    package var peak = 0
    package var grants = 0
    /// By `Rule.rawValue`.
    package var refusals: [Int]
    /// How long people waited in the line, all added up.
    package var waitMilliseconds: Int64 = 0
    /// Places in the line that began.
    package var waiters = 0

    /// Whether nothing happened.
    package var isNothing: Bool {
        seatMilliseconds == 0 && peak == 0 && grants == 0 && waitMilliseconds == 0 && waiters == 0
            && refusals.allSatisfy { $0 == 0 }
    }
}

/// Figures from one walk over the events, in their order.
///
/// A peak is the largest number of leases that were live in the same instant. It cannot be made of
/// the peaks of parts, because those are reached at different times; so the walk keeps one number of
/// live leases for each row's party, and its largest is the peak, whatever the party and the period.
/// What begins and ends in the same millisecond was never there at the same time.
///
/// Times are the wall clock's, as it went. Where it was set, no time passes between the two instants:
/// what is skipped counts for nobody, what comes twice counts twice, and the lengths of leases add up
/// to what they were. A length is counted in milliseconds and nothing is rounded here.
package struct UsageSweep: Sendable {
    private struct Series: Sendable {
        var whose: UsageParty
        var live = 0
        var waiting = 0
        /// Up to where it has been counted.
        var since: Int64
    }

    /// Columns of a row's figures, then one a rule.
    private enum Column {
        static let seatMilliseconds = 0
        static let peak = 1
        static let grants = 2
        static let waitMilliseconds = 3
        static let waiters = 4
        static let refusals = 5
    }

    private static let ruleCount = Rule.allCases.count
    private static let columnCount = Column.refusals + ruleCount

    private let bounds: [Int64]
    private let now: Int64
    /// Neither by group nor by pool.
    private let isWhole: Bool
    /// Of the parties by their numbers, which series they are in.
    private let seriesOf: [Int]
    private var series: [Series]
    /// By period, then series, then column.
    private var cells: [Int64]
    /// The period that was met last: events come in the order of time.
    private var hint = 0

    /// - Parameters:
    ///   - parties: all that events name, by their numbers.
    ///   - opening: how many leases are live and how many wait, by party, before the first event.
    ///   - openedAt: since when that is so.
    /// - Returns: nil when there would be too many rows.
    package init?(
        _ question: UsageQuestion, parties: [UsageParty], opening: [UsageLevel], openedAt: Int64
    ) {
        bounds = question.bounds
        now = question.now
        isWhole = !question.byGroup && !question.byPool
        var found: [UsageParty: Int] = [:]
        var series: [Series] = []
        if isWhole {
            found[UsageParty()] = 0
            series.append(Series(whose: UsageParty(), since: openedAt))
        }
        seriesOf = parties.map { party in
            let whose = UsageParty(
                group: question.byGroup ? party.group : nil,
                pool: question.byPool ? party.pool : nil)
            if let index = found[whose] { return index }
            found[whose] = series.count
            series.append(Series(whose: whose, since: openedAt))
            return series.count - 1
        }
        let rowCount = (question.bounds.count - 1) * series.count
        guard rowCount <= UsageQuestion.rowCountMax else { return nil }
        cells = Array(repeating: 0, count: rowCount * Self.columnCount)
        self.series = series
        for (number, level) in opening.enumerated() {
            self.series[seriesOf[number]].live += level.live
            self.series[seriesOf[number]].waiting += level.waiting
        }
    }

    /// Takes in the next event.
    ///
    /// - Parameter party: its number; for the clock any.
    package mutating func take(_ kind: UsageEvent.Kind, at: Int64, party: Int) {
        switch kind {
        case .clockLeft:
            for index in series.indices { settle(index, through: at) }
            return
        case .clockSet:
            for index in series.indices { series[index].since = at }
            return
        case .granted, .found, .ended, .chargedAway, .chargedTo, .waitStarted, .waitFound,
            .waitEnded, .waitMovedAway, .waitMovedTo, .refused:
            break
        }
        let index = seriesOf[party]
        settle(index, through: at)
        series[index].live += kind.leaseStep
        series[index].waiting += kind.waitStep
        guard at >= bounds[0], at < bounds[bounds.count - 1] else { return }
        let base = cell(of: index, in: period(of: at))
        switch kind {
        case .granted: cells[base + Column.grants] += 1
        case .waitStarted: cells[base + Column.waiters] += 1
        case .refused(let rule): cells[base + Column.refusals + Int(rule.rawValue)] += 1
        case .found, .ended, .chargedAway, .chargedTo, .waitFound, .waitEnded, .waitMovedAway,
            .waitMovedTo, .clockLeft, .clockSet:
            break
        }
    }

    /// Takes in packed events: the instant (8 bytes), the party's number (4), the kind's code (4), in
    /// little-endian order. It is here, with the walk, so that millions cost no more than they must.
    ///
    /// - Returns: false for bytes that are no events; the figures are of no use then.
    package mutating func take(packed bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count % UsageEvent.packedBytes == 0 else { return false }
        for offset in stride(from: 0, to: bytes.count, by: UsageEvent.packedBytes) {
            let event = UsageEvent.unpacked(bytes, at: offset)
            guard event.party < seriesOf.count, let kind = UsageEvent.Kind(code: event.code) else {
                return false
            }
            take(kind, at: event.at, party: event.party)
        }
        return true
    }

    /// The figures, once all events are in: by period, then group, then pool. Rows in which nothing
    /// happened are left out where they are a group's or a pool's.
    package mutating func figures() -> [UsageFigures] {
        let end = min(bounds[bounds.count - 1], now)
        for index in series.indices { settle(index, through: end) }
        let order = series.indices.sorted { series[$0].whose < series[$1].whose }
        var rows: [UsageFigures] = []
        for period in 0..<bounds.count - 1 {
            // What has not begun has no figures yet.
            guard bounds[period] < now || period == 0 else { break }
            for index in order {
                let row = figures(of: index, in: period)
                if isWhole || !row.isNothing { rows.append(row) }
            }
        }
        return rows
    }

    private func figures(of index: Int, in period: Int) -> UsageFigures {
        let base = cell(of: index, in: period)
        let refusals = cells[(base + Column.refusals)..<(base + Self.columnCount)].map { Int($0) }
        var row = UsageFigures(period: period, whose: series[index].whose, refusals: refusals)
        row.seatMilliseconds = cells[base + Column.seatMilliseconds]
        row.peak = Int(cells[base + Column.peak])
        row.grants = Int(cells[base + Column.grants])
        row.waitMilliseconds = cells[base + Column.waitMilliseconds]
        row.waiters = Int(cells[base + Column.waiters])
        return row
    }

    // MARK: Time

    /// Counts a series from where it was counted up to an instant.
    private mutating func settle(_ index: Int, through end: Int64) {
        let (live, waiting) = (series[index].live, series[index].waiting)
        var at = max(series[index].since, bounds[0])
        let end = min(end, bounds[bounds.count - 1])
        // Only forwards; the clock is set by its own events.
        guard end > series[index].since else { return }
        series[index].since = end
        guard live > 0 || waiting > 0 else { return }
        while at < end {
            let period = period(of: at)
            let next = min(end, bounds[period + 1])
            let base = cell(of: index, in: period)
            cells[base + Column.seatMilliseconds] += Int64(live) * (next - at)
            cells[base + Column.peak] = max(cells[base + Column.peak], Int64(live))
            cells[base + Column.waitMilliseconds] += Int64(waiting) * (next - at)
            at = next
        }
    }

    private func cell(of index: Int, in period: Int) -> Int {
        (period * series.count + index) * Self.columnCount
    }

    /// The period of an instant that lies between the first bound and the last.
    private mutating func period(of at: Int64) -> Int {
        if at >= bounds[hint] && at < bounds[hint + 1] { return hint }
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] <= at { low = middle + 1 } else { high = middle }
        }
        hint = low - 1
        return hint
    }
}

/// How many leases are live, and how many people wait.
package struct UsageLevel: Equatable, Sendable {
    package var live = 0
    package var waiting = 0

    package init(live: Int = 0, waiting: Int = 0) {
        self.live = live
        self.waiting = waiting
    }
}
