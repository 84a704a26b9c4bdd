import BrokerAPI

/// Who may make a call, beside what it does.
struct Access: Sendable {
    /// Everybody, on every listener, without a look at who it is.
    var isOpen = false
    /// Everybody on the monitoring listener, besides.
    var onMonitoring = false
    /// Any user on the agent socket.
    var forAgents = false
    /// Any one of these on the control socket.
    var roles: Roles = []

    static let open = Access(isOpen: true)
    static let observer = Access(roles: .observer)
    static let `operator` = Access(roles: .operator)
    static let admin = Access(roles: .admin)
    /// Figures without names of people.
    static let monitoring = Access(onMonitoring: true, roles: .observer)
    /// Reads that the seat driver needs too.
    static let seats = Access(roles: [.observer, .seats])

    static func agent(or roles: Roles) -> Access { Access(forAgents: true, roles: roles) }

    /// Whether nobody is asked there who it is.
    func isOpen(on listener: ListenerKind) -> Bool {
        isOpen || onMonitoring && listener == .monitoring
    }
}

/// One call of the API.
struct Route: Sendable {
    let method: HTTPMethod
    /// The path's parts; one in braces takes any text.
    let path: [String]
    let access: Access
    /// The query parameters that it knows.
    let query: [String]
    let handler: @Sendable (Call) throws(Problem) -> Void

    init(
        _ method: HTTPMethod, _ path: String, _ access: Access, query: [String] = [],
        _ handler: @escaping @Sendable (Call) throws(Problem) -> Void
    ) {
        self.method = method
        self.path = path.split(separator: "/").map(String.init)
        self.access = access
        self.query = query
        self.handler = handler
    }

    /// The texts at the places in braces; nil when the path is another.
    func match(_ parts: [String]) -> [String]? {
        guard parts.count == path.count else { return nil }
        var texts: [String] = []
        for (part, wanted) in zip(parts, path) {
            if wanted.hasPrefix("{") {
                texts.append(part)
            } else if part != wanted {
                return nil
            }
        }
        return texts
    }
}

/// Percent-decoding and the parts of paths and queries.
enum URLText {
    /// Nil for a broken escape, for bytes that are not UTF-8 and for control characters, which no
    /// name has and a log or a database might end a text at; `+` stands for itself in a path.
    static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
        if !text.utf8.contains(where: { $0 == 0x25 || $0 == 0x2B }) { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case 0x25:
                guard let high = rest.next().flatMap(hex), let low = rest.next().flatMap(hex)
                else { return nil }
                let byte = high << 4 | low
                guard byte >= 0x20, byte != 0x7F else { return nil }
                bytes.append(byte)
            case 0x2B where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }

    /// The parts of a path; nil for what is not one. A trailing slash makes another path.
    static func parts(ofPath path: String) -> [String]? {
        guard path.hasPrefix("/") else { return nil }
        var parts: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = decode(part, plusIsSpace: false) else { return nil }
            parts.append(text)
        }
        return parts
    }

    /// The parameters of a query, each once.
    static func parameters(
        _ query: String?, known: [String]
    ) throws(Problem) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let cut = pair.firstIndex(of: "=") ?? pair.endIndex
            guard let name = decode(pair[..<cut], plusIsSpace: true),
                let value = decode(
                    cut == pair.endIndex ? "" : pair[pair.index(after: cut)...], plusIsSpace: true)
            else {
                throw Problem(.badRequest, detail: .brokenQuery)
            }
            guard known.contains(name) else {
                let quoted = name.debugDescription
                throw Problem(
                    .badRequest,
                    detail: known.isEmpty
                        ? .unknownParameter(quoted)
                        : .unknownParameter(quoted, known: known.joined(separator: ", ")))
            }
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw Problem(.badRequest, detail: .parameterTwice(name))
            }
        }
        return parameters
    }
}
