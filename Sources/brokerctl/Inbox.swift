import Glibc
import Synchronization

/// Hands what other threads learn to the main thread, and wakes it.
final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])

    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        kill(getpid(), RunSignals.wake)
    }

    func takeAll() -> [Message] {
        messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}

/// What the main thread waits for: signals, and what others have posted.
struct Inbox<Message: Sendable> {
    enum Input {
        case signal(Int32, isFromTerminal: Bool)
        case message(Message)
        case timeout
    }

    /// Where others post.
    let mailbox = Mailbox<Message>()
    private let signals: RunSignals
    private var messages: [Message] = []

    init(signals: RunSignals) { self.signals = signals }

    /// The next thing that happens, in the order in which it came.
    ///
    /// - Parameter deadline: When to give up, in milliseconds since boot.
    mutating func next(until deadline: Int64) -> Input {
        while true {
            if !messages.isEmpty { return .message(messages.removeFirst()) }
            messages = mailbox.takeAll()
            if !messages.isEmpty { continue }
            let wait = deadline - bootMilliseconds()
            guard wait > 0, let signal = signals.next(timeoutMilliseconds: wait) else {
                return .timeout
            }
            if signal.number != RunSignals.wake {
                return .signal(signal.number, isFromTerminal: signal.isFromTerminal)
            }
        }
    }
}
