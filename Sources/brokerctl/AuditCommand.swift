import ArgumentParser
import BrokerAPI
import BrokerText

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: Text.aboutAudit.here,
        subcommands: [AuditListCommand.self, AuditVerifyCommand.self],
        defaultSubcommand: AuditListCommand.self)
}

struct AuditListCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Text.aboutAuditList.here,
        discussion: Text.moreAuditList.here)

    /// Without bounds the whole history would come, which may be years.
    private static let secondsDefault: Int64 = 86_400

    @Option(help: .text(.auditFrom, valueName: "time"), transform: InstantArgument.instant)
    var from: Timestamp?

    @Option(help: .text(.auditTo, valueName: "time"), transform: InstantArgument.instant)
    var to: Timestamp?

    @Option(help: .text(.auditActor, valueName: "user"))
    var actor: String?

    @Option(help: .text(.auditVerb, valueName: "verb"))
    var verb: String?

    @Option(help: .text(.auditTarget, valueName: "target"))
    var target: String?

    @Option(help: .text(.auditOutcome, valueName: "outcome"))
    var outcome: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let now = LocalTime.now.milliseconds
        let start = from ?? Timestamp(milliseconds: now - Self.secondsDefault * 1_000)
        output.print(
            try connection.caller(.control).list(
                ["v1", "audit"],
                query: [
                    ("from", start.text), ("to", to?.text), ("actor", actor), ("verb", verb),
                    ("target", target), ("outcome", outcome),
                ], .audit))
    }
}

struct AuditVerifyCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: Text.aboutAuditVerify.here,
        discussion: Text.moreAuditVerify.here)

    @Option(help: .text(.auditHead, valueName: "sequence:digest"))
    var head: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard let head else { return }
        let parts = head.split(separator: ":", omittingEmptySubsequences: false)
        let isHead =
            parts.count == 2 && UInt64(parts[0]) != nil && parts[1].utf8.count == 64
            && parts[1].allSatisfy { $0.isHexDigit && !$0.isUppercase }
        guard isHead else { throw ValidationError(.auditHeadForm) }
    }

    func execute() throws {
        let caller = connection.caller(.control)
        let document = try caller.document(
            HTTPRequest(.get, ["v1", "audit", "verify"], query: [("head", head)]), .auditFindings)
        let found = try Caller.decoded(AuditVerification.self, document.body)
        guard found.whole else {
            output.print(document)
            throw CommandError.ended(.dataRefused, .auditNotWhole(found.findings.count))
        }
        output.print(document) { Text.auditWhole(found.items, found.head).here + "\n" }
    }
}

extension Resource {
    static let audit = Resource(
        listKey: "audit", nameKey: "sequence",
        columns: [
            Column("SEQUENCE", "sequence", .number, .wide),
            Column("REVISION", "revision", .number, .sheet),
            Column("AT", "at", .instant),
            Column("WHO", "name"),
            Column("UID", "uid", .number, .sheet),
            Column("ROLE", "role", .text, .wide),
            Column("SOCKET", "channel", .text, .wide),
            Column("VERB", "verb"),
            Column("TARGET", "target"),
            Column("HOLDER", "holder"),
            Column("OUTCOME", "outcome"),
            Column("REASON", "why"),
            Column("PEOPLE", "people", .text, .sheet),
            Column("DETAILS", "details", .text, .sheet),
            Column("DIGEST", "digest", .text, .sheet),
        ])

    static let auditFindings = Resource(
        listKey: "findings", nameKey: "sequence",
        columns: [
            Column("WHAT", "what"),
            Column("SEQUENCE", "sequence", .number),
            Column("REVISION", "revision", .number),
        ])
}
