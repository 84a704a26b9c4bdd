import NIOCore

extension StreamHandle {
    /// Sends a comment of server-sent events now and then, until the stream is over.
    func keepAlive(every interval: TimeAmount) {
        repeatTask(every: interval) { $0.write(Self.comment) }
    }

    /// A server-sent event that says nothing.
    static let comment = ByteBuffer(string: ":\n\n")

    /// Runs `body` on the event loop again and again, until the stream is over.
    ///
    /// The end is found out at the next turn: to take a timer out of the loop's thousands costs a
    /// look at all of them, and many streams may end at once.
    func repeatTask(
        every interval: TimeAmount, _ body: @escaping @Sendable (StreamHandle) -> Void
    ) {
        mailbox.eventLoop.execute {
            self.mailbox.eventLoop.scheduleRepeatedTask(
                initialDelay: interval, delay: interval
            ) { task in
                if self.status == .ended { task.cancel() } else { body(self) }
            }
        }
    }

    /// Sends one server-sent event; `data` is JSON, which has no line breaks.
    @discardableResult
    func send(event: String, data: [UInt8]) -> StreamStatus {
        write(ByteBuffer(bytes: Self.event(event, data: data)))
    }

    /// One server-sent event.
    static func event(_ name: String, data: [UInt8]) -> [UInt8] {
        Array("event: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
    }

    /// The media type of server-sent events.
    static let eventStreamType = "text/event-stream"

    /// The fields of an answer that is a stream of events.
    static let eventHeaders: [(name: String, value: String)] = [
        (name: "Content-Type", value: eventStreamType),
        (name: "Cache-Control", value: "no-store"),
    ]

    /// Sends all these bytes at the client's pace and ends the stream; blocks the calling thread.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch write(ByteBuffer(bytes: rest.prefix(64 << 10))) {
            case .ended: return
            case .full: guard waitUntilWritable() != .ended else { return }
            case .open: break
            }
            rest = rest.dropFirst(64 << 10)
        }
        finish()
    }
}
