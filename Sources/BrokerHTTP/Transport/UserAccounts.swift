/// What one user of the agent listener has taken of its share. Lives as long as the user is
/// connected, and a little longer, so that reconnecting does not renew an exhausted rate.
final class UserAccount {
    let uid: UInt32
    var connections = 0
    var rate = RequestRate()

    init(uid: UInt32) {
        self.uid = uid
    }
}

/// A token bucket of one second's worth, kept as the instant at which it will be full again (the
/// "generic cell rate algorithm"), so it needs neither a timer nor fractions.
struct RequestRate {
    /// When everything taken so far has been earned back; in nanoseconds on the monotonic clock.
    private var fullAtNanoseconds: UInt64 = 0

    /// Takes one request.
    ///
    /// - Returns: `nil` when it may pass, or after how many nanoseconds the next one may.
    mutating func take(nowNanoseconds now: UInt64, perSecond: Int) -> UInt64? {
        let interval = 1_000_000_000 / UInt64(max(1, perSecond))
        let from = max(fullAtNanoseconds, now)
        let burst = interval * UInt64(max(1, perSecond) - 1)
        guard from - now <= burst else { return from - now - burst }
        fullAtNanoseconds = from + interval
        return nil
    }

    func isFull(nowNanoseconds now: UInt64) -> Bool { fullAtNanoseconds <= now }
}

/// All users that the agent listener knows at present.
struct UserAccounts {
    private var accounts: [UInt32: UserAccount] = [:]

    var isEmpty: Bool { accounts.isEmpty }

    mutating func account(of uid: UInt32) -> UserAccount {
        if let known = accounts[uid] { return known }
        let new = UserAccount(uid: uid)
        accounts[uid] = new
        return new
    }

    /// Forgets those who have gone and owe nothing.
    mutating func prune(nowNanoseconds now: UInt64) {
        accounts = accounts.filter {
            $0.value.connections > 0 || !$0.value.rate.isFull(nowNanoseconds: now)
        }
    }
}
