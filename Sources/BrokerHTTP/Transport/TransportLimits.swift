/// What one connection, one user and one listener may take; each with its reason.
///
/// The first two are in the configuration and may change while the daemon runs; the others are
/// fixed by the project and are fields only so that tests need not wait for them.
package struct TransportLimits: Sendable, Equatable {
    /// Agent listener: most connections of one user at once. A desktop holds one or two; a terminal
    /// server with one account for all its sessions still fits.
    package var connectionsPerUser = 64
    /// Agent listener: requests of one user, over all its connections; as many may come at once.
    /// Half a login script's worth of calls is five. New connections are charged like requests, with
    /// a burst of a user's whole number of connections more.
    package var requestsPerSecondPerUser = 50

    /// The agent listener's connections. Ten for each of 1,700 seats, or 256 users at their cap.
    package var agentConnectionsMax = 16_384
    /// The control listener's: a gateway for a house of 5,000 may hold a connection for each
    /// request that waits in the line; admins and scripts number in the dozens.
    package var controlConnectionsMax = 8_192
    /// The monitoring listener's: a few scrapers, and those who look by hand.
    package var monitoringConnectionsMax = 256

    /// Request line and fields. Our longest real head, with a 255-byte key, is below 1 KiB.
    package var headerBytesMax = 8_192
    /// From accept, or from the first byte of a later head, to the head's end. Local clients take
    /// microseconds; ten seconds outlast a swapping machine.
    package var headerDeadlineMilliseconds = 10_000
    /// From the head's end to the body's end: 1 MiB at 35 KiB a second.
    package var bodyDeadlineMilliseconds = 30_000
    /// How long a connection may rest between two requests, on the agent and monitoring listeners.
    package var idleMilliseconds = 60_000
    /// The same on the control listener: gateways keep theirs open, and are few.
    package var controlIdleMilliseconds = 300_000
    /// How long a client may leave our answer unread without taking a single byte of it.
    package var writeStallMilliseconds = 30_000

    package init() {}

    func connectionsMax(of kind: ListenerKind) -> Int {
        switch kind {
        case .agent: agentConnectionsMax
        case .control: controlConnectionsMax
        case .monitoring: monitoringConnectionsMax
        }
    }

    func idleMilliseconds(of kind: ListenerKind) -> Int {
        switch kind {
        case .agent, .monitoring: idleMilliseconds
        case .control: controlIdleMilliseconds
        }
    }

    /// How often deadlines are looked at: each may be late by a quarter, and by a second at most.
    var sweepMilliseconds: Int {
        let shortest = min(
            headerDeadlineMilliseconds, bodyDeadlineMilliseconds, idleMilliseconds,
            controlIdleMilliseconds, writeStallMilliseconds)
        return max(10, min(1_000, shortest / 4))
    }
}
