/// How many leases of a group or a pool are live over time: at least, and at most.
///
/// Linearizability of a counter is hard in general. What is decided here is necessary: a
/// lease counts for certain from the latest beginning to the earliest end that the order of its
/// seat's tokens leaves, and possibly from its call to its latest end.
struct CountLine {
    private var certainStarts: [Int64] = []
    private var certainEnds: [Int64] = []
    private var possibleStarts: [Int64] = []
    private var possibleEnds: [Int64] = []
    /// Leases that are ever live for certain, by `certainFrom`.
    private(set) var certain: [Int32] = []

    mutating func add(_ bounds: SeatOrder.Bounds, lease: Int32) {
        if bounds.isEverCertain {
            certainStarts.append(bounds.certainFrom)
            certainEnds.append(bounds.endLo)
            certain.append(lease)
        }
        addPossible(from: bounds.grantLo, to: bounds.endHi)
    }

    /// A lease that may be there, both instants included.
    mutating func addPossible(from first: Int64, to last: Int64) {
        possibleStarts.append(first)
        possibleEnds.append(last)
    }

    /// To be called after the last `add`.
    mutating func order(_ bounds: [SeatOrder.Bounds]) {
        certainStarts.sort()
        certainEnds.sort()
        possibleStarts.sort()
        possibleEnds.sort()
        certain.sort { bounds[Int($0)].certainFrom < bounds[Int($1)].certainFrom }
    }

    /// Live for certain at an instant.
    func certain(at instant: Int64) -> Int {
        certainStarts.partitioningIndex { $0 > instant }
            - certainEnds.partitioningIndex { $0 > instant }
    }

    /// The least of it over an interval.
    func certainMin(from first: Int64, to last: Int64) -> Int {
        var starts = certainStarts.partitioningIndex { $0 > first }
        var ends = certainEnds.partitioningIndex { $0 > first }
        var least = starts - ends
        while ends < certainEnds.count, certainEnds[ends] <= last {
            let instant = certainEnds[ends]
            while ends < certainEnds.count, certainEnds[ends] <= instant { ends += 1 }
            while starts < certainStarts.count, certainStarts[starts] <= instant { starts += 1 }
            least = min(least, starts - ends)
        }
        return least
    }

    /// The most that may be live at one instant of an interval.
    func possibleMax(from first: Int64, to last: Int64) -> Int {
        var starts = possibleStarts.partitioningIndex { $0 > first }
        var ends = possibleEnds.partitioningIndex { $0 >= first }
        var most = starts - ends
        while starts < possibleStarts.count, possibleStarts[starts] <= last {
            let instant = possibleStarts[starts]
            while starts < possibleStarts.count, possibleStarts[starts] <= instant { starts += 1 }
            while ends < possibleEnds.count, possibleEnds[ends] < instant { ends += 1 }
            most = max(most, starts - ends)
        }
        return most
    }
}
