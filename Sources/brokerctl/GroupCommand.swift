import ArgumentParser
import BrokerAPI

struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Show and change groups.",
        subcommands: [GroupList.self, GroupShow.self, GroupSet.self, GroupDelete.self])
}

/// The group that a command is about.
struct GroupArgument: ParsableArguments {
    @Argument(help: "The group.", completion: Completion.groups)
    var group: String

    var path: [String] { ["v1", "groups", group] }
}

struct GroupList: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all groups.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(try connection.caller(.control).list(["v1", "groups"], query: [], .groups))
    }
}

struct GroupShow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one group.")

    @OptionGroup var group: GroupArgument
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(
            try connection.caller(.control).document(HTTPRequest(.get, group.path), .groups))
    }
}

struct GroupSet: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Create a group, or change what the options name of one.",
        discussion: """
            A quota below what is in use revokes nobody: it refuses new leases until usage is \
            below.
            """)

    @OptionGroup var group: GroupArgument

    @Option(
        name: .customLong("member"),
        help: ArgumentHelp("A user, or a unix group as @name; all of them.", valueName: "member"))
    var members: [String] = []

    @Option(
        name: .customLong("pool"), help: "A pool that it may use; all of them, in order.",
        completion: Completion.pools)
    var pools: [String] = []

    @Option(help: ArgumentHelp("Most leases at once, or none.", valueName: "n|none"))
    var quota: String?

    @Option(
        help: ArgumentHelp(
            "Seats that others may not take; as pool=n with several pools, repeatable.",
            valueName: "n|pool=n"))
    var reserve: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.control)
        var body = try current(caller)
        if !members.isEmpty { body.members = members }
        if !pools.isEmpty {
            body.pools = pools
            body.reserve.removeAll { !pools.contains($0.pool) }
        }
        if let quota { body.quota = try Self.number(quota, of: "--quota", none: true) }
        if !reserve.isEmpty { body.reserve = try Self.reserve(reserve, pools: body.pools) }
        output.print(
            try caller.document(HTTPRequest(.put, group.path, json: body), .groups))
    }

    /// The group as it is; an empty one if there is none yet.
    private func current(_ caller: Caller) throws(CommandError) -> GroupPutRequest {
        let response = try caller.response(to: HTTPRequest(.get, group.path))
        if response.status == 404 { return GroupPutRequest() }
        guard response.isSuccess else { throw .problem(response.problem, about: nil) }
        let group = try Caller.decoded(Group.self, response.body)
        let reserve: [PoolReserve]
        switch group.reserve {
        case .seats(let seats):
            reserve = group.pools.first.map { [PoolReserve(pool: $0, seats: seats)] } ?? []
        case .byPool(let entries): reserve = entries
        }
        return GroupPutRequest(
            members: group.members, pools: group.pools, quota: group.quota, reserve: reserve)
    }

    private static func number(
        _ text: String, of option: String, none: Bool = false
    ) throws(CommandError) -> Int? {
        if none, text == "none" { return nil }
        guard let number = Int(text), number >= 0 else {
            throw .usage("\(option): \"\(text)\" is no number\(none ? " and not none" : "").")
        }
        return number
    }

    static func reserve(
        _ texts: [String], pools: [String]
    ) throws(CommandError) -> [PoolReserve] {
        var reserve: [PoolReserve] = []
        for text in texts {
            let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
            let pool = pair.count == 2 ? pair[0] : pools.first
            guard let pool, pair.count == 2 || pools.count == 1 else {
                throw .usage("--reserve: with several pools write pool=n, not \"\(text)\".")
            }
            let seats = try number(pair[pair.count - 1], of: "--reserve") ?? 0
            reserve.removeAll { $0.pool == pool }
            reserve.append(PoolReserve(pool: pool, seats: seats))
        }
        return reserve
    }
}

struct GroupDelete: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a group; its leases run out by themselves.")

    @OptionGroup var group: GroupArgument
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        _ = try connection.caller(.control).answer(to: HTTPRequest(.delete, group.path))
        output.done([group.group], "deleted group \(group.group).")
    }
}
