import ArgumentParser
import BrokerAPI
import BrokerText

/// `--wait`, where a lease is asked for.
struct WaitOptions: ParsableArguments {
    @Option(
        help: .text(
            .waitTime,
            valueName: "duration"), transform: DurationArgument.waitSeconds)
    var wait: Int?

    /// Nil where there is nothing to wait for: `--wait 0` is no wait.
    var seconds: Int? { wait == 0 ? nil : wait }
}

struct LeaseRequest: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: Text.aboutLeaseRequest.here,
        discussion: Text.moreLeaseRequest.here)

    @OptionGroup var grant: GrantOptions

    @Option(
        help: .text(
            .requestTTL,
            valueName: "duration"), transform: DurationArgument.seconds)
    var ttl: Int?

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var behalf: HolderOptions

    @Option(
        help: .text(.requestKey, valueName: "key"))
    var idempotencyKey: String?

    @OptionGroup var output: LeaseOutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if let ttl, ttl < 1 { throw ValidationError(.ttlOneSecond) }
        if let idempotencyKey { try IdempotencyKeyArgument.check(idempotencyKey) }
    }

    func execute() throws {
        let body = GrantRequest(
            pool: grant.pool, group: grant.group, ttlSeconds: ttl, holder: behalf.holder,
            holderGroups: behalf.vouchedGroups)
        let caller = connection.caller(behalf.socketNeed)
        if let waitSeconds = waiting.seconds {
            return try output.output.print(
                try wait(body, seconds: waitSeconds, socket: caller.paths[0]))
        }
        var request = HTTPRequest(.post, ["v1", "leases"], json: body)
        if let idempotencyKey { request.headers.append(("Idempotency-Key", idempotencyKey)) }
        try output.output.print(try caller.document(request, .leases))
    }

    /// The lease, once it has come; a signal ends the process as it would without the wait.
    private func wait(
        _ body: GrantRequest, seconds: Int, socket: String
    ) throws(CommandError) -> Document {
        let signals = RunSignals()
        let key = idempotencyKey ?? LineSession.randomKey()
        let session = LineSession(
            signals: signals, socket: socket, request: body, waitSeconds: seconds, key: key)
        switch try session.run() {
        case .granted(let lease): return try Document(body: lease, resource: .leases)
        case .interrupted(let signal):
            // Whoever has named the key may come back with it.
            if idempotencyKey == nil { LineSession.giveBack(body, key: key, socket: socket) }
            signals.die(of: signal)
        }
    }
}
