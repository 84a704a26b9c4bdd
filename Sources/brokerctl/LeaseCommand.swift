import ArgumentParser
import BrokerAPI
import BrokerText

struct LeaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease", abstract: Text.aboutLease.here,
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
            .failed(.noRDPFile(lease.id, seat: lease.seat.name, other.rawValue))
        case .unusableHost:
            .failed(.unusableHost(lease.id, seat: lease.seat.name))
        }
    }
}

struct LeaseOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: .text(.outputLease))
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
    @Option(help: .text(.grantPool), completion: Completion.pools)
    var pool: String?

    @Option(
        help: .text(.grantGroup), completion: Completion.groups)
    var group: String?
}
