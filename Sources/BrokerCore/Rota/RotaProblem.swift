/// Where in a rota something is wrong: by position, because names may be what is wrong.
///
/// Positions count from 0 in the order of the specification.
package enum RotaPlace: Hashable, Sendable {
    case timezone
    case anchor
    case cycleWeeks
    case graceSeconds
    /// An element of the list; nil: the list.
    case noticeSeconds(Int?)
    /// The slots as a whole.
    case slots
    /// A slot's name and hours.
    case slot(Int)
    /// The exceptions as a whole.
    case exceptions
    /// An exception's date.
    case exception(Int)
    /// A slot's name in an exception's `slots`.
    case exceptionSlot(exception: Int, assignment: Int)
    /// A group's name there.
    case exceptionGroup(exception: Int, assignment: Int, element: Int)
    /// An element of a group's `slots`; nil: the list.
    case groupSlot(group: Int, element: Int?)
}

/// One thing that is wrong with a rota.
package struct RotaProblem: Error, Hashable, Sendable {
    package let place: RotaPlace
    package let fault: RotaFault

    package init(_ place: RotaPlace, _ fault: RotaFault) {
        self.place = place
        self.fault = fault
    }
}

/// All that is wrong with a rota, at least one thing.
package struct RotaInvalid: Error, Equatable, Sendable {
    package let problems: [RotaProblem]

    package init(problems: [RotaProblem]) { self.problems = problems }
}

/// What can be wrong with a rota.
package enum RotaFault: Hashable, Sendable {
    /// The time zone cannot be had; why, in words.
    case zone(String)
    case anchorNotMonday(CivilDate)
    case cycleWeeks(Int)
    case graceSeconds(Int)
    case noticeSeconds(Int)
    case repeatedNotice(Int)
    case tooManyNotices
    case tooManySlots
    case slotName(String)
    case repeatedSlot(String)
    case slotHours(String, SlotHours.Mistake)
    case tooManyExceptions
    case repeatedDate(CivilDate)
    /// An exception names a slot twice.
    case repeatedAssignment(String)
    case unknownSlot(String)
    case unknownGroup(GroupName)
    /// A text is not `[WEEK.]DAY.SLOT`.
    case weeklySlot(String, cycleWeeks: Int)
    /// The cycle has several weeks, and the text names none.
    case weekMissing(String, cycleWeeks: Int)
    case weekBeyondCycle(String, cycleWeeks: Int)
    /// Two slots of a group share an instant of one day's table; they may be the same one.
    case groupTwice(GroupName, slot: String, other: String)
    /// A group has slots, and the site has no rota.
    case noRota
}

extension RotaFault {
    /// In words that say what to do about it; what a user wrote is quoted, escaped, and cut.
    package var message: String {
        switch self {
        case .zone(let message): message
        case .anchorNotMonday(let date):
            "\(date) is a \(date.weekday.name): the cycle begins on a Monday, such as \(date.monday)"
        case .cycleWeeks: "a cycle has 1 to \(RotaLimits.cycleWeeksMax) weeks"
        case .graceSeconds: "a grace is 0 to \(RotaLimits.graceSecondsMax) seconds"
        case .noticeSeconds:
            "a notice is given 1 to \(RotaLimits.noticeSecondsMax) seconds before the end"
        case .repeatedNotice(let seconds):
            "a notice \(seconds) seconds before the end is there already: once will do"
        case .tooManyNotices: "there are at most \(RotaLimits.noticesMax) notices"
        case .tooManySlots: "a day has at most \(RotaLimits.slotsMax) slots"
        case .slotName(let name):
            "\(name.quotedVisibly()) is no name of a slot: use 1 to \(RotaLimits.slotNameBytesMax) "
                + "letters a to z, digits, \"_\" and \"-\""
        case .repeatedSlot(let name):
            "slot \(name.quotedVisibly()) is there already: give this one another name"
        case .slotHours(let text, .form):
            "\(text.quotedVisibly()) are no hours: write \"HH:MM-HH:MM\", such as \"08:00-13:00\""
        case .slotHours(let text, .zeroLength):
            "\(text.quotedVisibly()) ends when it starts: write \"00:00-24:00\" for a whole day, or "
                + "two slots that meet"
        case .tooManyExceptions:
            "there are at most \(RotaLimits.exceptionsMax) exceptions: remove those that are over"
        case .repeatedDate(let date): "\(date) has an exception already: put them into one"
        case .repeatedAssignment(let slot):
            "slot \(slot.quotedVisibly()) is there already: put its groups into one list"
        case .unknownSlot(let slot):
            "there is no slot \(slot.quotedVisibly()): add it to [rota.slots], or name another"
        case .unknownGroup(let group):
            "there is no group \(group.value.quotedVisibly()): add it, or name another"
        case .weeklySlot(let text, let weeks):
            "\(text.quotedVisibly()) is no slot of a week: write a day, mon to sun, and a slot, such "
                + "as \(weeks > 1 ? "\"1.mon.am\"" : "\"mon.am\"")"
        case .weekMissing(let text, let weeks):
            "\(text.quotedVisibly()) names no week of the cycle: write "
                + "\("1.\(text)".quotedVisibly()) to \("\(weeks).\(text)".quotedVisibly())"
        case .weekBeyondCycle(let text, let weeks):
            "\(text.quotedVisibly()) is no week of the cycle, which has \(weeks)"
        case .groupTwice(let group, let slot, let other) where slot == other:
            "group \(group.value.quotedVisibly()) has \(slot.quotedVisibly()) already: once will do"
        case .groupTwice(let group, let slot, let other):
            "group \(group.value.quotedVisibly()) has \(other.quotedVisibly()) at the same time as "
                + "\(slot.quotedVisibly()): keep one of them"
        case .noRota: "these slots need a [rota] that says when they are"
        }
    }
}

extension Weekday {
    /// In English, with its capital.
    var name: String {
        switch self {
        case .monday: "Monday"
        case .tuesday: "Tuesday"
        case .wednesday: "Wednesday"
        case .thursday: "Thursday"
        case .friday: "Friday"
        case .saturday: "Saturday"
        case .sunday: "Sunday"
        }
    }
}
