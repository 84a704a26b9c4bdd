import ArgumentParser
import BrokerAPI
import BrokerText

/// `--if-revision`, on changes of a pool that rest on what was seen before.
struct PoolRevisionOptions: ParsableArguments {
    @Option(help: .text(.poolRevision, valueName: "n"))
    var ifRevision: Int?

    func validate() throws {
        if let ifRevision, ifRevision < 0 { throw ValidationError(.revisionNumber) }
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
        commandName: "resize", abstract: Text.aboutPoolResize.here,
        discussion: Text.morePoolResize.here)

    @OptionGroup var pool: PoolArgument

    @Argument(help: .text(.resizeSize))
    var size: Int

    @OptionGroup var revision: PoolRevisionOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard size >= 0 else { throw ValidationError(.sizeNumber) }
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
        let request = HTTPRequest(.post, pool.path("resize"), json: body)
        return try caller.document(request.written(for: output.output), .plan)
    }

    private static func question(_ plan: ResizePlan, pool: String) -> Text {
        let count = plan.displaced.count
        return plan.completeBy.map {
            .shrink(pool, to: plan.targetSize, count, last: LocalTime.text($0))
        } ?? .shrink(pool, to: plan.targetSize, count)
    }

    private func show(_ document: Document, _ plan: ResizePlan) {
        output.print(document) { planText(document, plan.shortfalls) }
    }
}

struct PoolCordon: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "cordon", abstract: Text.aboutPoolCordon.here)

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
        commandName: "uncordon", abstract: Text.aboutPoolUncordon.here)

    @OptionGroup var pool: PoolArgument

    @Option(help: .text(.uncordonReason))
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
        commandName: "drain", abstract: Text.aboutPoolDrain.here,
        discussion: Text.morePoolDrain.here)

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
            try Terminal.confirm(DrainText.question(.drainPool(pool.pool), [forecast]))
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
        let request = HTTPRequest(.post, pool.path("drain"), json: body)
        let document = try caller.document(request.written(for: output.output), .forecast)
        return (document, try Caller.decoded(DrainForecast.self, document.body))
    }
}
