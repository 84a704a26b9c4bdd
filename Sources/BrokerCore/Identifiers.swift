/// The name of a pool, unique in the site.
package struct PoolName: Hashable, Comparable, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// The name of a group of agents, unique in the site.
package struct GroupName: Hashable, Comparable, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// The name of a seat, unique over all pools.
package struct SeatName: Hashable, Comparable, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// The user name of a person who may hold leases, as the name service gives it.
///
/// A renamed account is another holder.
package struct HolderName: Hashable, Comparable, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// The name of a unix group that a person is in.
package struct UnixGroupName: Hashable, Comparable, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// The identity of a lease: 128 bits that the caller of the core draws, time first, then random
/// bits (the layout of a ULID), so that an id is never given twice, not even after a restore.
package struct LeaseID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// When the id was drawn, in milliseconds since the Unix epoch.
    var timeMilliseconds: UInt64 { high >> 16 }

    /// 26 characters of Crockford's base 32, in lower case.
    package var text: String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            var high = high
            var low = low
            for position in stride(from: 25, through: 0, by: -1) {
                buffer[position] = Self.alphabet[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
            }
            return 26
        }
    }

    /// Reads what `text` writes; nil for anything else, upper case included: one id, one spelling.
    package init?(text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for byte in text.utf8 {
            guard let digit = Self.alphabet.firstIndex(of: byte) else { return nil }
            count += 1
            // 26 digits carry 130 bits: the first may use but three of its five.
            if count == 1 && digit > 7 || count > 26 { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        guard count == 26 else { return nil }
        self.init(high: high, low: low)
    }
}
