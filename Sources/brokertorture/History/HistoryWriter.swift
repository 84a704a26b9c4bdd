import Glibc

/// Appends to a history, which is a file of records one after another:
///
/// - `BRKHIST1`, once.
/// - `1` name: a word, which gets the next number from 1 on.
/// - `2` clock: the boot-time clock, and the wall clock minus it, both in microseconds; at the start
///   and after every step.
/// - `3` call: see `Call`; in the order of their returns.
/// - `4` audit: see `Audit`; in the order of their ends.
/// - `5` end: all that was asked is recorded. A history without it was cut off.
///
/// Whole numbers are LEB128, signed ones zigzagged; times are differences to the record before. A
/// call takes 20 to 60 bytes.
final class HistoryWriter {
    static let magic = Array("BRKHIST1".utf8)
    private static let bufferBytesMax = 1 << 18

    enum Tag {
        static let name: UInt8 = 1
        static let clock: UInt8 = 2
        static let call: UInt8 = 3
        static let audit: UInt8 = 4
        static let end: UInt8 = 5
    }

    private let descriptor: Int32
    private var sink = ByteSink()
    private var numbers: [String: UInt32] = [:]
    /// By number; the word 0 is none.
    private(set) var words = [""]
    private var latest: Int64 = 0
    private(set) var writtenBytes = 0

    init(path: String) throws(HistoryError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw HistoryError("cannot write \(path): \(String(cString: strerror(errno)))")
        }
        for byte in Self.magic { sink.byte(byte) }
    }

    deinit { close(descriptor) }

    /// The number of a word; a new one is recorded.
    func name(_ text: String) -> Name {
        if let known = numbers[text] { return Name(number: known) }
        let number = UInt32(words.count)
        words.append(text)
        numbers[text] = number
        sink.byte(Tag.name)
        sink.text(text)
        return Name(number: number)
    }

    func text(_ name: Name) -> String { words[Int(name.number)] }

    func clock(at now: Int64, wallOffset: Int64) throws(HistoryError) {
        sink.byte(Tag.clock)
        time(now)
        sink.signed(wallOffset)
        try flushIfFull()
    }

    func call(_ call: Call) throws(HistoryError) {
        sink.byte(Tag.call)
        sink.byte(call.kind.rawValue)
        time(call.returnedAt)
        sink.number(UInt64(max(0, call.returnedAt - call.invokedAt)))
        sink.number(UInt64(call.client))
        sink.number(call.status)
        var parts: CallParts = []
        if call.lease != nil { parts.insert(.lease) }
        if call.key != 0 { parts.insert(.key) }
        if call.isReplayed { parts.insert(.replayed) }
        if call.hasRetryAfter { parts.insert(.retryAfter) }
        if call.isMalformed { parts.insert(.malformed) }
        if call.slug != .none { parts.insert(.slug) }
        if call.found != nil { parts.insert(.found) }
        if call.process != nil { parts.insert(.process) }
        sink.byte(parts.rawValue)
        for name in [call.holder, call.group, call.pool, call.seat] { self.name(name) }
        sink.signed(Int64(call.amount))
        if let lease = call.lease { self.lease(lease) }
        if call.key != 0 { sink.number(call.key) }
        if call.slug != .none {
            for name in [call.slug, call.reasonGroup, call.reasonPool] { self.name(name) }
            sink.signed(Int64(call.counts.first))
            sink.signed(Int64(call.counts.second))
        }
        if let found = call.found { facts(found, askedFor: call.lease) }
        if call.kind == .list { leases(call.listed) }
        if let process = call.process { self.process(process) }
        try flushIfFull()
    }

    func audit(_ audit: Audit) throws(HistoryError) {
        sink.byte(Tag.audit)
        sink.number(UInt64(audit.client))
        interval(audit.leasesRead)
        leases(audit.leases)
        interval(audit.seatsRead)
        sink.number(audit.seats.count)
        for seat in audit.seats {
            name(seat.name)
            name(seat.pool)
            sink.signed(seat.token)
            sink.byte((seat.isCordoned ? 1 : 0) | (seat.lease == nil ? 0 : 2))
            if let lease = seat.lease { self.lease(lease) }
        }
        interval(audit.poolsRead)
        sink.number(audit.pools.count)
        for pool in audit.pools {
            name(pool.name)
            sink.byte(pool.isOpen ? 1 : 0)
            for value in [
                pool.size, pool.targetSize, pool.leased, pool.total, pool.kept, pool.ttlSeconds,
                pool.ttlSecondsMax,
            ] {
                sink.signed(Int64(value))
            }
        }
        interval(audit.groupsRead)
        sink.number(audit.groups.count)
        for group in audit.groups {
            name(group.name)
            sink.byte(group.isWhole ? 1 : 0)
            for value in [group.quota, group.used, group.reserve] { sink.signed(Int64(value)) }
        }
        interval(audit.statusRead)
        process(audit.process)
        try flushIfFull()
    }

    func end(at now: Int64) throws(HistoryError) {
        sink.byte(Tag.end)
        time(now)
        try flush()
    }

    // MARK: Parts

    private func time(_ time: Int64) {
        sink.signed(time - latest)
        latest = time
    }

    private func interval(_ interval: Interval) {
        time(interval.returnedAt)
        sink.number(UInt64(max(0, interval.returnedAt - interval.invokedAt)))
    }

    private func name(_ name: Name) { sink.number(UInt64(name.number)) }

    private func lease(_ lease: LeaseKey) {
        sink.fixed(lease.high)
        sink.fixed(lease.low)
    }

    private func leases(_ leases: [LeaseFacts]) {
        sink.number(leases.count)
        for lease in leases { facts(lease, askedFor: nil) }
    }

    private func facts(_ facts: LeaseFacts, askedFor lease: LeaseKey?) {
        let isAnother = facts.id != lease
        sink.byte(facts.stage.rawValue << 1 | facts.end.rawValue << 3 | (isAnother ? 1 : 0))
        if isAnother { self.lease(facts.id) }
        sink.signed(facts.token)
        for name in [facts.seat, facts.group, facts.pool, facts.holder] { self.name(name) }
        sink.signed(facts.expiresAt)
    }

    private func process(_ process: ProcessFacts) {
        sink.signed(process.startedAt)
        sink.signed(process.now)
        sink.signed(process.revision)
    }

    // MARK: The file

    private func flushIfFull() throws(HistoryError) {
        if sink.bytes.count >= Self.bufferBytesMax { try flush() }
    }

    func flush() throws(HistoryError) {
        var rest = sink.bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw HistoryError("cannot write on: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
        writtenBytes += sink.bytes.count
        sink.clear()
    }
}

/// Which optional parts of a call are there.
struct CallParts: OptionSet {
    let rawValue: UInt8
    static let lease = CallParts(rawValue: 1)
    static let key = CallParts(rawValue: 2)
    static let replayed = CallParts(rawValue: 4)
    static let retryAfter = CallParts(rawValue: 8)
    static let malformed = CallParts(rawValue: 16)
    static let slug = CallParts(rawValue: 32)
    static let found = CallParts(rawValue: 64)
    static let process = CallParts(rawValue: 128)
}
