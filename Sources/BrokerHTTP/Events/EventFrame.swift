import BrokerAPI
import BrokerCore

/// One event as all its readers get it, and what their filters look at.
struct EventFrame: Sendable {
    let revision: UInt64
    let type: EventType
    let pool: String?
    let group: String?
    let holder: String?
    /// The server-sent event, whole.
    let bytes: [UInt8]

    init(_ event: Event) {
        revision = UInt64(event.revision)
        type = event.type
        pool = event.pool
        group = event.group
        holder = event.holder
        var text = Array("id: \(event.revision)\nevent: \(event.type.rawValue)\ndata: ".utf8)
        text += WireJSON.encode(event)
        text += Array("\n\n".utf8)
        bytes = text
    }

    /// What it takes of memory, roughly.
    var size: Int { bytes.count + 256 }
}

/// Which events a reader wants; what is nil does not limit.
struct EventFilter: Sendable {
    var types: Set<EventType>?
    var pool: String?
    var group: String?
    var holder: String?

    /// Whether it lets everything pass.
    var isOpen: Bool { types == nil && pool == nil && group == nil && holder == nil }

    func admits(_ frame: EventFrame) -> Bool {
        (types?.contains(frame.type) ?? true)
            && (pool.map { $0 == frame.pool } ?? true)
            && (group.map { $0 == frame.group } ?? true)
            && (holder.map { $0 == frame.holder } ?? true)
    }

    /// The types that a list of types and families names: `lease.ended,pool`; nil: one is unknown.
    static func types(_ text: String) -> Set<EventType>? {
        var types: Set<EventType> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let named = EventType.allCases.filter { $0.rawValue == word || $0.family == word }
            guard !named.isEmpty else { return nil }
            types.formUnion(named)
        }
        return types
    }
}
