import ArgumentParser
import BrokerAPI
import Glibc

struct StatusCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the broker, its pools and its groups.")

    @Flag(name: .shortAndLong, help: "Show it again and again, until Ctrl-C.")
    var watch = false

    @Option(
        help: ArgumentHelp("With --watch: how often (default: 2s).", valueName: "duration"),
        transform: DurationArgument.seconds)
    var interval: Int = 2

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard interval >= 1 else { throw ValidationError("--interval must be at least 1s.") }
    }

    func execute() throws {
        let caller = connection.caller(.agentThenControl)
        guard watch else { return try show(caller, clears: false) }
        while true {
            do {
                try show(caller, clears: Terminal.isOutput && output.output == .table)
            } catch {
                // A restart of the daemon is just what one watches for, and one that starts or
                // stops still says so.
                guard error.status == .unreachable || error.status == .notNow else { throw error }
                error.report()
            }
            sleep(UInt32(interval))
        }
    }

    private func show(_ caller: Caller, clears: Bool) throws(CommandError) {
        let document = try caller.document(HTTPRequest(.get, ["v1", "status"]), .status)
        // Home, and clear from there: less flicker than clearing everything first.
        if clears { Terminal.output("\u{1B}[H\u{1B}[J") }
        let status =
            output.output == .table
            ? try Caller.decoded(Status.self, document.body) : nil
        output.print(document) { status.map(Self.overview) ?? "" }
    }

    static func overview(_ status: Status) -> String {
        let state = status.state.rawValue
        let seats = status.seats
        let up = Int((status.now.milliseconds - status.startedAt.milliseconds) / 1000)
        var lines = [
            "brokerd \(TerminalText.escaped(status.version)) is "
                + (Table.colour(ofState: state)?.applied(to: state) ?? state)
                + " for \(DurationText.text(seconds: up)), "
                + "\(TerminalText.escaped(status.store.kind)) store at revision "
                + "\(status.store.revision)"
                + (status.store.lowSpace ? Colour.bad.applied(to: ", disk nearly full") : "")
        ]
        let others = [
            ("cleaning", seats.counts.cleaning), ("starting", seats.counts.starting),
            ("offline", seats.counts.offline), ("quarantined", seats.counts.quarantined),
            ("cordoned", seats.counts.cordoned),
        ].filter { $0.1 > 0 }.map { ", \($0.1) \($0.0)" }.joined()
        lines.append(
            "\(seats.total) seats\(seats.limit.map { " of at most \($0)" } ?? ""): "
                + "\(seats.counts.leased) leased, \(seats.counts.available) available\(others)")
        if status.queue.waiting > 0 {
            let oldest = DurationText.text(seconds: status.queue.oldestSeconds)
            lines.append("\(status.queue.waiting) waiting, the first for \(oldest)")
        }
        if let rota = status.rota { lines.append(Self.rota(rota)) }
        lines += status.pools.compactMap(drain)
        var text = lines.joined(separator: "\n") + "\n"
        if !status.pools.isEmpty { text += "\n" + pools(status.pools) }
        if !status.groups.isEmpty { text += "\n" + groups(status.groups) }
        return text
    }

    private static func rota(_ rota: StatusRota) -> String {
        let zones = rota.tzdata.isEmpty ? "" : " (tzdata \(rota.tzdata))"
        let until =
            rota.reachesUntil.map { ", windows known until \(LocalTime.text($0))" }
            ?? ", no windows known yet"
        return TerminalText.escaped("rota in \(rota.timezone)\(zones)\(until)")
    }

    /// What becomes of a pool that is closed, or will be, and who wants it so; nil for others.
    static func drain(_ pool: StatusPool) -> String? {
        let what: String
        switch pool.state {
        case .open, .cordoned:
            if let start = pool.drainStartsAt {
                what = "drains from \(LocalTime.text(start))"
            } else if pool.state == .cordoned {
                what = "is cordoned"
            } else {
                return nil
            }
        case .draining: what = "is draining, \(pool.leased) left"
        case .drained: what = "is drained"
        }
        let until =
            pool.state == .drained
            ? nil : pool.deadlineAt.map { ", until \(LocalTime.text($0)) at the latest" }
        let by = pool.by.map { ", by \($0)" } ?? ""
        let reason = pool.reason.map { ": \($0)" } ?? ""
        return TerminalText.escaped("pool \(pool.name) \(what)\(until ?? "")\(by)\(reason)")
    }

    private static func pools(_ pools: [StatusPool]) -> String {
        let layout = [
            Table.Layout(title: "POOL"), Table.Layout(title: "STATE"),
            Table.Layout(title: "SIZE", isNumber: true, isOptional: true),
            Table.Layout(title: "LEASED", isNumber: true),
            Table.Layout(title: "AVAILABLE", isNumber: true),
        ]
        let rows = pools.map { pool in
            [
                Table.Cell(text: TerminalText.escaped(pool.name)),
                Table.Cell(
                    text: pool.state.rawValue, colour: Table.colour(ofState: pool.state.rawValue)),
                Table.Cell(text: String(pool.size)), Table.Cell(text: String(pool.leased)),
                Table.Cell(
                    text: String(pool.available), colour: pool.available == 0 ? .warning : nil),
            ]
        }
        return Table.text(layout, rows, columns: Terminal.columns)
    }

    private static func groups(_ groups: [StatusGroup]) -> String {
        let layout = [
            Table.Layout(title: "GROUP"), Table.Layout(title: "USED", isNumber: true),
            Table.Layout(title: "QUOTA", isNumber: true), Table.Layout(title: "OPEN"),
        ]
        let rows = groups.map { group in
            let isFull = group.quota.map { group.used >= $0 } ?? false
            return [
                Table.Cell(text: TerminalText.escaped(group.name)),
                Table.Cell(text: String(group.used), colour: isFull ? .warning : nil),
                Table.Cell(text: group.quota.map(String.init) ?? "-"),
                Table.Cell(text: window(group)),
            ]
        }
        return Table.text(layout, rows, columns: Terminal.columns)
    }

    private static func window(_ group: StatusGroup) -> String {
        if group.open { return group.closesAt.map { "until \(LocalTime.text($0))" } ?? "yes" }
        return group.opensAt.map { "from \(LocalTime.text($0))" } ?? "no"
    }
}
