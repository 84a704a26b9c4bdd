import ArgumentParser
import BrokerAPI
import Glibc

struct RunCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Hold a lease while a command runs.",
        discussion: """
            The command finds the lease in BROKER_LEASE, BROKER_TOKEN, BROKER_SEAT, BROKER_HOST, \
            BROKER_PORT, BROKER_PROTOCOL and BROKER_EXPIRES. The lease is renewed while it runs and \
            released when it ends; a lease that you held before is left to you. With --wait it stands \
            in line as lease request does. When the lease's end comes near, run says so, and runs \
            the command of --on-notice with BROKER_NOTICE_SECONDS, BROKER_NOTICE_REASON and \
            BROKER_ENDS_AT. Exit codes are the command's own, 128 and a signal's number, 126 or 127 \
            when it cannot be run, and 79 when the lease was lost, upon which the command is sent \
            SIGTERM and, 5 s later, SIGKILL; without a lease, those of lease request. Login sessions \
            are kept with --holder: see Docs/SESSIONS.md.
            """)

    @OptionGroup var grant: GrantOptions

    @Option(
        help: ArgumentHelp(
            "How long the lease outlives this command if it is killed (default: 2m).",
            valueName: "duration"), transform: DurationArgument.seconds)
    var ttl: Int = 120

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var behalf: HolderOptions

    @Option(
        help: ArgumentHelp(
            "That of a lease request with the same --pool, --group, --ttl and --holder: the lease "
                + "that it was given is kept, and released at the end (default: a random one).",
            valueName: "key"))
    var idempotencyKey: String?

    @Option(
        help: ArgumentHelp(
            "Run by sh whenever the end of the lease is announced, as: notify-send \"Your seat "
                + "ends in $BROKER_NOTICE_SECONDS s\".", valueName: "command"))
    var onNotice: String?

    @OptionGroup var connection: ConnectionOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("After --: the command and its arguments.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("write the command after --, as in: run -- xfreerdp /v:…")
        }
        guard ttl >= 3 else { throw ValidationError("--ttl must be at least 3s.") }
        if let idempotencyKey { try IdempotencyKeyArgument.check(idempotencyKey) }
        if let onNotice, onNotice.allSatisfy(\.isWhitespace) {
            throw ValidationError("--on-notice is empty.")
        }
    }

    func execute() throws {
        let signals = RunSignals()
        let request = GrantRequest(
            pool: grant.pool, group: grant.group, ttlSeconds: ttl, holder: behalf.holder,
            holderGroups: behalf.vouchedGroups)
        let session = RunSession(
            signals: signals, socket: connection.caller(behalf.socketNeed).paths[0],
            request: request, ttlSeconds: ttl, waitSeconds: waiting.seconds,
            key: idempotencyKey ?? LineSession.randomKey(), onNotice: onNotice, command: command)
        throw ExitCode(try session.run())
    }
}
