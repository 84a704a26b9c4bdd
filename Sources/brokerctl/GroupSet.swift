import ArgumentParser
import BrokerAPI

struct GroupSet: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Create a group, or change what the options name of one.",
        discussion: """
            A quota below what is in use revokes nobody: it refuses new leases until usage is \
            below. Slots that leave out the present let the group's leases end after the rota's \
            grace, which asks first.
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

    @Option(
        help: ArgumentHelp(
            "When it may enter: slots of the rota, as mon.am,tue.pm, with the week of a cycle before "
                + "them as 2.mon.am.", valueName: "slots"),
        completion: Completion.slots)
    var slots: String?

    @Flag(help: "Let it enter at any time: no slots.")
    var anyTime = false

    @OptionGroup var revision: SiteRevisionOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if anyTime, slots != nil {
            throw ValidationError("--slots and --any-time exclude each other.")
        }
        if let slots, Self.slots(slots) == nil {
            throw ValidationError("--slots: \"\(slots)\" is no list such as mon.am,tue.pm.")
        }
    }

    func execute() throws {
        let caller = connection.caller(.control)
        let body = try changed(try current(caller))
        var ifRevision = revision.ifRevision
        if !confirmation.yes {
            let document = try caller.document(
                request(body, ifRevision, dryRun: true), .groupPlan)
            let plan = try Caller.decoded(GroupPlan.self, document.body)
            if confirmation.dryRun { return Self.show(plan, document, by: output) }
            if !plan.displaced.isEmpty {
                ShortfallText.lines(plan.shortfalls).forEach(Terminal.hint)
                try Terminal.confirm(
                    "Leases (\(plan.displaced.count)) of group \(group.group) are outside of its "
                        + "windows then, and end after the grace. Go on?")
                ifRevision = ifRevision ?? plan.revision
            }
        }
        output.print(
            try caller.document(request(body, ifRevision, dryRun: false), .groups))
    }

    private func request(
        _ body: GroupPutRequest, _ ifRevision: Int?, dryRun: Bool
    ) -> HTTPRequest {
        HTTPRequest(
            .put, group.path,
            query: [
                ("dry_run", dryRun ? "true" : nil), ("if_revision", ifRevision.map(String.init)),
            ], json: body)
    }

    private static func show(
        _ plan: GroupPlan, _ document: Document, by output: OutputOptions
    ) {
        output.print(document) { planText(document, plan.shortfalls) }
    }

    /// The group with what the options name changed.
    private func changed(_ group: GroupPutRequest) throws(CommandError) -> GroupPutRequest {
        var body = group
        if !members.isEmpty { body.members = members }
        if !pools.isEmpty {
            body.pools = pools
            body.reserve.removeAll { !pools.contains($0.pool) }
        }
        if let quota { body.quota = try Self.number(quota, of: "--quota", none: true) }
        if !reserve.isEmpty { body.reserve = try Self.reserve(reserve, pools: body.pools) }
        if let slots { body.slots = Self.slots(slots) }
        if anyTime { body.slots = nil }
        return body
    }

    /// The slots of a list such as `mon.am,tue.pm`; none for an empty one, which lets the group in
    /// only where an exception does. Nil where a part is empty.
    static func slots(_ text: String) -> [String]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return parts.contains(where: \.isEmpty) ? nil : parts.map(String.init)
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
            members: group.members, pools: group.pools, quota: group.quota, reserve: reserve,
            slots: group.slots)
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
