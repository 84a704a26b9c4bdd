import BrokerCore
import BrokerHistory
import Foundation
import GRDB

/// The events of usage, packed: a year of a house of 5,000 agents has some 2.4 million, which a row
/// each would make a gigabyte and seconds of reading. A chunk says how things stood before its first
/// event, so that a walk may begin with any.
///
/// A chunk's bytes are its events in their order, `eventBytes` each, in little-endian order: the
/// instant (8), the party's number (4), the kind's code (4). Its opening has a party's number, its
/// live leases and its places in the line, 4 bytes each, where one of them is not 0.
struct UsageLog {
    static let eventBytes = UsageEvent.packedBytes
    static let levelBytes = 12
    /// 32 KB, which a small piece of the journal has written once more.
    static let eventCountMax = 2_048

    private var parties: [UsageParty: Int] = [:]
    /// By the parties' numbers.
    private var levels: [UsageLevel] = []
    private var chunk: Chunk

    private struct Chunk {
        var id: Int64
        var openedAt: Int64 = 0
        var firstAt = Int64.max
        var lastAt = Int64.min
        /// The time of the last event, which is not the latest one where the clock was set back.
        var at: Int64 = 0
        var opening = Data()
        var events = Data()
    }

    /// Reads how it stands.
    init(_ db: Database) throws {
        let parties = try Self.parties(db)
        for (number, party) in parties.enumerated() { self.parties[party] = number }
        levels = parties.map { _ in UsageLevel() }
        chunk = Chunk(id: 1)
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM usage_chunk ORDER BY id DESC LIMIT 1")
        else { return }
        let last = try UsageChunk(row, partyCount: parties.count)
        levels = last.opening
        chunk = Chunk(
            id: last.id, openedAt: last.openedAt, firstAt: last.firstAt, lastAt: last.lastAt,
            at: last.openedAt, opening: try RowReader(row, key: "id").value("opening"),
            events: last.events)
        try last.forEach { kind, at, party in
            chunk.at = at
            step(kind, party)
        }
    }

    /// All parties, by their numbers.
    static func parties(_ db: Database) throws -> [UsageParty] {
        try Row.fetchAll(db, sql: "SELECT id, grp, pool FROM usage_party ORDER BY id")
            .enumerated().map { number, row in
                let row = RowReader(row, key: "id")
                guard row.number == UInt64(number) else {
                    throw HistoryError.damaged("a party of its usage is missing")
                }
                let group: String? = try row.optional("grp")
                let pool: String? = try row.optional("pool")
                return UsageParty(
                    group: group.map { GroupName($0) }, pool: pool.map { PoolName($0) })
            }
    }

    // MARK: Writing

    /// Adds events, behind all that are there.
    mutating func append(_ events: [UsageEvent], _ db: Database) throws {
        guard !events.isEmpty else { return }
        for event in events {
            if chunk.events.count == Self.eventCountMax * Self.eventBytes {
                try write(db)
                open()
            }
            let party = try number(event.whose, db)
            chunk.firstAt = min(chunk.firstAt, event.at)
            chunk.lastAt = max(chunk.lastAt, event.at)
            chunk.at = event.at
            chunk.events.append(littleEndian: event.at)
            chunk.events.append(littleEndian: UInt32(party))
            chunk.events.append(littleEndian: event.kind.code)
            step(event.kind, party)
        }
        try write(db)
    }

    private mutating func step(_ kind: UsageEvent.Kind, _ party: Int) {
        levels[party].live += kind.leaseStep
        levels[party].waiting += kind.waitStep
    }

    private mutating func open() {
        var next = Chunk(id: chunk.id + 1, openedAt: chunk.at, at: chunk.at)
        for (number, level) in levels.enumerated() where level != UsageLevel() {
            next.opening.append(littleEndian: UInt32(number))
            next.opening.append(littleEndian: Int32(level.live))
            next.opening.append(littleEndian: Int32(level.waiting))
        }
        chunk = next
    }

    private func write(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO usage_chunk (id, opened_at, first_at, last_at, opening, events)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET first_at = excluded.first_at,
                    last_at = excluded.last_at, events = excluded.events
                """
        ).execute(arguments: [
            chunk.id, chunk.openedAt, chunk.firstAt, chunk.lastAt, chunk.opening, chunk.events,
        ])
    }

    private mutating func number(_ party: UsageParty, _ db: Database) throws -> Int {
        if let number = parties[party] { return number }
        let number = levels.count
        try db.execute(
            sql: "INSERT INTO usage_party (id, grp, pool) VALUES (?, ?, ?)",
            arguments: [number, party.group?.value, party.pool?.value])
        parties[party] = number
        levels.append(UsageLevel())
        return number
    }
}

/// A chunk of the events of usage, as it was read.
struct UsageChunk {
    let id: Int64
    let openedAt: Int64
    let firstAt: Int64
    let lastAt: Int64
    /// By the parties' numbers.
    let opening: [UsageLevel]
    let events: Data
    private let partyCount: Int

    /// - Throws: `HistoryError.damaged` for bytes that are no chunk, which the journal makes again.
    init(_ row: Row, partyCount: Int) throws {
        let row = RowReader(row, key: "id")
        id = Int64(bitPattern: row.number)
        openedAt = try row.value("opened_at")
        firstAt = try row.value("first_at")
        lastAt = try row.value("last_at")
        events = try row.value("events")
        self.partyCount = partyCount
        let opening: Data = try row.value("opening")
        guard events.count % UsageLog.eventBytes == 0, opening.count % UsageLog.levelBytes == 0
        else { throw Self.damage }
        var levels = Array(repeating: UsageLevel(), count: partyCount)
        try opening.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count, by: UsageLog.levelBytes) {
                let party = Int(bytes.littleEndian(UInt32.self, at: offset))
                guard party < partyCount else { throw Self.damage }
                levels[party] = UsageLevel(
                    live: Int(bytes.littleEndian(Int32.self, at: offset + 4)),
                    waiting: Int(bytes.littleEndian(Int32.self, at: offset + 8)))
            }
        }
        self.opening = levels
    }

    private static let damage = HistoryError.damaged("its usage is not of its form")

    /// Walks over its events.
    func walk(_ sweep: inout UsageSweep) throws {
        guard events.withUnsafeBytes({ sweep.take(packed: $0) }) else { throw Self.damage }
    }

    /// Its events, in their order: the kind, the instant, the party's number.
    func forEach(_ body: (UsageEvent.Kind, Int64, Int) -> Void) throws {
        try events.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count, by: UsageLog.eventBytes) {
                let event = UsageEvent.unpacked(bytes, at: offset)
                guard event.party < partyCount, let kind = UsageEvent.Kind(code: event.code) else {
                    throw Self.damage
                }
                body(kind, event.at, event.party)
            }
        }
    }
}

extension Data {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type, at offset: Int
    ) -> Value {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
