package import BrokerText

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
    case zone(Text)
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
    /// In English.
    package var message: String { text.english }

    /// In words that say what to do about it; what a user wrote is quoted, escaped, and cut.
    package var text: Text {
        switch self {
        case .zone(let text): text
        case .anchorNotMonday(let date):
            .anchorNotMonday(
                "\(date)", date.weekday.name, monday: "\(date.monday)")
        case .cycleWeeks: .cycleWeeks(RotaLimits.cycleWeeksMax)
        case .graceSeconds: .graceSeconds(RotaLimits.graceSecondsMax)
        case .noticeSeconds:
            .noticeSeconds(RotaLimits.noticeSecondsMax)
        case .repeatedNotice(let seconds):
            .repeatedNotice(seconds)
        case .tooManyNotices: .tooManyNotices(RotaLimits.noticesMax)
        case .tooManySlots: .tooManySlots(RotaLimits.slotsMax)
        case .slotName(let name):
            .slotName(name.quotedVisibly(), RotaLimits.slotNameBytesMax)
        case .repeatedSlot(let name):
            .repeatedSlot(name.quotedVisibly())
        case .slotHours(let text, .form):
            .slotHours(text.quotedVisibly())
        case .slotHours(let text, .zeroLength):
            .slotLength(text.quotedVisibly())
        case .tooManyExceptions:
            .tooManyExceptions(RotaLimits.exceptionsMax)
        case .repeatedDate(let date): .repeatedDate("\(date)")
        case .repeatedAssignment(let slot):
            .repeatedAssignment(slot.quotedVisibly())
        case .unknownSlot(let slot):
            .unknownSlot(slot.quotedVisibly())
        case .unknownGroup(let group):
            .unknownGroup(group.value.quotedVisibly())
        case .weeklySlot(let text, let weeks):
            .weeklySlot(
                text.quotedVisibly(), example: weeks > 1 ? "\"1.mon.am\"" : "\"mon.am\"")
        case .weekMissing(let text, let weeks):
            .weekMissing(
                text.quotedVisibly(), first: "1.\(text)".quotedVisibly(),
                last: "\(weeks).\(text)".quotedVisibly())
        case .weekBeyondCycle(let text, let weeks):
            .weekBeyondCycle(text.quotedVisibly(), weeks)
        case .groupTwice(let group, let slot, let other) where slot == other:
            .groupHasSlot(group.value.quotedVisibly(), slot.quotedVisibly())
        case .groupTwice(let group, let slot, let other):
            .groupTwice(
                group.value.quotedVisibly(), other.quotedVisibly(), slot.quotedVisibly())
        case .noRota: .rotaMissing
        }
    }
}

extension Weekday {
    /// In a sentence.
    var name: Text {
        switch self {
        case .monday: Text("Monday", "lundi")
        case .tuesday: Text("Tuesday", "mardi")
        case .wednesday: Text("Wednesday", "mercredi")
        case .thursday: Text("Thursday", "jeudi")
        case .friday: Text("Friday", "vendredi")
        case .saturday: Text("Saturday", "samedi")
        case .sunday: Text("Sunday", "dimanche")
        }
    }
}
