/// A word of a history (a pool, a group, a seat, a holder, a slug) by its number; 0 is no word.
struct Name: Hashable, Sendable {
    var number: UInt32
    static let none = Name(number: 0)
}

/// A lease's id as its 128 bits.
struct LeaseKey: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(value) }
        return digits
    }()

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 26 characters of Crockford's base 32 in lower case; nil for anything else.
    init?(text: String) {
        guard text.utf8.count == 26 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in text.utf8.enumerated() {
            let digit = Self.digits[Int(byte)]
            guard digit != 255, index > 0 || digit <= 7 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        self.init(high: high, low: low)
    }

    /// What `init(text:)` reads.
    var text: String {
        var characters = [UInt8](repeating: 0, count: 26)
        var (high, low) = (high, low)
        for index in characters.indices.reversed() {
            characters[index] = Self.alphabet[Int(low & 31)]
            low = low >> 5 | high << 59
            high >>= 5
        }
        return String(decoding: characters, as: UTF8.self)
    }
}

/// What a call asks for.
enum CallKind: UInt8, CaseIterable {
    case grant = 1
    case renew
    case release
    case revoke
    /// One lease by its id.
    case show
    /// The live leases of one holder.
    case list
    /// The daemon's process and clock; the first call on every connection.
    case status
    case resize
    case cordonPool
    case uncordonPool
    case drainPool
    case cordonSeat
    case uncordonSeat
    case putGroup

    /// Whether it changes something, so that an unknown outcome matters.
    var isChange: Bool {
        switch self {
        case .show, .list, .status: false
        case .grant, .renew, .release, .revoke, .resize, .cordonPool, .uncordonPool, .drainPool,
            .cordonSeat, .uncordonSeat, .putGroup:
            true
        }
    }
}

/// Where a lease stands, as an answer says it.
enum LeaseStage: UInt8 {
    case active
    case ending
    case ended
}

/// Why a lease ended or will; the numbers are those of the history.
enum LeaseEnd: UInt8 {
    case none
    case released
    case expired
    case revoked
    case windowClosed
    case drained
    case seatFailed
}

/// A lease as one answer shows it. Instants are the daemon's wall clock in milliseconds.
struct LeaseFacts: Equatable {
    var id = LeaseKey(high: 0, low: 0)
    var token: Int64 = 0
    var seat = Name.none
    var group = Name.none
    var pool = Name.none
    var holder = Name.none
    var stage = LeaseStage.active
    /// `ending_reason` of one that is ending, `end_reason` of one that has ended.
    var end = LeaseEnd.none
    var expiresAt: Int64 = 0
}

/// Which process answered.
struct ProcessFacts: Equatable {
    /// Unique to a start: the wall clock's milliseconds then.
    var startedAt: Int64
    /// The daemon's wall clock in milliseconds.
    var now: Int64
    /// Records journaled, as far as readers see them.
    var revision: Int64
}

/// One call and its answer. Times are microseconds of the boot-time clock.
///
/// Which arguments count depends on the kind; `amount` is the time to live, the grace or the deadline
/// in seconds, the size or the quota, and -1 where it was left out (of a quota: no limit).
struct Call {
    var kind: CallKind
    var client: UInt32 = 0
    var invokedAt: Int64 = 0
    /// When the answer was there, or the connection was found to be lost.
    var returnedAt: Int64 = 0
    /// 0: the outcome is unknown.
    var status = 0

    // Arguments.
    var lease: LeaseKey?
    var holder = Name.none
    var group = Name.none
    var pool = Name.none
    var seat = Name.none
    /// Of the key; 0: none. Keys of one history differ from those of every other: in its reader's
    /// stream the number of the file stands above the lowest 40 bits.
    var key: UInt64 = 0
    var amount = -1

    // Answer.
    var isReplayed = false
    var hasRetryAfter = false
    /// The body is not what the API promises; `slug` is then why.
    var isMalformed = false
    /// Of a problem; the reason of that name that was given first follows.
    var slug = Name.none
    var reasonGroup = Name.none
    var reasonPool = Name.none
    /// `used` and `limit`, or `available` and `reserved`.
    var counts: (first: Int, second: Int) = (-1, -1)
    var found: LeaseFacts?
    var listed: [LeaseFacts] = []
    var process: ProcessFacts?

    init(_ kind: CallKind) { self.kind = kind }

    var isUnknown: Bool { status == 0 }
    var isDone: Bool { (200..<300).contains(status) }
}
