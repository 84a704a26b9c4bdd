import Glibc

/// A set of byte values that answers in two instructions; for the character classes of the RFCs.
struct ByteSet: Sendable {
    private var low: (UInt64, UInt64) = (0, 0)
    private var high: (UInt64, UInt64) = (0, 0)

    init(_ ranges: [ClosedRange<UInt8>], _ characters: String = "") {
        for range in ranges { for byte in range { insert(byte) } }
        for byte in characters.utf8 { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: low.0 |= bit
        case 1: low.1 |= bit
        case 2: high.0 |= bit
        case _: high.1 |= bit
        }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word =
            byte < 128
            ? (byte < 64 ? low.0 : low.1)
            : (byte < 192 ? high.0 : high.1)
        return word >> UInt64(byte & 63) & 1 == 1
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    private static let upper = UInt8(ascii: "A")...UInt8(ascii: "Z")
    private static let lower = UInt8(ascii: "a")...UInt8(ascii: "z")

    /// `tchar` of RFC 9110, 5.6.2: what method and field names are made of.
    static let token = ByteSet([digits, upper, lower], "!#$%&'*+-.^_`|~")

    /// What a path and query may hold (RFC 3986): `pchar`, `/` and `?`. `%` is checked beside it.
    static let target = ByteSet([digits, upper, lower], "-._~!$&'()*+,;=:@/?%")

    /// What a field value may hold (RFC 9110, 5.5): visible ASCII, space, tab, and bytes above it.
    static let fieldValue = ByteSet([0x20...0x7E, 0x80...0xFF], "\t")
}

extension UnsafeRawBufferPointer {
    /// The first place at or after `start` that holds `byte`.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start < count,
            let hit = memchr(base + start, CInt(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(hit) - base
    }

    /// The range within `start..<end` without spaces and tabs at either side.
    @inline(__always)
    func trimmed(from start: Int, to end: Int) -> Range<Int> {
        var first = start
        var last = end
        while first < last, self[first] == 0x20 || self[first] == 0x09 { first += 1 }
        while last > first, self[last - 1] == 0x20 || self[last - 1] == 0x09 { last -= 1 }
        return first..<last
    }

    /// Whether the bytes are `wanted`, which is in lower case, whatever the case of ASCII letters.
    @inline(__always)
    func equalsIgnoringCase(_ wanted: UnsafeRawBufferPointer) -> Bool {
        guard count == wanted.count else { return false }
        for index in 0..<count where self[index].lowercasedASCII != wanted[index] { return false }
        return true
    }

    /// The same, for a word known at compile time.
    @inline(__always)
    func equalsIgnoringCase(_ wanted: StaticString) -> Bool {
        equalsIgnoringCase(
            UnsafeRawBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount))
    }
}

extension UInt8 {
    @inline(__always)
    var lowercasedASCII: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }

    @inline(__always)
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// The value of a hexadecimal digit, `nil` for any other byte.
    @inline(__always)
    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        case _: nil
        }
    }
}
