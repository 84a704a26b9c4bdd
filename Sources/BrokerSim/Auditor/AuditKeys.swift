import BrokerCore

/// Idempotency keys as the rules want them kept: by caller and holder, a day, 64 at most.
struct AuditKeys: Sendable {
    struct Key: Sendable {
        var text: String
        var fingerprint: UInt64
        var lease: LeaseID
        var wasCreated: Bool
        var at: Int64
    }

    /// By caller and holder.
    private(set) var scopes: [UInt64: [Key]] = [:]

    static func scope(actor: Int32, holder: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: actor)) << 32 | UInt64(UInt32(bitPattern: holder))
    }

    /// A key is good for a day from its first answer, and not at the end of it.
    static func isGood(_ key: Key, at now: Int64) -> Bool {
        now < key.at + 86_400_000
    }

    func key(_ text: String, scope: UInt64, at now: Int64) -> Key? {
        scopes[scope]?.first { $0.text == text && Self.isGood($0, at: now) }
    }

    /// Remembers one; where there is no room, the oldest gives way.
    mutating func remember(_ key: Key, scope: UInt64, at now: Int64) {
        var keys = scopes.removeValue(forKey: scope) ?? []
        if let oldest = keys.first, !Self.isGood(oldest, at: now) {
            keys.removeAll { !Self.isGood($0, at: now) }
        }
        if keys.count >= 64 { keys.removeFirst() }
        keys.append(key)
        scopes[scope] = keys
    }
}
