/// How large a site may grow, each limit with its reason.
package enum SiteLimits {
    /// A DNS label holds 63 bytes, and the names of seats usually become one.
    package static let nameBytesMax = 63

    /// Seats of one pool, and of all pools together: the most that the broker is measured with.
    /// One more digit would cost gigabytes of memory.
    package static let seatsMax = 2_000_000

    /// The longest host name that DNS knows.
    package static let hostBytesMax = 255

    /// Clients of every kind take an address of this length; many cut longer ones.
    package static let urlBytesMax = 2_048

    /// The longest month. Whoever needs a seat for longer is given one for good: a listed seat that
    /// is kept for that person.
    package static let leaseTTLSecondsMax = 31 * 86_400

    /// Far more than any site has, and few enough that every pair can be compared in a moment.
    package static let poolsMax = 1_000

    /// As for pools: a grant that names no group looks at all of its agent's.
    package static let groupsMax = 1_000

    /// Members of one group by name. More people than this belong into a unix group, which counts
    /// as one member however many are in it.
    package static let membersMax = 10_000

    /// `LOGIN_NAME_MAX` of Linux; the same for names of unix groups.
    package static let memberBytesMax = 256

    /// More leases at once than there can be seats: a group without a limit has no quota at all.
    package static let quotaMax = seatsMax

    /// TCP's and UDP's ports; 0 means "any" to the system and nothing to a client.
    package static let ports = 1...65_535
}
