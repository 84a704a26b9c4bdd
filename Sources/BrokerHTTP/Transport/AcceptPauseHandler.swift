import NIOCore

/// What happens when `accept` fails: EMFILE and its like pass when connections close, so a short
/// pause is right; trying on at once would spin, and giving up would end the service.
///
/// NIO's own `AcceptBackoffHandler` holds back the next read, but the channel stays registered as
/// readable when the first `accept` of a turn fails, and spins; so this one switches reading off.
final class AcceptPauseHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// A client hardly notices; and ten failed calls a second cost nothing.
    private static let pauseMilliseconds: Int64 = 100

    private let kind: ListenerKind
    private let counters: CounterCell
    private let notice: @Sendable (TransportNotice) -> Void
    private var lastNotice: NIODeadline?

    init(
        kind: ListenerKind, counters: CounterCell,
        notice: @escaping @Sendable (TransportNotice) -> Void
    ) {
        self.kind = kind
        self.counters = counters
        self.notice = notice
    }

    /// Errors that end the channel come here too; then there is nothing left to pause.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else { return context.fireErrorCaught(error) }
        counters.update { $0.acceptPauses += 1 }
        let now = NIODeadline.now()
        if lastNotice.map({ now - $0 >= .seconds(1) }) ?? true {
            lastNotice = now
            notice(.acceptPaused(listener: kind, errno: error.errnoCode))
        }
        let channel = context.channel
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(
            in: .milliseconds(Self.pauseMilliseconds)
        ) {
            // Fails when the listener has been closed meanwhile, and then rightly does nothing.
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
