extension RotaSpec {
    /// Everything that is wrong with the rota among these groups, in its order, the time zone aside;
    /// empty when it may be used.
    ///
    /// An exception may name a group without slots: it says what holds anyhow.
    package func problems(groups: [RotaGroup]) -> [RotaProblem] {
        var found: [RotaProblem] = []
        findNumbers(into: &found)
        let hours = findSlots(into: &found)
        findExceptions(groups: Set(groups.map(\.name)), hours: hours, into: &found)
        for (position, group) in groups.enumerated() {
            findGroup(group, at: position, hours: hours, into: &found)
        }
        return found
    }

    /// Everything that is wrong with the slots of one group, whose position is given back in the
    /// places. Mistakes of the rota itself are not repeated.
    package func problems(of group: RotaGroup, at position: Int = 0) -> [RotaProblem] {
        var found: [RotaProblem] = []
        var ofSlots: [RotaProblem] = []
        findGroup(group, at: position, hours: findSlots(into: &ofSlots), into: &found)
        return found
    }

    /// What is wrong with groups of a site that has no rota: none of them may have slots.
    package static func problemsWithoutRota(groups: [RotaGroup]) -> [RotaProblem] {
        groups.enumerated().compactMap { position, group in
            group.slots == nil
                ? nil : RotaProblem(.groupSlot(group: position, element: nil), .noRota)
        }
    }

    private func findNumbers(into found: inout [RotaProblem]) {
        if anchor.weekday != .monday {
            found.append(RotaProblem(.anchor, .anchorNotMonday(anchor)))
        }
        if !(1...RotaLimits.cycleWeeksMax).contains(cycleWeeks) {
            found.append(RotaProblem(.cycleWeeks, .cycleWeeks(cycleWeeks)))
        }
        if !(0...RotaLimits.graceSecondsMax).contains(graceSeconds) {
            found.append(RotaProblem(.graceSeconds, .graceSeconds(graceSeconds)))
        }
        if noticeSeconds.count > RotaLimits.noticesMax {
            found.append(RotaProblem(.noticeSeconds(nil), .tooManyNotices))
        }
        var seen: Set<Int> = []
        for (element, seconds) in noticeSeconds.enumerated() {
            if !(1...RotaLimits.noticeSecondsMax).contains(seconds) {
                found.append(RotaProblem(.noticeSeconds(element), .noticeSeconds(seconds)))
            } else if !seen.insert(seconds).inserted {
                found.append(RotaProblem(.noticeSeconds(element), .repeatedNotice(seconds)))
            }
        }
    }

    /// The slots that have a name; nil for the hours of those that are wrong, so that whoever names
    /// them is not told that they do not exist.
    private func findSlots(into found: inout [RotaProblem]) -> [String: SlotHours?] {
        var hours: [String: SlotHours?] = [:]
        if slots.count > RotaLimits.slotsMax {
            found.append(RotaProblem(.slots, .tooManySlots))
        }
        for (position, slot) in slots.enumerated() {
            if !isSlotName(slot.name) {
                found.append(RotaProblem(.slot(position), .slotName(slot.name)))
            } else if hours.keys.contains(slot.name) {
                found.append(RotaProblem(.slot(position), .repeatedSlot(slot.name)))
                continue
            }
            do throws(SlotHours.Mistake) {
                hours[slot.name] = .some(try SlotHours(text: slot.hours))
            } catch {
                hours[slot.name] = .some(nil)
                found.append(RotaProblem(.slot(position), .slotHours(slot.hours, error)))
            }
        }
        return hours
    }

