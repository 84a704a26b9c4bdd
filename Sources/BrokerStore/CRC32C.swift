/// The checksum of journal rows and snapshots: CRC-32C (Castagnoli, reflected, RFC 3720 B.4), since
/// SQLite has none of its own on database pages.
package struct CRC32C: Sendable {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in
            crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1
        }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    /// Takes more bytes in.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        var state = state
        Self.table.withUnsafeBufferPointer { table in
            for byte in bytes {
                state = state >> 8 ^ table[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
            }
        }
        self.state = state
    }

    package var value: UInt32 { ~state }

    /// Over a row's number and its bytes, so that a whole row in the wrong place is found too.
    package static func of(_ bytes: [UInt8], number: UInt64) -> UInt32 {
        var crc = CRC32C()
        crc.update((0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
        crc.update(bytes)
        return crc.value
    }
}
