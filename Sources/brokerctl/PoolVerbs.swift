import ArgumentParser
import BrokerAPI

/// `--if-revision`, on changes of a pool that rest on what was seen before.
struct PoolRevisionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only if this is the pool's revision still.", valueName: "n"))
    var ifRevision: Int?

    func validate() throws {
        if let ifRevision, ifRevision < 0 { throw ValidationError("a revision is 0 or more.") }
    }
}

extension PoolArgument {
    /// The pool's revision now: what a person is asked about rests on it.
    func revision(_ caller: Caller) throws(CommandError) -> Int {
        try caller.value(Pool.self, HTTPRequest(.get, path())).revision
    }
}

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

    @OptionGroup var revision: PoolRevisionOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard size >= 0 else { throw ValidationError("a size is 0 or more.") }
    }

    func execute() throws {
        let caller = connection.caller(.control)
        var ifRevision = revision.ifRevision
        if !confirmation.yes {
            if !confirmation.dryRun { ifRevision = try ifRevision ?? pool.revision(caller) }
            let document = try request(caller, ifRevision, dryRun: true)
            let plan = try Caller.decoded(ResizePlan.self, document.body)
            if confirmation.dryRun { return show(document, plan) }
            if !plan.displaced.isEmpty {
                ShortfallText.lines(plan.shortfalls).forEach(Terminal.hint)
                try Terminal.confirm(Self.question(plan, pool: pool.pool))
            }
        }
        let document = try request(caller, ifRevision, dryRun: false)
        show(document, try Caller.decoded(ResizePlan.self, document.body))
    }

    private func request(
        _ caller: Caller, _ ifRevision: Int?, dryRun: Bool
    ) throws(CommandError) -> Document {
        let body = ResizeRequest(size: size, dryRun: dryRun, ifRevision: ifRevision)
        return try caller.document(HTTPRequest(.post, pool.path("resize"), json: body), .plan)
    }

    private static func question(_ plan: ResizePlan, pool: String) -> String {
        let until = plan.completeBy.map { ", the last at \(LocalTime.text($0))" } ?? ""
        return
            "Shrink \(pool) to \(plan.targetSize): leases (\(plan.displaced.count)) end for good "
            + "when their time is up\(until). Go on?"
    }

    private func show(_ document: Document, _ plan: ResizePlan) {
        output.print(document) { planText(document, plan.shortfalls) }
    }
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

struct PoolDrain: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Empty a pool: no new leases, and the old ones end.",
        discussion: """
            What Windows calls drain mode is cordon here. A drain that is to come leaves the pool \
            open until it starts; uncordon calls it off, and a new one replaces it.
            """)

    @OptionGroup var pool: PoolArgument
    @OptionGroup var drain: DrainOptions
    @OptionGroup var revision: PoolRevisionOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.control)
        var ifRevision = revision.ifRevision
        if !confirmation.yes {
            if !confirmation.dryRun {
                try Terminal.requirePerson()
                ifRevision = try ifRevision ?? pool.revision(caller)
            }
            let (document, forecast) = try request(caller, ifRevision, dryRun: true)
            if confirmation.dryRun { return show(document, forecast) }
            ShortfallText.lines(forecast.shortfalls).forEach(Terminal.hint)
            try Terminal.confirm(DrainText.question("pool \(pool.pool)", [forecast]))
        }
        let (document, forecast) = try request(caller, ifRevision, dryRun: false)
        show(document, forecast)
    }

    private func show(_ document: Document, _ forecast: DrainForecast) {
        output.print(document) { DrainText.text(forecast, document) }
    }

    private func request(
        _ caller: Caller, _ ifRevision: Int?, dryRun: Bool
    ) throws(CommandError) -> (Document, DrainForecast) {
        let body = DrainRequest(
            reason: drain.reason.reason, deadlineSeconds: drain.deadline, at: drain.at,
            dryRun: dryRun, ifRevision: ifRevision)
        let document = try caller.document(
            HTTPRequest(.post, pool.path("drain"), json: body), .forecast)
        return (document, try Caller.decoded(DrainForecast.self, document.body))
    }
}
