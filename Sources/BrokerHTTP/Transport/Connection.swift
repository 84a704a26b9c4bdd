import BrokerAPI
import Glibc
import NIOCore

/// One connection: bytes in, requests out to the handler one at a time, answers back in order.
///
/// There is one channel handler and no pipeline behind it. Requests that a client sends ahead wait
/// as bytes, undecoded; when a few KiB of them wait, reading stops, and starts again with the
/// answer. A client that waits for its answers never makes reading stop, which would cost two
/// system calls a request.
///
/// Its state is confined to the event loop. This file holds what the channel reports;
/// `Connection+Requests` what is made of it, `Connection+Replies` what goes back.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where the connection is. Exactly one request is between `head` and the end of its answer.
    enum Phase {
        /// Waits for a head, or for the rest of one.
        case head
        /// The head is there, the body is on its way.
        case body(RequestHead, HeaderFields, BodyReader)
        /// The handler has the request.
        case replying
        case streaming(StreamStart)
        /// The user is over its rate: what comes is left unread for a while.
        case paused
        /// The last answer is on its way out.
        case closing
        /// Our side is closed, and what the client still sends is thrown away, for a short while:
        /// closing at once could destroy the answer before the client has read it.
        case lingering
        case closed
    }

    /// Sent-ahead input at which reading stops: some dozens of requests.
    static let inputHighBytes = 4 * 1024
    /// At the end of its input a socket is read empty, whatever the phase; this much holds what its
    /// kernel buffer can, more is a peer that has arranged for it.
    static let inputMaxBytes = 1024 * 1024
    /// How long the client of a refusal may take to read it.
    static let lingerMilliseconds: Int64 = 1_000
    /// An idle connection is looked at so long after the start of a stop: what its client has sent by
    /// then is in the kernel. Everybody's next answer waits for it.
    static let stopDelayMilliseconds: Int64 = 5
    /// And so often, as long as there is something to be read: half a request a byte at a time does
    /// not hold up the end.
    static let stopLooksMax = 10

    let mailbox: Mailbox
    let core: ListenerCore
    let arrival: Arrival
    let eventLoop: any EventLoop
    /// The connection's place, and the number of its present request.
    var token = ReplyToken(slot: 0, generation: 0, sequence: 0)

    var context: ChannelHandlerContext?
    /// The listener knows of it, and of its end too.
    private(set) var hasEntered = false
    var phase = Phase.head
    var scanner: HeadScanner
    var input: ByteBuffer?
    /// The client has sent all that it will ever send.
    var inputEnded = false
    private var isReading = true
    private var isAdvancing = false

    /// What the present phase must be over by; `nil` when the next step is ours.
    var deadline: NIODeadline?
    /// Whether the deadline is that of a head that has begun, and not of an idle connection.
    var headHasBegun = true

    /// Set while the present request waits for an answer that may take hours.
    var waiting: WaitHooks?

    /// How the present request wants to be answered.
    var isHead = false
    var isHTTP11 = true
    var keepsAlive = true

    /// Answers that wait to be sent together, and whether the connection ends after them.
    var output: ByteBuffer?
    var stall = WriteStall()

    init(mailbox: Mailbox, core: ListenerCore, arrival: Arrival, eventLoop: any EventLoop) {
        self.mailbox = mailbox
        self.core = core
        self.arrival = arrival
        self.eventLoop = eventLoop
        scanner = HeadScanner(lengthMax: core.limits.headerBytesMax)
    }

    // MARK: What the channel reports

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        hasEntered = true
        token = core.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { detach() }

    func channelInactive(context: ChannelHandlerContext) {
        detach()
        context.fireChannelInactive()
    }

    func channelActive(context: ChannelHandlerContext) {
        setDeadline(milliseconds: core.limits.headerDeadlineMilliseconds)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .closing, .lingering, .closed: return
        case .head, .body, .replying, .streaming, .paused: break
        }
        var bytes = unwrapInboundIn(data)
        if input == nil {
            input = bytes
        } else {
            // A buffer never takes back by itself what was read of it: a client that always leaves
            // half a request behind would make it grow for ever.
            input?.discardReadBytes()
            input?.writeBuffer(&bytes)
        }
        advance()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { advance() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            inputEnded = true
            advance()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that has gone is no news, and nothing else is to be done about any error here.
        closeNow()
    }

    // MARK: The motor

    /// Goes on as far as input, output and phase allow.
    func advance() {
        guard !isAdvancing, context != nil else { return }
        isAdvancing = true
        while step() {}
        isAdvancing = false
        flush()
        if inputEnded { closeIfNothingCanCome() }
        updateReading()
    }

    /// Nothing further can become a request: what lies there is half a head or half a body.
    private func closeIfNothingCanCome() {
        switch phase {
        case .head:
            // The output may be full and whole requests may wait behind it.
            if context?.channel.isWritable == true { end(lingers: false) }
        case .body: end(lingers: false)
        case .replying, .streaming:
            // Whoever shuts its side while it waits has given up: nobody is to get a seat there.
            if waiting != nil { closeNow() }
        case .paused, .closing, .lingering, .closed: break
        }
    }

    /// The present request may take hours to answer.
    func wait(_ hooks: WaitHooks) {
        switch phase {
        case .replying, .streaming: break
        // It has been answered meanwhile.
        case .head, .body, .paused, .closing, .lingering, .closed: return
        }
        waiting = hooks
        if core.isStopping { return stopWaiting() }
        if inputEnded { closeNow() }
    }

    private func stopWaiting() {
        waiting.take()?.stopping()
    }

    private func updateReading() {
        guard let context, !inputEnded else { return }
        let waiting = input?.readableBytes ?? 0
        if waiting > Self.inputMaxBytes { return closeNow() }
        let wanted: Bool
        switch phase {
        case .head: wanted = context.channel.isWritable || waiting < Self.inputHighBytes
        case .replying, .streaming, .paused: wanted = waiting < Self.inputHighBytes
        case .body, .closing, .lingering: wanted = true
        case .closed: return
        }
        guard wanted != isReading else { return }
        isReading = wanted
        try? context.channel.syncOptions?.setOption(.autoRead, value: wanted)
    }

    // MARK: Deadlines and the end

    func setDeadline(milliseconds: Int) {
        deadline = .now() + .milliseconds(Int64(milliseconds))
    }

    /// Called from the listener's sweep.
    func checkDeadlines(now: NIODeadline) {
        guard let context else { return }
        if stall.isOver(
            now: now, limitMilliseconds: core.limits.writeStallMilliseconds,
            buffered: { (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }
        ) {
            core.counters.update { $0.count(.writeStall) }
            return closeNow()
        }
        guard let deadline, now >= deadline else { return }
        self.deadline = nil
        switch phase {
        case .head where !headHasBegun:
            end(lingers: false)
        case .lingering:
            closeNow()
        case .head:
            core.counters.update { $0.count(.headerDeadline) }
            refuse(
                TransportProblem.response(
                    .requestTimeout, "The header block did not arrive in time."))
        case .body:
            core.counters.update { $0.count(.bodyDeadline) }
            refuse(
                TransportProblem.response(.requestTimeout, "The body did not arrive in time."))
        case .replying, .streaming, .paused, .closing, .closed: break
        }
    }

    /// The server stops. A request that was on its way when it began to is still answered.
    func stopWhenIdle() {
        stopWaiting()
        if case .streaming(let start) = phase, start.lifetime == .endless { finishStream() }
        endOnceRead(looks: Self.stopLooksMax)
    }

    /// Ends an idle connection, once nothing that its client has sent waits to be read: of a crowd,
    /// the event loop reads some at a time.
    private func endOnceRead(looks: Int) {
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Self.stopDelayMilliseconds)) {
            switch self.phase {
            case .head where looks > 1 && self.hasUnreadInput,
                .body where looks > 1 && self.hasUnreadInput:
                self.endOnceRead(looks: looks - 1)
            case .head, .body, .paused: self.end(lingers: false)
            case .replying, .streaming, .closing, .lingering, .closed: break
            }
        }
    }

    /// Whether the kernel has bytes for this connection that nobody has read yet.
    private var hasUnreadInput: Bool {
        var byte: UInt8 = 0
        let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
        return recv(arrival.descriptor, &byte, 1, flags) > 0
    }

    func closeNow() { context?.close(promise: nil) }

    /// The channel is gone. Only the first call counts.
    private func detach() {
        guard context != nil else { return }
        context = nil
        core.remove(self)
        waiting.take()?.gone()
        if case .streaming(let start) = phase { start.progress.end() }
        phase = .closed
        input = nil
        output = nil
    }
}

/// Notices that a client has stopped to read.
struct WriteStall {
    /// Bytes handed to the channel so far.
    private var written = 0
    /// Bytes that the kernel had taken when we last looked.
    private var taken = 0
    private var since: NIODeadline?
    private var mayBePending = false

    mutating func didWrite(_ count: Int) {
        written += count
        mayBePending = true
    }

    /// - Parameter buffered: how much still waits in the channel; asked only after a write.
    mutating func isOver(
        now: NIODeadline, limitMilliseconds: Int, buffered: () -> Int
    ) -> Bool {
        guard mayBePending else { return false }
        let waiting = buffered()
        guard waiting > 0 else {
            mayBePending = false
            since = nil
            return false
        }
        let takenNow = written - waiting
        guard let since, takenNow == taken else {
            taken = takenNow
            self.since = now
            return false
        }
        return now - since >= .milliseconds(Int64(limitMilliseconds))
    }
}
