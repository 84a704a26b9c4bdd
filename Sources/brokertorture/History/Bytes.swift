/// Bytes to be appended to a history: whole numbers take as many bytes as they need.
struct ByteSink {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// LEB128: seven bits a byte, the lowest first.
    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ value: Int) { number(UInt64(value)) }

    /// Zigzag: small numbers of either sign are short.
    mutating func signed(_ value: Int64) {
        number(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    mutating func fixed(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func text(_ text: String) {
        number(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }
}

/// Why a history cannot be read.
struct HistoryError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The other direction, over the bytes of a whole file.
struct ByteSource {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private var cut: HistoryError { HistoryError("the history is cut off") }

    mutating func byte() throws(HistoryError) -> UInt8 {
        guard position < bytes.count else { throw cut }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(HistoryError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 64 else { throw HistoryError("the history is damaged") }
            value |= UInt64(next & 0x7F) << shift
            if next & 0x80 == 0 { return value }
            shift += 7
        }
    }

    mutating func int() throws(HistoryError) -> Int {
        Int(truncatingIfNeeded: try number())
    }

    mutating func signed() throws(HistoryError) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func fixed() throws(HistoryError) -> UInt64 {
        guard bytes.count - position >= 8 else { throw cut }
        defer { position += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    mutating func text() throws(HistoryError) -> String {
        let count = try int()
        guard count >= 0, count <= bytes.count - position else { throw cut }
        defer { position += count }
        return String(decoding: bytes[position..<(position + count)], as: UTF8.self)
    }
}