    private func findExceptions(
        groups: Set<GroupName>, hours: [String: SlotHours?], into found: inout [RotaProblem]
    ) {
        if exceptions.count > RotaLimits.exceptionsMax {
            found.append(RotaProblem(.exceptions, .tooManyExceptions))
        }
        var dates: Set<CivilDate> = []
        for (position, exception) in exceptions.enumerated() {
            if !dates.insert(exception.date).inserted {
                found.append(RotaProblem(.exception(position), .repeatedDate(exception.date)))
            }
            guard case .slots(let assignments) = exception.table else { continue }
            var names: Set<String> = []
            var entries: [DayEntry] = []
            for (index, assignment) in assignments.enumerated() {
                let place = RotaPlace.exceptionSlot(exception: position, assignment: index)
                if !hours.keys.contains(assignment.slot) {
                    found.append(RotaProblem(place, .unknownSlot(assignment.slot)))
                } else if !names.insert(assignment.slot).inserted {
                    found.append(RotaProblem(place, .repeatedAssignment(assignment.slot)))
                    continue
                }
                for (element, group) in assignment.groups.enumerated() {
                    let place = RotaPlace.exceptionGroup(
                        exception: position, assignment: index, element: element)
                    if !groups.contains(group) {
                        found.append(RotaProblem(place, .unknownGroup(group)))
                    } else if let hours = hours[assignment.slot] ?? nil {
                        entries.append(
                            DayEntry(
                                day: 0, group: group, hours: hours, text: assignment.slot,
                                place: place, order: entries.count))
                    }
                }
            }
            DayEntry.findTwice(entries, into: &found)
        }
    }

    private func findGroup(
        _ group: RotaGroup, at position: Int, hours: [String: SlotHours?],
        into found: inout [RotaProblem]
    ) {
        var entries: [DayEntry] = []
        for (element, text) in (group.slots ?? []).enumerated() {
            let place = RotaPlace.groupSlot(group: position, element: element)
            guard let slot = WeeklySlot(text: text) else {
                found.append(RotaProblem(place, .weeklySlot(text, cycleWeeks: cycleWeeks)))
                continue
            }
            if slot.week == nil, cycleWeeks > 1 {
                found.append(RotaProblem(place, .weekMissing(text, cycleWeeks: cycleWeeks)))
            } else if let week = slot.week, week > cycleWeeks {
                found.append(RotaProblem(place, .weekBeyondCycle(text, cycleWeeks: cycleWeeks)))
            } else if let known = hours[slot.slot] {
                guard let known else { continue }
                entries.append(
                    DayEntry(
                        day: slot.dayOfCycle, group: group.name, hours: known, text: text,
                        place: place, order: element))
            } else {
                found.append(RotaProblem(place, .unknownSlot(slot.slot)))
            }
        }
        DayEntry.findTwice(entries, into: &found)
    }
}

extension WeeklySlot {
    /// Days since the first Monday of the cycle; a text without a week means the first.
    package var dayOfCycle: Int { ((week ?? 1) - 1) * 7 + weekday.rawValue }
}

/// A group in a slot of one day's table, and where that is written.
private struct DayEntry {
    var day: Int
    var group: GroupName
    var hours: SlotHours
    var text: String
    var place: RotaPlace
    var order: Int

    /// Finds the groups that are twice in the same instant of one day. The later one in the text is
    /// the problem.
    static func findTwice(_ entries: [DayEntry], into found: inout [RotaProblem]) {
        let sorted = entries.sorted {
            ($0.day, $0.group, $0.hours.startMinute, $0.order)
                < ($1.day, $1.group, $1.hours.startMinute, $1.order)
        }
        var twice: [(order: Int, problem: RotaProblem)] = []
        var longest: DayEntry?
        for entry in sorted {
            guard let before = longest, before.day == entry.day, before.group == entry.group else {
                longest = entry
                continue
            }
            if before.hours.overlaps(entry.hours) {
                let (first, second) =
                    before.order < entry.order ? (before, entry) : (entry, before)
                let fault = RotaFault.groupTwice(
                    entry.group, slot: first.text, other: second.text)
                twice.append((second.order, RotaProblem(second.place, fault)))
            }
            if entry.hours.endMinute > before.hours.endMinute { longest = entry }
        }
        found += twice.sorted { $0.order < $1.order }.map(\.problem)
    }
}
