import BrokerCore

/// Stands in for names of people once these are too old to be kept.
///
/// A pseudonym is made with the key of the year in which something happened, so one person is one
/// pseudonym in all of that year. Once the last name of a year is replaced, its key is dropped, and
/// then nobody can tell any more whose a pseudonym was, not even by trying names.
package struct Pseudonyms: Sendable {
    package static let keyByteCount = 32
    /// 60 bits: two of 5,000 people share one once in 90,000 million years.
    private static let characterCount = 12

    private let key: [UInt8]

    package init(key: [UInt8]) { self.key = key }

    /// A key that nobody can guess.
    package static func drawKey() -> [UInt8] { AuditChain.drawSalt() + AuditChain.drawSalt() }

    /// Begins with `~`, which no user name does.
    package func pseudonym(of name: String) -> String {
        // A second time changes nothing.
        guard !Self.isPseudonym(name) else { return name }
        let digest = SHA256.authenticate(Array(name.utf8), key: key)
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let characters = digest.prefix(Self.characterCount).map { alphabet[Int($0 & 31)] }
        return "~" + String(decoding: characters, as: UTF8.self)
    }

    /// Whether it is one of the names that this type makes.
    package static func isPseudonym(_ name: String) -> Bool {
        name.utf8.count == characterCount + 1 && name.hasPrefix("~")
    }

    /// An item without what is private of it. The broker's own name is nobody's.
    package func replaceNames(of item: AuditItem) -> AuditItem {
        guard case .salt = item.seal else { return item }
        var replaced = item
        replaced.seal = .digest(AuditChain.seal(of: item))
        let names = item.draft.names
        let isOfTheBroker = item.draft.role == .system
        replaced.draft.names = AuditNames(
            actor: isOfTheBroker ? names.actor : pseudonym(of: names.actor),
            uid: isOfTheBroker ? names.uid : nil,
            holder: names.holder.map { pseudonym(of: $0) },
            people: names.people.map {
                AuditPeople($0.what, $0.names.map { pseudonym(of: $0) })
            },
            // Words may name anybody.
            why: nil)
        return replaced
    }

    /// The year, in UTC, whose key counts for an instant in milliseconds since the Unix epoch.
    package static func year(of milliseconds: Int64) -> Int {
        // Somebody may have written any number there.
        let known = min(max(milliseconds, -(1 << 53)), 1 << 53)
        return CivilDate(dayNumber: Int(known / 86_400_000)).year
    }
}

/// How long the history keeps what.
package struct HistoryRetention: Equatable, Sendable {
    package var namesDays: Int
    package var keepDays: Int

    package init(namesDays: Int, keepDays: Int) {
        self.namesDays = namesDays
        self.keepDays = keepDays
    }

    /// What is older loses its names, in milliseconds since the Unix epoch.
    package func namesBefore(now: Int64) -> Int64 { now - Int64(namesDays) * 86_400_000 }

    /// What is older goes.
    package func keepBefore(now: Int64) -> Int64 { now - Int64(keepDays) * 86_400_000 }
}
