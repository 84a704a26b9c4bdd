import ArgumentParser
import BrokerAPI

/// Names for the shell's completion, asked of the daemon; nothing when it does not answer at once.
enum Completion {
    /// Pools and groups come from the status, which every socket tells everybody.
    static let pools = kind(["v1", "status"], .status, key: "pools")
    static let groups = kind(["v1", "status"], .status, key: "groups")
    static let seats = kind(["v1", "seats"], .seats, key: "seats")
    static let leases = kind(["v1", "leases"], .leases, key: "leases")

    /// The slots of the rota, behind those that are typed already.
    static let slots = CompletionKind.custom { words, _, prefix in
        let giveUpAt = bootMilliseconds() + timeoutMilliseconds
        for path in SocketChoice.paths(explicit: socket(in: words), need: .controlThenAgent) {
            let left = giveUpAt - bootMilliseconds()
            guard left > 0 else { return [] }
            let response = try? Caller(paths: [path]).response(
                to: HTTPRequest(.get, ["v1", "rota"]), timeoutMilliseconds: left)
            guard let response, response.isSuccess,
                let rota = try? WireJSON.decode(RotaTable.self, from: response.body)
            else { continue }
            return RotaText.slotNames(rota, after: prefix)
        }
        return []
    }

    /// Longer than this, and the person at the keyboard takes the shell to be stuck. It holds for all
    /// sockets and pages together: what has come until then is offered.
    private static let timeoutMilliseconds: Int64 = 300

    private static func kind(_ path: [String], _ resource: Resource, key: String) -> CompletionKind
    {
        .custom { words, _, prefix in
            let giveUpAt = bootMilliseconds() + timeoutMilliseconds
            let sockets = SocketChoice.paths(explicit: socket(in: words), need: .controlThenAgent)
            for socket in sockets {
                let names = names(path, resource, key: key, at: socket, until: giveUpAt)
                if let names {
                    return names.filter {
                        $0.hasPrefix(prefix) && TerminalText.escaped($0) == $0
                    }
                }
            }
            return []
        }
    }

    /// All names that one socket tells in time; nil when it tells none.
    private static func names(
        _ path: [String], _ resource: Resource, key: String, at socket: String,
        until giveUpAt: Int64
    ) -> [String]? {
        let caller = Caller(paths: [socket])
        let isPaged = resource.listKey != nil
        var names: [String]?
        var after: String?
        repeat {
            var query: [(String, String?)] = []
            if isPaged { query = [("limit", "1000"), ("after", after)] }
            let left = giveUpAt - bootMilliseconds()
            guard left > 0,
                let response = try? caller.response(
                    to: HTTPRequest(.get, path, query: query), timeoutMilliseconds: left),
                response.isSuccess,
                let document = try? Document(body: response.body, resource: resource)
            else { return names }
            let items = document.json[key]?.arrayValue ?? []
            names = (names ?? []) + items.compactMap { ($0["name"] ?? $0["id"])?.stringValue }
            after = isPaged ? document.json["next"]?.stringValue : nil
        } while after != nil
        return names
    }

    /// The socket that the half-typed command names.
    private static func socket(in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word.hasPrefix("--socket=") { return String(word.dropFirst(9)) }
            if word == "--socket", index + 1 < words.count { return words[index + 1] }
        }
        return nil
    }
}
