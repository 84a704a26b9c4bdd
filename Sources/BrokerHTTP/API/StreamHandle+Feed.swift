import NIOCore

extension StreamHandle {
    /// Sends a comment of server-sent events now and then, until the stream is over.
    func keepAlive(every interval: TimeAmount) {
        mailbox.eventLoop.execute {
            let task = self.mailbox.eventLoop.scheduleRepeatedTask(
                initialDelay: interval, delay: interval
            ) { task in
                if self.write(ByteBuffer(string: ":\n\n")) == .ended { task.cancel() }
            }
            self.onClose { task.cancel() }
        }
    }

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
