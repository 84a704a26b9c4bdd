import BrokerText

/// Reads JSON as RFC 8259 has it, and nothing more lenient.
///
/// Beyond the grammar it refuses what two readers could understand in two ways: a name given twice
/// in one object, half of a surrogate pair, bytes that are no UTF-8. U+0000 is refused too: no name
/// or text here may hold it, and C interfaces would cut a string there.
package struct JSONParser {
    /// Deepest nesting of a request body. No request nests deeper than three; the parser recurses,
    /// so without a limit a hostile body would exhaust the stack.
    package static let requestDepthMax = 16
    /// Deepest nesting of an answer: the OpenAPI document is the deepest, at about 20.
    package static let answerDepthMax = 64

    private let bytes: UnsafeRawBufferPointer
    private let depthMax: Int
    private var position = 0
    private var depth = 0

    private init(_ bytes: UnsafeRawBufferPointer, depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    /// Parses one whole document; nil when there is nothing but white space.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, depthMax: Int = JSONParser.requestDepthMax
    ) throws(JSONError) -> JSONValue? {
        var parser = JSONParser(bytes, depthMax: depthMax)
        parser.skipWhitespace()
        if parser.position == bytes.count { return nil }
        let value = try parser.value()
        parser.skipWhitespace()
        guard parser.position == bytes.count else {
            throw parser.error(.jsonTrailing)
        }
        return value
    }

    /// The same for an array of bytes.
    package static func parse(
        _ bytes: [UInt8], depthMax: Int = JSONParser.requestDepthMax
    ) throws(JSONError) -> JSONValue? {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(JSONError) in try parse(raw, depthMax: depthMax) }
        }
        return try result.get()
    }

    private func error(_ why: Text) -> JSONError {
        JSONError(.jsonInvalid(position, why))
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case nil: throw error(.jsonValueMissing)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        default: throw error(.jsonValueExpected)
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count,
            (0..<length).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
        else { throw error(.jsonValueExpected) }
        position += length
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= depthMax else { throw error(.jsonTooDeep(depthMax)) }
        position += 1
        skipWhitespace()
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value())
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipWhitespace()
            case UInt8(ascii: "]"):
                position += 1
                return .array(elements)
            default: throw error(.jsonExpected("\",\"", or: "\"]\""))
            }
        }
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var members: [JSONMember] = []
        var names = NameSet()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            guard current == UInt8(ascii: "\"") else {
                throw error(.jsonNameExpected)
            }
            let name = try string()
            guard names.insert(name, after: members) else {
                throw JSONError(.jsonTwice(name.quotedForMessage))
            }
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw error(.jsonExpected("\":\"")) }
            position += 1
            skipWhitespace()
            members.append(JSONMember(name: name, value: try value()))
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipWhitespace()
            case UInt8(ascii: "}"):
                position += 1
                return .object(members)
            default: throw error(.jsonExpected("\",\"", or: "\"}\""))
            }
        }
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        if let byte = current, Self.isDigit(byte) {
            throw error(.jsonLeadingZero)
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = current, Self.isDigit(byte) { position += 1 }
        guard position > start else { throw error(.jsonDigitExpected) }
    }
}

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            guard byte >= 0x20 else { throw error(.jsonControl) }
            position += 1
        }
        var unescaped: [UInt8] = []
        if current == UInt8(ascii: "\\") {
            unescaped.append(contentsOf: bytes[start..<position])
            try unescape(into: &unescaped)
        }
        guard current == UInt8(ascii: "\"") else { throw error(.jsonUnendedString) }
        defer { position += 1 }
        let text =
            unescaped.isEmpty
            ? String(validating: bytes[start..<position], as: UTF8.self)
            : String(validating: unescaped, as: UTF8.self)
        guard let text else { throw error(.jsonNotUTF8) }
        return text
    }

    /// Reads on from the first backslash up to the closing quote, which it leaves.
    private mutating func unescape(into text: inout [UInt8]) throws(JSONError) {
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error(.jsonControl) }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard let escape = current else { throw error(.jsonUnendedString) }
            position += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text.append(contentsOf: String(try escapedScalar()).utf8)
            default: throw error(.jsonNoSuchEscape)
            }
        }
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try fourHexDigits()
        var code = UInt32(first)
        if first & 0xFC00 == 0xD800 {
            guard current == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw error(.jsonHalfSurrogate) }
            position += 2
            let second = try fourHexDigits()
            guard second & 0xFC00 == 0xDC00 else { throw error(.jsonHalfSurrogate) }
            code = 0x10000 + UInt32(first & 0x3FF) << 10 + UInt32(second & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error(.jsonHalfSurrogate) }
        guard code != 0 else { throw error(.jsonNull) }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Self.hexValue(byte) else {
                throw error(.jsonHexExpected)
            }
            code = code << 4 | digit
            position += 1
        }
        return code
    }

    private static func hexValue(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

/// The names of one object so far. Few are compared one by one; many are hashed, so that a body of
/// ten thousand names costs no fifty million comparisons.
private struct NameSet {
    private static let comparedMax = 12
    private var hashed: Set<String> = []

    /// False when the name is there already.
    mutating func insert(_ name: String, after members: [JSONMember]) -> Bool {
        if members.count < Self.comparedMax { return !members.contains { $0.name == name } }
        if members.count == Self.comparedMax { hashed = Set(members.map(\.name)) }
        return hashed.insert(name).inserted
    }
}

extension String {
    /// In quotes, and cut after 64 characters: messages repeat what a sender wrote, but not at any
    /// length.
    var quotedForMessage: String { count > 64 ? "\"\(prefix(64))…\"" : "\"\(self)\"" }
}
