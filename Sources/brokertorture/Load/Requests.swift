import BrokerAPI

/// A call as the bytes of its request.
struct Requests {
    let history: HistoryWriter
    /// In front of the number of every key, so that no two histories share one.
    let keyPrefix: String

    /// - Parameter unixGroup: what is vouched for in a grant.
    func bytes(of call: Call, in world: World) -> [UInt8] {
        switch call.kind {
        case .grant: return grant(call, in: world)
        case .renew:
            let body = RenewRequest(ttlSeconds: call.amount < 0 ? nil : call.amount)
            return post("\(path(call))/renew", WireJSON.encode(body))
        case .release: return bytes("DELETE", path(call))
        case .revoke:
            let body = RevokeRequest(reason: Self.reason, graceSeconds: max(0, call.amount))
            return post("\(path(call))/revoke", WireJSON.encode(body))
        case .show: return Self.get(path(call))
        case .list: return Self.get("/v1/leases?holder=\(history.text(call.holder))&limit=100")
        case .status: return Self.get("/v1/status")
        case .resize:
            return post(
                "/v1/pools/\(history.text(call.pool))/resize",
                WireJSON.encode(ResizeRequest(size: call.amount)))
        case .cordonPool: return post("/v1/pools/\(history.text(call.pool))/cordon", Self.cordon)
        case .uncordonPool: return post("/v1/pools/\(history.text(call.pool))/uncordon", [])
        case .drainPool:
            let body = DrainRequest(
                reason: Self.reason, deadlineSeconds: call.amount < 0 ? nil : call.amount)
            return post("/v1/pools/\(history.text(call.pool))/drain", WireJSON.encode(body))
        case .cordonSeat: return post("/v1/seats/\(history.text(call.seat))/cordon", Self.cordon)
        case .uncordonSeat: return post("/v1/seats/\(history.text(call.seat))/uncordon", [])
        case .putGroup:
            var body = world.group(call.group)?.request ?? GroupPutRequest()
            body.quota = call.amount < 0 ? nil : call.amount
            return bytes(
                "PUT", "/v1/groups/\(history.text(call.group))", body: WireJSON.encode(body))
        }
    }

    private static let reason = "Torture."
    private static let cordon = WireJSON.encode(CordonRequest(reason: reason))

    private func path(_ call: Call) -> String { "/v1/leases/\(call.lease?.text ?? "")" }

    private func grant(_ call: Call, in world: World) -> [UInt8] {
        var body = GrantRequest(holder: history.text(call.holder), holderGroups: [])
        if let index = world.index(of: call.holder) {
            body.holderGroups = [world.groups[world.holders[index].group].unixGroup]
        }
        if call.pool != .none { body.pool = history.text(call.pool) }
        if call.group != .none { body.group = history.text(call.group) }
        if call.amount >= 0 { body.ttlSeconds = call.amount }
        let key = call.key == 0 ? "" : "Idempotency-Key: \(keyPrefix)-\(call.key)\r\n"
        return bytes("POST", "/v1/leases", headers: key, body: WireJSON.encode(body))
    }

    static func get(_ path: String) -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: broker\r\n\r\n".utf8)
    }

    private func post(_ path: String, _ body: [UInt8]) -> [UInt8] {
        bytes("POST", path, body: body)
    }

    private func bytes(
        _ method: String, _ path: String, headers: String = "", body: [UInt8] = []
    ) -> [UInt8] {
        let content =
            body.isEmpty
            ? "" : "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        return Array("\(method) \(path) HTTP/1.1\r\nHost: broker\r\n\(headers)\(content)\r\n".utf8)
            + body
    }
}
