/// Who may enter when: the answer of `GET /v1/rota`.
package struct RotaTable: WireObject {
    /// As IANA names it; dates and hours are in it.
    package var timezone: String
    /// The release of the zones that the windows come from; empty where the system does not say.
    package var tzdata: String
    /// A Monday, as `2026-01-05`: the first day of week 1 of the cycle.
    package var anchor: String
    package var cycleWeeks: Int
    package var graceSeconds: Int
    /// The earliest warning first.
    package var noticeSeconds: [Int]
    /// The instant for which `groups` say whether they are open.
    package var at: Timestamp
    /// The bounds of the windows, half-open.
    package var from: Timestamp
    package var to: Timestamp
    /// In the order in which they begin in a day.
    package var slots: [RotaSlot]
    /// In the site's order, groups without slots included.
    package var groups: [RotaGroup]
    /// Every date that has a part between `from` and `to`.
    package var days: [RotaDay]

    package init(
        timezone: String, tzdata: String, anchor: String, cycleWeeks: Int, graceSeconds: Int,
        noticeSeconds: [Int], at: Timestamp, from: Timestamp, to: Timestamp, slots: [RotaSlot],
        groups: [RotaGroup], days: [RotaDay]
    ) {
        self.timezone = timezone
        self.tzdata = tzdata
        self.anchor = anchor
        self.cycleWeeks = cycleWeeks
        self.graceSeconds = graceSeconds
        self.noticeSeconds = noticeSeconds
        self.at = at
        self.from = from
        self.to = to
        self.slots = slots
        self.groups = groups
        self.days = days
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        timezone = try object.required("timezone")
        tzdata = try object.required("tzdata")
        anchor = try object.required("anchor")
        cycleWeeks = try object.required("cycle_weeks")
        graceSeconds = try object.required("grace_seconds")
        noticeSeconds = try object.required("notice_seconds")
        at = try object.required("at")
        from = try object.required("from")
        to = try object.required("to")
        slots = try object.required("slots")
        groups = try object.required("groups")
        days = try object.required("days")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("timezone", timezone)
        writer.field("tzdata", tzdata)
        writer.field("anchor", anchor)
        writer.field("cycle_weeks", cycleWeeks)
        writer.field("grace_seconds", graceSeconds)
        writer.field("notice_seconds", noticeSeconds)
        writer.field("at", at)
        writer.field("from", from)
        writer.field("to", to)
        writer.field("slots", slots)
        writer.field("groups", groups)
        writer.field("days", days)
    }
}

/// A named part of any day.
package struct RotaSlot: WireObject {
    package var name: String
    /// Local time, half-open: `08:00-13:00`; an end before the start is the next day's.
    package var hours: String

    package init(name: String, hours: String) {
        self.name = name
        self.hours = hours
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        hours = try object.required("hours")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("hours", hours)
    }
}

/// A group with its windows.
package struct RotaGroup: WireObject {
    package var name: String
    /// As `mon.am`, or `2.mon.am` in a cycle of several weeks; nil: it may enter at any time.
    package var slots: [String]?
    /// Whether it may enter at `at`.
    package var open: Bool
    /// When its next window begins, after the one that it may be in; nil where none is known.
    package var opensAt: Timestamp?
    /// When the window ends that it is in; nil when it is in none, or in one without end.
    package var closesAt: Timestamp?
    /// Apart from each other, in the order of time, cut at `from` and `to`.
    package var windows: [RotaWindow]

    package init(
        name: String, slots: [String]?, open: Bool, opensAt: Timestamp?, closesAt: Timestamp?,
        windows: [RotaWindow]
    ) {
        self.name = name
        self.slots = slots
        self.open = open
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.windows = windows
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        slots = try object.optional("slots")
        open = try object.required("open")
        opensAt = try object.optional("opens_at")
        closesAt = try object.optional("closes_at")
        windows = try object.required("windows")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("slots", slots)
        writer.field("open", open)
        writer.field("opens_at", opensAt)
        writer.field("closes_at", closesAt)
        writer.field("windows", windows)
    }
}

/// A half-open stretch of time in which a group may enter.
package struct RotaWindow: WireObject {
    package var start: Timestamp
    package var end: Timestamp

    package init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        start = try object.required("start")
        end = try object.required("end")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("start", start)
        writer.field("end", end)
    }
}

/// What replaces the weekly table on a date.
package enum RotaExceptionKind: String, WireEnum {
    /// Nobody who has slots enters.
    case closed
    /// The date has a table of its own.
    case slots
}

/// A day of the week, as the wire and the site file write it.
package enum WeekdayName: String, WireEnum {
    case mon
    case tue
    case wed
    case thu
    case fri
    case sat
    case sun
}

/// One date of the rota: who holds which slot.
package struct RotaDay: WireObject {
    /// As `2026-11-23`.
    package var date: String
    package var weekday: WeekdayName
    /// Which week of the cycle, from 1.
    package var cycleWeek: Int
    /// Nil: the weekly table holds.
    package var exception: RotaExceptionKind?
    /// One for each slot of the rota, in its order.
    package var slots: [RotaDaySlot]

    package init(
        date: String, weekday: WeekdayName, cycleWeek: Int, exception: RotaExceptionKind?,
        slots: [RotaDaySlot]
    ) {
        self.date = date
        self.weekday = weekday
        self.cycleWeek = cycleWeek
        self.exception = exception
        self.slots = slots
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        date = try object.required("date")
        weekday = try object.required("weekday")
        cycleWeek = try object.required("cycle_week")
        exception = try object.optional("exception")
        slots = try object.required("slots")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("date", date)
        writer.field("weekday", weekday)
        writer.field("cycle_week", cycleWeek)
        writer.field("exception", exception)
        writer.field("slots", slots)
    }
}

/// A slot on one date.
package struct RotaDaySlot: WireObject {
    package var name: String
    /// Both nil when a gap of the clock swallows the slot.
    package var start: Timestamp?
    package var end: Timestamp?
    /// In the site's order; groups without slots are in none.
    package var groups: [String]

    package init(name: String, start: Timestamp?, end: Timestamp?, groups: [String]) {
        self.name = name
        self.start = start
        self.end = end
        self.groups = groups
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        start = try object.optional("start")
        end = try object.optional("end")
        groups = try object.required("groups")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("start", start)
        writer.field("end", end)
        writer.field("groups", groups)
    }
}
