import CGcrypt

/// SHA-256 and HMAC-SHA-256, of libgcrypt, which libsystemd needs anyway.
package enum SHA256 {
    package static let byteCount = 32
    private static let blockByteCount = 64

    private static let isStarted: Bool = {
        precondition(broker_gcrypt_start() == 1, "libgcrypt is older than what this was built for")
        return true
    }()

    /// Has the library look at the machine now: it opens files for that, and ends the process where no
    /// descriptor is left. To be called when a daemon starts, before clients can take them all.
    package static func start() { _ = digest([]) }

    /// The 32 bytes that stand for the given ones.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        _ = isStarted
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            bytes.withUnsafeBytes { broker_sha256($0.baseAddress, $0.count, buffer.baseAddress) }
            count = byteCount
        }
    }

    /// A digest that only who has the key can work out (RFC 2104); the key has at most 64 bytes.
    package static func authenticate(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        precondition(key.count <= blockByteCount, "a longer key would have to be hashed first")
        let padded = key + [UInt8](repeating: 0, count: blockByteCount - key.count)
        let inner = digest(padded.map { $0 ^ 0x36 } + bytes)
        return digest(padded.map { $0 ^ 0x5C } + inner)
    }
}

extension [UInt8] {
    /// In lower-case hexadecimal digits.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// What `hex` writes; nil for anything else.
    package init?(hex: some StringProtocol) {
        let digits = hex.utf8.map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! }
    }
}
