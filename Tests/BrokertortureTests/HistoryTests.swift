import Glibc
import Testing

@testable import brokertorture

@Suite struct HistoryTests {
    /// Numbers at the edges of their encoding.
    @Test(arguments: [0, 1, -1, 63, 64, -64, -65, 127, 128, 1 << 31, Int64.max, Int64.min])
    func signedNumbersComeBack(value: Int64) throws {
        var sink = ByteSink()
        sink.signed(value)
        sink.number(UInt64(bitPattern: value))
        sink.fixed(UInt64(bitPattern: value))
        try sink.bytes.withUnsafeBytes { bytes in
            var source = ByteSource(bytes)
            let signed = try source.signed()
            let number = try source.number()
            let fixed = try source.fixed()
            #expect(signed == value)
            #expect(number == UInt64(bitPattern: value))
            #expect(fixed == UInt64(bitPattern: value))
            #expect(source.isAtEnd)
        }
    }

    @Test(arguments: [
        "00000000000000000000000000", "7zzzzzzzzzzzzzzzzzzzzzzzzz", "01m86pmdxvtw0pfhkk7jb4fmx8",
    ])
    func idsComeBack(text: String) throws {
        #expect(try #require(LeaseKey(text: text)).text == text)
    }

    @Test(arguments: [
        "", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000", "0000000000000000000000000U",
        "000000000000000000000000000", "0000000000000000000000000i",
    ])
    func whatIsNoIDIsRefused(text: String) { #expect(LeaseKey(text: text) == nil) }

    /// A call with every part, and one with none, of every kind.
    @Test(arguments: CallKind.allCases) func callsComeBack(kind: CallKind) throws {
        let path = "/tmp/brokertorture-history.\(getpid()).\(kind.rawValue)"
        defer { unlink(path) }
        let writer = try HistoryWriter(path: path)
        var full = Call(kind)
        full.client = 300
        full.invokedAt = 1_000
        full.returnedAt = 2_000
        full.status = 201
        full.lease = LeaseKey(high: 1, low: .max)
        full.holder = writer.name("holder")
        full.pool = writer.name("pool")
        full.key = 7
        full.amount = 900
        full.isReplayed = true
        full.hasRetryAfter = true
        full.slug = writer.name("slug")
        full.reasonPool = full.pool
        full.counts = (3, -1)
        var found = LeaseFacts()
        found.id = LeaseKey(high: 2, low: 3)
        found.token = 1 << 52
        found.stage = .ended
        found.end = .seatFailed
        found.expiresAt = 1_795_550_194_619
        full.found = found
        if kind == .list { full.listed = [found, found] }
        full.process = ProcessFacts(startedAt: 1, now: 2, revision: 3)
        try writer.call(full)
        try writer.call(Call(kind))
        try writer.end(at: 5_000)

        let words = WordTable()
        let file = try HistoryFile(path: path)
        var reader = try HistoryReader(file)
        guard case .call(let first) = try reader.next(words),
            case .call(let second) = try reader.next(words),
            case .end(5_000) = try reader.next(words)
        else {
            Issue.record("two calls and an end were written")
            return
        }
        #expect("\(first)" == "\(full)")
        #expect("\(second)" == "\(Call(kind))")
        let rest = try reader.next(words)
        #expect(rest == nil)
    }

    @Test func aHistoryThatIsCutOffIsRefused() throws {
        let path = "/tmp/brokertorture-cut.\(getpid())"
        defer { unlink(path) }
        let writer = try HistoryWriter(path: path)
        try writer.call(Call(.status))
        try writer.flush()
        truncate(path, off_t(writer.writtenBytes - 1))
        var checker = try Checker(paths: [path], graceMilliseconds: 1_000)
        #expect(throws: HistoryError.self) { try checker.run() }
    }
}

/// A register at the boundaries of its writes.
@Suite struct RegisterTests {
    private func register() -> Register {
        var register = Register(initial: 1)
        register.add(.init(value: 2, lo: 10, hi: 20, isSure: true, record: 1))
        register.add(.init(value: 3, lo: 30, hi: 40, isSure: false, record: 2))
        register.add(.init(value: 4, lo: 50, hi: 60, isSure: true, record: 3))
        register.order()
        return register
    }

    @Test(arguments: [
        (0, 9, [1]), (0, 10, [1, 2]), (20, 20, [1, 2]), (21, 29, [2]), (21, 30, [2, 3]),
        (41, 49, [2, 3]), (41, 50, [2, 3, 4]), (60, 70, [2, 3, 4]), (61, 70, [4]),
    ])
    func values(from first: Int, to last: Int, values: [Int]) {
        let found = register().possible(from: Int64(first), to: Int64(last)).map(\.value)
        #expect(found.sorted() == values)
    }
}
