package import BrokerText

/// A JSON document as a tree that keeps what was written: the order of members and the digits of
/// numbers.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The number as it was written, which is always valid JSON.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The member of an object; nil when there is none, or when this is no object.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string; nil for anything else.
    package var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value of a whole number; nil for fractions, exponents and everything else.
    package var intValue: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits)
    }

    /// The elements of an array; nil for anything else.
    package var arrayValue: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// What it is, with its article, for messages.
    package var kind: Text {
        switch self {
        case .null: .kindNull
        case .bool: .kindBoolean
        case .number: .kindNumber
        case .string: .kindString
        case .array: .kindArray
        case .object: .kindObject
        }
    }
}

/// One name and value of an object.
package struct JSONMember: Equatable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// Why a document was refused, in a sentence that its sender can act on.
package struct JSONError: Error, Equatable, Sendable {
    package let text: Text

    package init(_ text: Text) { self.text = text }

    /// For the project's own tools, which speak English.
    package init(verbatim text: String) { self.text = Text(verbatim: text) }

    /// In English.
    package var message: String { text.english }
}
