import ArgumentParser
import BrokerAPI

struct PoolResize: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize", abstract: "Give a pool another number of seats.",
        discussion: """
            Growth is at once. Shrinking takes free seats first; leased ones go as their leases \
            end, which then cannot be extended.
            """)

    @OptionGroup var pool: PoolArgument

    @Argument(help: "Seats in all.")
    var size: Int

    @Option(help: ArgumentHelp("Only if this is the pool's revision still.", valueName: "n"))
    var ifRevision: Int?

    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard size >= 0 else { throw ValidationError("a size is 0 or more.") }
    }

    func execute() throws {
        let caller = connection.caller(.control)
        if !confirmation.yes {
            let document = try request(caller, dryRun: true)
            if confirmation.dryRun { return output.print(document) { Self.text(document) } }
            let plan = try Caller.decoded(ResizePlan.self, document.body)
            if !plan.displaced.isEmpty {
                try Terminal.confirm(Self.question(plan, pool: pool.pool))
            }
        }
        let document = try request(caller, dryRun: false)
        output.print(document) { Self.text(document) }
    }

    private func request(_ caller: Caller, dryRun: Bool) throws(CommandError) -> Document {
        let body = ResizeRequest(size: size, dryRun: dryRun, ifRevision: ifRevision)
        return try caller.document(HTTPRequest(.post, pool.path("resize"), json: body), .plan)
    }

    private static func question(_ plan: ResizePlan, pool: String) -> String {
        let until = plan.completeBy.map { ", the last at \(LocalTime.text($0))" } ?? ""
        return
            "Shrink \(pool) to \(plan.targetSize): leases (\(plan.displaced.count)) end for good "
            + "when their time is up\(until). Go on?"
    }

    private static func text(_ document: Document) -> String {
        Table.sheet(document) + displacedTable(document)
    }
}

/// The leases that a change displaces, below its numbers.
func displacedTable(_ document: Document) -> String {
    guard let leases = document.json["displaced"], leases.arrayValue?.isEmpty == false else {
        return ""
    }
    let list = JSONValue.object([JSONMember(name: "leases", value: leases)])
    return "\n" + Table.list(Document(json: list, resource: .leases))
}

struct PoolCordon: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "cordon", abstract: "Give no new leases out of a pool.")

    @OptionGroup var pool: PoolArgument
    @OptionGroup var reason: ReasonOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let body = CordonRequest(reason: reason.reason)
        output.print(
            try connection.caller(.control).document(
                HTTPRequest(.post, pool.path("cordon"), json: body), .pools))
    }
}

struct PoolUncordon: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "uncordon", abstract: "Open a pool again; calls a drain off, too.")

    @OptionGroup var pool: PoolArgument

    @Option(help: "Why, for the journal.")
    var reason: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let body = UncordonRequest(reason: reason)
        output.print(
            try connection.caller(.control).document(
                HTTPRequest(.post, pool.path("uncordon"), json: body), .pools))
    }
}

/// `--reason` and `--deadline`, of a pool's and a seat's drain.
struct DrainOptions: ParsableArguments {
    @OptionGroup var reason: ReasonOptions

    @Option(
        help: ArgumentHelp(
            "When what is left is revoked, as 30m (default: never, leases run out).",
            valueName: "duration"), transform: DurationArgument.seconds)
    var deadline: Int?

    func body(dryRun: Bool) -> DrainRequest {
        DrainRequest(reason: reason.reason, deadlineSeconds: deadline, dryRun: dryRun)
    }
}

/// What a drain will do, in words.
enum DrainText {
    static func question(_ subject: String, _ forecasts: [DrainForecast]) -> String {
        let leases = forecasts.reduce(0) { $0 + $1.leases }
        let cut = forecasts.reduce(0) { $0 + $1.cutAtDeadline }
        let end =
            forecasts.first?.deadlineAt.map {
                "at \(LocalTime.text($0)) at the latest, which cuts \(cut) off"
            } ?? "whenever their holders let them"
        return "Drain \(subject): no new leases; those there are (\(leases)) end \(end). Go on?"
    }

    static func text(_ forecast: DrainForecast) -> String {
        var lines = [
            forecast.leases == 1 ? "1 lease is live." : "\(forecast.leases) leases are live."
        ]
        for end in forecast.ends {
            let verb = end.count == 1 ? "ends" : "end"
            lines.append("  \(end.count) \(verb) by \(LocalTime.text(end.at))")
        }
        if let deadline = forecast.deadlineAt {
            let verb = forecast.cutAtDeadline == 1 ? "is" : "are"
            lines.append(
                "\(forecast.cutAtDeadline) \(verb) revoked at the deadline, "
                    + "\(LocalTime.text(deadline)).")
        }
        if forecast.waitsForEver {
            lines.append("There is no deadline: who renews stays, for ever if need be.")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

struct PoolDrain: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Empty a pool: no new leases, and the old ones end.",
        discussion: "What Windows calls drain mode is cordon here.")

    @OptionGroup var pool: PoolArgument
    @OptionGroup var drain: DrainOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.control)
        if !confirmation.yes {
            if !confirmation.dryRun { try Terminal.requirePerson() }
            let (document, forecast) = try request(caller, dryRun: true)
            if confirmation.dryRun { return output.print(document) { DrainText.text(forecast) } }
            try Terminal.confirm(DrainText.question("pool \(pool.pool)", [forecast]))
        }
        let (document, forecast) = try request(caller, dryRun: false)
        output.print(document) { DrainText.text(forecast) }
    }

    private func request(
        _ caller: Caller, dryRun: Bool
    ) throws(CommandError) -> (Document, DrainForecast) {
        let document = try caller.document(
            HTTPRequest(.post, pool.path("drain"), json: drain.body(dryRun: dryRun)), .forecast)
        return (document, try Caller.decoded(DrainForecast.self, document.body))
    }
}
