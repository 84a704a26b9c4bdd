import ArgumentParser
import BrokerAPI
import BrokerText

struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool", abstract: Text.aboutPool.here,
        subcommands: [
            PoolList.self, PoolShow.self, PoolCreate.self, PoolResize.self, PoolCordon.self,
            PoolUncordon.self, PoolDrain.self, PoolDelete.self,
        ])
}

/// The pool that a command is about.
struct PoolArgument: ParsableArguments {
    @Argument(help: .text(.thePool), completion: Completion.pools)
    var pool: String

    func path(_ verb: String...) -> [String] { ["v1", "pools", pool] + verb }
}

struct PoolList: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Text.aboutPoolList.here)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(try connection.caller(.control).list(["v1", "pools"], query: [], .pools))
    }
}

struct PoolShow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Text.aboutPoolShow.here)

    @OptionGroup var pool: PoolArgument
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(
            try connection.caller(.control).document(HTTPRequest(.get, pool.path()), .pools))
    }
}

struct PoolCreate: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: Text.aboutPoolCreate.here,
        discussion: Text.morePoolCreate.here)

    @Argument(help: .text(.createName))
    var name: String

    @Option(help: .text(.createSize))
    var size: Int?

    @Option(help: .text(.createSeatName))
    var seatName: String?

    @Option(help: .text(.createSeatHost))
    var seatHost: String?

    @Option(name: .customLong("seat-url"), help: .text(.createSeatURL))
    var seatURL: String?

    @Option(help: .text(.createPort))
    var port: Int?

    @Option(name: .customLong("protocol"), help: .text(.createProtocol))
    var seatProtocol: SeatProtocolName?

    @Option(
        help: .text(.createTTL, valueName: "duration"),
        transform: DurationArgument.seconds)
    var ttl: Int?

    @Option(
        help: .text(.createTTLMax, valueName: "duration"),
        transform: DurationArgument.seconds)
    var ttlMax: Int?

    @Option(
        name: .customLong("seat"),
        help: .text(
            .createSeat,
            valueName: "seat"),
        transform: PoolCreate.seat)
    var seats: [ListedSeatSpec] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    @Sendable static func seat(_ text: String) throws -> ListedSeatSpec {
        var seat = ListedSeatSpec(name: "")
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else {
                throw ValidationError(.noSeatPair(String(part)))
            }
            switch pair[0] {
            case "name": seat.name = pair[1]
            case "host": seat.host = pair[1]
            case "port":
                guard let port = Int(pair[1]), WireLimits.ports.contains(port) else {
                    throw ValidationError(.noPort(pair[1]))
                }
                seat.port = port
            case "url": seat.url = pair[1]
            case "agent": seat.agent = pair[1]
            default:
                throw ValidationError(.noSeatKey(pair[0]))
            }
        }
        guard !seat.name.isEmpty else { throw ValidationError(.seatNeedsName) }
        return seat
    }

    func execute() throws {
        let body = PoolCreateRequest(
            name: name, size: size, seatName: seatName, seatHost: seatHost, seatURL: seatURL,
            port: port, seatProtocol: seatProtocol, leaseTTLSeconds: ttl,
            leaseTTLSecondsMax: ttlMax, seats: seats)
        output.print(
            try connection.caller(.control).document(
                HTTPRequest(.post, ["v1", "pools"], json: body), .pools))
    }
}

extension SeatProtocolName: ExpressibleByArgument {}

struct PoolDelete: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: Text.aboutPoolDelete.here)

    @OptionGroup var pool: PoolArgument
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        _ = try connection.caller(.control).answer(to: HTTPRequest(.delete, pool.path()))
        output.done([pool.pool], .deletedPool(pool.pool))
    }
}
