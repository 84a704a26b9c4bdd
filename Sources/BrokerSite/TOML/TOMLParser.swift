import BrokerText
import BrokerCore

/// Reads TOML 1.0 into tables that remember their order and every place.
///
/// Fractions and times are recognised and not evaluated: no key takes one.
struct TOMLParser {
    /// Lists and inline tables in each other, and parts of a dotted key. The site needs four; the
    /// bound keeps a hostile text from exhausting the stack.
    static let depthMax = 16

    private var scanner: TOMLScanner
    private let root = TOMLTable(position: SourcePosition(line: 1, column: 1), origin: .header)
    private var current: TOMLTable
    /// The header or inline table whose keys are being read, so that a dotted key knows the tables
    /// of its own section.
    private var section = 0
    private var sectionCount = 0
    private var mistakes: [Mistake] = []

    private init(_ bytes: [UInt8]) {
        self.scanner = TOMLScanner(bytes)
        self.current = root
    }

    /// The text must be valid UTF-8. A name that is given twice does not stop the reading, any
    /// other mistake does: what follows it could mean anything.
    static func parse(_ bytes: [UInt8]) -> (root: TOMLTable, mistakes: [Mistake]) {
        var parser = Self(bytes)
        do {
            try parser.document()
        } catch {
            parser.mistakes.append(error)
        }
        return (parser.root, parser.mistakes)
    }

    private mutating func document() throws(Mistake) {
        while true {
            try scanner.skipLines()
            guard let byte = scanner.next else { return }
            if byte == UInt8(ascii: "[") {
                try header()
            } else {
                try keyValue(into: current)
            }
            scanner.skipBlanks()
            try scanner.skipComment()
            guard scanner.atEnd || scanner.skipNewline() else {
                throw scanner.mistake(.lineEnd)
            }
        }
    }

    // MARK: Headers

    private mutating func header() throws(Mistake) {
        let start = scanner.position
        let isList = scanner.skip("[[")
        if !isList { scanner.advance() }
        scanner.skipBlanks()
        let path = try keyPath()
        guard isList ? scanner.skip("]]") : scanner.skip("]") else {
            throw scanner.mistake(.headerEnd(isList ? "]]" : "]"))
        }
        sectionCount += 1
        section = sectionCount
        var table = root
        for part in path.dropLast() {
            guard let next = headerParent(part, in: table) else { return abandon(part, start) }
            table = next
        }
        let last = path[path.count - 1]
        let made = TOMLTable(position: start, origin: .header)
        switch table[last.name]?.node.value {
        case nil where isList:
            table.grow(last.name, at: last.position, made)
        case nil:
            table.add(last.name, at: last.position, TOMLNode(value: .table(made), position: start))
        case .array where isList && table.growing.contains(last.name):
            table.grow(last.name, at: last.position, made)
        case .table(let there) where !isList && there.origin == .implied:
            there.origin = .header
            current = there
            return
        default:
            return abandon(last, start)
        }
        current = made
    }

    /// The table that a header's leading part leads into; nil where there is something else.
    private func headerParent(_ part: KeyPart, in table: TOMLTable) -> TOMLTable? {
        switch table[part.name]?.node.value {
        case nil:
            let made = TOMLTable(position: part.position, origin: .implied)
            table.add(
                part.name, at: part.position, TOMLNode(value: .table(made), position: part.position)
            )
            return made
        case .table(let there):
            return there.origin == .inline ? nil : there
        case .array(let elements) where table.growing.contains(part.name):
            guard case .table(let last)? = elements.last?.value else { return nil }
            return last
        default:
            return nil
        }
    }

    /// Notes a header that cannot be, and reads its keys into a table that nobody looks at.
    private mutating func abandon(_ part: KeyPart, _ start: SourcePosition) {
        mistakes.append(twice(part))
        current = TOMLTable(position: start, origin: .header)
    }

    private func twice(_ part: KeyPart) -> Mistake {
        Mistake(
            part.position,
            .givenAlready(part.name.quotedVisibly()))
    }

    // MARK: Keys

    private struct KeyPart {
        let name: String
        let position: SourcePosition
    }

