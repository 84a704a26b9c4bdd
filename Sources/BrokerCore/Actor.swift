/// The authenticated caller of a command, as the journal keeps it.
package struct Actor: Hashable, Sendable {
    /// In what capacity the caller acted.
    package enum Role: UInt8, CaseIterable, Sendable {
        case agent = 1
        case gateway = 2
        case seats = 3
        case `operator` = 4
        case admin = 5
        /// The broker itself: expiry, the clock, the site file of a first start.
        case system = 6
    }

    /// Over which socket the caller came.
    package enum Channel: UInt8, CaseIterable, Sendable {
        /// None: the broker itself, or an entry of a version that did not write it down.
        case none = 0
        case agent = 1
        case control = 2
    }

    package var name: String
    package var uid: UInt32
    package var role: Role
    package var channel: Channel

    package init(name: String, uid: UInt32, role: Role, channel: Channel = .none) {
        self.name = name
        self.uid = uid
        self.role = role
        self.channel = channel
    }

    /// The broker acting by itself.
    package static let system = Actor(name: "brokerd", uid: 0, role: .system)
}

/// Whose lease a caller may touch.
package enum Claim: Hashable, Sendable {
    /// Only leases of this person.
    case holder(HolderName)
    /// Only leases that this gateway granted.
    case gateway(String)
    /// Any lease: an admin or operator.
    case anyone
}

/// A person as a request presents them: a name and the unix groups that count for it.
package struct Subject: Hashable, Sendable {
    package var holder: HolderName
    package var unixGroups: [UnixGroupName]

    package init(holder: HolderName, unixGroups: [UnixGroupName]) {
        self.holder = holder
        self.unixGroups = unixGroups
    }
}
