import BrokerCore

/// The rota, and the windows that follow from it, as bytes.
extension ByteWriter {
    mutating func write(_ value: UnixTime) { write(value.seconds) }

    mutating func write(_ value: CivilDate) { write(value.dayNumber) }

    mutating func write(_ value: RotaSpec) {
        write(value.timezone)
        write(value.anchor)
        write(value.cycleWeeks)
        write(value.graceSeconds)
        write(value.noticeSeconds) { $0.write($1) }
        write(value.slots) {
            $0.write($1.name)
            $0.write($1.hours)
        }
        write(value.exceptions) {
            $0.write($1.date)
            $0.write($1.table)
        }
    }

    /// An absent list is a date on which nobody enters.
    private mutating func write(_ value: RotaException.Table) {
        let assignments: [RotaException.Assignment]? =
            switch value {
            case .closed: nil
            case .slots(let assignments): assignments
            }
        write(assignments) { writer, assignments in
            writer.write(assignments) {
                $0.write($1.slot)
                $0.write($1.groups) { $0.write($1) }
            }
        }
    }

    /// Each window as the seconds since the end of the one before it, the first since the Unix
    /// epoch, and the seconds that it lasts: three bytes each where half-days follow each other.
    mutating func write(_ value: [UTCWindow]) {
        var end = 0
        write(value) { writer, window in
            writer.write(window.start.seconds - end)
            writer.write(UInt64(window.end.seconds - window.start.seconds))
            end = window.end.seconds
        }
    }

    mutating func write(_ value: Turn) {
        write(byte: value.phase.rawValue)
        write(value.ends)
    }
}

extension ByteReader {
    mutating func readUnixTime() throws(Malformed) -> UnixTime {
        try unixTime(try readInt())
    }

    /// Throws outside the years 1 to 9999, which would become others.
    private func unixTime(_ seconds: Int) throws(Malformed) -> UnixTime {
        let time = UnixTime(seconds: seconds)
        guard time.seconds == seconds else {
            throw Malformed("a time is outside the years 1 to 9999")
        }
        return time
    }

    private mutating func readDate() throws(Malformed) -> CivilDate {
        let dayNumber = try readInt()
        let date = CivilDate(dayNumber: dayNumber)
        guard date.dayNumber == dayNumber else {
            throw Malformed("a date is outside the years 1 to 9999")
        }
        return date
    }

    mutating func readRota() throws(Malformed) -> RotaSpec {
        RotaSpec(
            timezone: try readString(), anchor: try readDate(), cycleWeeks: try readInt(),
            graceSeconds: try readInt(),
            noticeSeconds: try readArray { reader throws(Malformed) in try reader.readInt() },
            slots: try readArray { reader throws(Malformed) in
                RotaSlot(name: try reader.readString(), hours: try reader.readString())
            },
            exceptions: try readArray { reader throws(Malformed) in
                RotaException(date: try reader.readDate(), table: try reader.readTable())
            })
    }

    mutating func readOptionalRota() throws(Malformed) -> RotaSpec? {
        try readOptional { reader throws(Malformed) in try reader.readRota() }
    }

    private mutating func readTable() throws(Malformed) -> RotaException.Table {
        let assignments = try readOptional { reader throws(Malformed) in
            try reader.readArray { reader throws(Malformed) in
                RotaException.Assignment(
                    slot: try reader.readString(), groups: try reader.readGroupNames())
            }
        }
        return assignments.map { .slots($0) } ?? .closed
    }

    /// Throws for a window that is empty or begins before the end of the one before it.
    mutating func readWindows() throws(Malformed) -> [UTCWindow] {
        var end: UnixTime?
        return try readArray { reader throws(Malformed) in
            let gap = try reader.readInt()
            guard end == nil || gap >= 0 else { throw Malformed("windows are out of order") }
            let start = try reader.unixTime(sum(end?.seconds ?? 0, gap))
            guard let seconds = Int(exactly: try reader.readUInt64()),
                let window = UTCWindow(
                    start: start, end: try reader.unixTime(sum(start.seconds, seconds)))
            else { throw Malformed("a window is empty or too long") }
            end = window.end
            return window
        }
    }

    mutating func readOptionalWindows() throws(Malformed) -> [UTCWindow]? {
        try readOptional { reader throws(Malformed) in try reader.readWindows() }
    }

    mutating func readTurn() throws(Malformed) -> Turn {
        Turn(phase: try readRaw(Turn.Phase.self), ends: try readUnixTime())
    }

    mutating func readOptionalTurn() throws(Malformed) -> Turn? {
        try readOptional { reader throws(Malformed) in try reader.readTurn() }
    }
}

/// The sum, or the largest or smallest number where there is none: further than any time.
private func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b < 0 ? .min : .max) : sum
}
