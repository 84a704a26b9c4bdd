import BrokerCore
import Glibc

extension DaemonConfiguration {
    /// Reads a configuration; an empty text gives the defaults. Strict like the site file: throws
    /// all mistakes with their lines and columns, and an unknown key is one. `file` only labels
    /// the error.
    package static func parse(
        _ text: String, file: String? = nil
    ) throws(SiteFileError) -> DaemonConfiguration {
        try parse(bytes: Array(text.utf8), file: file)
    }

    package static func parse(
        bytes: [UInt8], file: String? = nil
    ) throws(SiteFileError) -> DaemonConfiguration {
        let root = try SourceText.read(bytes, file: file)
        var configuration = DaemonConfiguration()
        var reader = TableReader(root)
        var mistakes: [Mistake] = []
        func section(_ key: String, _ read: (inout TableReader) -> Void) {
            guard let table = reader.table(key) else { return }
            var section = TableReader(table)
            read(&section)
            section.finish()
            mistakes += section.mistakes
        }
        section("broker") { configuration.readBroker(&$0) }
        section("listen") { configuration.listen.read(&$0) }
        section("roles") { configuration.roles.read(&$0) }
        section("limits") { configuration.limits.read(&$0) }
        section("history") { configuration.history.read(&$0) }
        reader.finish()
        mistakes += reader.mistakes
        guard mistakes.isEmpty else { throw SiteFileError(file: file, mistakes) }
        return configuration
    }

    private mutating func readBroker(_ reader: inout TableReader) {
        stateDirectory = reader.path("state_dir")
        seatLimit = reader.integer(
            "seat_limit", in: 1...SiteLimits.seatsMax, .noLimit)
        siteFile = reader.path("site_file")
    }
}

extension DaemonConfiguration.Listen {
    /// `sun_path` holds 108 bytes with the zero at its end.
    private static let socketPathBytesMax = 107

    fileprivate mutating func read(_ reader: inout TableReader) {
        agent = socketPath("agent", &reader) ?? agent
        control = socketPath("control", &reader) ?? control
        if agent == control, reader.mistakes.isEmpty {
            reader.note(
                "control", .twoSockets)
        }
        if let node = reader.node("control_group") {
            if let group = reader.unixGroup(node, of: "control_group") { controlGroup = group }
        }
        if let text = reader.string("monitoring") {
            if let address = MonitoringAddress(text: text) {
                monitoring = address
            } else {
                reader.note(
                    "monitoring",
                    .noAddress(text.quotedVisibly()))
            }
        }
    }

    private func socketPath(_ key: String, _ reader: inout TableReader) -> String? {
        guard let path = reader.path(key) else { return nil }
        guard path.utf8.count <= Self.socketPathBytesMax else {
            reader.note(
                key, .socketPath(Self.socketPathBytesMax)
            )
            return nil
        }
        return path
    }
}

extension DaemonConfiguration.Roles {
    fileprivate mutating func read(_ reader: inout TableReader) {
        admin = reader.principals("admin") ?? admin
        `operator` = reader.principals("operator") ?? `operator`
        gateway = reader.principals("gateway") ?? gateway
        seats = reader.principals("seats") ?? seats
        observer = reader.principals("observer") ?? observer
    }
}

extension DaemonConfiguration.Limits {
    fileprivate mutating func read(_ reader: inout TableReader) {
        connectionsPerUser =
            reader.integer("connections_per_user", in: Self.connectionsPerUserRange)
            ?? connectionsPerUser
        requestsPerSecondPerUser =
            reader.integer("requests_per_second_per_user", in: Self.requestsPerSecondPerUserRange)
            ?? requestsPerSecondPerUser
        waiting = reader.integer("waiting", in: Self.waitingRange) ?? waiting
        waitingPerGroup =
            reader.integer("waiting_per_group", in: Self.waitingRange) ?? waitingPerGroup
    }
}

extension DaemonConfiguration.History {
    fileprivate mutating func read(_ reader: inout TableReader) {
        namesDays = reader.integer("names_days", in: Self.namesDaysRange) ?? namesDays
        keepDays = reader.integer("keep_days", in: Self.keepDaysRange) ?? keepDays
        if keepDays < namesDays, reader.mistakes.isEmpty {
            let key = reader.node("keep_days") == nil ? "names_days" : "keep_days"
            reader.note(key, .keepBelowNames)
        }
    }
}

extension MonitoringAddress {
    /// `127.0.0.1:9470` or `[::1]:9470`. Names are refused: nothing is looked up at the start.
    fileprivate init?(text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = text[text.utf8.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = Int(digits), SiteLimits.ports.contains(port)
        else { return nil }
        var host = text[..<colon]
        var family = AF_INET
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            family = AF_INET6
        }
        // Large enough for both kinds of address.
        var address = in6_addr()
        guard !host.utf8.contains(0), inet_pton(family, String(host), &address) == 1 else {
            return nil
        }
        self.init(host: String(host), port: port)
    }
}

extension TableReader {
    /// An absolute path: the daemon has no folder of its own to start from.
    fileprivate mutating func path(_ key: String) -> String? {
        guard let text = string(key) else { return nil }
        guard text.hasPrefix("/"), !text.utf8.contains(0) else {
            note(key, .pathKind(key))
            return nil
        }
        return text
    }

    fileprivate mutating func principals(_ key: String) -> [Principal]? {
        guard let elements = array(key) else { return nil }
        return elements.compactMap { principal($0, of: key) }
    }

    private mutating func principal(_ node: TOMLNode, of key: String) -> Principal? {
        switch node.value {
        case .integer(let number):
            return id(number, node).map { .user(.id($0)) }
        case .string(let text) where text.hasPrefix("@"):
            return unixGroup(String(text.dropFirst()), node).map { .unixGroup($0) }
        case .string(let text):
            if let number = Int64(text) { return id(number, node).map { .user(.id($0)) } }
            return name(text, node).map { .user(.name($0)) }
        case .float, .boolean, .date, .dateTime, .array, .table:
            note(
                node.position,
                .principalKind(key, node.kind))
            return nil
        }
    }

    /// A unix group by name or number, without an "@".
    fileprivate mutating func unixGroup(
        _ node: TOMLNode, of key: String
    ) -> UnixGroupReference? {
        if case .integer(let number) = node.value {
            return id(number, node).map { .id($0) }
        }
        guard let text = string(node, of: key) else { return nil }
        return unixGroup(text.hasPrefix("@") ? String(text.dropFirst()) : text, node)
    }

    private mutating func unixGroup(_ text: String, _ node: TOMLNode) -> UnixGroupReference? {
        if let number = Int64(text) { return id(number, node).map { .id($0) } }
        return name(text, node).map { .name($0) }
    }

    /// 65534 is "nobody", whom the kernel also reports for users it cannot translate, and the
    /// largest number means "none".
    private mutating func id(_ number: Int64, _ node: TOMLNode) -> UInt32? {
        guard let id = UInt32(exactly: number), id != 65_534, id != UInt32.max else {
            note(
                node.position,
                .noID(number))
            return nil
        }
        return id
    }

    private mutating func name(_ text: String, _ node: TOMLNode) -> String? {
        let isGood =
            !text.isEmpty && !text.hasPrefix("@")
            && text.utf8.count <= SiteLimits.memberBytesMax
            && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        guard isGood else {
            note(
                node.position,
                .noName(text.quotedVisibly()))
            return nil
        }
        return text
    }
}
