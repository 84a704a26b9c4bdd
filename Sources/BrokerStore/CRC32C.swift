/// The checksum of journal rows and snapshots: CRC-32C (Castagnoli, reflected, RFC 3720 B.4), since
/// SQLite has none of its own on database pages.
package struct CRC32C: Sendable {
    /// Eight tables of 256: the n-th moves a byte's contribution n bytes further, so that eight bytes
    /// are taken at once ("slicing by 8").
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for index in 0..<UInt32(256) {
            var crc = index
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
            tables.append(crc)
        }
        for index in 256..<2_048 {
            let before = tables[index - 256]
            tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
        }
        return tables
    }()

    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    /// Takes more bytes in.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            Self.tables.withUnsafeBufferPointer { tables in
                var position = 0
                while position + 8 <= bytes.count {
                    take(
                        UInt64(
                            littleEndian: bytes.loadUnaligned(
                                fromByteOffset: position, as: UInt64.self)),
                        tables)
                    position += 8
                }
                while position < bytes.count {
                    state =
                        state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[position])]
                    position += 1
                }
            }
        }
    }

    /// Takes eight bytes in, the first one lowest.
    private mutating func take(_ eight: UInt64, _ tables: UnsafeBufferPointer<UInt32>) {
        let mixed = eight ^ UInt64(state)
        var crc: UInt32 = 0
        for byte in 0..<8 {
            crc ^= tables[(7 - byte) << 8 | Int(mixed >> (UInt64(byte) * 8) & 0xFF)]
        }
        state = crc
    }

    package var value: UInt32 { ~state }

    /// Over a row's number and its bytes, so that a whole row in the wrong place is found too.
    package static func of(_ bytes: [UInt8], number: UInt64) -> UInt32 {
        var crc = CRC32C()
        Self.tables.withUnsafeBufferPointer { crc.take(number, $0) }
        crc.update(bytes)
        return crc.value
    }
}
