package import BrokerCore

/// A time zone as the list of the instants in which its offset from UTC changes, and the rule by
/// which it goes on.
package struct Zone: Equatable, Sendable {
    /// As IANA names it: `Europe/Paris`.
    package let name: String
    private let table: TZif

    /// Reads the bytes of a TZif file (RFC 9636).
    ///
    /// - Throws: `TZifError` for any bytes that are no such file, and for one that counts leap
    ///   seconds.
    package init(name: String, tzif bytes: [UInt8]) throws(TZifError) {
        self.name = name
        table = try TZif.parse(bytes)
    }

    /// The offset of local time in an instant, in seconds east of Greenwich.
    package func offsetSeconds(at time: UnixTime) -> Int {
        if let rule = table.rule, time.seconds >= table.times.last ?? .min {
            return rule.offset(at: time.seconds)
        }
        let count = table.times.partitioningIndex { $0 > time.seconds }
        return count == 0 ? table.initialOffset : table.offsets[count - 1]
    }

    /// What a clock on the wall shows in an instant: a date, and seconds since its midnight.
    package func local(at time: UnixTime) -> (date: CivilDate, secondOfDay: Int) {
        let local = time.seconds + offsetSeconds(at: time)
        return (
            CivilDate(dayNumber: local.floorDivided(by: 86_400)),
            local.floorRemainder(by: 86_400)
        )
    }

    /// When the offset changes after `from` and up to `to`, and what it is from then on.
    package func transitions(
        after from: UnixTime, through to: UnixTime
    ) -> [(time: UnixTime, offsetSeconds: Int)] {
        span(from: from, to: to).segments.dropFirst().map { segment in
            (UnixTime(seconds: segment.start), segment.offset)
        }
    }

    /// The zone between two instants, with its rule worked out: what local times are looked up in.
    func span(from: UnixTime, to: UnixTime) -> ZoneSpan {
        var span = ZoneSpan(offset: offsetSeconds(at: from))
        let first = table.times.partitioningIndex { $0 > from.seconds }
        for index in first..<table.times.count where table.times[index] <= to.seconds {
            span.append(start: table.times[index], offset: table.offsets[index])
        }
        let last = table.times.last ?? .min
        if let rule = table.rule, to.seconds > last {
            let start = max(from.seconds, last)
            for (time, offset) in rule.transitions(
                years: PosixRule.years(around: start, to: to.seconds))
            where time > start && time <= to.seconds {
                span.append(start: time, offset: offset)
            }
        }
        return span
    }
}

/// A stretch of a zone's history, as segments in which the offset stays the same.
struct ZoneSpan: Sendable {
    struct Segment: Hashable, Sendable {
        /// In seconds since 1970. The segment ends where the next one starts.
        var start: Int
        var offset: Int
    }

    /// Never empty; the first one has no start, the last one no end.
    private(set) var segments: [Segment]

    /// Far before and after any instant, and far from overflow.
    private static let never = 1 << 60

    init(offset: Int) { segments = [Segment(start: -Self.never, offset: offset)] }

    /// Adds a segment that starts no earlier than the last one.
    mutating func append(start: Int, offset: Int) {
        let last = segments.count - 1
        if segments[last].start == start {
            segments[last].offset = offset
            // The offset before may be the same again.
            if last > 0, segments[last - 1].offset == offset { segments.removeLast() }
        } else if segments[last].offset != offset {
            segments.append(Segment(start: start, offset: offset))
        }
    }

    /// The first instant in which the clock on the wall shows this local time or a later one.
    ///
    /// Of a repeated hour that is the first pass; in a gap, the first instant after it. `local` is
    /// the local time as if it were UTC, in seconds since 1970.
    func first(local: Int) -> Int {
        // Before this instant no offset that is allowed shows so late a time.
        var index = segmentIndex(at: local - TZif.offsetsAllowed.upperBound)
        while true {
            let segment = segments[index]
            let time = max(segment.start, local - segment.offset)
            if time < end(ofSegment: index) { return time }
            index += 1
        }
    }

    /// The last instant in which the clock on the wall shows this local time.
    ///
    /// Of a repeated hour that is the second pass, its first second included; in a gap, where the
    /// clock never shows it, the first instant after it.
    func last(local: Int) -> Int {
        // From this instant on no offset that is allowed shows so early a time.
        var index = segmentIndex(at: local - TZif.offsetsAllowed.lowerBound)
        while true {
            let segment = segments[index]
            if segment.start <= local - segment.offset {
                return min(end(ofSegment: index), local - segment.offset)
            }
            index -= 1
        }
    }

    private func end(ofSegment index: Int) -> Int {
        index + 1 < segments.count ? segments[index + 1].start : Self.never
    }

    private func segmentIndex(at time: Int) -> Int {
        segments.partitioningIndex { $0.start > time } - 1
    }
}

extension Array {
    /// The index of the first element for which the predicate holds, where it holds for all after
    /// the first; `count` when it holds for none.
    func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
