import BrokerAPI

/// The header `Idempotency-Key`: a text of the client's that makes a repeat answer as the first did.
enum IdempotencyKey {
    private static let bytesMax = 255

    /// The key, quoted or bare; nil where there is none.
    static func read(_ headers: HeaderFields) throws(Problem) -> String? {
        let values = headers.values(of: "idempotency-key")
        guard let value = values.first else { return nil }
        guard values.count == 1, let key = unquoted(value.trimmed), !key.isEmpty,
            key.utf8.count <= bytesMax, key.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            throw Problem(.badRequest, detail: .idempotencyKey)
        }
        return key
    }

    /// A string of RFC 8941, 3.3.3, or a bare text; nil for a broken string.
    private static func unquoted(_ text: String) -> String? {
        guard text.hasPrefix("\"") else { return text }
        var key = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            switch character {
            case "\"": return rest.isEmpty ? key : nil
            case "\\":
                guard let escaped = rest.popFirst(), escaped == "\"" || escaped == "\\" else {
                    return nil
                }
                key.append(escaped)
            default: key.append(character)
            }
        }
        return nil
    }

    /// Tells a repeat from another request: FNV-1a over the fields, each with its presence and end.
    static func fingerprint(of body: GrantRequest) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        func add(_ text: String?) {
            add(text == nil ? 0 : 1)
            for byte in text?.utf8 ?? "".utf8 { add(byte) }
            // 0xFF stands in no UTF-8.
            add(0xFF)
        }
        add(body.pool)
        add(body.group)
        add(body.ttlSeconds.map(String.init))
        for name in body.holderGroups ?? [] { add(name) }
        add(body.holderGroups == nil ? 0 : 1)
        return hash
    }
}
