/// The difference of two texts as a unified diff, which people and `patch` read.
package enum SiteDiff {
    /// Unchanged lines around each change.
    package static let contextLines = 3

    /// Lines between two anchors for which the shortest difference is searched. Its cost grows with
    /// the square; beyond this, old lines are shown as removed and new ones as added.
    private static let searchedLinesMax = 2_000

    /// Empty when the texts are equal, else with headers and hunks; every line ends in a newline.
    package static func unified(
        old: String, new: String, oldName: String = "site (now)", newName: String = "site (new)"
    ) -> String {
        guard old != new else { return "" }
        var edits: [Edit] = []
        compare(lines(old)[...], lines(new)[...], into: &edits)
        return "--- \(oldName)\n+++ \(newName)\n" + hunks(edits)
    }

    /// How often the gaps between anchors are cut again; ordinary texts need two or three cuts.
    private static let depthMax = 32

    private enum Edit {
        case keep(Substring)
        case remove(Substring)
        case add(Substring)

        var isChange: Bool {
            switch self {
            case .keep: false
            case .remove, .add: true
            }
        }
    }

    /// With their newlines, so that a last line without one differs from one with it.
    private static func lines(_ text: String) -> [Substring] {
        var result: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            let end =
                rest.unicodeScalars.firstIndex(of: "\n")
                .map { rest.unicodeScalars.index(after: $0) } ?? rest.endIndex
            result.append(rest[..<end])
            rest = rest[end...]
        }
        return result
    }

    // MARK: Comparing

    /// Cuts both texts at the lines that occur once in each ("patience"), then searches between
    /// them: names occur once, so whole pools and groups move as people would say it.
    private static func compare(
        _ old: ArraySlice<Substring>, _ new: ArraySlice<Substring>, depth: Int = 0,
        into edits: inout [Edit]
    ) {
        var (old, new) = (old, new)
        while let line = old.first, line == new.first {
            edits.append(.keep(line))
            old = old.dropFirst()
            new = new.dropFirst()
        }
        var ending: [Edit] = []
        while let line = old.last, line == new.last {
            ending.append(.keep(line))
            old = old.dropLast()
            new = new.dropLast()
        }
        defer { edits += ending.reversed() }

        let anchors = depth < depthMax ? Self.anchors(old, new) : []
        guard !anchors.isEmpty else { return search(old, new, into: &edits) }
        for anchor in anchors {
            compare(
                old[old.startIndex..<anchor.old], new[new.startIndex..<anchor.new],
                depth: depth + 1, into: &edits)
            edits.append(.keep(old[anchor.old]))
            old = old[(anchor.old + 1)...]
            new = new[(anchor.new + 1)...]
        }
        compare(old, new, depth: depth + 1, into: &edits)
    }

    /// The longest ascending run of lines that occur once in each text.
    private static func anchors(
        _ old: ArraySlice<Substring>, _ new: ArraySlice<Substring>
    ) -> [(old: Int, new: Int)] {
        var places: [Substring: (old: Int?, new: Int?, count: Int)] = [:]
        for index in old.indices {
            places[old[index], default: (nil, nil, 0)].count += 1
            places[old[index]]?.old = index
        }
        for index in new.indices {
            guard var place = places[new[index]] else { continue }
            place.count = place.new == nil ? place.count : 2
            place.new = index
            places[new[index]] = place
        }
        let common = old.indices.compactMap { index -> (old: Int, new: Int)? in
            guard let place = places[old[index]], place.count == 1, let other = place.new else {
                return nil
            }
            return (index, other)
        }
        return longestAscending(common)
    }

    private static func longestAscending(
        _ pairs: [(old: Int, new: Int)]
    ) -> [(old: Int, new: Int)] {
        var ends: [Int] = []
        var previous: [Int?] = []
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[ends[middle]].new < pair.new { low = middle + 1 } else { high = middle }
            }
            previous.append(low > 0 ? ends[low - 1] : nil)
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var result: [(old: Int, new: Int)] = []
        var next = ends.last
        while let index = next {
            result.append(pairs[index])
            next = previous[index]
        }
        return result.reversed()
    }

    /// The shortest difference, removals before additions at each place.
    private static func search(
        _ old: ArraySlice<Substring>, _ new: ArraySlice<Substring>, into edits: inout [Edit]
    ) {
        guard !old.isEmpty, !new.isEmpty, old.count + new.count <= searchedLinesMax else {
            edits += old.map { .remove($0) }
            edits += new.map { .add($0) }
            return
        }
        let (old, new) = (Array(old), Array(new))
        let difference = new.difference(from: old)
        var removed = Array(repeating: false, count: old.count)
        var added = Array(repeating: false, count: new.count)
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed[offset] = true
            case .insert(let offset, _, _): added[offset] = true
            }
        }
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, removed[i] {
                edits.append(.remove(old[i]))
                i += 1
            } else if j < new.count, added[j] {
                edits.append(.add(new[j]))
                j += 1
            } else {
                edits.append(.keep(old[i]))
                i += 1
                j += 1
            }
        }
    }

    // MARK: Writing

    private static func hunks(_ edits: [Edit]) -> String {
        var result = ""
        let changes = edits.indices.filter { edits[$0].isChange }
        var next = 0
        // Lines before the edit that is next in turn, in either text.
        var (position, oldLine, newLine) = (0, 0, 0)
        while next < changes.count {
            let start = max(changes[next] - contextLines, position)
            var last = changes[next]
            while next < changes.count, changes[next] <= last + 2 * contextLines + 1 {
                last = changes[next]
                next += 1
            }
            let end = min(last + contextLines + 1, edits.count)
            oldLine += start - position
            newLine += start - position
            var (body, oldCount, newCount) = ("", 0, 0)
            for edit in edits[start..<end] {
                switch edit {
                case .keep(let line):
                    body += printed(" ", line)
                    oldCount += 1
                    newCount += 1
                case .remove(let line):
                    body += printed("-", line)
                    oldCount += 1
                case .add(let line):
                    body += printed("+", line)
                    newCount += 1
                }
            }
            result += "@@ -\(range(oldLine, oldCount)) +\(range(newLine, newCount)) @@\n" + body
            oldLine += oldCount
            newLine += newCount
            position = end
        }
        return result
    }

    private static func range(_ before: Int, _ count: Int) -> String {
        switch count {
        case 0: "\(before),0"
        case 1: "\(before + 1)"
        default: "\(before + 1),\(count)"
        }
    }

    private static func printed(_ mark: Character, _ line: Substring) -> String {
        line.unicodeScalars.last == "\n"
            ? "\(mark)\(line)" : "\(mark)\(line)\n\\ No newline at end of file\n"
    }
}
