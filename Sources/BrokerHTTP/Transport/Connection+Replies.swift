import NIOCore

extension Connection {
    /// A longer body goes out as it is instead of being copied behind its head.
    private static let bodyCopyMaxBytes = 32 * 1024
    /// Answers to requests sent ahead are gathered into one write of about this size.
    private static let gatherMaxBytes = 32 * 1024

    var hasRoomForOutput: Bool { (output?.readableBytes ?? 0) < Self.gatherMaxBytes }

    // MARK: Whole answers

    /// The handler's answer to the present request.
    func reply(_ response: HTTPResponse) {
        guard case .replying = phase else { return }
        waiting = nil
        sendResponse(response)
        advance()
    }

    /// Writes an answer, and makes the connection ready for the next request or for its end.
    func sendResponse(_ response: HTTPResponse) {
        guard let context else { return }
        core.counters.countAnswer(status: response.status)
        let closes = !keepsAlive || core.isStopping
        var buffer = output.take() ?? core.takeBuffer(context.channel.allocator)
        let body = ResponseEncoder.write(
            response, to: &buffer, date: core.dateField,
            connection: .init(closes: closes, isHTTP11: isHTTP11), isHead: isHead,
            bodyCopyMax: Self.bodyCopyMaxBytes)
        output = buffer
        if let body {
            flush()
            write(body)
        }
        if closes {
            end(lingers: input != nil)
        } else {
            becomeIdle()
        }
    }

    /// Answers what cannot be gone on from, and closes when the client has had time to read it.
    func refuse(_ response: HTTPResponse) {
        guard let context else { return }
        core.counters.countAnswer(status: response.status)
        keepsAlive = false
        var buffer = output.take() ?? core.takeBuffer(context.channel.allocator)
        _ = ResponseEncoder.write(
            response, to: &buffer, date: core.dateField,
            connection: .init(closes: true, isHTTP11: true), isHead: isHead,
            bodyCopyMax: .max)
        output = buffer
        end(lingers: true)
    }

    func becomeIdle() {
        phase = .head
        headHasBegun = false
        // What cannot be parsed is answered in full, even after a HEAD.
        isHead = false
        setDeadline(milliseconds: core.limits.idleMilliseconds(of: core.kind))
    }

    /// Sends what is still to be sent, and closes then.
    func end(lingers: Bool) {
        guard let context else { return }
        phase = .closing
        deadline = nil
        input = nil
        let last = context.eventLoop.makePromise(of: Void.self)
        last.futureResult.assumeIsolated().whenComplete { _ in self.didWriteLast(lingers) }
        stall.didWrite(output?.readableBytes ?? 0)
        context.writeAndFlush(wrapOutboundOut(output.take() ?? ByteBuffer()), promise: last)
    }

    private func didWriteLast(_ lingers: Bool) {
        guard let context, case .closing = phase else { return }
        guard lingers, !inputEnded else { return closeNow() }
        phase = .lingering
        deadline = .now() + .milliseconds(Self.lingerMilliseconds)
        context.close(mode: .output, promise: nil)
    }

    // MARK: Streams

    func startStream(_ start: StreamStart) {
        guard let context, case .replying = phase else { return start.progress.end() }
        core.counters.countAnswer(status: start.status)
        if !isHTTP11 || core.isStopping { keepsAlive = false }
        var buffer = output.take() ?? core.takeBuffer(context.channel.allocator)
        ResponseEncoder.writeStreamHead(
            status: start.status, headers: start.headers, to: &buffer, date: core.dateField,
            connection: .init(closes: !keepsAlive, isHTTP11: isHTTP11))
        output = buffer
        phase = .streaming(start)
        if isHead || (core.isStopping && start.lifetime == .endless) { return finishStream() }
        advance()
    }

    func writeStream(_ bytes: ByteBuffer) {
        guard let context, case .streaming(let start) = phase else { return }
        let count = bytes.readableBytes
        if isHTTP11 { append("\(String(count, radix: 16))\r\n") }
        flush()
        write(bytes)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            start.progress.didWrite(count)
        }
        let end = ByteBuffer(string: isHTTP11 ? "\r\n" : "")
        stall.didWrite(end.readableBytes)
        context.writeAndFlush(wrapOutboundOut(end), promise: written)
    }

    func finishStream() {
        guard case .streaming(let start) = phase else { return }
        waiting = nil
        if isHTTP11, !isHead { append("0\r\n\r\n") }
        if keepsAlive, !core.isStopping {
            becomeIdle()
        } else {
            end(lingers: input != nil)
        }
        start.progress.end()
        advance()
    }

    /// The client sees that something is missing: the last chunk, or bytes of the chunk.
    func abortStream() {
        guard case .streaming = phase else { return }
        closeNow()
    }

    // MARK: Bytes out

    func append(_ text: String) {
        guard let context else { return }
        var buffer = output.take() ?? core.takeBuffer(context.channel.allocator)
        buffer.writeString(text)
        output = buffer
    }

    private func write(_ buffer: ByteBuffer) {
        guard let context else { return }
        stall.didWrite(buffer.readableBytes)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Sends what has been gathered.
    func flush() {
        guard let buffer = output.take() else { return }
        write(buffer)
        // The channel has let go of it if the kernel took it whole; then it serves again.
        core.giveBack(buffer)
    }
}
