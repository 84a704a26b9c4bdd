import ArgumentParser
import BrokerAPI
import BrokerText

struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: Text.aboutGroup.here,
        subcommands: [GroupList.self, GroupShow.self, GroupSet.self, GroupDelete.self])
}

/// The group that a command is about.
struct GroupArgument: ParsableArguments {
    @Argument(help: .text(.theGroup), completion: Completion.groups)
    var group: String

    var path: [String] { ["v1", "groups", group] }
}

struct GroupList: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Text.aboutGroupList.here)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        output.print(try connection.caller(.control).list(["v1", "groups"], query: [], .groups))
    }
}

struct GroupShow: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Text.aboutGroupShow.here)

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
        commandName: "delete", abstract: Text.aboutGroupDelete.here)

    @OptionGroup var group: GroupArgument
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        _ = try connection.caller(.control).answer(to: HTTPRequest(.delete, group.path))
        output.done([group.group], .deletedGroup(group.group))
    }
}
