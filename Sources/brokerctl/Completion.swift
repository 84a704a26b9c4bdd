import ArgumentParser
import BrokerAPI

/// Names for the shell's completion, asked of the daemon; nothing when it does not answer at once.
enum Completion {
    static let pools = kind(["v1", "pools"], .pools)
    static let seats = kind(["v1", "seats"], .seats)
    static let groups = kind(["v1", "groups"], .groups)
    static let leases = kind(["v1", "leases"], .leases)

    /// Longer than this, and the person at the keyboard takes the shell to be stuck.
    private static let timeoutMilliseconds: Int64 = 300

    private static func kind(_ path: [String], _ resource: Resource) -> CompletionKind {
        .custom { words, _, prefix in names(path, resource, words: words, prefix: prefix) }
    }

    private static func names(
        _ path: [String], _ resource: Resource, words: [String], prefix: String
    ) -> [String] {
        let caller = Caller(
            paths: SocketChoice.paths(explicit: socket(in: words), need: .controlThenAgent))
        let request = HTTPRequest(.get, path, query: [("limit", "1000")])
        guard
            let response = try? caller.response(
                to: request, timeoutMilliseconds: timeoutMilliseconds),
            response.isSuccess,
            let document = try? Document(body: response.body, resource: resource)
        else { return [] }
        return document.items.compactMap { $0[resource.nameKey]?.stringValue }
            .filter { $0.hasPrefix(prefix) && TerminalText.escaped($0) == $0 }
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
