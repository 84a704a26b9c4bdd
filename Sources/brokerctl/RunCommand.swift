import ArgumentParser
import BrokerAPI
import BrokerText
import Glibc

struct RunCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: Text.aboutRun.here,
        discussion: Text.moreRun.here)

    @OptionGroup var grant: GrantOptions

    @Option(
        help: .text(
            .runTTL,
            valueName: "duration"), transform: DurationArgument.seconds)
    var ttl: Int = 120

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var behalf: HolderOptions

    @Option(
        help: .text(
            .runKey,
            valueName: "key"))
    var idempotencyKey: String?

    @Option(
        help: .text(.onNotice, valueName: "command"))
    var onNotice: String?

    @OptionGroup var connection: ConnectionOptions

    @Argument(
        parsing: .postTerminator,
        help: .text(.runCommand, valueName: "command"))
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError(.commandMissing)
        }
        guard ttl >= 3 else { throw ValidationError(.ttlThreeSeconds) }
        if let idempotencyKey { try IdempotencyKeyArgument.check(idempotencyKey) }
        if let onNotice, onNotice.allSatisfy(\.isWhitespace) {
            throw ValidationError(.noticeEmpty)
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
