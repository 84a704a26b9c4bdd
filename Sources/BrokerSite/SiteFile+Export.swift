package import BrokerCore

extension SiteFile {
    /// The site as TOML in one canonical form: keys in a fixed order, defaults left out but for
    /// `driver`, one blank line between tables. `parse` gives back the same site.
    ///
    /// An empty site is an empty text.
    package static func export(_ spec: SiteSpec) -> String {
        let tables =
            spec.pools.map(poolLines) + spec.groups.map(groupLines)
            + (spec.rota.map(rotaTables) ?? [])
        return tables.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private static func poolLines(_ pool: PoolSpec) -> [String] {
        var lines = ["[[pool]]"]
        lines.append("name = \(quoted(pool.name.value))")
        lines.append("size = \(pool.size)")
        lines.append("driver = \"none\"")
        if let seatName = pool.seatName { lines.append("seat_name = \(quoted(seatName))") }
        if let seatHost = pool.seatHost { lines.append("seat_host = \(quoted(seatHost))") }
        if let seatURL = pool.seatURL { lines.append("seat_url = \(quoted(seatURL))") }
        if let port = pool.port { lines.append("port = \(port)") }
        if pool.seatProtocol != .rdp {
            lines.append("protocol = \(quoted(pool.seatProtocol.rawValue))")
        }
        if pool.leaseTTLSeconds != leaseTTLSecondsDefault(most: pool.leaseTTLSecondsMax) {
            lines.append("lease_ttl_seconds = \(pool.leaseTTLSeconds)")
        }
        if pool.leaseTTLSecondsMax != PoolSpec.leaseTTLSecondsMaxDefault {
            lines.append("lease_ttl_max_seconds = \(pool.leaseTTLSecondsMax)")
        }
        if !pool.listed.isEmpty {
            lines.append("seats = [")
            lines += pool.listed.map { "    \(inline($0))," }
            lines.append("]")
        }
        return lines
    }

    private static func inline(_ seat: ListedSeat) -> String {
        var pairs = ["name = \(quoted(seat.name.value))"]
        if let host = seat.host { pairs.append("host = \(quoted(host))") }
        if let port = seat.port { pairs.append("port = \(port)") }
        if let url = seat.url { pairs.append("url = \(quoted(url))") }
        if let person = seat.keptFor { pairs.append("agent = \(quoted(person.value))") }
        return "{ \(pairs.joined(separator: ", ")) }"
    }

    private static func groupLines(_ group: GroupSpec) -> [String] {
        var lines = ["[[group]]"]
        lines.append("name = \(quoted(group.name.value))")
        lines += list("members", group.members.map(\.text))
        lines += list("pools", group.pools.map(\.value))
        if let quota = group.quota { lines.append("quota = \(quota)") }
        if let only = group.reserve.first, group.pools.count == 1 {
            lines.append("reserve = \(only.seats)")
        } else if !group.reserve.isEmpty {
            let pairs = group.reserve.map { "\(key($0.pool.value)) = \($0.seats)" }
            lines.append("reserve = { \(pairs.joined(separator: ", ")) }")
        }
        if let slots = group.slots { lines += list("slots", slots) }
        return lines
    }

    // MARK: Rota

    private static func rotaTables(_ rota: RotaSpec) -> [[String]] {
        var lines = ["[rota]"]
        lines.append("timezone = \(quoted(rota.timezone))")
        lines.append("anchor = \(rota.anchor)")
        if rota.cycleWeeks != 1 { lines.append("cycle_weeks = \(rota.cycleWeeks)") }
        if rota.graceSeconds != RotaSpec.graceSecondsDefault {
            lines.append("grace_seconds = \(rota.graceSeconds)")
        }
        if rota.noticeSeconds != RotaSpec.noticeSecondsDefault {
            let numbers = rota.noticeSeconds.map(String.init).joined(separator: ", ")
            lines.append("notice_seconds = [\(numbers)]")
        }
        var tables = [lines]
        if !rota.slots.isEmpty {
            tables.append(
                ["[rota.slots]"] + rota.slots.map { "\(key($0.name)) = \(quoted($0.hours))" })
        }
        return tables + rota.exceptions.map(exceptionLines)
    }

    private static func exceptionLines(_ exception: RotaException) -> [String] {
        let lines = ["[[rota.exception]]", "date = \(exception.date)"]
        switch exception.table {
        case .closed: return lines + ["closed = true"]
        case .slots(let assignments):
            let pairs = assignments.map { assignment in
                let groups = assignment.groups.map { quoted($0.value) }
                return "\(key(assignment.slot)) = [\(groups.joined(separator: ", "))]"
            }
            let line =
                pairs.isEmpty ? "slots = {}" : "slots = { \(pairs.joined(separator: ", ")) }"
            if line.utf8.count <= lineBytesMax { return lines + [line] }
            // An inline table stands on one line; a table of its own may take more.
            return lines + ["[rota.exception.slots]"]
                + assignments.flatMap { list(key($0.slot), $0.groups.map(\.value)) }
        }
    }

    // MARK: Values

    /// Longer lists are broken into lines.
    private static let lineBytesMax = 100

    /// On one line where it fits into a hundred columns, else one element a line, so that a diff
    /// shows who came and who went.
    private static func list(_ name: String, _ texts: [String]) -> [String] {
        let line = "\(name) = [\(texts.map(quoted).joined(separator: ", "))]"
        if line.utf8.count <= lineBytesMax { return [line] }
        return ["\(name) = ["] + texts.map { "    \(quoted($0))," } + ["]"]
    }

    /// Bare where TOML allows it.
    private static func key(_ name: String) -> String {
        let isBare = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isBare && !name.isEmpty ? name : quoted(name)
    }

    /// A basic string: quotes, backslashes and control characters escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\0"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
