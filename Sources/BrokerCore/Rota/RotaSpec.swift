/// Which group may enter when, as its admin wrote it: the site's `[rota]`.
///
/// Texts are kept as they were written, so that a mistake can be shown where it stands; `problems`
/// finds them all, and only a `Rota` can be asked anything.
package struct RotaSpec: Equatable, Sendable {
    /// Ten minutes to save one's work.
    package static let graceSecondsDefault = 600
    /// Half an hour before the end, ten minutes, and two.
    package static let noticeSecondsDefault = [1_800, 600, 120]

    /// As IANA names it.
    package var timezone: String
    /// A Monday: the first day of week 1 of the cycle, which runs on before it too.
    package var anchor: CivilDate
    /// After how many weeks the table repeats.
    package var cycleWeeks: Int
    /// How long a lease may outlive its window.
    package var graceSeconds: Int
    /// How long before a lease's end its holder is warned.
    package var noticeSeconds: [Int]
    /// Each name once, in any order.
    package var slots: [RotaSlot]
    /// Each date once, in any order.
    package var exceptions: [RotaException]

    package init(
        timezone: String, anchor: CivilDate, cycleWeeks: Int = 1,
        graceSeconds: Int = Self.graceSecondsDefault,
        noticeSeconds: [Int] = Self.noticeSecondsDefault, slots: [RotaSlot] = [],
        exceptions: [RotaException] = []
    ) {
        self.timezone = timezone
        self.anchor = anchor
        self.cycleWeeks = cycleWeeks
        self.graceSeconds = graceSeconds
        self.noticeSeconds = noticeSeconds
        self.slots = slots
        self.exceptions = exceptions
    }
}

/// A named part of any day: `am = "08:00-13:00"`.
package struct RotaSlot: Equatable, Sendable {
    package var name: String
    /// Local wall-clock time, as `SlotHours` reads it.
    package var hours: String

    package init(name: String, hours: String) {
        self.name = name
        self.hours = hours
    }
}

/// A date on which the weekly table does not hold, for all groups that have slots.
package struct RotaException: Equatable, Sendable {
    package var date: CivilDate
    package var table: Table

    package init(date: CivilDate, table: Table) {
        self.date = date
        self.table = table
    }

    /// What holds on that date instead.
    package enum Table: Equatable, Sendable {
        /// Nobody enters.
        case closed
        /// These slots alone, each for these groups.
        case slots([Assignment])
    }

    /// Who holds a slot on that date.
    package struct Assignment: Equatable, Sendable {
        package var slot: String
        package var groups: [GroupName]

        package init(slot: String, groups: [GroupName]) {
            self.slot = slot
            self.groups = groups
        }
    }
}

/// A group as the rota sees it.
package struct RotaGroup: Equatable, Sendable {
    package var name: GroupName
    /// `mon.am`, or `2.mon.am` in a cycle of several weeks. Nil: the group may enter at any time,
    /// whatever the exceptions say. Empty: it may enter only where an exception lets it in.
    package var slots: [String]?

    package init(name: GroupName, slots: [String]?) {
        self.name = name
        self.slots = slots
    }
}

/// How large a rota may grow, each limit with its reason.
package enum RotaLimits {
    /// A year: whoever needs longer plans with exceptions.
    package static let cycleWeeksMax = 52
    /// A day: a longer grace would reach into the same slot of the next day.
    package static let graceSecondsMax = 86_400
    /// A day: nobody remembers an earlier warning.
    package static let noticeSecondsMax = 86_400
    /// More warnings than anybody reads.
    package static let noticesMax = 16
    /// A slot for each half-hour of the day.
    package static let slotsMax = 48
    /// Stands in tables and between the dots of `2.mon.am`.
    package static let slotNameBytesMax = 32
    /// Ten years of single days.
    package static let exceptionsMax = 3_660
    /// Ten years: the windows of a thousand groups take some hundred megabytes then.
    package static let expansionDaysMax = 3_660
}
