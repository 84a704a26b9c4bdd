package import BrokerText

/// Something that stands in a JSON body of the API.
///
/// The codec is the project's own instead of `Codable`: it refuses exactly what the API refuses, in
/// words that a sender can act on; it writes members in the documented order; a lease costs a quarter
/// of JSONEncoder's time and a request half of JSONDecoder's (measured side by side), which at 30,000
/// answers a second is a share of the processor that shows; and the command line needs no Foundation.
package protocol WireValue: Sendable {
    /// Reads the value, or throws with a sentence that names the place.
    init(json: JSONValue, at place: JSONPlace) throws(JSONError)
    func write(to writer: inout JSONWriter)
}

/// A value that is a JSON object.
package protocol WireObject: WireValue, Equatable {
    /// Takes every field that the object may have out of the reader.
    init(from object: inout JSONObjectReader) throws(JSONError)
    /// Writes all members, without the braces.
    func writeFields(to writer: inout JSONWriter)
}

extension WireObject {
    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        var reader = try JSONObjectReader(json, at: place)
        try self.init(from: &reader)
        try reader.finish()
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writeFields(to: &$0) }
    }
}

/// A word out of a closed list.
package protocol WireEnum: WireValue, RawRepresentable, CaseIterable where RawValue == String {}

extension WireEnum {
    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .string(let word) = json, let value = Self(rawValue: word) else {
            let words = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw place.error(Self.allCases.count > 1 ? .jsonOneOf(words) : .jsonOnly(words))
        }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

/// Where in a document a value stands, and how strict its reading is.
package struct JSONPlace: Sendable {
    /// As in `seats[2].port`; empty for the document itself.
    package let path: String
    /// Whether unknown fields are refused (requests) or skipped (answers of a newer daemon).
    package let isStrict: Bool

    package init(path: String = "", isStrict: Bool) {
        self.path = path
        self.isStrict = isStrict
    }

    func field(_ name: String) -> JSONPlace {
        JSONPlace(path: path.isEmpty ? name : "\(path).\(name)", isStrict: isStrict)
    }

    func element(_ index: Int) -> JSONPlace {
        JSONPlace(path: "\(path)[\(index)]", isStrict: isStrict)
    }

    /// "Field "x" must …."
    package func error(_ predicate: Text) -> JSONError {
        JSONError(
            path.isEmpty ? .jsonBody(predicate) : .jsonField(path.quotedForMessage, predicate))
    }
}

/// Most that a whole number may be, on the wire: up to here every JSON reader is exact.
package let wireIntMax = 1 << 53 - 1

extension Int: WireValue {
    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .number(let digits) = json else {
            throw place.error(.jsonMustBeNumber(not: json.kind))
        }
        guard let value = Int(digits) else {
            let isWhole = digits.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 | 0x20 != 0x65 }
            throw place.error(isWhole ? .jsonOutOfRange : .jsonWholeNumber)
        }
        guard value.magnitude <= UInt(wireIntMax) else { throw place.error(.jsonOutOfRange) }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.int(self) }
}

extension Bool: WireValue {
    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .bool(let value) = json else {
            throw place.error(.jsonMustBeBoolean(not: json.kind))
        }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.bool(self) }
}

extension String: WireValue {
    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .string(let text) = json else {
            throw place.error(.jsonMustBeString(not: json.kind))
        }
        self = text
    }

    package func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Array: WireValue where Element: WireValue {
    package init(json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .array(let elements) = json else {
            throw place.error(.jsonMustBeArray(not: json.kind))
        }
        self = []
        reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            append(try Element(json: element, at: place.element(index)))
        }
    }

    package func write(to writer: inout JSONWriter) {
        writer.array { writer in
            for element in self { element.write(to: &writer) }
        }
    }
}

extension JSONValue: WireValue {
    package init(json: JSONValue, at place: JSONPlace) { self = json }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .number(let digits): writer.raw(digits)
        case .string(let text): writer.string(text)
        case .array(let elements): elements.write(to: &writer)
        case .object(let members):
            writer.object { writer in
                for member in members { writer.field(member.name, member.value) }
            }
        }
    }
}
