import ArgumentParser
import BrokerAPI
import BrokerText
import Glibc

struct StatusCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: Text.aboutStatus.here)

    @Flag(name: .shortAndLong, help: .text(.watch))
    var watch = false

    @Option(
        help: .text(.interval, valueName: "duration"),
        transform: DurationArgument.seconds)
    var interval: Int = 2

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard interval >= 1 else { throw ValidationError(.intervalOneSecond) }
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
        let state = status.state
        let word = Text(
            verbatim: Table.colour(ofState: state.rawValue)?.applied(to: state.text.here)
                ?? state.text.here)
        let up = Int((status.now.milliseconds - status.startedAt.milliseconds) / 1000)
        let version = TerminalText.escaped(status.version)
        let kind = TerminalText.escaped(status.store.kind)
        var lines = [
            Text.overview(version: version, state: word, time: DurationText.text(seconds: up)).here
                + Text.overviewStore(kind, revision: status.store.revision).here
                + (status.store.lowSpace ? Colour.bad.applied(to: Text.diskNearlyFull.here) : "")
        ]
        lines.append(Self.seats(status.seats).here)
        if status.queue.waiting > 0 {
            let oldest = DurationText.text(seconds: status.queue.oldestSeconds)
            lines.append(Text.waiting(status.queue.waiting, first: oldest).here)
        }
        if let rota = status.rota { lines.append(Self.rota(rota)) }
        if let history = status.history, history.state == .failed {
            lines.append(
                Colour.bad.applied(
                    to: Text.historyFailed(TerminalText.escaped(history.reason ?? "-")).here))
        }
        lines += status.pools.compactMap(drain)
        var text = lines.joined(separator: "\n") + "\n"
        if !status.pools.isEmpty { text += "\n" + pools(status.pools) }
        if !status.groups.isEmpty { text += "\n" + groups(status.groups) }
        return text
    }

    /// `1700 seats of at most 1700: 1412 leased, 288 available`, and what else there is.
    private static func seats(_ seats: StatusSeats) -> Text {
        let counts = seats.counts
        var parts: [Text] = [
            seats.limit.map { .seatsInAll(seats.total, limit: $0) } ?? .seatsInAll(seats.total),
            .seatsLeased(counts.leased, available: counts.available),
        ]
        if counts.cleaning > 0 { parts.append(.seatsCleaning(counts.cleaning)) }
        if counts.starting > 0 { parts.append(.seatsStarting(counts.starting)) }
        if counts.offline > 0 { parts.append(.seatsOffline(counts.offline)) }
        if counts.quarantined > 0 { parts.append(.seatsQuarantined(counts.quarantined)) }
        if counts.cordoned > 0 { parts.append(.seatsCordoned(counts.cordoned)) }
        return parts.joined(separator: "")
    }

    private static func rota(_ rota: StatusRota) -> String {
        let zones = rota.tzdata.isEmpty ? "" : " (tzdata \(rota.tzdata))"
        let until: Text =
            rota.reachesUntil.map { .windowsKnown(LocalTime.text($0)) } ?? .noWindowsKnown
        return TerminalText.escaped((.rotaIn(rota.timezone + zones) + until).here)
    }

    /// What becomes of a pool that is closed, or will be, and who wants it so; nil for others.
    static func drain(_ pool: StatusPool) -> String? {
        let what: Text
        switch pool.state {
        case .open, .cordoned:
            if let start = pool.drainStartsAt {
                what = .drainsFrom(LocalTime.text(start))
            } else if pool.state == .cordoned {
                what = .isCordoned
            } else {
                return nil
            }
        case .draining: what = .isDraining(left: pool.leased)
        case .drained: what = .isDrained
        }
        var text = Text.poolIs(pool.name, what)
        if pool.state != .drained, let deadline = pool.deadlineAt {
            text = text + .atTheLatest(LocalTime.text(deadline))
        }
        if let by = pool.by { text = text + .byWhom(by) }
        if let reason = pool.reason { text = text + .becauseOf(reason) }
        return TerminalText.escaped(text.here)
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
        let text: Text =
            group.open
            ? group.closesAt.map { .openUntil(LocalTime.text($0)) } ?? .yesWord
            : group.opensAt.map { .openFrom(LocalTime.text($0)) } ?? .noWord
        return text.here
    }
}
