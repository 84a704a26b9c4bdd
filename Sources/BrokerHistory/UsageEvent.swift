package import BrokerCore

/// Something that moves the figures of usage: it names groups and pools, and never people, so that
/// no retention touches it.
package struct UsageEvent: Equatable, Sendable {
    /// What happens.
    package enum Kind: Equatable, Sendable {
        /// A lease begins.
        case granted
        /// A lease that was live when the history began counts from here on; no grant.
        case found
        /// A lease ends.
        case ended
        /// A live lease counts in another group from here on: it goes from one, and comes to one.
        case chargedAway
        case chargedTo
        /// Somebody comes into the line, or was there when the history began.
        case waitStarted
        case waitFound
        case waitEnded
        /// The place's request names another pool now: it goes from one, and comes to one.
        case waitMovedAway
        case waitMovedTo
        /// Somebody is refused by this rule.
        case refused(Rule)
        /// The wall clock is set: time stops at the first, and goes on at the second.
        case clockLeft
        case clockSet
    }

    package var kind: Kind
    /// By the wall clock as it went then: milliseconds since the Unix epoch.
    package var at: Int64
    package var whose: UsageParty

    package init(_ kind: Kind, at: Int64, whose: UsageParty = UsageParty()) {
        self.kind = kind
        self.at = at
        self.whose = whose
    }
}

/// Whose figures they are: a group in a pool.
package struct UsageParty: Hashable, Comparable, Sendable {
    /// Nil: no group, as where the clock is set.
    package var group: GroupName?
    /// Nil: the request left the choice of the pool, as one that waits or is refused may.
    package var pool: PoolName?

    package init(group: GroupName? = nil, pool: PoolName? = nil) {
        self.group = group
        self.pool = pool
    }

    package static func < (a: Self, b: Self) -> Bool {
        (a.group?.value ?? "", a.pool?.value ?? "") < (b.group?.value ?? "", b.pool?.value ?? "")
    }
}

extension UsageEvent.Kind {
    /// As the history keeps it: a number, and the rule's above it. They never change their meaning.
    package var code: UInt32 {
        switch self {
        case .granted: 1
        case .found: 2
        case .ended: 3
        case .chargedAway: 4
        case .chargedTo: 5
        case .waitStarted: 6
        case .waitFound: 7
        case .waitEnded: 8
        case .waitMovedAway: 9
        case .waitMovedTo: 10
        case .refused(let rule): 11 | UInt32(rule.rawValue) << 8
        case .clockLeft: 12
        case .clockSet: 13
        }
    }

    /// Nil for a number that stands for nothing.
    package init?(code: UInt32) {
        switch code {
        case 1: self = .granted
        case 2: self = .found
        case 3: self = .ended
        case 4: self = .chargedAway
        case 5: self = .chargedTo
        case 6: self = .waitStarted
        case 7: self = .waitFound
        case 8: self = .waitEnded
        case 9: self = .waitMovedAway
        case 10: self = .waitMovedTo
        case 12: self = .clockLeft
        case 13: self = .clockSet
        case _:
            guard code & 0xFF == 11, let raw = UInt8(exactly: code >> 8),
                let rule = Rule(rawValue: raw)
            else { return nil }
            self = .refused(rule)
        }
    }

    /// By how much it changes how many leases are live.
    package var leaseStep: Int {
        switch self {
        case .granted, .found, .chargedTo: 1
        case .ended, .chargedAway: -1
        case .waitStarted, .waitFound, .waitEnded, .waitMovedAway, .waitMovedTo, .refused,
            .clockLeft, .clockSet:
            0
        }
    }

    /// By how much it changes how many wait.
    package var waitStep: Int {
        switch self {
        case .waitStarted, .waitFound, .waitMovedTo: 1
        case .waitEnded, .waitMovedAway: -1
        case .granted, .found, .chargedTo, .ended, .chargedAway, .refused, .clockLeft, .clockSet: 0
        }
    }
}

extension UsageEvent {
    /// Bytes of a packed event.
    package static let packedBytes = 16

    /// A packed event's instant, party and code.
    ///
    /// - Parameter offset: where there are `packedBytes` bytes.
    package static func unpacked(
        _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> (at: Int64, party: Int, code: UInt32) {
        let at = bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        let party = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)
        let code = bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)
        return (
            Int64(littleEndian: at), Int(UInt32(littleEndian: party)), UInt32(littleEndian: code)
        )
    }
}
