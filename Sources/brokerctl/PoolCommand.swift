import ArgumentParser
import BrokerAPI

struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool", abstract: "Show and change pools.",
        subcommands: [
            PoolList.self, PoolShow.self, PoolCreate.self, PoolResize.self, PoolCordon.self,
            PoolUncordon.self, PoolDrain.self, PoolDelete.self,
        ])
}

/// The pool that a command is about.
struct PoolArgument: ParsableArguments {
    @Argument(help: "The pool.", completion: Completion.pools)
    var pool: String

    func path(_ verb: String...) -> [String] { ["v1", "pools", pool] + verb }
}

struct PoolList: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all pools.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(try connection.caller(.control).list(["v1", "pools"], query: [], .pools))
    }
}

struct PoolShow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one pool.")

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
        commandName: "create", abstract: "Create a pool.",
        discussion: """
            Seats are named by a pattern, listed one by one, or both: listed ones come first, the \
            pattern fills the rest from index 1.
            """)

    @Argument(help: "The pool's name.")
    var name: String

    @Option(help: "Seats in all (default: the number listed).")
    var size: Int?

    @Option(help: "Names of the seats, with %d or %04d for the index (default: <name>-%04d).")
    var seatName: String?

    @Option(help: "Hosts of the seats, in the same way (default: the seat's name).")
    var seatHost: String?

    @Option(name: .customLong("seat-url"), help: "Addresses, for the protocol url.")
    var seatURL: String?

    @Option(help: "The port of the seats (default: the protocol's).")
    var port: Int?

    @Option(name: .customLong("protocol"), help: "rdp, vnc, spice, ssh or url (default: rdp).")
    var seatProtocol: SeatProtocolName?

    @Option(
        help: ArgumentHelp(
            "How long a lease runs that names no ttl, as 8h.", valueName: "duration"),
        transform: DurationArgument.seconds)
    var ttl: Int?

    @Option(
        help: ArgumentHelp("The longest that a lease may ask for.", valueName: "duration"),
        transform: DurationArgument.seconds)
    var ttlMax: Int?

    @Option(
        name: .customLong("seat"),
        help: ArgumentHelp(
            "A seat of its own: name=cad-01[,host=…][,port=…][,url=…][,agent=USER]; repeatable.",
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
                throw ValidationError("\"\(part)\" is no key=value of a seat.")
            }
            switch pair[0] {
            case "name": seat.name = pair[1]
            case "host": seat.host = pair[1]
            case "port":
                guard let port = Int(pair[1]), WireLimits.ports.contains(port) else {
                    throw ValidationError("\"\(pair[1])\" is no port.")
                }
                seat.port = port
            case "url": seat.url = pair[1]
            case "agent": seat.agent = pair[1]
            default:
                throw ValidationError(
                    "\"\(pair[0])\" is no key of a seat; name, host, port, url and agent are.")
            }
        }
        guard !seat.name.isEmpty else { throw ValidationError("a seat needs name=….") }
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
        commandName: "delete", abstract: "Delete a pool that has no leases.")

    @OptionGroup var pool: PoolArgument
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        _ = try connection.caller(.control).answer(to: HTTPRequest(.delete, pool.path()))
        output.done([pool.pool], "deleted pool \(pool.pool).")
    }
}
