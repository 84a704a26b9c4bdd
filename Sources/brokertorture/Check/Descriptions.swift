/// Records in words, for who has to find out what happened.
struct Descriptions {
    private let words: WordTable
    private var originAt: Int64?
    private var texts: [UInt32: String] = [:]

    /// The texts of these records, which are read for it once more. Times are seconds since the
    /// history's start.
    static func of(_ records: [UInt32], in stream: HistoryStream) throws -> [UInt32: String] {
        let wanted = Set(records)
        var descriptions = Descriptions(words: stream.words)
        try stream.forEach { place, event in descriptions.note(event, place, wanted) }
        return descriptions.texts
    }

    private init(words: WordTable) { self.words = words }

    private mutating func note(
        _ event: HistoryEvent, _ place: HistoryStream.Place, _ wanted: Set<UInt32>
    ) {
        let text: String
        switch event {
        case .clock(let at, _):
            if originAt == nil { originAt = at }
            return
        case .end: return
        case .call(let call):
            guard wanted.contains(place.number) else { return }
            text = "client \(place.client & 0xFFFF): \(describe(call))"
        case .audit(let audit):
            guard wanted.contains(place.number) else { return }
            text =
                "audit: leases \(interval(audit.leasesRead)), seats \(interval(audit.seatsRead)), "
                + "pools \(interval(audit.poolsRead)), groups \(interval(audit.groupsRead))"
        }
        texts[place.number] = "#\(place.number) \(text)"
    }

    private func interval(_ interval: Interval) -> String {
        "[\(seconds(interval.invokedAt)), \(seconds(interval.returnedAt))]"
    }

    private func seconds(_ instant: Int64) -> String {
        let since = max(0, instant - (originAt ?? instant))
        let fraction = String(since % 1_000_000 + 1_000_000).dropFirst()
        return "\(since / 1_000_000).\(fraction)"
    }

    private func describe(_ call: Call) -> String {
        let read = Interval(invokedAt: call.invokedAt, returnedAt: call.returnedAt)
        var text = "\(interval(read)) \(call.kind)"
        if let lease = call.lease { text += " \(lease.text)" }
        for (name, word) in [
            ("holder", call.holder), ("pool", call.pool), ("group", call.group),
            ("seat", call.seat),
        ] where word != .none {
            text += " \(name) \(words.text(word))"
        }
        if call.amount >= 0 { text += " amount \(call.amount)" }
        if call.key != 0 { text += " key \(call.key & (1 << 40 - 1))" }
        text += call.isUnknown ? " -> no answer" : " -> \(call.status)"
        if call.isReplayed { text += " replayed" }
        if call.slug != .none { text += " \(words.text(call.slug))" }
        if call.counts.first >= 0 { text += " \(call.counts.first)/\(call.counts.second)" }
        if let found = call.found { text += " \(describe(found))" }
        if call.kind == .list { text += " \(call.listed.map { describe($0) })" }
        return text
    }

    private func describe(_ lease: LeaseFacts) -> String {
        "lease \(lease.id.text) token \(lease.token) seat \(words.text(lease.seat)) pool "
            + "\(words.text(lease.pool)) group \(words.text(lease.group)) holder "
            + "\(words.text(lease.holder)) \(lease.stage)"
            + (lease.end == .none ? "" : " (\(lease.end))") + " expires \(lease.expiresAt)"
    }
}
