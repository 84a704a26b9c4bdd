import BrokerCore
import BrokerService
import BrokerSite

/// What a caller may do on the control socket.
struct Roles: OptionSet, Sendable {
    let rawValue: UInt8

    static let observer = Roles(rawValue: 1 << 0)
    static let `operator` = Roles(rawValue: 1 << 1)
    static let admin = Roles(rawValue: 1 << 2)
    static let gateway = Roles(rawValue: 1 << 3)
    static let seats = Roles(rawValue: 1 << 4)
}

/// Who sent a request: a name that the kernel and the name service stand for, and what it may do.
struct Caller: Sendable {
    let listener: ListenerKind
    let name: String
    let uid: UInt32
    /// The unix groups that the kernel gives the peer, by name.
    let unixGroups: [String]
    /// Empty on the agent socket, where everybody is only an agent.
    let roles: Roles

    init(
        _ peer: PeerCredentials, name: String, unixGroups: [String], on listener: ListenerKind,
        _ configured: DaemonConfiguration.Roles
    ) {
        self.listener = listener
        self.name = name
        self.uid = peer.uid
        self.unixGroups = unixGroups
        roles =
            listener == .control
            ? Self.roles(of: peer, name: name, unixGroups: unixGroups, configured) : []
    }

    /// Deny by default: a role is held only through a name or a number that the configuration
    /// gives. Admin includes operator includes observer; the other two stand alone.
    private static func roles(
        of peer: PeerCredentials, name: String, unixGroups: [String],
        _ configured: DaemonConfiguration.Roles
    ) -> Roles {
        func holds(_ principals: [Principal]) -> Bool {
            principals.contains { principal in
                switch principal {
                case .user(.name(let wanted)): wanted == name
                case .user(.id(let wanted)): wanted == peer.uid
                case .unixGroup(.name(let wanted)): unixGroups.contains(wanted)
                case .unixGroup(.id(let wanted)): peer.groups.contains(wanted)
                }
            }
        }
        var roles: Roles = []
        if peer.uid == 0 || holds(configured.admin) {
            roles.formUnion([.admin, .operator, .observer])
        }
        if holds(configured.operator) { roles.formUnion([.operator, .observer]) }
        if holds(configured.observer) { roles.insert(.observer) }
        if holds(configured.gateway) { roles.insert(.gateway) }
        if holds(configured.seats) { roles.insert(.seats) }
        return roles
    }

    /// The caller as the journal keeps it.
    var actor: Actor {
        let role: Actor.Role
        if listener != .control {
            role = .agent
        } else if roles.contains(.admin) {
            role = .admin
        } else if roles.contains(.operator) {
            role = .operator
        } else if roles.contains(.gateway) {
            role = .gateway
        } else if roles.contains(.seats) {
            role = .seats
        } else {
            role = .agent
        }
        return Actor(
            name: name, uid: uid, role: role, channel: listener == .control ? .control : .agent)
    }

    /// Which leases the caller may renew and release.
    var claim: Claim {
        if listener != .control { return .holder(HolderName(name)) }
        return roles.contains(.admin) ? .anyone : .gateway(name)
    }

    /// Which leases the caller may read.
    var readClaim: Claim {
        if listener != .control { return .holder(HolderName(name)) }
        return roles.contains(.observer) ? .anyone : .gateway(name)
    }

    /// The caller as a person who asks for a seat.
    var subject: Subject {
        Subject(
            holder: HolderName(name), unixGroups: unixGroups.map { UnixGroupName($0) })
    }
}
