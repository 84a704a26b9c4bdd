/// What an event of `GET /v1/events` says has happened. The word before the dot is its family.
package enum EventType: String, WireEnum {
    case leaseGranted = "lease.granted"
    case leaseRenewed = "lease.renewed"
    /// It was revoked, and ends later.
    case leaseEnding = "lease.ending"
    /// It counts in another group of its holder.
    case leaseMoved = "lease.moved"
    case leaseEnded = "lease.ended"
    /// A number of seats out of the pool's pattern.
    case seatsAdded = "seat.added-range"
    /// A seat that the pool lists.
    case seatAdded = "seat.added"
    case seatRemoved = "seat.removed"
    /// It goes when its lease ends.
    case seatRetiring = "seat.retiring"
    /// It stays after all.
    case seatReclaimed = "seat.reclaimed"
    case seatCordoned = "seat.cordoned"
    case seatDrainPlanned = "seat.drain-planned"
    case seatOpened = "seat.opened"
    case poolCreated = "pool.created"
    case poolChanged = "pool.changed"
    case poolCordoned = "pool.cordoned"
    case poolDraining = "pool.draining"
    case poolDrainPlanned = "pool.drain-planned"
    case poolOpened = "pool.opened"
    case poolRemoved = "pool.removed"
    case groupCreated = "group.created"
    case groupChanged = "group.changed"
    case groupRemoved = "group.removed"
    case windowOpened = "window.opened"
    case windowClosed = "window.closed"
    /// The order of pools and groups, as the last part of a change of the whole site.
    case siteOrdered = "site.ordered"
    case rotaChanged = "rota.changed"
    case waitingBegun = "waiting.begun"
    case waitingEnded = "waiting.ended"
    /// A person was refused a seat; told once a minute and person.
    case requestRefused = "request.refused"
    /// A change by an admin or operator was refused.
    case changeRefused = "change.refused"
    case limitChanged = "limit.changed"
    case configurationChanged = "configuration.changed"
    case clockStepped = "clock.stepped"
    /// The state was taken back from a backup: all tokens begin anew, higher up.
    case stateRestored = "state.restored"

    /// The word before the dot.
    package var family: String { String(rawValue.prefix { $0 != "." }) }

    /// Every word that stands before a dot.
    package static let families = allCases.map(\.family).reduce(into: [String]()) { known, family in
        if !known.contains(family) { known.append(family) }
    }
}

/// Who did what an event tells.
package struct EventActor: WireObject {
    /// A user name, or `brokerd` for what the broker did by itself.
    package var name: String
    package var role: EventRole

    package init(name: String, role: EventRole) {
        self.name = name
        self.role = role
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        name = try object.required("name")
        role = try object.required("role")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("role", role)
    }
}

/// In what capacity somebody acted.
package enum EventRole: String, WireEnum {
    case agent, gateway, seats, `operator`, admin, system
}

/// One change of the state that matters outside: the data of an event of `GET /v1/events`.
///
/// What does not apply is left out.
package struct Event: WireObject {
    /// The journal's revision of the record that it comes from; no two events share one.
    package var revision: Int
    package var type: EventType
    package var at: Timestamp
    package var actor: EventActor
    /// What it is about, which is also what filters look at.
    package var pool: String?
    package var group: String?
    package var seat: String?
    package var holder: String?
    /// The lease as it stood right after.
    package var lease: Lease?
    /// What else there is to say, by type.
    package var details: EventDetails?

    package init(
        revision: Int, type: EventType, at: Timestamp, actor: EventActor, pool: String? = nil,
        group: String? = nil, seat: String? = nil, holder: String? = nil, lease: Lease? = nil,
        details: EventDetails? = nil
    ) {
        self.revision = revision
        self.type = type
        self.at = at
        self.actor = actor
        self.pool = pool
        self.group = group
        self.seat = seat
        self.holder = holder
        self.lease = lease
        self.details = details
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        revision = try object.required("revision")
        type = try object.required("type")
        at = try object.required("at")
        actor = try object.required("actor")
        pool = try object.optional("pool")
        group = try object.optional("group")
        seat = try object.optional("seat")
        holder = try object.optional("holder")
        lease = try object.optional("lease")
        details = try object.optional("details")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("revision", revision)
        writer.field("type", type)
        writer.field("at", at)
        writer.field("actor", actor)
        writer.fieldIfPresent("pool", pool)
        writer.fieldIfPresent("group", group)
        writer.fieldIfPresent("seat", seat)
        writer.fieldIfPresent("holder", holder)
        writer.fieldIfPresent("lease", lease)
        writer.fieldIfPresent("details", details)
    }
}
