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