    private mutating func keyPath() throws(Mistake) -> [KeyPart] {
        var path: [KeyPart] = []
        repeat {
            scanner.skipBlanks()
            guard path.count < Self.depthMax else {
                throw scanner.mistake(.keyParts(Self.depthMax))
            }
            path.append(try keyPart())
            scanner.skipBlanks()
        } while scanner.skip(".")
        return path
    }

    private mutating func keyPart() throws(Mistake) -> KeyPart {
        let start = scanner.position
        switch scanner.next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard !scanner.sees("\"\"\""), !scanner.sees("'''") else {
                throw scanner.mistake(.keyOneLine)
            }
            return KeyPart(name: try scanner.string(), position: start)
        default:
            let name = scanner.take { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            guard !name.isEmpty else { throw scanner.mistake(.keyExpected) }
            return KeyPart(name: name, position: start)
        }
    }

    /// `key = value`, for a section or an inline table.
    private mutating func keyValue(into table: TOMLTable, depth: Int = 0) throws(Mistake) {
        let path = try keyPath()
        guard scanner.skip("=") else {
            throw scanner.mistake(.equalsExpected)
        }
        scanner.skipBlanks()
        let node = try value(depth: depth)
        var table = table
        for part in path.dropLast() {
            guard let next = dottedParent(part, in: table) else {
                mistakes.append(twice(part))
                return
            }
            table = next
        }
        let last = path[path.count - 1]
        if table[last.name] != nil {
            mistakes.append(twice(last))
        } else {
            table.add(last.name, at: last.position, node)
        }
    }

    /// The table that a dotted key's leading part leads into: a new one, or one that dotted keys of
    /// this section made, or that so far was only implied.
    private func dottedParent(_ part: KeyPart, in table: TOMLTable) -> TOMLTable? {
        switch table[part.name]?.node.value {
        case nil:
            let made = TOMLTable(position: part.position, origin: .dotted(section: section))
            table.add(
                part.name, at: part.position, TOMLNode(value: .table(made), position: part.position)
            )
            return made
        case .table(let there):
            if there.origin == .implied { there.origin = .dotted(section: section) }
            return there.origin == .dotted(section: section) ? there : nil
        default:
            return nil
        }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(Mistake) -> TOMLNode {
        let start = scanner.position
        switch scanner.next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return TOMLNode(value: .string(try scanner.string()), position: start)
        case UInt8(ascii: "["):
            return TOMLNode(value: .array(try array(depth: depth + 1)), position: start)
        case UInt8(ascii: "{"):
            return TOMLNode(value: .table(try inlineTable(depth: depth + 1)), position: start)
        default:
            return TOMLNode(value: try TOMLScalar.read(&scanner), position: start)
        }
    }

    private mutating func array(depth: Int) throws(Mistake) -> [TOMLNode] {
        try checkDepth(depth)
        scanner.advance()
        var elements: [TOMLNode] = []
        while true {
            try scanner.skipLines()
            if scanner.skip("]") { return elements }
            elements.append(try value(depth: depth))
            try scanner.skipLines()
            if scanner.skip("]") { return elements }
            guard scanner.skip(",") else {
                throw scanner.mistake(.listEnd)
            }
        }
    }

    private mutating func inlineTable(depth: Int) throws(Mistake) -> TOMLTable {
        try checkDepth(depth)
        let table = TOMLTable(position: scanner.position, origin: .header)
        // Its dotted keys may meet each other, and nobody else's.
        let outerSection = section
        defer { section = outerSection }
        sectionCount += 1
        section = sectionCount
        scanner.advance()
        scanner.skipBlanks()
        if !scanner.skip("}") {
            repeat {
                scanner.skipBlanks()
                try keyValue(into: table, depth: depth)
                scanner.skipBlanks()
            } while scanner.skip(",")
            guard scanner.skip("}") else {
                throw scanner.mistake(
                    .tableEnd)
            }
        }
        table.origin = .inline
        return table
    }

    private func checkDepth(_ depth: Int) throws(Mistake) {
        guard depth <= Self.depthMax else {
            throw scanner.mistake(.tooDeep(Self.depthMax))
        }
    }
}
