/// An ordered set kept as sorted runs of at most 512 elements.
///
/// Insertion, removal and the least element cost O(log n) comparisons and one short move within a
/// run, which stays in the cache; elements are distinct. Unlike a heap it removes any element
/// exactly, so an undo restores it exactly too.
struct SortedRuns<Element: Comparable & Sendable>: Sendable {
    /// 512 elements of 24 bytes: a move within a run touches 12 KiB at most.
    private static var runCountMax: Int { 512 }

    private var runs: [[Element]] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The least element.
    var first: Element? { runs.first?.first }

    /// The position of the first run whose last element is not below `element`.
    private func run(for element: Element) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle][runs[middle].count - 1] < element {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The position in a run of the first element that is not below `element`.
    private static func position(of element: Element, in run: [Element]) -> Int {
        var low = 0
        var high = run.count
        while low < high {
            let middle = (low + high) / 2
            if run[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func insert(_ element: Element) {
        count += 1
        guard !runs.isEmpty else {
            runs.append([element])
            return
        }
        let index = Swift.min(run(for: element), runs.count - 1)
        runs[index].insert(element, at: Self.position(of: element, in: runs[index]))
        guard runs[index].count > Self.runCountMax else { return }
        // Ascending inserts are the common case: cut late, so that runs stay full.
        let cut = index == runs.count - 1 ? Self.runCountMax * 7 / 8 : Self.runCountMax / 2
        let tail = Array(runs[index][cut...])
        runs[index].removeSubrange(cut...)
        runs.insert(tail, at: index + 1)
    }

    /// Removes an element that is in the set; a missing one is a defect of the caller.
    mutating func remove(_ element: Element) {
        let index = run(for: element)
        precondition(index < runs.count, "not in the set")
        let position = Self.position(of: element, in: runs[index])
        precondition(
            position < runs[index].count && runs[index][position] == element, "not in the set")
        runs[index].remove(at: position)
        if runs[index].isEmpty { runs.remove(at: index) }
        count -= 1
    }
}

extension SortedRuns: Sequence {
    /// Ascending.
    func makeIterator() -> FlattenSequence<[[Element]]>.Iterator {
        runs.joined().makeIterator()
    }
}
