import ArgumentParser
import BrokerAPI

struct LeaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease", abstract: "Request and handle leases.",
        subcommands: [
            LeaseRequest.self, LeaseRenew.self, LeaseRelease.self, LeaseList.self,
            LeaseShow.self, LeaseRevoke.self,
        ])
}

/// The output of commands about one lease, which has two forms more.
enum LeaseFormat: String, CaseIterable, ExpressibleByArgument {
    case table
    case json
    case jsonl
    case csv
    case yaml
    case name
    case env
    case rdp

    func print(_ document: Document) throws(CommandError) {
        switch self {
        case .table: OutputFormat.table.print(document) { Table.sheet(document) }
        case .json: OutputFormat.json.print(document) { "" }
        case .jsonl: OutputFormat.jsonl.print(document) { "" }
        case .csv: OutputFormat.csv.print(document) { "" }
        case .yaml: OutputFormat.yaml.print(document) { "" }
        case .name: OutputFormat.name.print(document) { "" }
        case .env:
            let lease = try Caller.decoded(Lease.self, document.body)
            for (name, value) in LeaseEnvironment.variables(lease) {
                Terminal.output("\(name)=\(ShellText.quoted(value))\n")
            }
        case .rdp:
            let lease = try Caller.decoded(Lease.self, document.body)
            do {
                Terminal.output(try Connection(lease).rdpFile())
            } catch {
                throw Self.noFile(lease, error)
            }
        }
    }

    private static func noFile(_ lease: Lease, _ error: RDPFileError) -> CommandError {
        switch error {
        case .otherProtocol(let other):
            .failed(
                "lease \(lease.id): seat \(lease.seat.name) is reached by \(other.rawValue), "
                    + "and has no .rdp file.")
        case .unusableHost:
            .failed("lease \(lease.id): the host of seat \(lease.seat.name) fits no .rdp file.")
        }
    }
}

struct LeaseOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "How to print the lease; json is the API's body, env is for a shell's eval.")
    var output: LeaseFormat = .table
}

/// A lease as environment variables, for scripts and for the command of `run`.
///
/// Always all of them, empty where the seat has no such thing: what an earlier lease has left in an
/// environment must not pass for this one's.
enum LeaseEnvironment {
    static func variables(_ lease: Lease) -> [(name: String, value: String)] {
        [
            ("BROKER_LEASE", lease.id),
            ("BROKER_TOKEN", String(lease.token)),
            ("BROKER_SEAT", lease.seat.name),
            ("BROKER_HOST", lease.seat.host ?? ""),
            ("BROKER_PORT", lease.seat.port.map(String.init) ?? ""),
            ("BROKER_PROTOCOL", lease.seat.seatProtocol.rawValue),
            ("BROKER_EXPIRES", lease.expiresAt.text),
            ("BROKER_URL", lease.seat.url ?? ""),
        ].map { (name: $0.0, value: $0.1) }
    }
}

/// Whom and what a lease is asked for.
struct GrantOptions: ParsableArguments {
    @Option(help: "The pool (default: the first that will have you).", completion: Completion.pools)
    var pool: String?

    @Option(
        help: "The group to charge (default: the first that may).", completion: Completion.groups)
    var group: String?
}

struct LeaseRequest: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Request a seat, or get back the lease that you hold already.")

    @OptionGroup var grant: GrantOptions

    @Option(
        help: ArgumentHelp(
            "How long the lease may run, as 90s, 30m or 4h (default: the pool's).",
            valueName: "duration"), transform: DurationArgument.seconds)
    var ttl: Int?

    @Option(
        help: ArgumentHelp(
            "For somebody else, over the control socket: for gateways and PAM.",
            valueName: "user"))
    var holder: String?

    @Option(
        name: .customLong("holder-group"),
        help: ArgumentHelp(
            "A unix group that you vouch for; may be repeated (default: the name service's).",
            valueName: "group"))
    var holderGroups: [String] = []

    @Option(
        help: ArgumentHelp("Makes a repeat answer as the first did, for a day.", valueName: "key"))
    var idempotencyKey: String?

    @OptionGroup var output: LeaseOutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if let ttl, ttl < 1 { throw ValidationError("--ttl must be at least 1s.") }
        if !holderGroups.isEmpty, holder == nil {
            throw ValidationError("--holder-group needs --holder.")
        }
        if let idempotencyKey { try Self.check(key: idempotencyKey) }
    }

    private static func check(key: String) throws {
        guard (1...255).contains(key.utf8.count),
            key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
        else {
            throw ValidationError("--idempotency-key is 1 to 255 printable ASCII characters.")
        }
    }

    func execute() throws {
        let body = GrantRequest(
            pool: grant.pool, group: grant.group, ttlSeconds: ttl, holder: holder,
            holderGroups: holderGroups.isEmpty ? nil : holderGroups)
        var request = HTTPRequest(.post, ["v1", "leases"], json: body)
        if let idempotencyKey { request.headers.append(("Idempotency-Key", idempotencyKey)) }
        let caller = connection.caller(holder == nil ? .agent : .control)
        try output.output.print(try caller.document(request, .leases))
    }
}
