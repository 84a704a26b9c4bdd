/// The whole state as plain rows, to be written to a snapshot and read back.
package struct BrokerImage: Equatable, Sendable {
    /// A pool and whether it takes new leases.
    package struct PoolRow: Equatable, Sendable {
        package var spec: PoolSpec
        package var revision: UInt64
        package var mode: PoolMode

        package init(spec: PoolSpec, revision: UInt64, mode: PoolMode) {
            self.spec = spec
            self.revision = revision
            self.mode = mode
        }
    }

    /// A seat; its lease, if it has one, is a row of its own.
    package struct SeatRow: Equatable, Sendable {
        package var name: SeatName
        /// A position in `pools`.
        package var pool: Int
        package var rank: UInt32
        package var token: UInt64
        package var freeRevision: UInt64
        package var keptFor: HolderName?
        package var cordon: SeatCordon?
        package var isRetiring: Bool
        package var isOrphaned: Bool
        package var address: SeatAddress?

        package init(
            name: SeatName, pool: Int, rank: UInt32, token: UInt64, freeRevision: UInt64,
            keptFor: HolderName?, cordon: SeatCordon?, isRetiring: Bool, isOrphaned: Bool,
            address: SeatAddress?
        ) {
            self.name = name
            self.pool = pool
            self.rank = rank
            self.token = token
            self.freeRevision = freeRevision
            self.keptFor = keptFor
            self.cordon = cordon
            self.isRetiring = isRetiring
            self.isOrphaned = isOrphaned
            self.address = address
        }
    }

    /// A live lease.
    package struct LeaseRow: Equatable, Sendable {
        package var grant: GrantedLease
        package var grantedAt: Instant
        package var grantRevision: UInt64
        package var revocationDeadline: Instant?
        package var revocationReason: String?
        package var retireDeadline: Instant?
        package var seatDrainDeadline: Instant?

        package init(
            grant: GrantedLease, grantedAt: Instant, grantRevision: UInt64,
            revocationDeadline: Instant?, revocationReason: String?, retireDeadline: Instant?,
            seatDrainDeadline: Instant?
        ) {
            self.grant = grant
            self.grantedAt = grantedAt
            self.grantRevision = grantRevision
            self.revocationDeadline = revocationDeadline
            self.revocationReason = revocationReason
            self.retireDeadline = retireDeadline
            self.seatDrainDeadline = seatDrainDeadline
        }
    }

    /// The seat that a person had last in a pool.
    package struct LastSeatRow: Equatable, Sendable {
        package var holder: HolderName
        package var pool: PoolName
        package var seat: SeatName
        package var revision: UInt64

        package init(holder: HolderName, pool: PoolName, seat: SeatName, revision: UInt64) {
            self.holder = holder
            self.pool = pool
            self.seat = seat
            self.revision = revision
        }
    }

    /// An idempotency key and what it answered.
    package struct KeyRow: Equatable, Sendable {
        package var scope: KeyScope
        package var key: RememberedKey

        package init(scope: KeyScope, key: RememberedKey) {
            self.scope = scope
            self.key = key
        }
    }

    /// When a group with slots may enter, and where it stands.
    package struct WindowRow: Equatable, Sendable {
        package var group: GroupName
        package var windows: [UTCWindow]
        package var turn: Turn?

        package init(group: GroupName, windows: [UTCWindow], turn: Turn?) {
            self.group = group
            self.windows = windows
            self.turn = turn
        }
    }

    /// The unix groups that counted for a person the last time.
    package struct SubjectRow: Equatable, Sendable {
        package var holder: HolderName
        package var unixGroups: [UnixGroupName]

        package init(holder: HolderName, unixGroups: [UnixGroupName]) {
            self.holder = holder
            self.unixGroups = unixGroups
        }
    }

    /// What a person waited for a group's seat.
    package struct AccountRow: Equatable, Sendable {
        package var key: AccountKey
        package var account: Account

        package init(key: AccountKey, account: Account) {
            self.key = key
            self.account = account
        }
    }

    /// The token counter of a seat's name that no pool has at present.
    package struct TokenRow: Equatable, Sendable {
        package var seat: SeatName
        package var token: UInt64

        package init(seat: SeatName, token: UInt64) {
            self.seat = seat
            self.token = token
        }
    }

    package var revision: UInt64 = 0
    package var latest = Instant.distantPast
    package var clock = ClockMark.unset
    package var seatLimit: Int?
    package var hasSite = false
    package var tokenFloor: UInt64 = 0
    package var historyStart: UInt64 = 0
    /// In the site's order.
    package var pools: [PoolRow] = []
    /// In the site's order.
    package var groups: [GroupSpec] = []
    /// Deleted groups to which leases are still charged.
    package var goneGroups: [GroupName] = []
    package var seats: [SeatRow] = []
    /// In the order of their grants.
    package var leases: [LeaseRow] = []
    /// In the order of their ends.
    package var ended: [EndedLease] = []
    /// In the order in which they were remembered.
    package var keys: [KeyRow] = []
    package var lastSeats: [LastSeatRow] = []
    package var retiredTokens: [TokenRow] = []
    package var rota: RotaSpec?
    /// How far the windows reach; nil: there are none.
    package var windowsReach: UnixTime?
    /// The release of the time zones that the windows come from.
    package var zones = ""
    /// Groups with windows, deleted ones too, by name.
    package var windows: [WindowRow] = []
    /// The journal's revision of the last change of the site by an admin.
    package var siteRevision: UInt64 = 0
    /// By name.
    package var subjects: [SubjectRow] = []
    /// In the order in which they came.
    package var waiters: [Waiter] = []
    /// By person, then by group.
    package var accounts: [AccountRow] = []

    package init() {}
}
