import BrokerAPI
import BrokerCore
import BrokerRota
import BrokerService
import BrokerText

extension APIServer {
    static let rotaRoutes: [Route] = [
        Route(.get, "/v1/rota", .agent(or: .observer), query: ["from", "to", "at"], showRota)
    ]

    @Sendable private static func showRota(_ call: Call) throws(Problem) {
        let found: Rota?
        do throws(Refusal) {
            found = try call.service.rota()
        } catch {
            let why = call.wire.problem(error).detail ?? Text(verbatim: "")
            throw Problem(.unavailable, detail: .rotaFailed(why))
        }
        guard let rota = found else {
            throw Problem(.notFound, detail: .noRota)
        }
        let zones = call.service.read { broker in broker.zones }
        let question = try RotaQuestion(call, rota)
        guard !question.isLong else {
            call.inBackground { () throws(Problem) in
                call.send(question.answer(zones: zones))
            }
            return
        }
        call.send(question.answer(zones: zones))
    }
}

/// What of a rota is asked for.
private struct RotaQuestion: Sendable {
    /// More than this is worked out on a thread of its own: a week of a large house stays below.
    private static let shortCountMax = 2_000
    /// Most slots of groups in an answer, some twenty megabytes: ten years of a house of fifty
    /// groups with ten half-days each.
    private static let countMax = 300_000

    let rota: Rota
    let at: UnixTime
    let from: UnixTime
    let to: UnixTime
    /// The dates that have a part of it.
    private let dates: ClosedRange<CivilDate>

    init(_ call: Call, _ rota: Rota) throws(Problem) {
        self.rota = rota
        at =
            try Self.time("at", call, rota.zone)
            ?? UnixTime(
                seconds: Int(Wire(call.service).nowTimestamp.milliseconds)
                    .floorDivided(by: 1_000))
        let monday = rota.zone.local(at: at).date.monday
        let start = try Self.time("from", call, rota.zone)
        let end = try Self.time("to", call, rota.zone)
        switch (start, end) {
        case (let start?, let end?):
            from = start
            to = end
        case (let start?, nil):
            from = start
            to = Self.week(from: start, days: 7, rota.zone)
        case (nil, let end?):
            from = Self.week(from: end, days: -7, rota.zone)
            to = end
        case (nil, nil):
            from = rota.zone.start(of: monday)
            to = rota.zone.start(of: monday.adding(days: 7))
        }
        guard from < to else {
            throw Problem(.badRequest, detail: .fromAfterTo)
        }
        dates =
            rota.zone.local(at: from).date...rota.zone.local(at: to.adding(seconds: -1)).date
        let days = to.seconds - from.seconds
        guard days <= (RotaLimits.expansionDaysMax + 1) * 86_400 else {
            throw Problem(.badRequest, detail: .daysApart(RotaLimits.expansionDaysMax))
        }
        guard count <= Self.countMax else {
            throw Problem(.badRequest, detail: .rotaTooLong)
        }
    }

    /// The same time of day a week away.
    private static func week(from time: UnixTime, days: Int, _ zone: Zone) -> UnixTime {
        let (date, second) = zone.local(at: time)
        return zone.start(of: date.adding(days: days)).adding(seconds: second)
    }

    /// An instant, or the midnight at which a date begins.
    private static func time(
        _ parameter: String, _ call: Call, _ zone: Zone
    ) throws(Problem) -> UnixTime? {
        guard let text = call.query[parameter] else { return nil }
        if let timestamp = Timestamp(text: text) {
            return UnixTime(seconds: Int(timestamp.milliseconds).floorDivided(by: 1_000))
        }
        guard let date = CivilDate(text: text) else {
            throw Problem(.badRequest, detail: .parameterInstantOrDate(parameter))
        }
        return zone.start(of: date)
    }

    private var dayCount: Int { dates.upperBound.dayNumber - dates.lowerBound.dayNumber + 1 }

    /// About how many slots of days and of groups the answer has.
    private var count: Int {
        let weekly = rota.groups.reduce(0) { $0 + ($1.slots?.count ?? 0) }
        let perWeek = weekly / rota.spec.cycleWeeks + rota.slots.count * 7
        return (dayCount / 7 + 1) * perWeek + rota.groups.count
    }

    var isLong: Bool { count > Self.shortCountMax }

    // MARK: The answer

    func answer(zones: String) -> RotaTable {
        RotaTable(
            timezone: rota.zone.name, tzdata: zones, anchor: "\(rota.spec.anchor)",
            cycleWeeks: rota.spec.cycleWeeks, graceSeconds: rota.spec.graceSeconds,
            noticeSeconds: rota.noticeSeconds, at: Self.timestamp(at),
            from: Self.timestamp(from), to: Self.timestamp(to),
            slots: rota.slots.map { RotaSlot(name: $0.name, hours: $0.hours.text) },
            groups: groups, days: days)
    }

    private static func timestamp(_ time: UnixTime) -> Timestamp {
        Timestamp(milliseconds: Int64(time.seconds) * 1_000)
    }

    private var groups: [BrokerAPI.RotaGroup] {
        let bound = Dictionary(
            uniqueKeysWithValues: rota.windows(from: from, to: to).map { ($0.group, $0.windows) })
        return rota.groups.map { group in
            let whole = UTCWindow(start: from, end: to).map { [$0] } ?? []
            return BrokerAPI.RotaGroup(
                name: group.name.value, slots: group.slots, open: rota.isOpen(group.name, at: at),
                opensAt: rota.nextOpening(for: group.name, after: at).map { Self.timestamp($0) },
                closesAt: rota.window(for: group.name, containing: at)?.end
                    .map { Self.timestamp($0) },
                windows: (bound[group.name] ?? whole).map {
                    RotaWindow(start: Self.timestamp($0.start), end: Self.timestamp($0.end))
                })
        }
    }

    private var days: [RotaDay] {
        var days: [RotaDay] = []
        var monday = dates.lowerBound.monday
        while monday <= dates.upperBound {
            let week = rota.week(of: monday)
            days += week.days.filter { dates.contains($0.date) }.map { day in
                RotaDay(
                    date: "\(day.date)", weekday: day.date.weekday.wire,
                    cycleWeek: week.cycleWeek, exception: day.exception?.wire,
                    slots: zip(week.slots, day.cells).map { slot, cell in
                        RotaDaySlot(
                            name: slot.name, start: cell.window.map { Self.timestamp($0.start) },
                            end: cell.window.map { Self.timestamp($0.end) },
                            groups: cell.groups.map(\.value))
                    })
            }
            let next = monday.adding(days: 7)
            // The calendar's last week.
            if next == monday { break }
            monday = next
        }
        return days
    }
}

extension Weekday {
    fileprivate var wire: WeekdayName {
        switch self {
        case .monday: .mon
        case .tuesday: .tue
        case .wednesday: .wed
        case .thursday: .thu
        case .friday: .fri
        case .saturday: .sat
        case .sunday: .sun
        }
    }
}

extension RotaException.Table {
    fileprivate var wire: RotaExceptionKind {
        switch self {
        case .closed: .closed
        case .slots: .slots
        }
    }
}
