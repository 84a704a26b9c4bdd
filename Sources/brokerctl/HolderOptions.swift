import ArgumentParser

/// `--holder`, where a lease is asked for on somebody else's behalf.
struct HolderOptions: ParsableArguments {
    @Option(
        help: .text(
            .holder,
            valueName: "user"))
    var holder: String?

    @Option(
        name: .customLong("holder-group"),
        help: .text(
            .holderGroup,
            valueName: "group"))
    var holderGroups: [String] = []

    /// The groups that are vouched for; nil where the name service says.
    var vouchedGroups: [String]? { holderGroups.isEmpty ? nil : holderGroups }

    /// Where the request goes: for oneself to the agent socket.
    var socketNeed: SocketNeed { holder == nil ? .agent : .control }

    func validate() throws {
        if !holderGroups.isEmpty, holder == nil {
            throw ValidationError(.holderGroupAlone)
        }
    }
}

/// What an idempotency key may be made of: what a header carries unchanged.
enum IdempotencyKeyArgument {
    static func check(_ key: String) throws {
        guard (1...255).contains(key.utf8.count),
            key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
        else {
            throw ValidationError(.keyForm)
        }
    }
}
