import Glibc

/// One record of a history.
enum HistoryEvent {
    case clock(at: Int64, wallOffset: Int64)
    case call(Call)
    case audit(Audit)
    case end(at: Int64)
}

/// The bytes of a history file, mapped.
final class HistoryFile {
    let path: String
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(HistoryError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw HistoryError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let isMapped = size >= HistoryWriter.magic.count
        guard isMapped, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { throw HistoryError("\(path) is no history") }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count) }
}

/// Reads the records of one file, from the start to the end; words get numbers of a table that
/// several files share.
struct HistoryReader {
    private var source: ByteSource
    private var latest: Int64 = 0
    /// This file's numbers of words, as the shared ones.
    private var shared = [Name.none]

    init(_ file: HistoryFile) throws(HistoryError) {
        source = ByteSource(file.bytes)
        for byte in HistoryWriter.magic {
            guard try source.byte() == byte else {
                throw HistoryError("\(file.path) is no history")
            }
        }
    }

    /// The next record; nil at the end of the file.
    ///
    /// - Throws: when the file is cut off or damaged.
    mutating func next(_ words: WordTable) throws(HistoryError) -> HistoryEvent? {
        while !source.isAtEnd {
            switch try source.byte() {
            case HistoryWriter.Tag.name: shared.append(words.name(try source.text()))
            case HistoryWriter.Tag.clock:
                let at = try time()
                return .clock(at: at, wallOffset: try source.signed())
            case HistoryWriter.Tag.call: return .call(try call())
            case HistoryWriter.Tag.audit: return .audit(try audit())
            case HistoryWriter.Tag.end: return .end(at: try time())
            case let tag: throw HistoryError("the history is damaged: no record \(tag)")
            }
        }
        return nil
    }

    private mutating func call() throws(HistoryError) -> Call {
        guard let kind = CallKind(rawValue: try source.byte()) else {
            throw HistoryError("the history is damaged: no such call")
        }
        var call = Call(kind)
        call.returnedAt = try time()
        call.invokedAt = call.returnedAt - Int64(bitPattern: try source.number())
        call.client = UInt32(truncatingIfNeeded: try source.number())
        call.status = try source.int()
        let parts = CallParts(rawValue: try source.byte())
        call.isReplayed = parts.contains(.replayed)
        call.hasRetryAfter = parts.contains(.retryAfter)
        call.isMalformed = parts.contains(.malformed)
        call.holder = try name()
        call.group = try name()
        call.pool = try name()
        call.seat = try name()
        call.amount = Int(try source.signed())
        if parts.contains(.lease) { call.lease = try lease() }
        if parts.contains(.key) { call.key = try source.number() }
        if parts.contains(.slug) {
            call.slug = try name()
            call.reasonGroup = try name()
            call.reasonPool = try name()
            call.counts = (Int(try source.signed()), Int(try source.signed()))
        }
        if parts.contains(.found) { call.found = try facts(askedFor: call.lease) }
        if kind == .list { call.listed = try leases() }
        if parts.contains(.process) { call.process = try process() }
        return call
    }

    private mutating func audit() throws(HistoryError) -> Audit {
        var audit = Audit()
        audit.client = UInt32(truncatingIfNeeded: try source.number())
        audit.leasesRead = try interval()
        audit.leases = try leases()
        audit.seatsRead = try interval()
        for _ in 0..<(try source.int()) {
            var seat = SeatFacts(
                name: try name(), pool: try name(), isCordoned: false, token: try source.signed())
            let marks = try source.byte()
            seat.isCordoned = marks & 1 != 0
            if marks & 2 != 0 { seat.lease = try lease() }
            audit.seats.append(seat)
        }
        audit.poolsRead = try interval()
        for _ in 0..<(try source.int()) {
            let name = try name()
            let isOpen = try source.byte() != 0
            audit.pools.append(
                PoolFacts(
                    name: name, size: Int(try source.signed()),
                    targetSize: Int(try source.signed()), isOpen: isOpen,
                    leased: Int(try source.signed()), total: Int(try source.signed()),
                    kept: Int(try source.signed()),
                    ttlSeconds: Int(try source.signed()),
                    ttlSecondsMax: Int(try source.signed())))
        }
        audit.groupsRead = try interval()
        for _ in 0..<(try source.int()) {
            let name = try name()
            let isWhole = try source.byte() != 0
            audit.groups.append(
                GroupFacts(
                    name: name, quota: Int(try source.signed()), used: Int(try source.signed()),
                    reserve: Int(try source.signed()), isWhole: isWhole))
        }
        audit.statusRead = try interval()
        audit.process = try process()
        return audit
    }

    // MARK: Parts

    private mutating func time() throws(HistoryError) -> Int64 {
        latest += try source.signed()
        return latest
    }

    private mutating func interval() throws(HistoryError) -> Interval {
        let returnedAt = try time()
        let length = Int64(bitPattern: try source.number())
        return Interval(invokedAt: returnedAt - length, returnedAt: returnedAt)
    }

    private mutating func name() throws(HistoryError) -> Name {
        let number = try source.int()
        guard shared.indices.contains(number) else {
            throw HistoryError("the history is damaged: no word \(number)")
        }
        return shared[number]
    }

    private mutating func lease() throws(HistoryError) -> LeaseKey {
        LeaseKey(high: try source.fixed(), low: try source.fixed())
    }

    private mutating func leases() throws(HistoryError) -> [LeaseFacts] {
        let count = try source.int()
        var leases: [LeaseFacts] = []
        for _ in 0..<count { leases.append(try facts(askedFor: nil)) }
        return leases
    }

    private mutating func facts(askedFor asked: LeaseKey?) throws(HistoryError) -> LeaseFacts {
        let marks = try source.byte()
        guard let stage = LeaseStage(rawValue: marks >> 1 & 3),
            let end = LeaseEnd(rawValue: marks >> 3)
        else { throw HistoryError("the history is damaged: no such state of a lease") }
        var facts = LeaseFacts()
        facts.stage = stage
        facts.end = end
        if marks & 1 != 0 {
            facts.id = try lease()
        } else if let asked {
            facts.id = asked
        }
        facts.token = try source.signed()
        facts.seat = try name()
        facts.group = try name()
        facts.pool = try name()
        facts.holder = try name()
        facts.expiresAt = try source.signed()
        return facts
    }

    private mutating func process() throws(HistoryError) -> ProcessFacts {
        ProcessFacts(
            startedAt: try source.signed(), now: try source.signed(),
            revision: try source.signed())
    }
}

/// The words of all files that are read together.
final class WordTable {
    private var numbers: [String: UInt32] = [:]
    private var words = [""]

    func name(_ text: String) -> Name {
        if let known = numbers[text] { return Name(number: known) }
        let number = UInt32(words.count)
        words.append(text)
        numbers[text] = number
        return Name(number: number)
    }

    func text(_ name: Name) -> String { words[Int(name.number)] }

    /// How many numbers there are, 0 included.
    var count: Int { words.count }
}
