import BrokerCore
import BrokerStore

/// The place up to which a chain goes: what to remember to find an edit of anything before it.
package struct ChainHead: Equatable, Sendable {
    package var sequence: UInt64
    /// Of the journal, at the item.
    package var revision: UInt64
    package var digest: [UInt8]

    package init(sequence: UInt64, revision: UInt64, digest: [UInt8]) {
        self.sequence = sequence
        self.revision = revision
        self.digest = digest
    }

    /// Before the first item.
    package static let beginning = ChainHead(
        sequence: 0, revision: 0, digest: [UInt8](repeating: 0, count: SHA256.byteCount))

    /// As `SEQUENCE:DIGEST`.
    package var text: String { "\(sequence):\(digest.hex)" }

    /// Reads what `text` writes; its revision is not known and 0.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = UInt64(parts[0]),
            let digest = [UInt8](hex: parts[1]), digest.count == SHA256.byteCount
        else { return nil }
        self.init(sequence: sequence, revision: 0, digest: digest)
    }
}

/// Each item's digest is that of the one before with the item's own bytes:
/// SHA-256(former digest, canonical bytes). An item's bytes hold its private part as
/// SHA-256(salt, private bytes).
package enum AuditChain {
    package static let saltByteCount = 16

    /// A salt that nobody can guess.
    package static func drawSalt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        var salt: [UInt8] = []
        salt.reserveCapacity(saltByteCount)
        for _ in 0..<saltByteCount / 8 {
            let number = random.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                salt.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return salt
    }

    /// Puts an item behind the head.
    package static func append(
        _ draft: AuditDraft, salt: [UInt8], to head: inout ChainHead
    ) -> AuditItem {
        var item = AuditItem(
            sequence: head.sequence + 1, draft: draft, seal: .salt(salt), digest: [])
        item.digest = digest(of: item, after: head.digest)
        head = ChainHead(
            sequence: item.sequence, revision: draft.revision, digest: item.digest)
        return item
    }

    /// What an item's digest has to be behind a former one.
    package static func digest(of item: AuditItem, after former: [UInt8]) -> [UInt8] {
        let draft = item.draft
        var writer = ByteWriter(capacity: 256)
        for byte in former { writer.write(byte: byte) }
        // The form of what follows.
        writer.write(byte: 1)
        writer.write(item.sequence)
        writer.write(draft.revision)
        writer.write(draft.at)
        writer.write(byte: draft.role.rawValue)
        writer.write(byte: draft.channel.rawValue)
        writer.write(draft.verb.rawValue)
        writer.write(draft.target.kind.rawValue)
        writer.write(draft.target.name)
        writer.write(draft.details)
        writer.write(draft.outcome)
        for byte in seal(of: item) { writer.write(byte: byte) }
        return SHA256.digest(writer.bytes)
    }

    /// The digest of an item's private part.
    package static func seal(of item: AuditItem) -> [UInt8] {
        switch item.seal {
        case .digest(let digest): return digest
        case .salt(let salt):
            let names = item.draft.names
            var writer = ByteWriter(capacity: 96)
            for byte in salt { writer.write(byte: byte) }
            writer.write(names.actor)
            writer.write(names.uid) { $0.write(UInt64($1)) }
            writer.write(names.holder) { $0.write($1) }
            writer.write(names.people) { writer, people in
                writer.write(people.what)
                writer.write(people.names) { $0.write($1) }
            }
            writer.write(names.why) { $0.write($1) }
            return SHA256.digest(writer.bytes)
        }
    }
}
