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

    package var name: String
    package var uid: UInt32
    package var role: Role

    package init(name: String, uid: UInt32, role: Role) {
        self.name = name
        self.uid = uid
        self.role = role
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
