/// Writes values as bytes: integers as LEB128 variable-length numbers, strings with their length.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package mutating func write(byte: UInt8) { bytes.append(byte) }

    package mutating func write(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag: small numbers of either sign stay short.
    package mutating func write(_ value: Int64) {
        write(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    package mutating func write(_ value: Int) { write(Int64(value)) }

    package mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

    package mutating func write(_ value: String) {
        let utf8 = value.utf8
        write(UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    package mutating func write<Value>(
        _ value: Value?, _ body: (inout ByteWriter, Value) -> Void
    ) {
        write(value != nil)
        if let value { body(&self, value) }
    }

    package mutating func write<Element>(
        _ values: [Element], _ body: (inout ByteWriter, Element) -> Void
    ) {
        write(UInt64(values.count))
        for value in values { body(&self, value) }
    }
}

/// Reads what `ByteWriter` wrote; every length is checked before it is believed.
package struct ByteReader: Sendable {
    /// The bytes are not what a writer writes.
    package struct Malformed: Error, Equatable, Sendable {
        package var message: String
        /// Where all that is wrong is their form: another version's.
        package var form: Form?

        package init(_ message: String, form: Form? = nil) {
            self.message = message
            self.form = form
        }

        /// The form of bytes, and the one that can be read.
        package struct Form: Equatable, Sendable {
            package var found: UInt8
            package var known: UInt8

            package init(found: UInt8, known: UInt8) {
                self.found = found
                self.known = known
            }
        }
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package var isAtEnd: Bool { position == bytes.endIndex }

    /// What was not read yet.
    package var rest: ArraySlice<UInt8> { bytes[position...] }

    /// One byte. Throws at the end, as all of these do.
    package mutating func readByte() throws(Malformed) -> UInt8 {
        guard position < bytes.endIndex else { throw Malformed("it ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    /// The byte that says in which form the rest is; throws for any but the known ones.
    package mutating func readForm(
        _ known: UInt8, orEarlier earliest: UInt8
    ) throws(Malformed) -> UInt8 {
        let form = try readByte()
        guard (earliest...known).contains(form) else {
            throw Malformed(
                "unknown form \(form)", form: Malformed.Form(found: form, known: known))
        }
        return form
    }

    /// A number in groups of seven bits, the lowest first.
    package mutating func readUInt64() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            guard shift < 63 || byte <= 1 else { throw Malformed("a number is too large") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A signed number, zigzagged so that small negative ones are short.
    package mutating func readInt64() throws(Malformed) -> Int64 {
        let zigzag = try readUInt64()
        return Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    }

    /// The same as an `Int`.
    package mutating func readInt() throws(Malformed) -> Int { Int(try readInt64()) }

    /// A byte that is 0 or 1; throws for any other.
    package mutating func readBool() throws(Malformed) -> Bool {
        switch try readByte() {
        case 0: return false
        case 1: return true
        case let other: throw Malformed("\(other) is no truth value")
        }
    }

    /// A length in bytes, and so much UTF-8; throws for what is none.
    package mutating func readString() throws(Malformed) -> String {
        let count = try readUInt64()
        guard count <= UInt64(bytes.endIndex - position) else {
            throw Malformed("a text is longer than what is left")
        }
        let end = position + Int(count)
        let slice = bytes[position..<end]
        // Decoding repairs what is no UTF-8, and then the bytes are others. (Validating a slice takes
        // several times as long.)
        let text = slice.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        guard text.utf8.elementsEqual(slice) else { throw Malformed("a text is not UTF-8") }
        position = end
        return text
    }

    /// Whether there is a value, and the value.
    package mutating func readOptional<Value>(
        _ body: (inout ByteReader) throws(Malformed) -> Value
    ) throws(Malformed) -> Value? {
        try readBool() ? try body(&self) : nil
    }

    /// A count, and so many values; throws before it reserves room for more than there can be.
    package mutating func readArray<Element>(
        _ body: (inout ByteReader) throws(Malformed) -> Element
    ) throws(Malformed) -> [Element] {
        let count = try readUInt64()
        // No element takes less than a byte.
        guard count <= UInt64(bytes.endIndex - position) else {
            throw Malformed("a list is longer than what is left")
        }
        var values: [Element] = []
        values.reserveCapacity(Int(count))
        for _ in 0..<count { values.append(try body(&self)) }
        return values
    }

    /// One of the cases of a type that is written as its raw byte.
    package mutating func readRaw<Value: RawRepresentable<UInt8>>(
        _ type: Value.Type
    ) throws(Malformed) -> Value {
        let byte = try readByte()
        guard let value = Value(rawValue: byte) else {
            throw Malformed("\(byte) is no \(Value.self)")
        }
        return value
    }
}
