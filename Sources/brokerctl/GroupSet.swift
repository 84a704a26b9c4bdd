import ArgumentParser
import BrokerAPI
import BrokerText

struct GroupSet: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: Text.aboutGroupSet.here,
        discussion: Text.moreGroupSet.here)

    @OptionGroup var group: GroupArgument

    @Option(
        name: .customLong("member"),
        help: .text(.setMember, valueName: "member"))
    var members: [String] = []

    @Option(
        name: .customLong("pool"), help: .text(.setPool),
        completion: Completion.pools)
    var pools: [String] = []

    @Option(help: .text(.setQuota, valueName: "n|none"))
    var quota: String?

    @Option(
        help: .text(
            .setReserve,
            valueName: "n|pool=n"))
    var reserve: [String] = []

    @Option(
        help: .text(.setSlots, valueName: "slots"),
        completion: Completion.slots)
    var slots: String?

    @Flag(help: .text(.setAnyTime))
    var anyTime = false

    @OptionGroup var revision: SiteRevisionOptions
    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if anyTime, slots != nil {
            throw ValidationError(.slotsAndAnyTime)
        }
        if let slots, Self.slots(slots) == nil {
            throw ValidationError(.noSlotList(slots))
        }
    }

    func execute() throws {
        let caller = connection.caller(.control)
        let body = try changed(try current(caller))
        var ifRevision = revision.ifRevision
        if !confirmation.yes {
            let document = try caller.document(
                request(body, ifRevision, dryRun: true).written(for: output.output),
                .groupPlan)
            let plan = try Caller.decoded(GroupPlan.self, document.body)
            if confirmation.dryRun { return Self.show(plan, document, by: output) }
            if !plan.displaced.isEmpty {
                ShortfallText.lines(plan.shortfalls).forEach(Terminal.hint)
                try Terminal.confirm(
                    .outsideWindows(plan.displaced.count, group: group.group))
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
            throw .usage(none ? .noNumberNorNone(option, text) : .noNumber(option, text))
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
                throw .usage(.reserveByPool(text))
            }
            let seats = try number(pair[pair.count - 1], of: "--reserve") ?? 0
            reserve.removeAll { $0.pool == pool }
            reserve.append(PoolReserve(pool: pool, seats: seats))
        }
        return reserve
    }
}
