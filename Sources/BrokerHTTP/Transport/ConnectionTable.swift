/// The connections of a listener, each at a place with a generation, so that whoever holds a token
/// finds its connection or nothing, never another one.
struct ConnectionTable {
    private struct Slot {
        var generation: UInt32 = 0
        var connection: Connection?
    }

    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []

    var isEmpty: Bool { freeSlots.count == slots.count }

    /// - Returns: a token for the connection's first request.
    mutating func add(_ connection: Connection) -> ReplyToken {
        if freeSlots.isEmpty {
            freeSlots.append(UInt32(slots.count))
            slots.append(Slot())
        }
        let slot = freeSlots.removeLast()
        slots[Int(slot)].connection = connection
        return ReplyToken(slot: slot, generation: slots[Int(slot)].generation, sequence: 0)
    }

    mutating func remove(_ token: ReplyToken) {
        let index = Int(token.slot)
        guard slots[index].generation == token.generation else { return }
        slots[index].connection = nil
        slots[index].generation &+= 1
        freeSlots.append(token.slot)
    }

    /// The connection, if it is still there and still at the request that the token names.
    func find(_ token: ReplyToken) -> Connection? {
        let slot = slots[Int(token.slot)]
        guard slot.generation == token.generation, let connection = slot.connection,
            connection.token.sequence == token.sequence
        else { return nil }
        return connection
    }

    /// Calls `body` for each; connections may come and go meanwhile.
    func forEach(_ body: (Connection) -> Void) {
        for slot in slots { if let connection = slot.connection { body(connection) } }
    }
}
