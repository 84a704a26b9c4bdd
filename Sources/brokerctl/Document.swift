import BrokerAPI

/// An answer of the daemon, as received, and how people want to see it.
struct Document {
    /// The body, byte by byte as it came.
    let body: [UInt8]
    let json: JSONValue
    let resource: Resource

    /// Throws when the body is no JSON.
    init(body: [UInt8], resource: Resource) throws(CommandError) {
        self.body = body
        self.resource = resource
        json = try Caller.decoded(JSONValue.self, body)
    }

    /// A document that several answers were merged into.
    init(json: JSONValue, resource: Resource) {
        body = WireJSON.encode(json)
        self.json = json
        self.resource = resource
    }

    /// The elements of a list; the document itself when it is no list.
    var items: [JSONValue] {
        guard let key = resource.listKey, let elements = json[key]?.arrayValue else {
            return [json]
        }
        return elements
    }

    /// Whether this is a list, even one of no or one element.
    var isList: Bool { resource.listKey.map { json[$0]?.arrayValue != nil } ?? false }
}

/// What the daemon's answers hold, and which of it goes into which column.
struct Resource: Sendable {
    /// The member that holds the elements of a list; nil for what never comes as a list.
    let listKey: String?
    /// The member that names an element, or the members of an array: `-o name` prints them.
    let nameKey: String
    let columns: [Column]
}

/// One column of a table or a CSV file.
struct Column: Sendable {
    enum Kind: Sendable {
        case text
        case number
        /// A word that stands for good or bad.
        case state
        case instant
        /// An instant that people count down to.
        case deadline
        case flag
        /// An array of strings.
        case list
        /// A number, or an object of numbers; people see zero and none alike.
        case amount
    }

    /// Where a column is shown.
    enum Place: Sendable {
        case everywhere
        /// In tables only where the terminal is wide enough.
        case wide
        /// In CSV, and in the sheet of a single element.
        case sheet
    }

    let title: String
    /// Members to follow, with dots; also the column's name in CSV.
    let path: String
    let kind: Kind
    let place: Place

    init(_ title: String, _ path: String, _ kind: Kind = .text, _ place: Place = .everywhere) {
        self.title = title
        self.path = path
        self.kind = kind
        self.place = place
    }

    /// The value in one element; null when it is not there.
    func value(in element: JSONValue) -> JSONValue {
        path.split(separator: ".").reduce(element) { $0[String($1)] ?? .null }
    }
}
