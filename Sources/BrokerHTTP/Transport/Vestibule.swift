import NIOCore
import Synchronization

/// A connection that the door has let in.
struct Arrival: Sendable {
    /// A connected stream socket, close-on-exec.
    let descriptor: CInt
    /// `nil` for TCP.
    let peer: PeerCredentials?
    /// The user whom it is charged to; `nil` where no limits per user hold.
    let account: UInt32?
}

/// Connections on their way from the thread that accepts to the event loop.
///
/// The loop takes them in small groups, and looks at the connections that it has after each: five
/// thousand logins at once must not silence those who came before them.
final class Vestibule: Sendable {
    /// Two milliseconds of work.
    private static let groupCountMax = 64
    /// Any delay at all makes the loop look for input before it goes on with its tasks.
    private static let pauseMicroseconds: Int64 = 100

    private let mailbox: Mailbox
    private let waiting = Mutex<[Arrival]>([])

    init(mailbox: Mailbox) {
        self.mailbox = mailbox
    }

    /// Hands over; from any thread.
    func add(_ arrivals: [Arrival]) {
        let wasEmpty = waiting.withLock { waiting in
            defer { waiting.append(contentsOf: arrivals) }
            return waiting.isEmpty
        }
        if wasEmpty { mailbox.eventLoop.execute { self.letSomeIn() } }
    }

    private func letSomeIn() {
        let core = mailbox.loopCore
        let group = waiting.withLock { Array($0.prefix(Self.groupCountMax)) }
        for arrival in group { core.letIn(arrival, mailbox: mailbox) }
        // Taken out only now, so that `add` sees that somebody is on it.
        let isEmpty = waiting.withLock { waiting in
            waiting.removeFirst(min(group.count, waiting.count))
            return waiting.isEmpty
        }
        guard !isEmpty else { return }
        mailbox.eventLoop.scheduleTask(in: .microseconds(Self.pauseMicroseconds)) {
            self.letSomeIn()
        }
    }

    /// Lets all in at once, when no more can come; on the event loop.
    func letAllIn() {
        let core = mailbox.loopCore
        let all = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for arrival in all { core.letIn(arrival, mailbox: mailbox) }
    }
}
