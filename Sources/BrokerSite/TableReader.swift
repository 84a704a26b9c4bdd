import BrokerText
import BrokerCore

/// Takes the known keys out of a table, and notes what is missing, of the wrong type or unknown.
///
/// Every way of asking answers nil after a mistake, so that one pass finds all of them.
struct TableReader {
    let table: TOMLTable
    /// What stands in front of its keys in headers: `rota.`, or nothing at the top.
    private let path: String
    private(set) var mistakes: [Mistake] = []
    private var known: [String] = []
    /// Required keys that are not there, with the mistake that says so.
    private var missing: [(key: String, mistake: Mistake)] = []

    init(_ table: TOMLTable, path: String = "") {
        self.table = table
        self.path = path
    }

    /// Where a key's value stands; where there is none, the table itself.
    func position(_ key: String) -> SourcePosition {
        table[key]?.node.position ?? table.position
    }

    mutating func note(_ key: String, _ message: Text) {
        mistakes.append(Mistake(position(key), message))
    }

    mutating func note(_ position: SourcePosition, _ message: Text) {
        mistakes.append(Mistake(position, message))
    }

    mutating func note(contentsOf other: [Mistake]) { mistakes += other }

    // MARK: Values

    mutating func node(_ key: String) -> TOMLNode? {
        known.append(key)
        return table[key]?.node
    }

    /// A key that has to be there; `purpose` says what to write.
    mutating func require(_ key: String, _ purpose: Text) {
        guard table[key] == nil else { return }
        missing.append(
            (key, Mistake(table.position, .missing(key, purpose))))
    }

    mutating func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        return string(node, of: key)
    }

    mutating func integer(_ key: String) -> Int? {
        guard let node = node(key) else { return nil }
        return integer(node, of: key)
    }

    mutating func integer(_ node: TOMLNode, of key: String) -> Int? {
        guard case .integer(let number) = node.value else {
            note(
                node.position, .numberKind(key.quotedVisibly(), node.kind))
            return nil
        }
        return Int(number)
    }

    /// A number that has to lie in `range`; `advice` says what else to do.
    mutating func integer(
        _ key: String, in range: ClosedRange<Int>, _ advice: Text? = nil
    ) -> Int? {
        guard let number = integer(key) else { return nil }
        guard range.contains(number) else {
            let rest = advice.map { Text.advice($0) } ?? Text(verbatim: "")
            note(key, .range(key, range.lowerBound, range.upperBound, rest))
            return nil
        }
        return number
    }

    mutating func array(_ key: String) -> [TOMLNode]? {
        guard let node = node(key) else { return nil }
        guard case .array(let elements) = node.value else {
            note(
                node.position,
                .listKind(key.quotedVisibly(), node.kind))
            return nil
        }
        return elements
    }

    /// Nil too when a single element is no number.
    mutating func integers(_ key: String) -> [Int]? {
        guard let elements = array(key) else { return nil }
        let numbers = elements.compactMap { integer($0, of: key) }
        return numbers.count == elements.count ? numbers : nil
    }

    /// Nil too when a single element is no string.
    mutating func strings(_ key: String) -> [String]? {
        guard let elements = array(key) else { return nil }
        let texts = elements.compactMap { string($0, of: key) }
        return texts.count == elements.count ? texts : nil
    }

    mutating func string(_ node: TOMLNode, of key: String) -> String? {
        guard case .string(let text) = node.value else {
            note(
                node.position, .textKind(key.quotedVisibly(), node.kind))
            return nil
        }
        return text
    }

    mutating func boolean(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .boolean(let value) = node.value else {
            note(node.position, .booleanKind(key, node.kind))
            return nil
        }
        return value
    }

    /// A date alone; `example` shows one that would do.
    mutating func date(_ key: String, example: String) -> CivilDate? {
        guard let node = node(key) else { return nil }
        guard case .date(let date) = node.value else {
            note(
                node.position,
                .dateKind(key, example, node.kind))
            return nil
        }
        return date
    }

    /// A table of its own section, `[key]`.
    mutating func table(_ key: String) -> TOMLTable? {
        guard let node = node(key) else { return nil }
        guard case .table(let table) = node.value else {
            note(node.position, .tableKind(key, path))
            return nil
        }
        return table
    }

    /// Tables that are written `[[key]]`, or as a list of inline tables.
    mutating func tables(_ key: String) -> [TOMLTable] {
        guard let node = node(key) else { return [] }
        guard case .array(let elements) = node.value else {
            note(node.position, .tablesKind(key, path))
            return []
        }
        return elements.compactMap { element in
            guard case .table(let table) = element.value else {
                note(element.position, .tablesElement(key, element.kind))
                return nil
            }
            return table
        }
    }

    // MARK: The end

    /// Notes every key that nobody asked for, and what is missing; a misspelt key counts once.
    mutating func finish() {
        for entry in table.entries where !known.contains(entry.key) {
            // What is missing was most likely meant.
            let candidates = missing.map(\.key) + known.sorted()
            let meant = candidates.first { $0.isNear(entry.key) }
            missing.removeAll { $0.key == meant }
            let advice =
                meant.map { Text.didYouMean($0) }
                ?? .knownHere(known.sorted().joined(separator: ", "))
            note(entry.keyPosition, .unknownKey(entry.key.quotedVisibly(), advice))
        }
        mistakes += missing.map(\.mistake)
        missing = []
    }
}

extension String {
    /// Whether one slip of the fingers, or two, turns one into the other: the edit distance.
    fileprivate func isNear(_ other: String) -> Bool {
        let (a, b) = (Array(utf8), Array(other.utf8))
        // Longer texts would cost, and are no slips.
        guard b.count <= 64, abs(a.count - b.count) <= 2, a.count > 3 else { return false }
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count] <= 2
    }
}
