import BrokerHTTP
import BrokerSystemd
import BrokerText

/// What callers hear of a daemon that cannot start, as with a configuration that is refused.
///
/// systemd holds the sockets and starts the daemon for whoever knocks. One that ended at once would
/// be started for the same caller again and again, and the caller would wait for an answer that
/// never comes. So it answers for a while before it ends: there are few starts, and each finds what
/// was mended meanwhile.
enum NotServing {
    /// Short enough for an admin who waits for `systemctl restart`, and one start in this time costs
    /// nothing that anybody notices.
    private static let pauseSeconds = 3
    private static let graceSeconds = 1

    /// Answers on the sockets of systemd until the pause is over, or a signal ends it. Without
    /// sockets there is nobody to answer and it returns at once.
    static func answer(on sockets: [ListenerSocket], until signals: Signals) {
        guard !sockets.isEmpty else { return }
        let server = HTTPServer(
            limits: TransportLimits(), bodyLimit: APIServer.bodyLimit, notice: { _ in },
            handler: { request, reply in
                reply.send(
                    .unavailable(.cannotStart, for: request, retryAfterSeconds: pauseSeconds))
            })
        // One that cannot be served on leaves the others.
        for socket in sockets { try? server.start(socket) }
        ServiceManager.status("cannot start: see the log")
        _ = signals.next(withinSeconds: pauseSeconds)
        server.stop(graceSeconds: graceSeconds)
    }
}
