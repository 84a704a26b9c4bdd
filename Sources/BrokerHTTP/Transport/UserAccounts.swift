/// What one user of the agent listener has taken of its share.
struct UserAccount {
    var connections = 0
    /// Requests, over all its connections.
    var requests = TokenBucket()
    /// Connections that were let in.
    var arrivals = TokenBucket()
    /// Refused connections that were told why.
    var explanations = TokenBucket()

    /// It has gone and owes nothing, so forgetting it gives nothing away.
    func isForgettable(nowNanoseconds now: UInt64) -> Bool {
        connections == 0 && requests.isFull(nowNanoseconds: now)
            && arrivals.isFull(nowNanoseconds: now) && explanations.isFull(nowNanoseconds: now)
    }
}

/// A token bucket, kept as the instant at which it will be full again (the "generic cell rate
/// algorithm"), so it needs neither a timer nor fractions.
struct TokenBucket {
    /// When everything taken so far has been earned back; in nanoseconds on the monotonic clock.
    private var fullAtNanoseconds: UInt64 = 0

    /// Takes one token.
    ///
    /// - Parameter burst: how many a full bucket holds; one second's worth when it is `nil`.
    /// - Returns: `nil` when it may pass, or after how many nanoseconds the next one may.
    mutating func take(
        nowNanoseconds now: UInt64, perSecond: Int, burst: Int? = nil
    ) -> UInt64? {
        let interval = 1_000_000_000 / UInt64(max(1, perSecond))
        let from = max(fullAtNanoseconds, now)
        let lead = interval * UInt64(max(1, burst ?? perSecond) - 1)
        guard from - now <= lead else { return from - now - lead }
        fullAtNanoseconds = from + interval
        return nil
    }

    func isFull(nowNanoseconds now: UInt64) -> Bool { fullAtNanoseconds <= now }
}

/// All users that the agent listener remembers.
struct UserAccounts {
    /// Five thousand agents fit without ever looking through them; an account is some 40 bytes.
    private static let pruneCountMin = 8_192

    private var accounts: [UInt32: UserAccount] = [:]
    private var pruneCount = UserAccounts.pruneCountMin

    subscript(uid: UInt32) -> UserAccount {
        get { accounts[uid] ?? UserAccount() }
        _modify { yield &accounts[uid, default: UserAccount()] }
    }

    /// Forgets those who have gone and owe nothing, whenever the number has doubled.
    mutating func pruneIfGrown(nowNanoseconds now: UInt64) {
        guard accounts.count >= pruneCount else { return }
        accounts = accounts.filter { !$0.value.isForgettable(nowNanoseconds: now) }
        pruneCount = max(Self.pruneCountMin, 2 * accounts.count)
    }
}
