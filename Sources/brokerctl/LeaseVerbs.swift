import ArgumentParser
import BrokerAPI
import BrokerText

/// The leases that a command is about.
struct LeaseArguments: ParsableArguments {
    @Argument(
        help: .text(.leaseIDs, valueName: "lease"),
        completion: Completion.leases)
    var leases: [String] = []

    func ids() throws(CommandError) -> [String] {
        if !leases.isEmpty { return leases }
        guard let id = Terminal.environment("BROKER_LEASE"), !id.isEmpty else {
            throw .usage(.nameALease)
        }
        return [id]
    }
}

struct LeaseList: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Text.aboutLeaseList.here)

    @Option(help: .text(.onlyPool), completion: Completion.pools)
    var pool: String?

    @Option(help: .text(.onlyGroup), completion: Completion.groups)
    var group: String?

    @Option(help: .text(.onlyHolder, valueName: "user"))
    var holder: String?

    @Option(
        help: .text(.onlyLeaseStates),
        completion: .list(["active", "ending", "ended"]))
    var state: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let query: [(String, String?)] = [
            ("pool", pool), ("group", group), ("holder", holder),
            ("state", state.isEmpty ? nil : state.joined(separator: ",")),
        ]
        let caller = connection.caller(.controlThenAgent)
        output.print(try caller.list(["v1", "leases"], query: query, .leases))
    }
}

struct LeaseShow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Text.aboutLeaseShow.here)

    @Argument(
        help: .text(.leaseID, valueName: "lease"),
        completion: Completion.leases)
    var lease: String?

    @OptionGroup var output: LeaseOutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        var arguments = LeaseArguments()
        arguments.leases = lease.map { [$0] } ?? []
        let id = try arguments.ids()[0]
        let caller = connection.caller(.agentThenControl)
        let request = HTTPRequest(.get, ["v1", "leases", id])
        try output.output.print(try caller.document(request, .leases))
    }
}

struct LeaseRenew: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: Text.aboutLeaseRenew.here)

    @Argument(
        help: .text(.leaseID, valueName: "lease"),
        completion: Completion.leases)
    var lease: String?

    @Option(
        help: .text(
            .renewTTL,
            valueName: "duration"), transform: DurationArgument.seconds)
    var ttl: Int?

    @OptionGroup var output: LeaseOutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if let ttl, ttl < 1 { throw ValidationError(.ttlOneSecond) }
    }

    func execute() throws {
        var arguments = LeaseArguments()
        arguments.leases = lease.map { [$0] } ?? []
        let id = try arguments.ids()[0]
        let caller = connection.caller(.agentThenControl)
        let request = HTTPRequest(
            .post, ["v1", "leases", id, "renew"], json: RenewRequest(ttlSeconds: ttl))
        try output.output.print(try caller.document(request, .leases))
    }
}

struct LeaseRelease: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: Text.aboutLeaseRelease.here)

    @OptionGroup var leases: LeaseArguments
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.agentThenControl)
        let ids = try leases.ids()
        var released: [String] = []
        var missing: CommandError?
        for id in ids {
            do throws(CommandError) {
                _ = try caller.answer(to: HTTPRequest(.delete, ["v1", "leases", id]), about: id)
                released.append(id)
            } catch {
                // One that does not exist keeps none of the others.
                guard error.status == .noSuchThing else {
                    report(released)
                    if ids.count > 1 {
                        Terminal.message(.doneThen(released.count, of: ids.count))
                    }
                    throw error
                }
                if let missing { missing.report() }
                missing = error
            }
        }
        report(released)
        if let missing { throw missing }
    }

    private func report(_ released: [String]) {
        guard !released.isEmpty else { return }
        output.done(released, .released(released.joined(separator: ", ")))
    }
}

struct LeaseRevoke: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: Text.aboutLeaseRevoke.here)

    @OptionGroup var leases: LeaseArguments
    @OptionGroup var reason: ReasonOptions

    @Option(
        help: .text(.revokeGrace, valueName: "duration"),
        transform: DurationArgument.seconds)
    var grace: Int = 0

    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.control)
        let ids = try leases.ids()
        if !confirmation.yes {
            if !confirmation.dryRun { try Terminal.requirePerson() }
            let (current, missing) = try Document.collect(ids, .leases) { id throws(CommandError) in
                try caller.document(HTTPRequest(.get, ["v1", "leases", id]), .leases, about: id)
            }
            if confirmation.dryRun { output.print(current) }
            if let missing { throw missing }
            if confirmation.dryRun { return }
            try Terminal.confirm(question(current))
        }
        let body = RevokeRequest(reason: reason.reason, graceSeconds: grace)
        try Document.show(ids, .leases, by: output.print) { id throws(CommandError) in
            try caller.document(
                HTTPRequest(.post, ["v1", "leases", id, "revoke"], json: body), .leases, about: id)
        }
    }

    private func question(_ leases: Document) -> Text {
        let names = leases.items.map {
            "\($0["holder"]?.stringValue ?? "?") (\($0["seat"]?["name"]?.stringValue ?? "?"))"
        }
        let all = names.joined(separator: ", ")
        return grace == 0 ? .endNow(all) : .endIn(all, DurationText.text(seconds: grace))
    }
}
