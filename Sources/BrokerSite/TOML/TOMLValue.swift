import BrokerText
import BrokerCore

/// A value with its place in the text.
///
/// The reader is the broker's own because every complaint about a site needs the place of the value
/// that it is about, and no TOML package for Swift tells it.
struct TOMLNode {
    enum Value {
        case string(String)
        case integer(Int64)
        /// No key of the broker takes one: that it is one is all that is read.
        case float
        case boolean(Bool)
        /// A date alone, in the years 1 to 9999.
        case date(CivilDate)
        /// A time, or a date with one, or a date in the year 0; no key takes one.
        case dateTime
        case array([TOMLNode])
        case table(TOMLTable)
    }

    var value: Value
    /// The first character of the value; of a table, of its header or of the key that made it.
    var position: SourcePosition

    /// What it is, with its article, for messages.
    var kind: Text {
        switch value {
        case .string: .aString
        case .integer: .aNumber
        case .float: .aFraction
        case .boolean: .aBoolean
        case .date: .aDate
        case .dateTime: .aDateTime
        case .array: .aList
        case .table: .aTable
        }
    }
}

/// A table in the order of the text.
///
/// A class, because headers and dotted keys return to a table that is half built.
final class TOMLTable {
    struct Entry {
        let key: String
        let keyPosition: SourcePosition
        var node: TOMLNode
    }

    /// Who made the table, which decides who may add to it.
    enum Origin: Equatable {
        /// A header named something inside it; a header of its own may still follow.
        case implied
        case header
        /// A dotted key of the section with this number; only keys of that section may add to it.
        case dotted(section: Int)
        /// `{ … }`, complete at once.
        case inline
    }

    let position: SourcePosition
    var origin: Origin
    private(set) var entries: [Entry] = []
    private var places: [String: Int] = [:]
    /// Keys whose lists were written as `[[key]]` and so may grow.
    private(set) var growing: Set<String> = []

    init(position: SourcePosition, origin: Origin) {
        self.position = position
        self.origin = origin
    }

    subscript(key: String) -> Entry? { places[key].map { entries[$0] } }

    /// The key must be new.
    func add(_ key: String, at keyPosition: SourcePosition, _ node: TOMLNode) {
        places[key] = entries.count
        entries.append(Entry(key: key, keyPosition: keyPosition, node: node))
    }

    /// Appends to a list of tables, and begins it where there is none.
    func grow(_ key: String, at keyPosition: SourcePosition, _ table: TOMLTable) {
        let element = TOMLNode(value: .table(table), position: table.position)
        guard let place = places[key] else {
            growing.insert(key)
            return add(
                key, at: keyPosition, TOMLNode(value: .array([element]), position: keyPosition))
        }
        guard case .array(var elements) = entries[place].node.value else { return }
        // Let go of the list before it grows, or each append would copy all of it.
        entries[place].node.value = .boolean(false)
        elements.append(element)
        entries[place].node.value = .array(elements)
    }
}
