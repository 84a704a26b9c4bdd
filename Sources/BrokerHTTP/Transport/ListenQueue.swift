import Glibc
import NIOCore

/// How many connections may wait in the kernel to be accepted.
///
/// The queue is first come, first served. So its length decides how large a crowd is taken in at
/// once, and also how long everybody else stands behind a flood; hence it is long, and short while
/// connections are refused in masses. While it is full, a blocking `connect` waits, and one that
/// does not block gets EAGAIN.
struct ListenQueue {
    /// 5,000 logins at once find room here, or behind the acceptor meanwhile; the kernel caps it at
    /// `net.core.somaxconn`, 4,096 by default.
    static let longCount: CInt = 4_096
    /// Refused at 80,000 a second and more, so that who stands behind them waits some 6 ms.
    static let shortCount: CInt = 512
    /// 5,000 refusals a second are no crowd that has forgotten to close its connections.
    static let refusalsMax = 500
    private static let window = TimeAmount.milliseconds(100)

    private var count = longCount
    private var windowEnd = NIODeadline.uptimeNanoseconds(0)
    private var refusals = 0

    /// Notes what became of some connections.
    ///
    /// - Returns: the new length, when it changes.
    mutating func note(refused: Int, now: NIODeadline) -> CInt? {
        let former = count
        if now >= windowEnd {
            // Either that window was calm, or nothing at all has come in the one after it.
            if refusals <= Self.refusalsMax || now >= windowEnd + Self.window {
                count = Self.longCount
            }
            windowEnd = now + Self.window
            refusals = 0
        }
        refusals += refused
        if refusals > Self.refusalsMax { count = Self.shortCount }
        return count == former ? nil : count
    }
}
