import BrokerCore

/// What the daemon reads from its configuration file. Every default is safe: an empty file is a
/// good one.
package struct DaemonConfiguration: Equatable, Sendable {
    /// Where the state is kept; nil: see `stateDirectory(environment:)`. Moves only at a restart.
    package var stateDirectory: String?
    /// Most seats that all pools together may hold, as licences allow; nil: no limit.
    package var seatLimit: Int?
    /// A site that is applied when the store is empty, and never again by itself; nil: none.
    package var siteFile: String?
    package var listen = Listen()
    package var roles = Roles()
    package var limits = Limits()
    package var history = History()

    package init() {}

    /// The sockets. Those that systemd passes by the same names win over these paths. They change
    /// only at a restart.
    package struct Listen: Equatable, Sendable {
        /// For any local user; who it is, the kernel says.
        package var agent = "/run/brokerd/agent.sock"
        /// For whoever manages the broker.
        package var control = "/run/brokerd/control.sock"
        /// The unix group that may reach the control socket; what it may do there, roles say.
        package var controlGroup = UnixGroupReference.name("brokerd")
        /// Read-only, without names of people; nil: closed.
        package var monitoring: MonitoringAddress?

        package init() {}
    }

    /// Who may do what on the control socket. Root is always an admin. A name that the machine does
    /// not know matches nobody.
    package struct Roles: Equatable, Sendable {
        /// Everything.
        package var admin: [Principal] = [.unixGroup(.name("brokerd-admin"))]
        /// Drains, cordons and revokes; changes no pools and no groups.
        package var `operator`: [Principal] = [.unixGroup(.name("brokerd-operator"))]
        /// Asks for leases on behalf of agents whom it has authenticated.
        package var gateway: [Principal] = [.user(.name("brokerd-gateway"))]
        /// Reads pools and seats.
        package var seats: [Principal] = [.user(.name("brokerd-seats"))]
        /// Reads.
        package var observer: [Principal] = [.unixGroup(.name("brokerd-monitor"))]

        package init() {}
    }

    /// What one user may take of the agent socket, where the control socket has room of its own, and
    /// how long the waiting line may grow.
    package struct Limits: Equatable, Sendable {
        /// One person's tools hold a handful of connections; 64 leave room for a terminal server
        /// script and keep one user from using up the daemon's descriptors.
        package var connectionsPerUser = 64
        /// A login asks twice; 50 a second leave room for scripts and cost the daemon less than a
        /// hundredth of its time.
        package var requestsPerSecondPerUser = 50
        /// Places in the waiting line in all: every agent of a large house at once.
        package var waiting = WaitingLimits.countMaxDefault
        /// Places of one group: three times the 300 that take turns, so that no group takes the
        /// whole line.
        package var waitingPerGroup = WaitingLimits.groupCountMaxDefault

        /// Above this one user alone could use up the descriptors of the service.
        package static let connectionsPerUserRange = 1...10_000
        /// Above this one user alone could ask more than the broker answers.
        package static let requestsPerSecondPerUserRange = 1...100_000
        /// 0: nobody waits. Above this the line would need more descriptors than the service has.
        package static let waitingRange = 0...20_000

        package init() {}
    }

    /// How long the history keeps what.
    package struct History: Equatable, Sendable {
        /// Days after which names of people are replaced by pseudonyms, and words that were given as
        /// reasons dropped: long enough to settle a quarrel over a half-day of the former half-year.
        package var namesDays = 180
        /// Days after which leases and items of the audit are dropped: three whole years, so that a
        /// year can be compared with the one before it.
        package var keepDays = 1_095

        /// Below this, the leases that last longest would lose their names while they are live;
        /// above it, nobody could say what names are still good for.
        package static let namesDaysRange = 32...3_650
        package static let keepDaysRange = 32...3_650

        package init() {}
    }

    /// The state directory of packages that say nothing else.
    package static let stateDirectoryDefault = "/var/lib/brokerd"

    /// Where the state is kept: as the file says, else the first directory of systemd's
    /// `$STATE_DIRECTORY`, else `stateDirectoryDefault`.
    package func stateDirectory(environment: [String: String]) -> String {
        if let stateDirectory { return stateDirectory }
        // systemd separates several directories by colons.
        let first = environment["STATE_DIRECTORY"]?.split(separator: ":").first
        return first.map(String.init) ?? Self.stateDirectoryDefault
    }
}

/// A user as the configuration names one.
package enum UserReference: Hashable, Sendable {
    case name(String)
    case id(UInt32)
}

/// A unix group as the configuration names one.
package enum UnixGroupReference: Hashable, Sendable {
    case name(String)
    case id(UInt32)
}

/// Who holds a role: a user, or all who are in a unix group.
package enum Principal: Hashable, Sendable {
    case user(UserReference)
    case unixGroup(UnixGroupReference)
}

/// An IP address and a port to listen on.
package struct MonitoringAddress: Hashable, Sendable {
    /// Without brackets, an IPv6 address as well.
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
