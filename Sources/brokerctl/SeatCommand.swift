import ArgumentParser
import BrokerAPI
import BrokerText

struct SeatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seat", abstract: Text.aboutSeat.here,
        discussion: Text.moreSeat.here,
        subcommands: [
            SeatList.self, SeatShow.self, SeatCordon.self, SeatUncordon.self, SeatDrain.self,
        ])
}

/// The seats that a command is about.
struct SeatArguments: ParsableArguments {
    @Argument(
        help: .text(.theSeats, valueName: "seat"),
        completion: Completion.seats)
    var seats: [String]

    func names() throws(CommandError) -> [String] { try NameRange.expand(seats) }

    /// One call for each seat, and what came of them.
    func each(
        _ caller: Caller, show: (Document) -> Void, _ request: (String) -> HTTPRequest
    ) throws(CommandError) {
        try Document.show(names(), .seats, by: show) { name throws(CommandError) in
            try caller.document(request(name), .seats, about: name)
        }
    }
}

struct SeatList: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Text.aboutSeatList.here)

    @Option(help: .text(.onlyPool), completion: Completion.pools)
    var pool: String?

    @Option(
        help: .text(.onlySeatState), completion: .list(SeatState.allCases.map(\.rawValue)))
    var state: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(
            try connection.caller(.control).list(
                ["v1", "seats"], query: [("pool", pool), ("state", state)], .seats))
    }
}

struct SeatShow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Text.aboutSeatShow.here)

    @OptionGroup var seats: SeatArguments
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        try seats.each(connection.caller(.control), show: output.print) {
            HTTPRequest(.get, ["v1", "seats", $0])
        }
    }
}

struct SeatCordon: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "cordon", abstract: Text.aboutSeatCordon.here)

    @OptionGroup var seats: SeatArguments
    @OptionGroup var reason: ReasonOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let body = CordonRequest(reason: reason.reason)
        try seats.each(connection.caller(.control), show: output.print) {
            HTTPRequest(.post, ["v1", "seats", $0, "cordon"], json: body)
        }
    }
}

struct SeatUncordon: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "uncordon", abstract: Text.aboutSeatUncordon.here)

    @OptionGroup var seats: SeatArguments

    @Option(help: .text(.uncordonReason))
    var reason: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let body = UncordonRequest(reason: reason)
        try seats.each(connection.caller(.control), show: output.print) {
            HTTPRequest(.post, ["v1", "seats", $0, "uncordon"], json: body)
        }
    }
}

struct SeatDrain: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: Text.aboutSeatDrain.here)

    @OptionGroup var seats: SeatArguments
    @OptionGroup var drain: DrainOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.control)
        let names = try seats.names()
        if !confirmation.yes {
            if !confirmation.dryRun { try Terminal.requirePerson() }
            let (document, missing) = try request(caller, names, dryRun: true)
            if confirmation.dryRun {
                show(document, names)
                if let missing { throw missing }
                return
            }
            if let missing { throw missing }
            let subject: Text =
                names.count == 1 ? .drainSeat(names[0]) : .drainSeats(names.count)
            try Terminal.confirm(DrainText.question(subject, Self.forecasts(document)))
        }
        let (document, missing) = try request(caller, names, dryRun: false)
        show(document, names)
        if let missing { throw missing }
    }

    private func show(_ document: Document, _ names: [String]) {
        output.print(document) {
            guard names.count == 1, let only = try? Self.forecasts(document).first else {
                return Table.list(document)
            }
            return DrainText.text(only, document)
        }
    }

    private static func forecasts(
        _ document: Document
    ) throws(CommandError) -> [DrainForecast] {
        var forecasts: [DrainForecast] = []
        for item in document.items {
            forecasts.append(try Caller.decoded(DrainForecast.self, WireJSON.encode(item)))
        }
        return forecasts
    }

    /// One forecast as it came; several under their seats' names.
    private func request(
        _ caller: Caller, _ names: [String], dryRun: Bool
    ) throws(CommandError) -> (document: Document, missing: CommandError?) {
        let body = SeatDrainRequest(
            reason: drain.reason.reason, deadlineSeconds: drain.deadline, at: drain.at,
            dryRun: dryRun)
        return try Document.collect(names, .forecast) { name throws(CommandError) in
            let request = HTTPRequest(.post, ["v1", "seats", name, "drain"], json: body)
            let document = try caller.document(
                request.written(for: output.output), .forecast, about: name)
            guard names.count > 1, case .object(let members) = document.json else {
                return document
            }
            let named = [JSONMember(name: "seat", value: .string(name))] + members
            return Document(json: .object(named), resource: .forecast)
        }
    }
}
