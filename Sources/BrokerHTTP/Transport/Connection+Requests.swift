import BrokerAPI
import NIOCore

/// A body on its way in.
enum BodyReader {
    case length(remaining: Int, body: ByteBuffer)
    case chunked(ChunkedBody)
}

extension Connection {
    /// Chunk extensions and trailers together; as much as a head.
    private static let chunkOverheadBytesMax = 8 * 1024

    /// One step of the motor.
    ///
    /// - Returns: whether another one may be possible.
    func step() -> Bool {
        switch phase {
        case .head: stepHead()
        case .body(let head, let fields, let reader): stepBody(head, fields, reader)
        case .replying, .streaming, .paused, .closing, .lingering, .closed: false
        }
    }

    // MARK: The head

    private func stepHead() -> Bool {
        // A client that does not read its answers gets no further ones.
        if !hasRoomForOutput { flush() }
        guard let context, context.channel.isWritable else { return false }
        guard var bytes = input, skipEmptyLine(&bytes) else { return false }
        let scan = bytes.withUnsafeReadableBytes {
            raw -> Result<HeadScanner.Result, RequestFault> in
            do throws(RequestFault) { return .success(try scanner.scan(raw)) } catch {
                return .failure(error)
            }
        }
        switch scan {
        case .failure(let fault): return refuse(fault)
        case .success(.incomplete):
            if !headHasBegun {
                headHasBegun = true
                setDeadline(milliseconds: core.limits.headerDeadlineMilliseconds)
            }
            return false
        case .success(.complete(let length)):
            let parsed = bytes.withUnsafeReadableBytes { raw -> Result<RequestHead, RequestFault> in
                do throws(RequestFault) {
                    return .success(
                        try HeadParser.parse(UnsafeRawBufferPointer(rebasing: raw[..<length])))
                } catch {
                    return .failure(error)
                }
            }
            switch parsed {
            case .failure(let fault): return refuse(fault)
            case .success(let head): return accept(head, length: length, bytes: bytes)
            }
        }
    }

    /// RFC 9112, 2.2: an empty line before a request line is to be ignored; some old clients send
    /// one after a body.
    ///
    /// - Returns: whether there is anything to scan.
    private func skipEmptyLine(_ bytes: inout ByteBuffer) -> Bool {
        let start = bytes.readerIndex
        guard bytes.getInteger(at: start, as: UInt8.self) == UInt8(ascii: "\r") else {
            return bytes.readableBytes > 0
        }
        guard bytes.readableBytes >= 2 else { return false }
        if bytes.getInteger(at: start + 1, as: UInt8.self) == UInt8(ascii: "\n") {
            bytes.moveReaderIndex(forwardBy: 2)
            input = bytes
        }
        return bytes.readableBytes > 0
    }

    private func accept(_ head: RequestHead, length: Int, bytes: ByteBuffer) -> Bool {
        let fieldLines = bytes.getSlice(
            at: bytes.readerIndex + head.fields.lowerBound, length: head.fields.count)
        let fields = HeaderFields(block: fieldLines ?? ByteBuffer())
        consumeInput(length)
        scanner = HeadScanner(lengthMax: core.limits.headerBytesMax)
        isHead = head.method == .head
        isHTTP11 = head.isHTTP11
        keepsAlive = head.keepsAlive
        if let account = arrival.account, let wait = core.takeRequest(of: account) {
            return pause(for: wait, hasBody: head.framing != .none)
        }
        guard head.framing != .none else {
            dispatch(head, fields, body: ByteBuffer())
            return true
        }
        let limit = core.bodyLimit(head.method, head.path, core.kind)
        let reader: BodyReader
        switch head.framing {
        case .none: preconditionFailure("such a request has been dispatched")
        case .length(let count):
            guard count <= limit else { return refuseBody(limit: limit) }
            reader = .length(remaining: count, body: ByteBuffer())
        case .chunked:
            reader = .chunked(
                ChunkedBody(
                    lengthMax: limit, overheadMax: Self.chunkOverheadBytesMax,
                    allocator: ByteBufferAllocator()))
        }
        setDeadline(milliseconds: core.limits.bodyDeadlineMilliseconds)
        if head.expectsContinue, input == nil {
            append("HTTP/1.1 100 Continue\r\n\r\n")
        }
        phase = .body(head, fields, reader)
        return true
    }

