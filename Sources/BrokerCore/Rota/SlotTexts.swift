/// The hours of a slot, in minutes from the midnight at which its day begins.
package struct SlotHours: Hashable, Sendable {
    /// 0 to 1,439.
    package let startMinute: Int
    /// After the start, by 24 hours at most: beyond 1,440 it is the next day's.
    package let endMinute: Int

    /// Why a text names no hours.
    package enum Mistake: Error, Hashable, Sendable {
        /// It is not two times of day with a hyphen between.
        case form
        /// It ends when it starts: nothing says whether that is no time or a whole day.
        case zeroLength
    }

    /// Reads `HH:MM-HH:MM`, a half-open interval of local wall-clock time.
    ///
    /// An end before the start is the next day's. The end of a day may be written `24:00` as well as
    /// `00:00`, and the whole day is `00:00-24:00`.
    package init(text: some StringProtocol) throws(Mistake) {
        let bytes = Array(text.utf8)
        guard bytes.count == 11, bytes[5] == UInt8(ascii: "-"),
            let start = Self.minute(bytes[0..<5]), let end = Self.minute(bytes[6..<11]),
            start < 1_440
        else { throw .form }
        guard start != end else { throw .zeroLength }
        startMinute = start
        endMinute = end > start ? end : end + 1_440
    }

    private static func minute(_ text: ArraySlice<UInt8>) -> Int? {
        guard text[text.startIndex + 2] == UInt8(ascii: ":"), let hour = decimal(text.prefix(2)),
            let minute = decimal(text.suffix(2)), minute < 60,
            hour < 24 || hour == 24 && minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    /// In the one spelling that `init(text:)` reads back: `08:00-13:00`, `22:00-06:00`.
    package var text: String {
        "\(Self.clock(startMinute))-\(Self.clock(endMinute > 1_440 ? endMinute - 1_440 : endMinute))"
    }

    private static func clock(_ minute: Int) -> String {
        "\(minute / 60, digits: 2):\(minute % 60, digits: 2)"
    }

    /// Whether the two share an instant of the same day's table.
    package func overlaps(_ other: SlotHours) -> Bool {
        startMinute < other.endMinute && other.startMinute < endMinute
    }
}

/// A slot of a certain day of the cycle: `mon.am`, `2.mon.am`.
package struct WeeklySlot: Hashable, Sendable {
    /// From 1. Nil where the text names no week.
    package let week: Int?
    package let weekday: Weekday
    package let slot: String

    /// Reads `[WEEK.]DAY.SLOT`; nil for anything else. Whether there is such a week and such a slot,
    /// the rota knows.
    package init?(text: some StringProtocol) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 3 {
            // One spelling for a week: no zeros in front.
            guard let week = decimal(parts[0].utf8), week > 0, String(week) == parts[0] else {
                return nil
            }
            self.week = week
            parts.removeFirst()
        } else {
            week = nil
        }
        guard parts.count == 2, let weekday = Weekday(text: parts[0]), isSlotName(parts[1]) else {
            return nil
        }
        self.weekday = weekday
        slot = String(parts[1])
    }
}

/// Letters a to z in either case, digits, `_` and `-`: no dot, which separates.
package func isSlotName(_ name: some StringProtocol) -> Bool {
    guard (1...RotaLimits.slotNameBytesMax).contains(name.utf8.count) else { return false }
    return name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
