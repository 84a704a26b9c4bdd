package import BrokerCore

/// What an item of the audit says was done. The texts are part of the API and never change.
package enum AuditVerb: String, CaseIterable, Sendable {
    // Leases.
    case grant
    case renew
    case release
    case revoke
    case expire
    /// A lease ended by a window, a drain or a failed seat.
    case end
    /// A lease counts in another group from now on.
    case charge
    case wait
    /// A place in the line is no more, and brought no lease.
    case waitEnd = "wait-end"

    // Pools and seats.
    case poolCreate = "pool-create"
    case poolSet = "pool-set"
    case poolResize = "pool-resize"
    case poolDelete = "pool-delete"
    case poolCordon = "pool-cordon"
    case poolUncordon = "pool-uncordon"
    case poolDrain = "pool-drain"
    case seatsAdd = "seats-add"
    case seatsRemove = "seats-remove"
    /// A leased seat goes when its lease ends.
    case seatRetire = "seat-retire"
    /// Retiring seats stay after all.
    case seatsKeep = "seats-keep"
    case seatCordon = "seat-cordon"
    case seatUncordon = "seat-uncordon"
    case seatDrain = "seat-drain"

    // The site.
    case groupSet = "group-set"
    case groupDelete = "group-delete"
    case siteApply = "site-apply"
    case rotaSet = "rota-set"
    case windowsSet = "windows-set"
    case windowOpen = "window-open"
    case windowClose = "window-close"

    // The broker.
    case seatLimitSet = "seat-limit-set"
    case tokensRaise = "tokens-raise"
    case clockSet = "clock-set"
    case reload
}

/// What an item is about.
package struct AuditTarget: Hashable, Sendable {
    /// The texts are part of the API.
    package enum Kind: String, CaseIterable, Sendable {
        case lease
        case pool
        case seat
        case group
        case site
        case rota
        case broker
    }

    package var kind: Kind
    /// Empty where there is but one.
    package var name: String

    package init(_ kind: Kind, _ name: String = "") {
        self.kind = kind
        self.name = name
    }
}

/// What is private of an item: who did it, whom it concerns, and words that may name anybody.
///
/// The chain holds a salted digest of all of it, so it can be replaced by pseudonyms later.
package struct AuditNames: Equatable, Sendable {
    /// Who did it; `brokerd` for the broker itself.
    package var actor: String
    /// Of who did it; nil once it was taken away.
    package var uid: UInt32?
    /// The person whose lease or place it is.
    package var holder: String?
    /// Other people, as the members of a JSON object whose values are lists of names.
    package var people: [AuditPeople]
    /// The reason that was given, in words.
    package var why: String?

    package init(
        actor: String, uid: UInt32?, holder: String? = nil, people: [AuditPeople] = [],
        why: String? = nil
    ) {
        self.actor = actor.storable
        self.uid = uid
        self.holder = holder?.storable
        self.people = people
        self.why = why?.storable
    }
}

/// People who are named in one capacity.
package struct AuditPeople: Equatable, Sendable {
    /// As a member of a JSON object: `members_added`.
    package var what: String
    package var names: [String]

    package init(_ what: String, _ names: [String]) {
        self.what = what.storable
        self.names = names.map(\.storable)
    }
}

/// What happened, before it has its place in the chain.
package struct AuditDraft: Equatable, Sendable {
    /// The journal's revision of the record that it comes from.
    package var revision: UInt64
    /// Milliseconds since the Unix epoch, by the wall clock as it went then.
    package var at: Int64
    package var role: Actor.Role
    package var channel: Actor.Channel
    package var verb: AuditVerb
    package var target: AuditTarget
    /// A JSON object; without names of people.
    package var details: String
    /// `done`, or the slug of what stood against it.
    package var outcome: String
    package var names: AuditNames

    package init(
        revision: UInt64, at: Int64, role: Actor.Role, channel: Actor.Channel, verb: AuditVerb,
        target: AuditTarget, details: String, outcome: String, names: AuditNames
    ) {
        self.revision = revision
        self.at = at
        self.role = role
        self.channel = channel
        self.verb = verb
        self.target = AuditTarget(target.kind, target.name.storable)
        self.details = details.storable
        self.outcome = outcome.storable
        self.names = names
    }

    package static let done = "done"
}

/// An item of the audit, in its chain.
package struct AuditItem: Equatable, Sendable {
    /// What stands for the private part in the chain.
    package enum Seal: Equatable, Sendable {
        /// The private part is as it was; with these bytes before it, its digest counts.
        case salt([UInt8])
        /// The private part was replaced; this is the digest of what it was.
        case digest([UInt8])
    }

    /// Counts the items, from 1.
    package var sequence: UInt64
    package var draft: AuditDraft
    package var seal: Seal
    /// Of this item and, through the one before, of all items up to it.
    package var digest: [UInt8]

    package init(sequence: UInt64, draft: AuditDraft, seal: Seal, digest: [UInt8]) {
        self.sequence = sequence
        self.draft = draft
        self.seal = seal
        self.digest = digest
    }
}

extension String {
    /// Without NUL, at which a database ends a text: what the chain's digest stands for has to be
    /// what is stored.
    fileprivate var storable: String {
        guard utf8.contains(0) else { return self }
        return String(
            decoding: utf8.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }, as: UTF8.self)
    }
}