    private func consumeInput(_ count: Int) {
        input?.moveReaderIndex(forwardBy: count)
        // An idle connection holds no buffer.
        if input?.readableBytes == 0 { input = nil }
    }

    // MARK: The body

    private func stepBody(
        _ head: RequestHead, _ fields: HeaderFields, _ reader: BodyReader
    ) -> Bool {
        guard input != nil else { return false }
        // Nobody else may hold the body while it grows, or growing would copy it.
        phase = .replying
        switch reader {
        case .length(let remaining, var body):
            let count = min(remaining, input?.readableBytes ?? 0)
            guard var piece = input?.readSlice(length: count) else { return false }
            consumeInput(0)
            if body.readableBytes == 0 {
                body = piece
            } else {
                body.writeBuffer(&piece)
            }
            guard count == remaining else {
                phase = .body(head, fields, .length(remaining: remaining - count, body: body))
                return false
            }
            dispatch(head, fields, body: body)
            return true
        case .chunked(var chunked):
            return stepChunked(head, fields, &chunked)
        }
    }

    private func stepChunked(
        _ head: RequestHead, _ fields: HeaderFields, _ chunked: inout ChunkedBody
    ) -> Bool {
        guard var bytes = input.take() else { return false }
        do throws(RequestFault) {
            let result = try chunked.consume(&bytes)
            if bytes.readableBytes > 0 { input = bytes }
            switch result {
            case .incomplete:
                phase = .body(head, fields, .chunked(chunked))
                return false
            case .complete:
                dispatch(head, fields, body: chunked.body)
                return true
            case .tooLarge:
                return refuseBody(limit: core.bodyLimit(head.method, head.path, core.kind))
            }
        } catch {
            return refuse(error)
        }
    }

    // MARK: On to the handler

    private func dispatch(_ head: RequestHead, _ fields: HeaderFields, body: ByteBuffer) {
        phase = .replying
        deadline = nil
        token.sequence &+= 1
        core.counters.countRequest()
        core.handler(
            HTTPRequest(
                listener: core.kind, peer: arrival.peer, method: head.method, path: head.path,
                query: head.query, headers: fields, body: body),
            ReplyHandle(mailbox: mailbox, token: token))
    }

    // MARK: Refusals

    private func refuse(_ fault: RequestFault) -> Bool {
        let cause: RefusalCause
        switch fault {
        case .bad: cause = .malformed
        case .headerTooLarge: cause = .headerTooLarge
        }
        core.counters.update { $0.count(cause) }
        refuse(TransportProblem.response(for: fault, limits: core.limits))
        return false
    }

    private func refuseBody(limit: Int) -> Bool {
        core.counters.update { $0.count(.bodyTooLarge) }
        refuse(
            TransportProblem.response(
                .contentTooLarge, "The body of this request may have \(limit) bytes."))
        return false
    }

    /// Answers 429 and leaves the connection unread until the user may go on. So a flood costs one
    /// answer a connection and interval, not one a request.
    private func pause(for wait: TimeAmount, hasBody: Bool) -> Bool {
        let seconds = max(1, Int((wait.nanoseconds + 999_999_999) / 1_000_000_000))
        let response = TransportProblem.response(
            .tooManyRequests,
            "You may send \(core.limits.requestsPerSecondPerUser) requests a second.",
            retryAfterSeconds: seconds)
        if hasBody {
            // To skip the body would be work; a new connection is cheaper for us.
            refuse(response)
            return false
        }
        sendResponse(response)
        guard case .head = phase else { return false }
        phase = .paused
        deadline = nil
        eventLoop.assumeIsolated().scheduleTask(in: max(wait, .milliseconds(100))) {
            guard case .paused = self.phase else { return }
            self.becomeIdle()
            self.advance()
        }
        return false
    }
}
