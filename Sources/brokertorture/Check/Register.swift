/// Something that admins set and everybody reads: a size, a quota, whether a pool is open.
///
/// A value may be seen over an interval unless a later acknowledged write lies wholly between its own
/// write and the interval. That is what an atomic register must not show; that two reads do not show
/// a new value and then the old one is not asked for (writers here are one at a time, so this hardly
/// ever differs).
struct Register {
    struct Write {
        var value: Int
        /// When it can have come into force, both included.
        var lo: Int64
        var hi: Int64
        /// Whether it did for certain.
        var isSure: Bool
        var record: UInt32
    }

    private(set) var writes: [Write] = []
    /// Sure writes by `hi`, each with the greatest `lo` of all up to it.
    private var superseding: [(hi: Int64, lo: Int64)] = []
    /// Of the writes up to each, by `lo`, the greatest `hi`.
    private var latestHi: [Int64] = []
    private var isOrdered = true

    /// The value before all writes.
    init(initial: Int) {
        writes = [Write(value: initial, lo: .min, hi: .min, isSure: true, record: 0)]
        isOrdered = false
    }

    mutating func add(_ write: Write) {
        writes.append(write)
        isOrdered = false
    }

    /// To be called after the last `add`.
    mutating func order() {
        guard !isOrdered else { return }
        isOrdered = true
        writes.sort { $0.lo < $1.lo }
        superseding = writes.filter(\.isSure).map { ($0.hi, $0.lo) }.sorted { $0.0 < $1.0 }
        for index in superseding.indices.dropFirst() {
            superseding[index].lo = max(superseding[index].lo, superseding[index - 1].lo)
        }
        latestHi = []
        for write in writes { latestHi.append(max(latestHi.last ?? .min, write.hi)) }
    }

    /// The writes that can be in force at some instant of an interval.
    func possible(from first: Int64, to last: Int64) -> [Write] {
        precondition(isOrdered)
        var floor = Int64.min
        let before = superseding.partitioningIndex { $0.hi >= first }
        if before > 0 { floor = superseding[before - 1].lo }
        var found: [Write] = []
        var index = writes.partitioningIndex { $0.lo > last } - 1
        while index >= 0, latestHi[index] >= floor {
            if writes[index].hi >= floor { found.append(writes[index]) }
            index -= 1
        }
        return found
    }

    func values(from first: Int64, to last: Int64) -> ClosedRange<Int> {
        var least = Int.max
        var most = Int.min
        for write in possible(from: first, to: last) {
            least = min(least, write.value)
            most = max(most, write.value)
        }
        return least...max(least, most)
    }

    func mayBe(_ value: Int, from first: Int64, to last: Int64) -> Bool {
        possible(from: first, to: last).contains { $0.value == value }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index at which the condition holds, given that it holds from there on.
    func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
